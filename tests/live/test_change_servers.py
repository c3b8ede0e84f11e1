"""Settings changed for real servers: the file that decides, then a restart, then a look from outside."""

from __future__ import annotations

import hashlib
import json
import os
import ssl
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.live.certificates import make_certificate
from tests.live.changing import changed, jntui, refused
from tests.live.environments import borrowed
from tests.live.logins import password_opens
from tests.live.servers import Jupyter, free_port, server_environment, start_jupyter, wait_ready

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "correct horse battery"
SHA1 = "sha1:0123456789ab:" + hashlib.sha1(b"made-up0123456789ab").hexdigest()
ROOT_OPTION = "c.ServerApp.allow_root = True\n"


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def setting(home: Path, name: str, port: int, **environ: str) -> Any:
    done = jntui(home, "config", "get", name, "--server", str(port), "--json", **environ)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def restarted(home: Path, port: int, **environ: str) -> Iterator[Any]:
    """The server after `jntui restart`; ended when the block ends."""
    done = jntui(home, "restart", str(port), "--json", **environ)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    try:
        yield found
    finally:
        jntui(home, "stop", str(found["server"]["pid"]), "--kill", **environ)


def listeners(port: int) -> set[str]:
    """The addresses at which something listens on this port, as `ss` prints them."""
    lines = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True).stdout.splitlines()
    found = [line.split()[3].rpartition(":") for line in lines]
    return {address for address, _colon, number in found if number == str(port)}


def test_an_environment_that_conflicts_with_home(tmp_path: Path) -> None:
    """Acceptance 1: sys.prefix, a home .py and a home .json."""
    python = borrowed(tmp_path / "environment", sys.executable)
    home = tmp_path / "home"
    deciding = write(tmp_path / "environment/etc/jupyter", "jupyter_server_config.py", "c.ServerApp.ip = '127.0.0.1'\n")
    own = write(home / ".jupyter", "jupyter_server_config.py", "c.ServerApp.ip = 'localhost'  # mine\n")
    other = write(home / ".jupyter", "jupyter_server_config.json", '{"ServerApp": {"ip": "::1"}}\n')
    with start_jupyter("lab", home=home, python=str(python)) as server:
        before = setting(home, "ip", server.port)
        hidden = [one["path"] for one in before["shadowed"]]
        assert (before["source"]["path"], hidden) == (str(deciding), [str(other), str(own)])
        words = refused(home, "config", "set", "ip", "*", "--server", str(server.port), "--file", str(own))
        assert f"{deciding} line 1 decides over it" in words
        done = changed(home, "config", "set", "ip", "*", "--server", str(server.port))
        assert (done["path"], done["verified"]) == (str(deciding), True)
        assert done["needs_restart"] == [f"jpserver-{server.pid}"]
        assert deciding.read_text() == "c.ServerApp.ip = '*'\n"
        assert setting(home, "ip", server.port)["needs_restart"] is True
        assert listeners(server.port) == {"127.0.0.1"}
        words = refused(home, "config", "set", "port", "9999", "--server", str(server.port))
        assert f"was started with --port={server.port}, which decides over every file" in words
        with restarted(home, server.port):
            assert listeners(server.port) & {"0.0.0.0", "*"}
            assert setting(home, "ip", server.port)["needs_restart"] is False
    assert own.read_text() == "c.ServerApp.ip = 'localhost'  # mine\n"
    assert other.read_text() == '{"ServerApp": {"ip": "::1"}}\n'


def test_notebook_7_with_a_file_written_for_notebook_6(tmp_path: Path) -> None:
    """Acceptance 1, and a weak hash that is upgraded on request."""
    lines = f"c.NotebookApp.ip = u'127.0.0.1'\nc.NotebookApp.password = u'{SHA1}'\n"
    path = write(tmp_path / ".jupyter", "jupyter_notebook_config.py", lines)
    with start_jupyter("notebook", home=tmp_path) as server:
        port = str(server.port)
        ip = setting(tmp_path, "ip", server.port)
        assert (ip["source"]["path"], ip["source"]["name"]) == (str(path), "NotebookApp.ip")
        weak = jntui(tmp_path, "password", "--server", port, "--verify", given="made-up\n")
        assert weak.returncode == 0, weak.stderr
        assert "let it in" in weak.stdout
        assert "sha1 is weak" in weak.stdout
        done = changed(tmp_path, "config", "set", "ip", "*", "--server", port)
        assert done["path"] == str(path)
        assert path.read_text() == lines.replace("u'127.0.0.1'", "u'*'")
        done = changed(tmp_path, "password", "--server", port, given=f"{PASSWORD}\n")
        assert (done["also"], done["needs_restart"]) == ([str(path)], [f"jpserver-{server.pid}"])
        early = jntui(tmp_path, "password", "--server", port, "--verify", given=f"{PASSWORD}\n")
        assert (early.returncode, "does not have it yet" in early.stdout) == (1, True)
        with restarted(tmp_path, server.port) as again:
            assert listeners(server.port) & {"0.0.0.0", "*"}
            assert password_opens(server.port, PASSWORD)
            assert not password_opens(server.port, "made-up")
            late = jntui(tmp_path, "password", "--server", port, "--verify", given=f"{PASSWORD}\n")
            assert (late.returncode, "let it in" in late.stdout) == (0, True)
            log = Path(again["log"]).read_text()
            assert PASSWORD not in log + early.stdout + late.stdout + str(done)
            assert PASSWORD.encode() not in Path(f"/proc/{again['server']['pid']}/cmdline").read_bytes()
    assert path.read_text() == "c.NotebookApp.ip = u'*'\n"


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Jupyter]:
    """A server whose port a file names, as no option does."""
    port = free_port()
    write(tmp_path / ".jupyter", "jupyter_server_config.py", f"{ROOT_OPTION}c.ServerApp.port = {port}\n")
    environ = server_environment(tmp_path)
    log = tmp_path / "server.log"
    with log.open("wb") as stream:
        argv = [sys.executable, "-m", "jupyter_server", "--no-browser"]
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=environ,
            cwd=tmp_path,
            start_new_session=True,
        )
    server = Jupyter(process, "server", tmp_path, port, log, environ, tmp_path / ".local/share/jupyter/runtime")
    try:
        yield wait_ready(server)
    finally:
        server.stop()


def test_port_base_url_and_certificate_take_effect(tmp_path: Path, bare: Jupyter) -> None:
    files = make_certificate(tmp_path, "self-signed")
    port = free_port()
    wanted = {"base_url": "/ada/", "keyfile": str(files.key), "certfile": str(files.certificate), "port": str(port)}
    for name, value in wanted.items():
        done = changed(tmp_path, "config", "set", name, value, "--server", str(bare.port))
        assert (done["verified"], done["needs_restart"]) == (True, [f"jpserver-{bare.pid}"]), name
    with restarted(tmp_path, bare.port) as again:
        assert (again["server"]["port"], again["server"]["scheme"]) == (port, "https")
        trusting = ssl.create_default_context(cafile=str(files.authority))
        with urllib.request.urlopen(f"https://localhost:{port}/ada/api", context=trusting, timeout=30) as answer:
            assert "version" in json.load(answer)
        assert listeners(bare.port) == set()
