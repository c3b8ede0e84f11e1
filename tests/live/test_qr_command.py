"""`jntui qr` as a user runs it: in terminals with and without colours, into a pipe and into a picture, read by zbar."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.servers import Jupyter, clean_environment, start_jupyter
from tests.zbar import BLACK, WHITE, needs_zbar, read_lines, read_picture

ROOT = Path(__file__).resolve().parents[2]
HERE = ("--address", "127.0.0.1")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    with start_jupyter("server", home=tmp_path_factory.mktemp("qr")) as one:
        yield one


def argv(server: Jupyter, *words: str) -> list[str]:
    return [sys.executable, "-m", "jntui", "qr", str(server.port), *words]


def environ(server: Jupyter, **more: str) -> dict[str, str]:
    return {**clean_environment(server.home), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", **more}


def piped(server: Jupyter, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv(server, *words), capture_output=True, text=True, timeout=60, env=environ(server, **more), check=False
    )


def in_terminal(server: Jupyter, *words: str, size: tuple[int, int] = (40, 120), **more: str) -> tuple[int, list[str]]:
    """Status and lines in a terminal of this size."""
    mine, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    process = subprocess.Popen(
        argv(server, *words), stdin=its, stdout=its, stderr=its, env=environ(server, TERM="xterm-256color", **more)
    )
    os.close(its)
    said = b""
    while True:
        try:
            part = os.read(mine, 65536)
        except OSError:
            break  # its end is closed
        if not part:
            break
        said += part
    os.close(mine)
    return process.wait(60), said.decode().splitlines()


def code_of(lines: list[str]) -> str:
    """The lines of the code, without the words around them."""
    return "\n".join(line for line in lines if "▀" in line or "█" in line or "##" in line)


def url(server: Jupyter) -> str:
    return f"http://127.0.0.1:{server.port}/?token={server.token}"


@needs_zbar
@pytest.mark.parametrize("paper", [BLACK, WHITE])
def test_in_a_terminal_with_colours_dark_or_light(server: Jupyter, tmp_path: Path, paper: tuple[int, int, int]) -> None:
    status, lines = in_terminal(server, *HERE)
    ink = WHITE if paper == BLACK else BLACK
    assert read_lines(code_of(lines), tmp_path, ink, paper) == url(server)
    assert status == 0
    assert f"http://127.0.0.1:{server.port}/" in lines, "the URL stands below, without the token"
    assert server.token not in "\n".join(lines)
    assert "whoever sees this code can run code as" in "\n".join(lines)


@needs_zbar
def test_in_a_terminal_without_colours_and_in_a_pipe(server: Jupyter, tmp_path: Path) -> None:
    status, lines = in_terminal(server, *HERE, NO_COLOR="1")
    assert "\x1b" not in "\n".join(lines)
    assert (status, read_lines(code_of(lines), tmp_path, WHITE, BLACK)) == (0, url(server))
    done = piped(server, *HERE, "--no-token")
    assert read_lines(code_of(done.stdout.splitlines()), tmp_path, WHITE, BLACK) == url(server).partition("?")[0]
    drawn = piped(server, *HERE, "--ascii").stdout
    assert drawn.isascii()
    assert "##" in piped(server, *HERE, LC_ALL="C", PYTHONIOENCODING="ascii").stdout
    # Python writes UTF-8 there; the terminal that was told the same need not show it.
    assert not {"█", "▀", "▄"} & set(piped(server, *HERE, LC_ALL="C").stdout)


def test_a_window_that_is_too_small(server: Jupyter) -> None:
    status, lines = in_terminal(server, *HERE, size=(40, 30))
    assert status == 1
    assert code_of(lines) == ""
    words = " ".join(lines)
    assert "needs 35 columns and 18 rows" in words
    assert "--png FILE makes a picture" in words


@needs_zbar
def test_a_picture_that_only_its_owner_reads(server: Jupyter, tmp_path: Path) -> None:
    path = tmp_path / "code.png"
    done = piped(server, *HERE, "--png", str(path), "--json")
    told = json.loads(done.stdout)
    assert (told["png"], told["url"], told["verdict"]) == (str(path), url(server).partition("?")[0], "ok")
    assert server.token not in done.stdout
    assert (read_picture(path), path.stat().st_mode & 0o777) == (url(server), 0o600)
    before = path.read_bytes()
    again = piped(server, *HERE, "--png", str(path))
    assert (again.returncode, again.stdout, path.read_bytes()) == (2, "", before)
    assert "is not written over" in again.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["code.png"]
    asked = piped(server, *HERE, "--token", "--json")
    assert json.loads(asked.stdout)["url"] == url(server)


def test_what_only_this_machine_can_open_says_what_changes_it(server: Jupyter) -> None:
    done = piped(server, "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["url"], told["rows"]) == (None, None)
    assert f"jntui access {server.port} --lan" in done.stderr
    assert "no endpoint at '10.1.2.3'" in piped(server, "--address", "10.1.2.3").stderr


@needs_zbar
def test_a_url(server: Jupyter, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jntui", "qr", f"http://localhost:{server.port}/", "--no-token"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environ(server), check=False)
    assert read_lines(code_of(done.stdout.splitlines()), tmp_path, WHITE, BLACK) == f"http://localhost:{server.port}/"
    wrong = subprocess.run([*command[:4], "http://localhost:1/"], capture_output=True, text=True, env=environ(server))
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "refused" in wrong.stderr
