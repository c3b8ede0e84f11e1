"""Coloured text as plain values: a line is a tuple of spans, a span is text with a role, a role becomes a style last.

Panes build lines without knowing a colour; nothing here or in the panes is ever parsed as markup, so an address such
as `[fd12:1::5]` is text like any other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual.color import Color, ColorParseError

from jntui.text import visible
from jntui.tui.cutting import head

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.color import Color as RichColor

Role = Literal[
    "plain",
    "bold",
    "muted",
    "works",
    "works-bold",
    "catch",
    "warning",
    "broken",
    "broken-bold",
    "accent",
    "alarm",
    "alarm-text",
    "chosen",
    "edge",
    "edge-focus",
]
"""What a piece of text says; the theme decides how that looks."""


class Span(NamedTuple):
    """A piece of text in one role; a click on it does `action`, if it names one."""

    text: str
    role: Role = "plain"
    action: str = ""
    link: str = ""
    """Where the terminal itself leads from this text (OSC 8)."""


Line = tuple[Span, ...]

BLANK: Line = ()


def ink(text: str, role: Role = "plain", action: str = "") -> Span:
    """A span of text from anywhere: control and bidi characters become `?`."""
    return Span(visible(text), role, action)


def linked(text: str, role: Role, url: str) -> Span:
    """A span that the terminal may open as `url`: http and https alone, for in a redirect file stands a token."""
    plain = url.startswith(("http://", "https://")) and url.isprintable() and " " not in url
    return Span(visible(text), role, link=url if plain else "")


@lru_cache(maxsize=1024)
def link_style(url: str) -> Style:
    """One style a URL: its parts on several lines are one link to the terminal, which knows it by the style's id."""
    return Style(link=url)


def line(*spans: Span | str) -> Line:
    """A line of spans; plain strings are taken as plain text."""
    return tuple(ink(span) if isinstance(span, str) else span for span in spans)


def width_of(of: Line) -> int:
    """Cells that the line takes."""
    return sum(cell_len(span.text) for span in of)


def text_of(of: Line) -> str:
    """The bare text of a line."""
    return "".join(span.text for span in of)


def fitting(forms: Iterable[str], cells: int) -> str:
    """The first of the forms, the longest first, that is no wider than so many cells; else the last."""
    form = ""
    for form in forms:
        if cell_len(form) <= cells:
            break
    return form


def cropped(of: Line, cells: int, dots: str) -> Line:
    """The line cut at its end to at most `cells` cells, with `dots` where something is missing."""
    if width_of(of) <= cells:
        return of
    kept: list[Span] = []
    left = cells - cell_len(dots)
    for span in of:
        size = cell_len(span.text)
        if size <= left:
            kept.append(span)
            left -= size
            continue
        kept.append(span._replace(text=head(span.text, max(0, left)) + dots))
        break
    return tuple(kept) if cells > 0 else BLANK


