"""How a JSON file is written: indentation, what stands around colons and commas, line ends, escapes."""

from __future__ import annotations

import itertools
import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.jupyter.editing.literal import NoLiteralError
from jntui.jupyter.settings.literals import fits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.editing.json_tree import Object

_LINE_END = re.compile("\r\n|\r|\n")
_INDENT = re.compile(r"[\r\n]([ \t]*)\Z")


@dataclass(frozen=True, slots=True)
class JsonStyle:
    """What new members are written like."""

    unit: str
    """One step of indentation."""
    line_end: str
    colon: str
    comma: str
    """Between two members in one line."""
    ascii: bool
    """Other characters are escaped."""

    def value(self, value: object, indent: str | None) -> str:
        """A value as text, in lines of their own below `indent` where it is given. Raises NoLiteralError."""
        if reason := _unfit(value):
            raise NoLiteralError(reason)
        separators = (self.comma if indent is None else ",", self.colon)
        text = json.dumps(
            value,
            ensure_ascii=self.ascii or _has_surrogates(value),
            allow_nan=False,
            indent=None if indent is None else self.unit,
            separators=separators,
        )
        return text if indent is None else text.replace("\n", self.line_end + indent)


def style_of(text: str, top: Object) -> JsonStyle:
    """The style of the file, as its first members show it."""
    objects = list(_objects(top))
    colon = next((text[one.members[0].key_end : one.members[0].value_begin] for one in objects if one.members), ": ")
    comma = next((gap for one in objects for gap in _gaps(text, one) if not _LINE_END.search(gap)), None)
    end = _LINE_END.search(text)
    return JsonStyle(
        unit=_unit(text, objects),
        line_end=end.group() if end is not None else "\n",
        colon=colon if not _LINE_END.search(colon) else ": ",
        comma=comma if comma is not None else ("," if colon == ":" else ", "),
        ascii=text.isascii(),
    )


def indent_of(text: str, place: int) -> str | None:
    """The blanks before a place, if nothing else stands before it in its line; None otherwise."""
    found = _INDENT.search(text, 0, place) if place else None
    return found[1] if found is not None else None


def _objects(top: Object) -> Iterator[Object]:
    yield top
    for member in top.members:
        if member.value is not None:
            yield from _objects(member.value)


def _gaps(text: str, one: Object) -> Iterator[str]:
    for before, behind in itertools.pairwise(one.members):
        yield text[before.value_end : behind.key_begin]


def _unit(text: str, objects: list[Object]) -> str:
    for one in objects:
        if not one.members:
            continue
        inner = indent_of(text, one.members[0].key_begin)
        line = max(text.rfind("\n", 0, one.begin), text.rfind("\r", 0, one.begin)) + 1
        outer = text[line : one.begin][: len(text[line : one.begin]) - len(text[line : one.begin].lstrip(" \t"))]
        if inner and inner.startswith(outer) and inner != outer:
            return inner[len(outer) :]
    return "  "


def _unfit(value: object) -> str:
    """Why a JSON file cannot hold the value, in words; empty if it can."""
    if isinstance(value, float) and not math.isfinite(value):
        return "JSON has no number that is not finite"
    if isinstance(value, (list, tuple)):
        return next(filter(None, map(_unfit, value)), "")
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            return "JSON has only texts as keys"
        return next(filter(None, map(_unfit, value.values())), "")
    if value is None or isinstance(value, (str, int, float)):
        return "" if fits(value) else "the number is too long"
    return f"JSON has nothing for {type(value).__name__}"


def _has_surrogates(value: object) -> bool:
    if isinstance(value, str):
        return any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return any(_has_surrogates(one) for pair in value.items() for one in pair)
    return isinstance(value, (list, tuple)) and any(map(_has_surrogates, value))
