"""Config: every setting that matters for reaching the selected server, where it comes from, and what it hides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from jntui.text import visible
from jntui.tui.cutting import cut_end, cut_path, wrapped
from jntui.tui.ink import BLANK, Span, ink
from jntui.tui.lines import Column, LineTable, Record, matching, resolve
from jntui.tui.origins import changed_files, differs, file_origin, is_set, standing
from jntui.tui.panes.facts import facts

if TYPE_CHECKING:
    from rich.style import Style

    from jntui.model import Configuration, ServerView, Setting, Source
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene
    from jntui.tui.shape import Shape

LABEL = 16
"""Cells of the names of what is no setting."""

WIDE = 90
"""Cells inside the frame from which there is room for what the server runs with."""

WHOLE_NAMES = 96
"""Cells inside the frame from which the longest name of a setting stands there whole."""

ROOMY = 112
"""Cells inside the frame from which the directories of files have room beside the rest."""

WHOLE_FILES, FILES = 34, 22
"""Cells of the origin: `~/.jupyter/…server_config.json:120`, `~/…server_config.py:13`."""

NO_FILES = 16
"""Cells of the longest other origin: `computed from ip`."""

NARROW = 50
"""Cells inside the frame below which the column of the origin gives way to the value."""

MOST_HIDDEN = 5
"""How many of the values that a setting hides have rows of their own; its story has all."""

_UNUSED, _UNUSED_HERE = " (unused)", "unused: a socket"

_NO_START = "Jupyter does not start with it"
"""How a note about what keeps the next start from working ends."""

_A: Line = (ink("A", "accent", "every"),)

EVERY = "every"
"""The id of the row that leads to every setting."""

_MARK = "\0"
"""Parts a setting's name from the rest of a row's id; no name holds it."""


def columns_for(shape: Shape, width: int, files: bool = True) -> list[Column]:
    """What fits into `width` cells: where there is no running column, a value that differs says so itself.

    Where no file sets anything, values have the room that the names of files would take.
    """
    if shape.form == "tabs" or (width >= WIDE and shape.bordered):
        name, value = (28, 20) if width >= WHOLE_NAMES else (24, 22) if shape.bordered else (19, 17)
        origin = WHOLE_FILES if width >= ROOMY else FILES
        fixed = [Column("name", "setting", name), Column("value", "value", value), Column("from", "from", origin)]
        return [*fixed, Column("running", "running")]
    columns = [Column("name", "setting", 19), Column("value", "value")]
    # A value of a few cells says nothing: where it comes from goes first.
    return [*columns, Column("from", "from", FILES if files else NO_FILES)] if width >= NARROW else columns


def from_files(configuration: Configuration | None) -> bool:
    """A file sets something."""
    settings = configuration.settings if configuration is not None else ()
    return any(source.path for setting in settings for source in (setting.source, *setting.shadowed))


def setting_of(row: str | None) -> str | None:
    """The name of the setting that a row is about; None for rows of another kind."""
    kind, _, rest = (row or "").partition(_MARK)
    return rest.partition(_MARK)[0] if kind == "setting" else None


def row_of(name: str) -> str:
    """The id of a setting's own row."""
    return f"setting{_MARK}{name}"


class ConfigPane(LineTable):
    """One row a setting and one for each value that it hides; then what the running server itself shows."""

    def __init__(self) -> None:
        super().__init__("config")
        self._drawn_from: tuple[object, ...] = ()
        self._wanted = ""

    def draw(self) -> None:
        """Notes, settings, facts."""
        scene = self.scene
        if scene is None or scene.view is None or not self._anything_new(scene):
            return
        self.fixed = 0 if scene.shape.form == "small" else 1
        configuration, server = scene.view.configuration, scene.view.server
        wanted = scene.filter_of("config")
        width = self.size.width - (2 if scene.shape.bordered else 0)
        columns = columns_for(scene.shape, width, from_files(configuration))
        widths = resolve(columns, width)
        records = records_of(scene.view, scene, columns, widths, width - 2)
        shown = together(records, matching(records, wanted), wanted) if wanted else records
        words = remark(wanted, settings_in(shown), settings_in(records))
        words = words or standing(configuration, server, self.size.width - 8)
        self.enframe("box" if scene.shape.bordered else "none", f"Config of {server.label}", words)
        self.write_table(columns, shown, scene.signs.dots)
        named = next((row for row in self.rows if wanted and wanted.strip() in (setting_of(row) or "")), None)
        if self.cursor not in self.rows:
            self.place(named or next((row for row in self.rows if setting_of(row)), None))
        elif wanted != self._wanted and named is not None and wanted.strip() not in (setting_of(self.cursor) or ""):
            # Who types a name means the setting of this name before one whose row speaks of it.
            self.place(named)
        self._wanted = wanted

    def _anything_new(self, scene: Scene) -> bool:
        """Something of what the pane is made from is another object: results that arrive concern it rarely."""
        view = scene.view
        configuration, server = (view.configuration, view.server) if view else (None, None)
        named = tuple(setting.name for setting in scene.named())
        day = scene.snapshot.changed.date() if scene.snapshot.changed else None
        survival = view.survival if view else None
        rest = (
            survival,
            named,
            day,
            scene.shape,
            scene.environment,
            scene.filter_of("config"),
            self.size,
            self.has_focus,
        )
        new = (configuration, server, rest)
        old, self._drawn_from = self._drawn_from, new
        return not old or old[0] is not configuration or old[1] is not server or old[2] != rest

    def over(self, index: int) -> Style | None:
        """No cursor without focus: nothing else on the screen hangs on it."""
        return super().over(index) if self.has_focus else None


