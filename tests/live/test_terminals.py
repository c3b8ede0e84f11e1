"""Terminals of every kind, pastes, and every way to be ended: the terminal is given back, and nothing stays behind."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.benchmarks.__main__ import cheap_servers
from tests.live.servers import wait_for
from tests.live.test_hangup import DEAF_EAR
from tests.live.test_terminal import ALTERNATE_SCREEN, CURSOR, SWITCHED_OFF, environment, quit_cleanly
from tests.terminal import Terminal

pytestmark = pytest.mark.timeout(180)

PROGRAM = f"{DEAF_EAR}; runpy.run_module('jntui', run_name='__main__', alter_sys=True)"
MEGABYTE = 1 << 20
MOUSE_IN_PIXELS = 1016


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def port(home: Path) -> Iterator[int]:
    with cheap_servers(1, home / "runtime") as ports:
        yield ports[0]


def opened(home: Path, port: int, **extra: str) -> Terminal:
    env = environment(home, JUPYTER_RUNTIME_DIR=str(home / "runtime"), **extra)
    return Terminal([sys.executable, "-c", PROGRAM, "--server", str(port)], env, columns=100, rows=30, cwd=home)


def given_back(terminal: Terminal) -> None:
    """First screen, cursor, no reports, no paste marks, the line discipline as before, and no traceback."""
    assert (terminal.modes[ALTERNATE_SCREEN], terminal.modes[CURSOR]) == (False, True)
    assert not [mode for mode in (*SWITCHED_OFF, MOUSE_IN_PIXELS) if terminal.modes.get(mode)]
    assert terminal.restored()
    assert b"Traceback" not in terminal.raw


KINDS = [
    {"TERM": "vt100", "COLORTERM": ""},
    {"TERM": "linux", "COLORTERM": ""},
    {"TERM": "screen", "COLORTERM": "", "NO_COLOR": "1"},
    {"TERM": "tmux-256color", "COLORTERM": "", "LANG": "C"},
    {"TERM": "xterm-16color", "COLORTERM": "", "LANG": "", "LC_ALL": "C"},
]


def test_every_kind_of_terminal_is_drawn_on_and_given_back(home: Path, port: int) -> None:
    with ExitStack() as stack:
        for kind, terminal in [(kind, stack.enter_context(opened(home, port, **kind))) for kind in KINDS]:
            screen = terminal.wait_for(lambda text: "? help" in text and f":{port}" in text)
            ascii_only = kind["TERM"] == "linux" or "C" in {kind.get("LANG"), kind.get("LC_ALL")}
            assert screen.isascii() is ascii_only, (kind, screen)
            # Sixteen: an alarm, of another server of this machine too, is in bright white.
            colours = {
                colour.removeprefix("bright") for row in terminal.cells for _text, *both in row for colour in both
            }
            if "NO_COLOR" in kind:
                assert colours == {"default"}, kind
            elif "256" not in kind["TERM"]:
                assert colours <= {"default", "green", "brown", "red", "blue", "cyan", "magenta", "black", "white"}, (
                    kind
                )
            quit_cleanly(terminal)
            given_back(terminal)


def test_a_storm_of_sizes(home: Path, port: int) -> None:
    with opened(home, port) as terminal:
        terminal.wait_for(lambda text: "? help" in text and f":{port}" in text)
        for key, shown in (("", "? help"), ("n", "─ Start a server"), ("?", "─ Help ")):
            terminal.press(key)
            terminal.wait_for(shown)
            for step in range(40):
                terminal.resize(20 + step * 37 % 140, 5 + step * 13 % 45)
                terminal.read(0.01)
            terminal.resize(1, 1)
            terminal.resize(20, 5)
            terminal.settle(0.2, 10)
            terminal.resize(100, 30)
            terminal.wait_for(shown)
            leave(terminal)
        quit_cleanly(terminal)
        given_back(terminal)


@pytest.mark.parametrize("term", ["dumb", ""])
def test_where_nothing_can_be_drawn_one_line_says_so(term: str, home: Path, port: int) -> None:
    with opened(home, port, TERM=term) as terminal:
        assert terminal.wait(60) == 2
        words = f"jntui: the screen cannot be drawn with TERM='{term}'; `jntui list` and `jntui check` work anywhere"
        assert terminal.raw.decode() == words + "\r\n"
        assert terminal.restored()


def memory_mb(terminal: Terminal) -> float:
    return float(psutil.Process(terminal.process.pid).memory_info().rss / MEGABYTE)


def test_a_paste_is_text_and_never_keys(home: Path, port: int) -> None:
    """A megabyte with the keys of quitting in it, and of what Textual takes for keys inside a bracketed paste."""
    hostile = "q\x03Q\x11\r\x1b" + "q" * 64 + "\x1b\x1bk\x1b[31mn" * 8
    long = (hostile * (MEGABYTE // len(hostile) + 1))[:MEGABYTE].encode()
    with opened(home, port) as terminal:
        terminal.wait_for(lambda text: "? help" in text and f":{port}" in text)
        process = psutil.Process(terminal.process.pid)
        before = process.memory_info().rss
        terminal.paste(b"\x1b[200~" + long + b"\x1b[201~")
        look_at_help(terminal)
        terminal.paste(long)  # as from a terminal that marks no paste
        terminal.paste(b"\x1b[200~\x1b[201~")  # ends it for certain; a pause of the reader's own clock does too
        look_at_help(terminal)
        terminal.press("/")
        terminal.wait_for("filter endpoints")
        terminal.press("\x1b[200~first\x1b[31m\x1b" + "q" * 64 + "\rq\x1b[201~")
        terminal.wait_for("first" + "q" * 64)
        terminal.paste(b"\x1b[200~" + b"x" * MEGABYTE + b"\x1b[201~")
        terminal.wait_for("x" * 60)
        terminal.press("escape")
        terminal.wait_for("the paste was cut after 16,384 characters")
        leave(terminal)
        terminal.press("n")
        terminal.wait_for("Start a server")
        terminal.press("tab", "\x1b[200~54321\nq\x1b[201~")
        terminal.wait_for("54321")
        terminal.paste(b"\x1b[200~" + b"5" * MEGABYTE + b"\x1b[201~")
        terminal.wait_for("the paste was cut after 16,384 characters")
        leave(terminal)
        terminal.paste(b"\x1b[A" * 5_000 + b"\xe9\xff\xfe")  # keys, no faster than they are answered
        look_at_help(terminal)
        assert process.memory_info().rss - before < 100 * MEGABYTE
        quit_cleanly(terminal)
        given_back(terminal)


def leave(terminal: Terminal) -> None:
    """Esc; together with a letter it would be alt and the letter."""
    terminal.press("escape")
    terminal.settle(0.3, 5)
    terminal.wait_for("? help")


def look_at_help(terminal: Terminal) -> None:
    """The screen lives, and no dialog is open."""
    terminal.press("?")
    terminal.wait_for("─ Help ")
    leave(terminal)


ENDS = [
    ("", "Endpoints", signal.SIGTERM),
    ("", "Endpoints", None),
    ("n", "─ Start a server", signal.SIGINT),
    ("a", "─ Access", signal.SIGHUP),
    ("L", "─ Log of", None),
    ("3e", "─ Set ", signal.SIGTERM),
    ("K", "─ Running in", signal.SIGQUIT),
]
"""Keys that open something, what is seen then, and the signal; None: the terminal is taken away."""


def test_whatever_ends_it_the_terminal_is_given_back(home: Path, port: int) -> None:
    with ExitStack() as stack:
        for row, terminal in [(row, stack.enter_context(opened(home, port))) for row in ENDS]:
            keys, shown, number = row
            terminal.wait_for(lambda text: "? help" in text and "ok  Works" in text)
            for key in keys:
                terminal.press(key)
                terminal.settle(0.2, 5)
            terminal.wait_for(shown)
            children = psutil.Process(terminal.process.pid).children(recursive=True)
            if number is None:
                terminal.hang_up()
                assert terminal.process.wait(60) == 128 + signal.SIGHUP, keys
            else:
                terminal.process.send_signal(number)
                assert terminal.wait(60) == -number, keys
                given_back(terminal)
            assert b"Traceback" not in terminal.raw, keys
            assert not psutil.wait_procs(children, timeout=30)[1], keys


def test_what_is_typed_behind_the_key_that_quits_is_not_acted_upon(home: Path, port: int) -> None:
    for keys in ("qs", "s\x11", "nq\x03L", "a\x11K"):
        with opened(home, port) as terminal:
            terminal.wait_for(lambda text: "? help" in text and f":{port}" in text)
            terminal.press(keys)
            assert terminal.wait(60) == 0, (keys, terminal.text)
            given_back(terminal)


def test_job_control(home: Path, port: int) -> None:
    env = environment(home, JUPYTER_RUNTIME_DIR=str(home / "runtime"), PS1="$? here> ")
    shell = ["bash", "--norc", "--noprofile", "-i"]
    with Terminal(shell, env, columns=100, rows=30, cwd=home) as terminal:
        terminal.wait_for("0 here>")
        terminal.press(f"{sys.executable} -m jntui --server {port}\r")
        terminal.wait_for("? help")
        for key, shown in (("", "? help"), ("n", "Start a server")):
            terminal.press(key)
            terminal.wait_for(shown)
            terminal.settle(0.3, 5)
            terminal.press("\x1a")
            terminal.wait_for("Stopped")
            assert (terminal.modes[ALTERNATE_SCREEN], terminal.modes[CURSOR]) == (False, True)
            assert not [
                mode for mode in SWITCHED_OFF[:-1] if terminal.modes.get(mode)
            ]  # bash has paste marks of its own
            terminal.press("fg\r")
            terminal.wait_for(lambda _text: terminal.modes[ALTERNATE_SCREEN])
            terminal.wait_for(shown)
        leave(terminal)
        terminal.press("\x1a")
        terminal.wait_for("Stopped")
        (stopped,) = psutil.Process(terminal.process.pid).children()
        # The word may stand there from the last time, and what is typed too early is for jntui.
        wait_for(lambda: not terminal.read(0) and stopped.status() == psutil.STATUS_STOPPED, "its stop", 20)
        terminal.press("kill %1\r")
        wait_for(
            lambda: not terminal.read(0) and (not stopped.is_running() or stopped.status() == psutil.STATUS_ZOMBIE),
            "its end",
            20,
        )
        terminal.press("wait %1\r")
        terminal.wait_for("143 here>")
        assert b"Traceback" not in terminal.raw
