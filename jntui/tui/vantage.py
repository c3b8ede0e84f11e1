"""Checks from another host: what was asked last, and what came back. The rows keep their own verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from jntui.tui.background import run_aside, words_of

if TYPE_CHECKING:
    from jntui.model import Check
    from jntui.tui.app import JntuiApp
    from jntui.tui.dialogs.vantage import VantageDialog


@dataclass(frozen=True, slots=True)
class Found:
    """The results of one check from another host."""

    host: str
    checks: tuple[Check, ...]
    at: datetime
    """UTC."""

    @property
    def summary(self) -> str:
        """`From phone: 2 of 5 reachable`."""
        good = sum(1 for check in self.checks if check.reachable)
        return f"From {self.host}: {good} of {len(self.checks)} reachable"


class Vantage:
    """Opens the dialog, and asks the source on a thread of its own."""

    def __init__(self, app: JntuiApp) -> None:
        self.app = app
        self._host = ""
        """The last one that was asked, in memory only."""
        self._found: dict[str, Found] = {}
        """By server, the last."""
        self._running: dict[str, str] = {}
        """By server, the host that is being asked."""

    def open(self) -> None:
        """The dialog for the selected server, with what the last check from a host found."""
        from jntui.tui.dialogs.vantage import VantageDialog

        scene = self.app.main.scene()
        if scene is None or scene.view is None:
            return
        server, ssh = scene.view.server, scene.snapshot.machine.ssh
        host = self._host or (ssh.peer if ssh is not None else "")
        dialog = VantageDialog(
            scene, server.id, host, self._found.get(server.id), self._running.get(server.id, ""), self.check
        )
        self.app.push_screen(dialog)

    def check(self, server_id: str, host: str) -> None:
        """Asks; the dialog may be closed meanwhile, or opened again for another server."""
        self._host = host
        self._running[server_id] = host

        def done(checks: tuple[Check, ...]) -> None:
            del self._running[server_id]
            self._found[server_id] = found = Found(host, checks, datetime.now(timezone.utc))
            now = self.app.main.snapshot
            for gone in [one for one in self._found if one != server_id and now is not None and not now.view(one)]:
                del self._found[gone]
            dialog = self._dialog(server_id)
            if dialog is not None:
                dialog.found(found)
            else:
                self.app.say(f"{found.summary}; {self.app.environment.keys.shown('check-from')} shows them")

        def failed(error: Exception) -> None:
            del self._running[server_id]
            dialog = self._dialog(server_id)
            if dialog is not None:
                dialog.failed(error)
            else:
                self.app.say(f"not checked from {host}: {words_of(error)}", alarm=True)

        run_aside(self.app, "check-from", lambda: self.app.source.check_from(server_id, host), done, failed)

    def _dialog(self, server_id: str) -> VantageDialog | None:
        from jntui.tui.dialogs.vantage import VantageDialog

        open_now = (one for one in self.app.screen_stack if isinstance(one, VantageDialog))
        return next((one for one in open_now if one.server_id == server_id), None)
