"""Takes the last change back: the bytes and the mode before it, or no file where there was none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jntui.jupyter.editing.backups import backups, fingerprint, remove
from jntui.jupyter.editing.folder import opened
from jntui.jupyter.editing.locking import WAIT_S
from jntui.jupyter.editing.place import look, look_in, words_for_errors
from jntui.jupyter.editing.plan import plan_write
from jntui.jupyter.editing.refusal import ChangedMeanwhile, WriteRefused
from jntui.jupyter.editing.writing import changing, needed_backups, put

if TYPE_CHECKING:
    from pathlib import Path

    from jntui.jupyter.editing.backups import Backup
    from jntui.jupyter.editing.folder import Folder
    from jntui.jupyter.editing.place import Looked
    from jntui.jupyter.editing.plan import WritePlan
    from jntui.jupyter.editing.writing import Written


class NothingToUndo(WriteRefused):
    """jntui has changed nothing here that it could take back."""


class EditedSince(WriteRefused):
    """Somebody changed the file after jntui did; taking jntui's change back would lose that."""

    def __init__(self, now: Looked, backup: str) -> None:
        if now.exists:
            reason = "it was changed after jntui wrote it, and undo would lose that change"
            super().__init__(reason, f"compare it with the backup {backup}")
        else:
            reason = "it was removed after jntui wrote it"
            super().__init__(reason, f"what it held before jntui's change is in the backup {backup}")
        self.now = now
        """The file as it is now."""
        self.backup = backup
        """The newest backup: the bytes before jntui's last change."""


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What an undo would do."""

    plan: WritePlan
    """`plan.looked.raw` is replaced by `plan.new` (None: the file is removed)."""
    backup: Backup = field(repr=False)

    @property
    def path(self) -> str:
        """The file."""
        return self.plan.path


def plan_undo(path: str) -> UndoPlan:
    """What taking back the last change of this file would do. Raises NothingToUndo, EditedSince, WriteRefused."""
    with words_for_errors(), opened(path) as folder:
        now = look_in(folder, path)
        backup = _of_last_change(folder, now)
        old, mode = _content(backup), backup.mode
    plan = plan_write(now, old, mode=mode, backup=False)
    return UndoPlan(replace(plan, mode=mode if mode is not None else plan.mode), backup)


def undo(plan: UndoPlan | str, *, wait_s: float = WAIT_S, state: Path | None = None) -> Written:
    """Takes the change back and removes its backup; once more takes back the one before.

    Raises NothingToUndo, EditedSince, ChangedMeanwhile (the file changed after the plan was made), WriteRefused.
    """
    planned = plan_undo(plan) if isinstance(plan, str) else plan
    needed = needed_backups(state)
    with words_for_errors(), changing(planned.plan.looked.path, wait_s, state) as folder:
        now = look_in(folder, planned.plan.looked.path)
        if fingerprint(now.raw) != planned.backup.made:
            raise ChangedMeanwhile(now)
        written = put(folder, planned.plan, needed)
        remove(folder, planned.backup)
        return written


def _of_last_change(folder: Folder, now: Looked) -> Backup:
    """The backup whose change made the file what it is; one whose change never came to be (a kill) is passed over."""
    found = backups(folder)
    if not found:
        raise NothingToUndo("jntui has no backup of it: it has changed nothing here")
    current = fingerprint(now.raw)
    for backup in found:
        if backup.made == current:
            return backup
        if fingerprint(_content(backup)) != current:
            raise EditedSince(now, backup.path)
        # Its bytes are those of the file: the change was cut short, or taken back and the backup could not be removed.
    raise NothingToUndo("all that jntui changed here is taken back")


def _content(backup: Backup) -> bytes | None:
    """The bytes that it holds; None: there was no file. Raises WriteRefused."""
    return None if backup.mode is None else look(backup.path).raw
