"""What to take out of a statement that sets several things so that one of them is gone."""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jntui.jupyter.editing.python_nodes import Found
    from jntui.jupyter.editing.source import Source

    Range = tuple[int, int]


def pieces(source: Source, found: Found) -> Iterator[tuple[Range, str]]:
    """Ranges of the text and what to put there; whoever takes one has to look at what the file says then."""
    parent = found.parents[0]
    for one in _statement(source, found.statement):
        yield one, ""
    if isinstance(parent, ast.Assign):
        for one in _targets(source, parent):
            yield one, ""
    elif isinstance(parent, ast.keyword) and isinstance(found.parents[1], ast.Call):
        call = found.parents[1]
        yield _part(source, parent, [*call.args, *call.keywords]), ""
    elif isinstance(parent, ast.Dict):
        at = _index(parent.values, found.value)
        begins = [key or value for key, value in zip(parent.keys, parent.values, strict=True)]
        yield _between(source, begins, list(parent.values), at), ""
    elif isinstance(parent, (ast.Tuple, ast.List)) and isinstance(found.parents[1], ast.Assign):
        yield from _unpacked(source, found.parents[1], parent, _index(parent.elts, found.value))


def _index(parts: Sequence[ast.AST], part: ast.AST) -> int:
    return next(at for at, one in enumerate(parts) if one is part)


def _unpacked(
    source: Source, statement: ast.Assign, values: ast.Tuple | ast.List, at: int
) -> Iterator[tuple[Range, str]]:
    """`c.A.x, c.B.y = 1, 2`: the target and its value."""
    target = statement.targets[0]
    if len(statement.targets) > 1 or not isinstance(target, (ast.Tuple, ast.List)):
        return
    if len(target.elts) != len(values.elts):
        return
    begin, end = _between(source, target.elts, target.elts, at)
    begin_value, end_value = _between(source, values.elts, values.elts, at)
    yield (begin, end_value), source.text[end:begin_value]


def _statement(source: Source, statement: ast.stmt) -> Iterator[Range]:
    """Beside others in its line: with the semicolon."""
    body = source.tree.body
    at = next((at for at, one in enumerate(body) if one is statement), None)
    if at is None:
        return
    begin, end = source.node_range(statement)
    if at + 1 < len(body) and body[at + 1].lineno == statement.end_lineno:
        yield begin, source.node_range(body[at + 1])[0]
    if at and body[at - 1].end_lineno == statement.lineno:
        yield source.node_range(body[at - 1])[1], end


def _targets(source: Source, statement: ast.Assign) -> Iterator[Range]:
    """`c.A.x = c.B.x = 1`: one target up to the next, or up to the value."""
    parts: list[ast.expr] = [*statement.targets, statement.value]
    for one, then in itertools.pairwise(parts):
        if len(statement.targets) > 1:
            yield source.node_range(one)[0], source.node_range(then)[0]


def _part(source: Source, part: ast.keyword, parts: Sequence[ast.expr | ast.keyword]) -> Range:
    return _between(source, parts, parts, _index(parts, part))


def _between(
    source: Source,
    begins: Sequence[ast.expr | ast.keyword],
    ends: Sequence[ast.expr | ast.keyword],
    at: int,
) -> Range:
    """One of several parts with the comma that divides it from its neighbour."""
    begin, end = source.node_range(begins[at])[0], source.node_range(ends[at])[1]
    if at + 1 < len(begins):
        return begin, source.node_range(begins[at + 1])[0]
    if at:
        return source.node_range(ends[at - 1])[1], end
    # The only one: a comma behind it, which may stand there, goes too.
    rest = source.text[end:]
    blank = len(rest) - len(rest.lstrip(" \t\f"))
    return begin, end + blank + 1 if rest[blank : blank + 1] == "," else end
