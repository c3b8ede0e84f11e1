"""What is said of the end of a login is what happens at it: a real terminal that goes away."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil

from jntui.jupyter.survival import survival
from jntui.model import Server
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


def _sleeping(terminal: Terminal) -> list[psutil.Process]:
    found = psutil.Process(terminal.process.pid).children(recursive=True)
    return sorted((one for one in found if one.name() == "sleep"), key=lambda one: one.cmdline())


def _said(one: psutil.Process) -> bool | None:
    return survival(Server(f"pid-{one.pid}", "running", pid=one.pid, user="nobody-here"), Processes()).outlives


def _lives(one: psutil.Process) -> bool:
    return one.is_running() and one.status() != psutil.STATUS_ZOMBIE
