"""How open each server is, who came in, and what the palette takes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import Terminal, terminal

from jntui.diagnose.exposure import badge
from jntui.model import Client, Snapshot
from screenshots import canned

SIZES = [(120, 40), (80, 24), (60, 20)]
LAN = "http://192.168.2.169:8888/"
PHONE = Client("192.168.2.31", "192.168.2.169", canned.NOW, canned.NOW, name="ipad.lan")


def with_clients(*clients: Client) -> Snapshot:
    snapshot = canned.main()
    first, *others = snapshot.views
    return replace(snapshot, views=(replace(first, clients=clients), *others))


def asked(user: Terminal, what: str) -> list[tuple[object, ...]]:
    return [one for one in user.source.asked if one[0] == what]


async def test_the_badge_of_the_selected_server_is_whole_where_there_is_room() -> None:
    async with terminal(canned.main()) as user:
        assert ":8888: LAN, token and password, no TLS" in user.screen()
        await user.press("right_square_bracket")
        assert ":8890: this machine, no authentication" in user.screen()
    async with terminal(canned.main(), (60, 20)) as user:
        assert "LAN, token and password, no TLS" in user.lines()[1]


@pytest.mark.parametrize("size", SIZES)
async def test_tls_stands_beside_the_authentication(size: tuple[int, int]) -> None:
    snapshot = canned.main()
    first, *others = snapshot.views
    server = replace(first.server, scheme="https", auth="password")
    async with terminal(
        replace(snapshot, views=(replace(first, server=server, badge=badge(server)), *others)), size
    ) as user:
        line = user.line_with(":8888")
        assert "password TLS" in line or "password, TLS" in line


@pytest.mark.parametrize("size", SIZES)
async def test_the_top_line_warns_while_something_is_open_to_others(size: tuple[int, int]) -> None:
    async with terminal(canned.alarm(), size) as user:
        assert ":8890 is open" in user.lines()[0]
        assert "without authentication" in user.lines()[0] or "no login" in user.lines()[0]
        await user.press("right_square_bracket")
        assert ":8890 is open" in user.lines()[0], "whichever server is selected"
        await user.arrives(canned.main())
        assert "is open" not in user.lines()[0]


@pytest.mark.parametrize("size", SIZES)
async def test_the_phone_is_noticed_and_its_row_says_so(size: tuple[int, int]) -> None:
    async with terminal(with_clients(), size) as user:
        assert "seen" not in user.line_with("192.168.2.169 " if size == (60, 20) else LAN)
        row = next(line for line in user.lines()[6:] if "192.168.2.169" in line and "ok" in line)
        calm = user.colour("192.168.2.169", row.strip())
        await user.arrives(with_clients(PHONE))
        assert "192.168.2.31 (ipad.lan) is connected to :8888"[: size[0] - 4] in user.screen()
        row = next(line for line in user.lines()[6:] if "192.168.2.169" in line and "ok" in line)
        said = {120: "seen from 192.168.2.31", 80: "seen 192.168.2.31", 60: "seen"}[size[0]]
        assert said in row
        red, green, blue = user.colour(said, "192.168.2.169")
        assert green > max(red, blue), "the words are green"
        assert (red, green, blue) != calm, "nobody was seen there before"
        assert user.colour("192.168.2.169", said) == (red, green, blue), "and so is the address"


async def test_who_was_there_at_the_first_look_is_no_news() -> None:
    snapshot = with_clients()
    first, *others = snapshot.views
    async with terminal(replace(snapshot, views=(replace(first, rows=()), *others))) as user:
        await user.arrives(with_clients(PHONE))
        assert "is connected to :8888 at" not in user.screen()


@pytest.mark.parametrize("size", SIZES)
async def test_the_clients_are_listed_the_newest_first(size: tuple[int, int]) -> None:
    async with terminal(with_clients(*canned.CLIENTS, PHONE), size) as user:
        await user.press("W")
        await user.sees("Clients of :8888")
        lines = [line for line in user.dialog() if line.startswith(("●", "○"))]
        assert lines[0].startswith("● 192.168.2.31 (ipad.lan)"), lines
        assert "since 14:02" in lines[0]
        assert lines[-1].startswith("○ 192.168.2.31 ")


@pytest.mark.parametrize("size", SIZES)
async def test_all_that_was_opened_is_closed_after_a_question(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        user.app.perform("close-all")
        await user.sees("Only this machine, all servers")
        assert ":8888: every address" in user.sentence()
        assert not asked(user, "close all")
        await user.press("tab", "enter")
        await user.sees(":8888: as it was before jntui opened it")
        assert asked(user, "close all")


@pytest.mark.parametrize("size", SIZES)
async def test_everyone_is_logged_out_after_a_question(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        user.app.perform("log-out")
        await user.sees("Log everyone out of :8888")
        words = user.sentence()
        assert "jupyter_cookie_secret" in words and "train.ipynb" in words
        await user.press("enter")
        assert not asked(user, "log out"), "Enter by habit does nothing"
        user.app.perform("log-out")
        await user.sees("Log everyone out of :8888")
        await user.press("tab", "enter")
        await user.sees("everyone is logged out of :8888")


async def test_a_certificate_is_made_after_a_question() -> None:
    async with terminal(canned.main()) as user:
        user.app.perform("certificate")
        await user.sees("days left: 12")
        assert "run no cell" in user.sentence()
        await user.press("tab", "enter")
        await user.sees("days left: 365")
