"""Opens what one looks at while living with a server: its log, the command log."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from jntui.tui.background import Finished, run_aside

if TYPE_CHECKING:
    from jntui.model import LogLine, LogPlace
    from jntui.tui.app import JntuiApp
    from jntui.tui.dialogs.log import LogDialog

TAIL = 500
"""Lines that are shown at first."""


class Living:
    """The dialogs of one screen."""

    def __init__(self, app: JntuiApp) -> None:
        self.app = app

    def do(self, action_id: str) -> None:
        """Carries out one action; its `why_not` was asked before."""
        {"log": self.log, "commands": self.commands, "report": self.report}[action_id]()

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
