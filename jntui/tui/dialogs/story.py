"""The whole story of one setting: what it is, everything that sets it, and what the running server has."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from jntui.tui.dialogs.sheet import SheetDialog, hanging
from jntui.tui.ink import BLANK, Span, ink, padded
from jntui.tui.origins import differs, is_set, long_origin, short_origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.binding import BindingType

    from jntui.model import Configuration, Setting, Source
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

INDENT = 10
"""Cells of the labels."""

ORIGIN = 18
"""Cells of the short form of where a value comes from."""


class StoryDialog(SheetDialog[None]):
    """Esc closes; Enter views the file that decides."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "view", show=False),
        Binding("F", "files", show=False),
        Binding("e", "edit", show=False),
        Binding("q", "cancel", show=False),
    ]

    def __init__(
        self,
        setting: Setting,
        configuration: Configuration,
        scene: Scene,
        view: Callable[[str, int | None], None],
        files: Callable[[], None],
        edit: Callable[[], None],
    ) -> None:
        self._file = first_file(setting)
        enter = "enter views the file, " if self._file else ""
        label = scene.view.server.label if scene.view else ""
        super().__init__(f"{setting.name} of {label}", f"{enter}e changes it, F all files, esc", scene)
        self._setting = setting
        self._configuration = configuration
        self._view = view
        self._files = files
        self._edit = edit

    def lines_for(self, width: int) -> list[Line]:
        """The story in paragraphs."""
        return story(self._setting, self._configuration, self.scene, width)

    def action_view(self) -> None:
        """Enter."""
        if self._file is not None and self._file.path is not None:
            self._view(self._file.path, self._file.line)

    def action_edit(self) -> None:
        """e."""
        self._edit()

    def action_files(self) -> None:
        """F."""
        self._files()


def first_file(setting: Setting) -> Source | None:
    """The file that decides, else the first one that is hidden."""
    sources = (setting.source, *setting.shadowed)
    return next((one for one in sources if one.path and one.kind in {"file", "computed"}), None)


def story(setting: Setting, configuration: Configuration, scene: Scene, width: int) -> list[Line]:
    """Value, origin and help; then all that sets it, in order; then what the server does; then Jupyter's own words."""
    head = hanging("value", setting.shown, width, INDENT, "bold")
    head += hanging("from", long_origin(setting.source, scene.path), width, INDENT)
    for number, words in enumerate((setting.help if setting.catalogued else setting.doc or setting.help).split("\n")):
        head += hanging("" if number else "means", words, width, INDENT)
    parts = [head, running_lines(setting, width, configuration.unsure)]
    parts += [source_lines(setting, scene, width), read_lines(configuration, width)]
    if setting.catalogued and setting.doc:
        parts.append(hanging("in full", setting.doc, width, INDENT))
    own = hanging("default", setting.default, width, INDENT, "muted")
    kind = f"one of {', '.join(setting.choices)}" if setting.choices else setting.type
    own += hanging("type", f"{kind}, or None" if setting.none else kind, width, INDENT, "muted")
    own += hanging("Jupyter's", f"{setting.cls}.{setting.name}", width, INDENT, "muted")
    lines: list[Line] = []
    for part in (*parts, own):
        lines += [BLANK, *part] if lines else part
    return lines


def running_lines(setting: Setting, width: int, unsure: str = "") -> list[Line]:
    """What the server does, and whether it waits for a restart."""
    role: Role = "catch" if setting.needs_restart else "plain" if differs(setting) else "muted"
    if setting.needs_restart:
        words = f"{setting.running}, until it is restarted" if setting.running else "another one, until it is restarted"
    elif setting.running:
        words = setting.running if differs(setting) else f"{setting.running}: no restart is needed for it"
        words = setting.running if setting.needs_restart is None else words
    else:
        words = "not known: nothing outside shows it"
    lines = hanging("runs", words, width, INDENT, role)
    if unsure and setting.needs_restart is None:
        lines += hanging("", unsure, width, INDENT, "muted")
    return lines + (hanging("note", setting.note, width, INDENT, "warning") if setting.note else [])


def source_lines(setting: Setting, scene: Scene, width: int) -> list[Line]:
    """Everything that sets it, the one that decides first; the default stands last."""
    sources = [source for source in (setting.source, *setting.shadowed) if is_set(source)]
    many = len(sources) > 1
    lines: list[Line] = [
        (ink("set by, the first decides" if many else "set by" if sources else "set by nobody", "bold"),)
    ]
    for number, source in enumerate(sources):
        decides = number == 0 and source is setting.source
        sign = ink(scene.signs.works if decides else scene.signs.calm, "works" if decides else "muted")
        role: Role = "plain" if decides else "muted"
        where = padded((ink(short_origin(source), "bold" if decides else "muted"),), ORIGIN)
        head: Line = (sign, Span(" "), *where, Span(" "))
        said = source.text if not source.name else f"{source.name} = {source.text}" if source.text else source.name
        texts = hanging("", said or "a value", width, ORIGIN + 3, role)
        lines.append((*head, *texts[0][-1:]))
        lines += texts[1:]
        if source.kind != "command line":
            lines += hanging("", long_origin(source, scene.path), width, ORIGIN + 3, "muted")
    if not is_set(setting.source):
        lines.append((Span("  "), ink(f"{short_origin(setting.source)}: {setting.shown}", "muted")))
    return lines


def read_lines(configuration: Configuration, width: int) -> list[Line]:
    """How many files were read, and those that Jupyter leaves out."""
    there = [file for file in configuration.files if file.exists]
    missing = len(configuration.files) - len(there)
    out = sum(1 for file in there if file.dropped)
    shut = sum(1 for file in there if not file.readable and not file.dropped)
    count = len(there) - out - shut
    words = f"{count} config file{'' if count == 1 else 's'} read"
    words += f", {out} left out by Jupyter" if out else ""
    words += f", {shut} not readable from here" if shut else ""
    if missing:
        words += f"; Jupyter looks for {missing} more, which {'is' if missing == 1 else 'are'} not there"
    lines = hanging("files", words, width, INDENT, "muted")
    for file in there:
        if file.dropped or file.trouble:
            lines += hanging("", f"{file.path}: {file.trouble}", width, INDENT, "warning")
    return lines
