"""The process seam: every look at a process and every child goes through `Processes`.

On Linux /proc is read directly (`linux`), because that costs a tenth and tells the owner of sockets that are
not ours; elsewhere psutil, imported only then. Nothing here sends a signal to see whether a process lives.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

from jntui.model import Connection, Listener, Sockets
from jntui.process.facts import Namespace, ProcessFacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import psutil

    from jntui.process.bounded import Ended
    from jntui.process.bounds import Bounds
    from jntui.process.conversation import Conversation
    from jntui.process.signals import SignalName

__all__ = ["Child", "Namespace", "ProcessFacts", "Processes"]

_LINUX: bool = sys.platform.startswith("linux")

LIMIT = 32768
"""Processes and sockets that one look takes at most."""


class Child:
    """A detached child process. A daemon thread waits for it, so that no zombie stays while jntui runs."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid: int = process.pid
        self._ended = threading.Event()
        threading.Thread(target=self._reap, name=f"reap-{self.pid}", daemon=True).start()

    def _reap(self) -> None:
        self._process.wait()
        self._ended.set()

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self._process.returncode if self._ended.is_set() else None

    def wait(self, timeout_s: float) -> int | None:
        """The exit status as soon as there is one, None after `timeout_s` seconds."""
        self._ended.wait(timeout_s)
        return self.poll()


