"""The live picture, and what it takes to give a server to others: the screen's source."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from jntui.monitor.loop import Monitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.model import AccessDone, AccessPlan, AccessWish, Connect, Server, Share

NEWBORN_S = 4.0
"""How long a server that has just come up may take to be in the picture."""


class LiveMonitor(Monitor):
    """What one asks of a running monitor once in a while; each call may come from any thread and blocks."""

    def share(self, server_id: str, url: str | None, *, token: bool) -> Share:
        """A QR code of what is checked first: of this URL if others could open it, else of the best one."""
        from jntui.model import Share, StopFailed
        from jntui.monitor.sharing import Wish, share

        try:
            server = self._in_time(server_id)
        except StopFailed as gone:
            return Share(None, why_not=gone.message)
        return share(self._survey, server, Wish(token=token, url=url, keys=True))

    def _in_time(self, server_id: str) -> Server:
        """Also one that was restarted a moment ago and that no look has seen yet. Raises StopFailed."""
        latest = time.monotonic() + NEWBORN_S
        while self._board.server(server_id) is None and not self._stopped and time.monotonic() < latest:
            self._soon()
            time.sleep(0.1)
        return self._server(server_id)

    def plan_access(self, server_id: str, wish: AccessWish) -> AccessPlan:
        """What it would do. Raises AccessRefused."""
        return self._survey.access.plan(self._opened(server_id), wish)

    def apply_access(
        self, server_id: str, wish: AccessWish, plan: AccessPlan, on_step: Callable[[str], None] | None = None
    ) -> AccessDone:
        """Does it as it was shown, restarts and checks. Raises AccessRefused, AccessFailed."""
        try:
            return self._survey.access.apply(self._opened(server_id), wish, plan, on_step=on_step)
        finally:
            self._soon()

    def _opened(self, server_id: str) -> Server:
        """Raises AccessRefused."""
        from jntui.model import AccessRefused, StopFailed

        try:
            return self._server(server_id)
        except StopFailed as gone:
            raise AccessRefused(gone.message) from gone

    def connections(self, server_id: str, url: str, *, tokens: bool) -> tuple[Connect, ...]:
        """Ready strings for other programs; asks nobody."""
        from jntui.diagnose.connecting import connections

        view = self._snapshot.view(server_id)
        row = next((row for row in view.rows if row.endpoint.url == url), None) if view is not None else None
        if view is None or row is None:
            return ()
        return connections(view.server, row.endpoint, row.check, self._survey.machine, tokens_shown=tokens)
