"""Where the log of a server is: a file its output goes to, the journal of its unit; or why there is none."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.supervisor import unit_of
from jntui.model import LogPlace
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import LogKind, Server
    from jntui.process import Processes

_KEEPS_ONE = "a server that jntui starts has one"


def log_place(server: Server, processes: Processes, environ: Mapping[str, str]) -> LogPlace:
    """Looks at what the process writes to; reads nothing of the log."""
    if server.state == "stale" or server.pid is None:
        if server.log and not Path(server.log).is_file():
            return _none(server, f"{visible(server.log, 400)}, which jntui made for it, is gone")
        if server.log:
            return _file("jntui", server.log, server.log)
        return _none(server, "its process is gone, and what it wrote is not known")
    for descriptor, link in _outputs(server.pid, processes):
        source = processes.output_file(server.pid, descriptor)
        if source is None:
            continue
        path = link.removesuffix(" (deleted)")
        kind: LogKind = "jntui" if path == server.log else "stderr" if descriptor == 2 else "stdout"
        return _file(kind, path, source, deleted=path != link)
    return _journal(server.pid, processes, environ) or _none(server, _why(server.pid, processes))


def _outputs(pid: int, processes: Processes) -> list[tuple[int, str]]:
    """Descriptor and what it leads to; Jupyter logs to its errors."""
    found = ((2, processes.error_output(pid)), (1, processes.standard_output(pid)))
    return [(number, link) for number, link in found if link is not None]


def _file(kind: LogKind, path: str, source: str, *, deleted: bool = False) -> LogPlace:
    what = {"jntui": "jntui started it with the log", "stdout": "its output goes to"}.get(kind, "its errors go to")
    gone = ", which was deleted: it is kept until the server ends" if deleted else ""
    return LogPlace(kind, f"{what} {visible(path, 400)}{gone}", visible(path, 4096), source=source)


def _journal(pid: int, processes: Processes, environ: Mapping[str, str]) -> LogPlace | None:
    link = processes.error_output(pid) or ""
    unit, of_user = unit_of(processes.cgroup(pid) or "")
    if not unit or not link.startswith("socket:"):
        return None  # a unit's output goes to the journal through a socket (systemd.exec(5), StandardOutput=journal)
    tool = shutil.which("journalctl", path=environ.get("PATH", ""))
    option = f"--user-unit={unit}" if of_user else f"--unit={unit}"
    typed = f"`journalctl {visible(option, 200)} --follow`"
    if tool is None:
        words = f"its log is in the journal of {visible(unit, 200)}, and there is no journalctl here"
        return LogPlace("none", words, unit=visible(unit, 200), how=typed)
    command = (tool, option, "--output=cat", "--no-pager", "--quiet")
    words = f"its log is in the journal of {visible(unit, 200)}: {typed}"
    return LogPlace("journal", words, unit=visible(unit, 200), command=command)


def _why(pid: int, processes: Processes) -> str:
    link = processes.error_output(pid)
    if link is None:
        return f"what pid {pid} writes to cannot be read from here"
    if link.startswith("/dev/pts/") and link.endswith(" (deleted)"):
        return f"it wrote to the terminal {visible(link.removesuffix(' (deleted)'), 60)}, which is gone"
    if link.startswith(("/dev/pts/", "/dev/tty")):
        return f"it writes to the terminal {visible(link, 60)}, which keeps no log"
    if link.startswith("/dev/null"):
        return "its output goes to /dev/null"
    if link.startswith(("pipe:", "socket:")):
        return "its output goes to another program (a pipe)"
    return f"its output goes to {visible(link, 200)}, which is no regular file"


def _none(server: Server, why: str) -> LogPlace:
    name = server.port or server.id
    again = f"`jntui restart {name}`" if server.state == "running" else "`jntui start`"
    how = f"{_KEEPS_ONE}: {again}; or start it yourself with `2>>jupyter.log` at the end of the line"
    return LogPlace("none", f"there is no log: {why}", how=how)