def padded(of: Line, cells: int, align: Literal["left", "right", "center"] = "left") -> Line:
    """The line filled with spaces to `cells` cells; `center` puts its first cell in the middle."""
    spare = cells - width_of(of)
    if spare <= 0:
        return of
    before = {"left": 0, "right": spare, "center": min(spare, (cells - 1) // 2)}[align]
    head = (Span(" " * before),) if before else ()
    tail = (Span(" " * (spare - before)),) if spare > before else ()
    return (*head, *of, *tail)


Cell = tuple[str, Role, str]
"""What a terminal cell shows, how, and where it leads."""


def cells_of(of: Line, width: int) -> list[Cell]:
    """The line cell by cell, filled to `width`; the second cell of a wide character is empty text."""
    cells: list[Cell] = []
    for span in of:
        for char in span.text:
            size = cell_len(char)
            if size == 0 and cells:
                cells[-1] = (cells[-1][0] + char, span.role, span.link)
                continue
            cells.append((char, span.role, span.link))
            cells.extend([("", span.role, span.link)] * (size - 1))
    cells.extend([(" ", "plain", "")] * (width - len(cells)))
    return cells[:width]


_BRIDGE = 12
"""Unchanged cells between two changed ones that cost less to send again than a cursor move and a new style."""


def changed_ranges(old: Line, new: Line, width: int) -> list[tuple[int, int]]:
    """Where two lines differ, as (first cell, number of cells), near ones joined."""
    if old == new:
        return []
    before, after = cells_of(old, width), cells_of(new, width)
    ranges: list[tuple[int, int]] = []
    for index in range(width):
        if before[index] == after[index]:
            continue
        if ranges and index - sum(ranges[-1]) < _BRIDGE:
            ranges[-1] = (ranges[-1][0], index - ranges[-1][0] + 1)
        else:
            ranges.append((index, 1))
    return [_whole(before, after, start, size) for start, size in ranges]


def _whole(before: list[Cell], after: list[Cell], start: int, size: int) -> tuple[int, int]:
    """The range widened so that it never begins or ends inside a wide character."""
    end = start + size
    while start > 0 and (not before[start][0] or not after[start][0]):
        start -= 1
    while end < len(after) and (not before[end][0] or not after[end][0]):
        end += 1
    return start, end - start


VARIABLES = (
    "text-muted",
    "foreground-muted",
    "text-success",
    "text-warning",
    "text-error",
    "text-accent",
    "error",
    "alarm",
    "background",
    "border",
    "border-blurred",
    "cursor-row",
    "cursor-row-blurred",
)
"""The theme variables that a palette is made from."""


class Palette:
    """The styles of all roles under one theme."""

    def __init__(self, variables: Mapping[str, str], flat: bool, no_color: bool) -> None:
        self.flat = flat
        """The cursor row is reversed or underlined, not tinted: without colour, and with the terminal's own 16."""
        self.styles: dict[Role, Style] = _plain_styles() if no_color else _styles(variables)
        if flat:
            # Among the terminal's own 16 a theme's border is black, and a filled label has no colour to stand on.
            self.styles |= {"edge": Style(), "chosen": Style(reverse=True, bold=True)}
        self.flat_styles: dict[Role, Style] = _plain_styles() if flat else self.styles
        """The styles on a reversed row, where colours would become blocks."""
        self.cursor = Style(reverse=True) if flat else Style(bgcolor=_color(variables, "cursor-row"))
        self.cursor_blurred = Style(underline=True) if flat else Style(bgcolor=_color(variables, "cursor-row-blurred"))


def _color(variables: Mapping[str, str], *names: str) -> RichColor | None:
    """The first of these theme variables that is a colour of its own (`auto 60%` is none)."""
    for name in names:
        try:
            return Color.parse(variables[name]).rich_color
        except (KeyError, ColorParseError):
            continue
    return None


def _styles(variables: Mapping[str, str]) -> dict[Role, Style]:
    def of(*names: str, bold: bool = False) -> Style:
        return Style(color=_color(variables, *names), bold=bold or None)

    alarm = Style(color="#ffffff", bgcolor=_color(variables, "alarm", "error"), bold=True)
    return {
        "plain": Style(),
        "bold": Style(bold=True),
        "muted": of("text-muted", "foreground-muted"),
        "works": of("text-success"),
        "works-bold": of("text-success", bold=True),
        "catch": of("text-warning", bold=True),
        "warning": of("text-warning"),
        "broken": of("text-error"),
        "broken-bold": of("text-error", bold=True),
        "accent": of("text-accent", bold=True),
        "alarm": alarm if alarm.bgcolor else Style(reverse=True, bold=True),
        "alarm-text": of("text-error", bold=True),
        "chosen": Style(color=_color(variables, "background"), bgcolor=_color(variables, "text-accent"), bold=True),
        "edge": of("border-blurred", "text-muted"),
        "edge-focus": of("border", "text-accent"),
    }


def _plain_styles() -> dict[Role, Style]:
    bold, plain = Style(bold=True), Style()
    return {
        "plain": plain,
        "bold": bold,
        "muted": plain,
        "works": bold,
        "works-bold": bold,
        "catch": bold,
        "warning": plain,
        "broken": bold,
        "broken-bold": bold,
        "accent": bold,
        "alarm": Style(reverse=True, bold=True),
        "alarm-text": bold,
        "chosen": Style(reverse=True, bold=True),
        "edge": plain,
        "edge-focus": bold,
    }


@lru_cache(maxsize=8)
def palette_of(variables: tuple[tuple[str, str], ...], flat: bool, no_color: bool) -> Palette:
    """The palette of a theme's variables, built once."""
    return Palette(dict(variables), flat, no_color)
