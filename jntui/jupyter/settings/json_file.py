"""A JSON config file: what each key sets, and in which line. Source: `traitlets.config.loader.JSONFileConfigLoader`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jntui.jupyter.settings.assignment import Assignment, ReadFile, Span, Void
from jntui.jupyter.settings.literals import fits, is_section
from jntui.jupyter.settings.pointing import caret_below, lines_of, one_line
from jntui.text import visible

_BLANK = re.compile(r"[ \t\r\n]*")
_LINE_END = re.compile("\r\n|\r|\n")
_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
NOTES_LIMIT = 20
"""Notes that are kept of one file."""


def read_json(raw: bytes, path: str) -> ReadFile:
    """What the bytes of a JSON config file set. Never raises for what they are."""
    file = ReadFile(path, kind="json")
    try:
        # Jupyter opens the file as text without naming an encoding: UTF-8 in every locale of today.
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        line = len(lines_of(before))
        trouble = f"not UTF-8: byte 0x{raw[error.start]:02x}"
        return replace(file, trouble=trouble, line=line, dropped=True)
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        return _broken(file, text, error)
    except RecursionError:
        return replace(file, trouble="its JSON is nested too deeply", dropped=True)
    except ValueError:
        # An integer of more than 4300 digits: Python 3.11 and later refuse it, and so does Jupyter there.
        return replace(file, trouble="a number in it is too long", dropped=True)
    try:
        return _top(file, text, found)
    except RecursionError:
        return replace(file, trouble="its JSON is nested too deeply", dropped=True)


def _broken(file: ReadFile, text: str, error: json.JSONDecodeError) -> ReadFile:
    """The file with the error's line and a caret below its place; Jupyter leaves the file out."""
    place = error.pos
    if error.msg.startswith("Illegal trailing comma"):
        # Python 3.13 points at the comma, the others at the bracket behind it.
        place += 1 + len(text[place + 1 :]) - len(text[place + 1 :].lstrip())
    before = lines_of(text[:place])
    number, column = len(before), len(before[-1])
    lines = lines_of(text)
    trouble = f"broken JSON: {_plain(error.msg, lines[number - 1][column:])}"
    return replace(file, trouble=trouble, line=number, caret=caret_below(lines, number, column), dropped=True)


def _plain(message: str, rest: str) -> str:
    """The decoder's message, or a better one for what people write into JSON that JSON does not know."""
    if "BOM" in message:
        return "it begins with a byte order mark"
    if rest.startswith(("//", "/*", "#")):
        return "JSON knows no comments"
    if rest.startswith(("}", "]")):
        return "a comma before the closing bracket"
    if rest.startswith("'"):
        return "JSON wants double quotes"
    first = rest.split(maxsplit=1)[0] if rest.strip() else ""
    if first.startswith(("True", "False", "None")):
        return "JSON writes true, false and null"
    return visible(message[:1].lower() + message[1:], 100)


def _top(file: ReadFile, text: str, found: object) -> ReadFile:
    """Raises RecursionError."""
    if isinstance(found, dict):
        version = found.get("version", 1)
        if version != 1:
            trouble = "its version is not 1: Jupyter knows no other"
            return replace(file, trouble=trouble, line=_line_of_key(text, "version"), dropped=True)
        scan = _Scan(text, file.path)
        scan.object(_BLANK.match(text).end(), ())  # type: ignore[union-attr]
        notes = tuple(scan.notes[:NOTES_LIMIT])
        return replace(
            file, assignments=tuple(scan.assignments()), plain=tuple(scan.plain), voids=tuple(scan.voids), notes=notes
        )
    kind = _KINDS.get(type(found), "a number")
    trouble = f"it holds {kind}, not an object"
    empty = found in ([], "")
    pairs = isinstance(found, list) and _are_pairs(found)
    notes = ("line 1 lists pairs: what they set is not read",) if pairs and not empty else ()
    if _lists_extensions(file.path):
        return replace(file, trouble=trouble, line=1, ends=True)
    return replace(file, trouble=trouble, line=1, dropped=not empty and not pairs, notes=notes)


def _lists_extensions(path: str) -> bool:
    """A second reader of Jupyter Server takes such a file for an object (`BaseJSONConfigManager.get`), and ends it."""
    place = Path(path)
    return place.name == "jupyter_server_config.json" or place.parent.name == "jupyter_server_config.d"


