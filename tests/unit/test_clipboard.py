"""What goes to the terminal's clipboard, read back as screen and the terminal behind it would."""

from __future__ import annotations

import base64
import re

import pytest

from jntui.tui.clipboard import sequence

TEXT = "http://192.168.2.169:8888/ü?token=" + "3f9a" * 400


def clipboard(written: str) -> str:
    """The text in one OSC 52."""
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\a", written)
    assert found
    return base64.b64decode(found.group(1)).decode()


@pytest.mark.parametrize("environ", [{}, {"TMUX": "/tmp/t,1,0"}, {"STY": "1.a", "TMUX": "x", "TERM": "tmux-256color"}])
def test_a_terminal_and_tmux_take_it_as_it_is(environ: dict[str, str]) -> None:
    assert clipboard(sequence(TEXT, environ)) == TEXT


@pytest.mark.parametrize("environ", [{"STY": "1.a"}, {"STY": "1.a", "TMUX": "x", "TERM": "screen.tmux-256color"}])
def test_screen_hands_on_strings_of_which_none_is_too_long(environ: dict[str, str]) -> None:
    written = sequence(TEXT, environ)
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", written, re.DOTALL)
    assert "".join(f"\x1bP{piece}\x1b\\" for piece in pieces) == written
    assert max(map(len, pieces)) < 768
    assert clipboard("".join(pieces)) == TEXT


def test_nothing_that_a_shell_or_a_terminal_would_execute_goes_there() -> None:
    assert clipboard(sequence("a\x1b[201~\x9b\u202eb\r\udcff\n\tc", {})) == "a?[201~??b??\n\tc"
