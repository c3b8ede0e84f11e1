"""Opens the story of a setting, the list of config files, and one of the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.background import run_aside
from jntui.tui.changing import Changing
from jntui.tui.dialogs.every import EveryDialog
from jntui.tui.dialogs.files import FilesDialog
from jntui.tui.dialogs.story import StoryDialog
from jntui.tui.dialogs.viewer import ViewerDialog
from jntui.tui.editor import deciding_file
from jntui.tui.outside import Outside
from jntui.tui.typed import no_field

if TYPE_CHECKING:
    from jntui.model import Configuration, Setting
    from jntui.tui.app import JntuiApp
    from jntui.tui.scene import Scene


class LookingUp:
    """Of one server's settings, as they were when the key was pressed."""

    def __init__(self, app: JntuiApp, scene: Scene, configuration: Configuration) -> None:
        self.app = app
        self.scene = scene
        self.configuration = configuration

    def story(self, setting: Setting) -> None:
        """Enter on a setting, or on a finding that names one."""

        def edit() -> None:
            Changing(self.app, self.scene).edit(setting)

        self.app.push_screen(StoryDialog(setting, self.configuration, self.scene, self.view, self.files, edit))

    def every(self, wanted: str) -> None:
        """`A`: every setting of that Jupyter, those that speak of `wanted` first."""
        changing = Changing(self.app, self.scene)

        def ask(dialog: EveryDialog) -> None:
            source, server = self.app.source, changing.server_id
            run_aside(self.app, "every", lambda: source.every_setting(server), dialog.found, dialog.failed)

        def tell(dialog: EveryDialog, setting: Setting) -> None:
            def edit() -> None:
                changing.edit(setting, dialog.again)

            story = StoryDialog(setting, self.configuration, self.scene, self.view, self.files, edit)
            self.app.push_screen(story)

        def change(dialog: EveryDialog, setting: Setting) -> None:
            why = "read-only" if self.app.environment.read_only else no_field(setting)
            if why:
                dialog.say(f"e: {why}")
            else:
                changing.edit(setting, dialog.again)

        def open_file(dialog: EveryDialog, setting: Setting) -> None:
            found = deciding_file(self.configuration, setting)
            if found is None:
                dialog.say("E: no config file of yours is there; e on a setting makes one")
            else:
                Outside(self.app, self.scene).open(*found, dialog.again)

        self.app.push_screen(EveryDialog(self.scene, wanted, ask, (tell, change, open_file)))

    def files(self) -> None:
        """`F`."""
        outside = Outside(self.app, self.scene)
        self.app.push_screen(FilesDialog(self.configuration, self.scene, self.view, outside.open))

    def view(self, path: str, line: int | None) -> None:
        """One file, read beside the screen."""
        file = next((file for file in self.configuration.files if file.path == path), None)
        dialog = ViewerDialog(path, line, file, self.scene)
        self.app.push_screen(dialog)
        run_aside(self.app, "view", lambda: self.app.source.file_lines(path), dialog.read, dialog.failed)
