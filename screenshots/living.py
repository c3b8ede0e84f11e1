"""A log and a command log by hand."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from datetime import datetime, timezone

from jntui.model import CommandEntry, Kernel, KernelVerb, LogLine, LogPlace, Recent, Running, Terminal

PLACE = LogPlace("jntui", "jntui keeps it", "/home/ada/.local/state/jntui/8888.log")
LINES = (
    *(LogLine(f"[I 2026-11-23 14:00:{second:02} ServerApp] line {second}") for second in range(50)),
    LogLine("[W 2026-11-23 14:01:00 ServerApp] 404 GET /favicon.ico", "warning"),
    LogLine("[E 2026-11-23 14:02:00 ServerApp] Kernel died " + "again and " * 14 + "again", "error"),
)
COMMANDS = (
    CommandEntry(
        datetime(2026, 11, 23, 13, 58, tzinfo=timezone.utc),
        *("stopped :8891", ("curl -X POST -H 'Authorization: token ***' http://127.0.0.1:8891/api/shutdown",)),
    ),
    CommandEntry(datetime(2026, 11, 23, 13, 59, tzinfo=timezone.utc), "tried to stop :8892", ("kill 4400",), ok=False),
)

RUNNING = Running(
    "jpserver-4242",
    (
        Kernel(
            *("5f1c2e0a-7d5e-4c3b-9a51-0c8f6d1e2b3a", "python3", "work/train.ipynb", 1, "busy"),
            datetime(2026, 11, 23, 13, 41, tzinfo=timezone.utc),
            *(2, 4711, 3355443200, 98.0, 1260.0),
        ),
        Kernel(
            *("0b9d7a44-1f0e-4d39-8b36-d2f1a7c0e5d1", "python3", "plots.ipynb", 2, "idle"),
            datetime(2026, 11, 23, 12, 5, tzinfo=timezone.utc),
            *(1, 4802, 163577856, 0.0, 12.0),
        ),
        Kernel("7c2f", "ir", "notes/survey of the lakes in the north, second part.ipynb", 1, "starting", connections=0),
    ),
    (Terminal("1", datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc)),),
    False,
    "no real-time collaboration: `/home/ada/.venv/bin/python -m pip install jupyter-collaboration`, then restart it",
)


class CannedLiving:
    """What a source says of logs and commands."""

    place = PLACE
    entries: tuple[CommandEntry, ...] = COMMANDS
    runs: Running | Exception = RUNNING
    """What runs, or why it is not said."""
    before: tuple[Recent, ...] = ()
    """Servers that were started before."""
    refusal: Exception | None = None
    """Why no kernel can be touched."""

    def __init__(self) -> None:
        self.log: queue.Queue[tuple[LogLine, ...] | None] = queue.Queue()
        """What is added to the log; None ends it."""
        self.looks = 0
        """How often it was asked what runs."""
        self.touched: list[tuple[str, ...]] = []
        """Kernels and terminals, with what was done to them."""

    def log_place(self, server_id: str) -> LogPlace:
        """In a file of jntui's own."""
        del server_id
        return self.place

    def follow_log(self, server_id: str, place: LogPlace, count: int) -> Iterator[tuple[LogLine, ...]]:
        """The lines, then what a test adds."""
        del server_id, place
        yield LINES[-count:]
        yield from iter(self.log.get, None)

    def report(self) -> str:
        """A short one."""
        return "# jntui report\n\n## Servers\n\n| server | state |\n| --- | --- |\n| jpserver-4242 | running |\n"

    def own_error(self, error: BaseException) -> str:
        """Writes nothing."""
        return f"an error of jntui's own: {type(error).__name__}"

    def commands(self) -> tuple[CommandEntry, ...]:
        """Two of them."""
        return self.entries

    def recents(self) -> tuple[Recent, ...]:
        """None, unless a test says some."""
        return self.before

    def running(self, server_id: str) -> Running:
        """Three kernels and a terminal, or the failure."""
        del server_id
        self.looks += 1
        if isinstance(self.runs, Exception):
            raise self.runs
        return self.runs

    def act_on_kernel(self, server_id: str, kernel_id: str, verb: KernelVerb) -> None:
        """Is remembered, or fails."""
        self.touched.append((server_id, kernel_id, verb))
        if self.refusal is not None:
            raise self.refusal

    def end_terminal(self, server_id: str, name: str) -> None:
        """Is remembered, or fails."""
        self.touched.append((server_id, name))
        if self.refusal is not None:
            raise self.refusal
