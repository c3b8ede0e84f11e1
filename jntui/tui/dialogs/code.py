"""A QR code on the screen: black and white, whatever the theme is and whatever NO_COLOR says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.filter import LineFilter

    from jntui.model import QrCode

_BLACK, _WHITE = "#000000", "#ffffff"

_CELLS = {
    (False, False): Segment("█", Style(color=_WHITE, bgcolor=_WHITE)),
    (False, True): Segment("▀", Style(color=_WHITE, bgcolor=_BLACK)),
    (True, False): Segment("▄", Style(color=_WHITE, bgcolor=_BLACK)),
    (True, True): Segment(" ", Style(color=_BLACK, bgcolor=_BLACK)),
}
"""By whether the upper and the lower half are dark. Characters and colours say the same: a terminal without any colours
still shows the code, light on dark; and where it has some, no gap between two letters shows in a plain square."""

_SQUARES = {
    False: Segment("##", Style(color=_WHITE, bgcolor=_WHITE)),
    True: Segment("  ", Style(color=_BLACK, bgcolor=_BLACK)),
}
"""The same in ASCII, by whether the square is dark."""


def _strips(code: QrCode) -> list[Strip]:
    if code.blocks:
        return [Strip([_CELLS[cell] for cell in row]).simplify() for row in code.cells()]
    return [Strip([_SQUARES[dark] for dark in row]).simplify() for row in code.padded()]


class CodeView(Widget):
    """As large as the code; nothing while there is none."""

    DEFAULT_CSS = """
    CodeView {
        width: auto;
        height: auto;
    }
    """

    def __init__(self) -> None:
        super().__init__(id="code")
        self._strips: list[Strip] = []

    def put(self, code: QrCode | None) -> None:
        """Shows this one."""
        self._strips = _strips(code) if code is not None else []
        self.styles.width = code.columns if code is not None else 0
        self.styles.height = len(self._strips)
        self.display = bool(self._strips)
        self.refresh()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """None: NO_COLOR takes colours away that decorate, and these two are what is to be read."""
        return ()

    def render_line(self, y: int) -> Strip:
        """One row of the code."""
        return self._strips[y] if 0 <= y < len(self._strips) else Strip.blank(self.size.width)
