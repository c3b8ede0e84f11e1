"""Setting, checking or removing the login password: typed twice, never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.actions import SkipAction
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Button, Input

from jntui.model import Secret
from jntui.model.words import SCOPE_WORDS
from jntui.tui.background import words_of
from jntui.tui.dialogs.box import Dialog, words
from jntui.tui.dialogs.ending import warning
from jntui.tui.dialogs.sheet import Sheet, hanging
from jntui.tui.field import Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import Setting
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene

INDENT = 9
"""Cells of the labels."""

SHORT = 10
"""Characters below which a password gets a warning."""


class PasswordDialog(Dialog[None]):
    """Enter goes on; nothing is written from here. The text is held by the two fields and by nothing else."""

    DEFAULT_CSS = """
    PasswordDialog .label {
        width: 9;
    }
    PasswordDialog #buttons Button {
        width: auto;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        # Keys that come in one piece with it are for the next field.
        Binding("enter", "entered", show=False, priority=True),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(
        self,
        scene: Scene,
        preview: Callable[[PasswordDialog, Secret | None], None],
        check: Callable[[PasswordDialog, Secret], None],
    ) -> None:
        label = f" of {scene.view.server.label}" if scene.view else ""
        super().__init__(f"Set the password{label}", "nothing is written before you choose Save")
        self.scene = scene
        self._preview = preview
        self._check = check
        self._refused = ""
        self._told = ""
        self._checking = False

    def compose_body(self) -> ComposeResult:
        """What is there, both fields, what is known of what was typed."""
        yield Sheet(self.scene, self._facts, "facts")
        for name, label in (("first", "password"), ("second", "again")):
            with Vertical(classes="field"):
                yield words(label, "label")
                entry = Field("", password=True, id=name, compact=True, placeholder=_HINTS[name])
                entry.cursor_blink = False
                yield entry
        yield Sheet(self.scene, self._remarks, "remarks")

    def compose_buttons(self) -> ComposeResult:
        """On to the preview; the check changes nothing."""
        yield Button("Preview", id="preview", compact=True)
        yield Button("Is this it?", id="verify", compact=True)
        yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Focus on the first field."""
        super().on_mount()
        self.query_one("#verify").display = self._set
        self.query_one("#first").focus()

    @property
    def _setting(self) -> Setting | None:
        configuration = self.scene.view.configuration if self.scene.view else None
        if configuration is None:
            return None
        return configuration.setting("hashed_password") or configuration.setting("password")

    @property
    def _set(self) -> bool:
        """There is a hash, as far as is known."""
        setting = self._setting
        return setting is None or setting.source.kind != "default"

    @property
    def _weak(self) -> bool:
        """The hash is one that Jupyter made before argon2."""
        shown = self._setting.shown if self._setting is not None else ""
        return shown.endswith(" hash") and not shown.startswith("argon2")

    def fit(self) -> None:
        """The sheets are as high as their lines."""
        super().fit()
        for name, lines in (("facts", self._facts), ("remarks", self._remarks)):
            # A sheet leaves its last column to a scroll bar of its own.
            self.query_one(f"#{name}", Sheet).styles.height = max(1, len(lines(max(1, self.text_width - 1))))

    def _facts(self, width: int) -> list[Line]:
        setting = self._setting
        now = "not read yet" if setting is None else setting.shown if self._set else "no password is set"
        lines = hanging("now", now, width, INDENT)
        if self._weak:
            lines += hanging(
                "", "which is weak: type it, let it be checked, and Preview renews it", width, INDENT, "warning"
            )
        after = "its hash stands in a config file; a token that Jupyter makes at each start is gone then"
        return lines + hanging("after", after, width, INDENT)

    def _values(self) -> tuple[str, str]:
        return self.query_one("#first", Input).value, self.query_one("#second", Input).value

    def _remarks(self, width: int) -> list[Line]:
        if self._refused:
            return hanging("", self._refused, width, INDENT, "broken-bold")
        if self._checking:
            return hanging("", "checking it against the hash that decides", width, INDENT, "muted")
        if self._told:
            return hanging("", self._told, width, INDENT, "bold")
        first, second = self._values()
        if not first and not second:
            words = "type it twice" + ("; empty removes the present one" if self._set else "")
            return hanging("", words, width, INDENT, "muted")
        found = self._warning(first)
        lines = warning(found, self.scene, width) if found else []
        if second and first != second:
            lines += hanging("", "the two differ", width, INDENT, "muted")
        return lines

    def _warning(self, text: str) -> str:
        if len(text) < SHORT:
            return f"{len(text)} character{'' if len(text) == 1 else 's'}: short ones are found by trying; it is taken"
        if text != text.strip():
            return "it begins or ends with a blank, which counts"
        return ""

    def _follow(self) -> None:
        self.fit()
        self.query_one("#remarks", Sheet).draw()

    def on_input_changed(self) -> None:
        """Something was typed."""
        self._refused = self._told = ""
        self._follow()

    def action_entered(self) -> None:
        """Enter: the second field, then the preview. Raises SkipAction where no field has the focus."""
        field = self.focused
        if not isinstance(field, Input):
            raise SkipAction
        first, second = self._values()
        if field.id == "first" and first and not second:
            self.set_focus(self.query_one("#second"))
        else:
            self._go()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The choice."""
        if event.button.id == "preview":
            self._go()
        elif event.button.id == "verify":
            self._compare()
        else:
            self.dismiss(None)

    def _go(self) -> None:
        first, second = self._values()
        self._refused = ""
        if first != second:
            self._refused = "the two differ: type the same password twice"
        elif not first and not self._set:
            self._refused = "type a password: none is set that could be removed"
        self._follow()
        if self._refused:
            self.query_one("#first" if not first else "#second").focus()
        else:
            self._preview(self, Secret(first) if first else None)

    def _compare(self) -> None:
        first, _second = self._values()
        if not first:
            self._refused = "type the password that is to be checked"
            self.query_one("#first").focus()
        elif not self._checking:
            self._refused, self._told, self._checking = "", "", True
            self._check(self, Secret(first))
        self._follow()

    def compared(self, found: tuple[bool, str]) -> None:
        """Whether it is the password."""
        if self.is_attached:
            fits, words = found
            self._checking, self._told = False, words
            if fits and self._weak:
                # The same password once more is all that a new hash needs.
                with self.prevent(Input.Changed):
                    self.query_one("#second", Input).value = self.query_one("#first", Input).value
                self._told = f"{words.partition(': `jntui')[0]}; Preview writes a new hash of the same password"
            self._follow()

    def failed(self, error: Exception) -> None:
        """It could not be checked."""
        if self.is_attached:
            self._checking, self._refused = False, words_of(error)
            self._follow()


_HINTS = {"first": "is not shown; empty removes it", "second": "the same once more"}


def price_of_removal(scene: Scene) -> tuple[str, ...]:
    """What guards the server without its password, where others can reach it; empty where only this machine can."""
    view = scene.view
    if view is None or view.server.exposure in {None, "this-machine"}:
        return ()
    server = view.server
    token = view.configuration.setting("token") if view.configuration else None
    reach = SCOPE_WORDS[server.exposure] if server.exposure else ""
    if token is not None and token.shown.startswith("empty"):
        left = "Its token is empty too: whoever reaches it can run code without any login."
    else:
        left = "Its token alone guards it then: the one that is set, else one that Jupyter makes at each start."
    return (f"{server.label} listens beyond this machine, as far as: {reach}.", left)
