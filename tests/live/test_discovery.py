"""Discovery of real Jupyter servers: states, authentication, and nothing in their logs."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jntui.jupyter.discovery import Discovery
from jntui.model import Server
from jntui.process import Processes
from jntui.transport import HttpTransport
from tests.live.certificates import make_certificate
from tests.live.servers import (
    Jupyter,
    clean_environment,
    free_port,
    launch_jupyter,
    start_jupyter,
    stop_all,
    wait_for,
    wait_ready,
)

HASH = "sha1:0123456789ab:3b2a0b2f6bdaa5bd6cf4a1a6b0a3f2ad2a9d1a11"

MODES = {
    "token": ("server", ["--IdentityProvider.token=made-up"], "token", "Jupyter Server"),
    "generated": ("lab", [], "token", "JupyterLab"),
    "password": ("server", [f"--PasswordIdentityProvider.hashed_password={HASH}"], "password", "Jupyter Server"),
    "both": (
        "server",
        [f"--PasswordIdentityProvider.hashed_password={HASH}", "--IdentityProvider.token=made-up"],
        "token+password",
        "Jupyter Server",
    ),
    "none": ("notebook", ["--IdentityProvider.token=", "--ServerApp.base_url=/a/b/"], "none", "Notebook"),
    "every address": ("server", ["--ip=0.0.0.0"], "token", "Jupyter Server"),
    "gateway": ("gateway", [], "none", "Kernel Gateway"),
    "gateway token": ("gateway", ["--KernelGatewayApp.auth_token=made-up"], "token", "Kernel Gateway"),
    "socket": ("server", [], "token", "Jupyter Server"),
}


def discovery_of(home: Path, **extra: str) -> Discovery:
    return Discovery(Processes(), HttpTransport(), clean_environment(home, extra), str(home), sys.platform)


def look(discovery: Discovery, pid: int) -> Server:
    """The one server of that pid; other Jupyters of this machine's user are none of a test's business."""
    found = [server for server in discovery.look(Processes().sockets()) if server.pid == pid]
    assert len(found) == 1, found
    return found[0]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Jupyter]]:
    """One server of each kind, started side by side in one home."""
    home = tmp_path_factory.mktemp("fleet")
    started: dict[str, Jupyter] = {}
    try:
        for name, (app, options, _, _) in MODES.items():
            sock = str(home / "j.sock") if name == "socket" else ""
            started[name] = launch_jupyter(app, *options, home=home, sock=sock)
        for server in started.values():
            wait_ready(server)
        yield started
    finally:
        stop_all(started.values())


@pytest.mark.parametrize("name", MODES)
def test_each_kind_is_told_apart_and_its_log_gets_no_warning(fleet: dict[str, Jupyter], name: str) -> None:
    server = fleet[name]
    _, _, auth, app = MODES[name]
    discovery = discovery_of(server.home)
    before = server.warnings()
    found = look(discovery, server.pid)
    assert (found.state, found.asked, found.port or 0) == ("running", False, server.port)
    asked = discovery.ask(found, 10)
    again = discovery.ask(look(discovery, server.pid), 10)
    assert (asked.state, asked.reason, asked.auth, asked.app) == ("running", "", auth, app)
    assert asked.base_url == server.base_url
    assert asked.python == sys.executable
    assert asked.user and asked.version and asked.started
    assert again.last_activity == asked.last_activity, "a look moved last_activity"
    assert (asked.kernels == 0) == (auth in {"none", "token", "token+password"} and app != "Kernel Gateway")
    assert server.warnings() == before
    if app != "Kernel Gateway":
        assert asked.id == f"jpserver-{server.pid}"
        assert asked.token is None or asked.token.reveal() == server.token
    else:
        assert asked.id == f"pid-{server.pid}"


def test_listeners_are_the_real_ones(fleet: dict[str, Jupyter]) -> None:
    discovery = discovery_of(fleet["token"].home)
    everywhere = look(discovery, fleet["every address"].pid)
    assert [entry.text for entry in everywhere.listeners] == [f"0.0.0.0:{fleet['every address'].port}"]
    sock = look(discovery, fleet["socket"].pid)
    assert [entry.text for entry in sock.listeners] == [f"unix:{fleet['socket'].sock}"]
    assert sock.port is None


def test_a_deleted_info_file_leaves_the_server_visible(tmp_path: Path) -> None:
    with start_jupyter("server", "--IdentityProvider.token=made-up", home=tmp_path) as server:
        server.info_file.unlink()
        discovery = discovery_of(tmp_path)
        found = discovery.ask(look(discovery, server.pid), 10)
        assert (found.id, found.state, found.auth, found.port) == (f"pid-{server.pid}", "running", "token", server.port)
        assert server.warnings() == []


def test_another_runtime_directory_is_found_through_the_process(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    with start_jupyter("server", home=tmp_path / "a", env={"JUPYTER_RUNTIME_DIR": str(elsewhere)}) as server:
        discovery = discovery_of(tmp_path / "b")
        found = look(discovery, server.pid)
        assert found.info_file == str(server.info_file)
        assert found.token is not None and found.token.reveal() == server.token
        assert str(elsewhere) in discovery.runtime_dirs


EMBEDDED = """
import sys
from jupyter_server.serverapp import ServerApp
ServerApp.launch_instance(["--allow-root", "--no-browser", f"--port={sys.argv[1]}", "--ServerApp.port_retries=0"])
"""


def test_an_embedded_server_with_and_without_its_file(tmp_path: Path) -> None:
    script = tmp_path / "myapp.py"
    script.write_text(EMBEDDED)
    port = free_port()
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(
        [sys.executable, str(script), str(port)], env=clean_environment(tmp_path), cwd=tmp_path, stdout=log, stderr=log
    )
    server = Jupyter(
        process, "server", tmp_path, port, tmp_path / "log", {}, tmp_path / ".local" / "share" / "jupyter" / "runtime"
    )
    try:
        wait_ready(server)
        before = server.warnings()
        discovery = discovery_of(tmp_path)
        found = discovery.ask(look(discovery, server.pid), 10)
        assert (found.id, found.state, found.auth, found.app) == (f"jpserver-{server.pid}", "running", "token", None)
        server.info_file.unlink()
        found_before = [entry for entry in discovery.look(Processes().sockets()) if entry.pid == server.pid]
        assert [entry.id for entry in found_before] == [f"pid-{server.pid}"], "its answer is remembered"
        fresh = discovery_of(tmp_path)
        assert not [entry for entry in fresh.look(Processes().sockets()) if entry.pid == server.pid]
        assert [entry.pid for entry in fresh.candidates if entry.pid == server.pid]
        fresh.candidates = tuple(entry for entry in fresh.candidates if entry.pid == server.pid)
        assert fresh.ask_candidates(10)
        assert look(fresh, server.pid).state == "running"
        assert server.warnings() == before
    finally:
        server.stop()
        log.close()


def test_killed_stopped_and_continued(tmp_path: Path) -> None:
    with start_jupyter("server", home=tmp_path) as server:
        discovery = discovery_of(tmp_path)
        os.kill(server.pid, signal.SIGSTOP)
        frozen = discovery.ask(look(discovery, server.pid), 0.5)
        assert (frozen.state, bool(frozen.reason)) == ("unresponsive", True)
        os.kill(server.pid, signal.SIGCONT)
        assert discovery.ask(look(discovery, server.pid), 10).state == "running"
        os.kill(server.pid, signal.SIGKILL)
        # Not reaped yet: a zombie, which Jupyter's own list takes for alive.
        wait_for(lambda: (facts := Processes().look(server.pid)) is not None and facts.zombie, "the zombie")
        assert "zombie" in look(discovery, server.pid).reason
        server.process.wait(10)
        gone = look(discovery, server.pid)
        assert (gone.state, gone.reason) == ("stale", f"pid {server.pid} is gone")
        assert server.info_file.exists()


def test_files_that_name_a_foreign_pid_are_stale(tmp_path: Path) -> None:
    runtime = tmp_path / ".local" / "share" / "jupyter" / "runtime"
    runtime.mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        for pid in (1, os.getpid()):
            info = {"pid": pid, "port": port, "base_url": "/", "token": "made-up"}
            (runtime / f"jpserver-{pid}.json").write_text(json.dumps(info))
        os.utime(runtime / f"jpserver-{os.getpid()}.json", (time.time() - 86400, time.time() - 86400))
        found = {
            server.pid: server for server in discovery_of(tmp_path).look(Processes().sockets()) if server.info_file
        }
    assert found[1].state == "stale"
    assert "pid 1 is" in found[1].reason
    # This test's own process listens there, but it began after the file was written.
    assert found[os.getpid()].state == "stale"
    assert "another process now" in found[os.getpid()].reason


def test_over_tls_that_does_not_verify_no_token_is_sent(tmp_path: Path) -> None:
    files = make_certificate(tmp_path, "self-signed")
    options = [f"--ServerApp.certfile={files.certificate}", f"--ServerApp.keyfile={files.key}"]
    with start_jupyter("server", *options, home=tmp_path) as server:
        discovery = discovery_of(tmp_path)
        found = discovery.ask(look(discovery, server.pid), 10)
        assert (found.state, found.scheme, found.auth) == ("running", "https", "token")
        assert (found.kernels, found.api_started) == (None, None)
