"""Single rows of Config, of a story and of the files, for servers of other kinds than the usual one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import terminal

from jntui.model import Configuration, Listener, Snapshot, Source
from jntui.tui.dialogs.story import read_lines
from jntui.tui.panes.config import ConfigPane
from screenshots import canned, settings
from screenshots.settings import BROKEN


def with_configuration(configuration: Configuration) -> Snapshot:
    snapshot = canned.main()
    return replace(snapshot, views=(replace(snapshot.views[0], configuration=configuration), *snapshot.views[1:]))


def on_a_socket() -> Snapshot:
    """The first server listens on a socket file, as `refusals` and `observed` tell its settings."""
    found = settings.of_lab()
    port = settings.setting("port", 0, Source("computed", name="ServerApp.port", text="from sock"))
    port = replace(port, note="unused: it listens on a socket file", needs_restart=False)
    changed = tuple(port if one.name == "port" else one for one in found.settings)
    snapshot = with_configuration(replace(found, settings=changed))
    view = snapshot.views[0]
    server = replace(view.server, port=None, listeners=(Listener("", 0, "/run/j.sock"),))
    return replace(snapshot, views=(replace(view, server=server), *snapshot.views[1:]))


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_the_port_of_a_socket_server_is_unused_in_its_row_and_its_story(size: tuple[int, int]) -> None:
    async with terminal(on_a_socket(), size) as user:
        await user.press("3", "slash")
        await user.type("port ")
        await user.press("enter")
        assert "(unused)" in user.screen() or "unused: a socket" in user.screen()
        await user.press("enter")
        said = " ".join(user.screen().replace("│", " ").split())
        assert "note unused: it listens on a socket file" in said
        assert "from computed from sock" in said


async def test_a_file_that_ends_jupyter_says_so() -> None:
    found = settings.of_lab()
    ends = replace(BROKEN, dropped=False, ends=True, trouble="it ends Jupyter: sys.exit()", line=12, caret=())
    files = tuple(ends if one.path == BROKEN.path else one for one in found.files)
    note = "jupyter_server_config.py line 12: it ends Jupyter: sys.exit(); Jupyter does not start with it"
    async with terminal(with_configuration(replace(found, files=files, notes=(note,)))) as user:
        lines = user.app.main.query_one(ConfigPane).lines_now()
        assert " ".join(line[1].text for line in lines if len(line) > 1 and line[1].role == "warning") == note
        await user.press("F")
        assert "ends Jupyter" in user.screen()
        for _ in range(8):
            await user.press("down")
            if "line 12: it ends" in user.screen():
                break
        said = " ".join(user.screen().replace("│", " ").split())
        assert "line 12: it ends Jupyter: sys.exit(): Jupyter does not start with it" in said


async def test_wide_panes_name_settings_and_paths_whole() -> None:
    async with terminal(canned.main(), (160, 50)) as user:
        await user.press("3", "z")
        assert "shutdown_no_activity_timeout" in user.screen()
        assert "allow_unauthenticated_access" in user.screen()


async def test_a_filter_goes_to_the_setting_of_that_name_before_one_that_speaks_of_it() -> None:
    found = settings.of_lab()
    told = tuple(
        replace(one, note="it means nothing without certfile", needs_restart=None) if one.name == "keyfile" else one
        for one in found.settings
    )
    async with terminal(with_configuration(replace(found, settings=told)), (120, 40)) as user:
        await user.press("3", "slash")
        await user.type("keyfile")
        await user.press("enter", "escape", "slash")
        await user.type("certfile")
        await user.press("enter", "e")
        assert "Set certfile of" in user.screen()


@pytest.mark.parametrize("size", [(160, 50), (120, 40), (80, 24), (60, 20)])
async def test_a_file_that_changed_after_the_start_is_in_sight(size: tuple[int, int]) -> None:
    """A mark at the setting that it decides, a line of the pane, a mark and words in the list of files."""
    found = settings.of_lab()
    early = canned.main().views[0].server.started
    assert early is not None
    kept = tuple(replace(one, changed=early if one.changed else None) for one in found.files)
    calm = tuple(replace(one, needs_restart=False) for one in found.settings)
    async with terminal(with_configuration(replace(found, files=kept, settings=calm)), size) as user:
        await user.press("3")
        assert "changed since" not in user.screen()
    files = tuple(replace(one, changed=settings.WRITTEN) if one.path == settings.USER_PY else one for one in kept)
    unsure = tuple(replace(one, needs_restart=None) if one.name == "port_retries" else one for one in calm)
    async with terminal(with_configuration(replace(found, files=files, settings=unsure)), size) as user:
        await user.press("3")
        assert "changed since" in user.screen()
        assert "!port_retries" in user.screen()
        assert "!ip" not in user.screen(), "what it has is seen"
        await user.press("F", "down")
        assert any(line.count("! 2  ") and "server_config.py" in line for line in user.lines())
        said = " ".join(user.screen().replace("│", " ").split())
        assert "! changed after the server started, which may still have what it said before" in said


def test_the_story_counts_only_files_that_were_read() -> None:
    found = settings.of_lab()
    out = tuple(BROKEN if one.path == BROKEN.path else one for one in found.files)
    shut = tuple(replace(one, readable=False) if one.path == settings.SYSTEM_PY else one for one in out)
    lines = read_lines(replace(found, files=shut), 200)
    said = "".join(span.text for span in lines[0])
    assert "2 config files read, 1 left out by Jupyter, 1 not readable from here; Jupyter looks for 3 more" in said


async def test_what_nobody_knows_of_all_settings_is_one_calm_line_below_them() -> None:
    """No row is marked: a home changes all day. The story of a setting says why it is not known."""
    found = settings.of_lab()
    open_ = tuple(replace(one, needs_restart=None) if one.name == "allow_origin" else one for one in found.settings)
    unsure = "/h/.jupyter is not there; if it was when the server started, what its files said still counts"
    async with terminal(with_configuration(replace(found, settings=open_, notes=(), unsure=unsure))) as user:
        lines = user.app.main.query_one(ConfigPane).lines_now()
        told = [line[1] for line in lines if len(line) > 1 and "restart may change" in line[1].text]
        assert [one.role for one in told] == ["muted"]
        assert not [line for line in lines if len(line) > 1 and line[1].role == "warning"]
        await user.press("3", "slash")
        await user.type("allow_origin")
        await user.press("enter")
        await user.press("enter")
        said = " ".join(user.screen().replace("│", " ").split())
        assert "not known: nothing outside shows it" in said
        assert "/h/.jupyter is not there; if it was" in said
