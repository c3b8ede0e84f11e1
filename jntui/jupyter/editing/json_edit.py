"""Sets and takes away one trait in a JSON config file: all other bytes stay, order and blanks with them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.jupyter.editing.effect import is_set, is_unset, names_of, of_trait
from jntui.jupyter.editing.json_style import indent_of, style_of
from jntui.jupyter.editing.json_tree import Object, tree_of
from jntui.jupyter.editing.literal import NoLiteralError
from jntui.jupyter.editing.python_file import LEFT_OUT, wrong_name
from jntui.jupyter.settings.json_file import read_json
from jntui.jupyter.settings.pointing import caret_below, lines_of
from jntui.jupyter.settings.reading import SIZE_LIMIT
from jntui.model.edit import Edit, EditRefused
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.jupyter.editing.json_tree import Member
    from jntui.jupyter.settings.assignment import ReadFile

REMOVALS_LIMIT = 100
"""Keys of one trait, repeated, that are taken out of one file."""
_NEW_LINE = re.compile("[\r\n]")
_EMPTY_FILE = "the file was empty, which Jupyter takes for an error"


def set_json(
    raw: bytes, path: str, cls: str, trait: str, value: object, *, also: Sequence[tuple[str, str]] = ()
) -> Edit | EditRefused:
    """The file with `value` for the trait; what is not there is inserted as the file is written.

    `also`: other names of the same setting: a file that sets only such a one keeps it.
    """
    if reason := wrong_name(cls, trait):
        return EditRefused(reason)
    try:
        if not raw.strip(b" \t\r\n"):
            return _begun(raw, names_of(cls, trait), value)
        file = _JsonFile.of(raw, path)
        if isinstance(file, EditRefused):
            return file
        return file.set(_spelling(file.said, cls, trait, also), value)
    except NoLiteralError as error:
        return EditRefused(str(error))
    except RecursionError:
        return EditRefused("its JSON is nested too deeply")


def unset_json(
    raw: bytes, path: str, cls: str, trait: str, *, also: Sequence[tuple[str, str]] = ()
) -> Edit | EditRefused:
    """The file without the trait, and without a section that is empty then and looks as `set_json` adds one."""
    if reason := wrong_name(cls, trait):
        return EditRefused(reason)
    edit = Edit(raw, "unchanged", None, "the file does not set it")
    if not raw.strip(b" \t\r\n"):
        return edit
    for name in ((cls, trait), *also):
        for _ in range(REMOVALS_LIMIT):
            try:
                file = _JsonFile.of(edit.raw, path)
                done = file if isinstance(file, EditRefused) else file.unset(names_of(*name))
            except RecursionError:
                return EditRefused("its JSON is nested too deeply")
            if isinstance(done, EditRefused):
                return done
            if done is None:
                break
            did = done.did if edit.line is None else f"{edit.did}, {done.did}"
            edit = replace(done, did=did, warnings=tuple(dict.fromkeys((*edit.warnings, *done.warnings))))
    return edit


def _spelling(said: ReadFile, cls: str, trait: str, also: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    names = names_of(cls, trait)
    others = [names_of(*one) for one in also]
    if of_trait(said, names):
        return names
    used = [key for one in said.assignments if (key := names_of(one.cls, one.trait)) in others]
    return used[-1] if used else names


def _begun(raw: bytes, names: tuple[str, ...], value: object) -> Edit:
    """The first content of an empty file. Raises NoLiteralError."""
    empty = style_of("{\n}", Object(0, 3))
    for name in reversed(names):
        value = {name: value}
    text = empty.value(value, "") + "\n"
    line = len(names) + 1
    return Edit(text.encode(), "inserted", line, f"inserted line {line}", (_EMPTY_FILE,) if raw else ())


class _JsonFile:
    """One version of the file."""

    def __init__(self, raw: bytes, path: str, said: ReadFile) -> None:
        self._raw, self._path, self.said = raw, path, said
        self._text = raw.decode("utf-8")
        self._top = tree_of(self._text)
        self._style = style_of(self._text, self._top)

    @classmethod
    def of(cls, raw: bytes, path: str) -> _JsonFile | EditRefused:
        """The file, or why it is left as it is. Raises RecursionError."""
        if len(raw) > SIZE_LIMIT:
            return EditRefused(f"the file has more than {SIZE_LIMIT // 1024 // 1024} MB: jntui does not edit it")
        said = read_json(raw, path)
        if said.trouble:
            where = f"line {said.line}: " if said.line else ""
            tail = f"{'' if said.trouble.endswith('?') else '.'} {LEFT_OUT}" if said.dropped else ""
            return EditRefused(f"{where}{said.trouble}{tail}", said.line, said.caret, broken=said.dropped)
        return cls(raw, path, said)

    def set(self, names: tuple[str, ...], value: object) -> Edit | EditRefused:
        """Raises NoLiteralError."""
        self._style.value(value, None)
        inside: Object = self._top
        for at, name in enumerate(names):
            member = inside.last(name)
            if member is None:
                return self._inserted(inside, at, names, value)
            if at == len(names) - 1:
                return self._changed(member, names, value)
            if member.value is None:
                return self._in_the_way(member, name)
            inside = member.value
        return EditRefused("a trait has a name")

    def unset(self, names: tuple[str, ...]) -> Edit | EditRefused | None:
        """Without the last key of this trait; None where there is none."""
        members: list[Member] = []
        objects: list[Object] = [self._top]
        for at, name in enumerate(names):
            member = objects[-1].last(name)
            if member is None or (at < len(names) - 1 and member.value is None):
                return None
            members.append(member)
            objects.append(member.value or self._top)
        line = self._line(members[-1].key_begin)
        at = len(names) - 1
        while at and len(objects[at].members) == 1 and self._is_added(objects[at], members[at]):
            at -= 1
        # A section that is gone may bring one of the same name to light: then it stays, empty.
        for level in dict.fromkeys((at, len(names) - 1)):
            begin, end = self._with_its_comma(objects[level], members[level])
            raw = self._replaced(begin, end, "")
            after = read_json(raw, self._path)
            if is_unset(self.said, after, names, len(of_trait(after, names))):
                return Edit(raw, "removed", line, f"removed line {line}" if self._lines() > 1 else "removed its key")
        return EditRefused(f"line {line} cannot be taken out without changing what else the file says", line)

    def _is_added(self, section: Object, member: Member) -> bool:
        """The section looks as one that `set_json` adds: in lines of its own, or without a blank at its braces."""
        before = self._text[section.begin + 1 : member.key_begin]
        behind = self._text[member.value_end : section.end - 1]
        return bool(_NEW_LINE.search(before) and _NEW_LINE.search(behind)) or not (before or behind)

    def _with_its_comma(self, inside: Object, member: Member) -> tuple[int, int]:
        at = inside.members.index(member)
        if at + 1 < len(inside.members):
            return member.key_begin, inside.members[at + 1].key_begin
        if at:
            return inside.members[at - 1].value_end, member.value_end
        # The only one: what stands before it came with it, if something stands behind it.
        before = self._text[inside.begin + 1 : member.key_begin]
        behind = self._text[member.value_end : inside.end - 1]
        if before == behind and not _NEW_LINE.search(before):
            return inside.begin + 1, inside.end - 1
        return (inside.begin + 1 if behind else member.key_begin), member.value_end

    def _changed(self, member: Member, names: tuple[str, ...], value: object) -> Edit | EditRefused:
        line = self._line(member.key_begin)
        said = of_trait(self.said, names)
        if said and not said[-1].computed and repr(said[-1].value) == repr(_as_read(value)):
            return Edit(self._raw, "unchanged", line, f"line {line} says so already")
        old = self._text[member.value_begin : member.value_end]
        many = bool(value) and isinstance(value, (list, tuple, dict)) and bool(_NEW_LINE.search(old))
        indent = indent_of(self._text, member.key_begin) if many else None
        raw = self._replaced(member.value_begin, member.value_end, self._style.value(value, indent))
        return self._checked(Edit(raw, "changed", line, f"changed line {line}"), names, value)

    def _inserted(self, inside: Object, at: int, names: tuple[str, ...], value: object) -> Edit | EditRefused:
        """The names from `at` on, behind the last member of an object."""
        new, begin = names[at:], inside.begin + 1
        blank = self._text[begin : inside.end - 1]
        if inside.members:
            last = inside.members[-1]
            gap = self._gap(inside)
            indent = indent_of(gap, len(gap)) if _NEW_LINE.search(gap) else None
            begin, text = last.value_end, gap + self._member(new, value, indent)
        elif inside is self._top and _NEW_LINE.search(blank):
            text = self._style.line_end + self._style.unit + self._member(new, value, self._style.unit)
        elif not blank and inside is not self._top:
            # A blank inside tells the section that was there from one that is added.
            text = f" {self._member(new, value, None)} "
        else:
            text = self._member(new, value, None)
        raw = self._replaced(begin, begin, text)
        line = read_json(raw, self._path)
        number = next((one.line for one in reversed(of_trait(line, names))), None)
        return self._checked(Edit(raw, "inserted", number, f"inserted line {number}"), names, value)

    def _gap(self, inside: Object) -> str:
        """What stands between two members of the object."""
        if len(inside.members) > 1:
            before, behind = inside.members[-2:]
            return self._text[before.value_end : behind.key_begin]
        first = self._text[inside.begin + 1 : inside.members[0].key_begin]
        return "," + first if _NEW_LINE.search(first) else self._style.comma

    def _member(self, names: tuple[str, ...], value: object, indent: str | None) -> str:
        """A key and its value, or a section with the key in it. Raises NoLiteralError."""
        key = self._style.value(names[0], None) + self._style.colon
        if len(names) == 1:
            return key + self._style.value(value, None)
        if indent is None:
            return f"{key}{{{self._member(names[1:], value, None)}}}"
        end, inner = self._style.line_end, indent + self._style.unit
        return f"{key}{{{end}{inner}{self._member(names[1:], value, inner)}{end}{indent}}}"

    def _in_the_way(self, member: Member, name: str) -> EditRefused:
        line = self._line(member.key_begin)
        lines = lines_of(self._text)
        caret = caret_below(lines, line, len(lines_of(self._text[: member.value_begin])[-1]))
        reason = f"line {line}: {visible(name, 60)} holds no object, so no trait can be set in it"
        return EditRefused(reason, line, caret)

    def _checked(self, edit: Edit, names: tuple[str, ...], value: object) -> Edit | EditRefused:
        """The edit if it does what it is meant to do, and nothing else."""
        after = read_json(edit.raw, self._path)
        if not is_set(self.said, after, names, _as_read(value)):
            return EditRefused("it cannot be set without changing something else in the file")
        if self._lines() == 1:
            edit = replace(edit, did="changed its value" if edit.kind == "changed" else "inserted its key")
        return replace(edit, warnings=self.said.notes)

    def _replaced(self, begin: int, end: int, new: str) -> bytes:
        return (self._text[:begin] + new + self._text[end:]).encode("utf-8")

    def _line(self, place: int) -> int:
        return len(lines_of(self._text[:place]))

    def _lines(self) -> int:
        return len(lines_of(self._text.rstrip("\r\n")))


def _as_read(value: object) -> object:
    """Tuples as the lists that they become."""
    return json.loads(json.dumps(value))
