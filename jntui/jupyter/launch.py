"""Starts a server that outlives jntui, and waits until it answers or has said why it will not."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter import rest
from jntui.jupyter.command_line import read_command_line
from jntui.jupyter.discovery import target_of
from jntui.jupyter.failure import cause_of, masked, tail_of
from jntui.jupyter.info_file import InfoFile, read_info_file
from jntui.jupyter.interpreter import choose
from jntui.jupyter.managed import ManagedServers, Record, make_private_dir, state_dir
from jntui.jupyter.paths import home_dir, runtime_dir
from jntui.model import Started, StartFailed, StartPlan, StartRefused
from jntui.text import visible
from jntui.transport import Deadline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jntui.jupyter.interpreter import App, Interpreter
    from jntui.model import StartRequest
    from jntui.process import Child, Processes
    from jntui.transport import Transport

DEFAULT_PORT = 8888
PORTS_TRIED = 100
WAIT_S = 60.0
"""How long a new server is waited for."""
LOGS_KEPT = 20
TAIL_BYTES = 64 * 1024

_SECRETS = frozenset({"token", "password", "hashed_password", "auth_token", "cookie_secret", "api_token", "http_pwd"})
"""Last parts of traits that hold a secret."""


def plan(request: StartRequest, processes: Processes, environ: Mapping[str, str], home: str) -> StartPlan:
    """What a start would run; asks the Pythons in question (a second), starts and writes nothing.

    Raises StartFailed with one clear line: a secret among the options, a port that is taken, a directory or a Python
    that is not there.
    """
    _refuse_secrets(request.options)
    root_dir = _root_dir(request, home)
    if request.port is not None and not 0 < request.port < 65536:
        raise StartRefused(f"port {request.port} is none: choose one from 1 to 65535")
    interpreter, app = choose(request.python, request.app, processes, environ, home)
    said = read_command_line(["jupyter-server", *request.options])
    given = request.port or (said.port if said else None)
    port = 0 if said is not None and said.sock else _port(given, processes)
    command = _command(interpreter, app, port, root_dir, request.options)
    stamp = f"{datetime.now():%Y%m%d-%H%M%S}"
    log = state_dir(environ, home) / "logs" / f"jupyter-{stamp}-{port or 'socket'}.log"
    return StartPlan(app, interpreter.path, interpreter.chosen, tuple(command), port, root_dir, str(log))


def start(
    planned: StartPlan,
    processes: Processes,
    transport: Transport,
    environ: Mapping[str, str],
    home: str,
    wait_s: float = WAIT_S,
) -> Started:
    """Runs a plan and waits, at most `wait_s` seconds, until the server answers; ends at once when it dies.

    Raises StartFailed with the cause in words and the last lines of its log.
    """
    managed = ManagedServers(state_dir(environ, home))
    log, descriptor = _open_log(Path(planned.log), _logs_in_use(managed, processes))
    try:
        child = processes.spawn_detached(planned.command, environ, str(Path.cwd()), descriptor)
    except OSError as error:
        raise StartRefused(f"{visible(planned.python)} cannot be run: {error.strerror or error}", str(log)) from error
    finally:
        os.close(descriptor)
    launch = _Launch(child, planned, log, processes, transport, environ, home)
    launch.remember()
    server_id = launch.wait(Deadline(wait_s))
    return Started(server_id, child.pid, str(log), planned.python, planned.chosen, planned.command)


@dataclass(frozen=True, slots=True)
class _Launch:
    """One started child and what it takes to wait for it."""

    child: Child
    planned: StartPlan
    log: Path
    processes: Processes
    transport: Transport
    environ: Mapping[str, str]
    home: str

    def remember(self) -> None:
        """Writes the child down as started by jntui."""
        facts = self.processes.look(self.child.pid)
        if facts is None:
            return
        servers = ManagedServers(state_dir(self.environ, self.home))
        # A full disk must not make the server look as if it had failed: it only stays unknown as ours.
        with contextlib.suppress(OSError):
            servers.add(Record(self.child.pid, facts.create_time, str(self.log), self.planned.command))

    def wait(self, deadline: Deadline) -> str:
        """The server's id once it answers. Raises StartFailed."""
        while deadline.left() > 0:
            status = self.child.wait(min(0.1, deadline.left()))
            if status is not None:
                tail = self._tail()
                raise StartFailed(self._why(tail, status), str(self.log), tail)
            info = self._info()
            if info is not None and self._answers(info):
                return info.stem
        words = (
            f"pid {self.child.pid} does not answer after {deadline.seconds:.0f} s; it still runs, its log tells more"
        )
        raise StartFailed(words, str(self.log), self._tail())

    def _why(self, tail: Sequence[str], status: int) -> str:
        cause = cause_of(tail, status)
        holder = holder_of(self.planned.port, self.processes) if "was taken" in cause else None
        return f"{cause}: {holder}" if holder else cause

    def _info(self) -> InfoFile | None:
        folder = Path(runtime_dir(self.environ, home_dir(self.environ, self.home)))
        for stem in ("jpserver", "nbserver"):
            found = read_info_file(str(folder / f"{stem}-{self.child.pid}.json"))
            if isinstance(found, InfoFile) and found.pid == self.child.pid:
                return found
        return None

    def _answers(self, info: InfoFile) -> bool:
        own = [entry for entry in self.processes.sockets().listeners if entry.pid == info.pid]
        there = [entry for entry in own if (entry.path if info.sock else entry.port == info.port)]
        if not there:
            return False
        target = target_of(there, "https" if info.secure else "http", info.sock)
        return rest.is_jupyter(target, info.base_url, self.transport, Deadline(2.0))

    def _tail(self) -> tuple[str, ...]:
        try:
            with self.log.open("rb") as stream:
                size = stream.seek(0, os.SEEK_END)
                stream.seek(max(0, size - TAIL_BYTES))
                return tail_of(stream.read(TAIL_BYTES).decode("utf-8", "replace"))
        except OSError as error:
            return (f"the log cannot be read: {error.strerror or error}",)


