"""Finds Jupyter servers among the processes: by command line, by the info file their own environment points to.

No network. What is only a guess (a Python process with tornado that listens) is a candidate: it becomes a server when
it has answered as one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.command_line import GATEWAY, interpreter_of, is_kernel, read_command_line
from jntui.jupyter.info_file import InfoFile, read_info_file
from jntui.jupyter.paths import home_dir, runtime_dir
from jntui.model import Secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from jntui.jupyter.command_line import CommandLine
    from jntui.model import Listener, Sockets
    from jntui.process import Processes, ProcessFacts

LIMIT = 500
"""Processes that are taken for servers or candidates."""
PORTS_OF_A_SERVER = 3
"""A process that listens on more is a kernel, a cluster's scheduler or the like: its ports are left alone."""


@dataclass(frozen=True, slots=True)
class Found:
    """A process that is, or may be, a Jupyter server."""

    process: ProcessFacts
    command: CommandLine | None
    """None: a candidate, or embedded."""
    listeners: tuple[Listener, ...]
    foreign: bool
    info: InfoFile | None = None
    """The info file in the runtime directory that its own environment names."""
    token: Secret | None = None
    """A token that its command line (or a gateway's environment) gives for certain."""


def by_pid(sockets: Sockets) -> dict[int, tuple[Listener, ...]]:
    """The listeners of each process whose sockets can be seen."""
    found: dict[int, list[Listener]] = {}
    for listener in sockets.listeners:
        if listener.pid is not None:
            found.setdefault(listener.pid, []).append(listener)
    return {pid: tuple(entries) for pid, entries in found.items()}


class ProcessScan:
    """Looks through the processes; remembers per process what is costly to find out."""

    def __init__(self, processes: Processes, home: str, platform: str) -> None:
        self._processes = processes
        self._home = home
        self._platform = platform
        self._tornado: dict[tuple[int, float], bool] = {}

    def scan(self, sockets: Sockets, known: Collection[int]) -> Iterator[Found]:
        """Every process that is a server by its command line, or may be one; not the pids in `known`."""
        owned = by_pid(sockets)
        count = 0
        alive: set[tuple[int, float]] = set()
        for process in self._processes.listing():
            if process.zombie or process.pid in known or process.pid == os.getpid():
                continue
            alive.add((process.pid, process.create_time))
            found = self._one(process, owned.get(process.pid, ()), sockets)
            if found is not None:
                yield found
                count += 1
            if count >= LIMIT:
                break
        for key in self._tornado.keys() - alive:
            del self._tornado[key]

    def _one(self, process: ProcessFacts, listeners: tuple[Listener, ...], sockets: Sockets) -> Found | None:
        command = read_command_line(process.argv)
        if is_foreign(process):
            if command is None:
                return None
            return Found(process, command, _of_user(process, command, sockets), True)
        if command is None:
            return Found(process, None, listeners, False) if self._may_be(process, listeners) else None
        if not listeners and self._is_copy(process):
            return None
        info = self._info_of(process)
        return Found(process, command, listeners, False, info, self._certain_token(process, command))

    def _is_copy(self, process: ProcessFacts) -> bool:
        """A child that the server has forked and that has not yet become another program."""
        parent = self._processes.look(process.ppid) if process.ppid else None
        return parent is not None and parent.argv == process.argv

    def _may_be(self, process: ProcessFacts, listeners: tuple[Listener, ...]) -> bool:
        """A Python process that listens and has tornado loaded, and is no kernel: those ports speak ZMQ."""
        ports = {entry.port for entry in listeners if entry.port}
        if not ports or len(ports) > PORTS_OF_A_SERVER or is_kernel(process.argv):
            return False
        if interpreter_of(process.argv) is None and not process.name.lower().startswith("python"):
            return False
        key = (process.pid, process.create_time)
        if key not in self._tornado:
            self._tornado[key] = self._processes.loads_tornado(process.pid)
        return self._tornado[key]

    def _info_of(self, process: ProcessFacts) -> InfoFile | None:
        """The info file where this process itself would have put it; owner checked, links not followed."""
        environ = self._processes.environ(process.pid)
        if environ is None:
            return None
        folder = runtime_dir(environ, home_dir(environ, self._home), self._platform)
        if not Path(folder).is_absolute():
            return None
        own = dict.fromkeys((process.pid, self._processes.inner_pid(process.pid) or process.pid))
        for stem, pid in ((stem, pid) for pid in own for stem in ("jpserver", "nbserver")):
            found = read_info_file(str(Path(folder) / f"{stem}-{pid}.json"), process.uid)
            if isinstance(found, InfoFile) and found.pid == pid:
                # In a pid namespace it writes the number that it has there.
                return replace(found, pid=process.pid)
        return None

    def _certain_token(self, process: ProcessFacts, command: CommandLine) -> Secret | None:
        """The command line beats every file; a gateway's variable is taken, for its `api` needs the token at once."""
        if command.token is not None or command.app != GATEWAY:
            return command.token
        environ = self._processes.environ(process.pid) or {}
        named = environ.get("KG_AUTH_TOKEN", "")
        return Secret(named) if named else None


def is_foreign(process: ProcessFacts) -> bool:
    """The process belongs to another user, and we are not root."""
    if not hasattr(os, "geteuid"):
        return False
    return os.geteuid() != 0 and process.uid is not None and process.uid != os.geteuid()


def _of_user(process: ProcessFacts, command: CommandLine, sockets: Sockets) -> tuple[Listener, ...]:
    """The sockets of another user's process as far as can be told: its user's on `--port`, or the only one's."""
    if process.uid is None:
        return ()
    theirs = [entry for entry in sockets.listeners if entry.uid == process.uid and entry.port]
    if command.port is not None:
        return tuple(entry for entry in theirs if entry.port == command.port)
    return tuple(theirs) if len({entry.port for entry in theirs}) == 1 else ()
