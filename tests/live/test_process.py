"""The process seam against this very system."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from jntui import process
from jntui.model import Listener
from jntui.process import Processes, linux_sockets
from tests.live.servers import wait_for

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture(params=["this system's own way", "psutil's way"])
def processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Processes:
    """Both ways on one machine: other systems have psutil's only."""
    if request.param == "psutil's way":
        monkeypatch.setattr(process, "_LINUX", False)
    return Processes()


def test_a_living_process(processes: Processes) -> None:
    facts = processes.look(os.getpid())
    assert facts is not None
    known = psutil.Process()
    assert (facts.pid, facts.ppid, facts.zombie, facts.uid) == (os.getpid(), os.getppid(), False, os.getuid())
    assert facts.argv == tuple(known.cmdline())
    assert abs(facts.create_time - known.create_time()) < 2
    assert (facts.user, facts.name) == (known.username(), known.name())
    assert processes.cwd(os.getpid()) == str(Path.cwd())
    assert (processes.environ(os.getpid()) or {}).get("PATH") == os.environ["PATH"]
    assert processes.net_namespace(os.getpid()) == "same"
    assert os.getpid() in {entry.pid for entry in processes.listing()}


def test_nobody_and_what_is_no_pid(processes: Processes) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    for pid in (child.pid, 0, -1, 2**31 - 1):
        assert processes.look(pid) is None
        assert processes.cwd(pid) is None
    assert processes.environ(child.pid) is None
    assert processes.loads_tornado(child.pid) is False


def test_a_zombie(processes: Processes) -> None:
    child = subprocess.Popen(SLEEP)
    child.kill()
    try:
        wait_for(lambda: (facts := processes.look(child.pid)) is not None and facts.zombie, "the zombie", 10)
    finally:
        child.wait()
    assert processes.look(child.pid) is None


def test_listeners_and_connections_with_their_owner(processes: Processes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        before = processes.socket_fingerprint()
        with socket.create_connection((host, port)) as client, server.accept()[0]:
            found = processes.sockets()
            own = [entry for entry in found.listeners if entry.port == port]
            assert [(entry.host, entry.pid) for entry in own] == [("127.0.0.1", os.getpid())]
            peers = [entry.remote_port for entry in found.connections if entry.local_port == port]
            assert peers == [client.getsockname()[1]]
            assert before is None or processes.socket_fingerprint() != before


def test_ipv6_and_unix_listeners(tmp_path: Path) -> None:
    path = str(tmp_path / "a.sock")
    with (
        socket.socket(socket.AF_UNIX) as unix,
        socket.create_server(("::1", 0), family=socket.AF_INET6) as server,
    ):
        unix.bind(path)
        unix.listen()
        found = Processes().sockets().listeners
        assert Listener("", 0, path=path, pid=os.getpid()) in found
        port = server.getsockname()[1]
        assert Listener("::1", port, pid=os.getpid(), uid=os.getuid()) in found


def test_the_fingerprint_stays_while_nothing_changes() -> None:
    with socket.create_server(("127.0.0.1", 0)):
        values = {linux_sockets.fingerprint() for _ in range(5)}
    changed = linux_sockets.fingerprint()
    assert changed not in values or len(values) > 1, "another program's sockets may change, ours must show"


def test_netlink_and_the_files_of_proc_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(family: int, states: int) -> list[object]:
        raise OSError("netlink is forbidden")

    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_server(("::1", 0), family=socket.AF_INET6) as six,
    ):
        ports = {server.getsockname()[1], six.getsockname()[1]}
        fast = [entry for entry in Processes().sockets().listeners if entry.port in ports]
        monkeypatch.setattr(linux_sockets, "_netlink_rows", forbidden)
        slow = [entry for entry in Processes().sockets().listeners if entry.port in ports]
    assert fast == slow
    assert len(fast) == 2


def test_a_loaded_tornado_is_seen() -> None:
    code = "import tornado.speedups, sys; print(1, flush=True); sys.stdin.read()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None and child.stdin is not None
    try:
        child.stdout.readline()
        assert Processes().loads_tornado(child.pid)
        assert not Processes().loads_tornado(os.getpid()) or "tornado" in sys.modules
    finally:
        child.stdin.close()
        child.stdout.close()
        child.wait()


def test_a_detached_child_is_reaped_and_tells_its_end(tmp_path: Path, processes: Processes) -> None:
    with (tmp_path / "log").open("wb") as log:
        child = processes.spawn_detached(
            [sys.executable, "-c", "import os; print(os.getsid(0) == os.getpid(), flush=True); raise SystemExit(7)"],
            dict(os.environ),
            str(tmp_path),
            log.fileno(),
        )
    assert child.wait(30) == 7
    assert child.poll() == 7
    assert processes.look(child.pid) is None, "no zombie stays"
    assert (tmp_path / "log").read_text().strip() == "True"


def test_a_detached_child_that_is_killed(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        child = Processes().spawn_detached(SLEEP, dict(os.environ), str(tmp_path), log.fileno())
    assert child.poll() is None
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait(30) == -signal.SIGKILL


def test_what_cannot_be_run_raises(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log, pytest.raises(OSError, match="No such file"):
        Processes().spawn_detached([str(tmp_path / "none")], {}, str(tmp_path), log.fileno())


def test_output_of_a_child_is_bounded_in_time() -> None:
    begin = time.monotonic()
    assert Processes().output(SLEEP, dict(os.environ), "/", 0.2) is None
    assert time.monotonic() - begin < 30, "it did not wait for the child's own end"
    assert Processes().output([sys.executable, "-c", "print(7)"], dict(os.environ), "/", 30) == "7\n"
    assert Processes().output([sys.executable, "-c", "raise SystemExit(1)"], dict(os.environ), "/", 30) is None
    assert Processes().output(["/none"], {}, "/", 1) is None


def test_no_repr_shows_a_command_line() -> None:
    child = subprocess.Popen([*SLEEP, "--token=made-up"])
    try:
        facts = Processes().look(child.pid)
        assert facts is not None and facts.argv is not None
        assert "made-up" not in repr(facts)
    finally:
        child.kill()
        child.wait()


def test_output_of_a_child_is_bounded_in_size_and_its_children_end_with_it(tmp_path: Path) -> None:
    endless = [sys.executable, "-c", "while True: print('x' * 4096)"]
    assert Processes().output(endless, dict(os.environ), "/", 30, 100_000) is None
    mark = tmp_path / "pid"
    code = (
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\n"
        f"pathlib.Path({str(mark)!r}).write_text(str(child.pid))\n"
        "time.sleep(300)"
    )
    assert Processes().output([sys.executable, "-c", code], dict(os.environ), "/", 3.0) is None
    pid = int(mark.read_text())
    wait_for(lambda: (facts := Processes().look(pid)) is None or facts.zombie, "the child's own child to end")


def test_a_process_with_another_root_sees_other_files(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can change its root directory")
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.chroot(tmp_path)
        os.write(writer, b".")
        signal.pause()
        os._exit(0)
    try:
        assert os.read(reader, 1) == b"."
        assert Processes().same_root(child) is False
        assert Processes().same_root(os.getpid()) is True
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)
        os.close(writer)
