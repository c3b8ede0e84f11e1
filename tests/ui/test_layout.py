"""The screen at its sizes, as lines of text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import Terminal, terminal

from jntui.tui.shape import LEAST_FINDING, Shape, heights
from jntui.tui.signs import ASCII
from screenshots import canned

FD = "http://[fd7a:115c:a1e0:ab12:4843:cd96:6258:b240]:8888/"
FE80 = "http://[fe80::5054:ff:fe12:3456%25eth0]:8888/"


async def test_panes_at_120x40() -> None:
    async with terminal(canned.main()) as user:
        lines = [line.rstrip() for line in user.lines()]
        assert lines[0].startswith("  jntui   lab-box   ada   your computer 192.168.2.23 → ssh → 192.168.2.169")
        assert lines[0].endswith("changed 14:02")
        assert lines[1].startswith("╭─ Servers ─")
        assert lines[2].split() == [
            *("│", "server", "app", "root", "directory", "authentication"),
            *("machine", "LAN", "VPN", "internet", "activity", "│"),
        ]
        assert lines[3].split()[1:4] == ["●", ":8888", "JupyterLab"]
        assert lines[8] == "▌ ✓ Open http://192.168.2.169:8888/ on your computer"
        assert (
            lines[9] == "▌   192.168.2.23 is connected to it now.   y copy the URL  r QR code  C VS Code, curl, ssh -L"
        )
        assert lines[10].startswith("╭─ Endpoints of :8888 ─")
        assert lines[22].endswith(" 5 of 9 reachable from here ─╯")
        assert lines[23].startswith("╭─ Check ─")
        assert "╮╭─ Config of :8888 ─" in lines[23]
        assert lines[24].startswith("│ http://192.168.2.169:8888/ ")
        assert lines[-1].startswith(" c copy URL  r QR code  p check again  a access  C connect from  t token  s stop")
        assert "? help" in lines[-1]


async def test_every_url_is_whole_and_no_markup() -> None:
    async with terminal(canned.main()) as user:
        assert FD in user.line_with("fd7a")
        assert FE80 in user.line_with("fe80")
        await user.press("end", "up", "up", "up")
        assert user.screen().count(FD) == 2


async def test_large_shows_cause_since_and_stages() -> None:
    async with terminal(canned.main(), (160, 50)) as user:
        assert "running since" in user.lines()[2]
        assert "09:14" in user.line_with(" :8888 ")
        assert "no DNS answer here" in user.line_with("http://lab-box.lan")
        assert "✓  connect" in user.screen()


async def test_tabs_at_80x24() -> None:
    async with terminal(canned.main(), (80, 24)) as user:
        lines = [line.rstrip() for line in user.lines()]
        assert lines[1] == " server    root directory           authentication  machine  LAN  VPN  internet"
        assert "stale: pid 4711 is gone" in lines[4]
        assert lines[5] == "▌ ✓ Open http://192.168.2.169:8888/ on your computer   y copy  r QR"
        assert " ".join(lines[6].split()) == "1 Endpoints 2 Check 3 Config LAN, no TLS 5 of 9 reachable"
        assert lines[18] == "─" * 80
        assert lines[19] == " http://192.168.2.169:8888/"
        await user.press("down")
        assert user.lines()[20].rstrip() == " why  no DNS answer here"
        assert user.lines()[21].rstrip() == " fix  Use the address, or enter the name in your DNS."
        await user.press("2")
        assert "The resolver of this machine has no address" in user.screen()
        await user.press("3")
        assert user.line_with(" ip ").split() == ["ip", "'0.0.0.0'", "~/…server_config.py:12", "0.0.0.0", "┃"]


async def test_smallest_at_60x20() -> None:
    async with terminal(canned.main(), (60, 20)) as user:
        lines = [line.rstrip() for line in user.lines()]
        assert lines[0] == "  jntui   lab-box   ssh from 192.168.2.23             14:02"
        assert lines[1].startswith("● :8888 ~/work  LAN, token and password, no TLS")
        assert lines[1].endswith("[ 1 of 3 ]")
        assert lines[4].split() == ["✓", "machine", "localhost", "ok"]
        assert "http://192.168.2.169:8888/" in lines[15]
        assert lines[-1].endswith("? help")
        await user.press("right_square_bracket")
        assert ":8890" in user.lines()[1]
        assert "[ 2 of 3 ]" in user.lines()[1]


@pytest.mark.parametrize("size", [(100, 30), (110, 36), (72, 22), (60, 20)])
@pytest.mark.parametrize("picture", [canned.main, canned.local_only, canned.alarm, canned.checking, canned.empty])
async def test_every_size_keeps_the_sentence_and_the_help_key(size, picture) -> None:
    async with terminal(picture(), size) as user:
        assert all(len(line) <= size[0] for line in user.lines())
        assert "? help" in user.lines()[-1]
        if picture is not canned.empty:
            assert "▌" in user.screen()


async def test_resize_down_to_nothing_and_back() -> None:
    async with terminal(canned.main(), (160, 50)) as user:
        before = user.screen()
        for size in ((120, 40), (80, 24), (60, 20), (20, 5), (1, 1), (160, 50)):
            await user.resize(*size)
        assert user.screen() == before


async def test_empty_says_what_to_do() -> None:
    async with terminal(canned.empty(), (80, 24)) as user:
        screen = user.screen()
        assert "No Jupyter server of yours runs on lab-box." in screen
        assert "n  start one with a token, on this machine only" in screen
        assert "looked in   ~/.local/share/jupyter/runtime   no info file" in screen
        assert "not seen    servers of other users" in screen
        assert user.lines()[-1].split() == ["n", "new", "server", "?", "help", "q", "quit"]


async def test_empty_cuts_no_word_on_the_smallest_screen() -> None:
    async with terminal(canned.empty(), (60, 20)) as user:
        for words in (
            "no info file",
            "none of them is Jupyter",
            "servers of other users and inside",
            "run jntui there",
        ):
            assert words in user.screen(), words


async def test_nothing_is_claimed_before_the_first_look() -> None:
    async with terminal(replace(canned.empty(), changed=None, looked=())) as user:
        assert "Looking for Jupyter servers on lab-box" in user.screen()
        assert "No Jupyter server" not in user.screen()


async def test_stale_shows_its_info_file_and_nothing_else() -> None:
    async with terminal(canned.main()) as user:
        await user.press("4", "end")
        screen = user.screen()
        assert "Info file of :8889" in screen
        assert "Not a server any more: pid 4711 is gone" in screen
        assert "x remove jpserver-4711.json  n start it again in /srv/nb on port 8889" in screen
        assert "why  Pid 4711 is gone." in screen
        assert "Endpoints" not in screen
        assert "Config of" not in screen


async def test_alarm_band() -> None:
    async with terminal(canned.alarm()) as user:
        band = user.line_with("whoever reaches")
        assert band.startswith("▌ !! No login: whoever reaches :8890")
        assert "!!" in user.line_with("http://192.168.2.169")
        assert user.line_with("http://localhost").split()[1] == "!"
        assert user.line_with("● :8890").count("!!") == 3


async def test_checking_keeps_the_rows_and_says_the_word() -> None:
    async with terminal(canned.checking()) as user:
        assert user.line_with("http://192.168.2.169").split()[1] == "·"
        assert "checking" in user.line_with("http://192.168.2.169")
        assert "checking ─╯" in user.screen()
        assert "Checking 9 endpoints of :8888" in user.screen()


async def test_a_recheck_keeps_the_old_verdict() -> None:
    async with terminal(canned.main()) as user:
        before = user.screen()
        snapshot = canned.main()
        view = snapshot.views[0]
        rows = tuple(replace(row, checking=row.endpoint.offered) for row in view.rows)
        await user.arrives(replace(snapshot, views=(replace(view, rows=rows), *snapshot.views[1:])))
        assert user.screen() == before


async def test_ascii_uses_no_other_character() -> None:
    async with terminal(canned.main(), signs=ASCII) as user:
        assert user.screen().isascii()
        assert "+- Servers -" in user.screen()
        assert "< your ssh" in user.screen()
        assert user.line_with("http://localhost").split()[1] == "+"
        await user.press("ctrl+p", *"re")
        await user.sees("restart  (S)")
        assert user.screen().isascii(), user.screen()
        await user.press("escape", "escape")
        user.app.action_change_theme()
        await user.sees("jntui-dark")
        await user.until(lambda: user.screen().isascii())


def marked_text(user: Terminal, how: str) -> str:
    """What is written so on the whole screen."""
    strips = user.app.screen._compositor.render_strips()
    return "".join(one.text for strip in strips for one in strip if one.style and getattr(one.style, how))


def reversed_text(user: Terminal) -> str:
    return marked_text(user, "reverse")


async def test_no_color_marks_the_cursor_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with terminal(canned.main()) as user:
        strips = user.app.screen._compositor.render_strips()
        cursor = next(strip for strip in strips if "◂ your ssh" in strip.text)
        assert any(segment.style and segment.style.reverse for segment in cursor)
        for strip in strips:
            for segment in strip:
                style = segment.style
                assert style is None or style.color is None or style.color.is_default
                assert style is None or style.bgcolor is None or style.bgcolor.is_default
        await user.press("2")
        assert reversed_text(user) == " Check "
        await user.press("U")
        assert "Endpoints" not in user.screen()
        await user.type("x")
        assert reversed_text(user) == " "
        await user.press("escape", "ctrl+p", *"stages")
        await user.sees("all stages of a check")
        await user.until(lambda: "all stages" in marked_text(user, "underline"))


def test_the_finding_keeps_its_lines_before_the_table_does() -> None:
    for rows in range(8, 36):
        parts = heights(Shape(80, rows), 3, 40)
        left = rows - 2 - parts.servers - parts.answer - parts.tabs
        assert parts.endpoints + parts.lower == max(0, left)
        assert parts.lower >= min(left, LEAST_FINDING + 1)


@pytest.mark.parametrize("servers", [1, 3, 6, 30])
@pytest.mark.parametrize("endpoints", [0, 3, 10, 60])
@pytest.mark.parametrize("size", [(116, 36), (120, 40), (160, 50), (80, 24), (60, 20)])
def test_the_regions_fill_the_screen(servers: int, endpoints: int, size: tuple[int, int]) -> None:
    shape = Shape(*size)
    parts = heights(shape, servers, endpoints)
    assert sum((parts.servers, parts.answer, parts.tabs, parts.endpoints, parts.lower)) == shape.rows - 2


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://192.168.2.169:8888/", "192.168.2.169  "),
        ("http://192.168.2.169:9006/", "192.168.2.169:9006"),
        ("https://box.example/", "box.example:443"),
        ("http://box.example:8888/jup/", "box.example/jup/"),
        ("http://[fd00::5]:9006/", "[fd00::5]:9006"),
    ],
)
async def test_the_smallest_screen_shows_a_port_and_a_path_that_are_not_the_servers(url: str, shown: str) -> None:
    snapshot = canned.main()
    first = snapshot.views[0]
    row = first.rows[4]
    endpoint = replace(row.endpoint, url=url, kind="custom")
    rows = (*first.rows[:4], replace(row, endpoint=endpoint, check=replace(row.check, endpoint=endpoint)))
    async with terminal(replace(snapshot, views=(replace(first, rows=rows),)), (60, 20)) as user:
        assert any(f" {shown}" in line for line in user.lines()), user.screen()
