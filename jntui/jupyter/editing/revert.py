"""Files given back the bytes that they had before jntui changed them, over several of its changes, in one write each.

The way back hangs on the backup beside the file and on what the file is now: bytes that somebody else wrote since are
never lost.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.editing import undo as undoing
from jntui.jupyter.editing import writing
from jntui.jupyter.editing.backups import backups, fingerprint, remove
from jntui.jupyter.editing.change import Planned
from jntui.jupyter.editing.diff import diff
from jntui.jupyter.editing.folder import opened
from jntui.jupyter.editing.judging import judged_undo
from jntui.jupyter.editing.place import look, words_for_errors
from jntui.jupyter.editing.plan import plan_write
from jntui.jupyter.editing.refusal import WriteRefused
from jntui.jupyter.editing.waiting import waiting
from jntui.model import ChangePlan, ChangeRefused, ChangeRequest, KeptFile
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.jupyter.editing.backups import Backup
    from jntui.jupyter.editing.plan import WritePlan
    from jntui.jupyter.editing.whose import Whose


def plan_revert(whose: Whose, files: Sequence[KeptFile]) -> Planned | None:
    """What giving all of them back their bytes would write; None where one was edited since, or its backup is gone.

    Raises ChangeRefused where one cannot be written.
    """
    writes: list[WritePlan] = []
    for kept in files:
        try:
            write = _back(kept)
        except WriteRefused as refused:
            where = visible(kept.path, 300)
            raise ChangeRefused(f"{where} is not changed: {refused.reason}; {refused.do}") from refused
        if write is None:
            return None
        if write.changes:
            writes.append(write)
    return Planned(_shown(whose, writes), tuple(writes), whole=True) if writes else Planned(_nothing(files))


def _back(kept: KeptFile) -> WritePlan | None:
    """Raises WriteRefused."""
    now = look(kept.path)
    current = fingerprint(now.raw)
    if current == kept.before:
        # Somebody took it back already, bytes and all.
        return plan_write(now, now.raw, backup=False)
    if current not in {kept.after, *kept.between}:
        return None
    found = _backup_of(kept)
    if found is None:
        return None
    first, old = found
    plan = plan_write(now, old, mode=first.mode, backup=False)
    return replace(plan, mode=first.mode if first.mode is not None else plan.mode)


def _backup_of(kept: KeptFile) -> tuple[Backup, bytes | None] | None:
    """The backup with the bytes from before, and these; None where it is gone."""
    made = {kept.after, *kept.between}
    for one in sorted(_of(kept.path), key=lambda each: each.path != kept.backup):
        if one.path == kept.backup or one.made in made:
            old = None if one.mode is None else look(one.path).raw
            if fingerprint(old) == kept.before:
                return one, old
    return None


def to_be_kept(write: WritePlan) -> KeptFile:
    """The same as `kept_file`, before it is written: where its backup will be is not known yet."""
    return KeptFile(write.path, fingerprint(write.looked.raw), fingerprint(write.new), None)


def kept_file(write: WritePlan) -> KeptFile:
    """What must be known of a file that was just written, so that it can be given back its bytes."""
    before, after = fingerprint(write.looked.raw), fingerprint(write.new)
    try:
        found = next((one for one in _of(write.path) if one.made == after), None)
    except WriteRefused:
        found = None
    return KeptFile(write.path, before, after, found.path if found is not None else None)


def put_back(planned: Planned, state: Path) -> str:
    """Takes back what was just carried out; in words which files could not be, empty where all could."""
    left = []
    for write in reversed(planned.writes):
        try:
            if write.backup:
                undoing.undo(write.path, state=state)
                continue
            now, old = look(write.looked.path), write.looked.marks
            if fingerprint(now.raw) == fingerprint(write.new):
                before = plan_write(now, write.looked.raw, mode=old.mode if old is not None else None, backup=False)
                writing.write(before, state=state)
        except WriteRefused as refused:
            left.append(f"{visible(write.path, 300)} keeps the change: {refused.reason}")
    return "; ".join(left)


def forget(files: Sequence[KeptFile]) -> None:
    """Removes the backups of the changes that were taken back: nobody would find a way from them any more."""
    for kept in files:
        try:
            with words_for_errors(), opened(kept.path) as folder:
                found = backups(folder)
                backup = _backup_of(kept)
                first = backup[0] if backup is not None else None
                for one in found if first is not None else ():
                    if first is not None and one.moment >= first.moment:
                        remove(folder, one)
        except WriteRefused:
            continue  # they only stay longer


def _of(path: str) -> tuple[Backup, ...]:
    with words_for_errors(), opened(path) as folder:
        return backups(folder)


def _shown(whose: Whose, writes: Sequence[WritePlan]) -> ChangePlan:
    first = writes[0]
    lines = tuple(line for write in writes for line in diff(write.looked.raw or b"", write.new or b""))
    found = [judged_undo(whose, write.path, write.looked.raw, write.new) for write in writes]
    doubtful = next((one for one in found if one.verified == "unverified"), None)
    lacking = [one for write in writes for one in waiting(whose, write.path, write.looked.raw, write.new)]
    old = first.looked.marks
    gone = [Path(write.path).name for write in writes if write.new is None]
    return ChangePlan(
        request=ChangeRequest("", None, first.path),
        setting="",
        path=first.path,
        diff=lines,
        did=f"removes {', '.join(gone)}, which was not there before" if gone else "the bytes from before come back",
        mode=first.mode if old is not None and first.mode != old.mode and first.new is not None else None,
        notes=tuple(
            dict.fromkeys(note for write, one in zip(writes, found, strict=True) for note in (*write.notes, *one.notes))
        ),
        verified="verified" if doubtful is None else "unverified",
        reason=doubtful.reason if doubtful is not None else "",
        needs_restart=tuple(dict.fromkeys(lacking)),
        also=tuple(write.path for write in writes[1:]),
        before="-".join(fingerprint(write.looked.raw) for write in writes),
    )


def _nothing(files: Sequence[KeptFile]) -> ChangePlan:
    path = files[0].path if files else ""
    return ChangePlan(ChangeRequest("", None, path), "", path, (), "the bytes from before are there already")
