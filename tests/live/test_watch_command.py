"""`jntui check --watch` against a real server that goes and comes back: lines for changes, nothing in between."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest

from tests.live.namespaces import ROOT
from tests.live.servers import clean_environment, start_jupyter, wait_for

pytestmark = pytest.mark.timeout(240)

QUICK = """
import signal, sys
from jntui.cli import main, watching
signal.signal(signal.SIGINT, signal.default_int_handler)
watching.INTERVAL_S = 0.2
sys.exit(main(sys.argv[1:]))
"""
"""The command with a pace that a test can wait for, and with Ctrl-C even where whoever runs the tests ignores it."""


@contextmanager
def watching(home: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    out = home / "watched"
    env = {**clean_environment(home), "PYTHONPATH": str(ROOT)}
    with out.open("w", encoding="utf-8") as stream:
        argv = [sys.executable, "-c", QUICK, "check", *words, "--watch"]
        process = subprocess.Popen(argv, stdout=stream, stderr=subprocess.PIPE, env=env, cwd=home, text=True)
    try:
        yield process, out
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(20)
        assert process.stderr is not None
        process.stderr.close()


def lines(out: Path) -> list[list[str]]:
    """What was printed, each line in its parts."""
    return [line.split("  ") for line in out.read_text(encoding="utf-8").splitlines()]


def verdicts(out: Path, url: str) -> list[str]:
    """Of one URL, as they were printed; a busy machine may show one more on the way."""
    return [line[2] for line in lines(out) if line[1] == url]


def test_a_line_for_each_change_and_none_in_between(tmp_path: Path) -> None:
    with start_jupyter("server", home=tmp_path) as server:
        port, url = server.port, f"http://127.0.0.1:{server.port}/"
        with watching(tmp_path, str(port)) as (process, out):
            wait_for(lambda: [url, "ok"] in [line[1:] for line in lines(out)], "the state of all")
            first = lines(out)
            assert all(re.fullmatch(r"\d\d:\d\d:\d\d", line[0]) for line in first)
            assert len({line[1] for line in first}) == len(first)
            server.stop()
            wait_for(lambda: [url, "refused"] in [line[1:3] for line in lines(out)], "the end of the server")
            with start_jupyter("server", home=tmp_path, port=port):
                wait_for(lambda: verdicts(out, url)[-1] == "ok", "the new one")
                process.send_signal(signal.SIGINT)
                assert process.wait(20) == 130
            told = verdicts(out, url)
            assert all(one != next_one for one, next_one in pairwise(told)), "a line is a change"
            refused = next(line for line in lines(out) if line[1:3] == [url, "refused"])
            assert len(refused) == 4, "it says why"


def test_a_url_without_a_server_and_sigterm(tmp_path: Path) -> None:
    with watching(tmp_path, "http://127.0.0.1:9/") as (process, out):
        wait_for(lambda: [line[1:3] for line in lines(out)] == [["http://127.0.0.1:9/", "refused"]], "the first state")
        process.terminate()
        assert process.wait(20) == -signal.SIGTERM


@pytest.mark.parametrize("other", [("--json",), ("--from", "phone")])
def test_what_does_not_go_together_with_watching(other: tuple[str, ...], tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "jntui", "check", "--watch", *other, "http://127.0.0.1:9/"]
    env = {**clean_environment(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(argv, capture_output=True, text=True, env=env, cwd=tmp_path, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr.count(os.linesep)) == (2, "", 1)
    assert "leave" in done.stderr


def warnings(home: Path, url: str, log: Path) -> tuple[int, str]:
    """How many warnings a typed URL brought into the log while another was checked many times, and what was said."""
    with closed_at() as (other, tries), watching(home, url, other) as (process, out):
        wait_for(lambda: len(verdicts(out, url)) == 1, "the first state")
        wait_for(lambda: tries() > 8, "some turns more")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        return log.read_text(encoding="utf-8").count(" 403 GET /api"), said


@contextmanager
def closed_at() -> Iterator[tuple[str, Callable[[], int]]]:
    """A URL at which each connection is closed, and how many came: the turns of a watch."""
    seen: list[None] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):  # it is closed at the end
                while True:
                    listener.accept()[0].close()
                    seen.append(None)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", lambda: len(seen)
        listener.shutdown(socket.SHUT_RDWR)


def test_a_typed_url_whose_checks_write_warnings_is_asked_seldom(tmp_path: Path) -> None:
    with start_jupyter("server", "--ServerApp.allow_remote_access=False", home=tmp_path) as server:
        count, said = warnings(tmp_path, f"http://0.0.0.0:{server.port}/", server.log)
        assert 0 < count <= 4, "one check, with what confirms it"
        assert "writes a warning into its server's log, so it is asked" in said
