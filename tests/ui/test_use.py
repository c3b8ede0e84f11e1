"""What a user does: moves, filters, copies, asks, starts, removes, quits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import terminal

from jntui.model import Endpoint, Row, StartFailed, StartRequest
from jntui.tui.actions import ACTIONS, BY_ID
from screenshots import canned
from screenshots.canned import TOKEN

LOCALHOST = "http://localhost:8888/"


def with_custom_row():
    snapshot = canned.main()
    view = snapshot.views[0]
    custom = Row(
        Endpoint(view.server.id, "https://proxy.example.org/", None, "proxy.example.org", "internet", None, "custom")
    )
    return replace(snapshot, views=(replace(view, rows=(*view.rows, custom)), *snapshot.views[1:]))


async def test_the_cursor_starts_where_the_ssh_arrived_and_moves() -> None:
    async with terminal(canned.main()) as user:
        assert user.app.main.selection.url == "http://192.168.2.169:8888/"
        await user.press("home")
        assert user.app.main.selection.url == LOCALHOST
        await user.press("down", "j", "k")
        assert user.app.main.selection.url == "http://127.0.0.1:8888/"
        await user.press("end")
        assert "2001:db8" in (user.app.main.selection.url or "")
        assert "│ http://[2001:db8" in user.screen()


async def test_without_ssh_it_starts_at_the_answer() -> None:
    snapshot = canned.local_only()
    view = snapshot.views[1]
    async with terminal(replace(snapshot, views=(view,))) as user:
        rows = [row for row in view.rows if row.endpoint.your_ssh]
        assert user.app.main.selection.url == rows[0].endpoint.url
    plain = tuple(replace(row, endpoint=replace(row.endpoint, your_ssh=False)) for row in view.rows)
    answer = replace(view.answer, url="http://127.0.0.1:8890/")
    async with terminal(replace(snapshot, views=(replace(view, rows=plain, answer=answer),))) as user:
        assert user.app.main.selection.url == "http://127.0.0.1:8890/"


async def test_servers_by_brackets_and_by_pane() -> None:
    async with terminal(canned.main()) as user:
        await user.press("right_square_bracket")
        assert "Endpoints of :8890" in user.screen()
        assert ("select", "jpserver-4301") in user.source.asked
        await user.press("left_square_bracket")
        assert "Endpoints of :8888" in user.screen()
        await user.press("4", "down")
        assert "Endpoints of :8890" in user.screen()


async def test_the_server_asked_for_is_selected() -> None:
    async with terminal(canned.main(), server="jpserver-4301") as user:
        assert "Endpoints of :8890" in user.screen()


async def test_selection_survives_an_update_and_a_loss() -> None:
    async with terminal(canned.main()) as user:
        await user.press("home")
        snapshot = canned.main()
        await user.arrives(replace(snapshot, views=tuple(reversed(snapshot.views))))
        assert user.app.main.selection.server == "jpserver-4242"
        assert user.app.main.selection.url == LOCALHOST
        await user.arrives(replace(snapshot, views=snapshot.views[1:]))
        assert user.app.main.selection.server == "jpserver-4711"
        await user.arrives(canned.empty())
        assert "No Jupyter server" in user.screen()
        await user.arrives(snapshot)
        assert "Endpoints of :8888" in user.screen()


async def test_an_older_picture_is_dropped() -> None:
    async with terminal(replace(canned.main(), seq=7)) as user:
        user.app.post_message(user.app.Fresh(replace(canned.empty(), seq=3)))
        await user.pilot.pause()
        assert "Endpoints of :8888" in user.screen()


async def test_a_click_selects_a_row_and_presses_a_key() -> None:
    async with terminal(canned.main()) as user:
        await user.click_text("http://10.8.0.3:8888/")
        assert user.app.main.selection.url == "http://10.8.0.3:8888/"
        await user.click_text(":8890")
        assert "Endpoints of :8890" in user.screen()
        await user.click_text("? help")
        assert "What a check proves" in user.screen()


async def test_a_click_opens_a_tab() -> None:
    async with terminal(canned.main(), (80, 24)) as user:
        await user.click_text("3 Config")
        assert "port_retries" in user.screen()


async def test_the_wheel_scrolls() -> None:
    async with terminal(canned.main(), (80, 16)) as user:
        await user.press("home")
        assert "http://localhost:8888/" in user.screen()
        await user.wheel_down("endpoints")
        assert "http://localhost:8888/" not in user.line_with("this machine")


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_a_filter_counts_the_rows_that_are_there(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("slash", *"lan")
        assert "filter lan: 3 of 10" in user.screen()
        await user.press("escape", "slash", *"name-u")
        assert "filter name-u: 1 of 10" in user.screen()


async def test_filter() -> None:
    async with terminal(canned.main()) as user:
        await user.press("slash")
        await user.type("vpn")
        assert "10.8.0.3" in user.screen()
        assert "http://localhost" not in user.screen()
        assert "filter vpn: 1 of 10" in user.screen()
        await user.press("enter")
        assert user.app.main.selection.url == "http://10.8.0.3:8888/"
        await user.press("escape")
        assert "localhost" in user.screen()


async def test_filter_of_servers() -> None:
    async with terminal(canned.main()) as user:
        await user.press("4", "slash")
        await user.type("8890")
        await user.press("enter")
        assert "Endpoints of :8890" in user.screen()
        assert ":8889" not in user.screen()


async def test_esc_drops_a_filter_that_is_being_typed() -> None:
    async with terminal(canned.main()) as user:
        await user.press("slash")
        await user.type("zzz")
        assert "filter zzz: 0 of 10" in user.screen()
        await user.press("escape")
        assert "localhost" in user.screen()
        assert "? help" in user.lines()[-1]


async def test_what_follows_the_slash_in_one_piece_is_text_and_no_action() -> None:
    async with terminal(canned.main()) as user:
        await user.at_once("/", "v", "p", "n")
        await user.pilot.pause()
        assert "filter vpn: 1 of 10" in user.screen()
        assert "Start a server" not in user.screen(), "n is a letter of the filter"
        await user.press("escape", "n")
        assert "Start a server" in user.screen(), "and the key of an action again"


async def test_signs_that_are_keys_are_text_too_in_one_piece_after_the_slash() -> None:
    async with terminal(canned.main()) as user:
        await user.at_once("/", "v", "/", "?", "[")
        await user.pilot.pause()
        assert "filter v/?[: 0 of 10" in user.screen()


async def test_the_key_of_the_filter_leads_back_to_its_line() -> None:
    async with terminal(canned.main()) as user:
        await user.press("slash", "v")
        await user.click_text("10.8.0.3")
        await user.press("slash", "p")
        assert "filter p: " in user.screen()


async def test_a_filter_that_is_refused_swallows_no_keys() -> None:
    async with terminal(canned.empty()) as user:
        await user.press("slash", "question_mark")
        assert "Help" in user.screen()


async def test_tokens_are_hidden_until_asked_for() -> None:
    async with terminal(canned.main()) as user:
        for keys in ((), ("p",), ("i",), ("c",), ("y",), ("2",), ("question_mark", "escape")):
            await user.press(*keys)
            assert TOKEN not in user.screen()
        await user.press("1", "t")
        assert f"?token={TOKEN[:8]}" in user.screen()
        await user.press("t")
        assert "?token=" not in user.screen()


async def test_copies_carry_the_token_and_their_words_do_not() -> None:
    async with terminal(canned.main()) as user:
        await user.press("home", "c")
        assert user.clipboard == f"{LOCALHOST}?token={TOKEN}"
        assert f"sent with its token to your terminal's clipboard: {LOCALHOST}" in user.screen()
        await user.press("y")
        assert user.clipboard == f"http://192.168.2.169:8888/?token={TOKEN}"
        assert TOKEN not in user.screen()


async def test_the_ssh_line_is_the_answer_where_nothing_is_open() -> None:
    async with terminal(canned.local_only()) as user:
        await user.press("y")
        assert user.clipboard.startswith("ssh -N -L ")


async def test_checks_are_asked_for() -> None:
    async with terminal(canned.main()) as user:
        await user.press("home", "p")
        assert ("check", "jpserver-4242", LOCALHOST) in user.source.asked
        await user.press("4", "p")
        assert ("check", "jpserver-4242", None) in user.source.asked
        await user.press("P")
        assert ("check everything",) in user.source.asked


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (("x",), "x: only stale info files and added URLs can be removed"),
        (("right_square_bracket", "t"), "t: no token of :8890 is known here"),
        (("4", "end", "p"), "p: :8889 is no server any more: nothing to check"),
        (("4", "end", "c"), "c: no endpoint is selected"),
        (("4", "end", "U"), "U: :8889 is no server any more"),
        (("4", "end", "s"), "s: :8889 is no server any more: x removes its info file"),
        (("4", "end", "S"), "S: :8889 is no server any more: x removes its info file"),
        (("4", "end", "F"), "F: :8889 is no server any more"),
        (
            ("end", "up", "up", "p"),
            "p: this endpoint is never checked: only curl opens such a URL",
        ),
    ],
)
async def test_an_impossible_key_says_why(keys: tuple[str, ...], words: str) -> None:
    async with terminal(canned.main()) as user:
        await user.press(*keys)
        assert words in user.screen()
        assert user.source.asked == [asked for asked in user.source.asked if asked[0] == "select"]


@pytest.mark.parametrize("key", ["n", "U", "x", "s", "S"])
async def test_read_only(key: str) -> None:
    async with terminal(canned.main(), read_only=True) as user:
        assert "read-only" in user.lines()[0]
        assert "new server" not in user.lines()[-1]
        await user.press(key)
        assert f"{key}: read-only" in user.lines()[-1]
        await user.press("question_mark")
        assert "start a new server: read-only" in user.screen()


async def test_help_is_made_from_the_action_table() -> None:
    async with terminal(canned.main(), (120, 60)) as user:
        await user.press("question_mark")
        for action in ACTIONS:
            assert f"{action.shown:<9}{action.help}" in user.screen()
        await user.press("q")
        assert "What a check proves" not in user.screen()


async def test_help_scrolls_on_a_small_screen() -> None:
    async with terminal(canned.main(), (60, 20)) as user:
        await user.press("question_mark")
        assert "What a check proves" not in user.screen()
        await user.press("end")
        assert "from outside." in user.screen()


async def test_the_palette_finds_an_action_by_name() -> None:
    async with terminal(canned.main()) as user:
        await user.press("ctrl+p")
        await user.type("all stages")
        await user.sees("all stages of a check")
        await user.press("enter", "enter")
        await user.until(lambda: user.app.main.all_stages)
        # A name that was begun comes before what only speaks of it, such as to log everyone out.
        await user.press("ctrl+p")
        await user.type("rest")
        await user.sees("log everyone out")
        await user.press("enter")
        await user.sees("Restart :8888")


async def test_stages_that_do_not_fit_say_where_the_rest_is() -> None:
    async with terminal(canned.main(), (80, 24)) as user:
        await user.press("i")
        assert user.lines()[-1].strip() == "all stages: 2 goes to Check, where the rest is"


async def test_every_key_stands_in_the_table_once() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))
    assert all(len(action.help) <= 44 for action in ACTIONS)
    assert BY_ID["quit"].keys == ("q",)


async def test_enter_goes_to_the_check_and_esc_back() -> None:
    async with terminal(canned.main(), (80, 24)) as user:
        await user.press("down", "enter")
        assert "The resolver of this machine has no address" in user.screen()
        await user.press("escape")
        assert "no DNS answer here" in user.screen()


async def test_zoom() -> None:
    async with terminal(canned.main()) as user:
        await user.press("z")
        assert "Servers" not in user.screen()
        assert "Endpoints of :8888" in user.screen()
        await user.press("z")
        assert "Servers" in user.screen()


async def test_tab_visits_every_pane() -> None:
    async with terminal(canned.main()) as user:
        seen = []
        for _turn in range(4):
            seen.append(user.app.main.selection.pane)
            await user.press("tab")
        assert seen == ["endpoints", "check", "config", "servers"]
        await user.press("shift+tab")
        assert user.app.main.selection.pane == "servers"


async def test_start_succeeds() -> None:
    async with terminal(canned.empty()) as user:
        await user.press("n")
        await user.sees("/home/ada/.venv/bin/python  (VIRTUAL_ENV)")
        await user.press("right", "tab")
        await user.type("9000")
        await user.press("tab")
        await user.sees("--port=9000")
        await user.click_text("Start  ")
        await user.until(lambda: ("start", StartRequest("lab", 9000)) in user.source.asked)
        await user.sees("jpserver-5000 runs, pid 5000")
        view = replace(canned.lab(), server=replace(canned.LAB, id="jpserver-5000", port=9000))
        snapshot = canned.main()
        await user.arrives(replace(snapshot, views=(*snapshot.views, view)))
        assert user.app.main.selection.server == "jpserver-5000"


async def test_start_fails_and_shows_the_last_lines() -> None:
    async with terminal(canned.main()) as user:
        tail = ("Traceback", "Running as root is not recommended. Use --allow-root to bypass. \x1b[31m")
        user.source.failure = StartFailed("it ended at once with status 1", "/home/ada/x.log", tail)
        await user.press("n")
        await user.sees("VIRTUAL_ENV")
        await user.click_text("Start  ")
        await user.sees("it ended at once with status 1")
        assert "log            /home/ada/x.log" in user.screen()
        assert "Running as root is not recommended" in user.screen()
        assert "\x1b" not in user.screen()
        await user.press("escape")
        assert "Endpoints of :8888" in user.screen()


async def test_start_refuses_a_port_that_is_none() -> None:
    async with terminal(canned.main()) as user:
        await user.press("n", "tab")
        await user.type("99999")
        await user.press("tab")
        await user.sees("port: 99999 is no number from 1 to 65535")


async def test_start_beside_a_stale_server_offers_its_place() -> None:
    async with terminal(canned.main()) as user:
        await user.press("4", "end", "n")
        await user.until(lambda: ("plan", StartRequest(port=8889, root_dir="/srv/nb")) in user.source.asked)


async def test_remove_asks_first_and_names_the_file() -> None:
    async with terminal(canned.main()) as user:
        await user.press("4", "end", "x")
        assert "~/.local/share/jupyter/runtime/jpserver-4711.json" in user.screen()
        await user.press("enter")
        assert ("remove", "jpserver-4711") not in user.source.asked
        await user.press("x", "tab", "enter")
        await user.sees("removed jpserver-4711.json")
        assert ("remove", "jpserver-4711") in user.source.asked


async def test_remove_that_fails_says_so() -> None:
    async with terminal(canned.main()) as user:
        user.source.failure = OSError(13, "Permission denied", "jpserver-4711.json")
        await user.press("4", "end", "x", "tab", "enter")
        await user.sees("not removed: jpserver-4711.json: Permission denied")


async def test_a_url_is_added_and_forgotten() -> None:
    async with terminal(with_custom_row()) as user:
        user.source.failure = ValueError("that is no URL: it has no host")
        await user.press("U")
        await user.type("https://")
        await user.press("enter", "enter")
        await user.sees("that is no URL: it has no host")
        user.source.failure = None
        await user.type("x.example/")
        await user.press("enter", "enter")
        await user.sees("added: it is checked like the others")
        await user.press("end")
        assert "x remove URL" in user.lines()[-1]
        await user.press("x", "tab", "enter")
        await user.until(lambda: ("forget", "jpserver-4242", "https://proxy.example.org/") in user.source.asked)


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_quit_waits_for_nothing(key: str) -> None:
    async with terminal(canned.main()) as user:
        user.source.hang = True
        await user.press("n")
        await user.sees("VIRTUAL_ENV")
        await user.click_text("Start  ")
        await user.sees("starting")
        if key == "q":
            await user.press("escape")
        await user.press(key)
        assert not user.app.is_running
        assert not user.source.release.is_set()


async def test_control_characters_never_reach_the_screen() -> None:
    snapshot = canned.main()
    server = replace(canned.LAB, root_dir="/tmp/\x1b[31mred\u202e", app="Lab\x07", listeners=())
    view = replace(snapshot.views[0], server=server)
    async with terminal(replace(snapshot, views=(view,), trouble="bad\x1b]0;x\x07")) as user:
        assert not any(char in user.screen() for char in "\x1b\x07\u202e")
        assert "/tmp/?[31mred?" in user.screen()


async def test_no_cursor_blinks_anywhere() -> None:
    async with terminal(canned.main()) as user:
        for keys in (("slash",), ("escape", "U"), ("escape", "n"), ("escape", "ctrl+p")):
            await user.press(*keys)
            entries = list(user.app.screen.query("Input"))
            assert entries
            await user.until(lambda: not any(entry.cursor_blink for entry in user.app.screen.query("Input")))
        await user.press("escape")
        user.app.action_change_theme()
        await user.sees("a few letters of a theme")
        await user.until(lambda: not any(entry.cursor_blink for entry in user.app.screen.query("Input")))


async def test_what_was_put_aside_has_everything_checked_again() -> None:
    async with terminal(canned.main()) as user:
        assert ("resumed",) not in user.source.asked
        user.app.app_resume_signal.publish(user.app)
        await user.press("down")
        assert ("resumed",) in user.source.asked
