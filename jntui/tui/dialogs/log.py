"""The log of a server: its last lines, and what is added while one looks."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content

from jntui.text import visible
from jntui.tui.dialogs.reading import ReadingDialog

if TYPE_CHECKING:
    from textual.binding import BindingType

    from jntui.model import LogLine, LogPlace
    from jntui.tui.dialogs.reading import Words
    from jntui.tui.ink import Role
    from jntui.tui.scene import Scene

MOST = 2000
"""Lines that are kept."""
_ROLES: dict[str, Role] = {"error": "broken-bold", "warning": "warning", "note": "muted"}


class LogDialog(ReadingDialog):
    """`L`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("L", "cancel", show=False)]

    def __init__(self, scene: Scene) -> None:
        self._label = scene.view.server.label if scene.view else ""
        super().__init__(f"Log of {self._label}", scene)
        self._kept: deque[LogLine] = deque(maxlen=MOST)
        self.closed = False

    def texts(self) -> list[Words]:
        """An error is told by a sign too, not by its colour alone."""
        marks = {"error": "! ", "note": "-- "}
        return [(marks.get(one.level, "") + one.text, _ROLES.get(one.level, "plain")) for one in self._kept]

    def found(self, place: LogPlace) -> None:
        """Where it is, or why there is none and how to have one."""
        if not self.is_attached:
            return
        if place.kind == "none":
            self.problem = f"{place.words}. {place.how}".rstrip()
            self.rewrite()
            return
        where = self.scene.path(place.path) if place.path else f"journal of {place.unit}"
        self.query_one("#box").border_title = Content(visible(f"Log of {self._label}: {where}"))
        self.waiting = "nothing is in it yet"

    def added(self, lines: tuple[LogLine, ...]) -> None:
        """More of it; none: nothing is drawn."""
        if self.is_attached:
            self._kept.extend(lines)
            self.came()

    def on_unmount(self) -> None:
        """Nobody follows it any more."""
        self.closed = True
