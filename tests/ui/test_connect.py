"""What other programs open an endpoint with; and the browser, which is never opened on the other machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from driver import terminal

from jntui.model import RedirectFile
from jntui.tui.browser import barred, place_of
from screenshots import canned

SIZES = [(120, 40), (80, 24), (60, 20)]
LAN = "http://192.168.2.169:8888/"


@pytest.mark.parametrize("size", SIZES)
async def test_each_string_says_whether_it_is_proven(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("C")
        await user.sees("Connect to :8888 from")
        words = user.sentence()
        assert "✓ browser " in words.replace("  ", " ") and "proven" in words
        for name in ("VS Code: Existing Jupyter Server", "JupyterLab Desktop", "curl", "ssh, from your own computer"):
            assert name in words
        assert "unproven" in words, "the ssh line runs on another computer"
        assert canned.TOKEN not in user.screen()
        await user.press("enter")
        assert user.clipboard == LAN
        assert "sent to your terminal's clipboard: browser" in user.sentence()


async def test_the_ssh_line_is_copied() -> None:
    async with terminal(canned.local_only()) as user:
        await user.press("C")
        await user.sees("Connect to :8888 from")
        await user.press("down", "down", "down", "down", "down", "enter")
        assert user.clipboard.startswith("ssh -L 127.0.0.1:8888:")
        assert "your computer runs it" in user.sentence()


async def test_tokens_are_in_them_only_when_shown() -> None:
    async with terminal(canned.main()) as user:
        await user.press("C")
        await user.sees("t with the token")
        await user.press("t", "enter")
        assert user.clipboard == f"{LAN}?token={canned.TOKEN}"
        await user.press("t", "enter")
        assert user.clipboard == LAN


async def test_the_chosen_one_and_what_is_known_of_it_stay_in_sight() -> None:
    async with terminal(canned.main(), (60, 20)) as user:
        await user.press("C")
        await user.sees("Connect to :8888 from")
        await user.press("t")
        for label in ("VS Code", "JupyterLab Desktop", "curl", "ssh, from your own computer"):
            await user.press("down", "enter")
            assert f"sent to your terminal's clipboard: {label}" in user.sentence()
        assert "your computer runs it" in user.sentence()
        await user.press("up", "up", "up", "up")
        assert user.line_with(" browser ")


async def test_over_ssh_no_browser_is_opened() -> None:
    async with terminal(canned.main()) as user:
        await user.press("o")
        assert "o: over SSH it would open there: C has your computer's URLs" in user.screen()


def test_where_there_is_no_screen_there_is_no_browser() -> None:
    assert "SSH" in barred({"SSH_CONNECTION": "192.0.2.7 1 192.0.2.2 22", "DISPLAY": ":0"})
    assert "no screen" in barred({})


def test_no_token_stands_on_the_browsers_command_line(tmp_path: Path) -> None:
    file = RedirectFile(str(tmp_path / "open.html"), 0o600, False, "http://localhost:8888/tree", has_token=True)
    server = replace(canned.LAB, redirect_file=file)
    assert place_of(server, "http://localhost:8888/") == f"file://{file.path}"
    assert place_of(server, LAN) == LAN
    assert place_of(canned.LAB, "http://localhost:8888/") == "http://localhost:8888/"
