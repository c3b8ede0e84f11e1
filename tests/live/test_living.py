"""Living with a real server: its log, its kernels, who is connected to them."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
import websocket

from jntui import __version__
from jntui.cli import main
from jntui.model import KernelRefused, Running, Server
from jntui.monitor.survey import Survey
from tests.live.servers import Jupyter, clean_environment, start_jupyter, wait_for
from tests.live.test_terminal import environment, jntui, quit_cleanly

pytestmark = pytest.mark.timeout(240)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    with start_jupyter("server", home=tmp_path_factory.mktemp("home"), env={"SHELL": "/bin/sh"}) as found:
        yield found


@pytest.fixture(scope="module")
def survey(jupyter: Jupyter) -> Survey:
    return Survey(clean_environment(jupyter.home))


@pytest.fixture
def server(jupyter: Jupyter, survey: Survey) -> Server:
    return survey.ask(next(one for one in survey.servers() if one.pid == jupyter.pid))


def post(jupyter: Jupyter, path: str, body: object) -> Any:
    with closing(http.client.HTTPConnection("127.0.0.1", jupyter.port, timeout=60)) as connection:
        headers = {"Authorization": f"token {jupyter.token}", "Content-Type": "application/json"}
        connection.request("POST", f"/{path}", json.dumps(body), headers)
        reply = connection.getresponse()
        assert reply.status in {200, 201}, reply.read()
        return json.loads(reply.read())


def client(jupyter: Jupyter, kernel_id: str) -> websocket.WebSocket:
    url = f"ws://127.0.0.1:{jupyter.port}/api/kernels/{kernel_id}/channels?session_id={uuid.uuid4().hex}"
    return websocket.create_connection(url, header=[f"Authorization: token {jupyter.token}"], timeout=60)


def execute(one: websocket.WebSocket, code: str) -> None:
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "s", "version": "5.3"}
    header |= {"username": ""}
    whole = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    one.send(json.dumps(whole))


def seen(survey: Survey, server: Server, fits: Any, what: str) -> Running:
    found: list[Running] = []

    def there() -> bool:
        found.append(survey.living.running(server))
        return bool(fits(found[-1]))

    wait_for(there, what, 60)
    return found[-1]


def test_the_log_of_a_redirected_process(jupyter: Jupyter, survey: Survey, server: Server) -> None:
    place = survey.living.log_place(server)
    assert (place.kind, place.path) == ("stderr", str(jupyter.log))
    lines = survey.living.log_lines(server, place, 10_000)
    text = "\n".join(line.text for line in lines)
    assert f":{jupyter.port}/" in text and "token=***" in text
    assert jupyter.token not in text


def test_a_log_that_was_moved_away_is_still_found(jupyter: Jupyter, survey: Survey, server: Server) -> None:
    moved = jupyter.log.with_suffix(".1")
    jupyter.log.rename(moved)
    try:
        place = survey.living.log_place(server)
        assert place.path == str(moved)
        assert survey.living.log_lines(server, place, 3)
    finally:
        moved.rename(jupyter.log)


def test_the_command_follows_until_it_is_ended(jupyter: Jupyter) -> None:
    env = {**clean_environment(jupyter.home), "PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-m", "jntui", "log", str(jupyter.port), "--follow", "-n", "0"]
    with subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None and following.stderr is not None
        assert str(jupyter.log) in following.stderr.readline()
        wait_for(lambda: jupyter.status("api/nowhere") or True, "an answer")
        while "nowhere" not in (line := following.stdout.readline()):
            jupyter.status("api/nowhere")
            assert line, "it ended"
        following.send_signal(signal.SIGINT)
        assert following.wait(30) == 130


def test_kernels_sessions_and_their_processes(jupyter: Jupyter, survey: Survey, server: Server) -> None:
    body = {"path": "work/train.ipynb", "name": "train.ipynb", "type": "notebook", "kernel": {"name": "python3"}}
    kernel_id = post(jupyter, "api/sessions", body)["kernel"]["id"]
    with closing(client(jupyter, kernel_id)) as first, closing(client(jupyter, kernel_id)):
        execute(first, "import os\nwhile True: os.getpid()")
        busy = seen(
            survey,
            server,
            lambda now: [(one.state, one.connections) for one in now.kernels] == [("busy", 2)],
            "two clients on a busy kernel",
        )
        (kernel,) = busy.kernels
        assert (kernel.id, kernel.path, kernel.spec, kernel.sessions) == (kernel_id, "work/train.ipynb", "python3", 1)
        assert kernel.pid is not None and psutil.Process(kernel.pid).ppid() == jupyter.pid
        assert any(f"kernel-{kernel_id}.json" in word for word in psutil.Process(kernel.pid).cmdline())
        assert kernel.rss_bytes and kernel.cpu_s is not None and kernel.cpu_percent is not None
        assert busy.collaboration is False and "pip install jupyter-collaboration" in busy.collaboration_words
        # A request that is on its way may be in front of the code: an interrupt then meets nothing.
        survey.living.act_on_kernel(server, kernel_id, "interrupt")
        seen(survey, server, lambda now: now.kernels[0].state == "idle", "the interrupt")
    survey.living.act_on_kernel(server, kernel_id, "restart")
    again = seen(survey, server, lambda now: now.kernels[0].pid not in {None, kernel.pid}, "another process")
    assert again.kernels[0].id == kernel_id
    survey.living.act_on_kernel(server, kernel_id, "shutdown")
    assert survey.living.running(server).kernels == ()
    with pytest.raises(KernelRefused, match="no kernel"):
        survey.living.act_on_kernel(server, kernel_id, "interrupt")
    # Other tests look for servers meanwhile and ask this one, without its token, what it is: GET /api.
    assert not [line for line in jupyter.warnings() if "403" in line and "GET /api (" not in line]
    done = survey.living.commands.entries()
    assert [one.what.split()[0] for one in done] == ["interrupt", "restart", "shutdown"]
    assert jupyter.token not in survey.living.commands.path.read_text(encoding="utf-8")


def test_the_screen_shows_two_clients_on_a_busy_kernel_and_ends_it(jupyter: Jupyter) -> None:
    body = {"path": "work/long.ipynb", "name": "long.ipynb", "type": "notebook", "kernel": {"name": "python3"}}
    kernel_id = post(jupyter, "api/sessions", body)["kernel"]["id"]
    name = post(jupyter, "api/terminals", {})["name"]
    env = environment(jupyter.home)
    with closing(client(jupyter, kernel_id)) as first, closing(client(jupyter, kernel_id)):
        execute(first, "while True: pass")
        with jntui(env, "--server", str(jupyter.port)) as terminal:
            terminal.wait_for(f":{jupyter.port}")
            terminal.wait_for("Works")
            terminal.press("K")
            terminal.wait_for(f"Running in :{jupyter.port}: 1 kernel, 1 terminal", 60)
            terminal.wait_for(lambda text: _cells(text)[1:2] == ["busy"] and "2 connections" in text, 60)
            assert _cells(terminal.text)[3] == "2"
            # A request that is on its way may be in front of the code: an interrupt then meets nothing.
            terminal.wait_for(lambda text: re.search(r"CPU [1-9]\d* %", text) is not None, 60)
            terminal.press("i")
            terminal.wait_for("Interrupt long.ipynb")
            terminal.press("tab", "enter")
            terminal.wait_for(lambda text: _cells(text)[1:2] == ["idle"], 60)
            terminal.press("s")
            terminal.wait_for("Shut down long.ipynb")
            terminal.press("tab", "enter")
            terminal.wait_for(f"Running in :{jupyter.port}: 1 terminal", 60)
            terminal.press("s")
            terminal.wait_for(f"Shut down terminal {name}")
            terminal.press("tab", "enter")
            terminal.wait_for("no kernel and no terminal runs in it", 60)
            terminal.press("K")
            terminal.wait_for(lambda text: "Running in" not in text)
            quit_cleanly(terminal)
            assert jupyter.token.encode() not in terminal.raw
    assert jupyter.json("api/kernels", jupyter.token) == jupyter.json("api/terminals", jupyter.token) == []


def _cells(text: str) -> list[str]:
    """The words of the kernel's row in the table."""
    row = next((line for line in text.splitlines() if "work/long.ipynb  " in line), "")
    return row.replace("\u2502", " ").partition("work/long.ipynb")[2].split()


