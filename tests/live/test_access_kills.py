"""jntui killed while it opens or closes a server, at every kind of moment: the way back is exact from each of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.changing import ROOT, jntui
from tests.live.servers import clean_environment, free_port, wait_for

pytestmark = pytest.mark.timeout(280)

MINE = b"# mine\r\nc.ServerApp.open_browser = False  # here\r\n"
OPENING = ("jupyter_server_config.py 1", "access.json 2", "step starting", "managed.json 1")
"""Remembered and not written; written and its backup not remembered; stopped; started and not seen to answer."""
CLOSING = ("step asking",)
"""The old bytes are back, and the server still has the others."""
UNTOUCHED = frozenset(OPENING[:2])
"""Moments at which the server was not asked to end yet."""
STOPPED = frozenset({"step starting"})


class Home:
    """A server with a HOME of its own."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.config = home / ".jupyter/jupyter_server_config.py"
        self.config.parent.mkdir()
        self.config.write_bytes(MINE)

    def told(self, *words: str, status: int = 0) -> Any:
        done = jntui(self.home, *words, "--json")
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def start(self) -> None:
        done = jntui(self.home, "start", "--app", "server", "--port", str(self.port), "--", "--allow-root")
        assert done.returncode == 0, done.stderr

    def running(self) -> Any:
        """The server, once it is one again; None where it was stopped."""

        def looked() -> list[Any]:
            rows = self.told("list")["servers"]
            return [[one for one in rows if one["port"] == self.port and one["state"] != "stale"]]

        (found,) = wait_for(lambda: [one for one in looked() if all(row["state"] == "running" for row in one)], "it")
        return found[0] if found else None

    def killed(self, reach: str, moment: str) -> None:
        environ = {**clean_environment(self.home), "PYTHONPATH": str(ROOT)}
        words = [sys.executable, "-m", "tests.live.mortal_opener", str(self.port), reach, moment]
        done = subprocess.run(words, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
        assert done.returncode == -9, (moment, done.stdout, done.stderr)

    def is_as_before(self) -> None:
        assert self.config.read_bytes() == MINE
        assert sorted(path.name for path in self.config.parent.glob("jupyter_server_config.py.jntui-*")) == []
        assert json.loads((self.home / ".local/state/jntui/access.json").read_text() or "[]") == []


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    made = Home(tmp_path_factory.mktemp("killed"))
    try:
        yield made
    finally:
        jntui(made.home, "stop", str(made.port), "--kill")


@pytest.mark.parametrize("moment", OPENING)
def test_killed_while_it_opens(one: Home, moment: str) -> None:
    """Old or new bytes, never half of them; closing writes the old ones, and restarts only what had the new ones."""
    if one.running() is None:
        one.start()
    before = one.running()
    one.killed("lan", moment)
    config = one.config.read_bytes()
    assert config == MINE or (config.startswith(MINE) and b"c.ServerApp.ip = '*'" in config)
    after = one.running()
    assert (after is None) == (moment in STOPPED)
    assert (after == before) == (moment in UNTOUCHED)
    closed = one.told("access", "--local", "--all")["closed"]
    assert [(row["closed"], row["exact"], row["runs"]) for row in closed] == [(True, True, moment not in STOPPED)]
    one.is_as_before()
    now = one.running()
    if now is not None:
        assert now["exposure"] == "this-machine"
        assert (now["pid"] == before["pid"]) == (moment in UNTOUCHED)


@pytest.mark.parametrize("moment", CLOSING)
def test_killed_while_it_closes(one: Home, moment: str) -> None:
    if one.running() is None:
        one.start()
    one.told("access", str(one.port), "--lan")
    one.killed("local", moment)
    assert (one.running() is None) == (moment in STOPPED)
    closed = one.told("access", str(one.port), "--local")
    assert closed["exact"] is True
    one.is_as_before()
