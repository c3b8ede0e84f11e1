"""A config file by lines, as it may be shown: without the text of tokens, passwords and hashes."""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING

from jntui.jupyter.settings.pointing import covered_pieces, lines_of, may_be_secret
from jntui.jupyter.settings.reading import raw_bytes, read_config_file
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LINE_LIMIT = 2000
"""Characters that are shown of one line."""
HIDDEN = "···"

Place = tuple[int, int, int, int]
"""Of a text: its first line (from 1) and column (from 0), its last line, the column behind it."""

_SECRET = re.compile(r"token|passw|secret|hash|credential|api_?key|auth|pwd|(?:\b|_)pw(?:\b|_)", re.IGNORECASE)
_DOTS = re.compile(r"·{4,}")
_WORD_WITH_DIGITS = re.compile(r"(?=[A-Za-z_+-]*\d)(?=[\d_+-]*[A-Za-z])[\w+-]{6,}|(['\"]).+?\1")
"""In a comment that names a secret: what may be one."""
_VALUE = re.compile(r"([=:]\s*)\S.*")
_PLAIN = re.compile(r"[\w\"'\]]*\s*[=:]\s*(?:True|False|None|true|false|null|\d+)[\s,}]*\Z")
"""What follows the name of a secret where it has no text."""
_JSON_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:\s*)"((?:[^"\\]|\\.)*)"')


def shown_lines(path: str) -> tuple[str, ...]:
    """The lines of the file, fit for a screen, with dots over what may be a secret.

    Raises ValueError with the reason in words why it is not read, OSError.
    """
    text = _text(raw_bytes(path)).replace("\r\n", "\n").replace("\r", "\n")
    for secret in _known_secrets(path):
        text = text.replace(secret, HIDDEN)
    text = _json(text) if path.endswith(".json") else _python(text)
    lines = lines_of(text)
    if lines and not lines[-1]:
        lines.pop()
    return tuple(_fit(line) for line in lines)


def _text(raw: bytes) -> str:
    """Decoded as Python would (PEP 263); what it would refuse is shown as far as it goes."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(raw).readline)[0]
    except SyntaxError:
        encoding = "utf-8"
    return raw.decode(encoding, "replace").removeprefix("\ufeff")


def _known_secrets(path: str) -> set[str]:
    """The texts that traits with a telling name get, wherever in the file they stand."""
    found = (one.value for one in read_config_file(path).assignments if _SECRET.search(one.trait))
    return {value for value in found if isinstance(value, str) and len(value) > 2}


def _fit(line: str) -> str:
    shown = _DOTS.sub(HIDDEN, covered_pieces(line[:LINE_LIMIT]))
    return visible(shown.expandtabs(4).replace("\f", " "), LINE_LIMIT)


def _json(text: str) -> str:
    def pair(found: re.Match[str]) -> str:
        key, between, value = found.groups()
        return f'"{key}"{between}"{HIDDEN if value and _SECRET.search(key) else value}"'

    shown = _JSON_PAIR.sub(pair, text)
    return "\n".join(_guessed(line) if _SECRET.search(line) and HIDDEN not in line else line for line in _lines(shown))


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _guessed(line: str) -> str:
    """A line that no rule of its language explains: from the name of the secret on, values go."""
    named = _SECRET.search(line)
    begin = named.end() if named else 0
    if _PLAIN.match(line, begin):
        return line
    valued = _VALUE.search(line, begin)
    return line[: valued.end(1)] + HIDDEN if valued else line if named else HIDDEN


def _python(text: str) -> str:
    tokens: list[tokenize.TokenInfo] = []
    try:
        tokens.extend(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return _by_lines(text)
    if any(one.type == tokenize.ERRORTOKEN for one in tokens):
        return _by_lines(text)
    return _covered(text, _secret_places(tokens))


def _by_lines(text: str) -> str:
    """What Python itself cannot divide, judged by its lines alone."""
    lines = _lines(text)
    told = [may_be_secret(lines, number) or bool(_SECRET.search(line)) for number, line in enumerate(lines, 1)]
    return "\n".join(_guessed(line) if tells else line for line, tells in zip(lines, told, strict=True))


def _secret_places(tokens: Sequence[tokenize.TokenInfo]) -> Iterable[Place]:
    """Texts in a statement that names a secret, texts of names that such a statement uses, parts of comments."""
    statements = _statements(tokens)
    telling = [part for part in statements if any(_SECRET.search(one.string) for one in part if _names(one))]
    used = {one.string for part in telling for one in part if one.type == tokenize.NAME}
    for part in statements:
        for at, one in enumerate(part):
            if one.type == tokenize.COMMENT and _SECRET.search(one.string):
                for found in _WORD_WITH_DIGITS.finditer(one.string):
                    column = one.start[1]
                    yield one.start[0], column + found.start(), one.start[0], column + found.end()
            elif _is_text(one) and _may_be_secret(part, at, part in telling, used):
                yield *one.start, *one.end


def _statements(tokens: Sequence[tokenize.TokenInfo]) -> list[list[tokenize.TokenInfo]]:
    """The tokens of each logical line; those of `;` stand in one, since names go from one to the other."""
    found: list[list[tokenize.TokenInfo]] = [[]]
    for one in tokens:
        found[-1].append(one)
        if one.type == tokenize.NEWLINE:
            found.append([])
    return found


def _names(token: tokenize.TokenInfo) -> bool:
    return token.type == tokenize.NAME or _is_text(token)


def _is_text(token: tokenize.TokenInfo) -> bool:
    return token.type == tokenize.STRING or tokenize.tok_name[token.type] == "FSTRING_MIDDLE"


def _may_be_secret(part: Sequence[tokenize.TokenInfo], at: int, telling: bool, used: set[str]) -> bool:
    """Whether the text at this place may be one: not a key, nor what a name or key of another kind gets."""
    seen = [one for one in part[:at] if one.type not in {tokenize.NL, tokenize.COMMENT}][-2:]
    before = [one.string for one in seen]
    behind = next((one.string for one in part[at + 1 :] if one.type not in {tokenize.NL, tokenize.COMMENT}), "")
    if behind == ":" or (before[-1:] == ["["] and behind == "]"):
        return False
    if len(before) > 1 and before[1] in {"=", ":"}:
        key = before[0]
        return bool(_SECRET.search(key)) or (before[1] == "=" and key in used) or (telling and key == "]")
    return telling


def _covered(text: str, places: Iterable[Place]) -> str:
    lines = _lines(text)
    for line, column, last, end in sorted(places, reverse=True):
        head, tail = lines[line - 1][:column], lines[last - 1][end:]
        if line == last:
            lines[line - 1] = f"{head}'{HIDDEN}'{tail}"
        else:
            lines[line - 1], lines[last - 1] = f"{head}'{HIDDEN}", f"{HIDDEN}'{tail}"
            lines[line : last - 1] = [HIDDEN] * (last - line - 1)
    return "\n".join(lines)
