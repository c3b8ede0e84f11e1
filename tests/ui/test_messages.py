"""What jntui says after a key, and what then happens by itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from driver import terminal
from textual.command import DiscoveryHit, Hits, Provider

from jntui.model import Endpoint, Row, ServerView, Snapshot, StartFailed
from jntui.tui.app import JntuiApp
from jntui.tui.dialogs.start import for_a_form
from screenshots import canned

LOG = "/home/ada/.local/state/jntui/a-long-way/to-the-place/where-the-logs-are/jpserver-8888-2026-11-23T14-02-11.log"
ROOT = "Jupyter refuses to run as root: add `-- --allow-root` if you mean it"
TAIL = tuple(
    f"[I 2026-11-23 14:02:{n:02d} ServerApp] line {n} of the log of a server that did not start" for n in range(12)
)


def with_rows(snapshot: Snapshot, *rows: Row) -> Snapshot:
    """More rows for the first server."""
    view = snapshot.views[0]
    return replace(snapshot, views=(replace(view, rows=(*view.rows, *rows)), *snapshot.views[1:]))


def custom(url: str) -> Row:
    return Row(Endpoint("jpserver-4242", url, None, "proxy.example.org", "internet", None, "custom"), None, True)


def rechecking(url: str | None) -> Snapshot:
    """Checks of the first server wait for their turn."""
    snapshot = canned.main()
    view = snapshot.views[0]
    rows = tuple(replace(row, checking=row.endpoint.offered and url in {None, row.endpoint.url}) for row in view.rows)
    return replace(
        snapshot, views=(ServerView(view.server, rows, view.answer, clients=view.clients), *snapshot.views[1:])
    )


async def test_a_copy_says_first_that_the_token_went_with_it() -> None:
    async with terminal(canned.main(), (80, 24)) as user:
        await user.press("end", "c")
        assert "sent with its token to your terminal's clipboard: http://[2001" in user.lines()[-1]


@pytest.mark.parametrize(("key", "pane"), [("1", "Endpoints"), ("2", "Check"), ("3", "Config")])
async def test_a_stale_server_has_no_other_panes_and_the_key_says_so(key: str, pane: str) -> None:
    async with terminal(canned.main()) as user:
        await user.press("4", "end", key)
        assert f"{key}: :8889 is no server any more: it has no {pane}" in user.lines()[-1]


async def test_the_smallest_screen_says_where_its_servers_are() -> None:
    async with terminal(canned.main(), (60, 20)) as user:
        await user.press("4")
        assert "4: here Servers is the line above; [ and ] change it" in user.lines()[-1]


async def test_an_added_url_is_selected_when_it_comes() -> None:
    async with terminal(canned.main()) as user:
        await user.press("U")
        await user.type("HTTPS://proxy.example.org")
        await user.press("enter", "enter")
        await user.sees("added: it is checked like the others")
        await user.arrives(with_rows(canned.main(), custom("https://proxy.example.org/")))
        assert user.app.main.selection.url == "https://proxy.example.org/"
        assert "│ https://proxy.example.org/" in user.screen()


async def test_an_added_url_is_not_selected_after_a_move_or_a_refusal() -> None:
    came = with_rows(canned.main(), custom("https://proxy.example.org/"))
    async with terminal(canned.main()) as user:
        await user.press("U")
        await user.type("https://proxy.example.org/")
        await user.press("enter", "enter")
        await user.sees("added: it is checked like the others")
        await user.press("home")
        await user.arrives(came)
        assert user.app.main.selection.url == "http://localhost:8888/"
    async with terminal(canned.main()) as user:
        user.source.failure = ValueError("that is no URL: it has no host")
        await user.press("U")
        await user.type("https://")
        await user.press("enter", "enter")
        await user.sees("that is no URL")
        await user.press("escape")
        before = user.app.main.selection.url
        await user.arrives(came)
        assert user.app.main.selection.url == before


@pytest.mark.parametrize(("keys", "url"), [(("p",), "http://192.168.2.169:8888/"), (("4", "p"), None), (("P",), None)])
async def test_the_words_of_a_check_go_when_its_result_is_there(keys: tuple[str, ...], url: str | None) -> None:
    async with terminal(canned.main()) as user:
        await user.press(*keys)
        assert "again" in user.lines()[-1]
        await user.arrives(rechecking(url))
        assert "row changes only if" in user.lines()[-1]
        await user.arrives(canned.main())
        assert "c copy URL" in user.lines()[-1]


async def test_other_words_stay_when_a_result_comes() -> None:
    async with terminal(canned.main()) as user:
        await user.press("p", "c")
        await user.arrives(rechecking(None))
        await user.arrives(canned.main())
        assert "clipboard" in user.lines()[-1]


class Slow(Provider):
    """Commands that are still being looked for: the list waits for them."""

    async def search(self, query: str) -> Hits:
        await asyncio.Event().wait()
        yield DiscoveryHit(query, lambda: None)


async def test_the_palette_does_what_was_typed_however_late_its_list_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JntuiApp, "COMMANDS", {*JntuiApp.COMMANDS, Slow})
    async with terminal(canned.main()) as user:
        await user.press("4", "end", "ctrl+p")
        await user.sees("copy the answer")
        await user.at_once(*"remove", "enter")
        await user.sees("Remove the info file of :8889")


async def test_the_palette_shows_brackets_as_they_are() -> None:
    named = replace(canned.STALE, id="a[b]c", port=None)
    snapshot = replace(canned.main(), views=(ServerView(named),))
    async with terminal(snapshot) as user:
        await user.press("ctrl+p")
        await user.type("check again")
        await user.sees("a[b]c is no server any more")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (ROOT, "Jupyter refuses to run as root: put --allow-root into more options if you mean it"),
        ("there is no directory /x: name one with --root-dir", "there is no directory /x: name one above"),
        ("--python /x: there is no Python", "python /x: there is no Python"),
        ("a setting is wrong: --port", "a setting is wrong: --port"),
    ],
)
def test_a_form_speaks_of_its_fields(said: str, shown: str) -> None:
    assert for_a_form(said) == shown


async def test_a_failed_start_shows_its_reason_before_its_log() -> None:
    async with terminal(canned.main(), (80, 24)) as user:
        user.source.failure = StartFailed(ROOT, LOG, TAIL)
        await user.press("n")
        await user.sees("VIRTUAL_ENV")
        await user.click_text("Start  ")
        await user.sees("refuses to run as root")
        assert "put --allow-root into" in user.screen()
        assert "`-- " not in user.screen()
        assert "line 11 of" not in user.screen()
        await user.press("pagedown")
        await user.sees("line 11 of")
        await user.press("pageup", "pageup")
        await user.sees("application")


async def test_a_new_try_clears_the_old_log() -> None:
    async with terminal(canned.main(), (120, 40)) as user:
        user.source.failure = StartFailed(ROOT, LOG, TAIL)
        await user.press("n")
        await user.sees("VIRTUAL_ENV")
        await user.click_text("Start  ")
        await user.sees("line 11 of")
        await user.click_text("8888, or")
        await user.type("99999")
        await user.click_text("Start  ")
        await user.sees("99999 is no number")
        assert "line 11 of" not in user.screen()


async def test_the_button_says_starting_whole() -> None:
    async with terminal(canned.main(), (80, 24)) as user:
        await user.press("n")
        await user.sees("VIRTUAL_ENV")
        user.source.hang = True
        await user.click_text("Start  ")
        await user.sees(" Starting ")


async def test_long_values_hang_under_their_label_at_every_width() -> None:
    async with terminal(canned.main(), (120, 40)) as user:
        user.source.failure = StartFailed(ROOT, LOG, TAIL)
        await user.press("n")
        await user.sees("VIRTUAL_ENV")
        await user.click_text("Start  ")
        await user.sees("refuses to run as root")
        for size in ((80, 40), (60, 40), (120, 40)):
            await user.resize(*size)
            box = user.app.screen.query_one("#box").region
            shown = [line[box.x + 2 : box.right - 2].rstrip() for line in user.lines()]
            first = max(number for number, line in enumerate(shown) if line.startswith("log "))
            value = shown[first][15:]
            while shown[first + 1].startswith(" " * 15):
                first += 1
                value += shown[first][15:]
            assert value == LOG
