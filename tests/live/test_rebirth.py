"""Servers that their parent starts again: a loop in a shell, a program whose name says that it does."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jntui.jupyter import stop
from jntui.model import StartFailed
from jntui.process import Processes
from tests.live.servers import clean_environment, free_port, wait_for
from tests.live.test_restart import Restarter

LOOP = '#!/bin/bash\nwhile true; do "$@"; done\n'


class Loop:
    """A shell that runs one server after the other."""

    def __init__(self, folder: Path, name: str) -> None:
        self.script = folder / name
        self.script.write_text(LOOP)
        self.script.chmod(0o755)
        self.port = free_port()
        words = [sys.executable, "-m", "jupyter_server", f"--port={self.port}", "--no-browser", "--allow-root"]
        with (folder / "loop.log").open("wb") as log:
            head = [str(self.script)] if name == "runsv" else ["bash", str(self.script)]
            environ = clean_environment(folder)
            self.process = subprocess.Popen([*head, *words], env=environ, cwd=folder, stdout=log, stderr=log)

    def children(self) -> list[int]:
        return [one.pid for one in Processes().listing() if one.ppid == self.process.pid]

    def server(self, folder: Path, jntui: Restarter) -> int:
        runtime = folder / ".local/share/jupyter/runtime"

        def ready() -> int:
            pid = next((one for one in self.children() if (runtime / f"jpserver-{one}.json").exists()), 0)
            return pid if pid and jntui.find(pid).state == "running" else 0

        wait_for(ready, "the server in the loop")
        return ready()

    def end(self) -> None:
        # It starts no other one while its children are looked up, and they are its own as long as it lives.
        self.process.send_signal(signal.SIGSTOP)
        pids = self.children()
        self.process.kill()
        self.process.wait(15)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def jntui(tmp_path: Path) -> Restarter:
    return Restarter(tmp_path)


@contextlib.contextmanager
def loop(folder: Path, name: str) -> Iterator[Loop]:
    found = Loop(folder, name)
    try:
        yield found
    finally:
        found.end()


def test_a_loop_in_a_shell_is_seen_and_named(tmp_path: Path, jntui: Restarter) -> None:
    with loop(tmp_path, "run it.sh") as running:
        pid = running.server(tmp_path, jntui)
        seams = (jntui.discovery, jntui.processes, jntui.transport)
        assert stop.plan_stop(jntui.find(pid), *seams).notes == ()
        done = stop.stop(jntui.find(pid), *seams)
        (again,) = running.children()
        assert (done.stopped, done.how, done.port_free, done.again) == (True, "api", False, again)
        who = f"bash run it.sh (pid {running.process.pid})"
        first = f"end that first (`kill {running.process.pid}`)"
        assert done.message == (
            f":{running.port} is stopped: it shut down when asked; {who} started it again as pid {again}: {first}"
        )


def test_a_keeper_by_name_is_likely_and_restart_starts_no_second_server(tmp_path: Path, jntui: Restarter) -> None:
    with loop(tmp_path, "runsv") as running:
        pid = running.server(tmp_path, jntui)
        (note,) = jntui.plan(pid).stop.notes
        assert "likely starts it again: `sv down " in note
        with pytest.raises(StartFailed, match=r"started it again as pid \d+: `sv down .*; jntui started no other one"):
            jntui.restart(pid)
        assert len(running.children()) == 1
