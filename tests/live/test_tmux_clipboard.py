"""What a real tmux says of a clipboard that it does not hand on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jntui.tui.clipboard import dropped

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux here")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """One of its own, as it is without a config file."""
    argv = ("tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null")
    subprocess.run((*argv, "new-session", "-d", "cat"), check=True, timeout=20, env=outside())
    yield argv
    subprocess.run((*argv, "kill-server"), check=True, timeout=20, env=outside())


def outside() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "TMUX"} | {"TERM": "xterm-256color"}


def test_what_tmux_drops_is_told_with_what_changes_it(tmux: tuple[str, ...], tmp_path: Path) -> None:
    inside = {**outside(), "TMUX": f"{tmp_path / 'socket'},1,0"}
    for value, told in (("external", True), ("off", True), ("on", False)):
        subprocess.run((*tmux, "set", "-s", "set-clipboard", value), check=True, timeout=20, env=outside())
        words = dropped(inside)
        assert bool(words) is told, (value, words)
        assert not told or "tmux set -s set-clipboard on" in words


def test_nothing_is_claimed_where_no_tmux_answers(tmp_path: Path) -> None:
    assert dropped({}) == ""
    assert dropped({**outside(), "TMUX": f"{tmp_path / 'nobody'},1,0"}) == ""
    assert dropped({"TMUX": "/x,1,0", "PATH": str(tmp_path)}) == ""
