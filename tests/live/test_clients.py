"""Clients seen: a real second host connects to a real Jupyter server, without root being needed to see it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import Any

import pytest

from jntui.process import Processes, linux_sockets
from tests.live.namespaces import ROOT, namespace, unavailable

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(unavailable()), reason=unavailable() or "namespaces can be made"),
]

BOX, PHONE = "10.77.0.1", "10.77.0.2"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What jntui on the box saw, step by step."""
    home = tmp_path_factory.mktemp("box")
    with namespace("box") as box, namespace("phone") as phone:
        box.ip("link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", phone.name)
        for space, address in ((box, BOX), (phone, PHONE)):
            space.ip("addr", "add", f"{address}/24", "dev", "eth0")
            space.ip("link", "set", "eth0", "up")
        argv = ["ip", "netns", "exec", box.name, sys.executable, "-m", "tests.live.box_of_clients"]
        done = subprocess.run(
            [*argv, phone.name, BOX, str(home)],
            capture_output=True,
            text=True,
            timeout=220,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        yield json.loads(done.stdout.splitlines()[-1])


def test_jntui_itself_is_no_client(told: Any) -> None:
    assert told["before"] == []


def test_a_connected_client_is_seen_at_the_address_it_used(told: Any) -> None:
    assert told["connected"] == [[PHONE, BOX, True, False, ""]]
    assert len(told["at"]) == 1
    assert told["at"][0].startswith(f"http://{BOX}:")


def test_it_is_kept_when_it_left(told: Any) -> None:
    assert told["left"] == [[PHONE, BOX, False, False, ""]]


def test_a_program_that_carries_others_is_named(told: Any) -> None:
    assert told["tunnel"] == [["127.0.0.1", "127.0.0.1", True, True, "frpc"]]


def test_a_watch_changes_nothing_but_itself(told: Any) -> None:
    assert told["verdicts"] == ["ok"]
    assert told["timed"]
    assert told["one time of change"]
    assert told["warnings"] == []


def test_the_holder_of_a_connection_is_known_until_it_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as mine:
            end = mine.getsockname()
            assert Processes().holders({end}) == {end: os.getpid()}
        assert Processes().holders({end}) == {}


def test_what_ends_while_its_holder_is_looked_for_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a probe of jntui's own was told as somebody who came through a tunnel."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        mine = socket.create_connection(listening.getsockname())
        end = mine.getsockname()
        real = linux_sockets._owners

        def owners(*words: Any) -> dict[int, int]:
            mine.close()
            return real(*words)

        monkeypatch.setattr(linux_sockets, "_owners", owners)
        assert Processes().holders({end}) == {}
