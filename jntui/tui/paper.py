"""A widget that shows lines and sends only the cells that changed; the ground of every pane.

It draws its own frame and scrolls by itself: in Textual a border that changes colour, or content that changes its
length, costs a layout of the whole screen, and that a repaint of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from jntui.tui.ink import (
    BLANK,
    VARIABLES,
    Span,
    changed_ranges,
    cropped,
    ink,
    link_style,
    palette_of,
    width_of,
)
from jntui.tui.signs import UNICODE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events
    from textual.geometry import Size
    from typing_extensions import Self

    from jntui.tui.ink import (
        Line,
        Palette,
        Role,
    )
    from jntui.tui.scene import Scene
    from jntui.tui.signs import Signs

Frame = Literal["none", "rule", "box"]
"""What stands around the lines: nothing, a rule above, or a box with a title."""


class Paper(Widget):
    """Lines of spans that scroll; an unchanged line costs nothing, a changed one its changed cells."""

    @dataclass
    class Pressed(Message):
        """A span with an action was clicked."""

        action: str

    def __init__(self, name: str, *, focusable: bool = False) -> None:
        super().__init__(id=name)
        self.can_focus = focusable
        self.scene: Scene | None = None
        self.frame: Frame = "none"
        self.fixed = 0
        """Lines at the top that do not scroll."""
        self.first = 0
        """How many of the other lines are scrolled away."""
        self.sent_cells = 0
        """Cells that were asked to be drawn again since the start: what the tests of stillness count."""
        self._titles = ("", "")
        self._lines: tuple[Line, ...] = ()
        self._palette: Palette | None = None
        self._painted = False
        self._drawn_for: Size | None = None
        """The size that the lines were built for."""
        self._painting = False

    def show(self, scene: Scene) -> None:
        """Takes the scene and draws what changed."""
        if self.scene is None or self.scene.signs != scene.signs:
            self.refresh()
        self.scene = scene
        if self.is_attached and self.size.width:
            self.draw()

    def draw(self) -> None:
        """Builds the lines from `self.scene`; subclasses do."""

    @property
    def signs(self) -> Signs:
        """The characters this terminal can show."""
        return self.scene.signs if self.scene else UNICODE

    @property
    def inner_width(self) -> int:
        """Cells of a line inside the frame."""
        return max(0, self.size.width - (2 if self.frame == "box" else 0))

    @property
    def inner_height(self) -> int:
        """Lines inside the frame."""
        return max(0, self.size.height - {"none": 0, "rule": 1, "box": 2}[self.frame])

    @property
    def _corner(self) -> tuple[int, int]:
        return (1 if self.frame == "box" else 0, 0 if self.frame == "none" else 1)

    def lines_now(self) -> tuple[Line, ...]:
        """The lines as they are shown."""
        return self._lines

    def enframe(self, frame: Frame, title: str = "", subtitle: str = "") -> None:
        """Says what stands around the lines; what did not change costs nothing."""
        if frame != self.frame:
            self.frame = frame
            self._titles = (title, subtitle)
            self.refresh()
            return
        old, self._titles = self._titles, (title, subtitle)
        if frame == "box" and old[0] != title:
            self._ask(Region(0, 0, self.size.width, 1))
        if frame == "box" and old[1] != subtitle:
            self._ask(Region(0, self.size.height - 1, self.size.width, 1))

    def write(self, lines: Sequence[Line]) -> None:
        """Shows these lines; only cells that differ from the present ones are drawn again."""
        old, new = self._lines, tuple(lines)
        if old == new:
            return
        self._lines = new
        self._settle()
        overflow = len(old) > self.inner_height or len(new) > self.inner_height
        if overflow and len(old) != len(new):
            self._ask(Region(0, 0, *self.size))
            return
        for row in range(self.inner_height):
            index = self.index_at(row)
            before = old[index] if index < len(old) else BLANK
            after = new[index] if index < len(new) else BLANK
            for start, size in changed_ranges(before, after, self.inner_width):
                self._ask(self._region(row, start, size))

    def index_at(self, row: int) -> int:
        """Which line stands in this row inside the frame."""
        return row if row < self.fixed else row + self.first

    def row_of(self, index: int) -> int | None:
        """The row inside the frame where a line stands, None if it is scrolled away."""
        row = index if index < self.fixed else index - self.first
        hidden = index >= self.fixed and row < self.fixed
        return None if hidden or not 0 <= row < self.inner_height else row

    def ask_line(self, index: int) -> None:
        """Draws a line again."""
        row = self.row_of(index)
        if row is not None:
            self._ask(self._region(row, 0, self.inner_width))

    def _region(self, row: int, start: int, size: int) -> Region:
        left, top = self._corner
        return Region(left + start, top + row, size, 1)

    def _ask(self, region: Region) -> None:
        if region.area and not self._painting:
            self.sent_cells += region.area
            self.refresh(region)

    def scroll_lines(self, first: int) -> None:
        """Scrolls so that this many lines are above."""
        first = max(0, min(first, len(self._lines) - self.inner_height))
        if first != self.first:
            self.first = first
            self._ask(Region(0, 0, *self.size))

    def _settle(self) -> None:
        """After other lines or another size: no empty rows below the last line."""
        self.scroll_lines(self.first)

    def wheel(self, step: int) -> None:
        """Scrolls by hand, by so many lines."""
        self.scroll_lines(self.first + step)

    def step(self, how: str) -> None:
        """Scrolls: `up`, `down`, `home`, `end`, `pageup`, `pagedown`."""
        now, page = self.first, max(1, self.inner_height - 1)
        moves = {"up": now - 1, "down": now + 1, "home": 0, "pageup": now - page, "pagedown": now + page}
        self.scroll_lines(moves.get(how, len(self._lines)))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        event.stop()
        self.wheel(2)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        event.stop()
        self.wheel(-2)

    def on_focus(self) -> None:
        """Frame and cursor look different with focus."""
        self.ask_frame()

    def on_blur(self) -> None:
        """Frame and cursor look different without focus."""
        self.ask_frame()

    def ask_frame(self) -> None:
        """Draws the frame again."""
        if self.frame == "box":
            width, height = self.size
            edges = (Region(0, 0, width, 1), Region(0, height - 1, width, 1))
            for region in (*edges, Region(0, 0, 1, height), Region(width - 1, 0, 1, height)):
                self._ask(region)

    @property
    def palette(self) -> Palette:
        """The styles of the present theme."""
        if self._palette is None:
            app = self.app
            known = app.theme_variables
            variables = tuple((name, known[name]) for name in VARIABLES if name in known)
            self._palette = palette_of(variables, app.no_color or app.native_ansi_color, app.no_color)
        return self._palette

    def notify_style_update(self) -> None:
        """The theme changed: every role may look different."""
        self._palette = None
        super().notify_style_update()

    def on_resize(self) -> None:
        """Draws for the new size."""
        self._redraw()

    def _redraw(self) -> None:
        if self.scene is not None:
            self._drawn_for = self.size
            self.draw()
        self._settle()

    def render_lines(self, crop: Region) -> list[Strip]:
        """As Textual's, in one piece with the layout.

        The layout paints at once and tells the new size by a message later: without this there would be a frame of
        blank panes between the two, as long as that message waits.
        """
        if self.scene is not None and self._drawn_for != self.size:
            self._painting = True
            try:
                self._redraw()
            finally:
                self._painting = False
        return super().render_lines(crop)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """As Textual's; what was never painted will be painted whole by the layout that shows it, not twice."""
        wanted = repaint and self._painted and not self._painting
        if not wanted and not layout and not recompose:
            return self
        return super().refresh(*regions, repaint=wanted, layout=layout, recompose=recompose)

    def render_line(self, y: int) -> Strip:
        """One line of the widget, frame included."""
        self._painted = True
        if self.frame == "rule" and y == 0:
            return self._strip((Span(self.signs.rule * self.size.width, "edge"),), self.size.width)
        if self.frame == "box" and y in {0, self.size.height - 1}:
            return self._strip(self._edge(top=y == 0), self.size.width)
        left, top = self._corner
        row = y - top
        index = self.index_at(row)
        of = self._lines[index] if 0 <= index < len(self._lines) else BLANK
        thumb = self._thumb(row)
        inside = self.inner_width - (1 if thumb and not left else 0)
        strip = self._strip(of, inside, self.over(index))
        if left:
            side = Span(self.signs.side, self._edge_role)
            return Strip.join([self._strip((side,), 1), strip, self._strip((thumb or side,), 1)])
        return Strip.join([strip, self._strip((thumb,), 1)]) if thumb else strip

    def over(self, index: int) -> Style | None:
        """What is laid over a line: the cursor of a table."""
        return None

    def _thumb(self, row: int) -> Span | None:
        """The scroll position, in the last column of the rows it covers; None where everything is visible."""
        height, total = self.inner_height, len(self._lines)
        if total <= height or height < 2:
            return None
        size = max(1, height * height // total)
        start = (height - size) * self.first // (total - height)
        return Span(self.signs.thumb, "muted") if start <= row < start + size else None

    @property
    def _edge_role(self) -> Literal["edge", "edge-focus"]:
        return "edge-focus" if self.has_focus else "edge"

    def _edge(self, top: bool) -> Line:
        """The upper edge with the title, or the lower one with the subtitle at its right."""
        signs, role = self.signs, self._edge_role
        words = self._titles[0 if top else 1]
        room = self.size.width - 6
        # Without colour, and among a terminal's own 16, a bold frame is hard to tell from another one.
        focused: Role = "chosen" if self.palette.flat else "accent"
        title: Line = (ink(f" {words} ", (focused if self.has_focus else "bold") if top else "muted"),)
        title = cropped(title, max(0, room), signs.dots) if words else BLANK
        rest = Span(signs.rule * max(0, self.size.width - 3 - width_of(title)), role)
        first, last = (signs.corners[0], signs.corners[1]) if top else (signs.corners[2], signs.corners[3])
        if top:
            return (Span(first + signs.rule, role), *title, rest, Span(last, role))
        return (Span(first, role), rest, *title, Span(signs.rule + last, role))

    def _strip(self, of: Line, width: int, over: Style | None = None) -> Strip:
        """A line as a strip of `width` cells, `over` laid over its backgrounds."""
        base = self.rich_style
        ground = base + over if over else base
        styles = self.palette.flat_styles if over and self.palette.flat else self.palette.styles
        segments: list[Segment] = []
        role: Role = "plain"
        for span in of:
            text = _plain_ascii(span.text) if self.signs.ascii and not span.text.isascii() else span.text
            # A space shows its background only: in the style of what stands before it, it needs no codes of its own.
            if not (text.isspace() and role not in _FILLED and span.role not in _FILLED):
                role = span.role
            style = ground + styles[role]
            segments.append(Segment(text, style + link_style(span.link) if span.link else style))
        if segments and role not in _FILLED:
            ground = ground + styles[role]
        return Strip(segments).adjust_cell_length(width, ground).simplify()

    def on_click(self, event: events.Click) -> None:
        """Does the action of the span under the mouse."""
        left, top = self._corner
        index = self.index_at(event.y - top)
        x = event.x - left
        for span in self._lines[index] if 0 <= index < len(self._lines) else BLANK:
            x -= cell_len(span.text)
            if x < 0:
                if span.action:
                    self.post_message(self.Pressed(span.action))
                return


_FILLED: frozenset[Role] = frozenset({"alarm", "chosen"})
"""Roles with a background of their own."""


def _plain_ascii(text: str) -> str:
    """`text` for a terminal that shows ASCII only, of the same width."""
    return "".join(char if char.isascii() else "?" * cell_len(char) for char in text)
