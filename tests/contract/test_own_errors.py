"""Errors of jntui's own in the middle of a command: one calm line, the details in a private file, the exit status 2.

A fault is put where the command asks for facts, as nothing real can be made to fail so in every one of them.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from jntui.cli import commands, grammar, main
from jntui.cli.parser import build_parser
from jntui.model import Configuration, Server
from jntui.monitor.survey import Survey
from tests.contract.fake_processes import FakeProcesses

TOKEN = "b5c8f0a1e2d34796b5c8f0a1e2d34796b5c8f0a1e2d34796"


class UnspeakableError(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


ERRORS: tuple[Callable[[], Exception], ...] = (
    lambda: RuntimeError(f"http://localhost:8888/?token={TOKEN}"),
    lambda: PermissionError(errno.EACCES, "Permission denied", "/srv/\x1b[2J"),
    lambda: OSError(errno.EIO, "Input/output error", "/srv/disk"),
    lambda: UnicodeEncodeError("utf-8", "\udc80", 0, 1, "surrogates not allowed"),
    UnspeakableError,
    lambda: RecursionError("too deep"),
    AssertionError,
)
WORDS = {
    ("config", "get"): ("ServerApp.ip",),
    ("config", "set"): ("ServerApp.ip", "*"),
    ("config", "unset"): ("ServerApp.ip",),
    ("access",): ("8888", "--local"),
    ("completion",): ("bash",),
    ("password",): ("--remove",),
    ("log",): ("8888",),
}
"""What a command needs beside its name."""
ELSEWHERE = {
    ("man",): "jntui.cli.generated.commands",
    ("completion",): "jntui.cli.generated.commands",
    ("keys",): "jntui.tui.wishes.wishes",
}
"""Where the commands are broken that ask for no facts."""
LEAVES = [one.path for one in grammar.commands(build_parser()) if one.path and not one.parts]


class Broken:
    """Stands for the survey of a command; whatever is asked of it raises."""

    error: Callable[[], Exception] = RuntimeError

    def __init__(self, **_: object) -> None:
        self.environ, self.read_only, self.trouble, self.home = os.environ, False, "", os.environ["HOME"]

    def __getattr__(self, name: str) -> NoReturn:
        raise type(self).error()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("JUPYTER", "XDG_", "JNTUI"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told_calmly(err: str, home: Path) -> None:
    """One line for whoever called; the traceback is in the file that the line names."""
    assert err.count("\n") == 1, err
    assert err.startswith("jntui: an error of jntui's own: ") and "\x1b" not in err, err
    path = home / ".local/state/jntui/errors.log"
    assert err.endswith(f"; details: {path}\n"), err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    details = path.read_text(encoding="utf-8")
    assert "Traceback (most recent call last)" in details
    assert TOKEN not in details + err


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_command_ends_with_one_line(
    path: tuple[str, ...], home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for error in ERRORS:

        def fails(*_: object, error: Callable[[], Exception] = error, **__: object) -> NoReturn:
            raise error()

        monkeypatch.setattr(Broken, "error", staticmethod(error))
        monkeypatch.setattr(commands, "Survey", Broken)
        if path in ELSEWHERE:
            monkeypatch.setattr(ELSEWHERE[path], fails)
        for options in ((), ("--json",)):
            status = main([*path, *WORDS.get(path, ()), *options])
            out, err = capsys.readouterr()
            assert (status, out) == (2, ""), (error(), out, err)
            told_calmly(err, home)


def test_what_only_a_thread_or_the_log_saw_is_told_too(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The settings of a server are evidence beside its checks: without them the answer and its status stand."""
    processes = FakeProcesses()
    processes.add(7, "python -m jupyterlab --port=8888", ports=(8888,))
    monkeypatch.setattr(commands, "ToldProcesses", lambda: processes)

    def fails(*_: Any) -> Configuration:
        raise RuntimeError(f"token={TOKEN}")

    monkeypatch.setattr(Survey, "configuration", fails)
    assert main(["check", "8888", "--timeout", "0.1"]) == 1
    out, err = capsys.readouterr()
    assert "reachable from this machine" in out
    told_calmly(err, home)

    def asks(*_: Any) -> tuple[Server, ...]:
        thread = threading.Thread(target=fails)
        thread.start()
        thread.join()
        return ()

    monkeypatch.setattr(Survey, "servers", asks)
    assert main(["list"]) == 0
    told_calmly(capsys.readouterr().err, home)


def test_a_stream_that_the_caller_closed_is_no_error_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`jntui list >&-`, `2>&-` and `<&-`: Python has None for such a stream."""
    with monkeypatch.context() as closed:
        closed.setattr(sys, "stderr", None)
        assert (main(["keys"]), main(["no such command"]), main([])) == (0, 2, 2)
    assert capsys.readouterr().out.startswith("action ")
    with monkeypatch.context() as closed:
        closed.setattr(sys, "stdout", None)
        assert (main(["keys"]), main([])) == (2, 2)
    assert capsys.readouterr().err == "jntui: standard output is closed, and the answer has nowhere to go\n" * 2
    monkeypatch.setattr(sys, "stdin", None)
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("jntui: the screen needs a terminal")
