"""A URL of the user's own, to be checked beside the server's endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Button, Input, Static

from jntui.tui.background import words_of
from jntui.tui.dialogs.box import Dialog, rewrite, words
from jntui.tui.field import Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult


class UrlDialog(Dialog[None]):
    """Stays open until the URL is kept or the user leaves."""

    def __init__(self, label: str, server_id: str, keep: Callable[[UrlDialog, str, str], None]) -> None:
        super().__init__(f"Add a URL of {label}")
        self._server_id = server_id
        self._keep = keep

    def compose_body(self) -> ComposeResult:
        """The field and what it is for."""
        entry = Field(placeholder="https://jupyter.example.org/user/", id="url", compact=True)
        entry.cursor_blink = False
        yield words("A URL at which this server may answer: a proxy, a name, a mapped port.", "muted")
        yield entry
        yield words("It is kept in jntui's own configuration and checked from here.", "muted")
        yield words("", "bad", "problem")

    def compose_buttons(self) -> ComposeResult:
        """Add, Cancel."""
        yield Button("Add", id="add", compact=True)
        yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Focus on the field."""
        super().on_mount()
        self.query_one("#url").focus()

    def on_input_submitted(self) -> None:
        """There is one field: Enter goes on to Add."""
        self.query_one("#add").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Add asks the source, which says what is wrong with it."""
        if event.button.id == "cancel":
            self.dismiss(None)
            return
        url = self.query_one("#url", Input).value.strip()
        if url:
            self._keep(self, self._server_id, url)
        else:
            rewrite(self.query_one("#problem", Static), "type a URL first")

    def ended(self) -> None:
        """The URL was kept."""
        if self.is_attached:
            self.dismiss(None)

    def failed(self, error: Exception) -> None:
        """The URL was refused."""
        if self.is_attached:
            rewrite(self.query_one("#problem", Static), words_of(error))
            self.query_one("#url").focus()
