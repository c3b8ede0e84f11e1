"""The fake at the process seam: processes, their sockets and files as a test wants them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from jntui.model import Listener, Sockets
from jntui.process import Namespace, Processes, ProcessFacts
from jntui.process.bounds import Bounds
from jntui.process.signals import is_alive


@dataclass
class FakeProcesses(Processes):
    """What is not set up does not exist; nothing is ever started."""

    known: dict[int, ProcessFacts] = field(default_factory=dict)
    listeners: list[Listener] = field(default_factory=list)
    environs: dict[int, Mapping[str, str]] = field(default_factory=dict)
    cwds: dict[int, str] = field(default_factory=dict)
    tornado: set[int] = field(default_factory=set)
    inner_pids: dict[int, int] = field(default_factory=dict)
    chrooted: set[int] = field(default_factory=set)
    namespaces: dict[int, Namespace] = field(default_factory=dict)
    cgroups: dict[int, str] = field(default_factory=dict)
    umasks: dict[int, int] = field(default_factory=dict)
    error_outputs: dict[int, str] = field(default_factory=dict)
    held: dict[int, Bounds] = field(default_factory=dict)
    deaf: set[str] = field(default_factory=set)
    """Signals that nobody ends at."""
    refusal: OSError | None = None
    """What sending a signal raises."""
    signals: list[tuple[int, str]] = field(default_factory=list)
    """The signals that were sent."""
    outputs: dict[str, str] = field(default_factory=dict)
    """What `output` gives for each program."""

    def add(
        self,
        pid: int,
        argv: str | None,
        *,
        ports: tuple[int, ...] = (),
        host: str = "127.0.0.1",
        age_s: float = 3600.0,
        uid: int | None = None,
        user: str = "ada",
        name: str = "python",
        zombie: bool = False,
        ppid: int = 1,
    ) -> ProcessFacts:
        """A process and its listeners; `argv` is split at blanks."""
        words = None if argv is None else tuple(argv.split())
        owner = os.getuid() if uid is None else uid
        facts = ProcessFacts(pid, time.time() - age_s, zombie, name, words, user, owner, ppid)
        self.known[pid] = facts
        self.listeners += [Listener(host, port, pid=pid, uid=owner) for port in ports]
        return facts

    def look(self, pid: int) -> ProcessFacts | None:
        return self.known.get(pid)

    def listing(self) -> Iterator[ProcessFacts]:
        yield from self.known.values()

    def environ(self, pid: int) -> Mapping[str, str] | None:
        return self.environs.get(pid)

    def cwd(self, pid: int) -> str | None:
        return self.cwds.get(pid)

    def loads_tornado(self, pid: int) -> bool:
        return pid in self.tornado

    def inner_pid(self, pid: int) -> int | None:
        return self.inner_pids.get(pid)

    def same_root(self, pid: int) -> bool | None:
        return pid not in self.chrooted

    def net_namespace(self, pid: int) -> Namespace:
        return self.namespaces.get(pid, "same")

    def cgroup(self, pid: int) -> str | None:
        return self.cgroups.get(pid)

    def umask(self, pid: int) -> int | None:
        return self.umasks.get(pid)

    def error_output(self, pid: int) -> str | None:
        return self.error_outputs.get(pid)

    def bounds(self, pid: int) -> Bounds | None:
        return self.held.get(pid)

    def end(self, pid: int, *, zombie: bool = False) -> None:
        """The process ends, and its sockets with it; as a `zombie` it stays in the table."""
        facts = self.known.pop(pid)
        if zombie:
            self.known[pid] = replace(facts, zombie=True, argv=())
        self.listeners = [entry for entry in self.listeners if entry.pid != pid]

    def signal(self, facts: ProcessFacts, name: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        if not is_alive(facts, self.look):
            raise ProcessLookupError
        self.signals.append((facts.pid, name))
        if name not in self.deaf:
            self.end(facts.pid)

    def wait_end(self, facts: ProcessFacts, timeout_s: float) -> bool:
        return not is_alive(facts, self.look)

    def sockets(self) -> Sockets:
        return Sockets(tuple(self.listeners))

    def socket_fingerprint(self) -> int | None:
        return hash(tuple(self.listeners))

    def output(self, argv: object, env: object, cwd: str, timeout_s: float, limit: int = 0) -> str | None:
        assert isinstance(argv, list)
        return self.outputs.get(" ".join(argv), self.outputs.get(argv[0]))

    def spawn_detached(  # type: ignore[override]
        self, argv: object, env: object, cwd: str, log_fd: int, umask: int | None = None, bounds: object = None
    ) -> object:
        raise AssertionError("a contract test starts nothing")
