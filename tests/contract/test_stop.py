"""The ladder over fakes at both seams: its order, each rung's failure, and proof before anything is sent."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jntui.jupyter import stop
from jntui.jupyter.discovery import Discovery
from jntui.model import Listener, Secret, Server, StopFailed, Stopped, StopPlan, Work
from jntui.transport import Response, TransportError
from tests.contract.fake_http import FakeTransport, Request, reply
from tests.contract.fake_processes import FakeProcesses

LAB = "/venv/bin/python /venv/bin/jupyter-lab"
PID, PORT, TOKEN = 4242, 8888, "made-up"
OPEN_COOKIE = 'username-127-0-0-1-8888="2|1:0|10:1|24:u|0:x"'
KERNELS = [
    {"id": "k1", "name": "python3", "execution_state": "busy"},
    {"id": "k2", "name": "ir", "execution_state": "idle"},
]
TERMINALS = [{"name": "1"}, {"name": "build\x1b[2J"}, {"name": 7}, {}]
SESSIONS = [{"path": "a/train.ipynb", "name": "", "kernel": {"id": "k1"}}]


class World:
    """One server that behaves as told."""

    def __init__(self, home: Path) -> None:
        self.processes = FakeProcesses()
        self.transport = FakeTransport(self.serve)
        environ = {"HOME": str(home)}
        self.discovery = Discovery(self.processes, self.transport, environ, str(home), "linux")
        self.guard = "token"
        self.on_shutdown: Callable[[], Response] = self.ending
        self.said: list[str] = []
        self.terminals: list[Any] | None = None
        """None: it has no terminals (`ServerApp.terminals_enabled`)."""

    def ending(self) -> Response:
        self.processes.end(PID)
        return reply(200, b"")

    def serve(self, request: Request) -> Response:
        path = request.path.partition("?")[0]
        if path == "/api":
            return reply(200, {"version": "2.21.1"}, **({"set_cookie": OPEN_COOKIE} if self.guard == "none" else {}))
        if path == "/login":
            more = b"new_password" if self.guard == "token" else b""
            return reply(200, b'<input name="password">' + more)
        if path == "/tree":
            return reply(200, b"<p>", set_cookie="username=x, _xsrf=2|abc|def; Path=/")
        allowed = request.token == TOKEN if self.guard == "token" else self.guard == "none"
        if request.method == "POST" and path == "/api/shutdown":
            echoed = (
                request.headers.get("X-XSRFToken") == "2|abc|def" and "_xsrf=2|abc|def" in request.headers["Cookie"]
            )
            return self.on_shutdown() if allowed and (self.guard == "token" or echoed) else reply(403, b"")
        if request.method == "GET" and allowed:
            assert path == "/api/status" or "no_track_activity=1" in request.path
            if path == "/api/terminals" and self.terminals is None:
                return reply(404, {"message": "Not Found"})
            lists = {"/api/kernels": KERNELS, "/api/sessions": SESSIONS, "/api/terminals": self.terminals}
            return reply(200, lists.get(path, {"kernels": 2}))
        return reply(403, b"")

    def server(self, argv: str = LAB, *, port: int = PORT, **changes: Any) -> Server:
        self.processes.add(PID, argv, ports=(port,))
        (found,) = self.discovery.look(self.processes.sockets())
        found = replace(found, token=Secret(TOKEN) if self.guard == "token" else None)
        self.discovery.ask(found)
        asked = self.discovery.ask(found)
        self.transport.requests.clear()
        return replace(asked, token=found.token, **changes)

    def plan(self, server: Server) -> StopPlan:
        return stop.plan_stop(server, self.discovery, self.processes, self.transport)

    def stop(self, server: Server, *, kill: bool = False) -> Stopped:
        return stop.stop(
            server, self.discovery, self.processes, self.transport, kill=kill, rung_s=0.01, on_step=self.said.append
        )

    @property
    def posts(self) -> list[str]:
        return [request.path for request in self.transport.requests if request.method == "POST"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_the_plan_names_what_ends(world: World) -> None:
    plan = world.plan(world.server())
    assert plan.rungs == ("api", "SIGTERM") and plan.why_not == ""
    assert plan.kernels == (Work("k1", "train.ipynb", "python3", True), Work("k2", "ir", "ir", False))
    assert plan.work == "2 kernels, 1 busy: train.ipynb"
    assert world.posts == [] and world.processes.signals == []
    assert TOKEN not in repr(plan)


def test_the_plan_names_the_terminals_too(world: World) -> None:
    world.terminals = TERMINALS
    plan = world.plan(world.server())
    assert plan.terminals[0] == "1" and len(plan.terminals) == 2 and "\x1b" not in plan.terminals[1]
    assert plan.work == f"2 kernels, 1 busy: train.ipynb; 2 terminals: 1, {plan.terminals[1]}"
    alone = replace(plan, kernels=(), terminals=("1", "2", "3", "4"))
    assert alone.work == "4 terminals: 1, 2, 3 and 1 more"


def test_the_api_comes_first_and_is_enough(world: World) -> None:
    done = world.stop(world.server())
    assert (done.stopped, done.how, done.port_free) == (True, "api", True)
    assert world.posts == ["/api/shutdown"] and world.processes.signals == []
    assert world.said == ["asking :8888 to shut down"]
    assert "port 8888 is free" in done.message and TOKEN not in repr(done)


def test_an_open_server_gets_its_cookie_back_and_no_token(world: World) -> None:
    world.guard = "none"
    done = world.stop(replace(world.server(), token=Secret("stale")))
    assert (done.how, world.posts) == ("api", ["/api/shutdown"])
    assert all(request.token is None for request in world.transport.requests)


def test_a_password_alone_leaves_the_signal(world: World) -> None:
    world.guard = "password"
    server = world.server()
    plan = world.plan(server)
    assert (plan.rungs, plan.kernels_known, plan.work) == (("SIGTERM",), False, "its kernels are not known")
    done = world.stop(server)
    assert (done.how, world.posts) == ("SIGTERM", [])
    assert [step.rung for step in done.steps] == ["api", "SIGTERM"]
    assert "its password is not known here" in done.steps[0].words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(403, b""), "it refused (HTTP 403)"),
        (reply(404, b""), "it refused (HTTP 404)"),
        (reply(200, b""), "was asked (it said yes), but it still runs after 0.01 s"),
        (TransportError("http", "closed", "the connection ended"), "the connection ended"),
        (TransportError("http", "silent", "timed out"), "timed out"),
    ],
)
def test_an_api_that_does_not_end_it_is_followed_by_sigterm(
    world: World, answer: Response | TransportError, words: str
) -> None:
    def shutdown() -> Response:
        if isinstance(answer, TransportError):
            raise answer
        return answer

    world.on_shutdown = shutdown
    done = world.stop(world.server())
    assert (done.how, world.processes.signals) == ("SIGTERM", [(PID, "SIGTERM")])
    assert words in done.steps[0].words and not done.steps[0].ok
    assert len(world.posts) == 1


def test_sigkill_only_if_allowed(world: World) -> None:
    world.on_shutdown = lambda: reply(500, b"")
    world.processes.deaf = {"SIGTERM"}
    server = world.server()
    done = world.stop(server)
    assert (done.stopped, done.how, done.port_free) == (False, None, False)
    assert world.processes.signals == [(PID, "SIGTERM")]
    assert "`jntui stop 8888 --kill`" in done.message
    done = world.stop(server, kill=True)
    assert (done.stopped, done.how) == (True, "SIGKILL")
    assert [name for _, name in world.processes.signals] == ["SIGTERM", "SIGTERM", "SIGKILL"]


def test_what_even_sigkill_does_not_end(world: World) -> None:
    world.guard = "password"
    world.processes.deaf = {"SIGTERM", "SIGKILL"}
    done = world.stop(world.server(), kill=True)
    assert not done.stopped and "--kill" not in done.message


def test_a_server_that_closed_its_socket_and_hangs_is_still_signalled(world: World) -> None:
    def closing() -> Response:
        world.processes.listeners.clear()
        return reply(200, b"")

    world.on_shutdown = closing
    assert world.stop(world.server()).how == "SIGTERM"


def test_a_signal_that_is_not_permitted(world: World) -> None:
    world.guard = "password"
    world.processes.refusal = PermissionError()
    done = world.stop(world.server())
    assert not done.stopped
    assert f"SIGTERM may not be sent to pid {PID}" in done.message


def _another_start(world: World) -> None:
    world.processes.known[PID] = replace(world.processes.known[PID], create_time=1.0)


def _another_owner(world: World) -> None:
    world.processes.known[PID] = replace(world.processes.known[PID], user="eve")


def _another_listener(world: World) -> None:
    world.processes.add(99, "/usr/bin/nginx", ports=(PORT,), name="nginx")
    world.processes.listeners = [entry for entry in world.processes.listeners if entry.pid != PID]


def _no_listener(world: World) -> None:
    world.processes.listeners.clear()


def _gone(world: World) -> None:
    world.processes.end(PID)


CHANGES = [
    (_another_start, "is another process now"),
    (_another_owner, "belongs to eve now"),
    (_another_listener, "port 8888 is held by pid 99 (nginx) now"),
    (_no_listener, "does not listen on port 8888 any more"),
    (_gone, f"pid {PID} is gone"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_what_changed_since_the_look_is_not_touched(world: World, change: Callable[[World], None], words: str) -> None:
    server = world.server()
    change(world)
    assert words in world.plan(server).why_not
    with pytest.raises(StopFailed) as refused:
        world.stop(server, kill=True)
    assert words in refused.value.message
    assert world.posts == [] and world.processes.signals == []


@pytest.mark.parametrize(("change", "words"), CHANGES[:4])
def test_what_changes_between_two_rungs_gets_no_signal(
    world: World, change: Callable[[World], None], words: str
) -> None:
    def refuse() -> Response:
        change(world)
        return reply(403, b"")

    world.on_shutdown = refuse
    done = world.stop(world.server(), kill=True)
    assert world.processes.signals == []
    # Another start is another process: the one that was meant has ended.
    assert done.stopped is (change is _another_start)
    assert done.stopped or words in done.message


def test_a_zombie_has_ended(world: World) -> None:
    def ending() -> Response:
        world.processes.end(PID, zombie=True)
        return reply(200, b"")

    world.on_shutdown = ending
    done = world.stop(world.server())
    assert done.stopped and "its parent (pid 1) has not reaped it" in done.message


def test_the_port_s_next_holder_is_named(world: World) -> None:
    world.processes.add(99, "/usr/bin/nginx", ports=(PORT,), host="::", name="nginx")
    server = world.server()
    done = world.stop(server)
    assert (done.stopped, done.port_free) == (True, False)
    assert "port 8888 is not free: pid 99 (nginx) holds it" in done.message


def test_files_that_stay_are_removed_and_named(world: World, tmp_path: Path) -> None:
    folder = tmp_path / ".local/share/jupyter/runtime"
    folder.mkdir(parents=True)
    info, page = folder / f"jpserver-{PID}.json", folder / f"jpserver-{PID}-open.html"
    info.write_text(f'{{"pid": {PID}, "port": {PORT}, "base_url": "/", "token": "{TOKEN}", "secure": false}}')
    page.write_text("<html>")
    done = world.stop(world.server())
    assert done.removed == (str(info), str(page))
    assert not info.exists() and not page.exists()
    assert f"removed jpserver-{PID}.json" in done.message


def test_a_program_that_does_not_prove_to_be_jupyter_is_not_signalled(world: World) -> None:
    server = world.server()
    world.processes.known[PID] = replace(world.processes.known[PID], argv=("/usr/bin/python3", "x.py"))
    hung = replace(server, state="unresponsive", reason="port 8888 does not answer")
    with pytest.raises(StopFailed, match="neither answers as Jupyter nor was started as one"):
        world.stop(hung, kill=True)
    assert world.processes.signals == []


def test_an_embedded_server_ends_alone(world: World) -> None:
    server = world.server()
    world.processes.known[PID] = replace(world.processes.known[PID], argv=("/usr/bin/python3", "/srv/myapp.py", "-x"))
    world.on_shutdown = lambda: (world.processes.listeners.clear(), reply(200, b""))[1]
    assert "(python3 myapp.py), which SIGTERM ends as well" in world.plan(server).notes[0]
    done = world.stop(server)
    assert (done.stopped, done.how, world.processes.signals) == (True, "api", [])
    assert "its program (python3 myapp.py" in done.message


def test_where_owners_cannot_be_read_only_the_api_is_left(world: World) -> None:
    server = world.server()
    world.processes.listeners = [Listener("127.0.0.1", PORT, uid=os.getuid())]
    plan = world.plan(server)
    assert plan.rungs == ("api",)
    world.on_shutdown = lambda: reply(500, b"")
    done = world.stop(server, kill=True)
    assert not done.stopped and world.processes.signals == []
    assert "who listens on port 8888 cannot be read from here" in done.message


def test_no_token_goes_over_tls_to_whom_nobody_knows(world: World) -> None:
    server = replace(world.server(), scheme="https")
    world.processes.listeners = [Listener("127.0.0.1", PORT, uid=os.getuid())]
    with pytest.raises(StopFailed, match="its token is not sent"):
        world.stop(server)
    assert world.transport.requests == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "stale", "reason": "pid 7 is gone"}, ":8888 does not run: pid 7 is gone"),
        (
            {"state": "stale", "reason": "pid 7 is gone", "info_file": "/r/jpserver-7.json"},
            "the screen of jntui removes the files",
        ),
        ({"state": "other-user", "user": "eve"}, f"only eve or root can stop it: sudo jntui stop {PID}"),
        ({"state": "starting"}, "is still starting"),
        ({"pid": os.getpid()}, "is jntui's own process"),
        ({"auth": "hub"}, "stop it at /hub/home"),
        (
            {"state": "unresponsive", "listeners": (), "reason": "it runs in another network namespace"},
            "another network",
        ),
    ],
)
def test_what_is_refused_is_refused_in_plan_and_deed(world: World, changes: dict[str, Any], words: str) -> None:
    server = world.server(**changes)
    plan = world.plan(server)
    assert words in plan.why_not and plan.rungs == ()
    with pytest.raises(StopFailed) as refused:
        world.stop(server, kill=True)
    assert refused.value.message == plan.why_not
    assert world.processes.signals == [] and world.posts == []


def test_a_unit_is_left_to_systemd(world: World) -> None:
    world.processes.cgroups[PID] = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/jupyter.service\n"
    world.processes.environs[PID] = {"SYSTEMD_EXEC_PID": str(PID)}
    plan = world.plan(world.server())
    assert plan.supervisor is not None and plan.supervisor.name == "jupyter.service"
    assert plan.why_not == ":8888: systemd runs it as jupyter.service: `systemctl --user stop jupyter.service` stops it"
    assert plan.work == "2 kernels, 1 busy: train.ipynb"


def test_process_1_is_signalled_only_if_it_is_jupyter(world: World) -> None:
    server = world.server()
    facts = world.processes.known.pop(PID)
    world.processes.known[1] = replace(facts, pid=1)
    world.processes.listeners = [Listener("127.0.0.1", PORT, pid=1, uid=os.getuid())]
    one = replace(server, pid=1, auth="password", token=None)
    assert world.plan(one).rungs == ("SIGTERM",)
    assert "first process of this container" in world.plan(one).notes[0]
    world.processes.known[1] = replace(facts, pid=1, argv=("/sbin/init",))
    assert "pid 1 is this system's first process" in world.plan(one).why_not


def test_the_server_around_us_is_said(world: World) -> None:
    server = world.server()
    facts = world.processes.known[PID]
    world.processes.known[os.getppid()] = replace(facts, pid=os.getppid(), ppid=PID)
    assert "jntui runs in a terminal of this server and ends with it" in world.plan(server).notes


def test_a_gateway_is_signalled(world: World) -> None:
    server = replace(world.server(), app="Kernel Gateway")
    assert world.plan(server).rungs == ("SIGTERM",)
    assert (world.stop(server).how, world.posts) == ("SIGTERM", [])


@pytest.mark.parametrize(
    "body", [b"[", b"[" * 70000, b"{}", b"null", b"[1]", b'[{"id": 1}]', b'[{"id": "k", "name": 1}]']
)
def test_odd_lists_of_kernels_break_nothing(world: World, body: bytes) -> None:
    server = world.server()
    world.transport.handler = lambda request: reply(200, body, content_type="application/json")
    plan = world.plan(server)
    assert plan.rungs == ("api", "SIGTERM")
    assert plan.kernels in ((), (Work("k", "a kernel", "", False),))
