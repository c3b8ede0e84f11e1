"""Carries a change of access to the source, and what came of it back to the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.awaited import UnderWay
from jntui.tui.background import Finished, run_aside, words_of
from jntui.tui.dialogs.access import AccessDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.model import AccessDone, AccessPlan, AccessWish
    from jntui.tui.app import JntuiApp
    from jntui.tui.dialogs.access import Left
    from jntui.tui.keymap import Keys
    from jntui.tui.scene import Scene


class Opening:
    """Of one server: the one that was selected when the key was pressed."""

    def __init__(self, app: JntuiApp, scene: Scene, server_id: str, show_code: Callable[[str], None]) -> None:
        self.app = app
        self.scene = scene
        self.server_id = server_id
        self.label = scene.view.server.label if scene.view else server_id
        self._show_code = show_code

    def open(self) -> None:
        """`a`."""
        dialog = AccessDialog(self.scene, self._ask, self._do)

        def left(how: Left | None) -> None:
            if how == "qr":
                self._show_code(dialog.done.server.id if dialog.done is not None else self.server_id)

        self.app.push_screen(dialog, left)

    def _ask(self, dialog: AccessDialog, wish: AccessWish) -> None:
        def planned(plan: AccessPlan) -> None:
            dialog.planned(wish, plan)

        def refused(error: Exception) -> None:
            dialog.refused(wish, error)

        source, name = self.app.source, self.server_id
        run_aside(self.app, "plan-access", lambda: source.plan_access(name, wish), planned, refused)

    def _do(self, dialog: AccessDialog, plan: AccessPlan) -> None:
        """Must not end half done: whoever quits meanwhile waits for it, and reads its outcome."""
        one, main, source = UnderWay("restart", self.label), self.app.main, self.app.source

        def step(words: str) -> None:
            self.app.post_message(Finished(lambda: dialog.step(words)))

        def body() -> AccessDone:
            try:
                done = source.apply_access(self.server_id, plan, step)
            except Exception as error:
                one.end(f"access to {self.label} is as before: {words_of(error)}")
                raise
            one.end(outcome(done, self.app.environment.keys))
            return done

        def well(done: AccessDone) -> None:
            self.app.ends(one)
            if main.chosen == self.server_id:
                main.chosen = done.server.id
                main.expect(done.server.id)
            if not dialog.ended(done):
                self.app.say(outcome(done, self.app.environment.keys), alarm=not done.works)

        def ill(error: Exception) -> None:
            self.app.ends(one)
            if not dialog.failed(error):
                self.app.say(words_of(error), alarm=True)

        main.chosen = main.selection.server
        self.app.begins(one)
        run_aside(self.app, "access", body, well, ill)


def outcome(done: AccessDone, keys: Keys) -> str:
    """One line."""
    label = done.server.label
    if done.plan.wish.reach == "local":
        return f"only this machine can open {label} now" if done.works else f"others can still open {label}"
    if not done.works:
        return f"{label} runs, not each address works"
    return f"others can open {label} now: {keys.shown('qr')} shows a QR code"
