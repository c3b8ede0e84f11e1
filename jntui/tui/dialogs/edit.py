"""Changing one setting: what it is now, what can be chosen or typed, and what is known of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Button, Input

from jntui.model import ChangeRequest
from jntui.text import visible
from jntui.tui.cutting import cut_middle
from jntui.tui.dialogs.box import Dialog, words
from jntui.tui.dialogs.choice import Choice
from jntui.tui.dialogs.ending import warning
from jntui.tui.dialogs.sheet import Sheet, hanging
from jntui.tui.entry import form_of, initial, options_of, problem, readers, remark, typed_value
from jntui.tui.folder import folder_of
from jntui.tui.ink import ink
from jntui.tui.lines import Column, LineTable, Record, resolve
from jntui.tui.origins import differs, is_set, long_origin

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import Setting
    from jntui.tui.entry import Option
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene

INDENT = 9
"""Cells of the labels."""

LEAST_OPTIONS = 3
"""Rows of what is offered that stay in sight on the lowest screen."""

MOST_OPTIONS = 8
"""Rows of what is in a directory."""

Preview = Callable[["EditDialog", ChangeRequest], None]
Look = Callable[["EditDialog", str], None]


class EditDialog(Dialog[None]):
    """Enter goes on to the preview; nothing is written from here."""

    DEFAULT_CSS = """
    EditDialog .label {
        width: 9;
    }
    EditDialog #buttons Button {
        width: auto;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move('up')", show=False),
        Binding("down", "move('down')", show=False),
        Binding("enter", "preview", show=False),
    ]

    def __init__(self, setting: Setting, scene: Scene, preview: Preview, look: Look) -> None:
        label = scene.view.server.label if scene.view else ""
        super().__init__(f"Set {setting.name} of {label}", "nothing is written before you choose Save")
        self._setting = setting
        self.scene = scene
        self._preview = preview
        self._form = form_of(setting)
        self._look = look
        self._path = setting.type == "path"
        self._folder = ""
        """The directory whose entries are offered, or asked for."""
        self._entries: tuple[Option, ...] | None = None
        self._chosen = ""
        """The path that was taken from what is offered: the others stay there."""
        self._options = options_of(setting, scene.snapshot)
        self._refused = ""

    def compose_body(self) -> ComposeResult:
        """What it is, what is offered, the field, what is known of the value."""
        yield Sheet(self.scene, self._facts, "facts")
        if self._options or self._path:
            yield OptionTable(self._options, self.scene)
        with Vertical(classes="field"):
            yield words("value", "label")
            if self._form == "toggle":
                yield Choice(("True", "False"), self.scene.signs, "value")
            else:
                entry = Input(
                    initial(self._setting),
                    placeholder=self._hint(),
                    password=self._form == "hidden",
                    id="value",
                    compact=True,
                )
                entry.cursor_blink = False
                yield entry
        yield Sheet(self.scene, self._remarks, "remarks")

    def _hint(self) -> str:
        kinds = {"list": "names, with commas between them", "number": "a whole number", "hidden": "is not shown"}
        return kinds.get(self._form, "a path" if self._setting.type == "path" else "empty")

    def compose_buttons(self) -> ComposeResult:
        """On to the preview, by two ways."""
        yield Button("Preview", id="preview", compact=True)
        yield Button("Back to default", id="unset", compact=True)
        yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Focus on the field."""
        super().on_mount()
        self.query_one("#unset").display = is_set(self._setting.source)
        field = self.query_one("#value")
        if isinstance(field, Choice):
            field.value = str(bool(self._setting.value))
        field.focus()
        self._follow()

    @property
    def text(self) -> str:
        """What the field says now."""
        field = self.query_one("#value")
        return field.value if isinstance(field, Choice | Input) else ""

    def fit(self) -> None:
        """What is offered gets what the words leave, and scrolls by itself."""
        super().fit()
        # One line each: the field, the buttons, both edges of the frame; a blank one where there is room.
        room = self.app.size.height - (4 if self.app.size.height < 30 else 5)
        width = self.text_width
        high = 0
        # What is said of one value or another takes the same lines: nothing jumps while one types.
        least = 2 if self._setting.name in {"ip", "port"} else 1
        for name, lines in (("facts", self._facts(width)), ("remarks", self._remarks(width))):
            lower = max(1 if name == "facts" else least, len(lines))
            self.query_one(f"#{name}", Sheet).styles.height = lower
            high += lower
        for table in self.query(OptionTable):
            most = min(MOST_OPTIONS, room - high) if self._path else room - high
            table.display = bool(self._options)
            table.styles.height = max(min(LEAST_OPTIONS, len(self._options)), min(len(self._options), most))

    def _facts(self, width: int) -> list[Line]:
        setting = self._setting
        source = long_origin(setting.source, self.scene.path)
        lines = hanging("now", f"{setting.shown}, {_from(source)}", width, INDENT)
        if differs(setting) and setting.running:
            lines += hanging("runs", setting.running, width, INDENT, "catch")
        lines += hanging("means", setting.help, width, INDENT)
        more = f"; Jupyter's own: {setting.default}" if setting.default else ""
        lines += hanging("type", f"{setting.type}{more}", width, INDENT, "muted")
        return lines + hanging("for", self._for(), width, INDENT, "muted")

    def _for(self) -> str:
        """Which servers the change is for."""
        server = self.scene.view.server if self.scene.view else None
        path = self._setting.source.path if self._setting.source.kind == "file" else None
        also = readers(path, self.scene.snapshot, server.id if server else None)
        mine = f"{server.label}, from its next start" if server else "servers from their next start"
        return f"{mine}; {' and '.join(also)} read{'s' if len(also) == 1 else ''} that file too" if also else mine

    def _remarks(self, width: int) -> list[Line]:
        if self._refused:
            return hanging("", self._refused, width, INDENT, "broken-bold")
        server = self.scene.view.server.id if self.scene.view else None
        found = problem(self._setting, self.text) if self._form != "hidden" else ""
        known = self._there() if self._path else remark(self._setting, self.text, self.scene.snapshot, server)
        lines = hanging("", found, width, INDENT, "broken") if found else []
        lines += hanging("", known, width, INDENT, "warning" if known.startswith(("in use", "::")) else "muted")
        decides = self._setting.source
        if decides.kind in {"env", "command line"}:
            where = long_origin(decides, self.scene.path)
            lines += warning(f"{where} decides: a file has no effect while it is there", self.scene, width)
        return lines

    def _follow(self) -> None:
        """The words, and the row of what is offered, follow the field."""
        self._refused = ""
        if self._path:
            self._offer()
        for table in self.query(OptionTable):
            text = self.text.strip()
            table.place(text if text in table.rows else None)
        self.fit()
        self.query_one("#remarks", Sheet).draw()

    def _there(self) -> str:
        """Whether the path is there, as far as its directory could be read."""
        text = self.text.strip()
        name = text[len(self._folder) :]
        if not name or not text.startswith("/") or self._entries is None or name.startswith("."):
            return ""
        return "" if any(one.value == text.rstrip("/") for one in self._entries) else f"{name} is not there now"

    def _offer(self) -> None:
        """What is in the directory of the typed path, and begins like it."""
        text = self.text.strip()
        folder = folder_of(text, self.scene.snapshot.machine.home)
        if folder != self._folder:
            self._folder, self._entries = folder, None
            if folder:
                self._look(self, folder)
        if text == self._chosen and text:
            return
        self._chosen = ""
        self._options = tuple(one for one in self._entries or () if one.value.startswith(text))
        self.query_one(OptionTable).offer(self._options)

    def looked(self, folder: str, found: tuple[Option, ...]) -> None:
        """The directory was read; what was asked for an older text is dropped."""
        if self.is_attached and folder == self._folder:
            self._entries = found
            self._follow()

    def on_input_changed(self) -> None:
        """Something was typed."""
        self._follow()

    def on_choice_changed(self) -> None:
        """The other word."""
        self._follow()

    def on_line_table_chosen(self, event: LineTable.Chosen) -> None:
        """What is offered goes into the field."""
        event.stop()
        self._chosen = event.row
        self.query_one("#value", Input).value = event.row
        self.query_one("#value").focus()

    def action_move(self, how: str) -> None:
        """Arrows choose among what is offered, else scroll."""
        tables = list(self.query(OptionTable))
        for table in tables:
            table.step(how)
        if not self._options:
            self.query_one("#body").scroll_relative(y=-1 if how == "up" else 1, animate=False)

    def on_input_submitted(self) -> None:
        """Enter in the field."""
        self.action_preview()

    def action_preview(self) -> None:
        """On to what would be written."""
        self._refused = problem(self._setting, self.text)
        if self._refused:
            self.fit()
            self.query_one("#remarks", Sheet).draw()
            self.query_one("#value").focus()
            return
        self._preview(self, ChangeRequest(self._full_name, typed_value(self._setting, self.text)))

    @property
    def _full_name(self) -> str:
        return f"{self._setting.cls}.{self._setting.name}"

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The choice."""
        if event.button.id == "preview":
            self.action_preview()
        elif event.button.id == "unset":
            self._preview(self, ChangeRequest(self._full_name, None))
        else:
            self.dismiss(None)


