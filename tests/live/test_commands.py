"""The commands against real servers: the contract's JSON, exit statuses, what is sent and what is left in logs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.live.servers import Jupyter, clean_environment, free_port, start_jupyter

ROOT = Path(__file__).resolve().parents[2]

SERVER_TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "state": (str,),
    "reason": (str,),
    "pid": (int, type(None)),
    "port": (int, type(None)),
    "app": (str, type(None)),
    "version": (str, type(None)),
    "python": (str, type(None)),
    "root_dir": (str, type(None)),
    "base_url": (str, type(None)),
    "scheme": (str,),
    "auth": (str, type(None)),
    "exposure": (str, type(None)),
    "listeners": (list,),
    "started": (str, type(None)),
    "last_activity": (str, type(None)),
    "kernels": (int, type(None)),
    "clients": (int, type(None)),
    "info_file": (str, type(None)),
    "user": (str, type(None)),
    "managed": (bool,),
    "survival": (dict, type(None)),
}

STAGES = ["resolve", "connect", "tls", "http", "identity", "auth", "websocket"]


def jntui(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jntui", *words],
        capture_output=True,
        text=True,
        timeout=90,
        env={**clean_environment(home), "PYTHONPATH": str(ROOT)},
        cwd=home,
        check=False,
    )


def answer(home: Path, *words: str, status: int = 0) -> Any:
    done = jntui(home, *words, "--json")
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def of(listing: Any, server: Jupyter) -> Any:
    (found,) = [entry for entry in listing["servers"] if entry["pid"] == server.pid]
    return found


def test_the_contract_of_list_urls_and_check(tmp_path: Path) -> None:
    with start_jupyter("server", home=tmp_path) as server:
        before = server.warnings()
        entry = of(answer(tmp_path, "list"), server)
        assert set(entry) == set(SERVER_TYPES)
        assert all(isinstance(entry[name], kinds) for name, kinds in SERVER_TYPES.items()), entry
        assert (entry["state"], entry["auth"], entry["exposure"]) == ("running", "token", "this-machine")
        assert (entry["id"], entry["kernels"]) == (f"jpserver-{server.pid}", 0)

        urls = answer(tmp_path, "urls", str(server.port))
        assert urls["server"] == entry["id"]
        assert all(set(row) == {"url", "interface", "address", "scope", "covered", "kind"} for row in urls["endpoints"])
        assert server.token not in json.dumps(urls)
        shown = answer(tmp_path, "urls", str(server.pid), "--token")
        assert [row["url"].split("?")[0] for row in shown["endpoints"]] == [row["url"] for row in urls["endpoints"]]
        assert f"http://127.0.0.1:{server.port}/?token={server.token}" in {row["url"] for row in shown["endpoints"]}
        assert server.warnings() == before, "list and urls leave no warning"

        checks = answer(tmp_path, "check", f"http://127.0.0.1:{server.port}/")
        (row,) = checks["endpoints"]
        assert (checks["reachable"], checks["total"], row["verdict"], row["covered"]) == (1, 1, "ok", True)
        assert [stage["name"] for stage in row["stages"]] == STAGES
        assert all(set(stage) == {"name", "ok", "elapsed_ms", "detail"} for stage in row["stages"])
        assert server.warnings() == before, "nor does a check of what works"


def test_a_wrong_token_and_a_foreign_one_in_the_url(tmp_path: Path) -> None:
    with start_jupyter("server", home=tmp_path) as server:
        url = f"http://127.0.0.1:{server.port}/?token="
        done = jntui(tmp_path, "check", f"{url}wrong-canary", "--json")
        assert done.returncode == 1
        assert "wrong-canary" not in done.stdout + done.stderr
        assert json.loads(done.stdout)["endpoints"][0]["verdict"] == "token-rejected"
        assert answer(tmp_path, "check", f"{url}{server.token}")["reachable"] == 1


def test_two_servers_on_one_port_are_told_apart(tmp_path: Path) -> None:
    port = free_port()
    with (
        start_jupyter("server", "--ip=127.0.0.1", home=tmp_path, port=port) as four,
        start_jupyter("server", "--ip=::1", home=tmp_path, port=port) as six,
    ):
        done = jntui(tmp_path, "urls", str(port))
        assert (done.returncode, done.stdout) == (2, "")
        assert f"jpserver-{four.pid}" in done.stderr
        assert f"jpserver-{six.pid}" in done.stderr
        for server, host in ((four, "127.0.0.1"), (six, "[::1]")):
            (row,) = answer(tmp_path, "check", f"http://{host}:{port}/")["endpoints"]
            assert (row["server"], row["verdict"]) == (f"jpserver-{server.pid}", "ok")
            rows = {row["address"]: row["covered"] for row in answer(tmp_path, "urls", str(server.pid))["endpoints"]}
            assert rows["127.0.0.1"] is (server is four)
            assert rows["::1"] is (server is six)


@pytest.mark.parametrize("relative", [True, False], ids=["relative", "absolute"])
def test_a_unix_socket_server_is_listed_with_its_socket(tmp_path: Path, relative: bool) -> None:
    path = tmp_path / "j.sock"
    with start_jupyter("server", home=tmp_path, sock="j.sock" if relative else str(path), cwd=tmp_path) as server:
        listing = answer(tmp_path, "list")
        entry = of(listing, server)
        assert (entry["state"], entry["listeners"], entry["auth"]) == ("running", [f"unix:{path}"], "token")
        for name in (str(path), entry["id"]):
            checks = answer(tmp_path, "check", name, status=1)
            assert [row["verdict"] for row in checks["endpoints"]] == ["unix-socket"]
            assert checks["reachable"] == 0


def test_an_open_kernel_gateway_is_open_and_hears_no_wrong_question(tmp_path: Path) -> None:
    with start_jupyter("gateway", home=tmp_path) as server:
        entry = of(answer(tmp_path, "list"), server)
        assert (entry["app"], entry["state"], entry["auth"]) == ("Kernel Gateway", "running", "none")
        before = server.warnings()
        checks = answer(tmp_path, "check", str(server.port), "--timeout", "10")
        verdicts = {row["url"].split(":")[1].strip("/"): row["verdict"] for row in checks["endpoints"]}
        assert verdicts["127.0.0.1"] == "open"
        assert server.warnings() == before


def test_no_token_in_the_process_table(tmp_path: Path) -> None:
    with start_jupyter("server", home=tmp_path) as server:
        child = subprocess.Popen(
            [sys.executable, "-m", "jntui", "check", str(server.port), "--json"],
            stdout=subprocess.PIPE,
            env={**clean_environment(tmp_path), "PYTHONPATH": str(ROOT)},
        )
        seen = ""
        while child.poll() is None:
            seen += subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        assert "jntui check" in seen
        assert server.token not in seen
        out, _ = child.communicate()
        assert server.token not in out.decode()


def test_a_redirect_file_that_everybody_can_read_is_told() -> None:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        runtime = home / "shared"
        for folder in (home, runtime):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        environ = {**clean_environment(home), "PYTHONPATH": str(ROOT), "JUPYTER_RUNTIME_DIR": str(runtime)}
        with start_jupyter("server", home=home, env={"JUPYTER_RUNTIME_DIR": str(runtime)}) as server:
            (runtime / f"jpserver-{server.pid}-open.html").chmod(0o644)
            command = [sys.executable, "-m", "jntui", "check", str(server.port)]
            told = subprocess.run(command, capture_output=True, text=True, env=environ, check=False).stdout
            assert "every user of this machine can read its token" in told
            home.chmod(0o700)
            told = subprocess.run(command, capture_output=True, text=True, env=environ, check=False).stdout
            assert "can read its token" not in told
