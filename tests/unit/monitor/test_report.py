"""What a report says stays text in Markdown, and names of machines are found wherever a setting holds them."""

from __future__ import annotations

import pytest

from jntui.model import Configuration, Setting, Source
from jntui.monitor.report import _cell, _names_in, _settings


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b`c`\nd", "a\\|b'c'?d"),
        ("\\|", "\\\\\\|"),
        ("<img src=x> &lt; a&b=c", "&lt;img src=x&gt; &amp;lt; a&b=c"),
        ("![x](http://evil.example/t.png)", "![x]\\(http://evil.example/t.png)"),
        ("['*', '*']", "['\\*', '\\*']"),
        ("@ada, me@lab", "&#64;ada, me@lab"),
        ("", "-"),
        (True, "yes"),
        (False, "no"),
    ],
)
def test_a_cell(text: object, written: str) -> None:
    assert _cell(text) == written


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("lab.example.org", ["lab.example.org"]),
        (r"https://(a|b)\.gpu-1\.example\.org(:\d+)?", ["gpu-1.example.org"]),
        (("localhost", "gpu7", ".example.com"), ["localhost", "gpu7", "example.com"]),
        ("10.0.0.1", []),
        ("*", []),
        ("::", []),
        (True, []),
    ],
)
def test_names_in_a_setting(value: object, names: list[str]) -> None:
    origin = Source("file")
    one = Setting("local_hostnames", "ServerApp", "text", "", "", value, str(value), origin)
    assert list(_names_in([Configuration((one,))])) == names


def test_a_table_is_no_part_of_the_notes_before_it() -> None:
    """A line right below an item of a list belongs to it."""
    lines = _settings(Configuration(notes=("one", "two")), "/home/ada")
    assert lines[2:6] == ["- one", "- two", "", "no config file is there"]