def _from(source: str) -> str:
    return "which is Jupyter's default" if source == "default" else f"from {source}"


def _label(option: Option) -> str:
    """Of a path its last part: all that are offered are in one directory."""
    return option.value.rpartition("/")[2] if option.value.startswith("/") else option.value


class OptionTable(LineTable):
    """One row a value that is offered, with its price; the field keeps the focus."""

    def __init__(self, options: tuple[Option, ...], scene: Scene) -> None:
        super().__init__("options", focusable=False)
        self._options = options
        self.scene = scene
        self.fixed = 0

    def offer(self, options: tuple[Option, ...]) -> None:
        """Other rows."""
        if options != self._options:
            self._options = options
            self.draw()

    def draw(self) -> None:
        """Value and price."""
        scene = self.scene
        if scene is None:
            return
        longest = max((cell_len(visible(_label(option))) for option in self._options), default=1)
        size = min(longest, max(12, self.inner_width // 2 - 7))
        columns = [Column("value", "", size), Column("words", "")]
        widths = resolve(columns, self.inner_width)
        dots = scene.signs.dots
        records = [
            Record(
                option.value,
                (
                    (ink(cut_middle(visible(_label(option)), widths["value"], dots), "bold"),),
                    (ink(option.words, "muted"),),
                ),
            )
            for option in self._options
        ]
        self.write_table(columns, records, dots)
