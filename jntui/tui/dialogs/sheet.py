"""A dialog whose body is lines of coloured text, as wide as the dialog and as high as there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding

from jntui.text import visible
from jntui.tui.cutting import wrapped
from jntui.tui.dialogs.box import Dialog
from jntui.tui.ink import ink, padded
from jntui.tui.paper import Paper
from jntui.tui.scene import Scene
from jntui.tui.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import Snapshot
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Environment, Selection

T = TypeVar("T")

MOVES: list[BindingType] = [
    Binding(keys, f"move('{how}')", show=False)
    for keys, how in (
        ("up,k", "up"),
        ("down,j", "down"),
        ("home", "home"),
        ("end", "end"),
        ("pageup", "pageup"),
        ("pagedown,space", "pagedown"),
    )
]
"""The keys that scroll a sheet."""


class Sheet(Paper):
    """Lines that a function of the width makes."""

    def __init__(self, scene: Scene, lines_for: Callable[[int], list[Line]], name: str = "sheet") -> None:
        super().__init__(name)
        self.scene = scene
        self.lines_for = lines_for

    def draw(self) -> None:
        """For the width there is; the last column is the scroll bar's."""
        self.write(self.lines_for(max(1, self.size.width - 1)))


class SheetDialog(Dialog[T]):
    """Moves scroll its sheet, wherever the focus is."""

    WIDTH: ClassVar[int] = 96
    BINDINGS: ClassVar[list[BindingType]] = MOVES

    def __init__(self, title: str, subtitle: str, scene: Scene) -> None:
        super().__init__(title, subtitle)
        self.scene = scene

    def compose_body(self) -> ComposeResult:
        """One sheet."""
        yield Sheet(self.scene, self.lines_for)

    def lines_for(self, width: int) -> list[Line]:
        """The lines in `width` cells; subclasses build them."""
        return []

    @property
    def buttons_high(self) -> int:
        """Lines that the buttons take, with the blank one above them; 0 where there are none."""
        return 0

    def fit(self) -> None:
        """The sheet is as high as its lines, at most as there is room."""
        super().fit()
        width = min(self.WIDTH, self.app.size.width)
        room = max(1, self.app.size.height - 2 - self.buttons_high)
        self.query_one("#body").styles.max_height = room
        self.query_one("#box").styles.width = width
        sheet = self.query_one("#sheet", Sheet)
        sheet.styles.height = min(room, max(1, len(self.lines_for(max(1, width - 5)))))
        self.query_one("#buttons").display = self.buttons_high > 0

    def rewrite(self) -> None:
        """Other lines: another height, and what changed is drawn."""
        self.fit()
        self.query_one("#sheet", Sheet).draw()

    def action_move(self, how: str) -> None:
        """Scrolls."""
        self.query_one("#sheet", Sheet).step(how)

    def action_page(self, step: int) -> None:
        """The page keys of every dialog."""
        self.action_move("pageup" if int(step) < 0 else "pagedown")


def scene_of(snapshot: Snapshot, selection: Selection, environment: Environment) -> Scene:
    """What a dialog draws from: the picture at the moment it was opened."""
    return Scene(snapshot, selection, Shape(80, 24), environment)


def hanging(label: str, text: str, width: int, indent: int, role: Role = "plain") -> list[Line]:
    """A wrapped paragraph beside its muted label, in the cells after `indent`."""
    lines: list[Line] = []
    for index, part in enumerate(wrapped(visible(text), max(1, width - indent))):
        head = ink(label if index == 0 else "", "muted")
        lines.append((*padded((head,), indent), ink(part, role)))
    return lines
