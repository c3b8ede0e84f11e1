"""Sets one trait in a Python config file: only the bytes of its value change, or a line is uncommented or added."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.jupyter.editing.effect import is_set, names_of, of_trait, under_condition
from jntui.jupyter.editing.literal import NoLiteralError, Style, python_literal, style_of
from jntui.jupyter.editing.python_file import PythonFile, wrong_name
from jntui.jupyter.editing.python_nodes import find, has_names, reader_of
from jntui.model.edit import Edit, EditRefused
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jntui.jupyter.settings.assignment import Assignment
    from jntui.jupyter.settings.python_file import Load

COMMENTED = re.compile(r"# ?(?=c\.)")
"""How Jupyter's own file begins the line of a default: `# c.ServerApp.ip = 'localhost'`, once `#c.NotebookApp.…`."""
_REPLACES = re.compile(r"\b(?:update|merge|exec|Config)\b")
_NO_WAY = "no line at the end of the file sets it without changing something else"


def set_python(
    raw: bytes,
    path: str,
    cls: str,
    trait: str,
    value: object,
    *,
    also: Sequence[tuple[str, str]] = (),
    load: Load | None = None,
) -> Edit | EditRefused:
    """The file with `value` for the trait, every other effect of it as before.

    `also`: other names of the same setting (`spellings_of`): a file that sets only such a one keeps it. `load` reads
    what `load_subconfig` loads. What is computed, conditional, in a loop or in a function is never rewritten: then the
    refusal has an `offer` that leaves it and adds a line at the end.
    """
    if reason := wrong_name(cls, trait):
        return EditRefused(reason)
    file = PythonFile.of(raw, path, load)
    if isinstance(file, EditRefused):
        return file
    warnings = file.same_setting(cls, trait, also)
    if (cls, trait) != (spelling := file.spelling(cls, trait, also)):
        warnings = [one for one in warnings if f"sets {'.'.join(spelling)}," not in one]
    if tied := file.tied(names_of(*spelling)):
        return tied
    try:
        done = _Setting(file, *spelling, value).done()
    except NoLiteralError as error:
        return EditRefused(str(error))
    if isinstance(done, Edit):
        return replace(done, warnings=(*done.warnings, *warnings))
    if done.offer is not None:
        return replace(done, offer=replace(done.offer, warnings=(*done.offer.warnings, *warnings)))
    return done


