"""What stays selected while the picture changes."""

from __future__ import annotations

from dataclasses import replace

from jntui.model import Machine, Server, ServerView, Snapshot
from jntui.tui.following import followed
from jntui.tui.scene import Selection

STARTING = Server("pid-7", "starting", pid=7)
OTHER = Server("jpserver-5", "running", pid=5, port=8888)


def shown(*servers: Server) -> Snapshot:
    return Snapshot(Machine("box", "ada", "/home/ada"), tuple(ServerView(server) for server in servers))


def test_a_server_that_starts_is_followed_to_the_id_of_its_info_file() -> None:
    up = Server("jpserver-7", "running", pid=7, port=8889)
    selection = Selection("pid-7", None, "endpoints")
    assert followed(selection, shown(OTHER, STARTING), shown(OTHER, up)).server == "jpserver-7"
    assert followed(selection, shown(OTHER, STARTING), shown(OTHER)).server == "jpserver-5"
    later = replace(OTHER, pid=8, id="jpserver-8")
    assert followed(selection, shown(STARTING, OTHER), shown(OTHER, later)).server == "jpserver-5"
