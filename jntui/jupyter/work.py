"""What ends with a server: its kernels, by the names a person knows them by, and its terminals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jntui.model import Work
from jntui.text import visible
from jntui.transport import TransportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.jupyter.authorized import Authorized
    from jntui.transport import Channel, Deadline, Response, Transport

Running = tuple[tuple["Work", ...], tuple[str, ...]]
"""Kernels, and the names of terminals."""
LIMIT = 500
"""Kernels that are listed, and terminals."""
QUIET = "no_track_activity=1"
"""A look must not count as activity (jupyter_server base/handlers.py, `prepare`)."""


def running_work(way: Authorized, transport: Transport, deadline: Deadline) -> Running | None:
    """The kernels of `api/kernels`, named by `api/sessions`; the terminals of `api/terminals`, where it has such.

    None if the server does not say. Never raises.
    """
    try:
        channel = way.connect(transport, deadline)
    except TransportError:
        return None  # None says it: the caller tells that they are not known
    try:
        kernels = json_list(way, channel, "api/kernels", deadline)
        sessions = json_list(way, channel, "api/sessions", deadline) if kernels else []
        terminals = json_list(way, channel, "api/terminals", deadline) if kernels is not None else []
    except TransportError:
        return None  # as above
    finally:
        channel.close()
    if kernels is None:
        return None
    names = _names(sessions or [])
    works = tuple(_work(entry, names) for entry in kernels[:LIMIT] if isinstance(entry.get("id"), str))
    opened = [visible(name, 100) for entry in terminals or () if isinstance(name := entry.get("name"), str) and name]
    return works, tuple(opened[:LIMIT])


def json_list(way: Authorized, channel: Channel, path: str, deadline: Deadline) -> list[Mapping[str, Any]] | None:
    """Raises TransportError."""
    return list_in(way.get(channel, f"{path}?{QUIET}", deadline))


def list_in(reply: Response) -> list[Mapping[str, Any]] | None:
    """The objects that it lists; None where it is no such answer."""
    if reply.status != 200 or reply.truncated:
        return None
    try:
        found = json.loads(reply.body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else None


def _names(sessions: list[Mapping[str, Any]]) -> dict[str, str]:
    """Kernel id -> the name of its first session; of a notebook the file's name."""
    names: dict[str, str] = {}
    for session in sessions:
        kernel = session.get("kernel")
        key = kernel.get("id") if isinstance(kernel, dict) else None
        name, path = session.get("name"), session.get("path")
        words = name if isinstance(name, str) and name else path if isinstance(path, str) else ""
        if isinstance(key, str) and words:
            names.setdefault(key, visible(words.rsplit("/", 1)[-1], 100))
    return names


def _work(entry: Mapping[str, Any], names: Mapping[str, str]) -> Work:
    spec = entry.get("name")
    known = visible(spec, 100) if isinstance(spec, str) else ""
    key = str(entry["id"])
    return Work(visible(key, 64), names.get(key) or known or "a kernel", known, entry.get("execution_state") == "busy")
