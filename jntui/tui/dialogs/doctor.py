"""What is wrong with the configuration, each with its place, what it does, and what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding

from jntui.text import visible
from jntui.tui.background import words_of
from jntui.tui.dialogs.box import Dialog
from jntui.tui.dialogs.sheet import MOVES, Sheet, hanging
from jntui.tui.file_names import file_name
from jntui.tui.ink import BLANK, ink
from jntui.tui.lines import Column, LineTable, Record, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import ConfigFinding
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

MOST_FINDINGS = 200
"""Rows; a directory with more is named as such."""

MOST_DETAIL = 12
"""Lines below the table: place, message, effect, fix."""

INDENT = 8
"""Cells of the labels."""

_ROLES: Mapping[str, Role] = {"error": "broken-bold", "warning": "catch"}


Deed = Literal["change", "mode", "password", "choose", "editor", "new", "nothing"]

_ENTER: Mapping[Deed, str] = {
    "change": "enter previews its change, ",
    "mode": "enter previews its new mode, ",
    "password": "enter sets the password anew, ",
    "choose": "enter chooses another {}, ",
    "editor": "enter opens its line in your editor, ",
    "new": "enter opens your editor, which makes the file, ",
    "nothing": "",
}
"""By what mends a finding: what is said of the key."""


class DoctorDialog(Dialog[None]):
    """Says that it looks, then lists what it found."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "change", show=False),
        Binding("E", "editor", show=False),
        Binding("D,q", "cancel", show=False),
    ]

    def __init__(
        self,
        scene: Scene,
        ask: Callable[[DoctorDialog], None],
        change: Callable[[DoctorDialog, ConfigFinding], None],
        editor: Callable[[ConfigFinding, str], None],
    ) -> None:
        of = f" of {scene.view.server.label}" if scene.view else ""
        super().__init__(f"What is wrong with the configuration{of}", "esc closes")
        self.scene = scene
        self._ask = ask
        self._change = change
        self._editor = editor
        self.findings: tuple[ConfigFinding, ...] | None = None
        self._problem = ""

    def compose_body(self) -> ComposeResult:
        """The table and the words about its row."""
        yield FindingTable(self)
        yield Sheet(self.scene, self._detail, "detail")

    def on_mount(self) -> None:
        """Moves are for the table, and it is looked at once."""
        super().on_mount()
        self.query_one(FindingTable).focus()
        self.again()

    def again(self) -> None:
        """Looks, also after a change."""
        if self.is_attached:
            self.findings, self._problem = None, ""
            self._redraw()
            self._ask(self)

    def found(self, findings: tuple[ConfigFinding, ...]) -> None:
        """The findings arrived."""
        if self.is_attached:
            self.findings = findings[:MOST_FINDINGS]
            self._redraw()

    def failed(self, error: Exception) -> None:
        """It could not be looked at."""
        if self.is_attached:
            self._problem = words_of(error)
            self._redraw()

    def say(self, words: str) -> None:
        """In the lower border."""
        self.under(words)

    def _keys(self) -> str:
        """What Enter does with the row under the cursor, and whether its file can be opened."""
        one = self.chosen
        if one is None:
            return "esc closes"
        does = self._does(one)
        opens = "E opens it, " if one.opens and does not in {"editor", "new"} else ""
        return f"{_ENTER[does].format(one.setting)}{opens}esc closes"

    def _does(self, one: ConfigFinding) -> Deed:
        """What mends it: one change, a dialog in which the user chooses, the editor, or only a person elsewhere."""
        if one.request is not None:
            return "mode" if one.request.private else "change"
        if one.setting == "hashed_password":
            return "password"
        found = self.scene.view.configuration if self.scene.view else None
        if one.setting and found is not None and found.setting(one.setting) is not None:
            return "choose"
        if one.makes:
            return "new"
        # An editor would end the token's file with a line end again.
        return "editor" if one.opens and one.line and one.code != "token-file-newline" else "nothing"

    def _redraw(self) -> None:
        self.fit()
        self.query_one(FindingTable).draw()
        self.say(self._keys())
        self.query_one("#detail", Sheet).draw()

    def fit(self) -> None:
        """The table takes what its rows need, at most what the words below it leave."""
        super().fit()
        rows = self.app.size.height - 2
        table, detail = self.query_one(FindingTable), self.query_one("#detail", Sheet)
        findings = self.findings or ()
        longest = max((len(self._detail_of(each, self.text_width)) for each in findings), default=2)
        low = min(MOST_DETAIL, longest, max(1, rows * 2 // 3))
        self.query_one("#body").styles.max_height = rows
        table.display = bool(findings)
        table.styles.height = max(2, min(len(findings), rows - low))
        detail.styles.height = low
        self.query_one("#buttons").display = False

    @property
    def chosen(self) -> ConfigFinding | None:
        """The finding under the cursor."""
        cursor = self.query_one(FindingTable).cursor
        return self.findings[int(cursor)] if self.findings and cursor else None

    def _detail(self, width: int) -> list[Line]:
        if self._problem:
            return hanging("", self._problem, width, 0, "broken-bold")
        if self.findings is None:
            return [(ink("looking: every config file is read, and what it leads to", "muted"),)]
        if not self.findings:
            return [(ink(self.scene.signs.works, "works"), ink(" nothing was found that jntui looks for"))]
        one = self.chosen
        return self._detail_of(one, width) if one is not None else []

    def _detail_of(self, one: ConfigFinding, width: int) -> list[Line]:
        where = self.scene.path(one.path) + (f":{one.line}" if one.line else "") if one.path else "the command line"
        lines = hanging("at", where, width, INDENT, "muted")
        lines += hanging("what", one.message, width, INDENT, "bold")
        lines += hanging("effect", one.effect, width, INDENT) if one.effect else []
        lines += hanging("fix", one.fix, width, INDENT) if one.fix else []
        return [BLANK, *lines] if self.app.size.height >= 30 else lines

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """Other words below."""
        event.stop()
        self.say(self._keys())
        self.query_one("#detail", Sheet).draw()

    def action_move(self, how: str) -> None:
        """Moves the cursor."""
        self.query_one(FindingTable).step(how)

    def action_page(self, step: int) -> None:
        """The page keys of every dialog."""
        self.action_move("pageup" if int(step) < 0 else "pagedown")

    def action_change(self) -> None:
        """Enter."""
        one = self.chosen
        if one is None:
            return
        does = self._does(one)
        if does in {"editor", "new"}:
            # What only a person can word is mended in the editor, at its line.
            self.action_editor()
        elif does == "nothing":
            self.say("no single change mends it: the fix is in the words above")
        else:
            self._change(self, one)

    def action_editor(self) -> None:
        """E."""
        one = self.chosen
        if one is not None and one.path and one.opens:
            self._editor(one, one.path)
        elif one is not None:
            self.say("it is a directory" if one.private else "it is in no file")


class FindingTable(LineTable):
    """One row a finding: sign, place, message."""

    def __init__(self, dialog: DoctorDialog) -> None:
        super().__init__("findings")
        self._dialog = dialog
        self.scene = dialog.scene
        self.fixed = 0

    def draw(self) -> None:
        """The worst stands first, as it came."""
        scene = self.scene
        if scene is None:
            return
        width = self.inner_width
        place = 0 if width < 50 else 22 if width < 76 else 34
        columns = [Column("sign", "", 1), *([Column("place", "", place)] if place else []), Column("message", "")]
        widths = resolve(columns, width)
        findings = self._dialog.findings or ()
        records = [finding_record(str(n), one, scene, columns, widths) for n, one in enumerate(findings)]
        self.write_table(columns, records, scene.signs.dots)
        if self.cursor not in self.rows:
            self.place(self.rows[0] if self.rows else None)


def finding_record(
    name: str, one: ConfigFinding, scene: Scene, columns: list[Column], widths: dict[str, int]
) -> Record:
    """The cells of one finding; the file's name keeps its line."""
    signs = scene.signs
    role = _ROLES.get(one.severity, "muted")
    sign = {"error": signs.broken, "warning": signs.catch}.get(one.severity, signs.unknown)
    line = f":{one.line}" if one.line else ""
    file = visible((one.path or "command line").rpartition("/")[2])
    cells: dict[str, Line] = {
        "sign": (ink(sign, role),),
        "place": (ink(file_name(file, max(1, widths.get("place", 1)), signs.dots, line)),),
        "message": (ink(one.message, role if one.severity == "error" else "plain"),),
    }
    return Record(name, tuple(cells[column.name] for column in columns))
