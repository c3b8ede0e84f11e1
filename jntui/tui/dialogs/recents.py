"""Servers that were started before: a line each in the start dialog, which starts it again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.message import Message

from jntui.text import visible
from jntui.tui.cutting import cut_end, cut_path
from jntui.tui.dialogs.sheet import MOVES
from jntui.tui.ink import ink
from jntui.tui.lines import Column, LineTable, Record, resolve

if TYPE_CHECKING:
    from textual.binding import BindingType

    from jntui.model import Recent
    from jntui.tui.ink import Role
    from jntui.tui.scene import Scene

NEW = "new"
"""The row of a server that was not started before."""
NEW_WORDS = "a new one; enter on one below starts it again"
MOST_ROWS = 6
FEW_ROWS = 3
"""Rows on a low screen; the cursor scrolls the others."""
_APPS = {"lab": "JupyterLab", "notebook": "Notebook", "server": "Jupyter Server"}


class RecentsTable(LineTable):
    """Enter on a row starts that server; the first row is none of them."""

    BINDINGS: ClassVar[list[BindingType]] = [*MOVES, Binding("enter", "again", show=False)]

    @dataclass
    class Again(Message):
        """Enter on a row: this one, None for a new one."""

        recent: Recent | None

    def __init__(self) -> None:
        super().__init__("recents")
        self.fixed = 0
        self.display = False
        self.recents: dict[str, Recent] = {}

    def take(self, recents: tuple[Recent, ...], scene: Scene) -> None:
        """They were read."""
        self.scene = scene
        self.recents = {str(number): one for number, one in enumerate(recents)}
        self.cursor = NEW
        self.display = bool(recents)
        self.size_to(self.app.size.height)

    def size_to(self, rows: int) -> None:
        """As high as there is room."""
        self.styles.height = min(len(self.recents) + 1, FEW_ROWS if rows < 30 else MOST_ROWS)

    @property
    def chosen(self) -> Recent | None:
        """The one under the cursor; None on the first row."""
        return self.recents.get(self.cursor or "")

    def draw(self) -> None:
        """What there is room for."""
        scene = self.scene
        if scene is None or not self.inner_width:
            return
        columns = [Column("app", "", 14), Column("port", "", 6), Column("root", "")]
        if self.inner_width >= 66:
            columns.append(Column("options", "", 22))
        columns.append(Column("at", "", 11, "right"))
        widths = resolve(columns, self.inner_width)
        dots = scene.signs.dots
        records = [Record(NEW, whole=(ink(NEW_WORDS, "bold"),))]
        for key, one in self.recents.items():
            root = cut_path(scene.path(one.root_dir), widths["root"], dots)
            texts: dict[str, tuple[str, Role]] = {
                "app": (_APPS[one.app], "plain"),
                "port": (f":{one.port}" if one.port else "", "bold"),
                "root": (root, "plain"),
                "options": (shlex.join(one.options), "muted"),
                "at": (scene.clock(one.at), "muted"),
            }
            cells = (texts[column.name] for column in columns)
            lines = ((text, role, widths[column.name]) for (text, role), column in zip(cells, columns, strict=True))
            cut = tuple((ink(cut_end(visible(text), width, dots), role),) for text, role, width in lines)
            records.append(Record(key, cut))
        self.write_table(columns, records, dots)

    def action_move(self, how: str) -> None:
        """Moves the cursor."""
        self.step(how)

    def action_again(self) -> None:
        """Enter."""
        self.post_message(self.Again(self.chosen))
