"""`jntui restart` as it is typed: what it prints, and with which status it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.live.servers import start_jupyter
from tests.live.test_restart import restarter, run

if TYPE_CHECKING:
    from pathlib import Path


def test_the_command(tmp_path: Path) -> None:
    with start_jupyter("server", home=tmp_path) as server, restarter(tmp_path) as jntui:
        port = str(server.port)
        preview = run(tmp_path, "restart", port, "--preview", "--json")
        assert preview.returncode == 0, preview.stderr
        shown = json.loads(preview.stdout)
        assert shown["preview"] and shown["port"] == server.port and shown["cwd"] == str(tmp_path)
        assert "keeps" in run(tmp_path, "restart", port, "--preview").stdout
        assert server.status() == 200 and server.process.poll() is None
        done = run(tmp_path, "--read-only", "restart", port)
        assert (done.returncode, done.stdout) == (2, "") and "read-only" in done.stderr
        done = run(tmp_path, "restart", port, "--json")
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        jntui.pids.append(answer["server"]["pid"])
        assert {"server", "endpoints", "log", "python", "command", "stopped", "lost"} == set(answer)
        assert (answer["server"]["port"], answer["server"]["state"]) == (server.port, "running")
        assert answer["command"] == shown["command"]
        assert answer["stopped"]["how"] == "api"
        assert server.token not in done.stdout + done.stderr
        assert server.status("api/status", {"Authorization": f"token {server.token}"}) == 200
        done = run(tmp_path, "restart", "1")
        assert (done.returncode, done.stdout) == (2, "")
        (tmp_path / ".jupyter").mkdir(exist_ok=True)
        (tmp_path / ".jupyter" / "jupyter_server_config.py").write_text("c.ServerApp.ip = 'no.such.host.invalid'\n")
        done = run(tmp_path, "restart", port, "--json")
        assert done.returncode == 1
        assert "to start it by hand: cd " in done.stderr
        assert json.loads(done.stdout)["server"] is None
