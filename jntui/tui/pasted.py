"""Text that was pasted, told from keys that were pressed, so that no letter of a paste is taken for a key.

Textual's own parser takes an escape sequence it does not know for keys, inside a bracketed paste too; and a terminal
without bracketed paste sends a paste as if somebody had typed it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

START, END = "\x1b[200~", "\x1b[201~"
"""What the terminal sends around a paste (xterm's control sequences, mode 2004)."""

MOST_PASTED = 16_384
"""Characters that are kept of one paste: longer than any URL, path or list that goes into a field."""

UNTYPED = 256
"""Characters that come in one piece and that nobody typed: a key that is held down sends thirty in a second."""

_SEQUENCE = re.compile(r"\x1b(?:\[[<=>?]?[0-9;:]*[ -/]*[@-~]|O[ -~])")
"""A key with a name, a report of the mouse: any number of them may come in one piece."""
_WAY_OUT = re.compile(r"\x1b|\x03|\x11|\x1b\[(?:99|113);5(?::\d)?u")
"""Esc, ctrl+c, ctrl+q, alone: of the keyboard protocols too."""
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters but tab and the ends of lines, and what turns the direction of writing (UAX #9)."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """The text of one paste, fit for a field."""

    text: str
    cut: bool = False
    """There was more of its line than is kept."""


class PasteReader:
    """Of one keyboard: `feed` takes what came in one piece, `quiet` is called where nothing came for a moment."""

    def __init__(self) -> None:
        self._state: str = "keys"
        self._kept: list[str] = []
        self._size = 0
        self._cut = False
        self._tail = ""
        """The end of what came before, which may be the beginning of a mark."""
        self._paused = False

    def feed(self, text: str) -> Iterator[str | Pasted]:
        """Keys as they came, and pastes; the marks are handed on without what stood between them."""
        if self._state == "brackets" and self._paused and _WAY_OUT.fullmatch(text):
            # The end of a paste got lost: whoever wants to leave must be able to.
            self._drop("keys")
            yield END
        self._paused = False
        while text:
            if self._state == "brackets":
                text, parts = self._bracketed(text)
            else:
                text, parts = self._unbracketed(text)
            yield from parts

    def quiet(self) -> Iterator[Pasted]:
        """Nothing came for a moment: a paste without marks has ended."""
        self._paused = True
        if self._state == "flood":
            yield self._take("keys")
        if self._state == "keys":
            self._tail = ""

    def _unbracketed(self, text: str) -> tuple[str, list[str | Pasted]]:
        """Up to and with the first mark: what is left, and what was found."""
        both = self._tail + text
        at = both.find(START)
        if at < 0:
            self._tail = both[-len(START) + 1 :]
            return "", self._untyped(text)
        cut = at + len(START) - len(self._tail)
        found = self._untyped(text[: max(0, cut - len(START))])
        if self._state == "flood":
            found.append(self._take("keys"))
        mark = text[max(0, cut - len(START)) : cut]
        self._drop("brackets")
        return text[cut:], [*found, mark]

    def _untyped(self, text: str) -> list[str | Pasted]:
        if self._state == "keys" and len(_SEQUENCE.sub("", text)) < UNTYPED:
            return [text] if text else []
        self._state = "flood"
        self._keep(text)
        return []

    def _bracketed(self, text: str) -> tuple[str, list[str | Pasted]]:
        both = self._tail + text
        at = both.find(END)
        if at < 0:
            edge = max(0, len(both) - len(END) + 1)
            self._keep(both[:edge])
            self._tail = both[edge:]
            return "", []
        self._keep(both[:at])
        return both[at + len(END) :], [END, self._take("keys")]

    def _keep(self, text: str) -> None:
        part = text[: MOST_PASTED - self._size]
        if part:
            self._kept.append(part)
            self._size += len(part)
        self._cut = self._cut or len(part) < len(text)

    def _take(self, state: str) -> Pasted:
        text = UNFIT.sub("", _SEQUENCE.sub("", "".join(self._kept))).replace("\t", " ")
        # A field takes the first line: what is missing of the others is missed by nobody.
        cut = self._cut and len(text.splitlines()) == 1
        self._drop(state)
        return Pasted(text, cut)

    def _drop(self, state: str) -> None:
        self._state = state
        self._kept.clear()
        self._size = 0
        self._cut = False
        self._tail = ""
