"""Text from outside, made fit for a screen, a log or a terminal: the standard library only, no state."""

from __future__ import annotations

import unicodedata

_BAD = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Me"})
"""Unicode categories that move the cursor, turn the direction of writing, have no width, or draw around a neighbour."""

_MARKS = frozenset({"Mn", "Mc"})
"""Categories of what is drawn onto the character before it."""

MOST_MARKS = 4
"""Marks on one character: Tibetan and pointed Hebrew need so many, and any number of them grows over other lines."""

_UNSURE = frozenset(
    {
        *"\u034f\u115f\u17b4\u17b5\u2800\u3164\uffa0",  # fillers and joiners: nothing is seen of them
        *map(chr, range(0x1160, 0x1200)),  # vowels and ends of old Korean syllables: as wide as what precedes them says
        *map(chr, range(0xD7B0, 0xD800)),
        *map(chr, range(0x180B, 0x1810)),  # variation selectors: U+FE0F makes a sign twice as wide on some terminals
        *map(chr, range(0xFE00, 0xFE10)),
        *map(chr, range(0xE0100, 0xE01F0)),
        *map(chr, range(0x1F1E6, 0x1F200)),  # two of these are one flag, or two letters
        *map(chr, range(0x1F3FB, 0x1F400)),  # skin tones: a part of the emoji before them, or a square of their own
        *map(chr, range(0x2630, 0x2638)),  # trigrams and what else became twice as wide with Unicode 16
        *map(chr, range(0x268A, 0x2690)),
        *map(chr, range(0x4DC0, 0x4E00)),
        *map(chr, range(0x1D300, 0x1D377)),
    }
)
"""What is a letter, a mark or a sign by its category, and looks like nothing (DerivedCoreProperties.txt,
Default_Ignorable_Code_Point; the blank braille pattern) or takes another width on each terminal (UAX #29, GB6 to GB13).
"""


def visible(text: str, limit: int = 4096) -> str:
    """`text` with all that no terminal shows as a character of its own replaced by `?`, at most `limit` characters.

    A terminal executes control characters and turns text round at bidi overrides (UAX #9), so nothing that another
    program wrote reaches the screen without passing here. Character by character: positions stay what they were.
    """
    cut = text[:limit]
    if cut.isascii() and cut.isprintable():
        return cut
    shown: list[str] = []
    room = 0  # for marks: what comes first, or after a `?`, has nothing to be drawn onto
    for char in cut:
        kind = unicodedata.category(char)
        mark = kind in _MARKS
        if kind in _BAD or char in _UNSURE or (mark and not room):
            shown.append("?")
            room = 0
            continue
        room = room - 1 if mark else MOST_MARKS
        shown.append(char)
    return "".join(shown)


def cells(text: str) -> int:
    """Terminal cells of text that is `visible`: East Asian wide characters (UAX #11) take two, marks none."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.category(char) in _MARKS:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def home_short(path: str, home: str) -> str:
    """`path` with the home directory written as `~`."""
    if home and home != "/" and (path == home or path.startswith(home.rstrip("/") + "/")):
        return "~" + path[len(home.rstrip("/")) :]
    return path
