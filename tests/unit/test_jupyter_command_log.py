"""What is written down of jntui's own actions: what a person would have typed, and no secret."""

from __future__ import annotations

import stat
from pathlib import Path

from jntui.jupyter.command_log import MOST, CommandLog, kernel_lines, start_lines, stop_lines
from jntui.model import Secret, Server, Stopped, StopStep

SERVER = Server("jpserver-7", "running", pid=7, port=8888, base_url="/lab/", token=Secret("c4n4ry"))


def test_the_last_200_are_kept_for_the_owner_alone(tmp_path: Path) -> None:
    log = CommandLog(tmp_path / "jntui")
    for number in range(MOST + 3):
        log.record(f"did {number}", ["true"])
    assert [one.what for one in CommandLog(tmp_path / "jntui").entries()] == [f"did {n}" for n in range(3, MOST + 3)]
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.path.parent.stat().st_mode) == 0o700


def test_another_jntui_keeps_its_own(tmp_path: Path) -> None:
    one, other = CommandLog(tmp_path), CommandLog(tmp_path)
    one.record("first", [])
    other.record("second", [])
    one.record("third", [], ok=False)
    assert [(entry.what, entry.ok) for entry in other.entries()] == [
        ("first", True),
        ("second", True),
        ("third", False),
    ]


def test_a_disk_that_takes_nothing_leaves_it_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = CommandLog(tmp_path / "file")
    log.record("did", ["true"])
    assert [one.what for one in log.entries()] == ["did"]


def test_what_is_typed_holds_no_secret(tmp_path: Path) -> None:
    log = CommandLog(tmp_path)
    steps = (StopStep("api", False, "", 1.0), StopStep("SIGTERM", False, "", 1.0), StopStep("SIGKILL", True, "", 1.0))
    log.record(
        "stopped", stop_lines(SERVER, Stopped("jpserver-7", True, "SIGKILL", True, steps, "", ("/run/my file",)))
    )
    log.record("interrupt", kernel_lines(SERVER, "abc", "interrupt"))
    log.record("started", start_lines(("jupyter", "lab", "--ServerApp.token=c4n4ry", "a b"), "/log"))
    stopped, interrupt, started = (one.lines for one in log.entries())
    assert stopped == (
        "curl -X POST -H 'Authorization: token ***' http://127.0.0.1:8888/lab/api/shutdown",
        "kill 7",
        "kill -KILL 7",
        "rm '/run/my file'",
    )
    assert interrupt[0].endswith("http://127.0.0.1:8888/lab/api/kernels/abc/interrupt")
    assert started == ("nohup jupyter lab --ServerApp.token=*** 'a b' >>/log 2>&1 &",)
    assert "c4n4ry" not in log.path.read_text()
