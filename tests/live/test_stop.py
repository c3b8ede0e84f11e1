"""Stopping real servers of every kind, and what is left of them."""

from __future__ import annotations

import http.client
import json
import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jntui import process
from jntui.jupyter import stop
from jntui.jupyter.discovery import Discovery
from jntui.model import Server, StopFailed
from jntui.process import Processes
from jntui.transport import HttpTransport
from tests.live.kinds import KINDS, Kind
from tests.live.servers import Jupyter, answers, clean_environment, start_jupyter, wait_for

ROOT = Path(__file__).resolve().parents[2]


class Finder:
    """jntui's own look at the servers of one home."""

    def __init__(self, home: Path, environ: Mapping[str, str] | None = None) -> None:
        self.processes = Processes()
        self.transport = HttpTransport()
        environ = environ or clean_environment(home)
        self.discovery = Discovery(self.processes, self.transport, environ, str(home), sys.platform)

    def find(self, pid: int) -> Server:
        found = [entry for entry in self.discovery.look(self.processes.sockets()) if entry.pid == pid]
        if not found and self.discovery.ask_candidates():
            found = [entry for entry in self.discovery.look(self.processes.sockets()) if entry.pid == pid]
        (server,) = found
        return self.discovery.ask(server)

    def seams(self) -> tuple[Discovery, Processes, HttpTransport]:
        return self.discovery, self.processes, self.transport


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_ends_and_leaves_nothing(kind: Kind, tmp_path: Path) -> None:
    with kind.running(tmp_path) as server:
        finder = Finder(server.home)
        found = finder.find(server.pid)
        plan = stop.plan_stop(found, *finder.seams())
        assert plan.why_not == "" and plan.supervisor is None
        assert plan.rungs == (("api", "SIGTERM") if kind.rung == "api" else ("SIGTERM",))
        assert (plan.kernels, plan.kernels_known) == ((), kind.rung == "api")
        said: list[str] = []
        outcome = stop.stop(found, *finder.seams(), on_step=said.append)
        assert (outcome.stopped, outcome.how) == (True, kind.rung), outcome
        assert outcome.port_free is (None if kind.sock else True)
        assert len(said) == 1
        sockets = [Path(entry.path) for entry in found.listeners if entry.path]
        assert not any(path.is_absolute() and path.exists() for path in sockets), "in the way of the next start"
        assert not server.info_file.exists()
        assert not list(server.runtime_dir.glob("*-open.html"))
        if kind.reaped:
            wait_for(lambda: server.process.returncode is not None, "the end of the server", 15)
            assert server.process.returncode == 0, "it ended by its own hand"
        else:
            assert f"its parent (pid {os.getpid()}) has not reaped it" in outcome.message


def test_a_deaf_server_still_runs_until_it_is_killed(tmp_path: Path) -> None:
    with start_jupyter("server", home=tmp_path) as server:
        finder = Finder(tmp_path)
        os.kill(server.pid, signal.SIGSTOP)
        wait_for(lambda: (facts := finder.processes.look(server.pid)) and facts.suspended, "the suspended server", 15)
        found = finder.find(server.pid)
        assert found.state == "unresponsive"
        plan = stop.plan_stop(found, *finder.seams())
        assert plan.rungs == ("SIGTERM",)
        assert any("is suspended (ctrl-Z)" in note for note in plan.notes)
        first = stop.stop(found, *finder.seams(), rung_s=0.3)
        assert (first.stopped, first.how, first.port_free) == (False, None, False)
        assert "its API was not asked: it does not answer" in first.message
        assert f"kill -CONT {server.pid}" in first.message
        assert f"`jntui stop {server.port} --kill`" in first.message
        second = stop.stop(found, *finder.seams(), rung_s=5, kill=True)
        assert (second.stopped, second.how, second.port_free) == (True, "SIGKILL", True)
        names = {Path(path).name for path in second.removed}
        assert names == {f"jpserver-{server.pid}.json", f"jpserver-{server.pid}-open.html"}
        assert not any(Path(path).exists() for path in second.removed)


