"""A log and a command log by hand."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from datetime import datetime, timezone

from jntui.model import CommandEntry, LogLine, LogPlace

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


class CannedLiving:
    """What a source says of logs and commands."""

    place = PLACE
    entries: tuple[CommandEntry, ...] = COMMANDS

    def __init__(self) -> None:
        self.log: queue.Queue[tuple[LogLine, ...] | None] = queue.Queue()
        """What is added to the log; None ends it."""

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
