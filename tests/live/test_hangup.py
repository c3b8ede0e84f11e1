"""A terminal that is lost while a server is restarted: the server runs again all the same, then jntui ends."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.servers import Jupyter, clean_environment, start_jupyter, wait_for
from tests.live.test_restart import Restarter, restarter
from tests.terminal import Terminal

DEAF_EAR = "import runpy, signal; signal.signal(signal.SIGHUP, signal.SIG_DFL)"
"""Whoever runs the tests under nohup hands down an ignored SIGHUP."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Jupyter]:
    with start_jupyter("server", home=home) as found:
        yield found


@pytest.fixture(scope="module")
def jntui(home: Path) -> Iterator[Restarter]:
    with restarter(home) as found:
        yield found


def pid_of(jntui: Restarter, port: int) -> int | None:
    return next((entry.pid for entry in jntui.processes.sockets().listeners if entry.port == port), None)


def opened(home: Path, *words: str) -> Terminal:
    program = f"{DEAF_EAR}; runpy.run_module('jntui', run_name='__main__', alter_sys=True)"
    env = {**clean_environment(home), "TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parents[2])}
    return Terminal([sys.executable, "-c", program, *words], env, cwd=home)


def test_the_command_ends_once_the_server_runs_again(home: Path, server: Jupyter, jntui: Restarter) -> None:
    old = pid_of(jntui, server.port)
    with opened(home, "restart", str(server.port)) as terminal:
        terminal.wait_for("to shut down")
        terminal.hang_up()
        assert terminal.process.wait(90) == -signal.SIGHUP
    new = pid_of(jntui, server.port)
    assert new not in {None, old}
    jntui.pids.append(new or 0)
    assert server.status("api/status", {"Authorization": f"token {server.token}"}) == 200


def test_the_screen_does_too(home: Path, server: Jupyter, jntui: Restarter) -> None:
    old = pid_of(jntui, server.port)
    with opened(home) as terminal:
        terminal.wait_for(f":{server.port}")
        terminal.wait_for("Works")
        terminal.press("S")
        terminal.wait_for("steps")
        terminal.press("\t", "\r")
        terminal.wait_for("restarting: it is stopped")
        terminal.hang_up()
        assert terminal.process.wait(120) == 128 + signal.SIGHUP
    wait_for(lambda: pid_of(jntui, server.port) not in {None, old}, "the server to run again", 30)
    jntui.pids.append(pid_of(jntui, server.port) or 0)
    assert server.status("api/status", {"Authorization": f"token {server.token}"}) == 200


def test_a_screen_that_does_nothing_ends_at_once(home: Path, server: Jupyter) -> None:
    with opened(home) as terminal:
        terminal.wait_for(f":{server.port}")
        terminal.hang_up()
        assert terminal.process.wait(30) == 128 + signal.SIGHUP
