"""The frame that all dialogs share: a title in the border, a body that scrolls, buttons that never do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from rich.cells import cell_len
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from jntui.text import visible

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """Esc leaves everything as it was."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
    }
    Dialog > #box {
        width: 96;
        max-width: 100%;
        height: auto;
        max-height: 100%;
        background: $background;
        border: round $border;
        border-title-color: $text-accent;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        padding: 0 1;
    }
    Dialog #body {
        height: auto;
        max-height: 100%;
        scrollbar-size-vertical: 1;
        background: $background;
    }
    Dialog #buttons {
        height: 1;
        margin-top: 1;
    }
    Dialog.-low #buttons {
        margin-top: 0;
    }
    Dialog #buttons Button {
        margin-right: 2;
        height: 1;
        min-width: 8;
        border: none;
        background: $panel;
        color: $foreground;
    }
    Dialog.-narrow #buttons Button {
        margin-right: 0;
    }
    Dialog #buttons Button:focus {
        background: $text-accent;
        color: $background;
        text-style: bold;
    }
    Dialog #buttons Button:disabled {
        color: $text-muted;
        text-style: none;
    }
    Dialog Input {
        height: 1;
        border: none;
        padding: 0;
        background: $panel;
        color: $foreground;
    }
    Dialog Input > .input--placeholder {
        color: $text-muted;
    }
    Dialog Static {
        height: auto;
        background: $background;
        color: $foreground;
    }
    Dialog .field {
        layout: horizontal;
        height: 1;
    }
    Dialog .label {
        width: 16;
        color: $text-muted;
    }
    Dialog .muted {
        color: $text-muted;
    }
    Dialog .bad {
        color: $text-error;
        text-style: bold;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False, id="dialog.cancel"),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self, title: str, subtitle: str = "") -> None:
        super().__init__()
        self._title = title
        self._subtitle = subtitle
        self._under_now = subtitle

    def compose(self) -> ComposeResult:
        """Frame, body, buttons."""
        with Vertical(id="box"):
            with VerticalScroll(id="body", can_focus=False):
                yield from self.compose_body()
            with Vertical(id="buttons", classes="field"):
                yield from self.compose_buttons()

    def compose_body(self) -> ComposeResult:
        """What the dialog is about; subclasses yield it."""
        yield from ()

    def compose_buttons(self) -> ComposeResult:
        """What can be chosen; subclasses yield it."""
        yield from ()

    def on_mount(self) -> None:
        """Title and size; `-low` drops blank lines."""
        for button in self.query(Button):
            # While Textual shows that a button was pressed, the next Enter on it is lost.
            button.active_effect_duration = 0.0
        box = self.query_one("#box", Vertical)
        box.border_title = Content(visible(self._title))
        self.under(self._subtitle)
        self.fit()

    def on_resize(self) -> None:
        """The size may have changed."""
        self.under(self._under_now)
        self.fit()

    def under(self, text: str) -> None:
        """In the lower border; where it is too narrow, some of what commas divide."""
        self._under_now = text
        self.query_one("#box").border_subtitle = Content(visible(most_of(text, self.app.size.width - 6)))

    def fit(self) -> None:
        """The body gets what the buttons leave."""
        rows = self.app.size.height
        self.set_class(rows < 30, "-low")
        self.set_class(self.app.size.width < 50, "-narrow")
        self.query_one("#body").styles.max_height = max(1, rows - (3 if rows < 30 else 4))

    @property
    def text_width(self) -> int:
        """Cells of a line of the body, its scroll bar left out whether it is there or not."""
        return max(1, min(96, self.app.size.width) - 5)

    def action_page(self, step: int) -> None:
        """Page keys scroll the body, wherever the focus is."""
        body = self.query_one("#body", VerticalScroll)
        body.scroll_relative(y=int(step) * max(1, body.size.height - 1), animate=False)

    def action_cancel(self) -> None:
        """Esc."""
        self.dismiss(None)


def most_of(text: str, cells: int) -> str:
    """Of parts that commas divide those that fit: what tells how to leave stays, and the first go before the later."""
    parts = text.split(", ")
    while len(parts) > 1 and cell_len(", ".join(parts)) > cells:
        parts.remove(next((one for one in reversed(parts) if not one.startswith("esc")), parts[-1]))
    return ", ".join(parts)


def words(text: str, classes: str = "", name: str | None = None) -> Static:
    """Text that is never read as markup."""
    return Static(Content(visible(text)), classes=classes, id=name, markup=False)


def rewrite(static: Static, text: str) -> None:
    """Other words in the same place; several lines are kept apart."""
    static.update(Content("\n".join(visible(each) for each in text.split("\n"))))
