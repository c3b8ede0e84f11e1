"""Several settings, and a password with them, changed together; and exactly that taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.jupyter.editing.draft import Draft
from jntui.jupyter.editing.password_change import put_password

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.jupyter.editing.change import Planned
    from jntui.jupyter.editing.whose import Whose
    from jntui.model import ChangeRequest, Secret


def plan_several(
    whose: Whose,
    requests: Sequence[ChangeRequest],
    password: Secret | None = None,
    command: str = "jntui access",
    unjudged: str = "",
) -> Planned:
    """What all of it would write: one preview, judged together, one backup a file. Raises ChangeRefused.

    At least one setting, or the password; a value None unsets. `command` is what another owner of a file would run;
    `unjudged` is as in `Draft.planned`.
    """
    draft = Draft(whose, command)
    for request in requests:
        draft.put(request)
    said: tuple[str, ...] = ()
    if password:
        _path, said = put_password(draft, password)
    return draft.planned(
        ", ".join(request.name for request in requests) or "hashed_password", said=said, unjudged=unjudged
    )
