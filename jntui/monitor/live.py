"""The live picture with how open each server is, and what it takes to give one to others: the screen's source."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from jntui.monitor.loop import Monitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jntui.model import (
        AccessDone,
        AccessPlan,
        AccessWish,
        CommandEntry,
        Connect,
        KernelVerb,
        LoggedOut,
        LogLine,
        LogOutPlan,
        LogPlace,
        Recent,
        Row,
        Running,
        Secret,
        Server,
        ServerView,
        Share,
        Snapshot,
        Survival,
    )
    from jntui.monitor.opening import Opening

    Told = Callable[[str], None]

log = logging.getLogger("jntui")

NEWBORN_S = 4.0
"""How long a server that has just come up may take to be in the picture."""


class LiveMonitor(Monitor):
    """What one asks of a running monitor once in a while; each call may come from any thread, most block."""

    @cached_property
    def _survivals(self) -> dict[str, Survival]:
        """By a server's id; looked at whenever the server is asked, and never for a picture."""
        return {}

    @cached_property
    def _opening(self) -> Opening:
        from jntui.monitor.opening import Opening

        return Opening(self._survey, self)

    def _view(self, server: Server, rows: Sequence[Row]) -> ServerView:
        from jntui.diagnose.exposure import badge

        return replace(super()._view(server, rows), badge=badge(server), survival=self._survivals.get(server.id))

    def _ask(self, server: Server) -> None:
        super()._ask(server)
        try:
            found = self.living.survival(server)
        except Exception:
            log.exception("looking at what keeps %s alive failed", server.id)
            return
        if self._survivals.get(server.id) != found:
            known = {one.id for one in self._board.servers}
            for gone in [key for key in [*self._survivals] if key not in known]:
                self._survivals.pop(gone, None)
            self._survivals[server.id] = found
            self._board.differs()
            self._wake.set()

    def _hand_out(self, fresh: Snapshot) -> None:
        exposed = ""
        servers = [view.server for view in fresh.views]
        if any(server.auth == "none" for server in servers):
            from jntui.diagnose.exposure import open_words

            exposed = open_words(servers)
        super()._hand_out(replace(fresh, exposed=exposed))

    def share(self, server_id: str, url: str | None, *, token: bool) -> Share:
        """A QR code of what is checked first: of this URL if others could open it, else of the best one."""
        from jntui.model import AccessRefused, Share
        from jntui.monitor.sharing import Wish

        self._wait_for(server_id)
        try:
            return self._opening.share(server_id, Wish(token=token, url=url, keys=True))
        except AccessRefused as gone:
            return Share(None, why_not=gone.message)

    def _wait_for(self, server_id: str) -> None:
        """Also one that was restarted a moment ago, and that no look has seen yet, is to be shared."""
        latest = time.monotonic() + NEWBORN_S
        while self._board.server(server_id) is None and not self._stopped and time.monotonic() < latest:
            self.soon()
            time.sleep(0.1)

    def connections(self, server_id: str, url: str, *, tokens: bool) -> tuple[Connect, ...]:
        """Ready strings for other programs; asks nobody. None where the endpoint is gone."""
        from jntui.model import AccessRefused

        try:
            return self._opening.connections(server_id, url, tokens_shown=tokens)
        except AccessRefused:
            return ()

    def plan_access(self, server_id: str, wish: AccessWish) -> AccessPlan:
        """What it would do. Raises AccessRefused."""
        return self._opening.plan_access(server_id, wish)

    def apply_access(self, server_id: str, plan: AccessPlan, on_step: Told | None = None) -> AccessDone:
        """Does it as it was shown, restarts and checks. Raises AccessRefused, AccessFailed."""
        return self._opening.apply_access(server_id, plan, on_step=on_step)

    def opened(self) -> tuple[str, ...]:
        """What jntui opened and did not close, a line each: `:8888: every address`."""
        found = self._opening.opened()
        gone = self._opening.gone()
        words = (" (does not run any more: its files become as before)" if one in gone else "" for one in found)
        return tuple(f"{one.label}: {one.reach}{how}" for one, how in zip(found, words, strict=True))

    def close_all(self, on_step: Told | None = None) -> tuple[str, ...]:
        """Closes all of it; one line for each server."""
        return self._opening.close_all(on_step)

    def plan_log_out(self, server_id: str) -> LogOutPlan:
        """What ends every session. Raises AccessRefused."""
        return self._opening.plan_log_out(server_id)

    def log_out(self, server_id: str, on_step: Told | None = None) -> LoggedOut:
        """Does it. Raises AccessRefused, AccessFailed."""
        return self._opening.log_out(server_id, on_step=on_step)

    def own_certificate(self) -> tuple[str, ...]:
        """jntui's own certificate as it is, a line each."""
        pair = self._opening.certificate()
        if pair.days_left is None:
            return (f"none is made yet: it would be {pair.certfile}",)
        state = "it is to be renewed" if pair.due else "it is as it should be"
        names = ", ".join(pair.names) or "none"
        return (
            f"file: {pair.certfile}, its key only you can read",
            f"days left: {pair.days_left}; {state}",
            f"names: {names}",
        )

    def renew_certificate(self) -> tuple[str, ...]:
        """Makes it anew, and says how it is then. Raises AccessRefused."""
        self._opening.renew_certificate()
        return self.own_certificate()

    def log_place(self, server_id: str) -> LogPlace:
        """Where its log is, or why there is none. Raises StopFailed."""
        return self.living.log_place(self.server(server_id))

    def follow_log(self, server_id: str, place: LogPlace, count: int) -> Iterator[tuple[LogLine, ...]]:
        """Its last lines, then what is added, until the server is gone. Raises StopFailed, LogUnreadable."""
        return self.living.follow(self.server(server_id), place, count)

    def commands(self) -> tuple[CommandEntry, ...]:
        """What jntui did on the user's behalf, the oldest first."""
        return self.living.commands.entries()

    def recents(self) -> tuple[Recent, ...]:
        """Servers that were started before, the newest first."""
        return self.living.recents.all()

    def running(self, server_id: str) -> Running:
        """What runs in a server. Raises StopFailed, KernelRefused."""
        return self.living.running(self.server(server_id))

    def act_on_kernel(self, server_id: str, kernel_id: str, verb: KernelVerb) -> None:
        """Interrupts, restarts or shuts down one kernel. Raises StopFailed, KernelRefused."""
        self.living.act_on_kernel(self.server(server_id), kernel_id, verb)

    def end_terminal(self, server_id: str, name: str) -> None:
        """Ends one terminal. Raises StopFailed, KernelRefused."""
        self.living.end_terminal(self.server(server_id), name)

    def report(self) -> str:
        """What was found, as Markdown, without names and secrets."""
        from jntui.monitor.report import report

        return report(self._survey)

    def _keep(self, server_id: str, port: int, url: str, token: Secret | None) -> None:
        super()._keep(server_id, port, url, token)
        self.living.kept_url(port, url)

    def _forget(self, port: int, url: str) -> None:
        super()._forget(port, url)
        self.living.kept_url(port, url, gone=True)

    def own_error(self, error: BaseException) -> str:
        """Writes down an error of jntui's own; the line that tells of it. Never raises."""
        from jntui.monitor.error_log import told

        tokens = [view.server.token for view in self.snapshot.views if view.server.token]
        survey = self._survey
        return told(error, survey.environ, survey.home, tokens, read_only=survey.read_only)
