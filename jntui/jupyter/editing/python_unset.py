"""Takes one trait out of a Python config file: no assignment of it is left, all other effects and bytes stay."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.jupyter.editing.effect import is_unset, names_of, of_trait, under_condition
from jntui.jupyter.editing.literal import NoLiteralError, Style, python_literal
from jntui.jupyter.editing.python_edit import COMMENTED
from jntui.jupyter.editing.python_file import PythonFile, wrong_name
from jntui.jupyter.editing.python_nodes import find, has_names, is_literal, reader_of
from jntui.jupyter.editing.python_pieces import pieces
from jntui.jupyter.settings.literals import NotLiteral, literal
from jntui.jupyter.settings.pointing import may_be_secret
from jntui.model.edit import Edit, EditRefused
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jntui.jupyter.editing.python_nodes import Found
    from jntui.jupyter.settings.assignment import Assignment
    from jntui.jupyter.settings.python_file import Load
    from jntui.model.edit import EditKind

PLACES_LIMIT = 100
"""Assignments of one trait that are taken out of one file."""
_DEFAULT = re.compile(r"#[ \t]+Default: (.*)\Z")
_SIMPLE = re.compile(r"(?:c|get_config\(\))(?:\.\w+|\[\"\w+\"\])+ = \S.*\Z")
"""A line as `set_python` adds it."""


def unset_python(
    raw: bytes,
    path: str,
    cls: str,
    trait: str,
    *,
    also: Sequence[tuple[str, str]] = (),
    load: Load | None = None,
) -> Edit | EditRefused:
    """The file without an assignment of the trait, or of the same setting under its other names in `also`.

    What `set_python` added or uncommented becomes again what it was. A literal elsewhere is commented out, or removed
    where it is a secret or only a part of a statement. What is computed, conditional, in a loop or in a function is
    never touched: that is a refusal, with its line.
    """
    if reason := wrong_name(cls, trait):
        return EditRefused(reason)
    edit: Edit | None = None
    notes: tuple[str, ...] = ()
    for one in ((cls, trait), *also):
        done = _unset(edit.raw if edit is not None else raw, path, one, load)
        if isinstance(done, EditRefused):
            return _with_offer(done, edit) if edit is not None and done.offer is None else done
        notes = done.warnings
        if done.kind != "unchanged":
            edit = _joined(edit, done)
    return edit or Edit(raw, "unchanged", None, "the file does not set it", notes)


def _joined(first: Edit | None, then: Edit) -> Edit:
    if first is None:
        return then
    warnings = tuple(dict.fromkeys((*first.warnings, *then.warnings)))
    return replace(then, did=f"{first.did}, {then.did}", warnings=warnings)


def _unset(raw: bytes, path: str, name: tuple[str, str], load: Load | None) -> Edit | EditRefused:
    """All assignments of one name, the last first."""
    edit: Edit | None = None
    for _ in range(PLACES_LIMIT):
        file = PythonFile.of(edit.raw if edit is not None else raw, path, load)
        if isinstance(file, EditRefused):
            return file
        said = of_trait(file.said, names_of(*name))
        if not said:
            notes = file.said.notes
            return replace(edit, warnings=notes) if edit is not None else Edit(raw, "unchanged", None, "", notes)
        if tied := file.tied(names_of(*name)):
            return tied
        done = _Removal(file, name, said).done()
        if isinstance(done, EditRefused):
            return done if edit is None else _with_offer(done, edit)
        edit = _joined(edit, done)
    return EditRefused(f"the file sets it in more than {PLACES_LIMIT} places")


def _with_offer(refused: EditRefused, edit: Edit) -> EditRefused:
    """What stays decides once the lines after it are gone, such as one that `set_python` added to overrule it."""
    stays = f"line {refused.line} stays, and decides then"
    return replace(refused, offer=replace(edit, warnings=(*edit.warnings, stays)))


class _Removal:
    """One assignment on its way out."""

    def __init__(self, file: PythonFile, name: tuple[str, str], said: list[Assignment]) -> None:
        self._file, self._source = file, file.source
        self._name = name
        self._one, self._left = said[-1], len(said) - 1

    def done(self) -> Edit | EditRefused:
        """The file without it, or why it stays."""
        one = self._one
        if one.path != self._file.path:
            return EditRefused(f"{visible(one.path, 200)} sets it in line {one.line}, and this file loads that one")
        found = find(self._source.tree, one.where)
        if one.conditional:
            return self._refused(under_condition(one, self._name[1]))
        if found is None or has_names(found.value) or isinstance(found.statement, ast.AugAssign):
            return self._refused(f"line {one.line} takes its value from other code")
        if not is_literal(found.value):
            return self._refused(f"line {one.line} gives it a value that only running the file tells")
        if (line := reader_of(self._source.tree, self._name[1], one.where.line)) is not None:
            return self._refused(f"line {line} reads what line {one.line} sets")
        for raw, kind, words in self._ways(found):
            if is_unset(self._file.said, self._file.then(raw), names_of(*self._name), self._left):
                return Edit(raw, kind, one.line, f"{words} line {one.line}")
        return self._refused(f"line {one.line} cannot be taken out without changing what else the file says")

    def _refused(self, reason: str) -> EditRefused:
        line = self._one.where.line if self._one.conditional else self._one.line
        return EditRefused(f"{reason}: jntui does not touch that", line, self._file.caret(line))

    def _ways(self, found: Found) -> Iterator[tuple[bytes, EditKind, str]]:
        """What could be done, the best first."""
        source = self._source
        whole = self._whole_lines(found)
        if whole is not None:
            first, last = whole
            if self._is_as_added(found) and (raw := self._again_as_added(first, last)) is not None:
                yield raw, "removed", "removed"
            if (raw := self._again_as_default(found, first, last)) is not None:
                yield raw, "commented out", "commented out"
            if self._is_secret(first, last):
                yield self._without_lines(first, last), "removed", "removed"
            yield self._commented_out(first, last), "commented out", "commented out"
        for (begin, end), new in pieces(source, found):
            yield source.replaced(begin, end, new), "removed", "removed it from"

    def _whole_lines(self, found: Found) -> tuple[int, int] | None:
        """First and last line of the statement, counted from 0, if nothing else stands in them."""
        statement, source = found.statement, self._source
        first, last = statement.lineno - 1, (statement.end_lineno or statement.lineno) - 1
        begin, end = source.node_range(statement)
        tail = source.text[end : source.lines[last].behind].strip(" \t\f;")
        if source.text[source.lines[first].start : begin].strip(" \t\f") or (tail and not tail.startswith("#")):
            return None
        return first, last

    def _is_secret(self, first: int, last: int) -> bool:
        lines = [line.text for line in self._source.lines]
        return any(may_be_secret(lines, number + 1) for number in range(first, last + 1))

    def _without_lines(self, first: int, last: int) -> bytes:
        lines = self._source.lines
        begin = lines[first].start
        if not lines[last].end and first:
            begin = lines[first - 1].behind
        return self._source.replaced(begin, lines[last].behind + len(lines[last].end), "")

    def _commented_out(self, first: int, last: int) -> bytes:
        source, begin = self._source, self._source.lines[first].start
        piece = source.text[begin : source.lines[last].behind]
        sign = self._sign()
        new = sign + re.sub("\r\n|\r|\n", lambda end: end.group() + sign, piece)
        return source.replaced(begin, source.lines[last].behind, new)

    def _sign(self) -> str:
        """How this file's commented defaults begin."""
        found = [sign.group() for text in self._source.comments().values() if (sign := COMMENTED.match(text))]
        return "#" if found.count("#") > len(found) / 2 else "# "

    def _again_as_default(self, found: Found, first: int, last: int) -> bytes | None:
        """The commented default of Jupyter's own file, which names it in the line above."""
        source, statement = self._source, found.statement
        if first != last or not first or not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            return None
        default = _DEFAULT.match(source.lines[first - 1].text)
        line = source.lines[first]
        if default is None or not line.text.startswith(f"c.{'.'.join(self._name)} ="):
            return None
        begin, end = source.node_range(statement.value)
        new = self._sign() + source.text[line.start : begin] + default[1] + source.text[end : line.behind]
        return source.replaced(line.start, line.behind, new)

    def _is_as_added(self, found: Found) -> bool:
        """The value is written as `set_python` writes one."""
        try:
            plain = python_literal(literal(found.value, {}), Style(), self._source.encoding)
        except (NotLiteral, NoLiteralError):
            return False
        begin, end = self._source.range_of(self._one.where)
        behind = self._source.lines[self._one.where.end_line - 1].behind
        return self._source.text[begin:behind] == plain and end == behind

    def _again_as_added(self, first: int, last: int) -> bytes | None:
        """Without the line and the blank one before it, if they stand at the end, or among such lines there."""
        lines = self._source.lines
        if first != last:
            return None
        at = len(lines) - 1
        if not lines[at].text and at:
            at -= 1
        while at > first and _SIMPLE.match(lines[at].text) and at > 1 and not lines[at - 1].text:
            at -= 2
        if at != first or not _SIMPLE.match(lines[first].text) or (first and lines[first - 1].text):
            return None
        if not first:
            behind = lines[1].behind + len(lines[1].end) if len(lines) > 1 and not lines[1].text else lines[0].behind
            return self._source.replaced(0, behind, "")
        begin = lines[first - 1].start
        if not lines[first].end and first > 1:
            begin = lines[first - 2].behind
        return self._source.replaced(begin, lines[first].behind + len(lines[first].end), "")