def _post(server: Jupyter, path: str, body: object) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Authorization": f"token {server.token}", "Content-Type": "application/json"}
    connection.request("POST", server.base_url + path, json.dumps(body), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def _jntui(home: Path, *words: str, stdin: int = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
    environ = {**clean_environment(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "jntui", *words]
    return subprocess.run(command, stdin=stdin, capture_output=True, text=True, timeout=90, env=environ, check=False)


def test_the_command_names_the_kernels_and_asks_only_a_terminal(tmp_path: Path) -> None:
    with start_jupyter("server", home=tmp_path, env={"SHELL": "/bin/sh"}) as server:
        notebook = {"path": "a/train.ipynb", "name": "train.ipynb", "type": "notebook", "kernel": {"name": "python3"}}
        (tmp_path / "a").mkdir()
        session = _post(server, "api/sessions", notebook)
        terminal = _post(server, "api/terminals", {})["name"]
        port = str(server.port)
        shown = json.loads(_jntui(tmp_path, "stop", port, "--preview", "--json").stdout)
        assert shown["terminals"] == [{"name": terminal}]
        assert [(one["id"], one["name"]) for one in shown["kernels"]] == [(session["kernel"]["id"], "train.ipynb")]
        assert shown["rungs"] == ["api", "SIGTERM"]
        refused = _jntui(tmp_path, "--read-only", "stop", port)
        assert (refused.returncode, refused.stdout) == (2, "")
        ours, theirs = pty.openpty()
        os.write(ours, b"n\n")
        answered = _jntui(tmp_path, "stop", port, stdin=theirs)
        os.close(ours), os.close(theirs)
        assert (answered.returncode, answered.stdout) == (1, "")
        assert "1 kernel" in answered.stderr and "train.ipynb" in answered.stderr
        assert f"; 1 terminal: {terminal} — stop :{port}? [y/N]" in answered.stderr
        assert server.status("api") == 200
        begun = _asked_twice(tmp_path, server)
        kernel = _kernel_of(server.pid)
        done = _jntui(tmp_path, "stop", port, "--json")
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert (answer["id"], answer["stopped"]) == (f"jpserver-{server.pid}", True)
        assert (answer["how"], answer["port_free"], answer["removed"]) == ("api", True, [])
        assert [one["name"] for one in answer["kernels"]] == ["train.ipynb"]
        assert answer["terminals"] == [{"name": terminal}, {"name": begun}]
        assert server.token not in done.stdout + done.stderr
        wait_for(lambda: Processes().look(kernel) is None, "the end of the kernel", 15)


def _asked_twice(home: Path, server: Jupyter) -> str:
    """A terminal that is opened while the question stands, by name: it is named, asked about, and goes on."""
    ours, theirs = pty.openpty()
    environ = {**clean_environment(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "jntui", "stop", str(server.port)]
    with subprocess.Popen(command, stdin=theirs, stderr=subprocess.PIPE, text=True, env=environ) as asking:
        os.close(theirs)
        assert asking.stderr is not None
        said = ""
        while "[y/N] " not in said and (char := asking.stderr.read(1)):
            said += char
        name = str(_post(server, "api/terminals", {})["name"])
        os.write(ours, b"y\nn\n")
        rest = asking.stderr.read()
    os.close(ours)
    assert "1 terminal: 1 — stop" in said
    assert "work began in it meanwhile, and nothing was done; this would end now:" in rest
    assert f"2 terminals: 1, {name} — stop :{server.port}? [y/N]" in rest
    assert (asking.returncode, server.status("api")) == (1, 200)
    return name


def _kernel_of(pid: int) -> int:
    (kernel,) = [
        one.pid for one in Processes().listing() if one.ppid == pid and "ipykernel" in " ".join(one.argv or ())
    ]
    return kernel


def test_the_command_without_a_server_to_stop(tmp_path: Path) -> None:
    runtime = tmp_path / ".local/share/jupyter/runtime"
    runtime.mkdir(parents=True)
    info = {"pid": 2**22 + 7, "port": 19299, "url": "http://localhost:19299/", "base_url": "/", "secure": False}
    (runtime / f"jpserver-{info['pid']}.json").write_text(json.dumps(info))
    done = _jntui(tmp_path, "stop", f"jpserver-{info['pid']}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is gone; the screen of jntui removes the files it left behind" in done.stderr
    assert _jntui(tmp_path, "stop", "19298").returncode == 2
    assert (runtime / f"jpserver-{info['pid']}.json").exists()


def test_an_info_file_that_names_a_strangers_process_signals_nobody(tmp_path: Path) -> None:
    listener = "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); "
    stranger = subprocess.Popen([sys.executable, "-c", listener + "sys.stdin.read()"], stdin=-1, stdout=-1, text=True)
    assert stranger.stdout is not None and stranger.stdin is not None
    try:
        port = int(stranger.stdout.readline())
        runtime = tmp_path / ".local/share/jupyter/runtime"
        runtime.mkdir(parents=True)
        info = {"pid": stranger.pid, "port": port, "base_url": "/", "secure": False, "token": "made-up"}
        (runtime / f"jpserver-{stranger.pid}.json").write_text(json.dumps(info))
        finder = Finder(tmp_path)
        found = finder.find(stranger.pid)
        plan = stop.plan_stop(found, *finder.seams())
        assert plan.rungs == () and plan.why_not
        with pytest.raises(StopFailed, match="neither answers as Jupyter nor was started as one"):
            stop.stop(found, *finder.seams(), kill=True, rung_s=0.3)
        assert stranger.poll() is None
    finally:
        stranger.communicate("", 15)


EMBEDDED = """
import select, sys
from jupyter_server.serverapp import ServerApp
app = ServerApp()
app.initialize(["--no-browser", "--allow-root", "--IdentityProvider.token=made-up", f"--port={sys.argv[1]}"])
app.start()
print("the program goes on", flush=True)
# Not read: what ran in here may have left it without blocking.
select.select([sys.stdin], [], [])
"""


def test_the_program_around_an_embedded_server_goes_on(tmp_path: Path) -> None:
    script = tmp_path / "myapp.py"
    script.write_text(EMBEDDED)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environ = clean_environment(tmp_path)
    with subprocess.Popen([sys.executable, str(script), str(port)], env=environ, stdin=-1, stdout=-1) as program:
        try:
            finder = Finder(tmp_path)
            info = tmp_path / f".local/share/jupyter/runtime/jpserver-{program.pid}.json"
            wait_for(lambda: info.exists() and answers(port), "the embedded server")
            found = finder.find(program.pid)
            plan = stop.plan_stop(found, *finder.seams())
            assert any("myapp.py), which SIGTERM ends as well" in note for note in plan.notes)
            outcome = stop.stop(found, *finder.seams())
            assert (outcome.stopped, outcome.how, outcome.port_free) == (True, "api", True), outcome
            assert program.stdout is not None
            assert program.stdout.readline() == b"the program goes on\n"
            assert program.poll() is None
            assert "had not ended yet" in outcome.message
        finally:
            program.communicate(b"", 30)


def _can_unshare() -> bool:
    """A pid namespace can be made here: root, and nothing forbids it."""
    words = ["unshare", "--pid", "--fork", "--mount-proc", "true"]
    try:
        return subprocess.run(words, capture_output=True, timeout=30, check=False).returncode == 0
    except OSError:
        return False


if _can_unshare():

    def test_the_pid_of_another_namespace_is_never_signalled(tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        command = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", sys.executable, "-m", "jupyter_server"]
        command += [f"--port={port}", "--no-browser", "--allow-root"]
        with (tmp_path / "log").open("wb") as log:
            around = subprocess.Popen(command, env=clean_environment(tmp_path), stdin=-3, stdout=log, stderr=log)
        try:
            # In there it is process 1, and says so in its info file.
            info = tmp_path / ".local/share/jupyter/runtime/jpserver-1.json"
            wait_for(lambda: info.exists() and answers(port), "the server")
            (pid,) = [one.pid for one in Processes().listing() if one.ppid == around.pid]
            finder = Finder(tmp_path)
            (wrong,) = finder.discovery.look(finder.processes.sockets(), processes=False)
            assert (wrong.pid, stop.plan_stop(wrong, *finder.seams()).rungs) == (1, ()), "by the file alone"
            found = finder.discovery.look(finder.processes.sockets())
            rows = [one for one in found if one.port == port or str(tmp_path) in (one.info_file or "")]
            assert [(one.pid, one.state) for one in rows] == [(pid, "running")], "one row, with its file and its token"
            assert rows[0].token and rows[0].info_file
            outcome = stop.stop(finder.find(pid), *finder.seams())
            assert (outcome.stopped, outcome.how) == (True, "api")
            assert around.wait(15) == 0
            assert not Path(rows[0].info_file).exists()
        finally:
            around.kill()
            around.wait(15)


@pytest.mark.parametrize("way", ["pidfd", "no pidfd", "psutil"])
def test_a_signal_goes_to_that_very_process_only(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way != "pidfd":
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    if way == "psutil":
        monkeypatch.setattr(process, "_LINUX", False)
    processes = Processes()
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        facts = processes.look(child.pid)
        assert facts is not None
        earlier = type(facts)(child.pid, facts.create_time - 60, False, facts.name, facts.argv, facts.user, facts.uid)
        with pytest.raises(ProcessLookupError):
            processes.signal(earlier, "SIGKILL")
        assert processes.wait_end(earlier, 5)
        assert not processes.wait_end(facts, 0.05)
        os.kill(child.pid, signal.SIGSTOP)
        wait_for(lambda: (now := processes.look(child.pid)) and now.suspended, "the suspended process", 15)
        os.kill(child.pid, signal.SIGCONT)
        processes.signal(facts, "SIGTERM")
        assert processes.wait_end(facts, 15), "a zombie has ended"
        assert child.wait(15) == -signal.SIGTERM
        with pytest.raises(ProcessLookupError):
            processes.signal(facts, "SIGTERM")
    finally:
        child.kill()
        child.wait()
