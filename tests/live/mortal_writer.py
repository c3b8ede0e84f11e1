"""Writes config files in children that may be killed: the process that the crash tests drive.

Each line of standard input is a path, a scenario's name and a fault, separated by tabs. A child is forked, its pid
printed; after the next line it writes, and its exit status (negative: the signal) is printed.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from jntui.jupyter.editing.plan import plan_write
from jntui.jupyter.editing.undo import plan_undo, undo
from jntui.jupyter.editing.writing import write

OLD = b"c = get_config()\n" + b"# old\n" * 3000 + b"c.ServerApp.port = 1111\n"
NEW = b"c = get_config()\n" + b"# new\n" * 3000 + b"c.ServerApp.port = 2222\n"
FILE_CALLS = (
    "open",
    "write",
    "close",
    "fsync",
    "fchmod",
    "fchown",
    "stat",
    "fstat",
    "fstatvfs",
    "read",
    "link",
    "rename",
    "unlink",
    "mkdir",
    "setxattr",
)
"""Where the faults fall that need no strace."""


def prepare(path: str, scenario: str):
    """What the child will do, planned before the faults begin."""
    if scenario == "undo":
        planned = plan_undo(path)
        return lambda: undo(planned)
    plan = plan_write(path, NEW, secret=scenario == "secret")
    return lambda: write(plan)


def die_at(number: int) -> None:
    """SIGKILL before the n-th file operation, without strace."""
    left = [number]

    def wrapped(real):
        def call(*args, **kwargs):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        return call

    supports = (os.supports_dir_fd, os.supports_effective_ids)
    for name in FILE_CALLS:
        real = getattr(os, name)
        setattr(os, name, wrapped(real))
        for known in supports:
            if real in known:
                known.add(getattr(os, name))


def child(path: str, scenario: str, fault: str, go: int) -> None:
    status = 3
    try:
        act = prepare(path, scenario)
        print(os.getpid(), flush=True)
        if fault:
            die_at(int(fault))
        else:
            os.read(go, 1)
        act()
        status = 0
    finally:
        os._exit(status)


def main() -> None:
    for line in sys.stdin:
        path, scenario, fault = line.rstrip("\n").split("\t")
        go, begin = os.pipe()
        pid = os.fork()
        if pid == 0:
            child(path, scenario, fault, go)
        sys.stdin.readline()
        os.write(begin, b"!")
        _, status = os.waitpid(pid, 0)
        os.close(go)
        os.close(begin)
        print(os.waitstatus_to_exitcode(status), flush=True)


def layout(folder: Path, scenario: str) -> Path:
    """The files as they are before the child writes."""
    file = folder / ".jupyter" / "jupyter_server_config.py"
    if scenario == "create":
        return file
    file.parent.mkdir()
    file.write_bytes(OLD)
    file.chmod(0o644)
    if scenario == "undo":
        write(plan_write(str(file), NEW))
    return file


if __name__ == "__main__":
    main()
