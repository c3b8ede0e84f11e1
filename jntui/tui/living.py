"""Opens what one looks at while living with a server: its log, what runs in it, the command log."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from jntui.tui.background import Finished, run_aside, words_of

if TYPE_CHECKING:
    from jntui.model import Kernel, KernelVerb, LogLine, LogPlace, Running, Terminal
    from jntui.tui.app import JntuiApp
    from jntui.tui.dialogs.log import LogDialog
    from jntui.tui.dialogs.running import RunningDialog

TAIL = 500
"""Lines that are shown at first."""
LOOK_S = 3.0
"""How often a server is asked what runs in it, while somebody looks."""
REFUSED_S = 30.0
"""The same of one that does not say it: each question may be a warning in its log."""


class Living:
    """The dialogs of one screen."""

    def __init__(self, app: JntuiApp) -> None:
        self.app = app

    def do(self, action_id: str) -> None:
        """Carries out one action; its `why_not` was asked before."""
        deeds = {"log": self.log, "running": self.running, "commands": self.commands, "report": self.report}
        deeds[action_id]()

    def commands(self) -> None:
        """`H`."""
        from jntui.tui.dialogs.commands import CommandsDialog

        scene = self.app.main.scene()
        if scene is not None:
            dialog = CommandsDialog(scene)
            self.app.push_screen(dialog)
            run_aside(self.app, "commands", self.app.source.commands, dialog.found, dialog.failed)

    def report(self) -> None:
        """The diagnosis that is pasted into an issue."""
        from jntui.tui.dialogs.report import ReportDialog

        scene = self.app.main.scene()
        if scene is not None:
            dialog = ReportDialog(scene)
            self.app.push_screen(dialog)
            run_aside(self.app, "report", self.app.source.report, dialog.found, dialog.failed)

    def log(self) -> None:
        """`L`: followed until it is closed."""
        from jntui.tui.dialogs.log import LogDialog

        scene = self.app.main.scene()
        if scene is not None and scene.view is not None:
            dialog = LogDialog(scene)
            self.app.push_screen(dialog)
            reading = (dialog, scene.view.server.id)
            threading.Thread(target=self._follow, args=reading, name="jntui-log", daemon=True).start()

    def _follow(self, dialog: LogDialog, server_id: str) -> None:
        def tell(place: LogPlace) -> None:
            self.app.post_message(Finished(lambda: dialog.found(place)))

        def add(lines: tuple[LogLine, ...]) -> None:
            self.app.post_message(Finished(lambda: dialog.added(lines)))

        try:
            place = self.app.source.log_place(server_id)
            tell(place)
            if place.kind == "none":
                return
            for lines in self.app.source.follow_log(server_id, place, TAIL):
                if dialog.closed:
                    return
                if lines:
                    add(lines)
        except Exception as error:  # noqa: BLE001 - every failure becomes a sentence on the screen
            problem = error
            self.app.post_message(Finished(lambda: dialog.failed(problem)))

    def running(self) -> None:
        """`K`: looked at again and again until it is closed."""
        from jntui.tui.dialogs.running import RunningDialog

        scene = self.app.main.scene()
        if scene is None or scene.view is None:
            return
        server_id = scene.view.server.id
        dialog = RunningDialog(scene, lambda _dialog, one, verb: self._ask_first(dialog, server_id, one, verb))
        self.app.push_screen(dialog)
        threading.Thread(target=self._watch, args=(dialog, server_id), name="jntui-running", daemon=True).start()

    def _watch(self, dialog: RunningDialog, server_id: str) -> None:
        def tell(running: Running) -> None:
            self.app.post_message(Finished(lambda: dialog.found(running)))

        def complain(error: Exception) -> None:
            self.app.post_message(Finished(lambda: dialog.failed(error)))

        while not dialog.closed:
            dialog.wake.clear()
            pause_s = LOOK_S
            try:
                tell(self.app.source.running(server_id))
            except Exception as error:  # noqa: BLE001 - every failure becomes a sentence on the screen
                complain(error)
                pause_s = REFUSED_S
            if not dialog.closed:
                dialog.wake.wait(pause_s)

    def _ask_first(self, dialog: RunningDialog, server_id: str, one: Kernel | Terminal, verb: KernelVerb) -> None:
        from jntui.model import Kernel
        from jntui.tui.dialogs.confirm import ConfirmDialog
        from jntui.tui.dialogs.running_lines import VERBS, name_of, question

        if self.app.environment.read_only:
            dialog.told("read-only: no kernel and no terminal is touched", ok=False)
            return
        if not isinstance(one, Kernel) and verb != "shutdown":
            dialog.told(f"a terminal has no {verb}: type into it, or end it with s", ok=False)
            return

        def decided(yes: bool | None) -> None:
            if yes:
                self._act(dialog, server_id, one, verb)

        words, notes = question(one, verb)
        ask = ConfirmDialog(f"{VERBS[verb]} {name_of(one)}", words, notes, VERBS[verb], "happens")
        self.app.push_screen(ask, decided)

    def _act(self, dialog: RunningDialog, server_id: str, one: Kernel | Terminal, verb: KernelVerb) -> None:
        from jntui.model import Kernel
        from jntui.tui.dialogs.running_lines import DONE, name_of

        source, name = self.app.source, name_of(one)

        def done(_nothing: None) -> None:
            words = f"{name} {DONE[verb]}"
            if not dialog.told(words):
                self.app.say(words)

        def failed(error: Exception) -> None:
            words = f"{name}: {words_of(error)}"
            if not dialog.told(words, ok=False):
                self.app.say(words, alarm=True)

        def call() -> None:
            if isinstance(one, Kernel):
                source.act_on_kernel(server_id, one.id, verb)
            else:
                source.end_terminal(server_id, one.name)

        dialog.told(f"{name}: {verb} is under way")
        run_aside(self.app, "kernel", call, done, failed)