class _Setting:
    """One trait of one file on its way to a value."""

    def __init__(self, file: PythonFile, cls: str, trait: str, value: object) -> None:
        self._file, self._source = file, file.source
        self._cls, self._trait = cls, trait
        self._names = names_of(cls, trait)
        self._value = _as_read(value)

    def done(self) -> Edit | EditRefused:
        """Raises NoLiteralError."""
        said = of_trait(self._file.said, self._names)
        if not said:
            return self._uncommented() or self._appended([]) or EditRefused(_NO_WAY)
        last = said[-1]
        if last.path != self._file.path:
            words = f"line {self._loading_line()} loads {visible(last.path, 200)}, whose line {last.line} sets it"
            return self._appended([words]) or EditRefused(_NO_WAY)
        if not last.computed and repr(last.value) == repr(self._value) and not self._has_tuples(last):
            return Edit(self._source.raw, "unchanged", last.line, f"line {last.line} says so already")
        if reason := self._is_no_literal(last):
            offer = self._appended([f"{reason}; it stays, and the line at the end decides"])
            line = last.where.line if last.conditional else last.line
            caret = self._file.caret(line)
            return EditRefused(f"{reason}: jntui does not rewrite that", line, caret, offer)
        reason = self._is_tied(last)
        done = self._changed(last) if not reason else self._appended([f"{reason}, so it stays"])
        return (
            done or self._appended([f"line {last.line} stays: changing it would change more"]) or EditRefused(_NO_WAY)
        )

    def _has_tuples(self, last: Assignment) -> bool:
        """The reader takes tuples and sets for lists; the trait may not."""
        found = find(self._source.tree, last.where)
        return found is None or any(isinstance(node, (ast.Tuple, ast.Set)) for node in ast.walk(found.value))

    def _loading_line(self) -> int:
        for node in ast.walk(self._source.tree):
            if isinstance(node, ast.Call) and "load_subconfig" in ast.unparse(node.func):
                return node.lineno
        return 1

    def _is_no_literal(self, last: Assignment) -> str:
        """Why the assignment is not to be rewritten, in words; empty if it is a literal that decides."""
        if last.conditional:
            return under_condition(last, self._trait)
        found = find(self._source.tree, last.where)
        if found is None or has_names(found.value):
            return f"line {last.line} takes its value from other code"
        if last.computed:
            # A literal on which something else in the file casts doubt.
            noted = self._file.said.notes[-1:]
            return noted[0] if noted else f"line {last.line} gives it a value that only running the file tells"
        return ""

    def _is_tied(self, last: Assignment) -> str:
        """Why changing the literal would change something else too, in words; empty if it would not."""
        for one in self._file.said.assignments:
            if one.where == last.where and names_of(one.cls, one.trait) != self._names and one.path == last.path:
                return f"line {last.line} sets {one.cls}.{one.trait} to the same value"
        found = find(self._source.tree, last.where)
        statement = found.statement if found is not None else None
        if isinstance(statement, ast.Assign) and len(statement.targets) > 1:
            return f"line {last.line} gives the same value to another name"
        if (line := reader_of(self._source.tree, self._trait, last.where.line)) is not None:
            return f"line {line} reads what line {last.line} sets"
        return ""

    def _changed(self, last: Assignment) -> Edit | None:
        source = self._source
        begin, end = source.range_of(last.where)
        new = python_literal(self._value, style_of(source.text[begin:end]), source.encoding)
        warnings = []
        if "\n" in source.text[begin:end] and source.has_comment(begin, end):
            warnings.append(f"the comments within the old value in lines {last.line} to {last.end_line} go with it")
        raw = source.replaced(begin, end, new)
        return self._checked(Edit(raw, "changed", last.line, f"changed line {last.line}", tuple(warnings)))

    def _uncommented(self) -> Edit | None:
        target = re.compile(rf"c\.{re.escape(self._cls)}\.{re.escape(self._trait)}[ \t]*=(?!=)")
        for number, comment in sorted(self._source.comments().items(), reverse=True):
            begin = COMMENTED.match(comment)
            if begin is None or not target.match(comment, begin.end()):
                continue
            code = comment[begin.end() :].rstrip("\r\n")
            if (where := _value_in(code)) is None:
                continue
            style = style_of(code[where[0] : where[1]])
            new = python_literal(self._value, style, self._source.encoding)
            start = self._source.lines[number - 1].start
            raw = self._source.replaced(start, start + len(comment), code[: where[0]] + new + code[where[1] :])
            if done := self._checked(Edit(raw, "uncommented", number, f"uncommented line {number}")):
                return done
        return None

    def _appended(self, warnings: list[str]) -> Edit | None:
        """A line at the end, spelled so that it works whatever the file has made of `c`."""
        source = self._source
        literal = python_literal(self._value, Style(), source.encoding)
        end, last = source.line_end, source.lines[-1]
        begun = len(source.lines) > 1 or bool(last.text)
        number = len(source.lines) + (2 if last.text else 1 if begun else 0)
        for target in self._targets():
            line = f"{target} = {literal}"
            whole = f"{end}{end}{line}" if last.text else f"{end if begun else ''}{line}{end}"
            raw = source.replaced(len(source.text), len(source.text), whole)
            done = Edit(raw, "appended", number, f"appended {target} as line {number}")
            if checked := self._checked(done):
                said = dict.fromkeys([*warnings, *self._late(), *self._file.said.notes])
                return replace(checked, warnings=tuple(said))
        return None

    def _late(self) -> Iterator[str]:
        """Functions that set it too, which anybody may call later; code that reads what was set before."""
        for one in of_trait(self._file.said, self._names):
            if one.conditional and self._in_function(one):
                yield f"line {one.where.line} sets it in a function: a call after the file is read changes it again"
        line = reader_of(self._source.tree, self._trait)
        if line is not None and of_trait(self._file.said, self._names):
            yield f"line {line} reads it before the line at the end sets it"

    def _in_function(self, one: Assignment) -> bool:
        found = find(self._source.tree, one.where)
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        return found is not None and any(isinstance(node, kinds) for node in found.parents)

    def _targets(self) -> Iterator[str]:
        keys = "".join(f'["{name}"]' for name in self._names)
        for root in ("c", "get_config()"):
            spelled = (f"{root}.{self._cls}.{self._trait}", root + keys)
            # Where unseen code may have put a bare dict in the section's place, only keys work in any case.
            doubtful = self._file.said.notes and _REPLACES.search(self._source.text)
            yield from reversed(spelled) if doubtful else spelled

    def _checked(self, edit: Edit) -> Edit | None:
        """The edit if it does what it is meant to do, and nothing else."""
        after = self._file.then(edit.raw)
        return edit if is_set(self._file.said, after, self._names, self._value) else None


def _as_read(value: object) -> object:
    """Tuples as the lists that the reader takes them for."""
    if isinstance(value, (list, tuple)):
        return [_as_read(one) for one in value]
    return {key: _as_read(one) for key, one in value.items()} if isinstance(value, dict) else value


def _value_in(code: str) -> tuple[int, int] | None:
    """Where the value of a commented assignment stands; None if the line alone is no assignment."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # A default of several lines, or a sentence that begins like an assignment.
        return None
    if len(body) != 1 or not isinstance(body[0], ast.Assign) or len(body[0].targets) != 1:
        return None
    value = body[0].value
    line = code.encode("utf-8", "surrogatepass")
    begin = len(line[: value.col_offset].decode("utf-8", "ignore"))
    return begin, len(line[: value.end_col_offset].decode("utf-8", "ignore"))
