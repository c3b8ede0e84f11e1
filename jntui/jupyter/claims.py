"""Claims of servers: what a file or a process says, beside what processes and sockets show at this moment."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.candidates import by_pid, is_foreign
from jntui.jupyter.command_line import read_command_line
from jntui.jupyter.evidence import Evidence, Holder
from jntui.jupyter.info_file import InfoFile

if TYPE_CHECKING:
    from jntui.jupyter.candidates import Found
    from jntui.jupyter.info_file import Unreadable
    from jntui.model import Listener, Secret, Sockets
    from jntui.process import Processes, ProcessFacts


@dataclass(frozen=True, slots=True)
class Claim:
    """One claimed server, not yet decided on."""

    id: str
    evidence: Evidence
    info: InfoFile | None = None
    path: str | None = None
    """The info file, readable or not."""
    token: Secret | None = None
    candidate: bool = False
    """Only a guess: not to be shown before it answered as Jupyter."""


class Gathering:
    """One look: the sockets and the time of one moment, and what is put together from them."""

    def __init__(self, processes: Processes, sockets: Sockets) -> None:
        self._processes = processes
        self._sockets = sockets
        self._owned = by_pid(sockets)
        self._now = time.time()

    def of_file(self, found: InfoFile | Unreadable) -> Claim:
        """What an info file in the user's own runtime directory claims."""
        process = self._processes.look(found.pid) if found.pid else None
        command = read_command_line(process.argv) if process is not None else None
        if isinstance(found, InfoFile):
            return self._of_info(found, process)
        port, listeners = self._place(process, command.port if command else None)
        evidence = Evidence(
            pid=found.pid,
            process=process,
            command=command,
            port=port,
            sock=listeners[0].path if listeners and not port else "",
            listeners=listeners,
            unreadable=found.reason,
            age_s=self._age(process),
            foreign=process is not None and is_foreign(process),
        )
        return Claim(found.stem, evidence, path=found.path, token=command.token if command else None)

    def of_process(self, found: Found) -> list[Claim]:
        """What a process that is or may be a server claims: for a mere candidate one claim for each of its ports."""
        process, command = found.process, found.command
        if found.info is not None:
            return [self._of_info(found.info, process)]
        if command is None:
            ports = sorted({entry.port for entry in found.listeners if entry.port})
            return [self._of_port(found, port, index) for index, port in enumerate(ports)]
        port, listeners = self._place(process, command.port, found.listeners)
        evidence = Evidence(
            pid=process.pid,
            process=process,
            command=command,
            port=port,
            sock=command.sock or "",
            listeners=listeners,
            namespace="unknown" if listeners or found.foreign else self._processes.net_namespace(process.pid),
            age_s=self._age(process),
            foreign=found.foreign,
        )
        return [Claim(f"pid-{process.pid}", evidence, token=found.token)]

    def _of_port(self, found: Found, port: int, index: int) -> Claim:
        listeners = tuple(entry for entry in found.listeners if entry.port == port)
        evidence = Evidence(found.process.pid, found.process, port=port, listeners=listeners)
        name = f"port-{port}" if index else f"pid-{found.process.pid}"
        return Claim(name, evidence, candidate=True)

    def _of_info(self, info: InfoFile, process: ProcessFacts | None) -> Claim:
        command = read_command_line(process.argv) if process is not None else None
        foreign = process is not None and is_foreign(process)
        own = () if foreign else self._owned.get(info.pid, ())
        listeners = tuple(entry for entry in own if self._at(entry, info))
        if not listeners and process is not None and not foreign:
            listeners = self._ownerless(info, process)
        evidence = Evidence(
            pid=info.pid,
            process=process,
            command=command,
            port=info.port or None,
            sock=info.sock,
            listeners=listeners,
            elsewhere=tuple(entry for entry in own if entry not in listeners and entry.port),
            holder=None if listeners else self._holder(info),
            has_file=True,
            file_time=info.mtime,
            file_uid=info.uid,
            namespace="unknown" if listeners or process is None else self._processes.net_namespace(info.pid),
            age_s=self._age(process),
            foreign=foreign,
        )
        return Claim(info.stem, evidence, info, info.path, info.token or None)

    def _place(
        self, process: ProcessFacts | None, port: int | None, listeners: tuple[Listener, ...] = ()
    ) -> tuple[int | None, tuple[Listener, ...]]:
        """The port of a process without a readable info file, and its listeners there."""
        own = listeners or (self._owned.get(process.pid, ()) if process is not None else ())
        ports = sorted({entry.port for entry in own if entry.port})
        if not ports:
            return port, tuple(entry for entry in own if entry.path)
        chosen = port if port in ports else ports[0]
        return chosen, tuple(entry for entry in own if entry.port == chosen)

    def _ownerless(self, info: InfoFile, process: ProcessFacts) -> tuple[Listener, ...]:
        """Listeners there whose owner cannot be read, where the system tells at most that the user is the same."""
        there = (entry for entry in self._sockets.listeners if entry.pid is None and self._at(entry, info))
        return tuple(entry for entry in there if entry.uid is None or entry.uid == process.uid)

    @staticmethod
    def _at(entry: Listener, info: InfoFile) -> bool:
        if info.sock:
            # A relative path stands in the kernel's table as it was given, so the names are compared.
            return bool(entry.path) and Path(entry.path).name == Path(info.sock).name
        return entry.port == info.port and not entry.path

    def _holder(self, info: InfoFile) -> Holder | None:
        for entry in self._sockets.listeners:
            if info.port and entry.port == info.port and entry.pid != info.pid:
                process = self._processes.look(entry.pid) if entry.pid is not None else None
                return Holder(entry.pid, process.name if process is not None else "")
        return None

    def _age(self, process: ProcessFacts | None) -> float:
        return max(0.0, self._now - process.create_time) if process is not None else 1e9
