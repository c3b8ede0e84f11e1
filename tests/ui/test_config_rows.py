"""Single rows of Config, of a story and of the files, for servers of other kinds than the usual one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import terminal

from jntui.model import Configuration, Listener, Snapshot, Source
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
