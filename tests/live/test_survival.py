"""Terminals of every kind, and every way to lose one: it is given back as it was, and nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.benchmarks.__main__ import cheap_servers
from tests.live.namespaces import unavailable
from tests.live.servers import wait_for
from tests.live.test_terminal import ALTERNATE_SCREEN, CURSOR, SWITCHED_OFF, environment, jntui, quit_cleanly
from tests.terminal import Terminal

pytestmark = pytest.mark.timeout(90)

RUN = "import runpy, signal; signal.signal(signal.SIGHUP, signal.{what}); runpy.run_module('jntui', None, '__main__')"
"""Whoever runs the tests under nohup hands down an ignored SIGHUP: each test says which it means."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    runtime = tmp_path_factory.getbasetemp() / "runtime"
    with cheap_servers(1, runtime) as ports:
        yield ports[0]


@pytest.fixture
def env(port: int, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    runtime = tmp_path_factory.getbasetemp() / "runtime"
    return environment(tmp_path / "home", JUPYTER_RUNTIME_DIR=str(runtime))


def opened(env: dict[str, str], hangup: str = "SIG_DFL", *, inside: tuple[str, ...] = ()) -> Terminal:
    argv = [*inside, sys.executable, "-c", RUN.format(what=hangup)]
    return Terminal(argv, env, cwd=env["HOME"])


def assert_given_back(terminal: Terminal) -> None:
    assert terminal.modes[ALTERNATE_SCREEN] is False
    assert terminal.modes[CURSOR] is True
    assert not [mode for mode in SWITCHED_OFF if terminal.modes.get(mode)]
    assert terminal.restored()
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_a_signal_ends_it_and_the_terminal_is_given_back(
    number: signal.Signals, port: int, env: dict[str, str]
) -> None:
    with opened(env) as terminal:
        terminal.wait_for(f":{port}")
        terminal.wait_for("Works")
        terminal.process.send_signal(number)
        assert terminal.wait(20) == -number
        assert_given_back(terminal)


def test_a_terminal_that_is_gone_ends_it_where_sighup_is_ignored(port: int, env: dict[str, str]) -> None:
    """As under nohup: nobody tells it but the terminal itself."""
    with opened(env, "SIG_IGN") as terminal:
        terminal.wait_for(f":{port}")
        terminal.hang_up()
        assert terminal.process.wait(30) == 128 + signal.SIGHUP


@pytest.mark.skipif(bool(unavailable()), reason=unavailable() or "-")
def test_the_first_process_of_a_container_ends_with_its_terminal(port: int, env: dict[str, str]) -> None:
    """No signal ends pid 1 of a pid namespace by itself (pid_namespaces(7))."""
    with opened(env, inside=("unshare", "--pid", "--fork")) as terminal:
        terminal.wait_for(f":{port}")
        (first,) = psutil.Process(terminal.process.pid).children()
        terminal.hang_up()
        terminal.process.wait(30)
        wait_for(lambda: not first.is_running() or first.status() == psutil.STATUS_ZOMBIE, "the end of pid 1", 30)


def test_ctrl_z_gives_the_terminal_back_until_fg(port: int, env: dict[str, str]) -> None:
    with jntui(env) as terminal:
        terminal.wait_for(f":{port}")
        process = psutil.Process(terminal.process.pid)
        terminal.press("\x1a")
        # What is written before the stop fills the pty if nobody reads it.
        wait_for(lambda: not terminal.read(0) and process.status() == psutil.STATUS_STOPPED, "the stop", 20)
        while terminal.read(0.2):
            pass
        assert_given_back(terminal)
        process.send_signal(signal.SIGCONT)
        wait_for(lambda: terminal.read(0.1) or terminal.modes[ALTERNATE_SCREEN], "the screen again", 20)
        terminal.wait_for(f":{port}")
        quit_cleanly(terminal)


def test_a_storm_of_sizes_leaves_the_screen_whole(port: int, env: dict[str, str]) -> None:
    with jntui(env) as terminal:
        terminal.wait_for(f":{port}")
        for turn in range(40):
            terminal.resize(20 + turn * 37 % 140, 5 + turn * 13 % 46)
            terminal.read(0)
        terminal.resize(20, 5)
        terminal.settle(0.3, 20.0)
        terminal.resize(120, 40)
        terminal.wait_for(f"http://127.0.0.1:{port}/")
        quit_cleanly(terminal)


KINDS = {
    "vt100": {"TERM": "vt100"},
    "linux": {"TERM": "linux"},
    "screen": {"TERM": "screen"},
    "tmux": {"TERM": "tmux-256color"},
    "no colour": {"TERM": "xterm-256color", "NO_COLOR": "1"},
    "no locale": {"TERM": "xterm-256color", "LANG": "C"},
    "ascii": {"TERM": "linux", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "unknown": {"TERM": "nobody-knows-it"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_terminal_shows_the_screen(kind: str, port: int, env: dict[str, str]) -> None:
    rest = {name: value for name, value in env.items() if name != "COLORTERM"}
    with jntui({**rest, **KINDS[kind]}) as terminal:
        terminal.wait_for(f":{port}")
        terminal.wait_for("Works")
        if kind == "ascii":
            assert terminal.raw.isascii()
        quit_cleanly(terminal)
        assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize("term", ["dumb", None])
def test_a_terminal_that_cannot_show_it_gets_a_line(term: str | None, env: dict[str, str]) -> None:
    rest = {name: value for name, value in env.items() if name != "TERM"}
    with jntui({**rest, **({"TERM": term} if term else {})}) as terminal:
        assert terminal.wait(60) == 2
        assert terminal.raw.count(b"\n") <= 2 and b"cannot be drawn" in terminal.raw
        assert terminal.restored()


def test_errors_may_go_elsewhere(port: int, env: dict[str, str]) -> None:
    """`jntui 2>log`: the screen is still drawn on the terminal."""
    log = Path(env["HOME"]) / "log"
    argv = ["sh", "-c", f"exec {sys.executable} -m jntui 2>{log}"]
    with Terminal(argv, env, cwd=env["HOME"]) as terminal:
        terminal.wait_for(f":{port}")
        quit_cleanly(terminal)
    assert log.read_text(encoding="utf-8") == ""


@pytest.mark.parametrize("stream", ["stdin", "stdout"])
def test_without_a_terminal_at_one_end_a_line_says_so(stream: str, env: dict[str, str]) -> None:
    pair = os.openpty()
    try:
        ends: dict[str, int] = {"stdin": pair[1], "stdout": pair[1], stream: subprocess.DEVNULL}
        argv = [sys.executable, "-m", "jntui"]
        done = subprocess.run(argv, env=env, stderr=subprocess.PIPE, text=True, check=False, timeout=60, **ends)
    finally:
        for end in pair:
            os.close(end)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "needs a terminal" in done.stderr


@pytest.mark.parametrize("where", ["screen", "dialog"])
def test_a_paste_of_a_megabyte_is_survived(where: str, port: int, env: dict[str, str]) -> None:
    with jntui(env) as terminal:
        terminal.wait_for(f":{port}")
        terminal.wait_for("Works")
        if where == "dialog":
            terminal.press("U")
            terminal.wait_for("Add a URL of")
        paste(terminal, b"\x1b[200~" + b"q x \xc3\xa9\r" * 174763 + b"\x1b[201~")
        if where == "dialog":
            terminal.press("escape")
            terminal.wait_for(lambda text: "Add a URL of" not in text, 60)
        terminal.press("?")
        terminal.wait_for("esc closes", 60)
        terminal.press("escape")
        terminal.wait_for(lambda text: "esc closes" not in text)
        quit_cleanly(terminal)
        assert b"Traceback" not in terminal.raw


def paste(terminal: Terminal, text: bytes) -> None:
    """Writes as a terminal does: as much as the line takes, and reads on meanwhile."""
    os.set_blocking(terminal._fd, False)
    try:
        while text:
            try:
                text = text[os.write(terminal._fd, text[:4096]) :]
            except BlockingIOError:
                terminal.read(0.01)
    finally:
        os.set_blocking(terminal._fd, True)
