"""Changing one setting: what it is now, what can be chosen or typed, and what is known of that."""

from __future__ import annotations

from dataclasses import dataclass
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
from jntui.tui.dialogs.preview import server_labels
from jntui.tui.dialogs.sheet import Sheet, hanging
from jntui.tui.entry import options_of, problem, remark
from jntui.tui.field import Field
from jntui.tui.folder import Picker
from jntui.tui.ink import Span, cropped, fitting, ink
from jntui.tui.lines import Column, LineTable, Record, resolve
from jntui.tui.origins import differs, is_set, long_origin
from jntui.tui.typed import form_of, hint, initial, toggle_words, typed_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from jntui.model import Setting
    from jntui.tui.entry import Option
    from jntui.tui.folder import Wants
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene

INDENT = 9
"""Cells of the labels."""

LEAST_OPTIONS = 3
"""Rows of what is offered that stay in sight on the lowest screen."""

MOST_OPTIONS = 8
"""Rows of what is in a directory."""

HELP_LINES = {False: 2, True: 8}
"""Lines of Jupyter's own help on a low and on a high screen; the story of the setting has all of it."""


@dataclass(frozen=True, slots=True)
class Asks:
    """What the dialog asks for; each answer comes back by one of its methods."""

    preview: Callable[[EditDialog, ChangeRequest], None]
    look: Callable[[EditDialog, str, Wants], None]
    """What is in a directory: `looked`."""
    ports: Callable[[EditDialog], None]
    """Who listens on which port: `saw_ports`."""
    certificate: Callable[[EditDialog, str, str], None]
    """What certificate and key are: `read_certificate`."""
    concerned: Callable[[EditDialog, str], None]
    """For which running servers the file counts in which it would be written: `knows_concerned`."""


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

    def __init__(self, setting: Setting, scene: Scene, asks: Asks) -> None:
        label = scene.view.server.label if scene.view else ""
        super().__init__(f"Set {setting.name} of {label}", "nothing is written before you choose Save")
        self._setting = setting
        self.scene = scene
        self._asks = asks
        self._form = form_of(setting)
        self._picker = Picker(setting.name, scene.snapshot.machine.home) if setting.type == "path" else None
        self._held: Mapping[int, str] | None = None
        self._pair = ("", "")
        """Certificate and key that were asked for."""
        self._told = ""
        """What they are."""
        self._options = options_of(setting, scene.snapshot)
        self._refused = ""
        self._concerned: tuple[str, ...] = ()

    def compose_body(self) -> ComposeResult:
        """What it is, what is offered, the field, what is known of the value."""
        yield Sheet(self.scene, self._facts, "facts")
        if self._options or self._picker is not None:
            yield OptionTable(self._options, self.scene)
        with Vertical(classes="field"):
            yield words("value", "label")
            if self._form == "toggle":
                yield Choice(toggle_words(self._setting), self.scene.signs, "value")
            else:
                entry = Field(
                    initial(self._setting),
                    placeholder=hint(self._setting),
                    password=self._form == "hidden",
                    id="value",
                    compact=True,
                )
                entry.cursor_blink = False
                yield entry
        yield Sheet(self.scene, self._remarks, "remarks")

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
            field.value = initial(self._setting) or "False"
        field.focus()
        if self._setting.catalogued and self._setting.name == "port":
            self._asks.ports(self)
        self._asks.concerned(self, self._full_name)
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
        least = 2 if self._setting.name in _TOLD else 1
        for name, lines in (("facts", self._facts(width)), ("remarks", self._remarks(width))):
            lower = max(1 if name == "facts" else least, len(lines))
            self.query_one(f"#{name}", Sheet).styles.height = lower
            high += lower
        for table in self.query(OptionTable):
            most = min(MOST_OPTIONS, room - high) if self._picker is not None else room - high
            table.display = bool(self._options)
            table.styles.height = max(min(LEAST_OPTIONS, len(self._options)), min(len(self._options), most))

    def _facts(self, width: int) -> list[Line]:
        setting = self._setting
        source = long_origin(setting.source, self.scene.path)
        lines = hanging("now", f"{setting.shown}, {_from(source)}", width, INDENT)
        if differs(setting) and setting.running:
            lines += hanging("runs", setting.running, width, INDENT, "catch")
        lines += self._help(width)
        more = f"; Jupyter's own: {setting.default}" if setting.default else ""
        lines += hanging("type", f"{setting.type}{more}", width, INDENT, "muted")
        return lines + hanging("for", self._for(), width, INDENT, "muted")

    def _help(self, width: int) -> list[Line]:
        """jntui's own words, then Jupyter's, as far as the field keeps its place on this screen."""
        setting = self._setting
        most = HELP_LINES[self.app.size.height >= 30]
        lines = hanging("means", setting.help, width, INDENT) if setting.catalogued else []
        own = hanging("Jupyter" if lines else "means", setting.doc or setting.help, width, INDENT, "muted")
        own = [] if setting.catalogued and not setting.doc else own
        if len(own) > most:
            # Longer than the line: it is cut there, and the mark of the cut says that there is more.
            last = (*own[most - 1], Span(" " * width))
            own = [*own[: most - 1], cropped(last, width, self.scene.signs.dots)]
        return lines + own

    def _for(self) -> str:
        """Which servers the change is for."""
        server = self.scene.view.server if self.scene.view else None
        mine = f"{server.label}, from its next start" if server else "servers from their next start"
        others = tuple(one for one in self._concerned if server is None or one != server.id)
        also = server_labels(others, self.scene)
        return f"{mine}; {also} read{'s' if len(others) == 1 else ''} that file too" if also else mine

    def _remarks(self, width: int) -> list[Line]:
        if self._refused:
            return hanging("", self._refused, width, INDENT, "broken-bold")
        server = self.scene.view.server.id if self.scene.view else None
        found = problem(self._setting, self.text) if self._form != "hidden" else ""
        known = self._of_path() if self._picker is not None else ""
        known = known or remark(self._setting, self.text, self.scene.snapshot, server, self._held)
        lines = hanging("", found, width, INDENT, "broken") if found else []
        lines += hanging("", known, width, INDENT, "warning" if _is_warning(known) else "muted")
        decides = self._setting.source
        where = long_origin(decides, self.scene.path)
        if decides.kind == "command line":
            words = "over every file: the preview offers a restart without it"
            lines += warning(f"{where} decides {words}", self.scene, width)
        elif decides.kind == "env" and decides.name.startswith("JUPYTERHUB_"):
            lines += warning(f"{where} decides: a file has no effect while it is there", self.scene, width)
        elif decides.kind == "env":
            # Jupyter takes variables for defaults (`ServerApp._port_default`, `IdentityProvider._token_default`).
            lines += hanging("", f"{where} gives it now: a file decides over that", width, INDENT, "muted")
        return lines

    def _follow(self) -> None:
        """The words, and the row of what is offered, follow the field."""
        self._refused = ""
        if self._picker is not None:
            self._offer(self._picker)
        for table in self.query(OptionTable):
            text = self.text.strip()
            table.place(text if text in table.rows else None)
        self.fit()
        self.query_one("#remarks", Sheet).draw()

    def _offer(self, picker: Picker) -> None:
        """What is in the directory of the typed path, and begins like it."""
        folder = picker.follow(self.text)
        if folder:
            self._asks.look(self, folder, picker.wants)
        self._options = picker.options
        self.query_one(OptionTable).offer(self._options)
        pair = self._pair_with(picker)
        if pair != self._pair:
            self._pair, self._told = pair, ""
            if any(pair):
                self._asks.certificate(self, *pair)

    def _pair_with(self, picker: Picker) -> tuple[str, str]:
        """Certificate and key, as they would be; nothing for other settings, and while no such file is typed."""
        name, path = self._setting.name, picker.full(self.text)
        configuration = self.scene.view.configuration if self.scene.view else None
        if name not in {"certfile", "keyfile"} or picker.at(path) is None or picker.opens(path):
            return "", ""
        other = configuration.setting("keyfile" if name == "certfile" else "certfile") if configuration else None
        beside = other.value if other is not None and isinstance(other.value, str) else ""
        return (path, beside) if name == "certfile" else (beside, path)

    def _of_path(self) -> str:
        return (self._picker.remark(self.text) if self._picker is not None else "") or self._told

    def looked(self, folder: str, found: tuple[Option, ...]) -> None:
        """The directory was read; what was asked for an older text is dropped."""
        if self.is_attached and self._picker is not None and self._picker.looked(folder, found):
            self._follow()

    def knows_concerned(self, servers: tuple[str, ...]) -> None:
        """It is known for whom the file counts."""
        if self.is_attached and servers != self._concerned:
            self._concerned = servers
            self._follow()
            self.query_one("#facts", Sheet).draw()

    def saw_ports(self, held: Mapping[int, str]) -> None:
        """It is known who listens where."""
        if self.is_attached:
            self._held = held
            self._follow()

    def read_certificate(self, certificate: str, key: str, told: str) -> None:
        """The files were read; what was asked for an older text is dropped."""
        if self.is_attached and (certificate, key) == self._pair:
            self._told = told
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
        if self._picker is not None:
            self._picker.take(event.row)
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
        """On to what would be written; from a directory, where a file is wanted, into it."""
        if self._picker is not None and self._picker.opens(self.text):
            self.query_one("#value", Input).value = f"{self._picker.full(self.text).rstrip('/')}/"
            self.query_one("#value", Input).action_end()
            return
        self._refused = problem(self._setting, self.text)
        if self._refused:
            self.fit()
            self.query_one("#remarks", Sheet).draw()
            self.query_one("#value").focus()
            return
        self._asks.preview(self, ChangeRequest(self._full_name, typed_value(self._setting, self.text)))

    @property
    def _full_name(self) -> str:
        """As it is written where it is set: a class below may have it."""
        source = self._setting.source
        if not self._setting.catalogued and source.kind == "file" and source.name:
            return source.name
        return f"{self._setting.cls}.{self._setting.name}"

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The choice."""
        if event.button.id == "preview":
            self.action_preview()
        elif event.button.id == "unset":
            self._asks.preview(self, ChangeRequest(self._full_name, None))
        else:
            self.dismiss(None)


_TOLD = frozenset({"ip", "port", "certfile", "keyfile"})
"""Settings of whose value something is known that takes two lines on a narrow screen."""

_ALARMING = ("in use", "::", "no certificate", "no private key", "no keyfile")
_WRONG = ("does not belong", "cannot be", "expired", "valid only from", "not there", "holds no", "set keyfile first")


def _is_warning(words: str) -> bool:
    return words.startswith(_ALARMING) or any(one in words for one in _WRONG)


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
                    (ink(fitting(option.forms, widths["words"]), "muted"),),
                ),
            )
            for option in self._options
        ]
        self.write_table(columns, records, dots)
