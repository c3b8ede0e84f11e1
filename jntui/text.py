"""Text from outside, made fit for a screen, a log or a terminal: the standard library only, no state."""

from __future__ import annotations

import unicodedata

_BAD = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that move the cursor, turn the direction of writing or have no width: C0, C1, bidi marks."""


def visible(text: str, limit: int = 4096) -> str:
    """`text` with every control, format and unassigned character replaced by `?`, at most `limit` characters.

    A terminal executes control characters and turns text round at bidi overrides (UAX #9), so nothing that another
    program wrote reaches the screen without passing here.
    """
    cut = text[:limit]
    if cut.isascii() and cut.isprintable():
        return cut
    return "".join("?" if unicodedata.category(char) in _BAD else char for char in cut)


def home_short(path: str, home: str) -> str:
    """`path` with the home directory written as `~`."""
    if home and home != "/" and (path == home or path.startswith(home.rstrip("/") + "/")):
        return "~" + path[len(home.rstrip("/")) :]
    return path
