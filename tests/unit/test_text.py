"""What is made of text from outside: every piece, in one go and cut anywhere, is as wide as the screen believes."""

from __future__ import annotations

import pytest
import wcwidth
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from jntui.text import MOST_MARKS, cells, visible
from tests.outside import HOSTILE, LONG, PIECES, drawn_cells


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_no_piece_arrives(piece: str) -> None:
    shown = visible(piece)
    assert len(shown) == len(piece)
    assert visible(shown) == shown
    assert drawn_cells(shown) == cells(shown) == cell_len(shown)
    assert "?" in shown


def test_names_of_many_languages_stay_as_they_are() -> None:
    for name in (
        "naïve résumé",
        "研究/データ",
        "Việt Nam",
        "שָׁלוֹם",
        "عربي",
        "हिन्दी",
        "ภาษาไทย",
        "བོད",
        "한국어",
        "👍 ok",
        "“—…✓│",
    ):
        assert visible(name) == name, name


def test_a_megabyte_is_cut() -> None:
    assert len(visible(LONG)) == 4096
    assert cells(visible(LONG)) <= 2 * 4096


def test_marks_stand_on_something_and_are_few() -> None:
    assert visible("\u0301a") == "?a"
    assert visible("a" + "\u0301" * 9 + "b") == "a" + "\u0301" * MOST_MARKS + "?" * (9 - MOST_MARKS) + "b"


def test_the_width_of_every_character_is_the_same_to_all() -> None:
    # Behind them are ideographs and what is unassigned.
    codes = (*range(0x20, 0x3400), *range(0x4D00, 0x5000), *range(0xA000, 0xAC10), *range(0xD700, 0x20000))
    shown = [f"x{chr(code)}" for code in codes if visible(f"x{chr(code)}") == f"x{chr(code)}"]
    assert len(shown) > 35_000
    odd = [ascii(pair) for pair in shown if not 1 + wcwidth.wcwidth(pair[1]) == cell_len(pair) == cells(pair)]
    assert not odd


@given(st.text(alphabet=st.one_of(st.sampled_from(HOSTILE), st.characters()), max_size=40))
def test_so_is_that_of_any_text(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    assert cell_len(shown) == cells(shown) == sum(map(cell_len, shown)) == wcwidth.wcswidth(shown)
