"""Config: what one reads there at each size, the story of a setting, the files, one file."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from driver import Terminal, terminal

from jntui.model import Configuration, Setting, Snapshot, Source
from jntui.tui.origins import differs, long_origin, short_origin
from jntui.tui.panes.config import ConfigPane
from jntui.tui.signs import ASCII
from screenshots import canned, settings
from screenshots.canned import TOKEN

SIZES = [(160, 50), (120, 40), (100, 30), (80, 24), (60, 20)]


def with_configuration(configuration: Configuration | None) -> Snapshot:
    """The usual picture with other settings of the first server."""
    snapshot = canned.main()
    view = replace(snapshot.views[0], configuration=configuration)
    return replace(snapshot, views=(view, *snapshot.views[1:]))


def with_setting(setting: Setting) -> Snapshot:
    found = settings.of_lab()
    changed = tuple(setting if one.name == setting.name else one for one in found.settings)
    return with_configuration(replace(found, settings=changed))


def row(user: Terminal, name: str) -> list[str]:
    """The words of the pane's row that begins with this name."""
    pane = user.app.main.query_one(ConfigPane).region
    lines = [line[pane.x : pane.right].strip(" │┃!") for line in user.lines()[pane.y : pane.bottom]]
    return next((line for line in lines if line.startswith(name)), "").split()


@pytest.mark.parametrize("size", SIZES)
async def test_one_sees_why_the_port_is_what_it_is(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("3")
        running = ["8888"] if size not in {(120, 40), (60, 20)} else []
        assert row(user, "port ") == ["port", "8888", "command", "line", *running]
        lines = user.lines()
        at = next(number for number, line in enumerate(lines) if " port  " in line)
        assert lines[at + 1].rstrip(" │┃").endswith("server_config.py:13")
        assert "hides" in lines[at + 1]
        assert " 9999 " in lines[at + 1]


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((160, 50), "base_url '/jupyter/' ~/…server….json:3 / restart to apply"),
        ((100, 30), "base_url '/jupyter/' ~/…server….json:3 / restart to apply"),
        ((120, 40), "base_url '/jupyter/' ~/…server….json:3"),
        ((80, 24), "base_url '/jupyter/' ~/…server….json:3 / restart"),
        ((60, 20), "base_url '/jupyter/' ~/…server….json:3"),
    ],
)
async def test_a_value_that_waits_for_a_restart_says_so(size: tuple[int, int], shown: str) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("3")
        assert row(user, "base_url") == shown.split()
        if " / " not in shown:
            assert row(user, "runs") == ["runs", "/", "until", "a", "restart"], "below, where both do not fit"
        assert ("1 waits for a restart" if size != (60, 20) else "! changed, 1 waiting") in user.screen()
        assert user.lines()[-1].startswith(" S restart  e edit setting  enter its story")


