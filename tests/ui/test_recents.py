"""Servers that were started before, in the start dialog."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from driver import Terminal, terminal

from jntui.model import Recent, StartFailed, StartRequest
from screenshots import canned

SIZES = [(120, 40), (80, 24), (60, 20)]
AT = datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc)
OLD = Recent("lab", "/env/bin/python", 8899, "/home/ada/my notes", ("--ServerApp.ip=*", "--no-browser"), AT)
BEFORE = (OLD, *(Recent("server", "/env/bin/python", 9000 + n, "/srv/nb", (), AT) for n in range(6)))
AGAIN = StartRequest("lab", 8899, "/home/ada/my notes", "/env/bin/python", OLD.options)


def asked(user: Terminal, what: str) -> list[object]:
    return [one[1] for one in user.source.asked if one[0] == what]


async def opened(user: Terminal, before: tuple[Recent, ...] = BEFORE) -> None:
    user.source.before = before
    await user.press("n")
    await user.sees("enter on one below starts it again")
    await user.sees("/home/ada/.local/state/jntui/8891.log")
    await user.until(lambda: user.app.focused is not None and user.app.focused.id == "recents")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("snapshot", [canned.empty, canned.main])
async def test_enter_starts_one_again(size: tuple[int, int], snapshot: object) -> None:
    async with terminal(snapshot(), size) as user:  # type: ignore[operator]
        await opened(user)
        await user.press("down")
        assert "JupyterLab" in user.line_with(":8899") and "my notes" in user.line_with(":8899")
        await user.until(lambda: AGAIN in asked(user, "plan"))
        await user.pilot.pause()
        assert asked(user, "start") == []
        await user.press("enter")
        await user.until(lambda: asked(user, "start") == [AGAIN])
        await user.sees("jpserver-5000 runs")


@pytest.mark.parametrize("size", SIZES)
async def test_the_form_is_as_it_was_then_and_can_be_changed(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await opened(user)
        await user.press("enter")
        assert asked(user, "start") == [], "the first row is a new one: enter goes on to the form"
        await user.press("shift+tab", "down", "tab", "tab")
        assert "(•) lab" in user.screen() and "/home/ada/my notes" in user.screen()
        await user.press("end", *["backspace"] * 4)
        await user.type("8123")
        await user.press("tab")
        await user.until(lambda: asked(user, "plan")[-1] == StartRequest("lab", 8123, *list_of(AGAIN)))
        await user.press("shift+tab", "shift+tab", "shift+tab", "home")
        assert "(•) auto" in user.screen()
        await user.until(lambda: asked(user, "plan")[-1] == StartRequest())


def list_of(request: StartRequest) -> tuple[str | None, str | None, tuple[str, ...]]:
    return request.root_dir, request.python, request.options


async def test_a_fast_cursor_asks_for_one_preview_at_a_time() -> None:
    async with terminal(canned.main()) as user:
        await opened(user)
        last = StartRequest("server", 9005, "/srv/nb", "/env/bin/python")
        user.source.plans_hang = True
        before = len(asked(user, "plan"))
        await user.at_once(*["down"] * 7)
        await user.until(lambda: user.app.screen.request() == last)
        assert len(asked(user, "plan")) == before + 1, "the others wait for it"
        user.source.release.set()
        await user.until(lambda: asked(user, "plan")[-1] == last)
        assert len(asked(user, "plan")) == before + 2


async def test_what_cannot_start_says_so_and_stays() -> None:
    async with terminal(canned.main()) as user:
        await opened(user)
        user.source.failure = StartFailed("port 8899 is taken: pid 4242")
        await user.press("down")
        await user.sees("port 8899 is taken: pid 4242")
        await user.press("enter")
        await user.until(lambda: asked(user, "start") == [AGAIN])
        assert "Start a server" in user.screen()


async def test_without_any_the_dialog_is_as_it_was() -> None:
    async with terminal(canned.main()) as user:
        await user.press("n")
        await user.sees("8891.log")
        assert "starts it again" not in user.screen()


async def test_enter_twice_starts_it_as_it_stands() -> None:
    async with terminal(canned.empty()) as user:
        await user.press("n")
        await user.sees("8891.log")
        await user.press("enter")
        assert asked(user, "start") == [], "the first one only comes to the button"
        await user.press("enter")
        await user.until(lambda: asked(user, "start") == [StartRequest()])


@pytest.mark.parametrize("size", SIZES)
async def test_what_a_form_cannot_show_is_left_out(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        nasty = "/srv/a\x1b[31m\u202eb\n"
        odd = [
            Recent("lab", python, 8888, root, (), AT)
            for python, root in ((nasty, "/a"), ("/p", nasty), ("/p", "\udcff"))
        ]
        await opened(user, (*odd, Recent("lab", "/p", 8888, "/a", (nasty,), AT), OLD))
        await user.press("end")
        assert ":8888  /" not in user.dialog() and ":8899" in user.screen()
        assert not {"\x1b", "\u202e"} & set(user.screen())
