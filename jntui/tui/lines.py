"""A table of lines: rows known by id, fixed columns and one that takes the rest, a cursor, a filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual.message import Message

from jntui.tui.ink import BLANK, Span, cropped, ink, padded, text_of
from jntui.tui.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events

    from jntui.tui.ink import Line

GAP = 2
"""Cells between two columns."""

_WAY_BACK: Line = (Span("esc", "accent", "back"), Span(" shows all", "muted", "back"))
"""How a filter is dropped."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `width` is in cells, 0 takes what the others leave."""

    name: str
    label: str
    width: int = 0
    align: Literal["left", "right", "center"] = "left"


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its id, its cells in the order of the columns."""

    id: str
    cells: tuple[Line, ...] = ()
    whole: Line = BLANK
    """Stands in place of the cells, over all columns."""
    mark: Line = BLANK
    """One cell in the margin before the first column, if it is not empty."""


def resolve(columns: Sequence[Column], width: int) -> dict[str, int]:
    """The width of every column, in cells, for a table of `width` cells with one cell of margin at each side."""
    fixed = sum(column.width for column in columns) + GAP * (len(columns) - 1) + 2
    return {column.name: column.width or max(1, width - fixed) for column in columns}


class LineTable(Paper):
    """Rows of cells with a cursor; a moved cursor draws two lines, a changed cell draws itself."""

    @dataclass
    class Chosen(Message):
        """The cursor stands on another row."""

        table: LineTable
        row: str

        @property
        def control(self) -> LineTable:
            """The table, so that handlers can be bound by selector."""
            return self.table

    def __init__(self, name: str, *, focusable: bool = True) -> None:
        super().__init__(name, focusable=focusable)
        self.rows: tuple[str, ...] = ()
        self.cursor: str | None = None
        self.fixed = 1
        self._follows = True
        """The cursor's row is kept in view; not after the wheel took it out of it."""
        self._kept: dict[str, tuple[Record, Line]] = {}
        self._made_with: object = None

    def write_table(
        self, columns: Sequence[Column], records: Sequence[Record], dots: str, nothing: Line = BLANK
    ) -> None:
        """Shows these rows in these columns, or `nothing` if there is none; the cursor stays on its row, by id."""
        widths = resolve(columns, self.inner_width)
        lines: list[Line] = []
        if self.fixed:
            labels = tuple((ink(column.label, "muted"),) if column.label else BLANK for column in columns)
            lines.append(self._joined(columns, labels, widths, dots, header=True))
        lines.extend(self._kept_lines(columns, records, widths, dots))
        if not records and nothing:
            lines.append((Span(" "), *cropped(nothing, max(0, self.inner_width - 2), dots)))
        self.rows = tuple(record.id for record in records)
        self.write(lines)
        self._settle()

    def _kept_lines(
        self, columns: Sequence[Column], records: Sequence[Record], widths: dict[str, int], dots: str
    ) -> list[Line]:
        """The lines of the records; a record that is the same object as before keeps its line."""
        made_with = (tuple(widths.items()), tuple(column.align for column in columns), self.inner_width, dots)
        before = self._kept if made_with == self._made_with else {}
        self._made_with = made_with
        self._kept = {}
        lines = []
        for record in records:
            old = before.get(record.id)
            line = old[1] if old is not None and old[0] is record else self._line_of(columns, record, widths, dots)
            self._kept[record.id] = (record, line)
            lines.append(line)
        return lines

    def _line_of(self, columns: Sequence[Column], record: Record, widths: dict[str, int], dots: str) -> Line:
        if record.whole:
            return (Span(" "), *cropped(record.whole, max(0, self.inner_width - 2), dots))
        line = self._joined(columns, record.cells, widths, dots)
        return (*record.mark, *line[1:]) if record.mark else line

    def _joined(
        self, columns: Sequence[Column], cells: Sequence[Line], widths: dict[str, int], dots: str, header: bool = False
    ) -> Line:
        spans: list[Span] = [Span(" ")]
        for index, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            size = widths[column.name]
            align = "left" if header and column.align == "center" else column.align
            spans.extend(padded(cropped(cell, size, dots), size, align))
            spans.append(Span(" " * (GAP if index < len(columns) - 1 else 1)))
        return tuple(spans)

    def place(self, row: str | None) -> None:
        """Puts the cursor on a row (None or unknown: nowhere) without telling anybody."""
        if row == self.cursor:
            return
        old, self.cursor = self.cursor, row
        for which in (old, row):
            self._ask_row(which)
        self.reveal()

    def reveal(self) -> None:
        """Scrolls so that the cursor's row is visible, and keeps it so."""
        self._follows = True
        index = self._index(self.cursor)
        height = self.inner_height - self.fixed
        if index is not None and height > 0:
            self.scroll_lines(max(index - height + 1, min(self.first, index)))

    def _settle(self) -> None:
        """Rows that come, go or find another size take the cursor's row out of view only if it was not in it."""
        super()._settle()
        if self._follows:
            self.reveal()

    def wheel(self, step: int) -> None:
        """Scrolls by hand; the cursor's row may leave the view."""
        super().wheel(step)
        index = self._index(self.cursor)
        self._follows = index is None or self.row_of(index + self.fixed) is not None

    def _index(self, row: str | None) -> int | None:
        return self.rows.index(row) if row is not None and row in self.rows else None

    def _ask_row(self, row: str | None) -> None:
        index = self._index(row)
        if index is not None:
            self.ask_line(index + self.fixed)

    def step(self, how: str) -> None:
        """Moves the cursor: `up`, `down`, `home`, `end`, `pageup`, `pagedown`."""
        if not self.rows:
            return
        last = len(self.rows) - 1
        page = max(1, self.inner_height - self.fixed - 1)
        now = self._index(self.cursor)
        if now is None:
            self.choose(self.rows[0])
            return
        moves = {"up": now - 1, "down": now + 1, "home": 0, "end": last, "pageup": now - page, "pagedown": now + page}
        self.choose(self.rows[max(0, min(last, moves[how]))])

    def choose(self, row: str) -> None:
        """Puts the cursor on a row and says so."""
        if row != self.cursor:
            self.place(row)
            self.post_message(self.Chosen(self, row))
        else:
            self.reveal()

    def over(self, index: int) -> Style | None:
        """The cursor's row is tinted."""
        row = index - self.fixed
        if self.cursor is None or not 0 <= row < len(self.rows) or self.rows[row] != self.cursor:
            return None
        return self.palette.cursor if self.has_focus else self.palette.cursor_blurred

    def ask_frame(self) -> None:
        """The cursor's row changes its tint with the frame."""
        super().ask_frame()
        self._ask_row(self.cursor)

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor on the clicked row."""
        top = self._corner[1]
        row = self.index_at(event.y - top) - self.fixed
        if event.y - top >= self.fixed and event.y - top < self.inner_height and row < len(self.rows):
            self.choose(self.rows[row])

    def unmatched(self, wanted: str) -> Line:
        """What stands there when no row contains the text."""
        return (ink("no row contains "), ink(wanted, "bold"), Span("   "), *_WAY_BACK)


def matching(records: list[Record], wanted: str) -> list[Record]:
    """The rows that contain the text, whatever its case, in what they show."""
    low = wanted.casefold()
    return [row for row in records if low in " ".join(text_of(cell) for cell in (*row.cells, row.whole)).casefold()]
