"""Which server is meant: a port, a pid, an id, an info file's path or a unix socket's path, in this order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jntui.cli.errors import CallError
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Server


def choose(servers: Sequence[Server], text: str | None) -> Server:
    """The server that `text` names; without it the only one that runs.

    Raises CallError with the choices when none or several fit.
    """
    if text is None:
        running = [server for server in servers if server.state not in {"stale", "other-user"}]
        if len(running) == 1:
            return running[0]
        if not running:
            raise CallError(
                "no running Jupyter server was found; `jntui start` starts one, `jntui list` shows the rest"
            )
        raise CallError(f"{len(running)} servers run, name one: {choices(running)}")
    fitting = _fitting(servers, text)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise CallError(f"{visible(text, 80)} fits {len(fitting)} servers, name one by its id: {choices(fitting)}")
    known = f"known are {choices(servers)}" if servers else "none runs; `jntui start` starts one"
    raise CallError(f"no server {visible(text, 80)!r} here: {known}")


def _fitting(servers: Sequence[Server], text: str) -> list[Server]:
    if text.isdecimal() and len(text) <= 10:
        number = int(text)
        live = [server for server in servers if server.port == number and server.state != "stale"]
        stale = [server for server in servers if server.port == number and server.state == "stale"]
        return live or stale or [server for server in servers if server.pid == number]
    by_id = [server for server in servers if server.id == text]
    if by_id:
        return by_id
    path = str(Path(text).absolute())
    return [
        server
        for server in servers
        if (server.info_file is not None and str(Path(server.info_file).absolute()) == path)
        or any(listener.path in {text, path} for listener in server.listeners if listener.path)
    ]


def choices(servers: Sequence[Server]) -> str:
    """`jpserver-4242 (:8888), ...`, at most eight, and how many there are beside them."""
    words = [f"{visible(server.id, 60)} ({visible(server.label, 60)})" for server in servers[:8]]
    more = f" and {len(servers) - 8} more (`jntui list` shows all)" if len(servers) > 8 else ""
    return ", ".join(words) + more
