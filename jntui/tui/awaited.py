"""What the user asked for, until it is there: results of checks, and the end of a stop or restart."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from jntui.model import Row, Snapshot

LONGEST_END_S = 180.0
"""How long quitting waits for stops and restarts; the steps of a restart are bounded by less."""


_DOING = {"stop": "stopping", "restart": "restarting"}


class UnderWay:
    """A stop or a restart on a thread of its own, until it has ended."""

    def __init__(self, verb: str, label: str) -> None:
        self.name = f"the {verb} of {label}"
        self.words = f"{_DOING.get(verb, verb)} {label}"
        self.outcome = ""
        """One line, once it has ended."""
        self._ended = threading.Event()

    @property
    def ended(self) -> bool:
        """The outcome is there."""
        return self._ended.is_set()

    def end(self, outcome: str) -> None:
        """Called once, from its own thread."""
        self.outcome = outcome
        self._ended.set()

    def wait(self, seconds: float) -> bool:
        """Whether it ended in time."""
        return self._ended.wait(seconds)


def see_out(under_way: Iterable[UnderWay], say: Callable[[str], None], limit_s: float = LONGEST_END_S) -> None:
    """Waits, at most `limit_s` seconds for all, for what would die with the program half done; `say` gets each line.

    A KeyboardInterrupt is told and raised again.
    """
    latest = time.monotonic() + limit_s
    for one in under_way:
        try:
            if not one.ended:
                say(f"waiting for {one.name} (ctrl+c leaves it half done)")
            in_time = one.wait(max(0.0, latest - time.monotonic()))
        except KeyboardInterrupt:
            say(f"{one.name} is left half done: see `jntui list`")
            raise
        say(one.outcome if in_time else f"{one.name} has not ended after {limit_s:.0f} s: see `jntui list`")


class AwaitedChecks:
    """Called with each newer snapshot: whether all of the checks have ended, so that words about them can go."""

    def __init__(self, snapshot: Snapshot, server: str | None = None, url: str | None = None) -> None:
        self._server = server
        self._url = url
        self._before = self._ends(snapshot)
        self._began = False

    def __call__(self, snapshot: Snapshot) -> bool:
        """True as soon as nothing waits and something ended; a result that came between two snapshots counts."""
        rows = self._rows(snapshot)
        if any(row.checking for row in rows):
            self._began = True
            return False
        return self._began or self._ends(snapshot) != self._before

    def _rows(self, snapshot: Snapshot) -> list[Row]:
        return [
            row
            for view in snapshot.views
            if self._server in {None, view.server.id}
            for row in view.rows
            if self._url in {None, row.endpoint.url}
        ]

    def _ends(self, snapshot: Snapshot) -> list[datetime | None]:
        return [row.check.at if row.check else None for row in self._rows(snapshot)]
