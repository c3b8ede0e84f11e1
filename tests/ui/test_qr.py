"""The QR dialog: what zbar reads from the screen's own cells, whatever the colours, and the words beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timezone
from pathlib import Path

import pytest
from driver import Terminal, terminal
from rich.color import Color
from rich.style import Style

from jntui.model import Client, Finding
from jntui.tui.app import JntuiApp
from jntui.tui.dialogs.code import CodeView
from jntui.tui.dialogs.qr import QrDialog
from jntui.tui.scene import Environment
from jntui.tui.signs import ASCII
from screenshots import canned
from screenshots.source import CannedSource
from tests.zbar import BLACK, WHITE, Colour, needs_zbar, read_cells

SIZES = [(120, 40), (80, 24), (60, 20)]
LAN = "http://192.168.2.169:8888/"


def on_screen(user: Terminal, paper: Colour) -> list[list[tuple[Colour, Colour]]]:
    """Upper and lower colour of each cell, as a terminal with this background shows the code's part of the screen."""
    region = user.app.screen.query_one(CodeView).region
    strips = user.app.screen._compositor.render_strips()[region.y : region.bottom]
    return [
        [
            cell
            for segment in strip.crop(region.x, region.right)
            for char in segment.text
            for cell in [_cell(char, segment.style, paper)]
        ]
        for strip in strips
    ]


def _cell(char: str, style: Style | None, paper: Colour) -> tuple[Colour, Colour]:
    ink: Colour = BLACK if paper == WHITE else WHITE
    front = _colour(style.color if style else None, ink)
    back = _colour(style.bgcolor if style else None, paper)
    return front if char in "▀█" else back, front if char in "▄█" else back


def _colour(color: Color | None, default: Colour) -> Colour:
    return tuple(color.triplet) if color is not None and color.triplet is not None else default


def beside(user: Terminal) -> str:
    """The words beside the code, as one line."""
    words = user.app.screen.query_one("#words").region
    strips = user.app.screen._compositor.render_strips()[words.y : words.bottom]
    return " ".join(strip.crop(words.x, words.right).text.strip() for strip in strips)


async def opened(user: Terminal, until: str = "ok 14:02") -> None:
    await user.press("r")
    await user.sees(until)


@asynccontextmanager
async def themed(theme: str) -> AsyncIterator[Terminal]:
    source = CannedSource(canned.main())
    app = JntuiApp(source, environment=Environment(zone=timezone.utc), theme=theme)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        yield Terminal(app, pilot, source)


@needs_zbar
@pytest.mark.parametrize("size", SIZES)
async def test_the_screen_shows_a_code_that_is_read(size: tuple[int, int], tmp_path: Path) -> None:
    async with terminal(canned.main(), size) as user:
        await opened(user)
        assert read_cells(on_screen(user, BLACK), tmp_path, BLACK) == LAN
        words = beside(user)
        assert LAN in words.replace(" ", "")
        assert "it asks for the password" in words
        assert "LAN, eth0" in words
        assert canned.TOKEN not in user.screen()
        assert "same Wi-Fi or LAN" in words


