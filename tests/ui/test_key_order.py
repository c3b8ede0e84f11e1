"""Keys that come in one piece, as over a slow line, do what they do one by one."""

from __future__ import annotations

import pytest
from driver import terminal

from jntui.tui import key_order
from screenshots import canned
from screenshots.living import RUNNING


async def test_a_question_and_its_answer() -> None:
    async with terminal(canned.main()) as user:
        await user.press("K")
        await user.sees("train.ipynb")
        await user.at_once("j", "s", "tab", "enter")
        await user.until(lambda: user.source.touched != [])
        assert user.source.touched == [("jpserver-4242", RUNNING.kernels[1].id, "shutdown")]


async def test_a_dialog_its_button_and_the_press() -> None:
    async with terminal(canned.main()) as user:
        await user.at_once("n", "enter", "enter")
        await user.until(lambda: [one for one in user.source.asked if one[0] == "start"] != [])


async def test_a_dialog_that_closes_passes_the_next_key_on() -> None:
    async with terminal(canned.main()) as user:
        await user.at_once("K", "escape", "H", "escape", "?")
        await user.until(lambda: type(user.app.screen).__name__ == "HelpDialog")


async def test_a_key_that_nobody_answers_keeps_the_next_one_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async with terminal(canned.main()) as user:
        monkeypatch.setattr(key_order.KeyOrder, "_up", lambda *_arguments: None)
        await user.at_once("j", "K")
        await user.sees("Running in :8888")


async def test_whoever_wants_to_leave_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_order, "LONGEST_S", 3600.0)
    async with terminal(canned.main()) as user:
        monkeypatch.setattr(key_order.KeyOrder, "_up", lambda *_arguments: None)
        await user.at_once("j", "K", "ctrl+q")
        await user.until(lambda: user.app._exit)