def test_the_command_prints_what_runs(
    jupyter: Jupyter, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in [key for key in os.environ if key.startswith(("JUPYTER", "XDG"))]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("HOME", str(jupyter.home))
    assert main(["kernels", str(jupyter.port)]) == 0
    assert "no kernel runs" in capsys.readouterr().out
    assert main(["kernels", str(jupyter.port), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["kernels"] == [] and document["collaboration"] is False
    assert main(["--read-only", "kernels", str(jupyter.port)]) == 2
    assert capsys.readouterr().err.startswith("jntui: read-only")
    assert main(["log", str(jupyter.port), "-n", "2", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["kind"], len(document["lines"])) == ("stderr", 2)


CONFIG = """
c.ServerApp.allow_origin = 'https://canary-origin.example.org'
c.ServerApp.local_hostnames = ['localhost', 'canary-name.example.org']
c.PasswordIdentityProvider.hashed_password = 'argon2:$argon2id$v=19$canary-hash'
c.IdentityProvider.token = 'canary-token'
"""


@pytest.mark.parametrize("names", [False, True])
def test_a_report_holds_no_secret_and_no_name(
    names: bool, jupyter: Jupyter, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in [key for key in os.environ if key.startswith(("JUPYTER", "XDG"))]:
        monkeypatch.delenv(key)
    for key in ("USER", "LOGNAME"):
        monkeypatch.setenv(key, "canary-user")
    monkeypatch.setenv("HOME", str(jupyter.home))
    monkeypatch.setattr("socket.gethostname", lambda: "canary-host.example.org")
    config = jupyter.home / ".jupyter" / "jupyter_server_config.py"
    config.parent.mkdir(exist_ok=True)
    config.write_text(CONFIG, encoding="utf-8")
    try:
        assert main(["report", *(["--names"] if names else [])]) == 0
    finally:
        config.unlink()
    text = capsys.readouterr().out
    for secret in (jupyter.token, "canary-hash", "canary-token"):
        assert secret not in text
    for name in ("canary-origin", "canary-name", "example.org", str(jupyter.home)):
        assert (name in text) is names, name
    assert names or "canary" not in text
    assert f"http://127.0.0.1:{jupyter.port}/" in text and "| ok |" in text
    assert "jupyter_server_config.py:2" in text and "waits for a restart" in text
    assert __version__ in text
