"""A config file by lines, as it may be shown: without the text of tokens, passwords and hashes."""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from typing import TYPE_CHECKING

from jntui.jupyter.settings.pointing import covered_pieces, lines_of, may_be_secret
from jntui.jupyter.settings.reading import raw_bytes, read_config_file
from jntui.jupyter.settings.telling import HIDDEN, cover_of, harmless_comment, kinds_of, telling
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

LINE_LIMIT = 2000
"""Characters that are shown of one line."""

Place = tuple[int, int, int, int]
"""Of a text: its first line (from 1) and column (from 0), its last line, the column behind it."""

_SAID = re.compile(
    r"(?:token|passwords?|passphrase|secret|hash|credentials?|api[_ -]?key|authorization|bearer|pwd|pw)\w*['\"]?"
    r"(?:\s+(?:is|was|are|were)(?!\s+(?:an?|the|not|set|used|required|needed|generated|empty|in|for|to|only|never)\b)\s+"
    r"|\s*[:=]\s*)(?:(?:bearer|basic|token)\s+)?"
    r"(?!(?:true|false|none|null|enabled|disabled|stored|added)\b)(?P<value>['\"]?[^\s,;'\"]{2,})",
    re.IGNORECASE,
)
"""In a comment: what is said to be a secret."""
_RANDOM = re.compile(r"(?=(?:[A-Za-z+=-]*\d){3})(?=[\d+=-]*[A-Za-z])[0-9A-Za-z+=-]{20,}")
"""Long and without words: three digits among letters at least."""
_IN_URL = re.compile(r"(?<=://)([^/@:\s]*:)[^/@\s]+(?=@)")
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
    kinds = kinds_of(read_config_file(path).assignments)
    if kinds:
        # In one pass: what stands instead of one may hold another.
        text = re.sub("|".join(map(re.escape, kinds)), lambda found: kinds[found.group()], text)
    covers = frozenset(kinds.values())
    text = _json(text, covers) if path.endswith(".json") else _python(text, covers)
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


def _fit(line: str) -> str:
    shown = _IN_URL.sub(rf"\1{HIDDEN}", _RANDOM.sub(HIDDEN, covered_pieces(line[:LINE_LIMIT])))
    shown = _DOTS.sub(HIDDEN, shown)
    return visible(shown.expandtabs(4).replace("\f", " "), LINE_LIMIT)


def _json(text: str, covers: Collection[str]) -> str:
    def pair(found: re.Match[str]) -> str:
        key, between, value = found.groups()
        return f'"{key}"{between}"{HIDDEN if value and value not in covers and telling(key) else value}"'

    shown = _below_keys(_JSON_PAIR.sub(pair, text), covers)
    return "\n".join(_guessed(line) if telling(line) and HIDDEN not in line else line for line in _lines(shown))


_JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}:,]')


def _below_keys(text: str, covers: Collection[str]) -> str:
    """The texts of lists and objects below a key that names a secret; keys stay."""
    depth, below = 0, 0
    key = ""
    parts, at = [], 0
    for found in _JSON_PART.finditer(text):
        word = found.group()
        parts.append(text[at : found.start()])
        at = found.end()
        if word in "[{":
            depth += 1
            below = below or (depth if telling(key) else 0)
            key = ""
        elif word in "]}":
            below = 0 if below == depth else below
            depth -= 1
        elif word.startswith('"') and text[at:].lstrip()[:1] == ":":
            key = word
        elif word == ",":
            key = ""
        elif word.startswith('"') and below and word[1:-1] not in covers:
            word = f'"{HIDDEN}"'
        parts.append(word)
    return "".join([*parts, text[at:]])


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _guessed(line: str) -> str:
    """A line that no rule of its language explains: from the name of the secret on, values go."""
    named = telling(line)
    begin = named.end() if named else 0
    if _PLAIN.match(line, begin):
        return line
    valued = _VALUE.search(line, begin)
    return line[: valued.end(1)] + HIDDEN if valued else line if named else HIDDEN


