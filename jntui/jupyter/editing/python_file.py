"""A Python config file that is about to be changed: its bytes, what it says, and why it cannot be changed."""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.jupyter.editing.effect import names_of, of_trait
from jntui.jupyter.editing.python_nodes import end_of_jupyter
from jntui.jupyter.editing.source import NotEditableError, Source
from jntui.jupyter.settings.effects import spelled
from jntui.jupyter.settings.literals import is_section
from jntui.jupyter.settings.pointing import caret_below
from jntui.jupyter.settings.python_file import read_python
from jntui.jupyter.settings.reading import SIZE_LIMIT
from jntui.model.edit import EditRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.jupyter.settings.assignment import Assignment, ReadFile
    from jntui.jupyter.settings.python_file import Load

LEFT_OUT = "Jupyter leaves the whole file out until that is mended, and starts with defaults for what stands in it"


@dataclass(frozen=True, slots=True)
class PythonFile:
    """One version of the file."""

    source: Source
    path: str
    said: ReadFile
    load: Load | None

    @classmethod
    def of(cls, raw: bytes, path: str, load: Load | None) -> PythonFile | EditRefused:
        """The file, or why it is left as it is."""
        if len(raw) > SIZE_LIMIT:
            return EditRefused(f"the file has more than {SIZE_LIMIT // 1024 // 1024} MB: jntui does not edit it")
        said = read_python(raw, path, load)
        if (said.trouble and not said.dropped) or b"\0" in raw or said.trouble.startswith("syntax error"):
            return _refused(said)
        try:
            file = cls(Source.of(raw), path, said, load)
        except (NotEditableError, SyntaxError, UnicodeError, LookupError) as error:
            return EditRefused(str(error)) if isinstance(error, NotEditableError) else _refused(said)
        if said.trouble and "raises an exception" not in said.trouble:
            return _refused(said)
        if (ending := end_of_jupyter(file.source.tree)) is not None:
            statement, words = ending
            caret = file.caret(statement.lineno)
            return EditRefused(f"line {statement.lineno} {words}", statement.lineno, caret, broken=True)
        return _refused(said) if said.trouble else file

    def then(self, raw: bytes) -> ReadFile:
        """What the file says with other bytes."""
        return read_python(raw, self.path, self.load)

    def caret(self, number: int) -> tuple[str, ...]:
        """The line and a caret below its first sign."""
        lines = [line.text for line in self.source.lines]
        text = lines[number - 1] if number <= len(lines) else ""
        return caret_below(lines, number, len(text) - len(text.lstrip())) if text.strip() else ()

    def tied(self, names: tuple[str, ...]) -> EditRefused | None:
        """Why no line of any kind changes this trait alone: its section is another one too, or cannot hold it."""
        sections = [names[:count] for count in range(1, len(names))]
        for section in sections:
            words = f"gives {spelled(section)} the same content as another section"
            note = next((note for note in self.said.notes if note.endswith(words)), None)
            if note is not None:
                return EditRefused(f"{note}: what is set in one is set in both")
        plain = {tuple(section.split(".")) for section in self.said.plain}
        if names[:-1] not in plain and any(section in plain for section in sections):
            return EditRefused(f"{spelled(names[:-1])} is within a bare dict: jntui does not add to that")
        return None

    def spelling(self, cls: str, trait: str, also: Sequence[tuple[str, str]]) -> tuple[str, str]:
        """The name under which the file sets the trait: this one, else the last of the others that it uses."""
        if of_trait(self.said, names_of(cls, trait)):
            return cls, trait
        others = {names_of(*one): one for one in also}
        used = [others[key] for one in self.said.assignments if (key := names_of(one.cls, one.trait)) in others]
        return used[-1] if used else (cls, trait)

    def same_setting(self, cls: str, trait: str, also: Sequence[tuple[str, str]]) -> list[str]:
        """Sentences about lines that set the same setting under another name."""
        others = {names_of(*one) for one in also} - {names_of(cls, trait)}
        last: dict[str, Assignment] = {}
        for one in self.said.assignments:
            if names_of(one.cls, one.trait) in others:
                last[f"{one.cls}.{one.trait}"] = one
        return [
            f"line {one.line} sets {name}, the same setting: which of them decides depends on Jupyter's version"
            for name, one in last.items()
        ]


def _refused(said: ReadFile) -> EditRefused:
    where = f"line {said.line}: " if said.line else ""
    tail = f"{'' if said.trouble.endswith('?') else '.'} {LEFT_OUT}" if said.dropped else ""
    return EditRefused(f"{where}{said.trouble}{tail}", said.line, said.caret, broken=said.dropped or said.ends)


def wrong_name(cls: str, trait: str) -> str:
    """Why no config file can hold this trait, in words; empty if it can."""
    parts = cls.split(".")
    if not all(part.isidentifier() and not keyword.iskeyword(part) and is_section(part) for part in parts):
        return f"{cls!r} is no name of a class"
    plain = trait.isidentifier() and not keyword.iskeyword(trait)
    if not plain or is_section(trait) or trait.startswith("__"):
        return f"{trait!r} is no name of a trait"
    return ""
