"""Tables that scroll: what is painted is what they hold, and the selected row stays in view."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import Terminal, terminal

from jntui.model import ServerView, Snapshot
from jntui.tui.ink import text_of
from jntui.tui.paper import Paper
from screenshots import canned


def server(number: int) -> ServerView:
    """One of many servers, with two endpoints."""
    here = replace(canned.LAB, id=f"jpserver-{number}", port=8800 + number, pid=number, root_dir=f"/srv/{number}")
    rows = tuple(canned.row(here, host, "lo", "this-machine", "ok") for host in ("localhost", "127.0.0.1"))
    return ServerView(here, rows, canned.lab().answer)


def many(*numbers: int) -> Snapshot:
    return replace(canned.main(), views=tuple(server(number) for number in numbers))


def long(count: int) -> Snapshot:
    """One server with so many endpoints."""
    view = canned.lab()
    rows = tuple(canned.row(canned.LAB, f"10.1.0.{n}", "eth1", "lan", "ok") for n in range(count))
    return replace(canned.main(), views=(replace(view, rows=rows),))


def assert_painted(user: Terminal, pane: str) -> None:
    """The lines on the screen are the lines that the bordered pane holds."""
    paper = user.app.main.query_one(f"#{pane}", Paper)
    held = [text_of(line) for line in paper.lines_now()]
    for row in range(paper.inner_height):
        index = paper.index_at(row)
        wanted = held[index] if index < len(held) else ""
        shown = user.lines()[paper.region.y + 1 + row][paper.region.x + 1 : paper.region.right - 1]
        assert shown.rstrip() == wanted.rstrip(), f"row {row}:\n{user.screen()}"


async def test_a_scrolled_table_that_grows_is_painted_again() -> None:
    async with terminal(long(24)) as user:
        await user.press("end")
        assert user.app.main.query_one("#endpoints", Paper).first > 0
        await user.resize(120, 52)
        assert_painted(user, "endpoints")


async def test_a_scrolled_table_that_is_zoomed_is_painted_again() -> None:
    async with terminal(many(*range(20))) as user:
        await user.press("4", "end", "z")
        assert_painted(user, "servers")
        await user.press("z")
        assert_painted(user, "servers")
        assert ":8819" in user.line_with(" /srv/19 ")


async def test_a_table_below_others_that_go_is_painted_again() -> None:
    several = long(24)
    several = replace(several, views=(*several.views, *many(1, 2, 3, 4, 5).views))
    async with terminal(several) as user:
        await user.press("end")
        await user.arrives(long(24))
        assert_painted(user, "endpoints")
        assert "│ ✓  " in user.line_with("http://10.1.0.23:8888/")


async def test_the_server_asked_for_is_in_view() -> None:
    async with terminal(many(*range(12)), server="jpserver-11") as user:
        assert ":8811" in user.line_with(" /srv/11 ")


async def test_the_selected_server_stays_in_view_when_others_come_before_it() -> None:
    async with terminal(many(9), (80, 24)) as user:
        await user.arrives(many(*range(10)))
        assert user.app.main.selection.server == "jpserver-9"
        assert ":8809" in user.line_with(" /srv/9 ")


async def test_a_table_that_the_wheel_scrolled_away_stays_there() -> None:
    async with terminal(many(*range(2, 16))) as user:
        await user.wheel_down("servers")
        assert "● :8802" not in user.screen()
        changed = many(*range(2, 16))
        last = replace(changed.views[-1], server=replace(changed.views[-1].server, root_dir="/srv/elsewhere"))
        await user.arrives(replace(changed, views=(*changed.views[:-1], last)))
        assert "● :8802" not in user.screen()
        await user.press("4", "down")
        assert "● :8803" in user.screen()


async def test_a_zoomed_check_has_the_whole_width() -> None:
    async with terminal(canned.main()) as user:
        await user.press("2", "z")
        assert user.line_with("╭─ Check").rstrip().endswith("╮")
        assert len(user.line_with("╭─ Check").rstrip()) == 120
        await user.press("z")
        assert "╮╭─ Config of" in user.screen()


async def test_a_zoom_ends_at_a_server_that_is_only_an_info_file() -> None:
    async with terminal(canned.main()) as user:
        await user.press("2", "z", "right_square_bracket", "right_square_bracket")
        assert "Info file of :8889" in user.screen()
        await user.press("z")
        assert "Info file of :8889" not in user.screen()
        assert "○ :8889" in user.screen()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_no_frame_has_an_empty_body(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = replace(canned.empty(), changed=None, looked=())
    async with terminal(nothing, size) as user:
        frames: list[list[str]] = []
        monkeypatch.setattr(user.app, "post_display_hook", lambda: frames.append(user.lines()))
        for picture in (canned.empty(), canned.checking(), canned.main(), many(*range(9)), canned.empty()):
            await user.arrives(picture)
        await user.press("n", "escape")
        assert len(frames) > 4
        for frame in frames:
            assert sum(1 for line in frame[1:-1] if line.strip("╭╮╰╯─│ ")) >= 3, "\n".join(frame)


async def test_servers_that_come_after_an_empty_screen() -> None:
    for size in ((80, 24), (120, 40), (60, 20)):
        nothing = replace(canned.empty(), changed=None, looked=())
        bare = replace(canned.main(), views=tuple(ServerView(view.server) for view in canned.main().views))
        asked = replace(bare, views=tuple(replace(v, server=replace(v.server, asked=False)) for v in bare.views))
        async with terminal(nothing, size) as user:
            for picture in (canned.empty(), asked, bare, canned.main()):
                await user.arrives(picture)
            assert "http://192.168.2.169:8888/" in user.screen()
            assert "● :8888" in user.screen()
