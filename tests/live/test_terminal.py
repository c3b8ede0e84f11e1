"""jntui from outside: a real pty, the keys a user presses, the screen a user reads, the bytes a line has to carry."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from tests.benchmarks.__main__ import cheap_servers
from tests.live.hostile import ROOT, hostile
from tests.live.namespaces import processes_apart, unavailable
from tests.live.servers import clean_environment, free_port
from tests.terminal import Terminal

pytestmark = pytest.mark.timeout(180)

ALTERNATE_SCREEN, CURSOR = 1049, 25
SWITCHED_OFF = (1000, 1002, 1003, 1004, 1006, 2004)
"""Mouse reports, focus reports, bracketed paste (xterm's control sequences)."""


def environment(home: Path, **extra: str) -> dict[str, str]:
    """A user's environment with a HOME of its own, in which every Python finds jntui."""
    home.mkdir(parents=True, exist_ok=True)
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    return {**clean_environment(home), **terminal, **extra}


def jntui(
    env: dict[str, str], *options: str, columns: int = 120, rows: int = 40, inside: tuple[str, ...] = ()
) -> Terminal:
    """The screen in a terminal of its own, where the words of `inside` put it."""
    argv = [*inside, sys.executable, "-m", "jntui", *options]
    return Terminal(argv, env, columns=columns, rows=rows, cwd=env["HOME"])


@pytest.fixture
def apart() -> Iterator[tuple[str, ...]]:
    """What keeps the servers of others out of sight, where that can be: root's own pid namespace."""
    if unavailable():
        yield ()
        return
    with processes_apart() as inside:
        yield inside


def listed(env: dict[str, str], inside: tuple[str, ...] = ()) -> list[dict[str, object]]:
    """What `jntui list --json` sees at this moment."""
    argv = [*inside, sys.executable, "-m", "jntui", "list", "--json"]
    done = subprocess.run(argv, env=env, cwd=env["HOME"], capture_output=True, text=True, check=True)
    servers: list[dict[str, object]] = json.loads(done.stdout)["servers"]
    return servers


@contextmanager
def one_cheap_server(folder: Path, inside: tuple[str, ...] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """A small process that answers as Jupyter with a token does: its port, and an environment that sees it."""
    with cheap_servers(1, folder / "runtime", inside) as ports:
        yield ports[0], environment(folder / "home", JUPYTER_RUNTIME_DIR=str(folder / "runtime"))


def type_slowly(terminal: Terminal, *keys: str) -> None:
    """Presses each key when the screen is still again after the one before, as a person does."""
    for key in keys:
        terminal.press(key)
        terminal.settle(0.2, 5.0)


def quit_cleanly(terminal: Terminal, timeout: float = 20.0) -> None:
    """`q` ends it with status 0 and gives the terminal back as it was."""
    assert terminal.modes[ALTERNATE_SCREEN]
    terminal.press("q")
    assert terminal.wait(timeout) == 0
    assert terminal.modes[ALTERNATE_SCREEN] is False
    assert terminal.modes[CURSOR] is True
    assert not [mode for mode in SWITCHED_OFF if terminal.modes.get(mode)]
    assert terminal.restored()


def end_server(home: Path) -> None:
    """Ends the server that the screen started in this HOME, by the pid of its info file."""
    for file in (home / ".local/share/jupyter/runtime").glob("jpserver-*.json"):
        process = psutil.Process(json.loads(file.read_text(encoding="utf-8"))["pid"])
        process.terminate()
        process.wait(20)


@pytest.mark.alone
def test_without_a_server_the_screen_says_so(tmp_path: Path, apart: tuple[str, ...]) -> None:
    """Other Jupyter servers of the user who runs the tests are seen, rightly: then the screen shows those."""
    env = environment(tmp_path / "home")
    others = listed(env, apart)
    with jntui(env, inside=apart) as terminal:
        if others:
            terminal.wait_for(f":{others[0]['port']}")
        else:
            screen = terminal.wait_for("No Jupyter server of yours runs on")
            assert re.search(r"^\W*n  start one", screen, re.MULTILINE), screen
        quit_cleanly(terminal)


def test_start_see_check_quit(tmp_path: Path) -> None:
    home = tmp_path / "home"
    env = environment(home)
    port = free_port()
    with jntui(env, rows=50) as terminal:
        terminal.wait_for("changed ")
        terminal.press("n")
        terminal.wait_for("Start a server")
        terminal.wait_for("runs with", timeout=30)
        option = "--allow-root" if os.geteuid() == 0 else "--ServerApp.open_browser=False"
        type_slowly(terminal, "right", "right", "right", "tab", str(port), "tab", "tab", "tab", option, "tab")
        terminal.wait_for(f"--port={port}", timeout=30)
        terminal.press("enter")
        try:
            terminal.wait_for(lambda text: f"● :{port}" in text, timeout=60)
            screen = terminal.wait_for(
                lambda text: re.search(rf"✓ .*http://127\.0\.0\.1:{port}/ +ok", text) is not None, timeout=60
            )
            assert re.search(rf"http://localhost:{port}/ +ok", screen), screen
            started = [server for server in listed(env) if server["port"] == port]
            assert [(server["state"], server["auth"], server["managed"]) for server in started] == [
                ("running", "token", True)
            ]
            token = json.loads(Path(str(started[0]["info_file"])).read_text(encoding="utf-8"))["token"]
            quit_cleanly(terminal)
            assert token.encode() not in terminal.raw
            assert psutil.pid_exists(int(str(started[0]["pid"]))), "it ended with the screen"
        finally:
            end_server(home)


def test_the_token_is_shown_when_asked_for_and_only_then(tmp_path: Path) -> None:
    with one_cheap_server(tmp_path) as (port, env), jntui(env, "--server", str(port)) as terminal:
        info = next((tmp_path / "runtime").glob("jpserver-*.json"))
        token = json.loads(info.read_text(encoding="utf-8"))["token"]
        terminal.wait_for(lambda text: re.search(rf"http://127\.0\.0\.1:{port}/ +ok", text) is not None)
        assert token.encode() not in terminal.raw
        terminal.press("t")
        terminal.wait_for("?token=")
        terminal.press("t")
        terminal.wait_for(lambda text: "?token=" not in text)
        quit_cleanly(terminal)


@pytest.mark.alone
def test_an_idle_screen_writes_nothing(tmp_path: Path, apart: tuple[str, ...]) -> None:
    with (
        one_cheap_server(tmp_path, apart) as (port, env),
        jntui(env, "--server", str(port), inside=apart) as terminal,
    ):
        terminal.wait_for(lambda text: re.search(rf"http://127\.0\.0\.1:{port}/ +ok", text) is not None)
        assert terminal.settle(quiet=3.0, timeout=60.0), "it never came to rest"
        before = terminal.written
        assert terminal.settle(quiet=5.0, timeout=5.5)
        assert terminal.written == before
        quit_cleanly(terminal)


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
def test_quitting_does_not_wait_for_a_probe(key: str, tmp_path: Path) -> None:
    """The silent peer would hold the check for its whole time; leaving takes less than is left of it."""
    with one_cheap_server(tmp_path) as (port, env), hostile("silent") as silent, ExitStack() as stack:
        terminal = stack.enter_context(jntui(env, "--server", str(port)))
        terminal.wait_for(f"http://127.0.0.1:{port}/")
        terminal.press("U")
        terminal.wait_for("Add a URL of")
        type_slowly(terminal, f"http://127.0.0.1:{silent.port}/", "enter")
        terminal.press("enter")
        terminal.wait_for(lambda text: re.search(rf"http://127\.0\.0\.1:{silent.port}/ +checking", text) is not None)
        terminal.press(key)
        assert terminal.wait(3.0) == 0
        assert terminal.modes[ALTERNATE_SCREEN] is False
        assert silent.end().requests <= 1


@pytest.mark.parametrize(("columns", "rows"), [(160, 50), (120, 40), (80, 24), (60, 20)])
def test_every_size_shows_the_server_and_the_keys(columns: int, rows: int, tmp_path: Path) -> None:
    with one_cheap_server(tmp_path) as (port, env), ExitStack() as stack:
        terminal = stack.enter_context(jntui(env, "--server", str(port), columns=columns, rows=rows))
        terminal.wait_for(f":{port}")
        terminal.wait_for("? help")
        terminal.resize(20, 5)
        terminal.settle(0.5, 10.0)
        terminal.resize(columns, rows)
        terminal.wait_for("? help")
        assert all(len(line) <= columns for line in terminal.lines)
        quit_cleanly(terminal)


def test_a_server_that_comes_and_goes_shows_without_a_key(tmp_path: Path) -> None:
    """The pane is filtered by the root directory of this test's own servers: the user may run others."""
    runtime = tmp_path / f"only-{os.getpid()}"
    env = environment(tmp_path / "home", JUPYTER_RUNTIME_DIR=str(runtime))
    with cheap_servers(1, runtime) as first, jntui(env, "--server", str(first[0])) as terminal:
        terminal.wait_for(f":{first[0]}")
        type_slowly(terminal, "4", "/", runtime.name, "enter")
        terminal.wait_for(f"● :{first[0]} ")
        with cheap_servers(1, runtime) as second:
            screen = terminal.wait_for(f"● :{second[0]} ")
            assert f"● :{first[0]} " in screen
        gone = re.compile(rf"○ :{second[0]} .*stale: pid \d+ is gone")  # a zombie until its parent asked how it ended
        terminal.wait_for(lambda text: gone.search(text) is not None)
        quit_cleanly(terminal)


def test_without_a_terminal_one_line_says_so(tmp_path: Path) -> None:
    env = environment(tmp_path / "home")
    argv = [sys.executable, "-m", "jntui"]
    done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("between", ["\t", "\r"])
def test_two_passwords_in_one_burst_land_in_two_fields(tmp_path: Path, between: str) -> None:
    """As a password manager types them, or a paste without brackets: all of it arrives in one read."""
    words = "correct-horse-battery"
    with one_cheap_server(tmp_path) as (port, env), jntui(env, "--server", str(port)) as terminal:
        terminal.wait_for(f"http://127.0.0.1:{port}/")
        for key, title in (("a", "Access to"), ("g", "Set the password of")):
            terminal.press(key)
            terminal.wait_for(title)
            terminal.wait_for("the same once more")
            terminal.press(f"{words}{between}{words}")
            whole = re.compile(rf"(?<!•)•{{{len(words)}}}(?!•)")
            terminal.wait_for(lambda text, whole=whole: len(whole.findall(text)) == 2)
            terminal.press("escape")
            terminal.wait_for(lambda text, title=title: title not in text)
        quit_cleanly(terminal)
