"""Every setting of a Jupyter and of its classes: a line each, found by a word, with Jupyter's own help below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input

from jntui.text import visible
from jntui.tui.background import words_of
from jntui.tui.cutting import cut_end
from jntui.tui.dialogs.box import Dialog
from jntui.tui.dialogs.sheet import MOVES, Sheet, hanging
from jntui.tui.field import Field
from jntui.tui.ink import BLANK, cropped, ink
from jntui.tui.lines import Column, LineTable, Record, resolve
from jntui.tui.origins import is_set, long_origin, short_origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import Setting
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

KEYS = "/ searches, enter tells its story, e changes it, E opens its file, esc closes"
SHORT_KEYS = "/ searches, enter story, e change, E file, esc"
SEARCHING = "enter and arrows go to the list, esc shows all"

INDENT = 9
"""Cells of the labels below the table."""

MOST_HELP = 6
"""Lines of Jupyter's help below the table; the story has all of it."""


class EveryDialog(Dialog[None]):
    """Says that it asks, then lists; a change of one asks again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "story", show=False),
        Binding("e", "edit", show=False),
        Binding("E", "editor", show=False),
        Binding("slash", "search", show=False),
        Binding("A,q", "cancel", show=False),
    ]

    def __init__(
        self,
        scene: Scene,
        wanted: str,
        ask: Callable[[EveryDialog], None],
        do: tuple[
            Callable[[EveryDialog, Setting], None],
            Callable[[EveryDialog, Setting], None],
            Callable[[EveryDialog, Setting], None],
        ],
    ) -> None:
        self._of = f" of {scene.view.server.label}" if scene.view else ""
        super().__init__(f"All settings{self._of}", KEYS)
        self.scene = scene
        self._ask = ask
        self._tell, self._change, self._open = do
        self.settings: tuple[Setting, ...] | None = None
        self.shown: dict[str, Setting] = {}
        """Those that match, by their name with its class."""
        self._wanted = wanted
        self._problem = ""

    def compose_body(self) -> ComposeResult:
        """The search, the table, the words about its row."""
        hint = "/ searches names, classes, values and help"
        entry = SearchInput(self._wanted, placeholder=hint, id="search", compact=True)
        entry.cursor_blink = False
        yield entry
        yield EveryTable(self)
        yield Sheet(self.scene, self._detail, "detail")

    def on_mount(self) -> None:
        """Moves are for the table, and it is asked at once."""
        super().on_mount()
        self.query_one(EveryTable).focus()
        self.again()

    def again(self) -> None:
        """Asks, also after a change; what is shown stays until the answer comes."""
        if self.is_attached:
            self._problem = ""
            self._redraw()
            self._ask(self)

    def found(self, settings: tuple[Setting, ...]) -> None:
        """The settings arrived."""
        if self.is_attached:
            self.settings = settings
            self._redraw()

    def failed(self, error: Exception) -> None:
        """They cannot be asked for."""
        if self.is_attached:
            self._problem = words_of(error)
            self._redraw()

    @property
    def _keys(self) -> str:
        if self.settings and self.query_one("#search").has_focus:
            return SEARCHING
        return "esc closes" if not self.settings else KEYS if self.app.size.width >= 84 else SHORT_KEYS

    def say(self, words: str) -> None:
        """In the lower border."""
        self.under(words)

    def _match(self) -> None:
        words = self._wanted.casefold().split()
        self.shown = {}
        for one in self.settings or ():
            text = f"{one.cls}.{one.name} {one.shown} {one.help} {one.doc}".casefold()
            if all(word in text for word in words):
                self.shown[f"{one.cls}.{one.name}"] = one
        if words:
            # Who searches for `port` means the trait of this name before those that speak of it.
            named = {key: one for key, one in self.shown.items() if all(word in key.casefold() for word in words)}
            self.shown = {**named, **self.shown}

    def _redraw(self) -> None:
        self._match()
        total, count = len(self.settings or ()), len(self.shown)
        many = f": {count} of {total}" if self._wanted.strip() else f": {total}" if total else ""
        self.query_one("#box").border_title = Content(visible(f"All settings{self._of}{many}"))
        self.say(self._keys)
        self.query_one(EveryTable).draw()
        self.fit()
        self.query_one("#detail", Sheet).draw()

    def on_resize(self) -> None:
        """Other words fit below."""
        super().on_resize()
        self.say(self._keys)

    def fit(self) -> None:
        """The table takes what the search and the words below it leave; nothing jumps while the cursor moves."""
        super().fit()
        rows = self.app.size.height - 2
        low = 8 if rows < 30 else 13
        table, detail = self.query_one(EveryTable), self.query_one("#detail", Sheet)
        self.query_one("#body").styles.max_height = rows
        table.display = bool(self.settings)
        table.styles.height = max(2, rows - low - 1)
        detail.styles.height = low if self.settings else 3
        self.query_one("#buttons").display = False

    @property
    def chosen(self) -> Setting | None:
        """The setting under the cursor."""
        return self.shown.get(self.query_one(EveryTable).cursor or "")

    def _detail(self, width: int) -> list[Line]:
        if self._problem:
            return hanging("", self._problem, width, 0, "broken-bold")
        if self.settings is None:
            words = "asking that Jupyter for its classes: about two seconds, once for each version"
            return hanging("", words, width, 0, "muted")
        one = self.chosen
        if one is None:
            return hanging("", f"no setting speaks of {self._wanted.strip()}: esc in the search shows all", width, 0)
        most = MOST_HELP if self.app.size.height >= 30 else 3
        lines = detail_of(one, self.scene, width, most)
        return [BLANK, *lines] if self.app.size.height >= 30 else lines

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Other words below."""
        event.stop()
        self.say(self._keys)
        self.query_one("#detail", Sheet).draw()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another search."""
        self._wanted = event.value
        self.query_one(EveryTable).place(None)
        self._redraw()

    def on_input_submitted(self) -> None:
        """Enter in the search."""
        self.query_one(EveryTable).focus()

    def on_descendant_focus(self) -> None:
        """Letters are for the search now, or keys of the list again."""
        self.say(self._keys)

    def action_search(self) -> None:
        """`/`."""
        self.query_one("#search").focus()

    def action_cancel(self) -> None:
        """Esc: out of the search, then away."""
        search = self.query_one("#search", Input)
        if search.has_focus or (search.value and self.settings):
            search.value = ""
            self.query_one(EveryTable).focus()
        else:
            self.dismiss(None)

    def action_move(self, how: str) -> None:
        """Moves the cursor."""
        self.query_one(EveryTable).focus()
        self.query_one(EveryTable).step(how)

    def action_page(self, step: int) -> None:
        """The page keys of every dialog."""
        self.action_move("pageup" if int(step) < 0 else "pagedown")

    def _with_chosen(self, do: Callable[[EveryDialog, Setting], None]) -> None:
        one = self.chosen
        if one is not None:
            do(self, one)

    def action_story(self) -> None:
        """Enter."""
        self._with_chosen(self._tell)

    def action_edit(self) -> None:
        """e."""
        self._with_chosen(self._change)

    def action_editor(self) -> None:
        """E."""
        self._with_chosen(self._open)


class SearchInput(Field):
    """Filters while one types; arrows go to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.move('up')", show=False),
        Binding("down", "screen.move('down')", show=False),
    ]


