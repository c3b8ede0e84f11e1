"""Directories and files that other users of this machine can enter, read or change."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.command_log import chmod_line
from jntui.jupyter.info_file import leads_there
from jntui.jupyter.paths import home_dir, runtime_dir
from jntui.model import ConfigFinding
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.doctor.patient import Patient


def others_can_read(path: str) -> bool:
    """Every user of this machine can read the file: its mode and all directories on the way let them."""
    try:
        facts = Path(path).stat()
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(facts.st_mode) and bool(facts.st_mode & stat.S_IROTH) and leads_there(path)


def runtime(patient: Patient) -> Iterator[ConfigFinding]:
    """Jupyter's runtime directory, which holds tokens and the keys of kernels; Jupyter makes it with mode 0700."""
    environ = patient.subject.environ
    if patient.alone or environ is None or not patient.subject.reaches_files or not patient.subject.home:
        return
    folder = patient.absolute(runtime_dir(environ, home_dir(environ, patient.subject.home)))
    try:
        mode = Path(folder).stat().st_mode if folder else 0
    except (OSError, ValueError):
        return  # Jupyter has not made it yet
    if not stat.S_ISDIR(mode) or not mode & stat.S_IXOTH or not leads_there(folder):
        return
    told = f"{stat.S_IMODE(mode):04o}"
    fix = f"Let only the owner in: {visible(chmod_line(folder, 0o700), 300)}."
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        message = f"Jupyter's runtime directory has mode {told}: every user of this machine can change what is in it."
        effect = "Others can remove the files of servers and kernels or put their own there."
        yield ConfigFinding("runtime-open", "error", folder, None, message, effect, fix, private=folder)
    elif mode & (stat.S_IROTH | stat.S_IWOTH):
        message = f"Jupyter's runtime directory has mode {told}: every user of this machine can look into it."
        effect = "The jpserver-PID-open.html in it holds the token, and Jupyter leaves its mode to the umask."
        yield ConfigFinding("runtime-open", "warning", folder, None, message, effect, fix, private=folder)
