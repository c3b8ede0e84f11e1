"""Restarting real servers: the same process again, as /proc and the server's own answers show it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from jntui.jupyter import moved_secrets, restart
from jntui.jupyter.discovery import Discovery
from jntui.jupyter.managed import state_dir
from jntui.model import Restarted, RestartPlan, Server, StartFailed, StopFailed
from jntui.process import Processes
from jntui.transport import HttpTransport
from tests.live.certificates import make_certificate
from tests.live.kinds import HASH, KINDS, PASSWORD, Kind
from tests.live.logins import password_opens
from tests.live.servers import Jupyter, clean_environment, free_port, start_jupyter, wait_for, wait_ready

ROOT = Path(__file__).resolve().parents[2]
ALLOW_ROOT = ("--allow-root",) if os.geteuid() == 0 else ()
TOKEN = "made-up-token-of-a-test"
ADDED = {b"JNTUI_ADDED", b"JUPYTER_TOKEN", b"JUPYTER_CONFIG_PATH", b"KG_AUTH_TOKEN"}
"""Variables that a restart may set."""


class Restarter:
    """jntui in one home; it ends what it started again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ: Mapping[str, str] = clean_environment(home)
        self.processes = Processes()
        self.transport = HttpTransport()
        self.discovery = Discovery(self.processes, self.transport, self.environ, str(home), sys.platform)
        self.pids: list[int] = []

    def find(self, pid: int) -> Server:
        (server,) = (one for one in self.discovery.look(self.processes.sockets()) if one.pid == pid)
        return self.discovery.ask(server)

    def plan(self, pid: int) -> RestartPlan:
        return restart.plan_restart(
            self.find(pid), self.discovery, self.processes, self.transport, self.environ, str(self.home)
        )

    def restart(self, pid: int, **more: Any) -> Restarted:
        server = self.find(pid)
        seams = (self.discovery, self.processes, self.transport)
        done = restart.restart(server, *seams, self.environ, str(self.home), wait_s=90, **more)
        self.pids.append(done.started.pid)
        return done

    def stop(self) -> None:
        for pid in self.pids:
            if self.processes.look(pid) is not None:
                os.kill(pid, signal.SIGKILL)
            wait_for(lambda pid=pid: self.processes.look(pid) is None, f"pid {pid} to end", 15)  # type: ignore[misc]

    @property
    def state(self) -> Path:
        return state_dir(self.environ, str(self.home))


@contextlib.contextmanager
def restarter(home: Path) -> Iterator[Restarter]:
    found = Restarter(home)
    try:
        yield found
    finally:
        found.stop()


def argv_of(pid: int) -> list[str]:
    return [os.fsdecode(word) for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:-1]]


def environ_of(pid: int) -> dict[bytes, bytes]:
    entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return dict(entry.split(b"=", 1) for entry in entries if entry)  # type: ignore[misc]


