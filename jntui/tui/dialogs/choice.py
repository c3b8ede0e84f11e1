"""One of a few words, chosen with left and right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widget import Widget

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

    from jntui.tui.signs import Signs


class Choice(Widget, can_focus=True):
    """`(•) lab  ( ) notebook`: one line, no pop-up."""

    DEFAULT_CSS = """
    Choice {
        height: 1;
        width: 1fr;
        color: $foreground;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "turn(-1)", show=False),
        Binding("right,down,space", "turn(1)", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Another word is chosen."""

        choice: Choice

    def __init__(self, options: tuple[str, ...], signs: Signs, name: str) -> None:
        super().__init__(id=name)
        self.options = options
        self.value = options[0]
        self._signs = signs

    def action_turn(self, step: int) -> None:
        """The next one, going round."""
        self.choose(self.options[(self.options.index(self.value) + int(step)) % len(self.options)])

    def choose(self, value: str) -> None:
        """This word, if it is another one."""
        if value != self.value:
            self.value = value
            self.refresh()
            self.post_message(self.Changed(self))

    @property
    def gap(self) -> int:
        """Cells between two words: fewer before the last word is cut."""
        whole = sum(len(option) + 4 for option in self.options) + 2 * (len(self.options) - 1)
        return 2 if whole <= self.size.width else 1

    def render(self) -> Text:
        """The chosen one is marked and, with focus, reversed."""
        text = Text(no_wrap=True)
        for option in self.options:
            chosen = option == self.value
            style = ("bold reverse" if self.has_focus else "bold") if chosen else ""
            text.append(f"{self._signs.picked if chosen else '( )'} {option}", style=style)
            text.append(" " * self.gap)
        return text

    def on_click(self, event: events.Click) -> None:
        """Chooses the word under the mouse."""
        offset = event.get_content_offset(self)
        left = offset.x if offset else -1
        for option in self.options:
            left -= len(option) + 4 + self.gap
            if left < 0:
                self.choose(option)
                return
