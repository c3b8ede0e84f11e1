"""What taking the last change back would do, of one file or of the one that was changed last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.editing import token_file
from jntui.jupyter.editing import undo as undoing
from jntui.jupyter.editing.backups import backups, fingerprint
from jntui.jupyter.editing.change import Planned, refused_write
from jntui.jupyter.editing.diff import diff
from jntui.jupyter.editing.folder import opened
from jntui.jupyter.editing.judging import judged_undo
from jntui.jupyter.editing.modes import knows, last_mode
from jntui.jupyter.editing.place import words_for_errors
from jntui.jupyter.editing.private import mode_undo, named_by
from jntui.jupyter.editing.refusal import WriteRefused
from jntui.jupyter.editing.token_file import ends_undo, last_ends
from jntui.jupyter.editing.waiting import waiting
from jntui.model import ChangePlan, ChangeRefused, ChangeRequest
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.editing.whose import Whose


def plan_undo(whose: Whose, file: str | None) -> Planned:
    """What taking back the last change would do: of this file, else of the one that was changed last.

    Raises ChangeRefused.
    """
    asked = None if file is None else str(Path(file).expanduser().absolute())
    moment, path = _last_backup(asked) if asked is not None else _changed_last(whose)
    paths = named_by(whose) if asked is None else (asked,)
    mode, ends = last_mode(whose.state, paths), last_ends(whose.state, paths)
    if ends is not None and ends.undoes > max(moment, mode.undoes if mode is not None else ""):
        return Planned(ends_undo(whose, ends), ends=ends)
    if mode is not None and mode.undoes > moment:
        return Planned(mode_undo(mode), mode=mode)
    if asked is not None and not moment and knows(whose.state, asked):
        words = "jntui changed its mode, and it was replaced or its mode changed again since: it stays as it is"
        raise ChangeRefused(f"{visible(asked, 300)} is not changed: {words}")
    if asked is not None and not moment and token_file.knows(whose.state, asked):
        words = "jntui took the line end off its token, and it was written again since: it stays as it is"
        raise ChangeRefused(f"{visible(asked, 300)} is not changed: {words}")
    if not path:
        raise ChangeRefused("there is nothing to take back: no config file that is read here has a backup of jntui's")
    return _undone(whose, path)


def _undone(whose: Whose, path: str) -> Planned:
    """Raises ChangeRefused."""
    request = ChangeRequest("", None, path)
    try:
        plan = undoing.plan_undo(path)
    except undoing.EditedSince as refused:
        raise ChangeRefused(visible(f"{path} is not changed: {refused.reason}; {refused.do}", 1000)) from refused
    except WriteRefused as refused:
        raise refused_write(whose, request, path, refused) from refused
    write = plan.plan
    found = judged_undo(whose, write.path, write.looked.raw, write.new)
    old = write.looked.marks
    shown = ChangePlan(
        request=request,
        setting="",
        path=write.path,
        diff=diff(write.looked.raw or b"", write.new or b""),
        did="removes the file, which was not there before" if write.new is None else "takes the last change back",
        mode=write.mode if old is not None and write.new is not None and write.mode != old.mode else None,
        mode_before=old.mode if old is not None else None,
        notes=(*write.notes, *found.notes),
        verified=found.verified,
        reason=found.reason,
        needs_restart=waiting(whose, write.path, write.looked.raw, write.new),
        before=fingerprint(write.looked.raw),
    )
    return Planned(shown, undo=plan)


def _last_backup(path: str) -> tuple[str, str]:
    """When the file was changed last, empty for never; and the file."""
    try:
        with words_for_errors(), opened(path) as folder:
            found = backups(folder)
    except WriteRefused:
        return "", path  # what is wrong with it is said when it is looked at
    return found[0].moment if found else "", path


def _changed_last(whose: Whose) -> tuple[str, str]:
    """The same of the file that was changed last; empty if none was."""
    there = [file.path for file in whose.found.files if Path(file.path).parent.is_dir()]
    return max((one for one in map(_last_backup, there) if one[0]), default=("", ""))
