"""A server that ends with the login is marked, with how to keep it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import terminal

from jntui.model import Snapshot, Survival
from screenshots import canned

SIZES = [(120, 40), (80, 24), (60, 20)]
DIES = Survival(False, "it ends with the terminal in which it was started (no nohup)", "`jntui restart 8888` keeps it")
LIVES = Survival(True, "it has no terminal whose end would end it")


def with_survival(first: Survival | None, second: Survival | None = LIVES) -> Snapshot:
    snapshot = canned.main()
    views = (replace(snapshot.views[0], survival=first), replace(snapshot.views[1], survival=second))
    return replace(snapshot, views=(*views, *snapshot.views[2:]))


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_marked_where_servers_are_listed(size: tuple[int, int]) -> None:
    async with terminal(with_survival(DIES), size) as user:
        if size[0] == 80:
            await user.press("4")
        marked, other = user.line_with(":8888 "), user.line_with(":8890")
        if size[0] == 60:
            assert "ends at logout" in marked
            await user.press("right_square_bracket")
            assert "ends at logout" not in user.screen()
            return
        assert "!● :8888" in marked and "!●" not in other
        if size[0] == 120:
            assert ":8888: LAN, token and password, no TLS, ! ends at logout" in user.screen()
            await user.press("right_square_bracket")
            assert "ends at logout" not in user.screen()


@pytest.mark.parametrize("size", SIZES)
async def test_the_details_say_why_and_how_to_keep_it(size: tuple[int, int]) -> None:
    async with terminal(with_survival(DIES), size) as user:
        await user.press("3", "z", "end")
        said = " ".join(user.screen().replace("\u2502", " ").replace("\u2503", " ").split())
        assert "at logout it ends with the terminal in which it was" in said
        assert "to keep it `jntui restart 8888` keeps it" in said


async def test_one_that_goes_on_is_told_without_a_mark() -> None:
    async with terminal(with_survival(LIVES)) as user:
        assert "!●" not in user.screen() and "ends at logout" not in user.screen()
        await user.press("3", "z", "end")
        assert "goes on: it has no terminal whose end would end it" in user.screen()
        await user.arrives(with_survival(None))
        assert "at logout" not in user.screen(), "nobody has looked"
