"""The command log: what jntui did on the user's behalf, as a person would have typed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from jntui.tui.dialogs.reading import ReadingDialog

if TYPE_CHECKING:
    from textual.binding import BindingType

    from jntui.model import CommandEntry
    from jntui.tui.dialogs.reading import Words
    from jntui.tui.scene import Scene


class CommandsDialog(ReadingDialog):
    """`H`."""

    WRAPPED = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("H", "cancel", show=False)]

    def __init__(self, scene: Scene) -> None:
        super().__init__("Command log", scene)
        self._entries: tuple[CommandEntry, ...] = ()

    def found(self, entries: tuple[CommandEntry, ...]) -> None:
        """They were read."""
        if self.is_attached:
            self._entries = entries
            self.waiting = "jntui did nothing on your behalf yet"
            self.came()

    def texts(self) -> list[Words]:
        """What was done as a comment, so that a copy of it can be run."""
        lines: list[Words] = []
        for one in self._entries:
            local = one.at.astimezone(self.scene.environment.zone)
            failed = "" if one.ok else ", which did not work"
            lines.append((f"# {local:%Y-%m-%d %H:%M} {one.what}{failed}", "muted" if one.ok else "warning"))
            lines += [(text, "plain") for text in one.lines]
        return lines
