"""Starts a server that outlives jntui, and waits until it answers or has said why it will not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter import moved_secrets
from jntui.jupyter.command_line import read_command_line
from jntui.jupyter.interpreter import choose
from jntui.jupyter.logs import log_path, logs_in_use, open_log
from jntui.jupyter.managed import ManagedServers, state_dir
from jntui.jupyter.newborn import Newborn
from jntui.jupyter.ports import can_bind, holder_of
from jntui.jupyter.secret_options import secret_options
from jntui.model import Started, StartFailed, StartPlan, StartRefused
from jntui.text import visible
from jntui.transport import Deadline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jntui.jupyter.interpreter import App, Interpreter
    from jntui.model import StartRequest
    from jntui.process import Processes
    from jntui.transport import Transport

DEFAULT_PORT = 8888
PORTS_TRIED = 100
WAIT_S = 60.0
"""How long a new server is waited for."""


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
    log = str(log_path(environ, home, port))
    chosen = interpreter.chosen
    return StartPlan(app, interpreter.path, chosen, tuple(command), port, root_dir, log, tuple(request.options))


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
    from jntui.jupyter.relaunch import to_leave

    managed = ManagedServers(state_dir(environ, home))
    moved_secrets.prune(state_dir(environ, home), processes)
    log, descriptor = open_log(Path(planned.log), logs_in_use(managed, processes))
    try:
        child = processes.spawn_detached(planned.command, environ, str(Path.cwd()), descriptor)
    except OSError as error:
        raise StartRefused(f"{visible(planned.python)} cannot be run: {error.strerror or error}", str(log)) from error
    finally:
        os.close(descriptor)
    newborn = Newborn(child, planned.command, planned.port, log, environ, home)
    newborn.remember(managed, processes)
    server_id = newborn.wait(processes, transport, Deadline(wait_s))
    typed = to_leave(planned.command, environ, environ, str(Path.cwd()))
    return Started(server_id, child.pid, str(log), planned.python, planned.chosen, planned.command, typed)


def _refuse_secrets(options: Sequence[str]) -> None:
    """A command line is readable by every user of the machine (ps). Raises StartFailed."""
    for option in secret_options(options):
        raise StartRefused(
            f"--{visible(option.name, 80)} would show its secret to every user of this machine: set it in a config "
            "file, with `jupyter server password`, or in the environment variable JUPYTER_TOKEN"
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
        if given in taken or not can_bind(given):
            holder = holder_of(given, processes) or "another user's process holds it"
            raise StartFailed(f"port {given} is taken: {holder}")
        return given
    for port in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        if port not in taken and can_bind(port):
            return port
    raise StartRefused(f"no port from {DEFAULT_PORT} to {DEFAULT_PORT + PORTS_TRIED - 1} is free: name one with --port")
