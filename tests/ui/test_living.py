"""The log of a server and the command log, on the screen."""

from __future__ import annotations

import pytest
from driver import terminal

from jntui.model import LogLine, LogPlace
from screenshots import canned

SIZES = [(120, 40), (80, 24), (60, 20)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_log_is_followed_from_its_end(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("L")
        await user.sees("! [E 2026-11-23 14:02:00 ServerApp] Kernel died")
        assert "Log of :8888: ~/.local/state/jntui/8888.log" in user.screen()
        assert "/ filter, w wrap, c copy, esc closes" in user.screen()
        user.source.log.put((LogLine("[I 2026-11-23 14:03:00 ServerApp] one more"),))
        await user.sees("one more")
        await user.press("home")
        await user.sees("line 0")
        user.source.log.put((LogLine("[I 2026-11-23 14:04:00 ServerApp] the newest"),))
        await user.pilot.pause()
        assert "line 0" in user.screen(), "who reads above is left there"
        user.source.log.put(None)
        await user.press("escape")
        assert "Log of" not in user.screen()


@pytest.mark.parametrize("size", SIZES)
async def test_filter_wrap_and_copy(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("L")
        await user.sees("Kernel died")
        await user.press("slash")
        await user.type("kernel")
        assert "enter keeps the filter, esc shows all" in user.screen()
        await user.press("enter")
        assert "/ filter, w wrap, c copy, esc closes" in user.screen()
        assert "favicon" not in user.screen()
        assert "line 49" not in user.screen()
        await user.press("w")
        assert user.sentence().count("again and") >= 10
        await user.press("c")
        assert user.clipboard.startswith("! [E 2026-11-23 14:02:00 ServerApp] Kernel died")
        assert "sent to your terminal's clipboard: 1 line " in user.screen()
        await user.press("escape")
        await user.sees("favicon")
        user.source.log.put(None)


@pytest.mark.parametrize("size", SIZES)
async def test_without_a_log_it_says_why_and_how_to_have_one(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        user.source.place = LogPlace("none", "it writes to the terminal pts/3", how="start it with `jntui start`")
        await user.press("L")
        await user.sees("it writes to the terminal pts/3. start it with")


@pytest.mark.parametrize("size", SIZES)
async def test_the_command_log_can_be_copied(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("H")
        await user.sees("# 2026-11-23 13:58 stopped :8891")
        assert "curl -X POST -H 'Authorization: token ***'" in user.screen()
        assert "tried to stop :8892, which" in user.screen()
        await user.press("c")
        assert user.clipboard.endswith("which did not work\nkill 4400")
        await user.press("H")
        assert "Command log" not in user.screen()


async def test_an_empty_command_log_says_so() -> None:
    async with terminal(canned.empty()) as user:
        user.source.entries = ()
        await user.press("H")
        await user.sees("jntui did nothing on your behalf yet")


@pytest.mark.parametrize("size", SIZES)
async def test_the_report_is_in_the_palette_and_can_be_copied(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        user.app.perform("report")
        await user.sees("| jpserver-4242 | running |")
        await user.press("c")
        assert user.clipboard.startswith("# jntui report\n")
        await user.press("escape")
        await user.until(lambda: "jpserver-4242 | running" not in user.screen())
