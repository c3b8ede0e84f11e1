"""A QR code as squares, and the ways in which a terminal, a file or a screen draws it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.model.finding import Check

QUIET = 2
"""Light squares around the code in a terminal. ISO/IEC 18004 asks for four; readers take two, and one where rows are
short; without any, reading is a matter of luck."""

INK = "\x1b[38;5;{};48;5;{}m"
"""Both colours of a cell, from the cube of 256: those are no theme's to change, as the first 16 are."""
DARK, LIGHT = 16, 231
"""#000000 and #ffffff there."""
RESET = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class QrCode:
    """The squares of one code. `text` may hold a token, so neither it nor the squares are in a repr."""

    text: str = field(repr=False)
    squares: tuple[tuple[bool, ...], ...] = field(repr=False)
    """Row by row, True is dark; without the quiet zone."""
    quiet: int = QUIET
    blocks: bool = True
    """Drawn in half blocks; else, where a terminal has ASCII only, each square is two characters of one row."""

    @property
    def size(self) -> int:
        """Squares of one side, the quiet zone included."""
        return len(self.squares) + 2 * self.quiet

    @property
    def columns(self) -> int:
        """Terminal cells of a row."""
        return self.size if self.blocks else 2 * self.size

    @property
    def rows(self) -> int:
        """Terminal rows: of half blocks two squares stand in each."""
        return (self.size + 1) // 2 if self.blocks else self.size

    def padded(self) -> tuple[tuple[bool, ...], ...]:
        """The squares with the quiet zone."""
        side = (False,) * self.quiet
        blank = (False,) * self.size
        return (*(blank,) * self.quiet, *((*side, *row, *side) for row in self.squares), *(blank,) * self.quiet)

    def cells(self) -> tuple[tuple[tuple[bool, bool], ...], ...]:
        """What each terminal cell shows: whether its upper half is dark, and its lower one.

        Draw `▀` with both colours given, #000 and #fff, whatever the theme: other colours were not read at all.
        """
        lines = self.padded()
        below = (*lines, (False,) * self.size)
        return tuple(tuple(zip(below[at], below[at + 1], strict=True)) for at in range(0, len(lines), 2))

    def coloured_lines(self) -> tuple[str, ...]:
        """Rows for a terminal with colours, dark or light: both colours stand in every cell."""
        return tuple(f"{''.join(_runs(row))}{RESET}" for row in self.cells())

    def plain_lines(self) -> tuple[str, ...]:
        """Rows without colours, drawn as on most terminals, light on dark: the ink is the light of the code."""
        signs = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
        return tuple("".join(signs[cell] for cell in row) for row in self.cells())

    def ascii_lines(self) -> tuple[str, ...]:
        """Two characters a square, `##` where it is dark: for black on white, and for paper."""
        return tuple("".join("##" if dark else "  " for dark in row) for row in self.padded())


def _runs(row: tuple[tuple[bool, bool], ...]) -> Iterator[str]:
    """Cells of equal colours share their escape sequence."""
    last: tuple[bool, bool] | None = None
    for cell in row:
        if cell != last:
            upper, lower = (DARK if dark else LIGHT for dark in cell)
            yield INK.format(upper, lower)
            last = cell
        yield "▀"


def fitted(code: QrCode, columns: int, rows: int) -> QrCode | None:
    """The code for a space of so many cells: with its quiet zone, with one square of it, or None if neither fits."""
    thin = replace(code, quiet=1)
    return next((one for one in (code, thin) if one.columns <= columns and one.rows <= rows), None)


def too_small(code: QrCode, columns: int, rows: int) -> str:
    """Why the code does not fit, with the size that would do; empty where it fits. The arguments are cells."""
    if fitted(code, columns, rows) is not None:
        return ""
    least = replace(code, quiet=1)
    return (
        f"The QR code needs {least.columns} columns and {least.rows} rows, and there are {columns} and {rows}: "
        "make the window larger or the letters smaller"
    )


@dataclass(frozen=True, slots=True)
class Share:
    """One endpoint that a phone may open, ready to be shown; or, without a code, why there is none."""

    check: Check | None
    """The check that has just proven it; None where nothing is to be shown."""
    code: QrCode | None = None
    url: str = ""
    """What the code says, without its token."""
    with_token: bool = False
    """The token stands in the code."""
    login: str = ""
    """How one gets in, in one sentence: with the token, with the password, by nothing."""
    notes: tuple[str, ...] = ()
    """What the one with the phone needs to know, a sentence each."""
    why_not: str = ""
    """Why there is no code, and what changes that, in one line; empty where there is one."""
    remedies: tuple[str, ...] = ()
    """The ids of the actions that change that."""
    others: tuple[Check, ...] = ()
    """Further endpoints that could be chosen, the best first."""
