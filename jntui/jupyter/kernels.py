"""Kernels, sessions and terminals of a server, by its REST API; a kernel's own process, by its connection file.

Who connects and how is as in `shutdown`: the token in a header, or without authentication the XSRF cookie for what
changes something. A look does not count as activity.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jntui.jupyter.authorized import authorize, failure_words
from jntui.jupyter.proof import NotProven, prove
from jntui.jupyter.rest import parse_time
from jntui.jupyter.shutdown import xsrf_headers
from jntui.jupyter.work import LIMIT, QUIET, json_list, list_in
from jntui.model import Kernel, KernelRefused, Terminal
from jntui.text import visible
from jntui.transport import TransportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jntui.jupyter.authorized import Authorized
    from jntui.model import KernelVerb, Server
    from jntui.process import Processes, Usage
    from jntui.transport import Channel, Deadline, Transport

SAMPLE_S = 0.25
"""Between the two looks at the processor time of the kernels."""
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_FILE = re.compile(r"(?:^|[/\\=])kernel-([0-9A-Za-z_-]{1,64})\.json$")
"""The connection file names the kernel (jupyter_client, `MultiKernelManager.start_kernel`)."""
_DEPTH = 6
"""Parents between a kernel and its server: a wrapper script, a shell, a launcher."""


def way_to(server: Server, processes: Processes) -> Authorized:
    """How it is asked. Raises KernelRefused."""
    if server.state not in {"running", "unresponsive"}:
        raise KernelRefused(f"{server.label} cannot be asked: it is {server.state}")
    try:
        way = authorize(server, prove(server, processes))
    except NotProven as error:
        raise KernelRefused(f"{server.label} cannot be asked: {error}") from error
    if isinstance(way, str):
        raise KernelRefused(f"{server.label} cannot be asked what runs in it: {way}")
    return way


def running(
    server: Server, processes: Processes, transport: Transport, deadline: Deadline, without: set[object] | None = None
) -> tuple[tuple[Kernel, ...], tuple[Terminal, ...] | None]:
    """Kernels, and terminals where it has them. Raises KernelRefused.

    `without` remembers servers that have none: each question about them would be one more warning in their log.
    """
    without = set() if without is None else without
    way = way_to(server, processes)
    try:
        channel = way.connect(transport, deadline)
        try:
            kernels = json_list(way, channel, "api/kernels", deadline)
            sessions = json_list(way, channel, "api/sessions", deadline) if kernels else []
            terminals = _terminals_of(server, way, channel, deadline, without)
        finally:
            channel.close()
    except TransportError as error:
        raise KernelRefused(f"{server.label} does not answer: {failure_words(error)}") from error
    if kernels is None:
        raise KernelRefused(f"{server.label} does not say what runs in it")
    found = _kernels(kernels, sessions or [])
    return _measured(found, server, processes), None if terminals is None else tuple(_terminals(terminals))


def _terminals_of(
    server: Server, way: Authorized, channel: Channel, deadline: Deadline, without: set[object]
) -> list[Mapping[str, Any]] | None:
    """Raises TransportError."""
    key = (server.id, server.started)
    if key in without:
        return None
    reply = way.get(channel, f"api/terminals?{QUIET}", deadline)
    if reply.status == 404:
        without.add(key)
    return list_in(reply)


def act(
    server: Server, kernel_id: str, verb: KernelVerb, processes: Processes, transport: Transport, deadline: Deadline
) -> None:
    """Interrupts, restarts or shuts down one kernel, and waits for the server's answer. Raises KernelRefused."""
    if not _ID.fullmatch(kernel_id):
        raise KernelRefused(f"{visible(kernel_id, 80)} is no kernel's id")
    path = f"api/kernels/{kernel_id}"
    path, deletes = (path, True) if verb == "shutdown" else (f"{path}/{verb}", False)
    status = _change(server, path, processes, transport, deadline, deletes=deletes)
    if status == 404:
        raise KernelRefused(f"{server.label} has no kernel {kernel_id} any more")
    if not 200 <= status < 300:
        raise KernelRefused(f"{server.label} refused it (HTTP {status})")


def end_terminal(server: Server, name: str, processes: Processes, transport: Transport, deadline: Deadline) -> None:
    """Ends one terminal with all that runs in it. Raises KernelRefused."""
    if not _ID.fullmatch(name):
        raise KernelRefused(f"{visible(name, 80)} is no terminal's name")
    status = _change(server, f"api/terminals/{name}", processes, transport, deadline, deletes=True)
    if status == 404:
        raise KernelRefused(f"{server.label} has no terminal {name} any more")
    if not 200 <= status < 300:
        raise KernelRefused(f"{server.label} refused it (HTTP {status})")