class Processes:
    """What this system tells of processes and their sockets. One object serves all threads; it holds no state."""

    def look(self, pid: int) -> ProcessFacts | None:
        """The facts of one process; None if there is no process with that id."""
        if pid <= 0:
            return None
        if _LINUX:
            from jntui.process import linux

            return linux.look(pid)
        import psutil

        try:
            return _facts(psutil.Process(pid))
        except (psutil.Error, OSError, ValueError, OverflowError):
            return None

    def listing(self) -> Iterator[ProcessFacts]:
        """Every process that can be seen from here, at most 32768."""
        if _LINUX:
            from jntui.process import linux

            yield from linux.listing()
            return
        import psutil

        for count, process in enumerate(psutil.process_iter()):
            if count >= LIMIT:
                return
            try:
                facts = _facts(process)
            except (psutil.Error, OSError):
                continue  # it ended while it was looked at
            yield facts

    def environ(self, pid: int) -> Mapping[str, str] | None:
        """The environment a process was started with, which may hold secrets; None where it cannot be read."""
        if _LINUX:
            from jntui.process import linux

            return linux.environ(pid)
        import psutil

        try:
            return psutil.Process(pid).environ()
        except (psutil.Error, OSError, ValueError):
            return None

    def cwd(self, pid: int) -> str | None:
        """The working directory of a process; None where it cannot be read."""
        if _LINUX:
            from jntui.process import linux

            return linux.cwd(pid)
        import psutil

        try:
            return psutil.Process(pid).cwd() or None
        except (psutil.Error, OSError, ValueError):
            return None

    def loads_tornado(self, pid: int) -> bool:
        """The process has tornado's compiled module loaded; False where that cannot be told."""
        if _LINUX:
            from jntui.process import linux

            return linux.loads_tornado(pid)
        return False

    def inner_pid(self, pid: int) -> int | None:
        """The number by which a process in a pid namespace of its own knows itself; None if it is the same."""
        if _LINUX:
            from jntui.process import linux

            return linux.inner_pid(pid)
        return None

    def same_root(self, pid: int) -> bool | None:
        """Whether paths lead a process to the same files as jntui; None where that cannot be told."""
        if _LINUX:
            from jntui.process import linux

            return linux.same_root(pid)
        return None

    def net_namespace(self, pid: int) -> Namespace:
        """Whether a process sees the same network as jntui. Systems without namespaces: always the same."""
        if _LINUX:
            from jntui.process import linux

            return linux.net_namespace(pid)
        return "same"

    def cgroup(self, pid: int) -> str | None:
        """The control groups of a process as /proc/PID/cgroup lists them (cgroups(7)); None where there are none."""
        if _LINUX:
            from jntui.process import linux

            return linux.cgroup(pid)
        return None

    def umask(self, pid: int) -> int | None:
        """The mode bits that a process takes from its new files (umask(2)); None where the system does not tell."""
        if _LINUX:
            from jntui.process import linux

            return linux.umask(pid)
        return None

    def bounds(self, pid: int) -> Bounds | None:
        """What a process is held to: limits, priority, processors; None where the system does not tell."""
        if _LINUX:
            from jntui.process import bounds

            return bounds.bounds_of(pid)
        return None

    def error_output(self, pid: int) -> str | None:
        """Where a process writes its errors, a terminal (`/dev/pts/3`) or a file; None where that cannot be told."""
        if _LINUX:
            from jntui.process import linux

            return linux.error_output(pid)
        return None

    def signal(self, facts: ProcessFacts, name: SignalName) -> None:
        """Sends SIGTERM or SIGKILL to that very process, never to a later one with its pid.

        Raises ProcessLookupError if it is gone, PermissionError, OSError.
        """
        from jntui.process import signals

        signals.send(facts, name, self.look)

    def wait_end(self, facts: ProcessFacts, timeout_s: float) -> bool:
        """True as soon as that very process has ended (a zombie has), False after `timeout_s` seconds."""
        from jntui.process import signals

        return signals.wait_end(facts, timeout_s, self.look)

    def sockets(self) -> Sockets:
        """Every listener and the connections to them; owners are None where they cannot be read from here."""
        if _LINUX:
            from jntui.process import linux_sockets

            return linux_sockets.sockets()
        return _psutil_sockets()

    def socket_fingerprint(self) -> int | None:
        """A number that changes with what `sockets` tells, in less than a millisecond; None: unknown, look again."""
        if _LINUX:
            from jntui.process import linux_sockets

            return linux_sockets.fingerprint()
        return None

    def holders(self, ends: set[tuple[str, int]]) -> dict[tuple[str, int], int | None]:
        """Who holds each established connection whose local end is one of `ends` (address, port).

        What is not there any more is left out; None where its holder cannot be seen from here.
        """
        if _LINUX:
            from jntui.process import linux_sockets

            return linux_sockets.holders(ends)
        return _psutil_holders(ends)

    def spawn_detached(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: str,
        log_fd: int,
        umask: int | None = None,
        bounds: Bounds | None = None,
    ) -> Child:
        """Starts a child in a session of its own: neither our end nor SIGHUP at logout ends it.

        Its input is empty, its output and errors go to `log_fd`; `umask` None is ours, `bounds` are kept as far as
        they can be. Raises OSError (no such program or directory).
        """
        detached: dict[str, Any] = {"start_new_session": True, "umask": -1 if umask is None else umask}
        if bounds is not None and bounds != self.bounds(os.getpid()):
            from jntui.process import bounded_start

            return Child(bounded_start.start(argv, env, cwd, log_fd, bounds, detached))
        if os.name == "nt":
            names = ("DETACHED_PROCESS", "CREATE_NEW_PROCESS_GROUP")
            detached = {"creationflags": sum(int(getattr(subprocess, name)) for name in names)}
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=log_fd,
            stderr=log_fd,
            env=dict(env),
            cwd=cwd,
            close_fds=True,
            **detached,
        )
        return Child(process)

    def output(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: str, timeout_s: float, limit: int = 1024 * 1024
    ) -> str | None:
        """What a short-lived child prints; None if it cannot be run, fails, is too slow or prints over `limit` bytes.

        It is killed then, and on POSIX everything it started with it.
        """
        from jntui.process import short

        printed = short.output(argv, env, cwd, timeout_s, limit)
        return None if printed is None else printed.decode("utf-8", "replace")

    def converse(self, argv: Sequence[str], env: Mapping[str, str], mark: bytes, limit: int) -> Conversation:
        """Starts a child that is spoken to in lines, each answer marked, `limit` bytes altogether.

        The caller closes it. Raises OSError (no such program).
        """
        from jntui.process.conversation import Conversation

        return Conversation(argv, env, mark, limit)

    def run_bounded(
        self, argv: Sequence[str], given: bytes, env: Mapping[str, str], timeout_s: float, uid: int | None = None
    ) -> Ended:
        """A child that reads `given` and is killed with all its own children, after `timeout_s` seconds at the latest.

        `uid`: root runs it with this user's ids and groups. Raises OSError (no such program), KeyError (no such user).
        """
        from jntui.process import bounded

        return bounded.run_bounded(argv, given, env, timeout_s, uid)