def _python(text: str, covers: Collection[str]) -> str:
    tokens: list[tokenize.TokenInfo] = []
    try:
        tokens.extend(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return _by_lines(text)
    if any(one.type == tokenize.ERRORTOKEN for one in tokens):
        return _by_lines(text)
    return _covered(text, _secret_places(tokens, covers))


def _by_lines(text: str) -> str:
    """What Python itself cannot divide, judged by its lines alone."""
    lines = _lines(text)
    told = [may_be_secret(lines, number) or bool(telling(line)) for number, line in enumerate(lines, 1)]
    return "\n".join(_guessed(line) if tells else line for line, tells in zip(lines, told, strict=True))


def _secret_places(tokens: Sequence[tokenize.TokenInfo], covers: Collection[str]) -> Iterable[Place]:
    """Texts in a statement that names a secret, texts of names that such a statement uses, parts of comments."""
    statements = _statements(tokens)
    tellings = [part for part in statements if any(telling(one.string) for one in part if _names(one))]
    used = {one.string for part in tellings for one in part if one.type == tokenize.NAME}
    inside = _bodies(statements, used)
    for part, whole in zip(statements, inside, strict=True):
        told = part in tellings
        every = whole or _gives_secret(part, used)
        for at, one in enumerate(part):
            if one.type == tokenize.COMMENT and telling(one.string):
                yield from _in_comment(one, covers)
            elif not _is_text(one) or _inside(one.string) in covers:
                continue
            elif _may_be_secret(part, at, told, used) or (every and not _is_key(part, at)):
                yield *one.start, *one.end


def _in_comment(comment: tokenize.TokenInfo, covers: Collection[str]) -> Iterator[Place]:
    line, column = comment.start
    text = harmless_comment(comment.string)
    for cover in covers:
        text = text.replace(cover, " " * len(cover))
    spans = [found.span() for found in _WORD_WITH_DIGITS.finditer(text)]
    said = [found.span("value") for found in _SAID.finditer(text)]
    spans += [span for span in said if not any(span[0] < end and begin < span[1] for begin, end in spans)]
    for begin, end in spans:
        yield line, column + begin, line, column + end


def _bodies(statements: Sequence[Sequence[tokenize.TokenInfo]], used: set[str]) -> list[bool]:
    """Which statements stand in a function or class that a secret comes from, by its name."""
    found, depth, held = [], 0, 0
    for part in statements:
        depth += sum(1 for one in part if one.type == tokenize.INDENT)
        depth -= sum(1 for one in part if one.type == tokenize.DEDENT)
        held = 0 if depth < held else held
        names = [one.string for one in part if one.type == tokenize.NAME]
        begins = [at for at, name in enumerate(names[:-1]) if name in {"def", "class"}]
        named = names[begins[0] + 1] if begins else ""
        if not held and named and (named in used or telling(named)):
            held = depth + 1
        found.append(bool(held))
    return found


def _gives_secret(part: Sequence[tokenize.TokenInfo], used: set[str]) -> bool:
    """What is assigned is a secret, or a name that a secret is made from: `words = ['x']`, `c.Hub.tokens = {...}`."""
    depth = 0
    target: list[str] = []
    for one in part:
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(one.string, 0)
        if one.string == "=" and not depth:
            last = target[-1] if target else ""
            return any(telling(name) for name in target[-1:]) or (len(target) == 1 and last in used)
        if one.type in {tokenize.NAME, tokenize.STRING}:
            target.append(one.string)
    return False


def _is_key(part: Sequence[tokenize.TokenInfo], at: int) -> bool:
    """A key of a dictionary, or a subscript."""
    seen = [one for one in part[:at] if one.type not in {tokenize.NL, tokenize.COMMENT}][-2:]
    behind = next((one.string for one in part[at + 1 :] if one.type not in {tokenize.NL, tokenize.COMMENT}), "")
    if behind == ":":
        return True
    if behind != "]" or not seen or seen[-1].string != "[":
        return False
    # After a name it is a subscript; after `=`, `(`, `,` a list of one.
    before = seen[0] if len(seen) > 1 else None
    if before is None or keyword.iskeyword(before.string):
        return False
    return before.type in {tokenize.NAME, tokenize.STRING} or before.string in {"]", ")"}


def _statements(tokens: Sequence[tokenize.TokenInfo]) -> list[list[tokenize.TokenInfo]]:
    """The tokens of each logical line; those of `;` stand in one, since names go from one to the other."""
    found: list[list[tokenize.TokenInfo]] = [[]]
    for one in tokens:
        found[-1].append(one)
        if one.type == tokenize.NEWLINE:
            found.append([])
    return found


def _inside(literal: str) -> str:
    return literal.lstrip("uUrR").strip("'\"")


def _names(token: tokenize.TokenInfo) -> bool:
    return token.type == tokenize.NAME or _is_text(token)


def _is_text(token: tokenize.TokenInfo) -> bool:
    return token.type == tokenize.STRING or tokenize.tok_name[token.type] == "FSTRING_MIDDLE"


def _may_be_secret(part: Sequence[tokenize.TokenInfo], at: int, told: bool, used: set[str]) -> bool:
    """Whether the text at this place may be one: not a key, nor what a name or key of another kind gets."""
    seen = [one for one in part[:at] if one.type not in {tokenize.NL, tokenize.COMMENT}][-2:]
    before = [one.string for one in seen]
    if _is_key(part, at):
        return False
    if len(before) > 1 and before[1] in {"=", ":"}:
        key = before[0]
        return bool(telling(key)) or (before[1] == "=" and key in used) or (told and key == "]")
    return told


def _covered(text: str, places: Iterable[Place]) -> str:
    lines = _lines(text)
    for line, column, last, end in sorted(places, reverse=True):
        head, tail = lines[line - 1][:column], lines[last - 1][end:]
        if line == last:
            lines[line - 1] = f"{head}'{cover_of(_inside(lines[line - 1][column:end]))}'{tail}"
        else:
            lines[line - 1], lines[last - 1] = f"{head}'{HIDDEN}", f"{HIDDEN}'{tail}"
            lines[line : last - 1] = [HIDDEN] * (last - line - 1)
    return "\n".join(lines)
