"""What the system holds a process to, given to a child: the child's own view in /proc."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jntui.process import Processes
from jntui.process.bounds import Limit, bounds_of, differences, reachable
from tests.live.servers import start_jupyter
from tests.live.test_restart import restarter

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")

TELLS = """
import json, os, resource, sys
print(json.dumps({
    "files": resource.getrlimit(resource.RLIMIT_NOFILE), "core": resource.getrlimit(resource.RLIMIT_CORE),
    "nice": os.getpriority(os.PRIO_PROCESS, 0), "cpus": sorted(os.sched_getaffinity(0)),
    "policy": os.sched_getscheduler(0), "umask": os.umask(0), "oom": open("/proc/self/oom_score_adj").read().strip(),
    "session": os.getsid(0) == os.getpid(), "fds": sorted(map(int, os.listdir("/proc/self/fd"))),
    "odd": os.environb[b"ODD"].decode("latin-1"), "argv": os.fsencode(sys.argv[1]).decode("latin-1"),
}))
"""


def test_a_child_is_held_to_what_another_process_was(tmp_path: Path) -> None:
    processes = Processes()
    own = processes.bounds(os.getpid())
    assert own is not None
    cpu = min(own.processors)
    limits = tuple(
        replace(one, soft=77, hard=99)
        if one.name == "RLIMIT_NOFILE"
        else replace(one, soft=0, hard=0)
        if one.name == "RLIMIT_CORE"
        else one
        for one in own.limits
    )
    wanted = replace(
        own,
        limits=limits,
        niceness=min(19, own.niceness + 3),
        policy=os.SCHED_BATCH,
        processors=frozenset({cpu}),
        oom_score_adj=min(1000, own.oom_score_adj + 7),
    )
    log = tmp_path / "log"
    env = {**os.environ, "ODD": os.fsdecode(b"a\xff=\n")}
    with log.open("wb") as stream:
        argv = [sys.executable, "-c", TELLS, os.fsdecode(b"w\xff d")]
        child = processes.spawn_detached(argv, env, str(tmp_path), stream.fileno(), 0o27, wanted)
    assert child.wait(60) == 0, log.read_text()
    told = json.loads(log.read_text())
    fds = told.pop("fds")
    assert told == {
        "files": [77, 99],
        "core": [0, 0],
        "nice": wanted.niceness,
        "cpus": [cpu],
        "policy": os.SCHED_BATCH,
        "umask": 0o27,
        "oom": str(wanted.oom_score_adj),
        "session": True,
        "odd": "a\xff=\n",
        "argv": "w\xff d",
    }
    assert fds[:3] == [0, 1, 2] and len(fds) == 4, "the fourth is the one that reads the directory"


def test_no_such_program_is_the_same_error_as_without_bounds(tmp_path: Path) -> None:
    processes = Processes()
    own = processes.bounds(os.getpid())
    assert own is not None
    with (tmp_path / "log").open("wb") as stream, pytest.raises(FileNotFoundError):
        bounds = replace(own, niceness=19)
        processes.spawn_detached(
            ["no-such-program"], {"PATH": "/usr/bin"}, str(tmp_path), stream.fileno(), None, bounds
        )


WITHOUT_RIGHTS = """
import ctypes, os, sys
for number in (23, 24):  # CAP_SYS_NICE, CAP_SYS_RESOURCE leave the bounding set (PR_CAPBSET_DROP)
    ctypes.CDLL(None).prctl(24, number, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
UNPRIVILEGED = """
import os, resource
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 100))
os.setpriority(os.PRIO_PROCESS, 0, 5)
from dataclasses import replace
from jntui.process import Processes
from jntui.process.bounds import Limit, differences, reachable
processes = Processes()
own = processes.bounds(os.getpid())
wanted = replace(own, niceness=0, oom_score_adj=own.oom_score_adj - 5, policy=1, priority=3, limits=tuple(
    Limit(one.name, 50, 2000) if one.name == "RLIMIT_NOFILE" else one for one in own.limits))
foreseen = differences(wanted, reachable(wanted, own))
read, write = os.pipe()
child = processes.spawn_detached(["sleep", "60"], dict(os.environ), "/", 2, None, wanted)
seen = differences(wanted, processes.bounds(child.pid))
os.kill(child.pid, 9)
child.wait(10)
assert foreseen == seen, (foreseen, seen)
print("\\n".join(seen))
"""


def test_what_only_root_may_give_is_foreseen_as_it_happens() -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_RIGHTS, "-c", UNPRIVILEGED],
        capture_output=True,
        text=True,
        timeout=60,
        env=environ,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    heads = [line.partition(":")[0] for line in done.stdout.splitlines()]
    assert heads[:3] == ["the limit of open files (soft 50, hard 2000)", "the niceness 0", "the scheduling policy 1"], (
        done.stdout
    )
    assert "it is soft 50, hard 100 now" in done.stdout


def test_differences_name_what_is_not_as_it_was() -> None:
    own = bounds_of(os.getpid())
    assert own is not None
    assert differences(own, own) == () and reachable(own, own) == own
    files = own.limit("RLIMIT_NOFILE")
    assert files is not None and (files.soft, files.hard) == resource.getrlimit(resource.RLIMIT_NOFILE)
    less = replace(own, limits=(Limit("RLIMIT_NOFILE", 4, 10),), processors=frozenset({0, 1, 2, 5}))
    more = replace(less, limits=(Limit("RLIMIT_NOFILE", 8, 10),), processors=frozenset({0}))
    assert differences(less, more) == ("the processors 0-2, 5: they are 0 now",), "Jupyter raises its soft limit itself"
    assert differences(more, less)[0] == "the limit of open files (soft 8, hard 10): it is soft 4, hard 10 now"


@contextlib.contextmanager
def control_group(pid: int) -> Iterator[str]:
    """A control group with a limit around the process, where this machine lets one be made."""
    folder = Path("/sys/fs/cgroup/pids", f"jntui-test-{pid}")
    try:
        folder.mkdir()
    except OSError:
        yield ""
        return
    try:
        (folder / "pids.max").write_text("512")
        (folder / "cgroup.procs").write_text(str(pid))
        yield str(folder)
    finally:
        for inside in (folder / "cgroup.procs").read_text().split():
            (folder.parent / "cgroup.procs").write_text(inside)
        folder.rmdir()


def test_a_restarted_server_is_held_to_what_the_old_one_was(tmp_path: Path) -> None:
    with start_jupyter("server", home=tmp_path) as server, contextlib.ExitStack() as stack:
        folder = stack.enter_context(control_group(server.pid))
        jntui = stack.enter_context(restarter(tmp_path))
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (4096, 8000))
        resource.prlimit(server.pid, resource.RLIMIT_CORE, (0, 0))
        os.setpriority(os.PRIO_PROCESS, server.pid, 7)
        os.sched_setaffinity(server.pid, {min(os.sched_getaffinity(server.pid))})
        Path(f"/proc/{server.pid}/oom_score_adj").write_text("321")
        before = bounds_of(server.pid)
        assert before is not None and (not folder or folder in {one.folder for one in before.groups})
        done = jntui.restart(server.pid)
        assert bounds_of(done.started.pid) == before
        assert [words for words in done.lost if "its output went to" not in words] == []
