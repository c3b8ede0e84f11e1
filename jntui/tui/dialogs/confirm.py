"""A question before something is removed, with the names of what goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Button

from jntui.tui.dialogs.box import Dialog, words

if TYPE_CHECKING:
    from textual.app import ComposeResult


class ConfirmDialog(Dialog[bool]):
    """Yes by its own button only; the focus begins on Cancel."""

    def __init__(
        self, title: str, names: tuple[str, ...], notes: tuple[str, ...], verb: str, what: str = "is removed"
    ) -> None:
        super().__init__(title, f"nothing {what} before you choose {verb}")
        self._names = names
        self._notes = notes
        self._verb = verb

    def compose_body(self) -> ComposeResult:
        """What goes, and what stays."""
        for name in self._names:
            yield words(name)
        for note in self._notes:
            yield words(note, "muted")

    def compose_buttons(self) -> ComposeResult:
        """Cancel first: Enter by habit removes nothing."""
        yield Button("Cancel", id="cancel", compact=True)
        yield Button(self._verb, id="yes", compact=True)

    def on_mount(self) -> None:
        """Focus on Cancel."""
        super().on_mount()
        self.query_one("#cancel").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The choice."""
        self.dismiss(event.button.id == "yes")
