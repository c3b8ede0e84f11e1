"""What is done from the palette about all that was given away: closed, logged out, certified; each confirmed first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.awaited import UnderWay
from jntui.tui.background import run_aside, words_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from jntui.model import LoggedOut, LogOutPlan
    from jntui.tui.app import JntuiApp
    from jntui.tui.scene import Scene

    T = TypeVar("T")


class Closing:
    """One wish of the palette."""

    def __init__(self, app: JntuiApp, scene: Scene) -> None:
        self.app = app
        self.scene = scene

    def close_all(self) -> None:
        """Only this machine, all servers."""
        source = self.app.source

        def asked(found: tuple[str, ...]) -> None:
            if not found:
                access = self.app.environment.keys.shown("access")
                self.app.say(f"jntui opened nothing that is not closed again: {access} closes what others opened")
                return
            notes = ("Each of them restarts, and its running kernels end.", "Its config files become as they were.")
            self._confirm("Only this machine, all servers", found, notes, "Close them", close)

        def close() -> None:
            def told(lines: tuple[str, ...]) -> str:
                return "; ".join(lines) or "none of them runs: nothing was closed"

            self._work("closing", "all servers", source.close_all, told, lambda _lines: None)

        run_aside(self.app, "opened", source.opened, asked, self._failed)

    def log_out(self) -> None:
        """Everyone, out of the selected server."""
        view, source = self.scene.view, self.app.source
        if view is None:
            return
        name, label = view.server.id, view.server.label

        def planned(plan: LogOutPlan) -> None:
            work = plan.restart.stop.work or "no kernel runs"
            change = (f"changed: {self.scene.path(plan.change.path)}",) if plan.change else ()
            names = (f"made anew: {self.scene.path(plan.cookie_file)}", f"token: {plan.token}", *change)
            notes = (f"It restarts; what ends: {work}.", "Whoever is logged in logs in again.", *plan.notes)
            self._confirm(f"Log everyone out of {label}", names, notes, "Log out", out)

        def out() -> None:
            def done(found: LoggedOut) -> None:
                main = self.app.main
                if main.chosen == name:
                    main.chosen = found.server.id
                    main.expect(found.server.id)

            def told(found: LoggedOut) -> str:
                return f"everyone is logged out of {found.server.label}, pid {found.server.pid}"

            def call() -> LoggedOut:
                return source.log_out(name)

            self.app.main.chosen = self.app.main.selection.server
            self._work("restart", label, call, told, done)

        run_aside(self.app, "plan-log-out", lambda: source.plan_log_out(name), planned, self._failed)
        self.app.say(f"working out what logs everyone out of {label}")

    def certificate(self) -> None:
        """jntui's own, made or renewed."""
        source = self.app.source

        def asked(found: tuple[str, ...]) -> None:
            notes = (
                "Nobody signed it: browsers warn before the page; iPhone and iPad show the page and run no cell.",
                "A server uses it once its certfile names it: `jntui access --lan --tls` sets that.",
                "A server that uses it already shows the new one from then on, without a restart.",
            )
            self._confirm("Make a certificate for this machine", found, notes, "Make it", make)

        def make() -> None:
            def done(lines: tuple[str, ...]) -> None:
                self.app.say("; ".join(("the certificate is made", *lines[:2])))

            run_aside(self.app, "certificate", source.renew_certificate, done, self._failed)

        run_aside(self.app, "certificate", source.own_certificate, asked, self._failed)

    def _confirm(
        self, title: str, names: tuple[str, ...], notes: tuple[str, ...], verb: str, then: Callable[[], None]
    ) -> None:
        from jntui.tui.dialogs.confirm import ConfirmDialog

        def decided(yes: bool | None) -> None:
            if yes:
                then()

        if self.app.screen is self.app.main:
            self.app.push_screen(ConfirmDialog(title, names, notes, verb, "happens"), decided)

    def _work(
        self, verb: str, label: str, call: Callable[[], T], told: Callable[[T], str], done: Callable[[T], None]
    ) -> None:
        """Runs what must not end half done; its outcome is in words even if the screen is gone by then."""
        one = UnderWay(verb, label)

        def body() -> T:
            try:
                value = call()
            except Exception as error:
                one.end(words_of(error))
                raise
            one.end(told(value))
            return value

        def well(value: T) -> None:
            self.app.ends(one)
            done(value)
            self.app.say(told(value))

        def ill(error: Exception) -> None:
            self.app.ends(one)
            self._failed(error)

        self.app.begins(one)
        run_aside(self.app, "closing", body, well, ill)

    def _failed(self, error: Exception) -> None:
        self.app.say(words_of(error), alarm=True)
