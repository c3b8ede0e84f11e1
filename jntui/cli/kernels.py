"""`jntui kernels`: what runs in a server, who is connected to it, what it takes of the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.cli import documents
from jntui.cli.documents import moment
from jntui.cli.errors import CallError
from jntui.cli.stopping import find_server
from jntui.cli.tables import columns
from jntui.model import KernelRefused
from jntui.text import visible

if TYPE_CHECKING:
    import argparse

    from jntui.cli.documents import Document
    from jntui.model import Kernel, Running
    from jntui.monitor.survey import Survey

GOOD = 0


def kernels(arguments: argparse.Namespace, survey: Survey) -> int:
    """Raises CallError where the server does not say."""
    server = find_server(arguments.server, survey)
    try:
        running = survey.living.running(server)
    except KernelRefused as error:
        raise CallError(visible(error.message, 400)) from error
    if arguments.json:
        documents.write(_document(running))
    else:
        print(_table(running))
    return GOOD


def _document(running: Running) -> Document:
    terminals = running.terminals
    return {
        "server": running.server,
        "kernels": [
            {
                "id": one.id,
                "spec": one.spec or None,
                "path": one.path or None,
                "sessions": one.sessions,
                "state": one.state or None,
                "last_activity": moment(one.last_activity),
                "connections": one.connections,
                "pid": one.pid,
                "rss_bytes": one.rss_bytes,
                "cpu_percent": one.cpu_percent,
                "cpu_s": one.cpu_s,
            }
            for one in running.kernels
        ],
        "terminals": None
        if terminals is None
        else [{"name": one.name, "last_activity": moment(one.last_activity)} for one in terminals],
        "collaboration": running.collaboration,
        "collaboration_words": running.collaboration_words,
    }


def _table(running: Running) -> str:
    lines = []
    if running.kernels:
        head = ["kernel", "spec", "state", "last activity", "connections", "pid", "memory", "CPU", "id"]
        lines.append(columns([head, *(_row(one) for one in running.kernels)]))
    else:
        lines.append("no kernel runs")
    if running.terminals:
        since = [f"{one.name} ({_clock(one.last_activity)})" for one in running.terminals]
        lines.append(f"terminals: {visible(', '.join(since), 400)}")
    lines.append(visible(running.collaboration_words, 600))
    return "\n\n".join(lines)


def _row(kernel: Kernel) -> list[str]:
    memory = f"{kernel.rss_bytes / 2**20:.0f} MiB" if kernel.rss_bytes is not None else "-"
    cpu = f"{kernel.cpu_percent:.0f} %" if kernel.cpu_percent is not None else "-"
    count = "-" if kernel.connections is None else str(kernel.connections)
    shared = f" (+{kernel.sessions - 1})" if kernel.sessions > 1 else ""
    pid = str(kernel.pid or "-")
    since = _clock(kernel.last_activity)
    state = kernel.state or "-"
    return [(kernel.path or "-") + shared, kernel.spec or "-", state, since, count, pid, memory, cpu, kernel.id]


def _clock(value: object) -> str:
    from datetime import datetime

    return f"{value.astimezone():%Y-%m-%d %H:%M}" if isinstance(value, datetime) else "-"
