"""The config files in the order in which they decide, with those that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from jntui.tui.dialogs.box import Dialog
from jntui.tui.dialogs.sheet import MOVES, Sheet, hanging
from jntui.tui.file_names import file_name
from jntui.tui.ink import BLANK, ink
from jntui.tui.lines import Column, LineTable, Record, resolve
from jntui.tui.origins import changed_files, place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import ConfigFile, Configuration
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

MOST_DETAIL = 8
"""Lines below the table: the whole path of its row, and what is wrong with the file."""


KEYS = "enter views one, E opens it in your editor, esc closes"

ROOMY = 76
"""Cells of the table from which there is room for the kind of directory; the path tells it as well."""


class FilesDialog(Dialog[None]):
    """Enter views the chosen file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "view", show=False),
        Binding("E", "editor", show=False),
        Binding("F,q", "cancel", show=False),
    ]

    def __init__(
        self,
        configuration: Configuration,
        scene: Scene,
        view: Callable[[str, int | None], None],
        editor: Callable[[str, int | None], None],
    ) -> None:
        label = scene.view.server.label if scene.view else ""
        super().__init__(f"Config files of {label}, the first decides", KEYS)
        self._configuration = configuration
        self._changed = changed_files(configuration, scene.view.server if scene.view else None)
        self.scene = scene
        self._view = view
        self._editor = editor

    def compose_body(self) -> ComposeResult:
        """The table and the words about its row."""
        yield FilesTable(self._configuration, self.scene)
        yield Sheet(self.scene, self._detail, "detail")

    def on_mount(self) -> None:
        """Moves are for the table."""
        super().on_mount()
        self.query_one(FilesTable).focus()

    def fit(self) -> None:
        """The table takes what its rows need, at most what the words below it leave."""
        super().fit()
        rows = self.app.size.height - 2
        table, detail = self.query_one(FilesTable), self.query_one("#detail", Sheet)
        width = max(1, min(96, self.app.size.width) - 5)
        longest = max((len(self._detail_of(file, width)) for file in self._configuration.files), default=2)
        low = min(MOST_DETAIL, longest, max(1, rows // 2))
        self.query_one("#body").styles.max_height = rows
        table.styles.height = max(2, min(len(self._configuration.files) + 1, rows - low))
        detail.styles.height = low
        self.query_one("#buttons").display = False

    def _chosen(self) -> ConfigFile | None:
        cursor = self.query_one(FilesTable).cursor
        return next((file for file in self._configuration.files if file.path == cursor), None)

    def _detail(self, width: int) -> list[Line]:
        file = self._chosen()
        if file is None:
            return hanging("", self._configuration.assumed or "no file is read", width, 0, "muted")
        return self._detail_of(file, width)

    def _detail_of(self, file: ConfigFile, width: int) -> list[Line]:
        role: Role = "plain" if file.exists else "muted"
        lines = [BLANK, *hanging("", self.scene.path(file.path), width, 0, role)]
        if file.trouble:
            left = ": Jupyter leaves the whole file out" if file.dropped else ""
            left = ": Jupyter does not start with it" if file.ends else left
            where = f"line {file.line}: " if file.line else ""
            lines += hanging("", f"{where}{file.trouble}{left}", width, 0, "warning" if file.exists else "muted")
        if file.because:
            lines += hanging("", file.because, width, 0, "muted")
        lines += [(ink(part, "warning"),) for part in file.caret]
        if file in self._changed:
            words = "! changed after the server started, which may still have what it said before"
            lines += hanging("", words, width, 0, "catch")
        return lines

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Other words below."""
        event.stop()
        self._say(KEYS)
        self.query_one("#detail", Sheet).draw()

    def action_move(self, how: str) -> None:
        """Moves the cursor."""
        self.query_one(FilesTable).step(how)

    def action_page(self, step: int) -> None:
        """The page keys of every dialog."""
        self.action_move("pageup" if int(step) < 0 else "pagedown")

    def action_view(self) -> None:
        """Enter."""
        file = self._chosen()
        if file is not None and file.exists:
            self._view(file.path, file.line)
        elif file is not None:
            self._say("not there: nothing to view")

    def action_editor(self) -> None:
        """E."""
        file = self._chosen()
        if file is not None and file.exists:
            self._editor(file.path, file.line)
        elif file is not None:
            self._say("not there: nothing to open")

    def _say(self, words: str) -> None:
        self.under(words)


class FilesTable(LineTable):
    """One row a file."""

    def __init__(self, configuration: Configuration, scene: Scene) -> None:
        super().__init__("files")
        self._files = configuration.files
        self._changed = changed_files(configuration, scene.view.server if scene.view else None)
        self.scene = scene

    def draw(self) -> None:
        """Order, path, level, what it sets."""
        scene = self.scene
        if scene is None:
            return
        columns = [Column("order", "", 2, "right"), Column("file", "file")]
        if self.size.width >= ROOMY:
            columns.append(Column("level", "place", 11))
        if self.size.width >= 50:
            columns.append(Column("sets", "sets", 12))
        widths = resolve(columns, self.inner_width)
        records = [file_record(file, scene, columns, widths, file in self._changed) for file in self._files]
        self.write_table(columns, records, scene.signs.dots, (ink("no file is known", "muted"),))
        if self.cursor not in self.rows and self.rows:
            self.place(next((file.path for file in self._files if file.exists), self.rows[0]))


def file_record(file: ConfigFile, scene: Scene, columns: list[Column], widths: dict[str, int], changed: bool) -> Record:
    """The cells of one file; one that is not there is muted, one that changed since the start has a mark."""
    trouble = bool(file.trouble) and file.exists
    role: Role = "muted" if not file.exists else "warning" if trouble else "plain"
    sets: Role = "catch" if trouble else role
    name = file_name(scene.path(file.path), widths["file"], scene.signs.dots)
    cells: dict[str, Line] = {
        "order": (ink(str(file.order), "muted"),),
        "file": (ink(name, role),),
        "level": (ink(place_of(file.level), "muted"),),
        "sets": (ink(sets_words(file), sets),),
    }
    mark: Line = (ink("!", "catch"),) if changed else BLANK
    return Record(file.path, tuple(cells[column.name] for column in columns), mark=mark)


def sets_words(file: ConfigFile) -> str:
    """`3 settings`, `left out`, `ends Jupyter`, `not there`."""
    if not file.exists:
        return "not there"
    if file.ends:
        return "ends Jupyter"
    if file.dropped:
        return "left out"
    if not file.readable:
        return "not readable"
    return f"{file.assigns} setting{'' if file.assigns == 1 else 's'}" if file.assigns else "nothing"
