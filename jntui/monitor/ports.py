"""What listens on this machine's TCP ports, whatever program it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.text import visible

if TYPE_CHECKING:
    from jntui.process import Processes

NAME_LIMIT = 40
MOST = 4096
"""Ports of which it is told."""


def held(processes: Processes) -> dict[int, str]:
    """Port -> `postgres, pid 812`; `another user's program` where its owner cannot be seen from here."""
    found: dict[int, str] = {}
    for listener in processes.sockets().listeners:
        if listener.path or len(found) >= MOST or (listener.port in found and listener.pid is None):
            continue
        found[listener.port] = _who(processes, listener.pid)
    return found


def _who(processes: Processes, pid: int | None) -> str:
    facts = processes.look(pid) if pid is not None else None
    if facts is None:
        return "a program that cannot be seen from here" if pid is None else f"pid {pid}"
    return f"{visible(facts.name, NAME_LIMIT)}, pid {pid}"