def _are_pairs(found: list[object]) -> bool:
    """Python's `dict` takes such a list, and so does Jupyter."""
    return all(isinstance(one, (list, str)) and len(one) == 2 for one in found)


def _line_of_key(text: str, key: str) -> int | None:
    at = [found.start() for found in re.finditer(f'"{key}"[ \t\r\n]*:', text)]
    return len(lines_of(text[: at[-1]])) if at else None


@dataclass(slots=True)
class _Cursor:
    """Turns places in the text into lines and columns; only forwards, so that a long line costs nothing twice."""

    text: str
    ascii: bool
    at: int = 0
    line: int = 1
    column: int = 0

    def move(self, to: int) -> tuple[int, int]:
        passed = self.text[self.at : to]
        ends = list(_LINE_END.finditer(passed))
        if ends:
            self.line += len(ends)
            self.column = 0
            passed = passed[ends[-1].end() :]
        self.column += len(passed) if self.ascii else len(passed.encode("utf-8", "surrogatepass"))
        self.at = to
        return self.line, self.column


@dataclass(slots=True)
class _Scan:
    """Walks over a text that the decoder has taken already, so nothing in it can be wrong any more."""

    text: str
    path: str
    notes: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    voids: list[Void] = field(default_factory=list)
    _found: dict[tuple[str, ...], Assignment] = field(default_factory=dict)
    _cursor: _Cursor = field(init=False)
    _decoder: json.JSONDecoder = field(default_factory=json.JSONDecoder)

    def __post_init__(self) -> None:
        self._cursor = _Cursor(self.text, self.text.isascii())

    def assignments(self) -> list[Assignment]:
        """In the order of the file; of a key that stands twice the last."""
        return list(self._found.values())

    def object(self, at: int, names: tuple[str, ...]) -> int:
        """Reads the object that begins at `at`; the place behind it."""
        lines: dict[str, int] = {}
        at = self._blank(at + 1)
        while self.text[at] != "}":
            key, end = self._decoder.raw_decode(self.text, at)
            line, column = self._cursor.move(at)
            if key in lines:
                self.notes.append(f"line {line} repeats {visible(key, 60)!r}: what line {lines[key]} says is lost")
                self._forget((*names, key))
            lines[key] = line
            at = self._value(self._blank(self._blank(end) + 1), (*names, key), (line, column))
            at = self._blank(at)
            if self.text[at] == ",":
                at = self._blank(at + 1)
        return at + 1

    def _forget(self, names: tuple[str, ...]) -> None:
        for known in [known for known in self._found if known[: len(names)] == names]:
            del self._found[known]
        self.voids = [void for void in self.voids if (void.section,) != names]
        self.plain = [name for name in self.plain if name != ".".join(names)]

    def _blank(self, at: int) -> int:
        return _BLANK.match(self.text, at).end()  # type: ignore[union-attr]

    def _value(self, at: int, names: tuple[str, ...], key: tuple[int, int]) -> int:
        """Reads what a key holds; the place behind it."""
        section = is_section(names[-1])
        if section and self.text[at] == "{":
            return self.object(at, names)
        value: Any
        value, end = self._decoder.raw_decode(self.text, at)
        if names == ("version",):
            return end
        line, column = self._cursor.move(at)
        end_line, end_column = self._cursor.move(end)
        if section:
            self.notes.append(f"line {key[0]}: {visible(names[-1], 60)} holds no object, so it sets nothing")
            if len(names) > 1:
                self.plain.append(".".join(names))
            else:
                self.voids.append(Void(names[0], key[0], not isinstance(value, (str, list))))
            return end
        if any("." in name for name in names):
            # No class and no trait has such a name, so it sets nothing.
            return end
        computed = not fits(value)
        self._found[names] = Assignment(
            cls=".".join(names[:-1]),
            trait=names[-1],
            value=None if computed else value,
            computed=computed,
            line=key[0],
            end_line=end_line,
            text=one_line(self.text[at : min(end, at + 1000)]),
            path=self.path,
            conditional=False,
            where=Span(line, column, end_line, end_column),
            statement=Span(*key, end_line, end_column),
        )
        return end