class EveryTable(LineTable):
    """One row a setting: name, value, class, where it comes from."""

    def __init__(self, dialog: EveryDialog) -> None:
        super().__init__("every")
        self._dialog = dialog
        self.scene = dialog.scene

    def draw(self) -> None:
        """What there is room for."""
        scene = self.scene
        if scene is None or not self.inner_width:
            return
        columns = columns_for(self.inner_width)
        widths = resolve(columns, self.inner_width)
        dots = scene.signs.dots
        records = [record_of(key, one, columns, widths, dots) for key, one in self._dialog.shown.items()]
        self.write_table(columns, records, dots)
        if self.cursor not in self.rows:
            self.place(self.rows[0] if self.rows else None)
            self.reveal()


def columns_for(width: int) -> list[Column]:
    """Name and value always; the class, then the default's place, where there is room."""
    if width >= 85:
        fixed = [Column("name", "setting", 28), Column("cls", "class", 24), Column("value", "value")]
        return [*fixed, Column("from", "from", 17)]
    if width >= 64:
        return [Column("name", "setting", 26), Column("cls", "class", 24), Column("value", "value")]
    return [Column("name", "setting", 26), Column("value", "value")]


def record_of(key: str, one: Setting, columns: list[Column], widths: dict[str, int], dots: str) -> Record:
    """The cells of one setting; what somebody set is bold."""
    given = is_set(one.source)
    role: Role = "plain" if given else "muted"
    texts: dict[str, tuple[str, Role]] = {
        "name": (one.name, "bold" if given else "muted"),
        "cls": (one.cls, "muted"),
        "value": (one.shown, role),
        "from": (short_origin(one.source), role),
    }
    cells = {
        name: (ink(cut_end(visible(text), widths.get(name, 1), dots), how),) for name, (text, how) in texts.items()
    }
    return Record(key, tuple(cells[column.name] for column in columns))


def detail_of(one: Setting, scene: Scene, width: int, most: int) -> list[Line]:
    """Whose it is, its value and where that comes from, its default, what it means."""
    lines = hanging("setting", f"{one.cls}.{one.name}", width, INDENT, "bold")[:1]
    shown = hanging("value", f"{one.shown}, {long_origin(one.source, scene.path)}", width, INDENT)
    lines += shown[:2]
    kind = f"one of {', '.join(one.choices)}" if one.choices else one.type
    lines += hanging("default", f"{one.default or 'none'}  ({kind})", width, INDENT, "muted")[:1]
    help_lines = hanging("means", one.doc or one.help or "Jupyter says nothing of it", width, INDENT)
    if len(help_lines) > most:
        last = (*help_lines[most - 1], ink(f" {scene.signs.dots}", "muted"))
        help_lines = [*help_lines[: most - 1], cropped(last, width, scene.signs.dots)]
    return lines + help_lines
