"""Checks that the user asked for, until their results are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from jntui.model import Row, Snapshot


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
