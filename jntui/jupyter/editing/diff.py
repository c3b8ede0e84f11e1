"""The preview of a change: a unified diff fit for a screen, with line numbers and without secrets."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from jntui.jupyter.editing.covered import Cover
from jntui.jupyter.editing.source import encoding_of
from jntui.model.edit import DiffLine
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONTEXT = 3
"""Lines shown before and behind a change."""
WIDTH = 160
"""Characters of a line that are shown; of a longer one those around the change."""
LINES_LIMIT = 400
"""Lines of a diff."""
COMPARED = 4 * LINES_LIMIT
"""Lines between the first change and the last one, of both files together, in which more in common is looked for."""
_LINE = re.compile("([^\r\n]*)(\r\n|\r|\n)|([^\r\n]+)\\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BEFORE = 60
NO_END = "no line end at the end of the file"


def diff(
    old: bytes, new: bytes, *, secrets: tuple[str, ...] = (), width: int = WIDTH, compared: int = COMPARED
) -> tuple[DiffLine, ...]:
    """What changes between two versions of a config file, at most `LINES_LIMIT` lines of `width` characters.

    Values of tokens, passwords and hashes are covered by their kind, and so is every text in `secrets`. Empty if
    nothing changes. Two parts of more than `compared` lines together are taken for different files.
    """
    before, behind = _lines(_text(old)), _lines(_text(new))
    ends = {end for _text, end in (*before, *behind) if end}
    shown = [_shown(lines, Cover(secrets), show_ends=len(ends) > 1) for lines in (before, behind)]
    found: list[DiffLine] = []
    for part in _parts(before, behind, compared):
        found.extend(_part(part, shown[0], shown[1], (before, behind), width))
        if len(found) >= LINES_LIMIT:
            left = DiffLine("@", None, None, "the diff goes on")
            return (*found[: LINES_LIMIT - 1], left)
    return tuple(found)


def as_text(lines: Sequence[DiffLine]) -> str:
    """The diff as text, with the line numbers of the old and the new file in front."""
    widest = max((len(str(number)) for line in lines for number in (line.old, line.new) if number), default=1)
    rows = []
    for line in lines:
        if line.sign == "@":
            rows.append(f"{'':{2 * widest + 1}} @ {line.text}")
        else:
            rows.append(f"{line.old or '':>{widest}} {line.new or '':>{widest}} {line.sign} {line.text}".rstrip())
    return "\n".join(rows)


def _text(raw: bytes) -> str:
    try:
        return raw.decode(encoding_of(raw))
    except (SyntaxError, UnicodeError, LookupError):
        # Each byte as one character: the lines are told apart all the same.
        return raw.decode("latin-1")


def _lines(text: str) -> list[tuple[str, str]]:
    return [(one[1] or one[3] or "", one[2] or "") for one in _LINE.finditer(text)]


def _shown(lines: list[tuple[str, str]], cover: Cover, *, show_ends: bool) -> list[str]:
    return [_controls(cover.line(text) + (end.replace("\n", "") if show_ends else "")) for text, end in lines]


def _controls(text: str) -> str:
    """`^I` for a tab, `^L` for a form feed, `^M` for CR."""
    return visible(_CONTROL.sub(lambda found: f"^{chr(ord(found.group()) ^ 64)}", text), 1 << 22)


def _parts(
    before: list[tuple[str, str]], behind: list[tuple[str, str]], compared: int
) -> Iterator[list[tuple[str, int, int, int, int]]]:
    """Groups of operations. What both begin and end with is set aside first: the rest is short."""
    same = 0
    while same < min(len(before), len(behind)) and before[same] == behind[same]:
        same += 1
    tail = 0
    while tail < min(len(before), len(behind)) - same and before[-1 - tail] == behind[-1 - tail]:
        tail += 1
    first, last = max(0, same - CONTEXT), max(0, tail - CONTEXT)
    old, new = before[first : len(before) - last], behind[first : len(behind) - last]
    if len(old) + len(new) > compared:
        # Another file altogether: what is in common is not looked for.
        codes = [("replace", 0, len(old), 0, len(new))]
        groups = iter([codes])
    else:
        groups = iter(difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT))
    for group in groups:
        yield [(tag, a + first, b + first, c + first, d + first) for tag, a, b, c, d in group]


def _part(
    part: list[tuple[str, int, int, int, int]],
    old: list[str],
    new: list[str],
    lines: tuple[list[tuple[str, str]], list[tuple[str, str]]],
    width: int,
) -> Iterator[DiffLine]:
    yield DiffLine("@", None, None, f"line {part[0][1] + 1}" if old else "new file")
    for tag, a, b, c, d in part:
        if tag == "equal":
            for at in range(b - a):
                yield DiffLine(" ", a + at + 1, c + at + 1, _cut(old[a + at], 0, width))
                yield from _no_end(lines[0], a + at)
            continue
        for at in range(a, b):
            other = new[c + at - a] if c + at - a < d else ""
            yield DiffLine("-", at + 1, None, _cut(old[at], _differ(old[at], other), width))
            yield from _no_end(lines[0], at)
        for at in range(c, d):
            other = old[a + at - c] if a + at - c < b else ""
            yield DiffLine("+", None, at + 1, _cut(new[at], _differ(new[at], other), width))
            yield from _no_end(lines[1], at)


def _no_end(lines: list[tuple[str, str]], at: int) -> Iterator[DiffLine]:
    if not lines[at][1]:
        yield DiffLine("\\", None, None, NO_END)


def _differ(one: str, other: str) -> int:
    """The first character that is not the same."""
    if not other:
        return 0
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _cut(text: str, change: int, width: int) -> str:
    """At most `width` characters around the change."""
    if len(text) <= width:
        return text
    begin = max(0, min(change - min(_BEFORE, width // 3), len(text) - width + 3))
    head = "..." if begin else ""
    tail = "..." if begin + width - len(head) < len(text) else ""
    return head + text[begin : begin + width - len(head) - len(tail)] + tail
