"""What came from the keyboard, cut into keys and pastes, however the terminal's pieces fall."""

from __future__ import annotations

from itertools import groupby

import pytest

from jntui.tui.pasted import END, MOST_PASTED, START, UNTYPED, Pasted, PasteReader


def read(*pieces: str | None) -> list[str | Pasted]:
    """Keys in one string, pastes by themselves; None: nothing came for a moment."""
    reader = PasteReader()
    found: list[str | Pasted] = []
    for piece in pieces:
        found += reader.quiet() if piece is None else reader.feed(piece)
    grouped = groupby(found, key=type)
    return [part for kind, parts in grouped for part in (["".join(map(str, parts))] if kind is str else parts)]


@pytest.mark.parametrize("step", [1, 2, 3, 5, 100])
@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("qqq\rq", "qqq\rq"),
        ("", ""),
        ("\x1b" + "q" * 64, "q" * 64),  # Textual's parser gives up on it after 32 characters, and presses them
        ("\x1b\x1bq\x1b[Aq\x1bOP\x03\x11q", "qqq"),
        ("\x1b]0;q\x07x\x1b[31mred\x1b[0m", "]0;qxred"),
        ("a\u202eb\u2066c\td\x00\x9be", "abc de"),
        ("half a mark \x1b[201", "half a mark [201"),
    ],
)
def test_nothing_between_the_marks_is_a_key(inside: str, text: str, step: int) -> None:
    whole = "j" + START + inside + END + "k"
    pieces = [whole[at : at + step] for at in range(0, len(whole), step)]
    assert read(*pieces) == ["j" + START + END, Pasted(text), "k"]


def test_keys_stay_keys() -> None:
    keys = "jjk/lab\x1b[A\x1b[200\x1b\x03" + "\x1b[<35;10;10M" * UNTYPED
    assert read(keys) == [keys]
    assert read("\x1b", None, "[200~", None, "q") == ["\x1b[200~q"]


def test_what_nobody_can_have_typed_is_a_paste() -> None:
    flood = "q\r\x1b[31mQ" * UNTYPED
    assert read(flood, "q", None, "j") == [Pasted("q\rQ" * UNTYPED + "q"), "j"]
    assert read(flood + START + "x" + END) == [Pasted("q\rQ" * UNTYPED), START + END, Pasted("x")]


def test_little_is_kept_of_a_long_one() -> None:
    for marks in ((START, END), ("", "")):
        (paste,) = (part for part in read(marks[0], *["x" * 4096] * 256, marks[1], None) if isinstance(part, Pasted))
        assert paste == Pasted("x" * MOST_PASTED, cut=True)
    # A field takes one line, and this one is whole.
    assert read(START + "x\n" + "y" * MOST_PASTED + END)[1] == Pasted("x\n" + "y" * (MOST_PASTED - 2))


@pytest.mark.parametrize("key", ["\x03", "\x11", "\x1b", "\x1b[99;5u"])
def test_a_paste_whose_end_got_lost_can_be_left(key: str) -> None:
    assert read(START + "qqq", key, "q", None, key, "j")[-1] == START + END + key + "j"
