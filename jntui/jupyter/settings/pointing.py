"""Lines of a config file as a person sees them: where they begin, pieces in one line, a caret below a place."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from jntui.text import visible

if TYPE_CHECKING:
    import ast

    from jntui.jupyter.settings.assignment import Span

TEXT_LIMIT = 200
"""Characters of a value that are kept to be shown."""
_CARET_ROOM = 72
"""Characters of a line that stand above a caret."""
_LEFT_OF_CARET = 48
"""Of these, at most so many before the place."""

_LINE_END = re.compile("\r\n|\r|\n")
_SECRET_LINE = re.compile(r"token|passw|secret|hash|credential|api_?key|auth", re.IGNORECASE)
_SECRET_PIECE = re.compile(r"(?:argon2|sha\d+|bcrypt|scrypt|pbkdf2)[:$][^\s'\"]*|(?=[A-Za-z_+-]*\d)[0-9A-Za-z_+-]{24,}")
_GOES_ON = ("(", "[", "{", "=", ":", "+", "\\")
"""With these at its end a line has its value in the next."""
_LINES_ABOVE = 20
_LETTER_OR_DIGIT = re.compile(r"\w")


def lines_of(text: str) -> list[str]:
    """The lines of a text without their ends, divided where Python and JSON count lines: not at a form feed."""
    return _LINE_END.split(text)


def one_line(text: str) -> str:
    """A piece of a file in one line of at most 200 characters."""
    # Cut before anything else: a value may have two million characters.
    joined = re.sub(r"[ \t\f]*[\r\n][ \t\f\r\n]*", " ", text[: 4 * TEXT_LIMIT]).replace("\t", " ").strip()
    return visible(joined, TEXT_LIMIT)


def piece(lines: list[str], span: Span) -> str:
    """What stands in the span, in one line of at most 200 characters."""
    found: list[str] = []
    held = 0
    for number in range(span.line, span.end_line + 1):
        line = lines[number - 1] if number <= len(lines) else ""
        if number in {span.line, span.end_line} and not line.isascii():
            raw = line.encode("utf-8", "surrogatepass")
            end = span.end_column if number == span.end_line else len(raw)
            line = raw[span.column if number == span.line else 0 : end].decode("utf-8", "replace")
        else:
            end = span.end_column if number == span.end_line else len(line)
            line = line[span.column if number == span.line else 0 : end]
        found.append(line)
        held += len(line) + 1
        if held > 4 * TEXT_LIMIT:
            break
    return one_line("\n".join(found))


def caret_below(lines: list[str], number: int, offset: int) -> tuple[str, ...]:
    """Line `number` (from 1), cut to what fits, and a second line with a caret below its character `offset` (from 0).

    Letters and digits that may belong to a token, a password or a hash are covered: the caret still points.
    """
    line = lines[number - 1]
    offset = max(0, min(offset, len(line)))
    covered = covered_value(line) if may_be_secret(lines, number) else covered_pieces(line)
    begin = max(0, offset - _LEFT_OF_CARET)
    shown = covered[begin : begin + _CARET_ROOM].rstrip()
    before = covered[begin:offset]
    indent = len(shown) - len(shown.lstrip())
    shown, before = shown[indent:], before[indent:]
    return (visible(shown.replace("\t", " ").replace("\f", " ")), " " * sum(map(_cells, before)) + "^")


def caret_at(lines: list[str], node: ast.expr | ast.stmt) -> tuple[str, ...]:
    """The line of a node and below it a caret under its beginning; empty where there is no such line."""
    number = node.lineno
    line = lines[number - 1] if number <= len(lines) else ""
    offset = len(line.encode("utf-8", "surrogatepass")[: node.col_offset].decode("utf-8", "replace"))
    return caret_below(lines, number, offset) if line else ()


def may_be_secret(lines: list[str], number: int) -> bool:
    """The line, or the one whose value it goes on with, names a token, a password or a hash."""
    for at in range(number - 1, max(-1, number - 1 - _LINES_ABOVE), -1):
        if _SECRET_LINE.search(lines[at]):
            return True
        if not at or not lines[at - 1].rstrip().endswith(_GOES_ON):
            return False
    return True


def covered_value(line: str) -> str:
    """Dots for the value in the line; for the whole line if nothing divides a name from a value."""
    named = _SECRET_LINE.search(line)
    behind = named.end() if named else 0
    value = min((at for at in (line.find("=", behind), line.find(":", behind)) if at >= 0), default=-1)
    value = value if value >= 0 else named.start() if named else 0
    return line[:value] + _LETTER_OR_DIGIT.sub("·", line[value:])


def covered_pieces(line: str) -> str:
    """The same number of characters, with dots for what looks like a hash or a token."""
    return _SECRET_PIECE.sub(lambda found: "·" * len(found.group()), line)


def _cells(char: str) -> int:
    """How many cells of a terminal a character takes (UAX #11); replaced characters take one."""
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
