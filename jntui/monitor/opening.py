"""What the screen asks for when a server is opened to others: access, QR codes, ready strings, logging everybody out.

Every call takes seconds and belongs on a worker of the app; none touches the screen. Errors are AccessRefused (nothing
was changed) and AccessFailed (it was tried), each with one clear line; the next snapshot shows what came of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.model import AccessRefused, StopFailed
from jntui.monitor.closing import close_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.model import (
        AccessDone,
        AccessPlan,
        AccessWish,
        Badge,
        Connect,
        LoggedOut,
        LogOutPlan,
        Opened,
        Server,
        Share,
        Started,
        StartRequest,
    )
    from jntui.monitor.access_start import OpenStart
    from jntui.monitor.loop import Monitor
    from jntui.monitor.sharing import Wish
    from jntui.monitor.survey import Survey
    from jntui.network.own_certificates import Pair

    Told = Callable[[str], None]


class Opening:
    """One for the app; calls may come from any thread, one change of a server at a time."""

    def __init__(self, survey: Survey, monitor: Monitor) -> None:
        self._survey, self._monitor = survey, monitor

    def plan_access(self, server_id: str, wish: AccessWish) -> AccessPlan:
        """The preview of the dialog. Raises AccessRefused; `needs_guard`: a password is what is missing."""
        return self._survey.access.plan(self._server(server_id), wish)

    def apply_access(
        self, server_id: str, plan: AccessPlan, *, kill: bool = False, on_step: Told | None = None
    ) -> AccessDone:
        """Does what was shown, and checks every address. Raises AccessRefused, AccessFailed."""
        try:
            return self._survey.access.apply(self._server(server_id), plan.wish, plan, kill=kill, on_step=on_step)
        finally:
            self._monitor.soon()

    def opened(self) -> tuple[Opened, ...]:
        """What jntui opened and did not close, oldest first: "only this machine, all servers" has something to do."""
        access = self._survey.access
        found = access.opened()
        return (*found, *(one for one, _ in access.carried_along())) if found else ()

    def close_all(self, on_step: Told | None = None) -> tuple[str, ...]:
        """Closes everything that jntui opened; one line for each, what went wrong in it.

        The user has confirmed it: running kernels end.
        """
        try:
            return tuple(one.words for one in close_all(self._survey, on_step=on_step))
        finally:
            self._monitor.soon()

    def gone(self) -> tuple[Opened, ...]:
        """Those of `opened` whose server does not run any more."""
        return self._survey.access.gone()

    def plan_open_start(self, request: StartRequest, wish: AccessWish) -> OpenStart:
        """A new server for others. Raises AccessRefused, StartFailed."""
        from jntui.monitor.access_start import plan_open

        return plan_open(self._survey, request, wish)

    def start_open(self, request: StartRequest, wish: AccessWish) -> Started:
        """The same, done. Raises AccessRefused, StartFailed."""
        from jntui.monitor.access_start import start_open

        try:
            return start_open(self._survey, request, wish)[1]
        finally:
            self._monitor.soon()

    def share(self, server_id: str, wish: Wish) -> Share:
        """The code of an endpoint that was checked just now, or `why_not`. Raises AccessRefused: the server is gone."""
        from jntui.monitor.sharing import share

        return share(self._survey, self._server(server_id), wish)

    def connections(self, server_id: str, url: str, *, tokens_shown: bool) -> tuple[Connect, ...]:
        """The strings of the `C` dialog for one row; nothing is asked of anybody. Raises AccessRefused."""
        from jntui.diagnose.connecting import connections

        view = self._monitor.snapshot.view(server_id)
        row = next((one for one in view.rows if one.endpoint.url == url), None) if view is not None else None
        if row is None:
            raise AccessRefused("this endpoint is gone already")
        machine = self._monitor.snapshot.machine
        return connections(self._server(server_id), row.endpoint, row.check, machine, tokens_shown=tokens_shown)

    @staticmethod
    def badge(server: Server) -> Badge:
        """Pure, and quick enough for every row."""
        from jntui.diagnose.exposure import badge

        return badge(server)

    def warning(self) -> str:
        """For the top line: what is open beyond this machine without authentication; empty while nothing is."""
        from jntui.diagnose.exposure import open_words

        return open_words([view.server for view in self._monitor.snapshot.views])

    def plan_log_out(self, server_id: str) -> LogOutPlan:
        """Raises AccessRefused."""
        from jntui.monitor.log_out import plan_log_out

        return plan_log_out(self._survey, self._server(server_id))

    def log_out(self, server_id: str, *, kill: bool = False, on_step: Told | None = None) -> LoggedOut:
        """Raises AccessRefused, AccessFailed."""
        from jntui.monitor.log_out import log_out

        try:
            return log_out(self._survey, self._server(server_id), kill=kill, on_step=on_step)
        finally:
            self._monitor.soon()

    def certificate(self) -> Pair:
        """jntui's own: names, days left, what it lacks; `due`: it is to be made or renewed."""
        return self._survey.access.certificate()

    def renew_certificate(self) -> Pair:
        """Makes it anew; servers that name it show it from then on. Raises AccessRefused."""
        return self._survey.access.renew_certificate()

    def _server(self, server_id: str) -> Server:
        """Raises AccessRefused."""
        try:
            return self._monitor.server(server_id)
        except StopFailed as gone:
            raise AccessRefused(gone.message) from gone
