"""What is written down of jntui's own actions: what a person would have typed, and no secret."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from pathlib import Path

from jntui.jupyter.command_log import (
    MOST,
    CommandLog,
    certificate_lines,
    edit_lines,
    kernel_lines,
    reversed_lines,
    start_lines,
    stop_lines,
    url_lines,
)
from jntui.jupyter.relaunch import to_leave
from jntui.model import DiffLine, Secret, Server, Started, Stopped, StopStep

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
    command = ("jupyter", "lab", "--ServerApp.token=c4n4ry", "a b")
    log.record("started", start_lines(Started("jpserver-7", 7, "/log", "python", "", command)))
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


def test_what_is_typed_does_the_same_in_a_shell(tmp_path: Path) -> None:
    """Directory, Jupyter's variables and words arrive as they were; a copy of all of it runs nothing of a diff."""
    odd = "it's $HOME; a"
    (tmp_path / odd).mkdir()
    told, log, key = tmp_path / "told", tmp_path / "l o g", tmp_path / "key.pem"
    code = "import os, sys; print(os.getcwd(), os.environ['JUPYTER_PATH'], sys.argv[1])"
    started = ("python3", "-c", code, odd)
    typed = to_leave(started, {"JUPYTER_PATH": "/a b", "JUPYTER_TOKEN": "c4n4ry"}, {}, str(tmp_path / odd))
    diff = (DiffLine("-", 1, None, f"touch {told}"), DiffLine(" ", 2, 1, f"touch {told}"))
    lines = [
        *start_lines(Started("jpserver-7", 7, str(log), "python3", "", started, typed)),
        "wait",
        *edit_lines("/a b.py", diff),
        *reversed_lines("/a b.py", diff),
        *url_lines("/config.toml", 8888, "http://lab:8888/"),
        *certificate_lines(str(key), str(tmp_path / "cert.pem"), ("localhost", "lab.example.org", "::1"), 397),
    ]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "EDITOR": "test -n"}
    subprocess.run(["sh", "-ec", "\n".join(lines)], env=env, check=True, capture_output=True, timeout=60)
    assert log.read_text() == f"{tmp_path / odd} /a b {odd}\n"
    assert not told.exists()
    assert "c4n4ry" not in typed
    shown = subprocess.run(
        shlex.split(f"openssl x509 -noout -subject -ext subjectAltName -in {tmp_path / 'cert.pem'}"),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert "lab.example.org" in shown and "DNS:localhost" in shown and key.exists()
