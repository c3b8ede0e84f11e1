"""The writer is killed at every system call of its way, one after the other: the old file or the new one is there."""

from __future__ import annotations

import collections
import contextlib
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from jntui.jupyter.editing.place import look
from jntui.jupyter.editing.plan import plan_write
from jntui.jupyter.editing.writing import write
from tests.live.mortal_writer import NEW, OLD, layout
from tests.live.servers import wait_for

SCENARIOS = ["replace", "secret", "create", "undo"]
TEMPORARY = re.compile(r"\.jntui-[0-9a-f]{16}\.tmp")
NEXT = b"c.ServerApp.port = 3333\n"


def can_trace() -> bool:
    """strace is here and may attach (ptrace_scope, seccomp)."""
    if shutil.which("strace") is None:
        return False
    asked = ["strace", "-qq", "-o", "/dev/null", "-e", "inject=close:signal=KILL:when=1", "/bin/true"]
    return subprocess.run(asked, capture_output=True, timeout=20).returncode != 0


@pytest.fixture
def writer():
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.live.mortal_writer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.stdin.close()
    process.wait(20)


def say(writer: subprocess.Popen[str], line: str) -> None:
    writer.stdin.write(line + "\n")
    writer.stdin.flush()


def traced_by(pid: int) -> bool:
    return "TracerPid:\t0" not in Path(f"/proc/{pid}/status").read_text()


def run(writer, file: Path, scenario: str, *strace: str, fault: str = "") -> int:
    """The exit status of one child, attached to by strace while it waits."""
    say(writer, f"{file}\t{scenario}\t{fault}")
    pid = int(writer.stdout.readline())
    if fault:
        say(writer, "")
        return int(writer.stdout.readline())
    tracer = subprocess.Popen(["strace", "-qq", "-p", str(pid), *strace], stderr=subprocess.DEVNULL)
    wait_for(lambda: traced_by(pid) or tracer.poll() is not None, "strace to attach")
    say(writer, "")
    status = int(writer.stdout.readline())
    tracer.wait(20)
    return status


def check(file: Path, scenario: str) -> str:
    """old, new, or none (only where there was none before); then the next write goes through and cleans up."""
    before, after = {"undo": (NEW, OLD), "create": (None, NEW)}.get(scenario, (OLD, NEW))
    found = file.read_bytes() if file.exists() else None
    assert found in (before, after), f"torn: {len(found or b'')} bytes"
    if found is not None:
        compile(found, str(file), "exec")
        mode = stat.S_IMODE(file.stat().st_mode)
        assert mode == (0o600 if scenario == "secret" and found == NEW else 0o644)
    for one in file.parent.iterdir() if file.parent.exists() else ():
        kept = one != file and not TEMPORARY.fullmatch(one.name)
        assert not kept or one.read_bytes() in (OLD, NEW, b""), f"a torn backup: {one.name}"
    write(plan_write(look(str(file)), NEXT))
    assert file.read_bytes() == NEXT
    assert not [one for one in file.parent.iterdir() if TEMPORARY.fullmatch(one.name)]
    return "new" if found == after else "old"


def system_calls(writer, folder: Path, scenario: str) -> list[str]:
    """The names of the calls between the go and the end, each once."""
    log = folder / "trace"
    assert run(writer, layout(folder, scenario), scenario, "-o", str(log)) == 0
    names = [match[1] for line in log.read_text().splitlines() if (match := re.match(r"(\w+)\(", line))]
    return sorted(set(names) - {"exit_group"})


def killed_everywhere(writer, folder: Path, scenario: str) -> collections.Counter:
    """Each kind of call is killed at its first, second, … until none is left to be killed at."""
    (folder / "trace").mkdir()
    outcomes: collections.Counter = collections.Counter()
    for name in system_calls(writer, folder / "trace", scenario):
        for number in range(1, 500):
            place = folder / f"{name}-{number}"
            place.mkdir()
            file = layout(place, scenario)
            fault = f"inject={name}:signal=KILL:when={number}"
            status = run(writer, file, scenario, "-o", "/dev/null", "-e", f"trace={name}", "-e", fault)
            if status == 0:
                break
            assert status == -9, f"{fault}: {status}"
            outcomes[check(file, scenario)] += 1
            shutil.rmtree(place)
    return outcomes


def faulted_everywhere(writer, folder: Path, scenario: str) -> collections.Counter:
    """The same at every file operation, by the process's own hand."""
    outcomes: collections.Counter = collections.Counter()
    for number in range(1, 500):
        place = folder / str(number)
        place.mkdir()
        file = layout(place, scenario)
        status = run(writer, file, scenario, fault=str(number))
        if status == 0:
            break
        assert status == -9
        outcomes[check(file, scenario)] += 1
    return outcomes


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_every_system_call(writer, tmp_path, scenario, capsys):
    if can_trace():
        outcomes = killed_everywhere(writer, tmp_path, scenario)
        how = "system call"
    else:
        outcomes = faulted_everywhere(writer, tmp_path, scenario)
        how = "file operation (strace is missing or may not attach)"
    with capsys.disabled(), contextlib.suppress(OSError):
        print(f"\n{scenario}: killed at {sum(outcomes.values())} points, each {how}: {dict(outcomes)}")
    assert outcomes["old"] > 10 and outcomes["new"] > 0


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_every_file_operation_without_strace(writer, tmp_path, scenario):
    outcomes = faulted_everywhere(writer, tmp_path, scenario)
    assert outcomes["old"] > 10 and outcomes["new"] > 0
