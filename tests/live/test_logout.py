"""What is said of the end of a login is what happens at it: a real terminal that goes away."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import psutil
import pytest

from jntui.jupyter.survival import survival
from jntui.model import Server, Survival
from jntui.process import Processes
from tests.live.servers import clean_environment, wait_for
from tests.terminal import Terminal

SCRIPT = "trap - HUP; sleep 901 & nohup sleep 902 >/dev/null 2>&1 & setsid sleep 903 & echo began; wait"


def test_what_dies_with_the_terminal_is_told_before(tmp_path: Path) -> None:
    # Whoever runs the tests under nohup hands down an ignored SIGHUP, and no shell takes that back.
    ignored = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        terminal = Terminal(["sh", "-c", SCRIPT], clean_environment(tmp_path), cwd=tmp_path)
    finally:
        signal.signal(signal.SIGHUP, ignored)
    children: list[psutil.Process] = []
    with terminal:
        terminal.wait_for("began")
        try:
            wait_for(lambda: len(_sleeping(terminal)) == 3, "three processes")
            children = _sleeping(terminal)
            said = {one.cmdline()[1]: _said(one) for one in children}
            assert said == {"901": False, "902": True, "903": True}
            terminal.hang_up()
            terminal.process.wait(30)
            wait_for(lambda: not _lives(children[0]), "the end of the first")
            assert [_lives(one) for one in children] == [False, True, True]
        finally:
            for one in children:
                if _lives(one):
                    one.kill()


@pytest.mark.parametrize(
    ("shell", "typed", "left"),
    [
        ("bash --norc -i", "nohup sleep 912 >/dev/null 2>&1 &", ["911"]),
        ("zsh -f -i", "sleep 912 &!", ["912"]),
        ("fish --no-config -i", "sleep 912 & disown", ["912"]),
    ],
)
def test_what_a_shell_does_at_exit_is_told_before(shell: str, typed: str, left: list[str], tmp_path: Path) -> None:
    name = shell.split(maxsplit=1)[0]
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name} here")
    children: list[psutil.Process] = []
    with Terminal(shell.split(), clean_environment(tmp_path), cwd=tmp_path) as terminal:
        try:
            terminal.press("sleep 911 &", "enter", typed, "enter")
            terminal.wait_for(lambda _text: len(_sleeping(terminal)) == 2)
            children = _sleeping(terminal)
            if name == "bash":
                terminal.press("kill -STOP %2", "enter")
            words = [
                f"{name} leaves it" if left == ["911"] else "`exit` too",
                "stopped" if name == "bash" else "disown",
            ]
            for one, word in zip(children, words, strict=True):
                wait_for(lambda one=one, word=word: word in _look(one).words, word)
                assert _look(one).mark == "may end at logout"
            # The first is answered with a warning where jobs are left.
            terminal.press("exit", "enter")
            terminal.read(0.3)
            terminal.press("exit", "enter")
            terminal.wait_for(lambda _text: terminal.process.poll() is not None)
            wait_for(lambda: [one.cmdline()[1] for one in children if _lives(one)] == left, f"only {left} lives")
        finally:
            for one in children:
                if _lives(one):
                    one.kill()


def _sleeping(terminal: Terminal) -> list[psutil.Process]:
    found = psutil.Process(terminal.process.pid).children(recursive=True)
    return sorted((one for one in found if one.name() == "sleep"), key=lambda one: one.cmdline())


def _said(one: psutil.Process) -> bool | None:
    return _look(one).outlives


def _look(one: psutil.Process) -> Survival:
    return survival(Server(f"pid-{one.pid}", "running", pid=one.pid, user="nobody-here"), Processes())


def _lives(one: psutil.Process) -> bool:
    return one.is_running() and one.status() != psutil.STATUS_ZOMBIE
