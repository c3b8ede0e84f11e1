"""A config file with a secret in it made its owner's alone: the mode changes, no byte does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.jupyter.editing.backups import fingerprint
from jntui.jupyter.editing.judging import judged
from jntui.jupyter.editing.place import look
from jntui.jupyter.editing.plan import plan_write
from jntui.model import ChangePlan, ChangeRefused
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.editing.plan import WritePlan
    from jntui.jupyter.editing.whose import Whose
    from jntui.model import ChangeRequest


def plan_private(whose: Whose, request: ChangeRequest) -> tuple[ChangePlan, WritePlan]:
    """What it would do. Raises ChangeRefused, WriteRefused."""
    path = request.file or ""
    looked = look(path)
    if looked.raw is None or looked.marks is None:
        raise ChangeRefused(f"there is no file {visible(path, 300)}")
    write = plan_write(looked, looked.raw, secret=True)
    found = judged(whose, {write.path: looked.raw}, (), visible(path, 300))
    plan = ChangePlan(
        request=request,
        setting="",
        path=write.path,
        diff=(),
        did="lets only its owner read the file",
        mode=write.mode if write.changes else None,
        notes=(*write.notes, *found.notes),
        verified=found.verified,
        reason=found.reason,
        before=fingerprint(looked.raw),
    )
    return plan, write
