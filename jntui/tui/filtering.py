"""The line in which a filter is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.message import Message

from jntui.tui.field import Field

if TYPE_CHECKING:
    from textual.binding import BindingType

    from jntui.tui.scene import PaneName


class FilterInput(Field):
    """Filters while one types; Enter keeps the filter, Esc drops it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    @dataclass
    class Ended(Message):
        """The user left the line."""

        line: FilterInput
        pane: PaneName
        kept: bool

    def __init__(self, pane: PaneName, text: str) -> None:
        super().__init__(
            text, name=pane, placeholder=f"filter {pane}: enter keeps it, esc drops it", id="filter", compact=True
        )
        self.cursor_blink = False
        self.pane = pane

    def on_mount(self) -> None:
        """Typing begins at once."""
        self.focus()

    def action_leave(self) -> None:
        """Esc."""
        self.post_message(self.Ended(self, self.pane, kept=False))

    async def action_submit(self) -> None:
        """Enter."""
        self.post_message(self.Ended(self, self.pane, kept=True))
