"""A server in a pid namespace of its own, in the user's home: one row, with its info file."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jntui.jupyter.stop import stop
from tests.live.servers import clean_environment, free_port, wait_for
from tests.live.test_restart import ALLOW_ROOT, Restarter

UNSHARE = shutil.which("unshare")


def unavailable() -> str:
    """Why no such namespace can be made here; empty if it can."""
    if os.geteuid() != 0 or UNSHARE is None:
        return "pid namespaces need root and unshare(1)"
    done = subprocess.run(
        [UNSHARE, "--pid", "--fork", "--mount-proc", "true"], capture_output=True, text=True, timeout=20
    )
    return f"unshare: {done.stderr.strip()}" if done.returncode else ""


@pytest.mark.skipif(bool(unavailable()), reason=unavailable())
def test_it_has_one_row_and_can_be_stopped(tmp_path: Path) -> None:
    assert UNSHARE is not None
    port = free_port()
    words = [sys.executable, "-m", "jupyter_server", "--no-browser", f"--port={port}", *ALLOW_ROOT]
    with (tmp_path / "log").open("wb") as log:
        keeper = subprocess.Popen(
            [UNSHARE, "--pid", "--fork", "--mount-proc", "--kill-child", *words],
            env=clean_environment(tmp_path),
            cwd=tmp_path,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    jntui = Restarter(tmp_path)

    def rows() -> list[tuple[str, int | None]]:
        found = jntui.discovery.look(jntui.processes.sockets())
        return [(one.state, one.port) for one in found if str(tmp_path) in (one.info_file or "") or one.port == port]

    try:
        wait_for(lambda: ("running", port) in rows(), "the server to be found", 60)
        assert rows() == [("running", port)]
        (server,) = [one for one in jntui.discovery.look(jntui.processes.sockets()) if one.port == port]
        assert server.info_file is not None
        assert server.token and server.pid != int(Path(server.info_file).stem.rpartition("-")[2])
        server = jntui.discovery.ask(server)
        stopped = stop(server, jntui.discovery, jntui.processes, jntui.transport)
        assert (stopped.stopped, stopped.how, stopped.port_free) == (True, "api", True)
        assert not Path(server.info_file).exists()
    finally:
        if keeper.poll() is None:
            keeper.send_signal(signal.SIGKILL)
        keeper.wait(15)
