"""What a restart would run, and what it refuses, over fakes at both seams."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from jntui.jupyter import moved_secrets, restart
from jntui.jupyter.discovery import Discovery
from jntui.jupyter.managed import state_dir
from jntui.model import RestartPlan, Secret, Server, StopFailed
from tests.contract.fake_http import FakeTransport, Request, reply
from tests.contract.fake_processes import FakeProcesses

PID = 4242


def jupyter(request: Request) -> object:
    """A server with a token."""
    bodies: dict[str, object] = {"/api": {"version": "2.21.1"}, "/api/status": {"kernels": 0}, "/api/kernels": []}
    path = request.path.partition("?")[0]
    return reply(body=bodies[path]) if path in bodies else reply(body=[])


class Machine:
    """One server and its process in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
        self.processes = FakeProcesses()
        self.transport = FakeTransport(jupyter)  # type: ignore[arg-type]
        self.python = home / "venv" / "bin" / "python"
        self.python.parent.mkdir(parents=True)
        self.python.touch(mode=0o755)
        self.script = self.python.with_name("jupyter-lab")
        self.script.touch(mode=0o755)
        self.processes.cwds[PID] = str(home)
        self.processes.environs[PID] = dict(self.environ)

    def server(self, *options: str, argv: str | None = None, uid: int | None = None) -> Server:
        words = argv if argv is not None else " ".join((str(self.python), str(self.script), *options))
        self.processes.add(PID, words, ports=(8890,), uid=uid)
        return self.found()

    def found(self) -> Server:
        self.discovery = Discovery(self.processes, self.transport, self.environ, str(self.home), "linux")
        (server,) = self.discovery.look(self.processes.sockets())
        return self.discovery.ask(server)

    def plan(self, server: Server) -> RestartPlan:
        seams = (self.discovery, self.processes, self.transport)
        return restart.plan_restart(server, *seams, self.environ, str(self.home))

    def refusal(self, server: Server) -> str:
        with pytest.raises(StopFailed) as caught:
            self.plan(server)
        assert not state_dir(self.environ, str(self.home)).exists()
        assert not self.processes.signals
        return caught.value.message


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_words_stay_and_the_port_is_held(machine: Machine) -> None:
    plan = machine.plan(machine.server("--port=8890", "--no-browser", "-y", "sub"))
    head = (str(machine.python), str(machine.script))
    assert plan.command == (*head, "--ServerApp.port_retries=0", "--port=8890", "--no-browser", "-y", "sub")
    assert (plan.cwd, plan.python, plan.port) == (str(machine.home), str(machine.python), 8890)
    assert plan.log.startswith(str(machine.home / ".local" / "state" / "jntui" / "logs" / "jupyter-"))
    assert {"port 8890", "2 environment variables", "root directory ~"} <= set(plan.kept)


def test_no_second_browser_is_opened(machine: Machine) -> None:
    assert "--no-browser" in machine.plan(machine.server("--port=8890")).command


def test_what_an_earlier_restart_added_is_not_taken_for_the_users_wish(machine: Machine) -> None:
    added = "--port=8890 --ServerApp.port_retries=0 JUPYTER_TOKEN"
    machine.processes.environs[PID] = {**machine.environ, "JUPYTER_TOKEN": "x", "JNTUI_ADDED": added}
    server = machine.server("--port=8890", "--ServerApp.port_retries=0", "--no-browser")
    (machine.home / ".jupyter").mkdir()
    (machine.home / ".jupyter" / "jupyter_server_config.py").write_text("c.ServerApp.port = 9999\n")
    plan = machine.plan(server)
    assert plan.port == 9999
    assert "--port=8890" not in plan.command
    assert "2 environment variables" in plan.kept


def test_the_plan_shows_no_secret(machine: Machine) -> None:
    plan = machine.plan(machine.server("--IdentityProvider.token=0ff1ce", "--port=8890", "--token=0ff1ce"))
    assert "0ff1ce" not in repr(plan)
    assert any(words.startswith("the token of the command line, from now on in ~/.local/state") for words in plan.kept)
    assert "--token: it names no class, so Jupyter made nothing of it" in plan.lost


