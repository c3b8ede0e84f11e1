"""A file with a secret, or Jupyter's runtime directory, made its owner's alone: the mode changes, no byte does."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.editing.modes import plan_mode
from jntui.jupyter.editing.refusal import group_name, user_name
from jntui.jupyter.paths import home_dir, runtime_dir
from jntui.model import ChangePlan, ChangeRefused, ChangeRequest
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.editing.modes import ModePlan
    from jntui.jupyter.editing.whose import Whose


def plan_private(whose: Whose, request: ChangeRequest) -> tuple[ChangePlan, ModePlan]:
    """What it would do. Raises ChangeRefused, WriteRefused."""
    path = request.file or ""
    _refuse_to_lock_out(whose, path)
    mode = plan_mode(path)
    notes = [f"{visible(link, 200)} is a link and stays; what it leads to changes" for link in mode.links[-1:]]
    did = "lets only its owner in" if mode.directory else "lets only its owner read it"
    return _shown(request, mode, did, notes), mode


def mode_undo(last: ModePlan) -> ChangePlan:
    """What taking the last such change back would do."""
    does = "gets in" if Path(last.path).is_dir() else "can read it"
    notes = [f"every user of this machine {does} again, as before"] if last.new & 0o007 & ~last.old else []
    request = ChangeRequest("", None, last.path, private=True)
    return _shown(request, last, "gives it the mode back that it had", notes)


def named_by(whose: Whose) -> tuple[str, ...]:
    """What this start reads that could be made its owner's alone; what another start reads is not its to take back."""
    environ, cwd = whose.subject.environ or {}, whose.subject.cwd or os.sep
    home = whose.subject.home or whose.home
    settings = (whose.found.setting(name) for name in ("keyfile", "certfile"))
    named = [one.value for one in settings if one is not None and isinstance(one.value, str)]
    named += [environ.get("JUPYTER_TOKEN_FILE", ""), runtime_dir(environ, home_dir(environ, home))]
    return (*(file.path for file in whose.found.files), *(str(Path(cwd, path)) for path in named if path))


def _shown(request: ChangeRequest, mode: ModePlan, did: str, notes: list[str]) -> ChangePlan:
    changes = mode.new != mode.old
    return ChangePlan(
        request=request,
        setting="",
        path=mode.path,
        diff=(),
        did=did if changes else "nothing: it has that mode",
        mode=mode.new if changes else None,
        mode_before=mode.old,
        notes=tuple(notes),
        before=f"{mode.old:04o}",
    )


def _refuse_to_lock_out(whose: Whose, path: str) -> None:
    """The server's user reads it as one of the others: with mode 0600 that would end. Raises ChangeRefused."""
    reader = os.geteuid() if whose.subject.uid is None else whose.subject.uid
    try:
        facts = Path(path).stat()
    except (OSError, ValueError):
        return  # said when it is opened
    if reader in {0, facts.st_uid} or stat.S_ISDIR(facts.st_mode):
        return
    who, owner = user_name(reader), user_name(facts.st_uid)
    sudo = "" if os.geteuid() == 0 else "sudo "
    quoted = shlex.quote(path)
    command = f"{sudo}chgrp {shlex.quote(_own_group(reader))} {quoted} && {sudo}chmod 640 {quoted}"
    message = (
        f"{visible(path, 300)} is not changed: it belongs to {owner}, and {who}, as whom Jupyter runs, could "
        f"read it no more; root would run: {command}"
    )
    raise ChangeRefused(visible(message, 1000), command=command)


def _own_group(uid: int) -> str:
    import pwd

    try:
        return group_name(pwd.getpwuid(uid).pw_gid)
    except KeyError:
        return str(uid)