@needs_zbar
@pytest.mark.parametrize("theme", ["jntui-light", "textual-light", "ansi-dark", "no colour"])
async def test_no_theme_changes_it(theme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if theme == "no colour":
        monkeypatch.setenv("NO_COLOR", "1")
    paper = WHITE if "light" in theme else BLACK
    async with themed("jntui-dark" if theme == "no colour" else theme) as user:
        await opened(user)
        assert read_cells(on_screen(user, paper), tmp_path, paper) == LAN


@needs_zbar
async def test_in_ascii_it_is_read_by_its_colours_and_by_its_characters(tmp_path: Path) -> None:
    async with terminal(canned.main(), (120, 40), signs=ASCII) as user:
        await opened(user)
        assert user.screen().isascii()
        assert read_cells(on_screen(user, BLACK), tmp_path, BLACK) == LAN
        region = user.app.screen.query_one(CodeView).region
        strips = user.app.screen._compositor.render_strips()[region.y : region.bottom]
        rows = [strip.crop(region.x, region.right).text for strip in strips]
        plain = [[(WHITE, WHITE) if char == "#" else (BLACK, BLACK) for char in row] for row in rows]
        assert read_cells(plain, tmp_path, BLACK) == LAN
    async with terminal(canned.main(), (80, 24), signs=ASCII) as user:
        await opened(user)
        assert "it needs 59 columns and 29 rows, and has 80 and 24" in " ".join(beside(user).split())
        assert "with LC_ALL=C.UTF-8 it takes half of that" in " ".join(beside(user).split())


@needs_zbar
async def test_the_token_is_in_it_only_when_asked_for(tmp_path: Path) -> None:
    async with terminal(canned.main(), (80, 24)) as user:
        await opened(user)
        assert "t with the token" in user.screen()
        await user.press("t")
        await user.sees("whoever sees")
        assert read_cells(on_screen(user, BLACK), tmp_path, BLACK) == f"{LAN}?token={canned.TOKEN}"
        assert "can run code as ada" in beside(user)
        assert canned.TOKEN not in user.screen()
        await user.press("t")
        await user.sees("t with the token")
        assert read_cells(on_screen(user, BLACK), tmp_path, BLACK) == LAN


async def test_tokens_that_are_shown_already_are_in_it() -> None:
    async with terminal(canned.main()) as user:
        await user.press("t")
        await opened(user, "whoever sees")
        assert ("share", "jpserver-4242", LAN, True) in user.source.asked


@needs_zbar
async def test_a_window_that_is_short_gets_a_thin_quiet_zone(tmp_path: Path) -> None:
    async with terminal(canned.main(), (60, 20)) as user:
        await opened(user)
        await user.press("t")
        await user.sees("whoever sees")
        assert read_cells(on_screen(user, BLACK), tmp_path, BLACK) == f"{LAN}?token={canned.TOKEN}"


async def test_a_window_that_is_too_small_says_which_would_do() -> None:
    async with terminal(canned.main(), (60, 19)) as user:
        await opened(user)
        await user.press("t")
        await user.sees("too small")
        words = beside(user)
        assert "it needs 40 columns and 20 rows, and has 60 and 19" in words
        assert "t takes the token out" in words
        assert not user.app.screen.query_one(CodeView).display
        await user.resize(60, 22)
        assert user.app.screen.query_one(CodeView).display


@needs_zbar
@pytest.mark.parametrize("size", SIZES)
async def test_arrows_choose_the_address(size: tuple[int, int], tmp_path: Path) -> None:
    async with terminal(canned.main(), size) as user:
        await opened(user)
        assert "1 of 3 addresses" in user.screen()
        await user.press("right")
        await user.sees("2 of 3 addresses")
        assert read_cells(on_screen(user, BLACK), tmp_path, BLACK) == "http://10.8.0.3:8888/"
        assert "same VPN" in beside(user)
        await user.press("left", "left")
        await user.sees("3 of 3 addresses")


@needs_zbar
async def test_it_is_drawn_anew_when_the_address_changes(tmp_path: Path) -> None:
    snapshot = canned.main()
    first, *others = snapshot.views
    moved = canned.row(canned.LAB, "192.168.2.170", "eth0", "lan", "ok")
    rows = tuple(moved if row.endpoint.url == LAN else row for row in first.rows)
    async with terminal(snapshot) as user:
        await opened(user)
        await user.arrives(replace(snapshot, views=(replace(first, rows=rows), *others)))
        await user.sees("http://192.168.2.170:8888/")
        assert read_cells(on_screen(user, BLACK), tmp_path, BLACK) == "http://192.168.2.170:8888/"


async def test_the_phone_is_seen() -> None:
    snapshot = canned.main()
    first, *others = snapshot.views
    lonely = replace(snapshot, views=(replace(first, clients=()), *others))
    phone = Client("192.168.2.31", "192.168.2.169", canned.NOW, canned.NOW)
    async with terminal(lonely) as user:
        await opened(user)
        assert "No client has come by this address yet" in beside(user)
        await user.arrives(replace(snapshot, views=(replace(first, clients=(phone,)), *others)))
        await user.sees("seen from 192.168.2.31 at 14:02")


@pytest.mark.parametrize("size", SIZES)
async def test_without_a_code_it_says_why_and_which_key_changes_it(size: tuple[int, int]) -> None:
    async with terminal(canned.local_only(), size) as user:
        await opened(user, "No QR code")
        words = beside(user)
        assert "only this machine can open :8888" in words
        assert "a changes it after a preview" in words
        assert not user.app.screen.query_one(CodeView).display


@pytest.mark.parametrize(("key", "named"), [("L", "L log"), ("S", "S restart")])
async def test_where_the_server_hangs_the_keys_are_those_that_help(key: str, named: str) -> None:
    snapshot = canned.main()
    first, *others = snapshot.views
    rows = tuple(
        replace(row, check=replace(row.check, finding=Finding("no-answer", "Silence.", fix="Look into its log.")))
        if row.check
        else row
        for row in first.rows
    )
    async with terminal(replace(snapshot, views=(replace(first, rows=rows), *others))) as user:
        await opened(user, "No QR code")
        assert named in user.screen()
        assert "a access" not in beside(user)
        await user.press(key)
        await user.until(lambda: not isinstance(user.app.screen, QrDialog))


async def test_the_url_is_sent_with_what_the_code_says() -> None:
    async with terminal(canned.main()) as user:
        await opened(user)
        await user.press("c")
        assert user.clipboard == LAN
        await user.press("t")
        await user.sees("whoever sees")
        await user.press("c")
        assert user.clipboard == f"{LAN}?token={canned.TOKEN}"
        await user.sees("sent with its token to your terminal's clipboard")


async def test_a_server_that_is_none_has_no_code() -> None:
    async with terminal(canned.main()) as user:
        await user.press("right_square_bracket", "right_square_bracket", "r")
        assert "r: :8889 is no server any more" in user.screen()