def _change(
    server: Server, path: str, processes: Processes, transport: Transport, deadline: Deadline, *, deletes: bool
) -> int:
    """DELETE or POST; the status of the answer. Raises KernelRefused."""
    way = way_to(server, processes)
    try:
        channel = way.connect(transport, deadline)
        try:
            more = xsrf_headers(way, channel, deadline) if way.needs_xsrf else {}
            ask = way.delete if deletes else way.post
            return ask(channel, path, deadline, more).status
        finally:
            channel.close()
    except TransportError as error:
        raise KernelRefused(f"{server.label}: {failure_words(error)}; see: jntui kernels") from error


def _text(entry: Mapping[str, Any], key: str, limit: int) -> str:
    value = entry.get(key)
    return visible(value, limit) if isinstance(value, str) else ""


def _kernels(entries: Sequence[Mapping[str, Any]], sessions: Sequence[Mapping[str, Any]]) -> tuple[Kernel, ...]:
    paths: dict[str, list[str]] = {}
    for session in sessions:
        kernel = session.get("kernel")
        key = kernel.get("id") if isinstance(kernel, dict) else None
        if isinstance(key, str):
            # JupyterLab gives a console a made-up path and its name beside it; a notebook has both.
            paths.setdefault(key, []).append(_text(session, "path", 300) or _text(session, "name", 300))
    found = []
    for entry in entries[:LIMIT]:
        key = entry.get("id")
        if not isinstance(key, str) or not _ID.fullmatch(key):
            continue
        count = entry.get("connections")
        of_it = paths.get(key, [])
        found.append(
            Kernel(
                key,
                _text(entry, "name", 100),
                of_it[0] if of_it else "",
                len(of_it),
                _text(entry, "execution_state", 30),
                parse_time(entry.get("last_activity")),
                count if type(count) is int and 0 <= count < 10**6 else None,
            )
        )
    return tuple(found)


def _terminals(entries: Iterable[Mapping[str, Any]]) -> Iterable[Terminal]:
    for entry in list(entries)[:LIMIT]:
        name = _text(entry, "name", 100)
        if name:
            yield Terminal(name, parse_time(entry.get("last_activity")))


def _measured(kernels: tuple[Kernel, ...], server: Server, processes: Processes) -> tuple[Kernel, ...]:
    """With their processes, where those can be seen."""
    pids = _processes(server.pid, processes) if kernels and server.pid else {}
    before = {key: processes.usage(pid) for key, pid in pids.items()}
    began = time.monotonic()
    if pids:
        time.sleep(SAMPLE_S)
    took = time.monotonic() - began
    return tuple(
        _with_process(one, pids[one.id], before[one.id], processes.usage(pids[one.id]), took) if one.id in pids else one
        for one in kernels
    )


def _with_process(kernel: Kernel, pid: int, before: Usage | None, now: Usage | None, took: float) -> Kernel:
    if now is None:
        return kernel
    percent = round(max(0.0, now.cpu_s - before.cpu_s) / took * 100, 0) if before is not None else None
    return replace(kernel, pid=pid, rss_bytes=now.rss_bytes, cpu_s=round(now.cpu_s, 2), cpu_percent=percent)


def _processes(server_pid: int, processes: Processes) -> dict[str, int]:
    """Kernel id -> pid of the process that was started with its connection file, below this server.

    Of a wrapper and the kernel that it runs, the innermost: that one has the memory.
    """
    parents: dict[int, int] = {}
    named: list[tuple[int, str]] = []
    for facts in processes.listing():
        parents[facts.pid] = facts.ppid or 0
        for word in facts.argv or ():
            found = _FILE.search(word)
            if found and not facts.zombie:
                named.append((facts.pid, found.group(1)))
                break
    below: dict[str, tuple[int, int]] = {}
    for pid, key in named:
        depth, parent = 1, parents.get(pid, 0)
        while parent and parent != server_pid and depth < _DEPTH:
            depth, parent = depth + 1, parents.get(parent, 0)
        if parent == server_pid and depth > below.get(key, (0, 0))[0]:
            below[key] = (depth, pid)
    return {key: pid for key, (_, pid) in below.items()}
