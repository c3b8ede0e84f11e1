"""Ready strings with which other programs open an endpoint; each says whether it was proven, and Enter copies one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from jntui.text import visible
from jntui.tui.cutting import wrapped
from jntui.tui.dialogs.sheet import Sheet, SheetDialog, hanging
from jntui.tui.ink import BLANK, Span, ink

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import Connect
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene


class ConnectDialog(SheetDialog[None]):
    """`C`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,c,y", "copy", show=False),
        Binding("t", "token", show=False),
        Binding("q,C", "cancel", show=False),
        Binding("up,k", "choose(-1)", show=False),
        Binding("down,j", "choose(1)", show=False),
    ]

    def __init__(self, scene: Scene, strings: Callable[[bool], tuple[Connect, ...]], has_token: bool) -> None:
        label = scene.view.server.label if scene.view else ""
        super().__init__(f"Connect to {label} from", "esc closes", scene)
        self._strings = strings
        self._has_token = has_token
        self._tokens = scene.tokens is not None
        self._at = 0
        self._told = ""
        self._chosen = (0, 0)
        """The first line of the chosen one, and the line after its last."""
        self.found = strings(self._tokens)

    def compose_body(self) -> ComposeResult:
        """One sheet."""
        yield from super().compose_body()

    def lines_for(self, width: int) -> list[Line]:
        """A name and its string for each; below the chosen one what is known of it; the keys."""
        if not self.found:
            return hanging("", "Nothing opens this endpoint: choose another one.", width, 0)
        roomy = self.app.size.height >= 30
        lines: list[Line] = []
        for number, one in enumerate(self.found):
            lines += [BLANK] if roomy and number else []
            first = len(lines)
            lines += self._entry(one, number == self._at, width)
            if number == self._at:
                lines += hanging("  ", one.words, width, 2, "muted" if one.proven else "warning")
                lines += hanging("  ", self._told, width, 2, "bold") if self._told else []
                self._chosen = (first, len(lines))
        lines += [BLANK]
        arrows = "up down" if self.scene.signs.ascii else "↑↓"
        keys = [(arrows, "choose"), ("enter", "copy it")]
        keys += [("t", "hide the token" if self._tokens else "with the token")] if self._has_token else []
        spans: list[Span] = []
        for key, words in keys:
            spans += [Span("  ")] if spans else []
            spans += [ink(key, "accent"), ink(f" {words}", "muted")]
        return [*lines, tuple(spans)]

    def rewrite(self) -> None:
        """The chosen one is never out of sight: what is copied can be read first."""
        super().rewrite()
        sheet = self.query_one("#sheet", Sheet)
        start, end = self._chosen
        room = sheet.inner_height
        if start < sheet.first or end > sheet.first + room:
            sheet.scroll_lines(min(start, max(0, end - room)) if end > sheet.first + room else start)

    def _entry(self, one: Connect, chosen: bool, width: int) -> list[Line]:
        signs = self.scene.signs
        sign = ink(f"{signs.works if one.proven else signs.unknown} ", "works" if one.proven else "muted")
        name = ink(f" {one.label} " if chosen else one.label, "chosen" if chosen else "bold")
        state = ink("  proven" if one.proven else "  unproven", "works" if one.proven else "warning")
        text = [(ink(f"  {part}"),) for part in wrapped(visible(one.text), max(1, width - 2))]
        return [(sign, name, state), *text]

    def action_choose(self, step: int) -> None:
        """The one above or below."""
        self._at = max(0, min(len(self.found) - 1, self._at + int(step)))
        self._told = ""
        self.rewrite()

    def action_copy(self) -> None:
        """OSC 52 has no answer, so nobody can say that it arrived; the text stays to be selected."""
        if self.found:
            one = self.found[self._at]
            self.app.copy_to_clipboard(one.text)
            self._told = f"sent to your terminal's clipboard: {one.label}"
            self.rewrite()

    def action_token(self) -> None:
        """`t`: in the strings, or not."""
        if self._has_token:
            self._tokens = not self._tokens
            self._told = ""
            self.found = self._strings(self._tokens)
            self.rewrite()
