"""A config file with line numbers, its secrets masked by whoever read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding

from jntui.text import visible
from jntui.tui.background import words_of
from jntui.tui.dialogs.sheet import Sheet, SheetDialog, hanging
from jntui.tui.ink import Span, cropped, ink

if TYPE_CHECKING:
    from textual.binding import BindingType

    from jntui.model import ConfigFile
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

SIDEWAYS = 20
"""Cells that left and right move a view whose lines are longer than the dialog."""


class ViewerDialog(SheetDialog[None]):
    """Shows that it reads, then the lines or why there are none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "aside(-1)", show=False),
        Binding("right,l", "aside(1)", show=False),
        Binding("q", "cancel", show=False),
    ]

    def __init__(self, path: str, line: int | None, file: ConfigFile | None, scene: Scene) -> None:
        super().__init__(scene.path(path), "secrets are masked, esc closes", scene)
        self._wanted = line
        self._file = file
        self._text: tuple[str, ...] | None = None
        self._problem = ""
        self._left = 0

    def lines_for(self, width: int) -> list[Line]:
        """A line a line, cut at the right edge."""
        if self._problem:
            return hanging("", self._problem, width, 0, "broken")
        if self._text is None:
            return [(ink("reading the file", "muted"),)]
        if not self._text:
            return [(ink("the file is empty", "muted"),)]
        return numbered(self._text, self._file, self._wanted, self._left, width, self.scene.signs.dots)

    def read(self, text: tuple[str, ...]) -> None:
        """The lines arrived; the one that was asked for is in view."""
        if not self.is_attached:
            return
        self._text = tuple(visible(line.expandtabs(4)) for line in text)
        self.rewrite()
        self.call_after_refresh(self._show_wanted)

    def failed(self, error: Exception) -> None:
        """There is nothing to show."""
        if self.is_attached:
            self._problem = f"{words_of(error)}"
            self.rewrite()

    def _show_wanted(self) -> None:
        if self.is_attached and self._wanted:
            sheet = self.query_one("#sheet", Sheet)
            sheet.scroll_lines(self._wanted - 1 - sheet.inner_height // 2)

    def action_aside(self, step: int) -> None:
        """Left and right, as far as the longest line goes."""
        longest = max((cell_len(line) for line in self._text or ()), default=0)
        self._left = max(0, min(self._left + int(step) * SIDEWAYS, longest // SIDEWAYS * SIDEWAYS))
        self.query_one("#sheet", Sheet).draw()


def numbered(
    text: tuple[str, ...], file: ConfigFile | None, wanted: int | None, left: int, width: int, dots: str
) -> list[Line]:
    """The lines with their numbers; below the one with the error its caret and what is wrong there."""
    digits = len(str(len(text)))
    wrong = file.line if file is not None and file.trouble else None
    lines: list[Line] = []
    for number, words in enumerate(text, 1):
        role: Role = "catch" if number == wrong else "bold" if number == wanted else "plain"
        margin = ink(f"{number:>{digits}}  ", "accent" if number in {wrong, wanted} else "muted")
        lines.append((margin, *cropped((ink(words[left:], role),), max(1, width - digits - 2), dots)))
        if number == wrong and file is not None:
            lines.append((Span(" " * (digits + 2)), ink(_under(words, file)[left:], "catch")))
    return lines


def _under(words: str, file: ConfigFile) -> str:
    """The caret under its character, and the trouble right of it."""
    caret = file.caret[-1] if file.caret else ""
    shown = file.caret[0] if len(file.caret) > 1 else ""
    # The caret was made for a piece of the line; where that cannot be found, for the line without its indentation.
    shift = words.find(shown) if shown else -1
    if shift < 0:
        shift = len(words) - len(words.lstrip())
    column = max(0, len(caret) - len(caret.lstrip()) + shift)
    return f"{' ' * column}{caret.strip() or '^'} {visible(file.trouble)}"
