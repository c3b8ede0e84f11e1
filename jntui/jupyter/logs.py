"""The logs of the servers that jntui starts: one for each start, readable by its owner only, a bounded number."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from typing import TYPE_CHECKING

from jntui.jupyter.failure import tail_of
from jntui.jupyter.managed import make_private_dir, state_dir
from jntui.model import StartRefused
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jntui.jupyter.managed import ManagedServers
    from jntui.process import Processes

LOGS_KEPT = 20
TAIL_BYTES = 64 * 1024


def log_path(environ: Mapping[str, str], home: str, port: int) -> Path:
    """Where the log of a start at this moment goes; `port` is 0 for a server on a socket."""
    return state_dir(environ, home) / "logs" / f"jupyter-{datetime.now():%Y%m%d-%H%M%S}-{port or 'socket'}.log"


def open_log(path: Path, keep: frozenset[str]) -> tuple[Path, int]:
    """A new log file (0600) of that name, or with a number where it is there already. Raises StartRefused."""
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


def logs_in_use(servers: ManagedServers, processes: Processes) -> frozenset[str]:
    """The logs of servers that still run: the name of a log tells only when its server was started."""
    alive = set()
    for record in servers.records():
        facts = processes.look(record.pid)
        if facts is not None and not facts.zombie and facts.create_time == record.create_time:
            alive.add(record.log)
    return frozenset(alive)


def last_lines(log: Path) -> tuple[str, ...]:
    """The end of a log, secrets masked; why it cannot be read in its place."""
    try:
        with log.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - TAIL_BYTES))
            return tail_of(stream.read(TAIL_BYTES).decode("utf-8", "replace"))
    except OSError as error:
        return (f"the log cannot be read: {error.strerror or error}",)


def _drop_old_logs(folder: Path, keep: frozenset[str]) -> None:
    """Keeps the newest logs, and those in `keep`."""
    logs = sorted(folder.glob("jupyter-*.log"))
    for old in logs[: max(0, len(logs) - LOGS_KEPT + 1)]:
        if str(old) not in keep:
            old.unlink(missing_ok=True)
