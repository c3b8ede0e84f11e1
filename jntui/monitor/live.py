"""The live picture, and what it takes to give a server to others: the screen's source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.monitor.loop import Monitor

if TYPE_CHECKING:
    from jntui.model import Share


class LiveMonitor(Monitor):
    """What one asks of a running monitor once in a while; each call may come from any thread and blocks."""

    def share(self, server_id: str, url: str | None, *, token: bool) -> Share:
        """A QR code of what is checked first: of this URL if others could open it, else of the best one."""
        from jntui.model import Share, StopFailed
        from jntui.monitor.sharing import Wish, share

        try:
            server = self._server(server_id)
        except StopFailed as gone:
            return Share(None, why_not=gone.message)
        return share(self._survey, server, Wish(token=token, url=url, keys=True))
