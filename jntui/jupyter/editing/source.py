"""The bytes of a Python config file beside its text: positions of the syntax tree become places in the bytes."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.settings.assignment import Span

_FILE_NAME = "<a config file that is edited>"
_HEAD = 10_000
"""Bytes in which the first two lines are looked for."""
_BOM = b"\xef\xbb\xbf"
_LINE = re.compile("([^\r\n]*)(\r\n|\r|\n|\\Z)")


def encoding_of(raw: bytes) -> str:
    """The encoding that a Python file names (PEP 263), in its first two lines as Python counts lines.

    Raises SyntaxError for one that Python does not know.
    """
    # `tokenize` itself takes a file with CR at its line ends for one line.
    first = iter(re.split(rb"(?:\r\n|\r|\n)", raw[:_HEAD], maxsplit=2)[:2])
    return tokenize.detect_encoding(lambda: next(first) + b"\n")[0]


class NotEditableError(Exception):
    """The bytes of this file cannot be changed in one place alone; the words say why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text."""

    start: int
    """The place of its first character in the text."""
    text: str
    """Without its end."""
    end: str
    """CR LF, LF or CR; empty for a last line without one."""

    @property
    def behind(self) -> int:
        """The place behind its last character, before its end."""
        return self.start + len(self.text)


@dataclass(slots=True)
class Source:
    """A Python file as bytes, text and lines; places are counted in characters of the text, from 0."""

    raw: bytes
    encoding: str
    text: str
    bom: bytes
    lines: list[Line] = field(init=False)
    _tree: ast.Module | None = field(default=None, init=False)

    @classmethod
    def of(cls, raw: bytes) -> Source:
        """Raises NotEditableError where the file's encoding keeps a state from one character to the next."""
        encoding = encoding_of(raw)
        bom = _BOM if raw.startswith(_BOM) else b""
        if bom:
            encoding = "utf-8"
        text = raw[len(bom) :].decode(encoding)
        source = cls(raw, encoding, text, bom)
        if bom + text.encode(encoding) != raw or _is_stateful(encoding):
            raise NotEditableError(f"jntui does not edit files in the encoding {encoding}")
        return source

    def __post_init__(self) -> None:
        self.lines = list(_lines(self.text))

    @property
    def tree(self) -> ast.Module:
        """The syntax tree; its columns are bytes of UTF-8. The reader has parsed the same bytes without an error."""
        if self._tree is None:
            # Jupyter's own log has these warnings; set each time, as in the reader.
            warnings.filterwarnings("ignore", module=re.escape(_FILE_NAME))
            self._tree = ast.parse(self.raw, _FILE_NAME)
        return self._tree

    def place(self, line: int, column: int) -> int:
        """Where a position of the syntax tree is in the text."""
        found = self.lines[line - 1]
        if found.text.isascii():
            return found.start + column
        return found.start + len(found.text.encode("utf-8")[:column].decode("utf-8", "ignore"))

    def range_of(self, span: Span) -> tuple[int, int]:
        """Begin and end of a span in the text."""
        return self.place(span.line, span.column), self.place(span.end_line, span.end_column)

    def node_range(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Begin and end of a node in the text."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self.place(node.lineno, node.col_offset), self.place(end_line, end_column)

    def replaced(self, begin: int, end: int, new: str) -> bytes:
        """The bytes with other text in one place; all others stay as they are."""
        first, last = self._byte(begin), self._byte(end)
        return self.raw[:first] + new.encode(self.encoding) + self.raw[last:]

    def _byte(self, place: int) -> int:
        return len(self.bom) + len(self.text[:place].encode(self.encoding))

    @property
    def line_end(self) -> str:
        """The end of the last line that has one; LF in a file without any."""
        return next((line.end for line in reversed(self.lines) if line.end), "\n")

    def comments(self) -> dict[int, str]:
        """Line number -> the comment that begins in its first column; what stands in a text is none."""
        joined = "\n".join(line.text for line in self.lines) + "\n"
        found: dict[int, str] = {}
        try:
            for token in tokenize.generate_tokens(io.StringIO(joined).readline):
                if token.type == tokenize.COMMENT and token.start[1] == 0:
                    found[token.start[0]] = token.string
        except (tokenize.TokenError, SyntaxError, RecursionError):
            # The tokenizer written in Python is stricter than the parser in places: the comments before them count.
            return found
        return found

    def has_comment(self, begin: int, end: int) -> bool:
        """A comment stands within this piece of code, which is an expression."""
        piece = "(" + self.text[begin:end].replace("\r\n", "\n").replace("\r", "\n") + "\n)\n"
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(piece).readline))
        except (tokenize.TokenError, SyntaxError, RecursionError):
            # Then it is not known; a warning too many does no harm.
            return "#" in piece
        return any(token.type == tokenize.COMMENT for token in tokens)


def _is_stateful(encoding: str) -> bool:
    name = encoding.lower().replace("_", "-")
    return name.startswith(("iso2022", "iso-2022", "utf-7", "utf7", "hz", "utf-16", "utf-32", "utf16", "utf32"))


def _lines(text: str) -> Iterator[Line]:
    at = 0
    while True:
        found = _LINE.match(text, at)
        assert found is not None  # noqa: S101 - the pattern matches everywhere
        yield Line(at, found[1], found[2])
        at = found.end()
        if not found[2]:
            return
