"""Starting real servers: detached, reaped, and with a clear word when it fails."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from jntui.jupyter import launch
from jntui.jupyter.discovery import Discovery
from jntui.jupyter.logs import LOGS_KEPT
from jntui.jupyter.managed import state_dir
from jntui.model import Started, StartFailed, StartRequest
from jntui.process import Processes
from jntui.transport import HttpTransport
from tests.live.servers import clean_environment, free_port, wait_for

ROOT = ("--allow-root",) if os.geteuid() == 0 else ()


class Starter:
    """Starts through jntui in one home and ends what it started."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ: Mapping[str, str] = clean_environment(home)
        self.processes = Processes()
        self.transport = HttpTransport()
        self.pids: list[int] = []

    def start(self, **request: object) -> Started:
        wanted = StartRequest(**{"python": sys.executable, "root_dir": str(self.home), "options": ROOT, **request})  # type: ignore[arg-type]
        planned = launch.plan(wanted, self.processes, self.environ, str(self.home))
        started = launch.start(planned, self.processes, self.transport, self.environ, str(self.home), 90)
        self.pids.append(started.pid)
        return started

    def stop(self) -> None:
        for pid in self.pids:
            if self.processes.look(pid) is not None:
                os.kill(pid, signal.SIGKILL)
            wait_for(lambda pid=pid: self.processes.look(pid) is None, f"pid {pid} to end", 15)  # type: ignore[misc]


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[Starter]:
    found = Starter(tmp_path)
    yield found
    found.stop()


def test_a_started_server_answers_is_known_as_ours_and_leaves_no_zombie(starter: Starter) -> None:
    port = free_port()
    started = starter.start(port=port, app="server")
    assert started.server_id == f"jpserver-{started.pid}"
    assert started.chosen == "--python"
    discovery = Discovery(starter.processes, starter.transport, starter.environ, str(starter.home), sys.platform)
    server = next(entry for entry in discovery.look(starter.processes.sockets()) if entry.pid == started.pid)
    assert (server.state, server.managed, server.log, server.port) == ("running", True, started.log, port)
    assert server.root_dir == str(starter.home)
    assert server.token is not None
    token = server.token.reveal()
    facts = starter.processes.look(started.pid)
    assert facts is not None and facts.argv is not None
    assert token not in " ".join(facts.argv) + repr(started)
    assert Path(started.log).stat().st_mode & 0o777 == 0o600
    folder = state_dir(starter.environ, str(starter.home))
    assert {entry.stat().st_mode & 0o777 for entry in (folder, folder / "logs")} == {0o700}
    os.kill(started.pid, signal.SIGKILL)
    wait_for(lambda: starter.processes.look(started.pid) is None, "the reaped child", 15)


def test_the_first_application_of_that_python_is_chosen(starter: Starter) -> None:
    planned = launch.plan(StartRequest(python=sys.prefix), starter.processes, starter.environ, str(starter.home))
    assert planned.app in {"lab", "notebook"}
    assert Path(planned.python).parent == Path(sys.executable).parent
    assert planned.root_dir == str(Path.cwd())


DRIVER = """
import json, signal, sys, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests under nohup hands down a deaf ear
from jntui.jupyter import launch
from jntui.model import StartRequest
from jntui.process import Processes
from jntui.transport import HttpTransport
import os
home, port, options = sys.argv[1], int(sys.argv[2]), tuple(sys.argv[3:])
request = StartRequest(app="server", port=port, root_dir=home, python=sys.executable, options=options)
processes = Processes()
planned = launch.plan(request, processes, os.environ, home)
started = launch.start(planned, processes, HttpTransport(), os.environ, home, 90)
print(json.dumps({"pid": started.pid}), flush=True)
time.sleep(600)
"""


def test_it_survives_the_hangup_of_the_session_that_started_it(starter: Starter) -> None:
    port = free_port()
    environ = {**starter.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(starter.home), str(port), *ROOT],
        env=environ,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert driver.stdout is not None
    pid = json.loads(driver.stdout.readline())["pid"]
    starter.pids.append(pid)
    os.killpg(driver.pid, signal.SIGHUP)
    assert driver.wait(15) == -signal.SIGHUP
    driver.stdout.close()
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(b"GET /api HTTP/1.0\r\nHost: localhost\r\n\r\n")
        assert b" 200 OK" in client.recv(1000)
    facts = starter.processes.look(pid)
    assert facts is not None and not facts.zombie


def test_a_taken_port_is_said_at_once_with_its_holder(starter: Starter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(StartFailed, match=rf"port {port} is taken: pid {os.getpid()} \(") as caught:
            starter.start(port=port, app="server")
    assert caught.value.log is None


def test_a_port_of_ipv6_alone_is_taken_too(starter: Starter) -> None:
    with (
        socket.create_server(("::1", 0), family=socket.AF_INET6) as server,
        pytest.raises(StartFailed, match="is taken"),
    ):
        starter.start(port=server.getsockname()[1], app="server")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--ServerApp.port_retries=many",), "a setting is wrong: "),
        (("--ServerApp.ip=192.0.2.7",), "the address it listens on"),
        (("--ServerApp.certfile=/none.pem",), "/none.pem"),
    ],
)
def test_a_server_that_dies_says_why_at_once(starter: Starter, options: tuple[str, ...], words: str) -> None:
    with pytest.raises(StartFailed) as caught:
        starter.start(port=free_port(), app="server", options=(*ROOT, *options))
    assert words in caught.value.message
    assert caught.value.log is not None
    assert 0 < len(caught.value.tail) <= 20
    assert Path(caught.value.log).read_text()


if os.geteuid() == 0:

    def test_root_without_leave_is_told_how_to_give_it(starter: Starter) -> None:
        with pytest.raises(StartFailed, match="refuses to run as root: add `-- --allow-root`"):
            starter.start(port=free_port(), app="server", options=())


def test_a_python_without_jupyter(starter: Starter, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    with pytest.raises(StartFailed, match="no Python with jupyterlab was found; --python has no jupyterlab") as caught:
        starter.start(python=str(tmp_path / "bare"), app="lab")
    assert f"{tmp_path}/bare/bin/python -m pip install jupyterlab" in caught.value.message


def test_old_logs_are_dropped(starter: Starter) -> None:
    logs = state_dir(starter.environ, str(starter.home)) / "logs"
    logs.mkdir(parents=True)
    for number in range(40):
        (logs / f"jupyter-20200101-0000{number:02}-8888.log").touch()
    (logs / "notes.txt").touch()
    started = starter.start(port=free_port(), app="server")
    names = sorted(path.name for path in logs.iterdir())
    assert len(names) == LOGS_KEPT + 1
    assert Path(started.log).name in names and "notes.txt" in names
