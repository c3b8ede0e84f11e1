"""Carries stop and restart to the source, and what came of it back to the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.model import StartFailed, StopFailed, StopPlan
from jntui.tui.awaited import UnderWay
from jntui.tui.background import Finished, run_aside, words_of
from jntui.tui.dialogs.ending import StopDialog, for_a_dialog, last_words, outcome, tried, without_command
from jntui.tui.dialogs.restart import RestartDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from jntui.model import Restarted, RestartPlan, Stopped
    from jntui.tui.app import JntuiApp
    from jntui.tui.dialogs.ending import EndDialog
    from jntui.tui.scene import Scene

    T = TypeVar("T")


class _Began(Exception):
    """Work began in the server after the dialog said what would end: nothing was done."""

    def __init__(self, now: StopPlan) -> None:
        super().__init__("work began in it meanwhile: nothing was done; this would end now")
        self.now = now


class Ending:
    """Of one server: the one that was selected when the key was pressed."""

    def __init__(self, app: JntuiApp, scene: Scene, server_id: str) -> None:
        self.app = app
        self.scene = scene
        self.server_id = server_id
        server = scene.view.server if scene.view else None
        self.label = server.label if server else server_id
        self.port = server.port if server else None
        self._port_after: int | None = None
        """Where a restart will have it."""

    def stop(self) -> None:
        """`s`."""
        source, name = self.app.source, self.server_id

        def planned(plan: StopPlan) -> None:
            dialog.planned(plan)

        def ask(dialog: EndDialog) -> None:
            self._aside("plan-stop", lambda: source.plan_stop(name), planned, self._refused(dialog))

        def do(dialog: EndDialog, kill: bool) -> None:
            def done(stopped: Stopped) -> None:
                self._stopped(dialog, stopped)

            def told(stopped: Stopped) -> str:
                return outcome(self.label, stopped, self.port) if stopped.stopped else stopped.message

            agreed = dialog.plan

            def call(step: Callable[[str], None]) -> Stopped:
                self._look_again(agreed, kill)
                return source.stop_server(name, kill, step)

            self._work("stop", call, told, done, dialog, self._failed(dialog, "stop"))

        dialog = StopDialog(self.scene, ask, do)
        self.app.push_screen(dialog, lambda _: self._left(dialog))

    def restart(self) -> None:
        """`S`."""
        source, name = self.app.source, self.server_id

        def planned(plan: RestartPlan | StopPlan) -> None:
            if isinstance(plan, StopPlan):
                dialog.supervised(plan)
            else:
                self._port_after = plan.port
                dialog.planned(plan)

        def look() -> RestartPlan | StopPlan:
            try:
                return source.plan_restart(name)
            except StopFailed:
                plan = source.plan_stop(name)
                if plan.supervisor is None:
                    raise
                return plan

        def ask(dialog: EndDialog) -> None:
            self._aside("plan-restart", look, planned, self._refused(dialog))

        def do(dialog: EndDialog, kill: bool) -> None:
            def done(restarted: Restarted) -> None:
                self._restarted(dialog, restarted)

            agreed = dialog.plan

            def call(step: Callable[[str], None]) -> Restarted:
                self._look_again(agreed, kill)
                return source.restart_server(name, kill, step)

            self._work("restart", call, self._again, done, dialog, self._failed(dialog, "restart"))

        dialog = RestartDialog(self.scene, ask, do)
        self.app.push_screen(dialog, lambda _: self._left(dialog))

    def _look_again(self, agreed: StopPlan | None, kill: bool) -> None:
        """Kernels may have begun while the dialog was open: nothing ends that was not named. Raises _Began."""
        if agreed is None or kill:
            return  # SIGKILL comes after the question that was answered already
        now = self.app.source.plan_stop(self.server_id)
        if now.began(agreed):
            raise _Began(now)

    def _aside(
        self, name: str, call: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        run_aside(self.app, name, call, done, failed)

    def _work(
        self,
        verb: str,
        call: Callable[[Callable[[str], None]], T],
        told: Callable[[T], str],
        done: Callable[[T], None],
        dialog: EndDialog,
        failed: Callable[[Exception], None],
    ) -> None:
        """Runs what must not end half done; its outcome is there in words even if the screen is gone by then."""
        one, main = UnderWay(verb, self.label), self.app.main

        def step(words: str) -> None:
            self.app.post_message(Finished(lambda: dialog.step(words)))

        def body() -> T:
            try:
                value = call(step)
            except Exception as error:
                one.end(f"{verb} of {self.label} failed: {words_of(error)}")
                raise
            one.end(told(value))
            return value

        def well(value: T) -> None:
            self.app.ends(one)
            done(value)

        def ill(error: Exception) -> None:
            self.app.ends(one)
            failed(error)

        main.chosen = main.selection.server
        self.app.begins(one)
        self._aside(verb, body, well, ill)

    def _left(self, dialog: EndDialog) -> None:
        """The dialog is closed: where it stands stays in sight."""
        if dialog.parting:
            self.app.say(dialog.parting, alarm=True)

    def _refused(self, dialog: EndDialog) -> Callable[[Exception], None]:
        return lambda error: dialog.refused(words_of(error))

    def _stopped(self, dialog: EndDialog, stopped: Stopped) -> None:
        if stopped.stopped:
            dialog.ended()
            self.app.say(outcome(self.label, stopped, self.port), alarm=stopped.again is not None)
            return
        killed = any(step.rung == "SIGKILL" for step in stopped.steps)
        words = f"{self.label} still runs" if stopped.steps else stopped.message
        shown = (dialog.failed if killed else dialog.stuck)(words, tried(stopped), parting=words)
        if not shown:
            self.app.say(stopped.message or words, alarm=True)

    def _restarted(self, dialog: EndDialog, restarted: Restarted) -> None:
        dialog.ended()
        if self.app.main.chosen == self.server_id:
            self.app.main.chosen = restarted.started.server_id
            self.app.main.expect(restarted.started.server_id, self.server_id)
        self.app.say(self._again(restarted))

    def _again(self, restarted: Restarted) -> str:
        lost = f"; not kept: {' '.join(restarted.lost)}" if restarted.lost else ""
        moved = f" as :{self._port_after}" if self._port_after and self.port and self._port_after != self.port else ""
        return f"{self.label} runs again{moved}, pid {restarted.started.pid}{lost}"

    def _failed(self, dialog: EndDialog, verb: str) -> Callable[[Exception], None]:
        def failed(error: Exception) -> None:
            words = words_of(error)
            if isinstance(error, _Began):
                if not dialog.began(error.now, words):
                    self.app.say(f"{verb} of {self.label}: {words}", alarm=True)
                return
            if isinstance(error, StopFailed) and error.still_runs:
                shown = dialog.stuck(for_a_dialog(words), parting=words)
                parting = words
            else:
                log, by_hand = "", ""
                told: tuple[str, ...] = ()
                if isinstance(error, StartFailed):
                    log, by_hand, told = error.log or "", error.by_hand, last_words(error)
                where = f", log {self.scene.path(log)}" if log else ""
                parting = f"{verb} of {self.label} failed{where}: {words}"
                shown = dialog.failed(without_command(words), told, by_hand=by_hand, parting=parting)
            if not shown:
                self.app.say(parting, alarm=True)

        return failed
