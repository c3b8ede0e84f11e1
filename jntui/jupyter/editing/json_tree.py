"""Where keys and values stand in a JSON text that a decoder has taken already, so nothing in it can be wrong."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Member:
    """One key of an object and what it holds; places are characters of the text, from 0."""

    key: str
    key_begin: int
    key_end: int
    value_begin: int
    value_end: int
    value: Object | None
    """The object that it holds; None where it holds something else."""


@dataclass(frozen=True, slots=True)
class Object:
    """One object from brace to brace."""

    begin: int
    end: int
    """Behind its closing brace."""
    members: tuple[Member, ...] = field(default=())

    def last(self, key: str) -> Member | None:
        """The member of this key that counts: of two the last."""
        return next((one for one in reversed(self.members) if one.key == key), None)


def tree_of(text: str) -> Object:
    """The object that the text holds. Raises RecursionError for objects that are nested too deeply."""
    return _object(text, _blank(text, 0))


def _object(text: str, begin: int) -> Object:
    """Raises RecursionError."""
    members = []
    at = _blank(text, begin + 1)
    while text[at] != "}":
        key, key_end = _DECODER.raw_decode(text, at)
        value_begin = _blank(text, _blank(text, key_end) + 1)
        if text[value_begin] == "{":
            value: Object | None = _object(text, value_begin)
            value_end = value.end if value is not None else value_begin
        else:
            value, (_, value_end) = None, _DECODER.raw_decode(text, value_begin)
        members.append(Member(key, at, key_end, value_begin, value_end, value))
        at = _blank(text, value_end)
        if text[at] == ",":
            at = _blank(text, at + 1)
    return Object(begin, at + 1, tuple(members))


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found is not None else at