def together(records: list[Record], found: list[Record], wanted: str) -> list[Record]:
    """The rows that were found; a setting, what it hides and what runs stand there together.

    The last one leads on: what is none of these settings may be one of Jupyter's others.
    """
    ids = {record.id for record in found} - {EVERY}
    names = {setting_of(record.id) for record in found} - {None}
    shown = [record for record in records if record.id in ids or setting_of(record.id) in names]
    words: Line = (*_A, ink(" looks for ", "muted"), ink(wanted, "bold"), ink(" in all settings", "muted"))
    if not shown:
        none: Line = (ink("no row contains "), ink(wanted, "bold"), Span("  "), *_A, ink(" searches all  ", "muted"))
        words = (*none, ink("esc", "accent", "back"), ink(" shows all", "muted", "back"))
    return [*shown, Record(EVERY, whole=words)]


def settings_in(records: list[Record]) -> int:
    """How many settings the rows are about."""
    return len({setting_of(record.id) for record in records} - {None})


def remark(wanted: str, shown: int, total: int) -> str:
    """What the frame says below of a filter."""
    return f"filter {wanted}: {shown} of {total}" if wanted else ""


def records_of(
    view: ServerView,
    scene: Scene,
    columns: list[Column],
    widths: dict[str, int],
    width: int,
) -> list[Record]:
    """All rows, in the catalogue's order: moving in Endpoints recolours them and never moves them."""
    configuration, server = view.configuration, view.server
    if configuration is None:
        records = [Record("reading", whole=(ink("reading the settings", "muted"),))]
    else:
        notes = notes_of(configuration)
        later = [note for note in notes if is_calm(note, configuration)]
        records = note_records("note", [note for note in notes if note not in later], width)
        named = {setting.name for setting in scene.named()}
        stirred = {file.path for file in changed_files(configuration, server)}
        for setting in configuration.settings:
            new = setting.source.path in stirred
            told = setting.name in named
            records += setting_records(setting, scene, columns, widths, named=told, changed=new)
            hidden = enumerate(setting.shadowed[:MOST_HIDDEN])
            records += [hidden_record(setting, number, source, scene, columns, widths) for number, source in hidden]
        records.append(Record(EVERY, whole=(*_A, ink(" lists every other setting of this Jupyter", "muted"))))
        records += note_records(f"note{_MARK}below", later, width)
        unsure = [f"A restart may change more: {configuration.unsure}"] if configuration.unsure else []
        records += note_records(f"note{_MARK}unsure", unsure, width, "muted")
    return records + fact_records(view, scene, width)


def notes_of(configuration: Configuration) -> list[str]:
    """What a reader must know of all settings."""
    assumed = f"the list of files is assumed: {configuration.assumed}" if configuration.assumed else ""
    return [note for note in (*configuration.notes, assumed) if note]


def is_calm(note: str, configuration: Configuration) -> bool:
    """It comes and goes with edits of a file that Jupyter reads all the same: below the settings it moves no row."""
    if note.endswith(_NO_START):
        return False
    dropped = tuple(file.path.rpartition("/")[2] for file in configuration.files if file.dropped)
    names = tuple(file.path.rpartition("/")[2] for file in configuration.files)
    # Files of two directories have one name: what it says is loud if one of them is left out.
    return note.startswith(names) and not note.startswith(dropped)


def note_records(kind: str, notes: list[str], width: int, role: Role = "warning") -> list[Record]:
    """Rows of whole sentences."""
    return [
        Record(f"{kind}{_MARK}{number}{_MARK}{part}", whole=(ink(words, role),))
        for number, note in enumerate(notes)
        for part, words in enumerate(wrapped(visible(note), width))
    ]


def is_unused(setting: Setting, scene: Scene) -> bool:
    """A port, while the server listens on a socket file only."""
    listeners = scene.view.server.listeners if scene.view else ()
    return setting.name == "port" and bool(listeners) and all(one.path for one in listeners)