def place_of(pid: int) -> tuple[str, str, list[str]]:
    """Working directory, program, and the lines of /proc/PID/status that say who it is."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    who = [line for line in status if line.startswith(("Uid:", "Gid:", "Groups:", "Umask:"))]
    return str(Path(f"/proc/{pid}/cwd").readlink()), str(Path(f"/proc/{pid}/exe").readlink()), who


@contextlib.contextmanager
def bare_server(home: Path, *words: str, env: Mapping[str, str] | None = None) -> Iterator[Jupyter]:
    """A server that is told nothing but these words: no port, no number of tries."""
    environ = clean_environment(home, env)
    log = home / "bare.log"
    with log.open("wb") as stream:
        argv = [sys.executable, "-m", "jupyter_server", "--no-browser", *ALLOW_ROOT, *words]
        process = subprocess.Popen(argv, env=environ, cwd=home, stdout=stream, stderr=stream, start_new_session=True)
    runtime = home / ".local" / "share" / "jupyter" / "runtime"
    server = Jupyter(process, "server", home, 0, log, environ, runtime)
    try:
        yield wait_ready(server)
    finally:
        server.stop()


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jntui", *words],
        capture_output=True,
        text=True,
        timeout=110,
        env={**clean_environment(home), "PYTHONPATH": str(ROOT)},
        cwd=home,
        check=False,
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_comes_back_as_it_was(kind: Kind, tmp_path: Path) -> None:
    with kind.running(tmp_path) as server, restarter(server.home) as jntui:
        found = jntui.find(server.pid)
        words, before, place = argv_of(server.pid), environ_of(server.pid), place_of(server.pid)
        plan = jntui.plan(server.pid)
        done = jntui.restart(server.pid)
        assert (done.stopped.stopped, done.stopped.how) == (True, kind.rung)
        assert done.started.pid != server.pid
        again = jntui.find(done.started.pid)
        assert again.id == done.started.server_id
        same = ("state", "port", "app", "version", "python", "root_dir", "base_url", "scheme", "user", "token")
        assert [getattr(again, name) for name in same] == [getattr(found, name) for name in same]
        assert {one.text for one in again.listeners} == {one.text for one in found.listeners}
        assert again.auth == found.auth or (kind.name == "both" and again.auth == "token")
        assert again.managed and again.log == done.started.log
        assert place_of(done.started.pid) == place
        now, argv = environ_of(done.started.pid), argv_of(done.started.pid)
        assert {name: now[name] for name in before} == before
        assert set(now) - set(before) <= ADDED
        assert (tuple(argv), plan.command) == (done.started.command, done.started.command)
        secret = [word for word in words if HASH in word or "made-up" in word]
        assert [word for word in argv if word in words] == [word for word in words if word not in secret]
        assert not [word for word in argv if HASH in word or "made-up" in word]
        assert [words for words in done.lost if "its output went to" not in words] == []


def test_odd_options_are_kept_to_the_byte(tmp_path: Path) -> None:
    """Acceptance 3: /proc before and after."""
    home, work = tmp_path / "home", tmp_path / "wörk dir 日本 ‘x’"
    work.mkdir()
    home.mkdir()
    (work / "my config.py").write_text("c.ServerApp.base_url = '/from/config'\nc.ServerApp.allow_origin = 'http://x'\n")
    files = make_certificate(tmp_path, "self-signed")
    env = {"JUPYTER_DATA_DIR": str(home / "däta"), "ODD": os.fsdecode(b"a\xff\n b"), "EMPTY": "", "MY_OPTION": "x y"}
    options = (
        f"--certfile={files.certificate}",
        "--keyfile",
        str(files.key),
        "--config=my config.py",
        f"--ServerApp.root_dir={work}",
        "--ServerApp.shutdown_no_activity_timeout=7200",
        "-y",
    )
    old_umask = os.umask(0o027)
    try:
        started = start_jupyter("lab", *options, home=home, env=env, cwd=work)
        server = started.__enter__()
    finally:
        os.umask(old_umask)
    with contextlib.ExitStack() as stack:
        stack.push(started)
        jntui = stack.enter_context(restarter(home))
        words, before, place = argv_of(server.pid), environ_of(server.pid), place_of(server.pid)
        done = jntui.restart(server.pid)
        pid = done.started.pid
        assert place_of(pid) == place
        assert "Umask:\t0027" in place[2]
        assert [word for word in argv_of(pid) if word in words] == words
        now = environ_of(pid)
        assert {name: now[name] for name in before} == before
        assert now[b"ODD"] == b"a\xff\n b"
        found = jntui.find(pid)
        assert (found.base_url, found.scheme, found.root_dir) == ("/from/config/", "https", str(work))
        assert found.info_file is not None and found.info_file.startswith(str(home / "däta"))
        second = (argv_of(pid), now)
        third = jntui.restart(pid).started.pid
        assert (argv_of(third), environ_of(third)) == second


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems refuse such names")
def test_a_directory_whose_name_is_no_utf_8_is_kept(tmp_path: Path) -> None:
    work = Path(os.fsdecode(os.fsencode(tmp_path) + b"/w\xff\xfe dir"))
    work.mkdir()
    with start_jupyter("server", home=tmp_path, cwd=work) as server, restarter(tmp_path) as jntui:
        before = place_of(server.pid)
        assert before[0] == str(work)
        printed = run(tmp_path, "restart", str(server.port), "--preview")
        assert printed.returncode == 0, printed.stderr
        assert str(work) not in printed.stdout, "bytes that no terminal shows are not sent to one"
        done = jntui.restart(server.pid)
        assert place_of(done.started.pid) == before


def test_secrets_leave_the_command_line_and_go_on_working(tmp_path: Path) -> None:
    options = (f"--PasswordIdentityProvider.hashed_password={HASH}", "--IdentityProvider.token", TOKEN)
    with start_jupyter("server", *options, home=tmp_path) as server, restarter(tmp_path) as jntui:
        plan = jntui.plan(server.pid)
        assert TOKEN not in repr(plan) and HASH not in repr(plan)
        assert any("the hashed password and token of the command line" in words for words in plan.kept)
        assert not jntui.state.exists(), "a plan changes nothing"
        pid = server.pid
        for _ in range(2):
            pid = jntui.restart(pid).started.pid
            shown = Path(f"/proc/{pid}/cmdline").read_bytes()
            assert TOKEN.encode() not in shown and HASH.encode() not in shown
            assert server.status("api/status", {"Authorization": f"token {TOKEN}"}) == 200
            assert server.status("api/status", {"Authorization": "token another"}) == 403
            assert password_opens(server.port, PASSWORD) and not password_opens(server.port, "another")
        (folder,) = moved_secrets.folder_of_all(jntui.state).iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in folder.glob("*.py")} == {0o600}
        moved_secrets.prune(jntui.state, jntui.processes)
        assert folder.is_dir(), "its server lives"
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: jntui.processes.look(pid) is None, "the end of the server", 15)
        moved_secrets.prune(jntui.state, jntui.processes)
        assert not folder.exists()


@pytest.mark.parametrize("env", [{}, {"JUPYTER_NO_CONFIG": "1"}], ids=["files", "no files"])
def test_a_moved_secret_decides_over_the_users_files(tmp_path: Path, env: dict[str, str]) -> None:
    folder = tmp_path / ".jupyter"
    folder.mkdir(exist_ok=True)
    (folder / "jupyter_server_config.json").write_text('{"IdentityProvider": {"token": "of-the-file"}}')
    option = f"--IdentityProvider.token={TOKEN}"
    with start_jupyter("server", option, home=tmp_path, env=env) as server, restarter(tmp_path) as jntui:
        jntui.restart(server.pid)
        assert server.status("api/status", {"Authorization": f"token {TOKEN}"}) == 200
        assert server.status("api/status", {"Authorization": "token of-the-file"}) == 403


def test_a_named_config_file_that_sets_another_token_wins_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "given.py").write_text("c.IdentityProvider.token = 'of-the-file'\n")
    options = ("--config=given.py", f"--IdentityProvider.token={TOKEN}")
    with start_jupyter("server", *options, home=tmp_path) as server, restarter(tmp_path) as jntui:
        done = jntui.restart(server.pid)
        assert "the token of the command line: ~/given.py:1 sets another, which wins now" in done.lost
        assert server.status("api/status", {"Authorization": "token of-the-file"}) == 200
        assert server.status("api/status", {"Authorization": f"token {TOKEN}"}) == 403


def test_a_generated_token_is_kept_until_a_password_is_set(tmp_path: Path) -> None:
    with start_jupyter("server", home=tmp_path) as server, restarter(tmp_path) as jntui:
        header = {"Authorization": f"token {server.token}"}
        first = jntui.restart(server.pid)
        assert (first.lost[1:], server.status("api/status", header)) == ((), 200)
        second = jntui.restart(first.started.pid)
        assert (second.lost, server.status("api/status", header)) == ((), 200)
        folder = tmp_path / ".jupyter"
        folder.mkdir(exist_ok=True)
        config = folder / "jupyter_server_config.json"
        config.write_text(json.dumps({"PasswordIdentityProvider": {"hashed_password": HASH}}))
        third = jntui.restart(second.started.pid)
        assert len(third.lost) == 1 and third.lost[0].startswith("the token that Jupyter made: ")
        assert "sets a password now" in third.lost[0]
        assert jntui.find(third.started.pid).auth == "password"
        assert server.status("api/status", header) == 403
        assert password_opens(server.port, PASSWORD)


def test_the_running_port_is_kept_until_a_changed_file_names_another(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    with bare_server(tmp_path, env={"JUPYTER_PORT": str(first)}) as server, restarter(tmp_path) as jntui:
        assert server.port == first
        pid = jntui.restart(server.pid).started.pid
        assert "--ServerApp.port_retries=0" in argv_of(pid)
        assert jntui.find(pid).port == first
        folder = tmp_path / ".jupyter"
        folder.mkdir(exist_ok=True)
        (folder / "jupyter_server_config.py").write_text(f"c.ServerApp.port = {second}\n")
        done = jntui.restart(pid)
        assert jntui.find(done.started.pid).port == second
        words = f"port {first}: ~/.jupyter/jupyter_server_config.py was changed after the start and sets {second} now"
        assert words in done.lost
        again = jntui.restart(done.started.pid)
        assert (jntui.find(again.started.pid).port, again.lost) == (second, ())


def test_a_port_that_jupyter_had_moved_to_is_kept(tmp_path: Path) -> None:
    held = free_port()
    with contextlib.ExitStack() as stack:
        stack.enter_context(start_jupyter("server", home=tmp_path / "other", port=held))
        jntui = stack.enter_context(restarter(tmp_path))
        server = stack.enter_context(bare_server(tmp_path, f"--port={held}"))
        assert server.port != held
        done = jntui.restart(server.pid)
        assert jntui.find(done.started.pid).port == server.port
        assert f"--port={server.port}" in argv_of(done.started.pid)
        assert f"--port={held}" not in argv_of(done.started.pid)
        again = jntui.restart(done.started.pid)
        assert jntui.find(again.started.pid).port == server.port


def test_a_server_that_does_not_come_back_leaves_the_line_that_starts_it(tmp_path: Path) -> None:
    folder = tmp_path / ".jupyter"
    folder.mkdir(exist_ok=True)
    work = tmp_path / "it's työ"
    work.mkdir()
    option = f"--IdentityProvider.token={TOKEN}"
    with start_jupyter("server", option, home=tmp_path, cwd=work) as server, restarter(tmp_path) as jntui:
        config = folder / "jupyter_server_config.py"
        config.write_text("c.ServerApp.ip = 'no.such.host.invalid'\n")
        with pytest.raises(StartFailed) as caught:
            jntui.restart(server.pid)
        message = caught.value.message
        assert message.startswith(f":{server.port} is stopped (pid {server.pid}) and did not come back: the name it")
        assert caught.value.log is not None and caught.value.tail
        assert TOKEN not in message + "".join(caught.value.tail)
        config.unlink()
        moved_secrets.prune(jntui.state, jntui.processes)
        line = message.partition("to start it by hand: ")[2].replace("&& ", "&& exec ")
        by_hand = subprocess.Popen(["bash", "-c", line], env=jntui.environ, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: server.status("api/status", {"Authorization": f"token {TOKEN}"}) == 200, "the server")
            assert Path(f"/proc/{by_hand.pid}/cwd").readlink() == work
        finally:
            by_hand.kill()
            by_hand.wait(15)


def test_who_took_the_port_meanwhile_is_named(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(start_jupyter("server", home=tmp_path))
        jntui = stack.enter_context(restarter(tmp_path))

        def take_the_port(words: str) -> None:
            if words == "starting it again":
                stack.enter_context(socket.create_server(("127.0.0.1", server.port)))

        holder = rf"port {server.port} was taken before the server could: pid {os.getpid()} \("
        with pytest.raises(StartFailed, match=holder) as caught:
            jntui.restart(server.pid, on_step=take_the_port)
        assert "to start it by hand: cd " in caught.value.message


ENDINGS = {
    "import sys\nsys.exit(3)\n": r"jupyter_server_config.py:2: ",
    "c.ServerApp.jpserver_extensions = 'no'\n": r"jupyter_server_config.py line 1: .*; Jupyter does not start with it",
}
"""Config files with which Jupyter does not start, and what a restart says of them."""


def test_what_would_not_start_is_not_stopped(tmp_path: Path) -> None:
    folder, work = tmp_path / ".jupyter", tmp_path / "work"
    folder.mkdir(exist_ok=True)
    work.mkdir()
    config = folder / "jupyter_server_config.py"
    with start_jupyter("server", home=tmp_path, cwd=work) as server, restarter(tmp_path) as jntui:

        def refused(words: str) -> None:
            with pytest.raises(StopFailed, match=words) as caught:
                jntui.restart(server.pid)
            assert not caught.value.still_runs
            assert jntui.find(server.pid).state == "running"
            assert not jntui.state.exists()

        config.write_text("c.ServerApp.quit_button = 'perhaps'\n")
        refused(r"ServerApp.quit_button = .*jupyter_server_config.py:1\): Jupyter will not start with it")
        config.write_text("c.ServerApp.certfile = '/no/such.pem'\n")
        refused("certfile = '/no/such.pem'.*there is no such file")
        with start_jupyter("server", home=tmp_path / "other") as other:
            config.write_text(f"c.ServerApp.port = {other.port}\n")
            place = Path(f"/proc/{server.pid}/cmdline").read_bytes()
            assert f"--port={server.port}".encode() in place, "the command line decides over the file"
            assert jntui.plan(server.pid).port == server.port
        for text, words in ENDINGS.items():
            config.write_text(text)
            begun = subprocess.run(
                [sys.executable, "-m", "jupyter_server", "--no-browser", *ALLOW_ROOT, "--port=0"],
                env=server.environ,
                cwd=work,
                capture_output=True,
                timeout=60,
                check=False,
            )
            assert b"is running at" not in begun.stderr, "Jupyter itself does not start"
            refused(words)
        config.unlink()
        work.rmdir()
        refused("its working directory .*work is gone")


def test_a_config_file_that_is_left_out_is_named_before(tmp_path: Path) -> None:
    folder = tmp_path / ".jupyter"
    folder.mkdir(exist_ok=True)
    with start_jupyter("server", home=tmp_path) as server, restarter(tmp_path) as jntui:
        (folder / "jupyter_server_config.py").write_text("c.ServerApp.base_url = '/x'\nc.ServerApp.ip = (\n")
        lost = jntui.plan(server.pid).lost
        assert [words for words in lost if words.startswith("what ~/.jupyter/jupyter_server_config.py (line 2) sets: ")]


EMBEDDED = """
import sys
from jupyter_server.serverapp import ServerApp
app = ServerApp()
app.initialize(sys.argv[1:])
app.start()
"""


def _refusal(jntui: Restarter, pid: int) -> str:
    with pytest.raises(StopFailed) as caught:
        jntui.restart(pid)
    return caught.value.message


def test_a_server_inside_another_program_is_left_alone(tmp_path: Path) -> None:
    script = tmp_path / "myapp.py"
    script.write_text(EMBEDDED)
    environ = clean_environment(tmp_path)
    words = [f"--port={free_port()}", "--no-browser", *ALLOW_ROOT]
    with (tmp_path / "log").open("wb") as stream:
        process = subprocess.Popen([sys.executable, str(script), *words], env=environ, stdout=stream, stderr=stream)
    runtime = tmp_path / ".local" / "share" / "jupyter" / "runtime"
    server = Jupyter(process, "server", tmp_path, 0, tmp_path / "log", environ, runtime)
    try:
        wait_ready(server)
        with restarter(tmp_path) as jntui:
            said = _refusal(jntui, server.pid)
            end = time.monotonic() + 30.0
            while "still starting" in said and time.monotonic() < end:
                said = _refusal(jntui, server.pid)
        assert "it runs inside another program" in said
        assert process.poll() is None
    finally:
        server.stop()


def test_a_server_of_a_terminal_says_that_it_leaves_it(tmp_path: Path) -> None:
    own, terminal = pty.openpty()
    port = free_port()
    environ = clean_environment(tmp_path)
    argv = [sys.executable, "-m", "jupyter_server", f"--port={port}", "--no-browser", *ALLOW_ROOT]
    process = subprocess.Popen(argv, env=environ, stdin=terminal, stdout=terminal, stderr=terminal, cwd=tmp_path)
    name = os.ttyname(terminal).removeprefix("/dev/")
    os.close(terminal)
    drain = subprocess.Popen(["cat"], stdin=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(own)
    runtime = tmp_path / ".local" / "share" / "jupyter" / "runtime"
    server = Jupyter(process, "server", tmp_path, port, tmp_path / "none", environ, runtime)
    try:
        with restarter(tmp_path) as jntui:
            wait_for(lambda: server.info_file.exists() and server.status() == 200, "the server")
            done = jntui.restart(server.pid)
            words = f"it ran in the terminal {name}: the new one runs detached, its log is {done.started.log}"
            assert done.lost == (words,)
            assert os.getsid(done.started.pid) == done.started.pid
    finally:
        server.stop()
        drain.kill()
        drain.wait(15)


def test_a_deaf_server_is_restarted_only_with_leave_to_kill_it(tmp_path: Path) -> None:
    option = f"--IdentityProvider.token={TOKEN}"
    with start_jupyter("server", option, home=tmp_path) as server, restarter(tmp_path) as jntui:
        os.kill(server.pid, signal.SIGSTOP)
        wait_for(lambda: (facts := jntui.processes.look(server.pid)) and facts.suspended, "the suspended server", 15)
        with pytest.raises(StopFailed, match=f"`jntui restart {server.port} --kill`") as caught:
            jntui.restart(server.pid, rung_s=1)
        assert caught.value.still_runs
        assert jntui.processes.look(server.pid) is not None
        assert not list(moved_secrets.folder_of_all(jntui.state).iterdir())
        assert not list((jntui.state / "logs").iterdir())
        done = jntui.restart(server.pid, rung_s=1, kill=True)
        assert done.stopped.how == "SIGKILL"
        assert server.status("api/status", {"Authorization": f"token {TOKEN}"}) == 200
