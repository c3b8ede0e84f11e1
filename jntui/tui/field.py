"""The one-line field of every dialog, filter and search."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Input

from jntui.text import visible


class Field(Input):
    """Textual's, which hands its value to the terminal as it is; what is edited stays as it was."""

    @property
    def _value(self) -> Text:
        shown = super()._value.plain
        return Text(visible(shown, len(shown)), no_wrap=True, overflow="ignore", end="")