@pytest.mark.parametrize("size", SIZES)
async def test_every_row_is_reached_and_the_facts_of_the_process_stand_last(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("3")
        names = [setting.name for setting in settings.of_lab().settings]
        for _step in range(2 * len(names)):
            names = [name for name in names if not row(user, name[:18])]
            await user.press("down")
        assert not names
        await user.press("end")
        assert "pid 4242, since 09:14" in user.screen()
        assert "info file" in user.screen()
        await user.press("enter")
        assert "no setting: this is seen of the running server" in user.lines()[-1]


async def test_alone_on_the_screen_it_has_room_for_what_runs() -> None:
    async with terminal(canned.main()) as user:
        await user.press("3", "z")
        assert (
            " ".join(row(user, "base_url"))
            == "base_url '/jupyter/' ~/.jupyter/…server_config.json:3 / restart to apply"
        )


async def test_while_the_settings_are_read_the_word_stands_there() -> None:
    async with terminal(with_configuration(None)) as user:
        assert "reading the settings" in user.screen()
        assert "listens on      0.0.0.0:8888" in user.screen()
        await user.press("F")
        assert "F: the settings of :8888 are not read yet" in user.lines()[-1]
        await user.press("3", "enter")
        assert "no setting: this is seen of the running server" in user.lines()[-1]
        await user.arrives(canned.main())
        assert "reading the settings" not in user.screen()
        await user.press("down", "enter")
        assert " of :8888 ─" in user.line_with("╭─ ip of")


async def test_what_the_finding_names_is_marked_and_nothing_moves() -> None:
    async with terminal(canned.local_only()) as user:
        pane = user.app.main.query_one(ConfigPane)
        names = {line[1].role for line in pane.lines_now() if line[1].text == "ip"}
        await user.press("home")
        rows, calm = pane.rows, {line[1].role for line in pane.lines_now() if line[1].text == "ip"}
        assert names == {"catch"}
        assert calm == {"muted"}
        await user.press("down", "down")
        assert {line[1].role for line in pane.lines_now() if line[1].text == "ip"} == {"catch"}
        assert pane.rows == rows


async def test_set_ones_are_bold_and_defaults_are_muted() -> None:
    async with terminal(canned.main()) as user:
        roles = {line[1].text.strip(): line[1].role for line in user.app.main.query_one(ConfigPane).lines_now() if line}
        assert (roles["port"], roles["sock"], roles["allow_remote_access"]) == ("bold", "muted", "muted")


async def test_a_file_that_jupyter_leaves_out_stands_first() -> None:
    for size in ((120, 40), (80, 24), (60, 20)):
        async with terminal(canned.broken(), size) as user:
            await user.press("3")
            pane = user.app.main.query_one(ConfigPane)
            notes = [line for line in pane.lines_now() if line[1].role == "warning"]
            said = " ".join(line[1].text for line in notes)
            assert said == settings.BROKEN_NOTE
            assert "line 12: syntax error" in user.screen()
            await user.press("home", "enter")
            assert "Config files of :8888" in user.screen()


async def test_an_assumed_list_of_files_says_so() -> None:
    found = replace(settings.of_lab(), assumed="its Python belongs to another user")
    async with terminal(with_configuration(found), (160, 50)) as user:
        assert "the list of files is assumed: its Python belongs to another user" in user.screen()


async def test_the_filter_keeps_what_it_finds() -> None:
    async with terminal(canned.main()) as user:
        await user.press("3", "slash")
        await user.type("config.py")
        assert "filter config.py: 3 of 27" in user.screen()
        assert row(user, "ip") == ["ip", "'0.0.0.0'", "~/…server_config.py:12"]
        assert "http://localhost:8888/" in user.screen(), "Endpoints keeps its rows"
        await user.press("enter", "down", "down", "enter")
        assert user.line_with("╭─ port of :8888")
        await user.press("escape", "escape")
        assert "filter" not in user.lines()[-2]


async def test_what_a_setting_hides_is_found_with_it_and_without_it() -> None:
    async with terminal(canned.main()) as user:
        pane = user.app.main.query_one(ConfigPane)
        await user.press("3", "slash")
        await user.type("9999")
        assert "filter 9999: 1 of 27" in user.screen()
        assert row(user, "port ") == ["port", "8888", "command", "line"]
        assert row(user, "hides") == ["hides", "9999", "~/…server_config.py:13"]
        assert len(pane.rows) == 3  # the last one leads to all settings


async def test_a_note_about_a_changed_file_moves_no_row() -> None:
    async with terminal(canned.main()) as user:
        pane = user.app.main.query_one(ConfigPane)
        before = pane.rows
        told = "jupyter_server_config.py changed after the server started, which may still have what it said before"
        await user.arrives(with_configuration(replace(settings.of_lab(), notes=(told,))))
        at = before.index("facts")
        assert pane.rows[:at] == before[:at]
        notes = [line[1].text for line in pane.lines_now() if len(line) > 1 and line[1].role == "warning"]
        assert " ".join(notes) == told


async def test_a_narrow_pane_keeps_the_value() -> None:
    async with terminal(canned.main(), (40, 10)) as user:
        await user.press("3", "slash")
        await user.type("base_url")
        assert row(user, "base_url") == ["base_url", "'/jupyter/'"]


async def test_a_port_that_was_taken_says_why_it_moved() -> None:
    source = settings.option("--port", "18888")
    moved = settings.setting(
        *("port", 18888, source),
        **{"running_value": 18889, "running": "18889", "needs_restart": False},
        note="18888 was taken when it started",
    )
    async with terminal(with_setting(moved)) as user:
        assert row(user, "runs") == ["runs", "18889", "18888", "was", "taken"]


async def test_without_focus_no_row_is_marked() -> None:
    async with terminal(canned.main()) as user:
        pane = user.app.main.query_one(ConfigPane)
        assert all(pane.over(index) is None for index in range(10))
        await user.press("3")
        assert any(pane.over(index) for index in range(10))


async def test_the_alarm_of_a_stale_server_hides_it() -> None:
    async with terminal(canned.main()) as user:
        await user.press("3", "right_square_bracket", "right_square_bracket")
        assert "Info file of :8889" in user.screen()
        assert "Config of" not in user.screen()


async def test_a_secret_is_never_whole_and_another_one_waits_in_words() -> None:
    source = Source("file", settings.USER_PY, 16, "IdentityProvider.token", "token, 12 characters", "user")
    other = settings.secret(
        "token", "token, 12 characters", source, needs_restart=True, note="the running server has another token"
    )
    async with terminal(with_setting(other)) as user:
        assert row(user, "token") == ["token", "token,", "12", "ch…", "~/…server_config.py:16"]
        assert any(" runs  " in line and "another one" in line for line in user.lines())
        await user.press("3", *("down",) * 11, "enter")
        assert "another one, until it is restarted" in user.screen()
        assert "the running server has another token" in user.screen()
        assert TOKEN not in user.screen()


@pytest.mark.parametrize("size", SIZES)
async def test_the_story_of_the_port(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("3", "down", "down", "enter")
        screen = user.screen()
        assert "╭─ port of :8888 ─" in screen
        assert "from      --port on the command line" in screen
        assert "runs      8888: no restart is needed for it" in screen
        assert "✓ command line       --port = 8888" in screen
        assert "○ user py:13         ServerApp.port = 9999" in screen
        await user.press("end")
        assert "Jupyter's ServerApp.port" in user.screen()
        assert "type      integer" in user.screen()
        await user.press("enter")
        await user.sees("13  c.ServerApp.port = 9999")
        assert ("file", settings.USER_PY) in user.source.asked
        await user.press("escape")
        assert "╭─ port of :8888 ─" in user.screen()
        await user.press("F")
        assert "Config files of :8888" in user.screen()
        await user.press("escape", "escape")
        assert "Config files" not in user.screen()


async def test_the_story_of_a_default_and_of_a_computed_value() -> None:
    async with terminal(canned.main()) as user:
        await user.press("3", *("down",) * 5, "enter")
        assert "╭─ sock of :8888" in user.screen()
        assert "set by nobody" in user.screen()
        assert "not known: nothing outside shows it" in user.screen()
        await user.press("enter")
        assert not [asked for asked in user.source.asked if asked[0] == "file"], "no file decides"
        await user.press("escape", "slash")
        await user.type("allow_remote")
        await user.press("enter", "enter")
        assert "from      computed from ip" in user.screen()


async def test_enter_on_a_finding_tells_the_setting_that_it_names() -> None:
    async with terminal(canned.alarm()) as user:
        await user.press("2")
        assert user.lines()[-1].startswith(" enter why ip is so")
        await user.press("enter")
        assert "╭─ ip of :8890 ─" in user.screen()
        assert "--ip on the command line" in user.screen()


async def test_the_files_in_order() -> None:
    for size in ((120, 40), (80, 24), (60, 20)):
        async with terminal(canned.broken(), size) as user:
            await user.press("F")
            lines = [line for line in user.lines() if re.search(r"│[ !]+[1-7]  [~/j]", line)]
            assert [re.sub(r".*│[ !]+([1-7])  [~/j].*", r"\1", line) for line in lines] == list("1234567")
            assert "left out" in lines[1]
            assert "not there" in lines[2]
            await user.press("down")
            assert "line 12: syntax error: invalid syntax: Jupyter leaves the whole file out" in " ".join(
                user.screen().replace("│", " ").split()
            )
            assert "c.ServerApp.ip = = '0.0.0.0'" in user.screen()
            await user.press("down", "enter")
            assert "not there: nothing to view" in user.screen()
            assert "Config files" in user.screen(), "what is not there cannot be viewed"
            await user.press("up", "enter")
            await user.sees("12  c.ServerApp.ip = = '0.0.0.0'")
            assert "^ syntax error: invalid syntax" in user.screen()
            await user.press("q")
            assert "Config files" in user.screen()
            await user.press("q")
            assert "Config files" not in user.screen()


async def test_a_file_is_viewed_with_long_lines_and_controls_made_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "c.x = 1\t# " + "y" * 100 + "\x1b[31mend\u202e"
    monkeypatch.setattr("screenshots.source.USER_PY_LINES", (*settings.USER_PY_LINES, *("",) * 60, long))
    async with terminal(canned.main(), (80, 24)) as user:
        await user.press("F", "down", "enter")
        await user.sees("1  # Configuration file")
        await user.press("end")
        assert "77  c.x = 1 # yyy" in user.screen()
        await user.press("right", "right", "l")
        assert "?[31mend?" in user.screen()
        await user.press(*("left",) * 9)
        assert "77  c.x = 1 # yyy" in user.screen()
        await user.press("home")
        assert " 1  # Configuration file" in user.screen()


async def test_a_file_that_cannot_be_read_says_why() -> None:
    async with terminal(canned.main()) as user:
        await user.press("F", "enter")
        await user.sees("No such file or directory")
        user.source.hang = True
        await user.press("escape", "down", "enter")
        await user.sees("reading the file")
        await user.press("escape", "escape")
        assert "Endpoints of :8888" in user.screen()


@pytest.mark.parametrize("keys", [("3",), ("3", "down", "enter"), ("F",), ("F", "down", "enter"), ("s",), ("S",)])
async def test_ascii_and_no_colour(keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with terminal(canned.broken(), (80, 24), signs=ASCII) as user:
        await user.press(*keys)
        await user.pilot.pause(0.05)
        assert user.screen().isascii(), user.screen()
        for strip in user.app.screen._compositor.render_strips():
            for segment in strip:
                assert not segment.style or not segment.style.color or segment.style.color.is_default


@pytest.mark.parametrize("size", [(160, 50), (120, 40), (80, 24), (60, 20)])
async def test_an_equal_picture_draws_nothing_there(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("3", "down")
        before = user.sent_cells()
        for _turn in range(3):
            await user.arrives(canned.main())
        assert user.sent_cells() == before


async def test_one_changed_setting_draws_its_own_row() -> None:
    async with terminal(canned.main()) as user:
        before = user.sent_cells()
        source = settings.in_file(settings.USER_PY, 14, "ServerApp.port_retries", "7")
        await user.arrives(with_setting(settings.setting("port_retries", 7, source)))
        assert row(user, "port_retries") == ["port_retries", "7", "~/…server_config.py:14"]
        assert 0 < user.sent_cells() - before < 60


@pytest.mark.parametrize(
    ("source", "short", "long"),
    [
        (settings.DEFAULT, "default", "default"),
        (Source("computed", text="from ip"), "computed from ip", "computed from ip"),
        (Source("computed", text="from the working directory"), "computed", "computed from the working directory"),
        (Source("computed", "/x/a.py", 3, level="system"), "system py:3", "/x/a.py:3"),
        (Source("file", "/x/a.json", None, level="path"), "CONFIG_PATH json", "/x/a.json"),
        (Source("file", "/x/a.py", 9, level="option"), "--config py:9", "/x/a.py:9"),
        (Source("env", "JUPYTER_PORT"), "environment", "JUPYTER_PORT in the environment"),
        (settings.option("--port", "1"), "command line", "--port on the command line"),
    ],
)
def test_origins(source: Source, short: str, long: str) -> None:
    assert short_origin(source) == short
    assert long_origin(source, str) == long


def test_a_port_that_moved_differs_and_the_name_of_this_machine_does_not() -> None:
    port = settings.setting("port", 8888, settings.DEFAULT, running_value=8889, running="8889", needs_restart=False)
    ip = settings.setting("ip", "localhost", settings.DEFAULT, running_value="127.0.0.1", needs_restart=False)
    assert differs(port)
    assert not differs(ip)
    assert not differs(replace(port, running_value=None))


async def test_values_have_the_room_of_file_names_where_no_file_sets_anything() -> None:
    async with terminal(canned.alarm()) as user:
        assert "token empty: no token command line" in " ".join(user.line_with(" token    ").split())
