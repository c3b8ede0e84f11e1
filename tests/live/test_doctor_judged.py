"""What the doctor says that Jupyter does with a broken configuration, Jupyter does."""

from __future__ import annotations

import http.client
import shutil
import socket
import ssl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.live.doctor_rows import NOT_STARTING, ROWS
from tests.live.logins import login_status
from tests.live.servers import clean_environment, free_port, launch_jupyter, start_jupyter, wait_for
from tests.live.test_doctor import DATA, lay_out

if TYPE_CHECKING:
    from tests.live.servers import Jupyter

ROOT_OPTION = "--ServerApp.allow_root=True"


def home_of(folder: Path, *names: str) -> Path:
    """A home with the files of these rows together."""
    for name in names:
        shutil.copytree(DATA / name, folder / ".jupyter", dirs_exist_ok=True)
    return folder


def end_of(home: Path, module: str) -> tuple[int, str]:
    """Exit status and output of a start that is expected to end by itself."""
    argv = [sys.executable, "-m", module, "--no-browser", ROOT_OPTION]
    done = subprocess.run(
        argv, capture_output=True, text=True, timeout=240, env=clean_environment(home), cwd=home, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_jupyter_does_not_start_with_what_the_doctor_says_so_of(tmp_path: Path) -> None:
    homes = [home_of(tmp_path / name, name) for name in NOT_STARTING]
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(end_of, homes, NOT_STARTING.values()))
    for name, (status, output) in zip(NOT_STARTING, ends, strict=True):
        assert status not in {0, None}, f"{name}: {output}"


def test_a_syntax_error_leaves_the_file_out_and_a_cut_hash_gives_500(tmp_path: Path) -> None:
    home = home_of(tmp_path, "syntax_error", "hash_corrupt")
    with start_jupyter("server", home=home) as running:
        assert login_status(running.port, "any") == 500
        assert "Exception while loading config file" in running.log_text()
        assert running.info["hostname"] == "localhost", "the ip of the file that is left out does not count"


def test_plain_text_for_a_hash_gives_401_to_the_very_text(tmp_path: Path) -> None:
    with start_jupyter("server", home=home_of(tmp_path, "hash_plain")) as running:
        assert login_status(running.port, "never-show-this") == 401


def test_nobody_gets_in_with_a_token_file_that_ends_in_a_newline(tmp_path: Path) -> None:
    home = home_of(tmp_path, "token_file_newline")
    with start_jupyter("server", home=home, env={"JUPYTER_TOKEN_FILE": str(home / ".jupyter" / "token")}) as running:
        for path in ("api/status?token=never-show-this", "api/status?token=never-show-this%0A"):
            assert running.status(path) == 403
        assert running.status("api/status", {"Authorization": "token never-show-this"}) == 403


def test_the_ip_of_two_colons_takes_no_ipv4(tmp_path: Path) -> None:
    with start_jupyter("server", home=home_of(tmp_path, "ip_ipv6_only")) as running:
        assert running.status("api") == 200
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", running.port), 5)


def test_with_a_key_of_another_certificate_jupyter_runs_and_no_handshake_ends_well(tmp_path: Path) -> None:
    row = next(one for one in ROWS if one.name == "certificate_mismatch")
    lay_out(row, tmp_path, tmp_path)
    server = launch_jupyter("server", home=tmp_path, port=free_port())
    try:
        wait_for(lambda: _listens(server), "the server to listen")
        connection = http.client.HTTPSConnection(
            "127.0.0.1", server.port, timeout=10, context=ssl._create_unverified_context()
        )
        with pytest.raises((ssl.SSLError, OSError)):
            connection.request("GET", "/api")
        assert server.process.poll() is None
    finally:
        server.stop()


def _listens(server: Jupyter) -> bool:
    assert server.process.poll() is None, server.log_text()
    try:
        socket.create_connection(("127.0.0.1", server.port), 5).close()
    except OSError:
        return False
    return True