def _refuse_secrets(options: Sequence[str]) -> None:
    """A command line is readable by every user of the machine (ps). Raises StartFailed."""
    for at, word in enumerate(options):
        if not word.startswith("-"):
            continue
        name, equals, value = word.lstrip("-").partition("=")
        if not equals and at + 1 < len(options) and not options[at + 1].startswith("-"):
            value = options[at + 1]
        named = name.rpartition(".")[2] in _SECRETS or name == "Session.key"
        if (named and value.strip("'\"")) or masked(value) != value:
            shown = visible(name, 80)
            raise StartRefused(
                f"--{shown} would show its secret to every user of this machine: set it in a config file, "
                "with `jupyter server password`, or in the environment variable JUPYTER_TOKEN"
            )


def _root_dir(request: StartRequest, home: str) -> str:
    named = request.root_dir or str(Path.cwd())
    folder = Path(home + named[1:] if named == "~" or named.startswith("~/") else named)
    if not folder.is_dir():
        raise StartRefused(f"there is no directory {visible(str(folder))}: name one with --root-dir")
    return str(folder.absolute())


def _command(interpreter: Interpreter, app: App, port: int, root_dir: str, options: Sequence[str]) -> list[str]:
    owner = "NotebookApp" if app == "notebook" and interpreter.legacy else "ServerApp"
    folder = "notebook_dir" if owner == "NotebookApp" else "root_dir"
    place = [f"--port={port}", f"--{owner}.port_retries=0"] if port else []
    said = read_command_line(["jupyter-server", *options])
    if said is not None and said.port == port:
        place = place[1:]
    return [*interpreter.command(app), *place, "--no-browser", f"--{owner}.{folder}={root_dir}", *options]


def _port(given: int | None, processes: Processes) -> int:
    """The given port if it is free, else the first free one from 8888 on. Raises StartFailed."""
    taken = {entry.port for entry in processes.sockets().listeners}
    if given is not None:
        if given in taken or not _can_bind(given):
            holder = holder_of(given, processes) or "another user's process holds it"
            raise StartFailed(f"port {given} is taken: {holder}")
        return given
    for port in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        if port not in taken and _can_bind(port):
            return port
    raise StartRefused(f"no port from {DEFAULT_PORT} to {DEFAULT_PORT + PORTS_TRIED - 1} is free: name one with --port")


def holder_of(port: int, processes: Processes) -> str | None:
    """Who listens on a port, in words; None if nobody is seen to."""
    for entry in processes.sockets().listeners:
        if entry.port != port:
            continue
        process = processes.look(entry.pid) if entry.pid is not None else None
        if process is not None:
            command = read_command_line(process.argv)
            name = command.app if command is not None and command.app else visible(process.name, 64)
            return f"pid {process.pid} ({name}) holds it"
        return f"a process of another user (uid {entry.uid}) holds it" if entry.uid is not None else None
    return None


def _can_bind(port: int) -> bool:
    """The port can be taken on both loopback addresses, as far as this machine has them."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                if os.name != "nt":
                    # As tornado does: a port whose last connections are still dying is free.
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except PermissionError as error:
            raise StartRefused(f"port {port} may not be taken by this user: choose one above 1023") from error
        except OSError as error:
            if family == socket.AF_INET6 and error.errno != errno.EADDRINUSE:
                continue  # no IPv6 on this machine
            return False
    return True


def _open_log(path: Path, keep: frozenset[str]) -> tuple[Path, int]:
    """A new log file (0600) of that name, or with a number where it is there already. Raises StartFailed."""
    try:
        make_private_dir(path.parent.parent)
        make_private_dir(path.parent)
        _drop_old_logs(path.parent, keep)
        for number in range(100):
            chosen = path.with_stem(f"{path.stem}-{number}") if number else path
            with contextlib.suppress(FileExistsError):
                return chosen, os.open(chosen, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
    except OSError as error:
        raise StartRefused(f"the log {visible(str(path))} cannot be written: {error.strerror or error}") from error
    raise StartRefused(f"{visible(str(path.parent))} holds a hundred logs of this second: wait a moment")


def _logs_in_use(servers: ManagedServers, processes: Processes) -> frozenset[str]:
    """The logs of servers that still run: the name of a log tells only when its server was started."""
    alive = set()
    for record in servers.records():
        facts = processes.look(record.pid)
        if facts is not None and not facts.zombie and facts.create_time == record.create_time:
            alive.add(record.log)
    return frozenset(alive)


def _drop_old_logs(folder: Path, keep: frozenset[str]) -> None:
    """Keeps the newest logs, and those in `keep`."""
    logs = sorted(folder.glob("jupyter-*.log"))
    for old in logs[: max(0, len(logs) - LOGS_KEPT + 1)]:
        if str(old) not in keep:
            old.unlink(missing_ok=True)