def test_a_secret_without_a_place_is_lost_and_that_is_said(machine: Machine) -> None:
    machine.processes.environs[PID] = {**machine.environ, "JUPYTER_NO_CONFIG": "1"}
    (machine.home / "c.py").write_text("")
    plan = machine.plan(machine.server("--IdentityProvider.token=0ff1ce", "--port=8890", "--config=c.py"))
    assert any(words.startswith("the token of the command line: any user could read it") for words in plan.lost)
    assert "--config=c.py" in plan.command


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("/dev/pts/3", "it ran in the terminal pts/3: the new one runs detached, its log is "),
        ("/srv/old.log", "its output went to /srv/old.log: the new one's goes to "),
        ("pipe:[77]", "its output went to another program: the new one's goes to "),
        ("/dev/null", ""),
    ],
)
def test_where_its_output_went(machine: Machine, output: str, words: str) -> None:
    machine.processes.error_outputs[PID] = output
    lost = machine.plan(machine.server("--port=8890")).lost
    assert [one.startswith(words) for one in lost] == ([True] if words else [])


def test_the_log_of_jntui_is_followed_by_another(machine: Machine) -> None:
    logs = state_dir(machine.environ, str(machine.home)) / "logs"
    machine.processes.error_outputs[PID] = str(logs / "jupyter-1.log")
    assert machine.plan(machine.server("--port=8890")).lost == ()


def test_what_cannot_be_read_is_refused(machine: Machine) -> None:
    server = machine.server("--port=8890")
    del machine.processes.environs[PID]
    assert "the environment of pid 4242 cannot be read" in machine.refusal(server)
    machine.processes.environs[PID] = machine.environ
    del machine.processes.cwds[PID]
    assert "its working directory cannot be read" in machine.refusal(server)
    machine.processes.cwds[PID] = f"{machine.home}/gone (deleted)"
    assert machine.refusal(server) == f":8890 is not restarted: its working directory {machine.home}/gone is gone"


def test_a_python_that_is_gone_is_found_out_before(machine: Machine) -> None:
    server = machine.server("--port=8890")
    machine.script.unlink()
    assert machine.refusal(server) == f":8890 is not restarted: its program {machine.script} is gone"
    machine.python.unlink()
    assert machine.refusal(server) == f":8890 is not restarted: its Python {machine.python} is gone"


def test_a_python_by_name_is_looked_for_on_the_servers_path(machine: Machine) -> None:
    server = machine.server(argv="python9.99 -m jupyterlab --port=8890")
    assert machine.refusal(server) == ":8890 is not restarted: its program python9.99 is not on its PATH"
    machine.python.with_name("python9.99").touch(mode=0o755)
    machine.processes.environs[PID] = {**machine.environ, "PATH": str(machine.python.parent)}
    assert machine.plan(server).command[0] == "python9.99"


def test_an_embedded_server_is_refused(machine: Machine) -> None:
    machine.processes.tornado.add(PID)
    machine.processes.add(PID, "python myapp.py", ports=(8890,))
    discovery = Discovery(machine.processes, machine.transport, machine.environ, str(machine.home), "linux")
    discovery.look(machine.processes.sockets())
    assert discovery.ask_candidates()
    (server,) = discovery.look(machine.processes.sockets())
    machine.discovery = discovery
    assert "it runs inside another program (pid 4242, python)" in machine.refusal(server)


def test_another_users_server_is_that_users_to_restart(machine: Machine) -> None:
    server = machine.server("--port=8890", uid=os.getuid() + 1)
    assert "sudo -u ada jntui restart 4242" in machine.refusal(server)