def _facts(process: psutil.Process) -> ProcessFacts:
    """psutil's view of one process. Raises psutil.Error if it is gone."""
    import psutil

    argv: tuple[str, ...] | None
    with process.oneshot():
        status = process.status()
        zombie = status == psutil.STATUS_ZOMBIE
        try:
            argv = tuple(process.cmdline())
        except (psutil.AccessDenied, psutil.ZombieProcess):
            argv = () if zombie else None
        try:
            user: str | None = process.username()
            uid = int(process.uids().real) if hasattr(process, "uids") else None
        except (psutil.AccessDenied, KeyError):
            user, uid = None, None
        return ProcessFacts(
            pid=process.pid,
            create_time=process.create_time(),
            zombie=zombie,
            name=process.name(),
            argv=argv,
            user=user,
            uid=uid,
            ppid=process.ppid(),
            suspended=status == psutil.STATUS_STOPPED,
        )


def _psutil_sockets() -> Sockets:
    """What psutil tells; where the whole table is forbidden (macOS), the sockets of our own processes."""
    import psutil

    try:
        found = [(entry, entry.pid) for entry in psutil.net_connections("tcp")]
    except (psutil.Error, OSError):
        found = [(entry, process.pid) for process in _own_processes() for entry in _connections_of(process)]
    listeners: list[Listener] = []
    established: list[Connection] = []
    for entry, pid in found[:LIMIT]:
        if not entry.laddr:
            continue
        if entry.status == psutil.CONN_LISTEN:
            listeners.append(Listener(entry.laddr.ip, entry.laddr.port, pid=pid))
        elif entry.status == psutil.CONN_ESTABLISHED and entry.raddr:
            remote = entry.raddr
            established.append(Connection(entry.laddr.ip, entry.laddr.port, remote.ip, remote.port, pid=pid))
    ports = {listener.port for listener in listeners}
    return Sockets(tuple(listeners), tuple(entry for entry in established if entry.local_port in ports))


def _psutil_holders(ends: set[tuple[str, int]]) -> dict[tuple[str, int], int | None]:
    import psutil

    try:
        found = [(entry, entry.pid) for entry in psutil.net_connections("tcp")]
    except (psutil.Error, OSError):
        found = [(entry, process.pid) for process in _own_processes() for entry in _connections_of(process)]
    return {
        (entry.laddr.ip, entry.laddr.port): pid
        for entry, pid in found[:LIMIT]
        if entry.status == psutil.CONN_ESTABLISHED and entry.laddr and (entry.laddr.ip, entry.laddr.port) in ends
    }


def _own_processes() -> Iterator[psutil.Process]:
    import psutil

    uid = os.getuid() if hasattr(os, "getuid") else None
    for process in psutil.process_iter():
        try:
            if uid is None or process.uids().real == uid:
                yield process
        except (psutil.Error, OSError):
            continue  # it ended, or it is not ours


def _connections_of(process: psutil.Process) -> list[Any]:
    """The TCP sockets of one process; psutil 6 renamed the method."""
    import psutil

    read = getattr(process, "net_connections", None) or process.connections
    try:
        return list(read("tcp"))
    except (psutil.Error, OSError):
        return []
