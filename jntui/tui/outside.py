"""Opens a config file in the user's editor, and looks afterwards at what was saved."""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from jntui.model import ChangeRefused, Load
from jntui.tui.background import run_aside, words_of
from jntui.tui.editor import editor_command, run_editor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jntui.model import ConfigFinding
    from jntui.tui.app import JntuiApp
    from jntui.tui.scene import Scene

    Mark = tuple[str, str]
    Stamp = tuple[int, int, int]

BEFORE_S = 40.0
"""A look asks Jupyter twice, at most 15 s each."""


class Outside:
    """Of one server's files."""

    def __init__(self, app: JntuiApp, scene: Scene) -> None:
        self.app = app
        self.scene = scene
        self.server_id = scene.view.server.id if scene.view else None

    @property
    def _key(self) -> str:
        return self.app.environment.keys.shown("editor")

    def open(self, path: str, line: int | None, then: Callable[[], None] | None = None, *, makes: bool = False) -> None:
        """The screen steps aside until the editor ends; `then` is called if the file was written.

        `makes`: where no file is there yet, the editor writes it, if its directory is there.
        """
        if self.app.environment.read_only:
            self.app.say(f"{self._key}: read-only")
            return
        name, before = path.rpartition("/")[2], stamp(path)
        folder = os.path.dirname(os.path.realpath(path))  # noqa: PTH120 - links followed, also one that leads nowhere
        if before is None and makes and not Path(folder).is_dir():
            self.app.say(
                f"{self._key}: make the directory {self.scene.path(folder)} first: it is not there", alarm=True
            )
            return
        if before is None and not makes:
            edit = self.app.environment.keys.shown("edit")
            self.app.say(f"{self._key}: {self.scene.path(path)} is not there; {edit} on a setting makes it", alarm=True)
            return
        try:
            command = editor_command(os.environ, path, line)
            earlier = _Earlier(partial(self.app.source.doctor, self.server_id), path, before)
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
        self._look(path, name, earlier)
        if then is not None:
            then()

    def _look(self, path: str, name: str, earlier: _Earlier) -> None:
        """What is wrong with it now, in one line: what is new comes first."""

        def done(answer: tuple[Counter[Mark] | None, tuple[ConfigFinding, ...], Load]) -> None:
            before, findings, load = answer
            mine = [one for one in findings if one.path == path]
            if load.taken is False and not any(one.severity == "error" for one in mine):
                # Only running the file tells this.
                self.app.say(load.words, alarm=True)
            elif mine:
                self._tell(mine, mine if before is None else beyond(mine, before))
            elif load.taken:
                self.app.say(f"nothing wrong was found in {name} now: Jupyter took it")
            else:
                self.app.say(f"unverified: {load.words}; nothing wrong was found in {name} otherwise")

        def failed(error: Exception) -> None:
            self.app.say(f"{name} was written, but not looked at: {words_of(error)}", alarm=True)

        run_aside(self.app, "doctor", lambda: self._answer(path, earlier), done, failed)

    def _answer(self, path: str, earlier: _Earlier) -> tuple[Counter[Mark] | None, tuple[ConfigFinding, ...], Load]:
        """What was wrong before, what is now, and what Jupyter's own loader says. Blocks."""
        source = self.app.source
        before, findings = earlier.marks(), source.doctor(self.server_id)
        try:
            return before, findings, source.load_file(self.server_id, path)
        except ChangeRefused as refused:
            return before, findings, Load(None, refused.message)

    def _tell(self, mine: list[ConfigFinding], new: list[ConfigFinding]) -> None:
        told = new or mine
        first = told[0]
        where = f"line {first.line}: " if first.line else ""
        more = f", and {len(told) - 1} more" if len(told) > 1 else ""
        old = "" if new else ", as before"
        lists = f"; {self.app.environment.keys.shown('doctor')} lists {'them' if len(mine) > 1 else 'it'}"
        alarm = bool(new) and first.severity == "error"
        self.app.say(f"{where}{first.message.rstrip('.')}{more}{old}{lists}", alarm=alarm)


class _Earlier:
    """What was wrong with a file before the editor wrote it: looked at while the editor is open, for nobody waits."""

    def __init__(self, ask: Callable[[], tuple[ConfigFinding, ...]], path: str, before: Stamp | None) -> None:
        self._found: Counter[Mark] | None = None
        self._thread = Thread(target=self._look, args=(ask, path, before), name="doctor-before", daemon=True)
        self._thread.start()

    def _look(self, ask: Callable[[], tuple[ConfigFinding, ...]], path: str, before: Stamp | None) -> None:
        try:
            found = ask()
        except Exception:  # noqa: BLE001 - then nobody knows what is new, and all that is found is told
            return
        # What was saved meanwhile may be what was looked at.
        if stamp(path) == before:
            self._found = Counter(mark(one) for one in found if one.path == path)

    def marks(self) -> Counter[Mark] | None:
        """None where it is not known."""
        self._thread.join(BEFORE_S)
        return self._found


def mark(finding: ConfigFinding) -> Mark:
    """What makes a finding the same one after lines were added above it."""
    return finding.code, re.sub(r"\bline \d+", "line", finding.message)


def beyond(findings: Iterable[ConfigFinding], before: Counter[Mark]) -> list[ConfigFinding]:
    """Those that were not there before."""
    left = Counter(before)
    new = []
    for one in findings:
        if left[mark(one)]:
            left[mark(one)] -= 1
        else:
            new.append(one)
    return new


def stamp(path: str) -> Stamp | None:
    """What tells whether a file was written: inode, size, time in ns; None if it is not there."""
    try:
        found = Path(path).stat()
    except OSError:  # it was not there, or is not any more: another stamp than any file's
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