def test_a_supervised_server_is_left_to_its_supervisor(machine: Machine) -> None:
    machine.processes.cgroups[PID] = "0::/system.slice/jupyter.service\n"
    machine.processes.environs[PID] = {**machine.environ, "SYSTEMD_EXEC_PID": str(PID)}
    refusal = machine.refusal(machine.server("--port=8890"))
    assert refusal.startswith(":8890: systemd runs it as jupyter.service: `")
    assert refusal.endswith("systemctl restart jupyter.service` restarts it")


def test_a_hub_restarts_its_own(machine: Machine) -> None:
    machine.processes.environs[PID] = {**machine.environ, "JUPYTERHUB_USER": "ada"}
    server = machine.server(argv=f"{machine.python} -m jupyterhub.singleuser --port=8890")
    assert machine.refusal(server) == ":8890: JupyterHub runs it for ada: stop and start it at /hub/home"


def test_from_its_own_terminal_it_is_not_restarted(machine: Machine) -> None:
    server = machine.server("--port=8890")
    machine.processes.add(os.getppid(), "bash", ppid=PID)
    assert "is not restarted from one of its own terminals" in machine.refusal(server)


def test_another_port_that_is_taken_is_found_out_before(machine: Machine) -> None:
    server = machine.server("--no-browser")
    (machine.home / ".jupyter").mkdir()
    (machine.home / ".jupyter" / "jupyter_server_config.py").write_text("c.ServerApp.port = 9999\n")
    machine.processes.add(77, "nginx", ports=(9999,), name="nginx")
    words = ":8890 is not restarted: its settings name port 9999 now, and pid 77 (nginx) holds it"
    assert machine.refusal(server) == words


def test_directories_of_secrets_live_as_long_as_their_servers(tmp_path: Path) -> None:
    processes = FakeProcesses()
    alive = processes.add(PID, "jupyter-lab")
    top = moved_secrets.folder_of_all(tmp_path)
    moved = (moved_secrets.Moved("IdentityProvider", "token", Secret("'0ff1ce'")),)
    names = ("living", "dead", "fresh", "old", "reused", "broken")
    for name in names:
        moved_secrets.write(top / name, ("jupyter_config.py",), moved)
        (top / name / "__pycache__").mkdir()
        (top / name / "__pycache__" / "x.pyc").touch()
    text = (top / "living" / "jupyter_config.py").read_text()
    assert "c.IdentityProvider.token = '0ff1ce'\n" in text
    moved_secrets.claim([top / "living"], PID, processes)
    (top / "dead" / "server.json").write_text(json.dumps({"pid": 7, "create_time": 1.0}))
    (top / "reused" / "server.json").write_text(json.dumps({"pid": PID, "create_time": alive.create_time - 60}))
    (top / "broken" / "server.json").write_text("[")
    day = time.time() - 2 * moved_secrets.UNCLAIMED_S
    os.utime(top / "old", (day, day))
    moved_secrets.prune(tmp_path, processes)
    assert {path.name for path in top.iterdir()} == {"living", "fresh", "broken"}
    processes.add(78, "jupyter-lab")
    moved_secrets.release([top / "living"], processes)
    moved_secrets.claim([top / "living"], 78, processes)
    processes.end(78)
    moved_secrets.prune(tmp_path, processes)
    assert (top / "living").is_dir(), "who inherits it from a living server does not own it"
    processes.end(PID)
    moved_secrets.release([top / "living"], processes)
    moved_secrets.prune(tmp_path, processes)
    assert (top / "living").is_dir(), "it may be started by hand"


def test_bytes_are_written_as_bytes(tmp_path: Path) -> None:
    folder = moved_secrets.folder_of_all(tmp_path) / "one"
    moved = [
        moved_secrets.Moved("ServerApp", "cookie_secret", Secret("a\udcffb")),
        moved_secrets.Moved("X", "token", Secret("ä\n")),
    ]
    moved_secrets.write(folder, ("a.py", "b.py"), moved)
    lines = (folder / "b.py").read_text().splitlines()
    assert lines[-2:] == ["c.ServerApp.cookie_secret = b'a\\xffb'", "c.X.token = '\\xe4\\n'"]
