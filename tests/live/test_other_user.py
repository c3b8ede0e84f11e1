"""Root and the servers of other users: whose they are is said and asked about, and only what is theirs is removed."""

from __future__ import annotations

import contextlib
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jntui.jupyter import removal, stop
from jntui.model import StopFailed
from tests.live.changing import refused
from tests.live.servers import Jupyter, clean_environment, free_port, wait_for, wait_ready
from tests.live.test_restart import ROOT, Restarter

NOBODY = 65534
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("setpriv") is not None


@contextlib.contextmanager
def nobodys_server(home: Path) -> Iterator[Jupyter]:
    """A server of the user nobody, who may read what the tests need and no more."""
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    right = "+dac_read_search"
    head = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    head += [f"--inh-caps={right}", f"--ambient-caps={right}"]
    port, environ = free_port(), clean_environment(home)
    words = [sys.executable, "-m", "jupyter_server", "--no-browser", f"--port={port}"]
    with (home.parent / "nobody.log").open("wb") as log:
        process = subprocess.Popen([*head, *words], env=environ, cwd=home, stdout=log, stderr=log)
    runtime = home / ".local/share/jupyter/runtime"
    server = Jupyter(process, "server", home, port, home.parent / "nobody.log", environ, runtime)
    try:
        yield wait_ready(server)
    finally:
        server.stop()


@pytest.mark.skipif(not IS_ROOT, reason="only root can start servers of another user")
def test_root_is_told_and_asked_whose_server_it_is(tmp_path: Path) -> None:
    with nobodys_server(tmp_path / "home") as server:
        jntui = Restarter(tmp_path / "root")
        found, seams = jntui.find(server.pid), (jntui.discovery, jntui.processes, jntui.transport)
        plan = stop.plan_stop(found, *seams)
        assert (plan.owner, plan.rungs, plan.notes) == ("nobody", ("api", "SIGTERM"), ("it belongs to nobody",))
        with pytest.raises(StopFailed, match=f"sudo -u nobody jntui restart {server.pid}"):
            jntui.plan(server.pid)
        (tmp_path / "root").mkdir(exist_ok=True)
        words = ("config", "set", "port", "1", "--server", str(server.pid), "--restart-without-option")
        own = f"sudo -u nobody jntui config set port 1 --server {found.id} --restart-without-option"
        assert refused(tmp_path / "root", *words).endswith(f", and only nobody restarts that server: {own}")
        ours, theirs = pty.openpty()
        os.write(ours, b"n\n")
        line = [sys.executable, "-m", "jntui", "stop", str(server.port)]
        environ = {**clean_environment(tmp_path / "root"), "PYTHONPATH": str(ROOT)}
        said = subprocess.run(line, stdin=theirs, capture_output=True, text=True, timeout=90, env=environ, check=False)
        os.close(ours), os.close(theirs)
        assert (said.returncode, said.stdout) == (1, "")
        assert f"nobody's server — stop :{server.port}? [y/N]" in said.stderr
        os.kill(server.pid, signal.SIGSTOP)
        wait_for(lambda: (facts := jntui.processes.look(server.pid)) and facts.suspended, "the suspended server", 15)
        done = stop.stop(jntui.find(server.pid), *seams, kill=True, rung_s=0.3)
        assert (done.stopped, done.how, len(done.removed)) == (True, "SIGKILL", 2)
        assert not list(server.runtime_dir.glob("jpserver-*"))


def test_only_the_servers_own_socket_is_removed(tmp_path: Path) -> None:
    """Its user may put another directory in the place of the one where it was."""
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    path = real / "j.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
    assert not removal.remove_socket(tmp_path / "link" / "j.sock", os.getuid() + 1)
    (real / "file").touch()
    assert not removal.remove_socket(real / "file", os.getuid())
    (real / "pointer").symlink_to(path)
    assert not removal.remove_socket(real / "pointer", os.getuid())
    assert path.exists()
    assert removal.remove_socket(path, os.getuid())
    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        removal.remove_socket(path, os.getuid())
