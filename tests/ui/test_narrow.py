"""40 columns: what is said is shorter, not cut, and the key that leads out stays."""

from __future__ import annotations

import pytest
from driver import terminal

from jntui.tui.dialogs.box import most_of
from screenshots import canned
from tests.ui.test_every_dialog import open_dialog


@pytest.mark.parametrize(
    ("name", "whole", "never"),
    [
        ("HelpDialog", ("esc closes", "copy what the coloured", "band says"), "…"),
        ("DoctorDialog", ("esc closes",), "E open…"),
        ("ConnectDialog", ("esc closes",), "hides"),
        ("EditDialog", ("Preview  Back to default  Cancel",), "ends loc…"),
        ("AccessDialog", ("! internet ", "only LAN ", "nobody else "), "localhost e…"),
    ],
)
async def test_what_leads_on_is_whole(name: str, whole: tuple[str, ...], never: str) -> None:
    async with terminal(canned.main(), size=(40, 12)) as user:
        await open_dialog(user, name)
        screen = user.screen()
        assert not [part for part in whole if part not in screen], screen
        assert never not in screen, screen


async def test_at_60_a_price_keeps_its_end_and_a_file_its_line() -> None:
    async with terminal(canned.main(), size=(60, 20)) as user:
        await open_dialog(user, "AccessDialog")
        assert "only container; localhost ends" in user.screen()
    async with terminal(canned.main(), size=(60, 20)) as user:
        await open_dialog(user, "DoctorDialog")
        await user.sees("…server_config.py:16")
        assert "…server_config.json" in user.screen()


def test_the_last_words_to_go_are_those_that_lead_out() -> None:
    assert most_of("enter previews, E opens it, esc closes", 60) == "enter previews, E opens it, esc closes"
    assert most_of("enter previews, E opens it, esc closes", 30) == "enter previews, esc closes"
    assert most_of("esc closes, ctrl+p finds actions", 12) == "esc closes"
    assert most_of("nothing is written", 3) == "nothing is written"
