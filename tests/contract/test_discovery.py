"""Discovery over fakes at both seams: what files, processes and answers together make of a server."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from jntui.jupyter.discovery import Discovery
from jntui.jupyter.managed import ManagedServers, Record, state_dir
from jntui.jupyter.removal import remove_info_file
from jntui.model import Listener, Secret, Server
from jntui.transport import Response, TransportError
from tests.contract.fake_http import FakeTransport, Handler, Request, reply
from tests.contract.fake_processes import FakeProcesses

LAB = "/venv/bin/python /venv/bin/jupyter-lab"
TOKEN_PAGE = b'<input type="password" name="password"> Token authentication is enabled'


def healthy(request: Request) -> Response:
    if request.path.endswith("/api"):
        return reply(200, {"version": "2.21.1"})
    if request.path.endswith("/login"):
        return reply(200, TOKEN_PAGE)
    return reply(200, {"kernels": 3, "started": "2026-11-23T04:00:00Z", "last_activity": "2026-11-23T05:00:00Z"})


class World:
    """A home with a runtime directory, processes and a transport."""

    def __init__(self, home: Path, handler: Handler = healthy) -> None:
        self.home = home
        self.environ = {"HOME": str(home)}
        self.runtime = home / ".local" / "share" / "jupyter" / "runtime"
        self.runtime.mkdir(parents=True)
        self.processes = FakeProcesses()
        self.transport = FakeTransport(handler)
        self.discovery = Discovery(self.processes, self.transport, self.environ, str(home), "linux")

    def write(
        self, pid: int, port: int = 8888, folder: Path | None = None, stem: str = "jpserver", **more: Any
    ) -> Path:
        folder = folder or self.runtime
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{stem}-{pid}.json"
        info = {"pid": pid, "port": port, "base_url": "/", "token": "made-up", "root_dir": "/srv", "secure": False}
        path.write_text(json.dumps({**info, **more}))
        return path

    def look(self) -> dict[str, Server]:
        return {server.id: server for server in self.discovery.look(self.processes.sockets())}

    def one(self) -> Server:
        found = self.look()
        assert len(found) == 1, found
        return next(iter(found.values()))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_running_server_before_and_after_it_was_asked(world: World) -> None:
    world.write(42)
    world.processes.add(42, LAB, ports=(8888,))
    before = world.one()
    assert (before.id, before.state, before.asked, before.auth) == ("jpserver-42", "running", False, None)
    assert (before.app, before.python, before.root_dir, before.user) == (
        "JupyterLab",
        "/venv/bin/python",
        "/srv",
        "ada",
    )
    assert before.started is not None and before.started.utcoffset() is not None
    assert world.transport.requests == []
    after = world.discovery.ask(before)
    assert (after.asked, after.auth, after.kernels, after.version) == (True, "token", 3, "2.21.1")
    assert world.one() == after, "the next look remembers it"
    assert "made-up" not in repr(after)


def test_a_restart_under_the_same_id_is_asked_anew(world: World) -> None:
    world.write(42)
    world.processes.add(42, LAB, ports=(8888,), age_s=3600)
    world.discovery.ask(world.one())
    world.processes.add(42, LAB, age_s=100)
    assert world.one().asked is False


def test_silence_keeps_what_was_known(world: World) -> None:
    world.write(42)
    world.processes.add(42, LAB, ports=(8888,))
    world.discovery.ask(world.one())
    world.transport.refuse["http"] = TransportError("connect", "timeout", "timed out")
    silent = world.discovery.ask(world.one())
    assert (silent.state, silent.auth, silent.version) == ("unresponsive", "token", "2.21.1")
    assert "timed out" in silent.reason


def test_read_only_callers_send_no_token(world: World) -> None:
    from dataclasses import replace

    world.write(42)
    world.processes.add(42, LAB, ports=(8888,))
    world.discovery.ask(replace(world.one(), token=None))
    assert all(request.token is None for request in world.transport.requests)


def test_nothing_is_sent_to_who_is_stale_or_another_user_s(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    world.write(41, 8881)
    world.processes.add(77, "python -m jupyterlab --port=9000", ports=(9000,), uid=1001, user="bob")
    found = world.look()
    assert (found["jpserver-41"].state, found["pid-77"].state) == ("stale", "other-user")
    assert (found["pid-77"].port, found["pid-77"].user) == (9000, "bob")
    for server in found.values():
        world.discovery.ask(server)
    assert world.transport.requests == []


def test_another_user_s_server_by_its_only_listener(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    world.processes.add(77, "python -m jupyterlab", uid=1001, user="bob")
    world.processes.listeners.append(Listener("0.0.0.0", 9001, uid=1001))
    assert world.one().port == 9001
    world.processes.listeners.append(Listener("0.0.0.0", 9002, uid=1001))
    assert world.one().port is None


def test_a_deleted_info_file(world: World) -> None:
    world.processes.add(42, LAB + " --port=8890 --ServerApp.base_url=/x", ports=(8890,))
    server = world.one()
    assert (server.id, server.port, server.base_url, server.token) == ("pid-42", 8890, "/x/", None)
    assert world.discovery.ask(server).auth == "token"


def test_an_info_file_in_the_directory_that_its_own_environment_names(world: World, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    path = world.write(42, 8890, folder=elsewhere)
    world.processes.add(42, LAB, ports=(8890,))
    world.processes.environs[42] = {"JUPYTER_RUNTIME_DIR": str(elsewhere)}
    server = world.one()
    assert (server.id, server.info_file, server.token) == ("jpserver-42", str(path), Secret("made-up"))
    assert world.discovery.runtime_dirs == (str(world.runtime), str(elsewhere))


def test_a_link_in_another_directory_is_not_followed(world: World, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "jpserver-42.json").symlink_to(world.write(42, 8890, folder=tmp_path / "real"))
    world.processes.add(42, LAB, ports=(8890,))
    world.processes.environs[42] = {"JUPYTER_RUNTIME_DIR": str(elsewhere)}
    assert (world.one().id, world.one().token) == ("pid-42", None)


def test_two_files_of_one_stem_have_two_ids(world: World, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    world.write(42, 8888)
    world.write(42, 8890, folder=elsewhere)
    os.utime(world.runtime / "jpserver-42.json", (1, 1))
    world.processes.add(42, LAB, ports=(8890,))
    world.processes.environs[42] = {"JUPYTER_RUNTIME_DIR": str(elsewhere)}
    found = world.look()
    assert {name: server.state for name, server in found.items()} == {
        "jpserver-42": "stale",
        "jpserver-42-2": "running",
    }


def test_kernels_are_never_spoken_to(world: World) -> None:
    world.processes.add(50, "python -m ipykernel_launcher -f /run/kernel-1.json", ports=(50001, 50002))
    world.processes.add(51, "python mykernel.py", ports=(1, 2, 3, 4, 5))
    world.processes.tornado = {50, 51}
    assert world.look() == {}
    assert world.discovery.candidates == ()
    assert world.discovery.ask_candidates() is False
    assert world.transport.requests == []


def test_a_python_with_tornado_is_shown_once_it_answered_as_jupyter(world: World) -> None:
    world.processes.add(60, "python myapp.py", ports=(8899,))
    world.processes.add(61, "python plain.py", ports=(8898,))
    world.processes.tornado = {60}
    assert world.look() == {}
    assert [server.port for server in world.discovery.candidates] == [8899]
    assert world.discovery.ask_candidates() is True
    server = world.one()
    assert (server.id, server.state, server.app, server.python) == ("pid-60", "running", None, "python")


def test_a_candidate_that_is_not_jupyter_is_asked_once_and_never_shown(tmp_path: Path) -> None:
    world = World(tmp_path, lambda _: reply(404, server="TornadoServer/6.5"))
    world.processes.add(60, "python dashboard.py", ports=(8899,))
    world.processes.tornado = {60}
    world.look()
    assert world.discovery.ask_candidates() is False
    count = len(world.transport.requests)
    assert world.look() == {}
    assert world.discovery.candidates == ()
    assert len(world.transport.requests) == count


def test_an_embedded_server_runs_by_its_listener_and_answer(world: World) -> None:
    world.write(42)
    world.processes.add(42, "python myapp.py", ports=(8888,))
    assert world.one().state == "running"
    assert world.discovery.ask(world.one()).auth == "token"


def test_another_base_url_is_asked_and_taken(tmp_path: Path) -> None:
    csp = "report-uri /deep/api/security/csp-report"

    def serve(request: Request) -> Response:
        return healthy(request) if request.path.startswith("/deep/") else reply(404, Content_Security_Policy=csp)

    world = World(tmp_path, serve)
    world.processes.add(42, LAB, ports=(8888,))
    server = world.discovery.ask(world.one())
    assert (server.state, server.base_url, server.auth) == ("running", "/deep/", "token")
    assert world.one().base_url == "/deep/"


def test_https_is_tried_only_where_no_info_file_tells(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.transport.refuse["http"] = TransportError("http", "reset", "Connection reset by peer")
    world.processes.add(42, LAB, ports=(8888,))
    server = world.discovery.ask(world.one())
    assert (server.state, server.scheme) == ("running", "https")
    world.write(43, 8889)
    world.processes.add(43, LAB, ports=(8889,))
    assert world.discovery.ask(world.look()["jpserver-43"]).state == "unresponsive"


def test_a_unix_socket(world: World) -> None:
    world.write(42, 0, sock="/run/user/7/j.sock")
    world.processes.add(42, LAB)
    world.processes.listeners.append(Listener("", 0, path="/run/user/7/j.sock", pid=42))
    server = world.discovery.ask(world.one())
    assert (server.port, server.state, server.label, server.auth) == (None, "running", "j.sock", "token")
    assert world.transport.requests[0].target.unix_path == "/run/user/7/j.sock"


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("192.168.2.7", "192.168.2.7")],
)
def test_the_server_is_asked_where_it_is_bound(world: World, host: str, address: str) -> None:
    world.write(42)
    world.processes.add(42, LAB, ports=(8888,), host=host)
    world.discovery.ask(world.one())
    assert world.transport.requests[0].target.address == address
    assert world.transport.requests[0].headers["Host"] == "127.0.0.1:8888"


def test_a_broken_file_of_a_living_server_is_one_row(world: World) -> None:
    (world.runtime / "jpserver-42.json").write_text("")
    world.processes.add(42, LAB, ports=(8888,))
    server = world.one()
    assert (server.id, server.state, server.port) == ("jpserver-42", "running", 8888)


def test_a_child_that_was_forked_and_has_not_become_another_program_is_no_server(world: World) -> None:
    world.write(42)
    world.processes.add(42, LAB, ports=(8888,))
    world.processes.add(43, LAB, age_s=1, ppid=42)
    assert set(world.look()) == {"jpserver-42"}


def test_a_starting_server_without_a_file_and_one_that_never_listened(world: World) -> None:
    world.processes.add(42, LAB, age_s=2)
    world.processes.add(43, LAB, age_s=200)
    server = world.one()
    assert (server.id, server.state, server.asked) == ("pid-42", "starting", True)


def test_in_a_container(world: World) -> None:
    world.processes.add(42, LAB + " --port=8888", age_s=200)
    world.processes.namespaces[42] = "other"
    assert world.one().state == "unresponsive"


def test_a_gateway_s_token_is_taken_from_its_environment(world: World) -> None:
    world.processes.add(42, "python -m kernel_gateway", ports=(8888,))
    world.processes.environs[42] = {"KG_AUTH_TOKEN": "made-up"}
    server = world.discovery.ask(world.one())
    assert (server.app, server.auth) == ("Kernel Gateway", "token")
    assert [request.token for request in world.transport.requests] == ["made-up"]


def test_managed_servers_are_known_by_pid_and_start(world: World) -> None:
    world.write(42)
    facts = world.processes.add(42, LAB, ports=(8888,))
    record = ManagedServers(state_dir(world.environ, str(world.home), "linux"))
    record.add(Record(42, facts.create_time, "/logs/a.log", ("jupyter-lab",)))
    assert (world.one().managed, world.one().log) == (True, "/logs/a.log")
    world.processes.add(42, LAB, age_s=60)
    assert world.one().managed is False
    assert record.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("age_s", "log"), [(5.0, "/logs/a.log"), (-5.0, None), (7200.0, None)])
def test_the_log_of_a_managed_server_outlives_it(world: World, age_s: float, log: str | None) -> None:
    world.write(42)
    written = (world.runtime / "jpserver-42.json").stat().st_mtime
    record = ManagedServers(state_dir(world.environ, str(world.home), "linux"))
    record.add(Record(42, written - age_s, "/logs/a.log", ("jupyter-lab",)))
    assert (world.one().state, world.one().log) == ("stale", log), "a pid is given out again"


def test_two_hundred_files_are_one_look_and_the_order_is_stable(world: World) -> None:
    for pid in range(1000, 1200):
        world.write(pid, pid + 8000)
        world.processes.add(pid, LAB, ports=(pid + 8000,))
    first, again = world.look(), world.look()
    assert first == again
    assert list(first) == list(again) == [f"jpserver-{pid}" for pid in range(1000, 1200)]


def test_looking_changes_nothing(world: World) -> None:
    world.write(41)
    (world.runtime / "jpserver-7.json").write_text("[")
    before = {path.name: path.stat().st_mtime_ns for path in world.runtime.iterdir()}
    world.look()
    assert {path.name: path.stat().st_mtime_ns for path in world.runtime.iterdir()} == before


def test_the_empty_screen_says_where_it_looked(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.look()
    assert [(row.label, row.place, row.found) for row in world.discovery.looked(())] == [
        ("looked in", "~/.local/share/jupyter/runtime", "no info file"),
        ("looked in", "processes that listen", "no Jupyter"),
    ]
    world.runtime.rmdir()
    world.look()
    assert world.discovery.looked(())[0].found == "does not exist yet"


def test_removal_takes_both_files_of_a_stale_server(world: World) -> None:
    path = world.write(42)
    page = path.with_name("jpserver-42-open.html")
    page.write_text("x")
    other = world.write(43)
    assert remove_info_file(world.look()["jpserver-42"], world.discovery) == (str(path), str(page))
    assert list(world.runtime.iterdir()) == [other]


def test_removal_looks_again_just_before(world: World) -> None:
    path = world.write(42)
    stale = world.one()
    world.processes.add(42, LAB, ports=(8888,), age_s=10)
    os.utime(path, (time.time(), time.time()))
    with pytest.raises(ValueError, match="its server is running"):
        remove_info_file(stale, world.discovery)
    assert path.exists()


def test_removal_touches_only_regular_files_in_a_runtime_directory(world: World, tmp_path: Path) -> None:
    from dataclasses import replace

    path = world.write(42)
    server = world.one()
    outside = world.write(42, folder=tmp_path / "outside")
    with pytest.raises(ValueError, match="not in a runtime directory"):
        remove_info_file(replace(server, info_file=str(outside)), world.discovery)
    page = path.with_name("jpserver-42-open.html")
    page.symlink_to(outside)
    with pytest.raises(ValueError, match="no regular file"):
        remove_info_file(server, world.discovery)
    assert outside.exists() and path.exists(), "nothing is removed where one of the two may not be"
    with pytest.raises(ValueError, match="has no info file"):
        remove_info_file(replace(server, info_file=None), world.discovery)
