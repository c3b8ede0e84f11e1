"""A server that was started a moment ago: written down as ours, and waited for until it answers or dies."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter import rest
from jntui.jupyter.discovery import target_of
from jntui.jupyter.failure import cause_of
from jntui.jupyter.info_file import InfoFile, read_info_file
from jntui.jupyter.logs import last_lines
from jntui.jupyter.managed import Record
from jntui.jupyter.paths import home_dir, runtime_dir
from jntui.jupyter.ports import holder_of
from jntui.model import StartFailed
from jntui.transport import Deadline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jntui.jupyter.managed import ManagedServers
    from jntui.process import Child, Processes
    from jntui.transport import Transport

ASK_S = 2.0
"""How long one question whether it answers may take."""


@dataclass(frozen=True, slots=True)
class Newborn:
    """One started child and what it takes to wait for it."""

    child: Child
    command: tuple[str, ...]
    """Its argv, without a secret."""
    port: int
    """The port it is to take; 0: a socket."""
    log: Path
    environ: Mapping[str, str] = field(repr=False)
    """The child's own: its info file lies where this says."""
    home: str
    """The home directory where the environment names none."""
    gateway: bool = False
    """A Kernel Gateway, which writes no info file."""

    def remember(self, servers: ManagedServers, processes: Processes) -> None:
        """Writes the child down as started by jntui."""
        facts = processes.look(self.child.pid)
        if facts is None:
            return
        # A full disk must not make the server look as if it had failed: it only stays unknown as ours.
        with contextlib.suppress(OSError):
            servers.add(Record(self.child.pid, facts.create_time, str(self.log), self.command))

    def wait(self, processes: Processes, transport: Transport, deadline: Deadline) -> str:
        """The server's id once it answers. Raises StartFailed: it died, or does not answer in time."""
        while deadline.left() > 0:
            status = self.child.wait(min(0.1, deadline.left()))
            if status is not None:
                tail = last_lines(self.log)
                raise StartFailed(self._why(tail, status, processes), str(self.log), tail)
            answered = self._without_file if self.gateway else self._by_file
            server_id = answered(processes, transport)
            if server_id is not None:
                return server_id
        info = self._info()
        more = (rest.lost_base_url(info.base_url) if info is not None else "") or "its log tells more"
        words = f"pid {self.child.pid} does not answer after {deadline.seconds:.0f} s; it still runs, {more}"
        raise StartFailed(words, str(self.log), last_lines(self.log))

    def _why(self, tail: Sequence[str], status: int, processes: Processes) -> str:
        cause = cause_of(tail, status)
        holder = holder_of(self.port, processes) if "was taken" in cause else None
        return f"{cause}: {holder}" if holder else cause

    def _by_file(self, processes: Processes, transport: Transport) -> str | None:
        info = self._info()
        if info is None:
            return None
        own = [entry for entry in processes.sockets().listeners if entry.pid == info.pid]
        there = [entry for entry in own if (entry.path if info.sock else entry.port == info.port)]
        if not there:
            return None
        target = target_of(there, "https" if info.secure else "http", info.sock)
        return info.stem if rest.is_jupyter(target, info.base_url, transport, Deadline(ASK_S)) else None

    def _without_file(self, processes: Processes, transport: Transport) -> str | None:
        own = [entry for entry in processes.sockets().listeners if entry.pid == self.child.pid and entry.port]
        there = [entry for entry in own if entry.port == self.port]
        for scheme in ("http", "https") if there else ():
            question = rest.Question(target_of(there, scheme, ""), auth="hub", gateway=True)
            if rest.ask(question, transport, Deadline(ASK_S)).kind == "jupyter":
                return f"pid-{self.child.pid}"
        return None

    def _info(self) -> InfoFile | None:
        folder = Path(runtime_dir(self.environ, home_dir(self.environ, self.home)))
        for stem in ("jpserver", "nbserver"):
            found = read_info_file(str(folder / f"{stem}-{self.child.pid}.json"))
            if isinstance(found, InfoFile) and found.pid == self.child.pid:
                return found
        return None
