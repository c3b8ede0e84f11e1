"""Lines that are read: filtered by a text, wrapped or cut, copied as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.widgets import Input

from jntui.text import visible
from jntui.tui.background import words_of
from jntui.tui.cutting import wrapped
from jntui.tui.dialogs.every import SearchInput
from jntui.tui.dialogs.sheet import Sheet, SheetDialog, hanging
from jntui.tui.ink import cropped, ink

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

KEYS = "/ filter, w wrap, c copy, esc closes"
SEARCHING = "enter keeps the filter, esc shows all"

Words = tuple[str, "Role"]
"""One line and what it says."""


class ReadingDialog(SheetDialog[None]):
    """The last line is in view, and stays so until the user scrolls up."""

    AUTO_FOCUS = ""
    WRAPPED: ClassVar[bool] = False
    """Whether long lines are wrapped at first: a few are read whole, a log of thousands by its left edge."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", show=False),
        Binding("w", "wrap", show=False),
        Binding("c,y", "copy", show=False),
        Binding("q", "cancel", show=False),
    ]

    def __init__(self, title: str, scene: Scene) -> None:
        super().__init__(title, KEYS, scene)
        self.problem = ""
        self.waiting = "reading"
        """What stands there until something came."""
        self._wrap = self.WRAPPED

    def compose_body(self) -> ComposeResult:
        """The filter's line, then the lines."""
        entry = SearchInput("", placeholder="/ shows only lines with a text", id="search", compact=True)
        entry.cursor_blink = False
        yield entry
        yield from super().compose_body()

    def on_mount(self) -> None:
        """Keys are for the lines, not for the filter."""
        super().on_mount()
        self.set_focus(None)

    def texts(self) -> list[Words]:
        """All lines; subclasses have them."""
        return []

    @property
    def wanted(self) -> str:
        """What a line must contain."""
        return self.query_one("#search", Input).value.casefold().strip()

    def shown(self) -> list[Words]:
        """Those that contain the text."""
        wanted = self.wanted
        return [one for one in self.texts() if wanted in one[0].casefold()]

    def lines_for(self, width: int) -> list[Line]:
        """Each cut at the right edge, or wrapped."""
        if self.problem:
            return hanging("", self.problem, width, 0, "broken")
        found = self.shown()
        if not found:
            words = f"no line contains {self.wanted}: esc shows all" if self.wanted else self.waiting
            return hanging("", words, width, 0, "muted")
        if not self._wrap:
            return [cropped((ink(text, role),), width, self.scene.signs.dots) for text, role in found]
        return [(ink(part, role),) for text, role in found for part in wrapped(visible(text), width) or [""]]

    def fit(self) -> None:
        """The filter's line takes one."""
        super().fit()
        room = max(1, self.app.size.height - 3)
        sheet = self.query_one("#sheet", Sheet)
        sheet.styles.height = min(room, max(1, len(self.lines_for(max(1, min(self.WIDTH, self.app.size.width) - 5)))))

    def came(self) -> None:
        """Other lines: the end stays in view if it was."""
        sheet = self.query_one("#sheet", Sheet)
        at_end = sheet.first >= len(sheet.lines_now()) - sheet.inner_height
        self.rewrite()
        if at_end:
            self.call_after_refresh(sheet.step, "end")

    def failed(self, error: Exception) -> None:
        """There is nothing to show."""
        if self.is_attached:
            self.problem = words_of(error)
            self.rewrite()

    def tell(self, words: str) -> None:
        """In the lower border."""
        self.under(words)

    def on_descendant_focus(self) -> None:
        """Letters are for the filter now."""
        self.tell(SEARCHING if self.query_one("#search").has_focus else KEYS)

    def on_descendant_blur(self) -> None:
        """Letters are keys again."""
        self.tell(KEYS)

    def on_input_changed(self) -> None:
        """Another filter."""
        self.came()

    def on_input_submitted(self) -> None:
        """Enter keeps it."""
        self.set_focus(None)

    def action_filter(self) -> None:
        """`/`."""
        self.query_one("#search").focus()

    def action_wrap(self) -> None:
        """`w`."""
        self._wrap = not self._wrap
        self.came()

    def action_copy(self) -> None:
        """OSC 52 has no answer, so nobody can say that it arrived."""
        found = self.shown()
        if found and not self.problem:
            self.app.copy_to_clipboard("\n".join(text for text, _role in found))
            self.tell(f"sent to your terminal's clipboard: {len(found)} line{'' if len(found) == 1 else 's'}")

    def action_cancel(self) -> None:
        """Esc: the filter first, then the dialog."""
        search = self.query_one("#search", Input)
        if search.has_focus or search.value:
            search.value = ""
            self.set_focus(None)
        else:
            self.dismiss(None)
