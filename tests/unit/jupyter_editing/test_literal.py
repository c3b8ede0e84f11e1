"""Python literals: the value comes back, in the file's encoding, in the quotes of what was there."""

from __future__ import annotations

import ast
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui.jupyter.editing.literal import NoLiteralError, Style, python_literal, style_of
from tests.unit.jupyter_editing.programs import values


@given(
    values, st.sampled_from(["'a'", '"a"', "u'a'", 'r"a"', "R'a'", "'''a'''", "1"]), st.sampled_from(["utf-8", "ascii"])
)
def test_the_value_comes_back(value: object, old: str, encoding: str) -> None:
    written = python_literal(value, style_of(old), encoding)
    assert repr(ast.literal_eval(written)) == repr(value)
    assert "\n" not in written
    assert ast.literal_eval(written.encode(encoding).decode(encoding)) == value


@pytest.mark.parametrize(
    ("old", "value", "new"),
    [
        ('"a"', "b", '"b"'),
        ('"a"', 'say "b"', "'say \"b\"'"),
        ("'a'", "it's", '"it\'s"'),
        ("'a'", "'\"", "'\\'\"'"),
        ("u'a'", "b", "u'b'"),
        ("r'a'", "C:\\d", "r'C:\\d'"),
        ("r'a'", "C:\\d\\", "'C:\\\\d\\\\'"),
        ('["a"]', ["b", "c"], '["b", "c"]'),
        ("'''a'''", "b", "'b'"),
        ("b'a'", "b", "'b'"),
        ("1", "b", "'b'"),
        ("'a'", "\x1b\u200b", "'\\x1b\\u200b'"),
    ],
)
def test_style(old: str, value: object, new: str) -> None:
    assert python_literal(value, style_of(old), "utf-8") == new


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**300, b"a", object(), [math.nan], {1: {2}}])
def test_no_literal(value: object) -> None:
    with pytest.raises(NoLiteralError):
        python_literal(value, Style(), "utf-8")


def test_depth_is_bounded() -> None:
    deep: object = 1
    for _ in range(1000):
        deep = [deep]
    with pytest.raises(NoLiteralError):
        python_literal(deep, Style(), "utf-8")
