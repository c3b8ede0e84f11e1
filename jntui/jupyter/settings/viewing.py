"""A config file by lines, as it may be shown: without the text of tokens, passwords and hashes."""

from __future__ import annotations

import io
import re
import tokenize

from jntui.jupyter.settings.pointing import covered_pieces, covered_value, lines_of, may_be_secret
from jntui.jupyter.settings.reading import raw_bytes, read_config_file
from jntui.text import visible

LINE_LIMIT = 2000
"""Characters that are shown of one line."""

_PROSE = re.compile(r"\s*#(?!#*\s*[\w.\[\]'\"]+\s*=)")
"""A comment that is no assignment switched off."""
_PLAIN_VALUE = re.compile(r"[\s#]*[\w.\[\]'\"]+\s*[=:]\s*(?:True|False|None|true|false|null)\s*,?\s*(?:#.*)?\Z")
"""One name, and a value that is no text: no secret."""
_QUOTED = re.compile(r"""(['"]).*?\1""")


def shown_lines(path: str) -> tuple[str, ...]:
    """The lines of the file, fit for a screen, with dots over what may be a secret.

    Raises ValueError with the reason in words why it is not read, OSError.
    """
    raw = raw_bytes(path)
    lines = lines_of(_text(raw))
    if lines and not lines[-1]:
        lines.pop()
    hidden = _lines_of_secrets(path, lines)
    return tuple(_shown(lines, number, number in hidden) for number in range(1, len(lines) + 1))


def _text(raw: bytes) -> str:
    """Decoded as Python would (PEP 263); what it would refuse is shown as far as it goes."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(raw).readline)[0]
    except SyntaxError:
        encoding = "utf-8"
    return raw.decode(encoding, "replace").removeprefix("\ufeff")


def _lines_of_secrets(path: str, lines: list[str]) -> frozenset[int]:
    """The lines of values that go on below the line that names their trait."""
    found: set[int] = set()
    for one in read_config_file(path).assignments:
        if one.path == path and one.end_line > one.line and may_be_secret(lines, one.line):
            found.update(range(one.line, one.end_line + 1))
    return frozenset(found)


def _shown(lines: list[str], number: int, hidden: bool) -> str:
    cut = lines[number - 1][:LINE_LIMIT].expandtabs(4).replace("\f", " ")
    if hidden:
        cut = _QUOTED.sub("'···'", cut)
    elif _PROSE.match(cut) or _PLAIN_VALUE.match(cut) or not may_be_secret(lines, number):
        cut = covered_pieces(cut)
    else:
        cut = covered_value(cut)
    return visible(cut, LINE_LIMIT)
