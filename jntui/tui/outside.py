"""Opens a config file in the user's editor, and looks afterwards at what was saved."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from jntui.tui.background import run_aside, words_of
from jntui.tui.editor import editor_command, run_editor

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.model import ConfigFinding
    from jntui.tui.app import JntuiApp
    from jntui.tui.scene import Scene


class Outside:
    """Of one server's files."""

    def __init__(self, app: JntuiApp, scene: Scene) -> None:
        self.app = app
        self.scene = scene
        self.server_id = scene.view.server.id if scene.view else None

    @property
    def _key(self) -> str:
        return self.app.environment.keys.shown("editor")

    def open(self, path: str, line: int | None, then: Callable[[], None] | None = None) -> None:
        """The screen steps aside until the editor ends; `then` is called if the file was written."""
        if self.app.environment.read_only:
            self.app.say(f"{self._key}: read-only")
            return
        name, before = path.rpartition("/")[2], stamp(path)
        if before is None:
            edit = self.app.environment.keys.shown("edit")
            self.app.say(f"{self._key}: {self.scene.path(path)} is not there; {edit} on a setting makes it", alarm=True)
            return
        try:
            command = editor_command(os.environ, path, line)
            with self.app.suspend():
                status = run_editor(command)
        except (ValueError, OSError) as error:
            self.app.say(f"{self._key}: {words_of(error)}", alarm=True)
            return
        except SuspendNotSupported:
            self.app.say(f"{self._key}: this terminal cannot be lent to an editor", alarm=True)
            return
        # The terminal's own screen is empty now, and what Textual lays out again it paints only where it differs.
        self.app.screen.refresh()
        if stamp(path) == before:
            failed = f"; the editor ended with status {status}" if status else ""
            self.app.say(f"{name} is as it was{failed}")
            return
        self.app.source.select(self.app.main.selection.server)
        self.app.say(f"{name} was written: looking at what it says now")
        self._look(path, name)
        if then is not None:
            then()

    def _look(self, path: str, name: str) -> None:
        """What is wrong with it now, in one line."""

        def done(findings: tuple[ConfigFinding, ...]) -> None:
            mine = [one for one in findings if one.path == path]
            if not mine:
                self.app.say(f"nothing wrong was found in {name} now")
                return
            first = mine[0]
            where = f"line {first.line}: " if first.line else ""
            more = f", and {len(mine) - 1} more" if len(mine) > 1 else ""
            lists = f"; {self.app.environment.keys.shown('doctor')} lists {'them' if more else 'it'}"
            self.app.say(f"{where}{first.message.rstrip('.')}{more}{lists}", alarm=first.severity == "error")

        def failed(error: Exception) -> None:
            self.app.say(f"{name} was written, but not looked at: {words_of(error)}", alarm=True)

        run_aside(self.app, "doctor", lambda: self.app.source.doctor(self.server_id), done, failed)


def stamp(path: str) -> tuple[int, int, int] | None:
    """What tells whether a file was written: inode, size, time in ns; None if it is not there."""
    try:
        found = Path(path).stat()
    except OSError:  # it was not there, or is not any more: another stamp than any file's
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
