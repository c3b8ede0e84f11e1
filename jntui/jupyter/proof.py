"""Proves at one moment that a process is the server that is meant: its listener, its owner, its start.

An info file is a claim, a pid can be given out again and a port can change hands, so nothing is sent to a process on
the word of an earlier look.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.command_line import read_command_line
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Listener, Server
    from jntui.process import Processes, ProcessFacts

SAME_START_S = 0.03
"""`Server.started` is rounded to 0.01 s, and a clock tick of Linux is as long."""
ANCESTORS = 64


@dataclass(frozen=True, slots=True)
class Proof:
    """The server's process as it is now, and where it listens."""

    process: ProcessFacts
    listeners: tuple[Listener, ...]
    """Its own, where the server is said to listen."""
    owned: bool
    """The system names this process as their owner; False: it names none, and at most the same user."""
    jupyter: bool
    """Its command line is a Jupyter application's; False for an embedded server."""


class NotProven(Exception):
    """It cannot be shown to be that server: why, in words."""


def prove(server: Server, processes: Processes) -> Proof:
    """The proof at this moment. Raises NotProven."""
    process = same_process(server, processes)
    there = [entry for entry in processes.sockets().listeners if _at(entry, server)]
    own = tuple(entry for entry in there if entry.pid == process.pid)
    ownerless = tuple(entry for entry in there if entry.pid is None and entry.uid in {None, process.uid})
    if not own and not ownerless:
        raise NotProven(_elsewhere(server, there, processes))
    jupyter = read_command_line(process.argv) is not None
    return Proof(process, own or ownerless, bool(own), jupyter)


def same_process(server: Server, processes: Processes) -> ProcessFacts:
    """The server's process, still alive, by its start and its user. Raises NotProven."""
    process = processes.look(server.pid) if server.pid is not None else None
    if process is None or process.zombie:
        raise NotProven(f"pid {server.pid} is gone" if server.pid is not None else "its process is not known")
    begun = server.started.timestamp() if server.started is not None else None
    if begun is None or abs(process.create_time - begun) > SAME_START_S:
        raise NotProven(f"pid {process.pid} is another process now: {visible(process.name, 64)}")
    if server.user is not None and visible(process.user or "", 64) != server.user:
        raise NotProven(f"pid {process.pid} belongs to {visible(process.user or 'another user', 64)} now")
    return process


def place_of(server: Server) -> str:
    """Where it listens, in words: `port 8888`, or its socket's path."""
    if server.port:
        return f"port {server.port}"
    path = next((entry.path for entry in server.listeners if entry.path), "")
    return visible(path) if path else "its socket"


def is_around_us(pid: int, processes: Processes) -> bool:
    """jntui itself runs below that process, as in a terminal of JupyterLab."""
    above, seen = os.getppid(), 0
    while above > 0 and seen < ANCESTORS:
        if above == pid:
            return True
        facts = processes.look(above)
        above, seen = (facts.ppid or 0) if facts is not None else 0, seen + 1
    return False


def _at(entry: Listener, server: Server) -> bool:
    if server.port:
        return entry.port == server.port and not entry.path
    # A relative path stands in the kernel's table as it was given, so the names are compared.
    names = {Path(known.path).name for known in server.listeners if known.path}
    return bool(entry.path) and Path(entry.path).name in names


def _elsewhere(server: Server, there: Sequence[Listener], processes: Processes) -> str:
    holder = there[0] if there else None
    if holder is None:
        return f"pid {server.pid} does not listen on {place_of(server)} any more"
    facts = processes.look(holder.pid) if holder.pid is not None else None
    name = f"pid {facts.pid} ({visible(facts.name, 64)})" if facts is not None else "another user's process"
    return f"{place_of(server)} is held by {name} now"
