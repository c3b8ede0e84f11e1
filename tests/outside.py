"""What other programs may write on purpose, and how it is told whether any of it reached a screen or a terminal."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from typing import Any
from zlib import crc32

import pyte

PIECES: Mapping[str, str] = {
    "title": "\x1b]0;owned\x07",
    "colour": "\x1b[31;5m",
    "clear": "\x1b[2J\x1b[H",
    "answer": "\x1b[6n\x1bc",
    "device string": "\x1bP$q\x1b\\\x1b_x\x1b\\",
    "C1": "\x9b2J\x9d0;x\x9c\x84\x85",
    "bell, backspaces": "\a\b\b\b\x7f\x00",
    "line ends": "\r\n\v\f\x1c\x1d\x85\u2028\u2029",
    "tab": "\t",
    "right to left": "\u202e\u202d\u202c\u202a\u202b",
    "isolates": "\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    "nothing": "\ufeff\u200b\u200c\u200d\u2060\u00ad\u034f\u180e",
    "surrogates": "\ud800\udcff\udfff",
    "private": "\ue000\U000f0000\uffff\ufdd0",
    "tags": "\U000e0001\U000e0041\U000e007f",
    "marks": "e" + "\u0301\u0323\u20dd" * 200,
    "variants": "\u2764\ufe0f1\ufe0f\u20e3\u845b\U000e0100",
    "blank letters": "\u3164\u115f\u1160\uffa0\u2800",
    "emoji": "\U0001f44d\U0001f3fd\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f1e9\U0001f1ea\U0001f3fd",
    "wide": "\u5bbd\uff37\u1100\u1161\u11a8",
}
"""Each in one piece, as it could stand in a name."""

HOSTILE = "".join(PIECES.values())
LONG = HOSTILE * (1_000_000 // len(HOSTILE))
"""A million characters of it."""


MARK = "aus"
"""Stands before each hostile piece, and so proves that the text got as far as the outlet."""
FORGED = "\nFORGED"
"""The beginning of a line is jntui's own: no text from outside may begin one."""


def hostile(limit: int = 10_000) -> str:
    return f"{MARK}{HOSTILE}{FORGED}"[:limit]


def fit_name(text: str) -> str:
    """As a file can be called: no slash, no NUL, 200 bytes."""
    raw = text.replace("/", "").replace("\0", "").encode("utf-8", "surrogatepass")[:200]
    return os.fsdecode(raw)


def unfit(text: str) -> list[str]:
    """The lines that a terminal would not show as they stand, or would show wider or narrower than `cells` says."""
    return [line for line in text.split("\n") if not fits(line)]


def fits(line: str) -> bool:
    from jntui.text import cells, visible

    return visible(line, len(line)) == line and drawn_cells(line) == cells(line)


def drawn_cells(line: str) -> int:
    """Cells that a terminal takes for the line."""
    screen = pyte.Screen(2 * len(line) + 4, 2)
    pyte.Stream(screen).feed(line)
    return 10_000 if screen.cursor.y else screen.cursor.x


KEPT = frozenset(
    {
        *("Setting.name", "Setting.cls", "Setting.type", "Finding.action", "ConfigFinding.code", "ConfigChange.name"),
        *("ChangeRequest.name", "ChangePlan.setting", "SettingStep.name", "Share.remedies", "Finding.settings"),
        *("Address.ip", "Endpoint.address", "SshSession.address", "SshSession.peer", "Machine.home", "Listener.host"),
    }
)
"""Texts by which jntui chooses what to do: names of its own tables, addresses that `ipaddress` made."""


class Poison:
    """Puts hostile pieces into every text of the model's values: equal texts stay equal, so names still fit."""

    def __init__(self) -> None:
        self.fields: set[str] = set()
        """`Server.root_dir`, ... that were poisoned."""

    def __call__(self, value: Any, name: str = "") -> Any:
        if isinstance(value, str):
            return self._text(value, name) if name else value
        if isinstance(value, tuple) and hasattr(value, "_replace"):
            kinds = type(value).__annotations__
            return value._replace(**{key: self._part(value, key, kinds[key]) for key in value._fields})
        if isinstance(value, tuple):
            return tuple(self(one, name) for one in value)
        if isinstance(value, dict):
            return {key: self(one, name) for key, one in value.items()}
        if isinstance(value, Exception):
            for key, text in vars(value).items():
                setattr(value, key, self(text, f"{type(value).__name__}.{key}"))
            return value
        if not dataclasses.is_dataclass(value) or isinstance(value, type):
            return value
        fields = [one for one in dataclasses.fields(value) if one.init]
        return dataclasses.replace(value, **{one.name: self._part(value, one.name, one.type) for one in fields})

    def _part(self, value: Any, field: str, kind: object) -> Any:
        label = f"{type(value).__name__}.{field}"
        plain = str(getattr(kind, "__forward_arg__", kind)).replace(" ", "") in {"str", "str|None", "tuple[str,...]"}
        plain = plain or label == "Setting.value"
        return self(getattr(value, field), label if plain and label not in KEPT else "")

    def _text(self, text: str, name: str) -> str:
        self.fields.add(name)
        if not text or "***" in text:
            return text
        pieces = list(PIECES.values())
        piece = pieces[crc32(text.encode("utf-8", "replace")) % len(pieces)]
        return f"{text[:1]}{piece}{text[1:]}{piece}"
