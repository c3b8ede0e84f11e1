"""Values as Python literals, in the quotes of the literal that they replace and in what the file's encoding holds."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.jupyter.settings.literals import fits

if TYPE_CHECKING:
    from collections.abc import Callable

_TEXT = re.compile(r"([A-Za-z]{0,2})('''|\"\"\"|'|\")")
_NAMED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
DEPTH_LIMIT = 20
"""So deep may lists and dicts be nested in one another."""


class NoLiteralError(ValueError):
    """No literal has this value; the words say why."""


@dataclass(frozen=True, slots=True)
class Style:
    """How texts are written."""

    quote: str = "'"
    prefix: str = ""
    """`u` as in files for Python 2, `r` where backslashes stand for themselves."""


def style_of(literal: str) -> Style:
    """The style of the first text in a literal, as it is written; Python's own where there is none."""
    found = _TEXT.search(literal)
    if found is None:
        return Style()
    prefix = found[1] if found[1].lower() in {"u", "r"} else ""
    return Style(found[2][0], prefix)


def python_literal(value: object, style: Style, encoding: str) -> str:
    """The literal of a value: text, number, bool, None, list, dict. Raises NoLiteralError.

    What the encoding cannot hold, and what no screen shows, is escaped.
    """
    return _written(value, style, _holds(encoding), 0)


def _written(value: object, style: Style, holds: Callable[[str], bool], depth: int) -> str:
    """Raises NoLiteralError."""
    if depth > DEPTH_LIMIT:
        raise NoLiteralError("it is nested too deeply")
    if isinstance(value, str):
        return _text(value, style, holds)
    if value is None or isinstance(value, (bool, int, float)):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_written(one, style, holds, depth + 1) for one in value) + "]"
    if isinstance(value, dict):
        parts = (
            f"{_written(key, style, holds, depth + 1)}: {_written(one, style, holds, depth + 1)}"
            for key, one in value.items()
        )
        return "{" + ", ".join(parts) + "}"
    raise NoLiteralError(f"a config file has no literal for {type(value).__name__}")


def _number(value: float | None) -> str:
    """Raises NoLiteralError."""
    if isinstance(value, float) and not math.isfinite(value):
        raise NoLiteralError("a config file has no literal for a number that is not finite")
    if not fits(value):
        raise NoLiteralError("the number is too long")
    return repr(value)


def _holds(encoding: str) -> Callable[[str], bool]:
    def holds(char: str) -> bool:
        try:
            # Some encode what they read back as another character: the yen sign is shift_jis' backslash.
            return char.encode(encoding).decode(encoding) == char
        except UnicodeError:
            return False

    return holds


def _text(value: str, style: Style, holds: Callable[[str], bool]) -> str:
    shown = [char.isascii() or holds(char) if char.isprintable() else False for char in value]
    if "r" in style.prefix.lower():
        if all(shown) and style.quote not in value and not value.endswith("\\"):
            return style.prefix + style.quote + value + style.quote
        style = Style(style.quote)
    quote = style.quote
    if quote in value and (other := '"' if quote == "'" else "'") not in value:
        quote = other
    named = _NAMED | {quote: "\\" + quote}
    written = (named.get(char) or (char if plain else _escaped(char)) for char, plain in zip(value, shown, strict=True))
    return style.prefix + quote + "".join(written) + quote


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