def setting_records(
    setting: Setting, scene: Scene, columns: list[Column], widths: dict[str, int], *, named: bool, changed: bool
) -> list[Record]:
    """The row of one setting; where there is no running column, what the server has stands beside it or below.

    `changed`: the file that decides it was written after the server had read it.
    """
    given = is_set(setting.source)
    role: Role = "plain" if given else "muted"
    value = value_text(setting, scene, widths["value"])
    cells: dict[str, Line] = {
        "name": (ink(setting.name, "catch" if named else "bold" if given else "muted"),),
        "value": (ink(value, role),),
        "from": (ink(origin_text(setting.source, scene, widths), role),),
        "running": running_cell(setting, scene, widths.get("running", 0)),
    }
    below: list[Record] = []
    if differs(setting) and "running" not in widths:
        running = "" if setting.secret else visible(setting.running)
        told = f" (runs {running})" if running else " (restart)"
        if cell_len(visible(setting.shown)) + cell_len(told) <= widths["value"]:
            cells["value"] = (ink(value, role), ink(told, "catch"))
        else:
            below = [running_record(setting, running or "another one", scene, columns, widths)]
    elif is_unused(setting, scene):
        cells["running"] = (ink(_UNUSED_HERE, "muted"),)
        if widths.get("running", 0) < len(_UNUSED_HERE) and cell_len(value) + cell_len(_UNUSED) <= widths["value"]:
            cells["value"] = (ink(value, role), ink(_UNUSED, "muted"))
    mark: Line = (ink("!", "catch"),) if changed and setting.needs_restart is not False else BLANK
    return [Record(row_of(setting.name), tuple(cells[column.name] for column in columns), mark=mark), *below]


def running_record(
    setting: Setting, running: str, scene: Scene, columns: list[Column], widths: dict[str, int]
) -> Record:
    """What the running server has, below the setting, where both do not fit into one cell."""
    reason = setting.note.removesuffix(" when it started")
    taken = reason.endswith((" was taken", " was likely taken")) and cell_len(reason) <= widths.get("from", 0)
    words = "until a restart" if setting.needs_restart else reason if taken else "now"
    cells: dict[str, Line] = {
        "name": (ink("  runs", "catch"),),
        "value": (ink(path_or_text(setting, running, scene, widths["value"]), "catch"),),
        "from": (ink(words, "catch"),),
    }
    return Record(f"{row_of(setting.name)}{_MARK}runs", tuple(cells[column.name] for column in columns))


def origin_text(source: Source, scene: Scene, widths: dict[str, int]) -> str:
    """Where a value comes from, as it fits into its column."""
    return file_origin(source, scene.path, widths.get("from", 0), scene.signs.dots)


def value_text(setting: Setting, scene: Scene, cells: int) -> str:
    """The value as it fits."""
    return path_or_text(setting, visible(setting.shown), scene, cells)


def path_or_text(setting: Setting, shown: str, scene: Scene, cells: int) -> str:
    """What the files say and what runs, in one form: a path keeps its last parts."""
    dots, quote = scene.signs.dots, shown[:1]
    if setting.type == "path" and shown.startswith("/"):
        return cut_path(scene.path(shown), cells, dots)
    if setting.type == "path" and quote in {"'", '"'} and shown.endswith(quote) and len(shown) > 2:
        return f"{quote}{cut_path(scene.path(shown[1:-1]), max(1, cells - 2), dots)}{quote}"
    return cut_end(shown, cells, dots)


def running_cell(setting: Setting, scene: Scene, cells: int) -> Line:
    """What the running server has, loud only where it is not what the files say."""
    running = visible(setting.running)
    if setting.needs_restart:
        mark = "restart to apply" if cells >= len(running) + 18 else "restart"
        room = max(1, cells - len(mark) - 2)
        return (
            ink(path_or_text(setting, running, scene, room), "catch"),
            ink(f"{'  ' if running else ''}{mark}", "catch"),
        )
    role: Role = "plain" if differs(setting) else "muted"
    running = path_or_text(setting, running, scene, cells)
    return (ink(running or (setting.note if setting.needs_restart is None else ""), role),)


def hidden_record(
    setting: Setting, number: int, source: Source, scene: Scene, columns: list[Column], widths: dict[str, int]
) -> Record:
    """A value that the setting above hides: the file that one would think decides."""
    cells: dict[str, Line] = {
        "name": (Span("  "), ink("hides", "muted")),
        "value": (ink(source.text, "muted"),),
        "from": (ink(origin_text(source, scene, widths), "muted"),),
        "running": BLANK,
    }
    return Record(f"{row_of(setting.name)}{_MARK}{number}", tuple(cells[column.name] for column in columns))


def fact_records(view: ServerView, scene: Scene, width: int) -> list[Record]:
    """What is no setting, under a heading of its own."""
    records = [Record("facts", whole=(ink("seen of the running server", "bold"),))]
    for label, values in facts(view, scene, width - LABEL):
        for number, value in enumerate(values):
            name = ink(f"{'' if number else label:<{LABEL}}", "muted")
            # No login is never calm.
            caught = (label == "authentication" and value == "none") or (label == "at logout" and bool(view.mortal))
            role: Role = "catch" if caught else "muted"
            records.append(Record(f"fact{_MARK}{label}{_MARK}{number}", whole=(name, ink(value, role))))
    return records
