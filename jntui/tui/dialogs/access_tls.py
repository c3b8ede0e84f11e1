"""The TLS of the access dialog: none, a certificate of jntui's own, or one that is there already."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from jntui.tui.dialogs.box import words
from jntui.tui.dialogs.sheet import Sheet
from jntui.tui.field import Field
from jntui.tui.ink import Span, cropped, ink

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

TlsChoice = Literal["as now", "own", "files"]

ORDER: tuple[TlsChoice, ...] = ("as now", "own", "files")
_LABELS: dict[TlsChoice, str] = {"own": "jntui's own", "files": "files"}


class Choices(Sheet, can_focus=True):
    """One line; left, right and space choose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "turn(-1)", show=False),
        Binding("right,l,space", "turn(1)", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Something else is chosen."""

        choice: TlsChoice

    def __init__(self, scene: Scene, now: str) -> None:
        super().__init__(scene, self._lines_for, "tls")
        self.can_focus = True
        self._now = now
        self.choice: TlsChoice = "as now"

    def _lines_for(self, width: int) -> list[Line]:
        scene = self.scene
        if scene is None:
            return []
        cells: Line = ()
        for one in ORDER:
            chosen = one == self.choice
            mark = scene.signs.picked if chosen else "( )"
            role: Role = ("chosen" if self.has_focus else "bold") if chosen else "plain"
            cells = (*cells, ink(f"{mark} {_LABELS.get(one, self._now)}", role), Span("  "))
        return [cropped((*cells, ink("ctrl+t", "muted")), width, scene.signs.dots)]

    def choose(self, choice: TlsChoice) -> None:
        """This one."""
        if choice != self.choice:
            self.choice = choice
            self.draw()
            self.post_message(self.Changed(choice))

    def action_turn(self, step: int) -> None:
        """The next one, or the one before."""
        self.choose(ORDER[(ORDER.index(self.choice) + int(step)) % len(ORDER)])

    def on_click(self, event: events.Click) -> None:
        """The one under the mouse."""
        at = 0
        for one in ORDER:
            at += len(_LABELS.get(one, self._now)) + 6
            if event.x < at:
                self.choose(one)
                return

    def watch_has_focus(self, has_focus: bool) -> None:
        """With focus the chosen one is filled, else bold only. The event comes before Textual's own note of it."""
        super().watch_has_focus(has_focus)
        self.draw()


class TlsField(Vertical):
    """The choice, and below it the two files where they are chosen."""

    DEFAULT_CSS = """
    TlsField {
        height: auto;
    }
    TlsField Choices {
        width: 1fr;
        height: 1;
    }
    """

    @dataclass
    class Changed(Message):
        """It says something else."""

    def __init__(self, scene: Scene, now: str) -> None:
        super().__init__(id="certificate")
        self._scene = scene
        self._now = now
        self._taken: tuple[str, str] | None = None

    def compose(self) -> ComposeResult:
        """Three lines, two of them only with `files`."""
        with Vertical(classes="field"):
            yield words("TLS", "label")
            yield Choices(self._scene, self._now)
        for name, hint in (("certfile", "its file, PEM"), ("keyfile", "the file of its key; enter checks both")):
            with Vertical(classes="field files"):
                yield words(name, "label")
                entry = Field("", id=name, compact=True, placeholder=hint)
                entry.cursor_blink = False
                yield entry

    def on_mount(self) -> None:
        """No files yet."""
        self._show()

    @property
    def choice(self) -> TlsChoice:
        """What is chosen."""
        return self.query_one(Choices).choice

    @property
    def files(self) -> tuple[str, str] | None:
        """Certificate and key as absolute paths, once both were entered; what is still being typed is none."""
        return self._taken

    @property
    def whole(self) -> bool:
        """It can be planned with."""
        return self.choice != "files" or self._taken is not None

    @property
    def rows(self) -> int:
        """Lines that it takes."""
        return 3 if self.choice == "files" else 1

    def turn(self) -> None:
        """jntui's own certificate, or as it is now."""
        self.query_one(Choices).choose("as now" if self.choice == "own" else "own")

    def take(self) -> None:
        """What was typed counts from now on."""
        found = tuple(self.query_one(f"#{name}", Input).value.strip() for name in ("certfile", "keyfile"))
        taken = (_absolute(found[0]), _absolute(found[1])) if all(found) else None
        if taken != self._taken:
            self._taken = taken
            self.post_message(self.Changed())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Half a path is none."""
        event.stop()
        if self._taken is not None:
            self._taken = None
            self.post_message(self.Changed())

    def on_descendant_blur(self) -> None:
        """Whoever leaves a field has typed it."""
        self.take()

    def on_choices_changed(self, event: Choices.Changed) -> None:
        """The fields come and go."""
        event.stop()
        self._show()
        self.post_message(self.Changed())

    def _show(self) -> None:
        for one in self.query(".files"):
            one.display = self.choice == "files"


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().absolute())
