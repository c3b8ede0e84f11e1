"""Starts a program that is held to what another one was: limits, priority, processors, control groups. Linux.

A short program of its own sets them on itself and then becomes the wanted one, so that nothing of jntui changes and
nothing runs between fork and exec in a process with threads.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jntui.process.bounds import Bounds

WAIT_S = 30.0
"""How long it is waited for until the program runs: a Python on a cold file system takes seconds to begin."""

_PROGRAM = """
import json, os, resource, sys
told, wanted, argv = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
os.set_inheritable(told, False)
def attempt(call, *words):
    try:
        call(*words)
    except (OSError, ValueError):
        pass
def write(path, text):
    with open(path, "w") as stream:
        stream.write(text)
def limit(name, soft, hard):
    number = getattr(resource, name)
    top = resource.getrlimit(number)[1]
    try:
        resource.setrlimit(number, (soft, hard))
    except (OSError, ValueError):
        resource.setrlimit(number, (top if soft == -1 or soft > top != -1 else soft, top))
for folder in wanted["groups"]:
    attempt(write, folder + "/cgroup.procs", "0")
attempt(write, "/proc/self/oom_score_adj", str(wanted["oom_score_adj"]))
attempt(os.sched_setaffinity, 0, wanted["processors"])
attempt(os.sched_setscheduler, 0, wanted["policy"], os.sched_param(wanted["priority"]))
attempt(os.setpriority, os.PRIO_PROCESS, 0, wanted["niceness"])
with open("/proc/self/environ", "rb") as stream:
    environ = dict(part.split(b"=", 1) for part in stream.read().split(b"\\0") if b"=" in part)
for name, soft, hard in wanted["limits"]:
    attempt(limit, name, soft, hard)
try:
    os.execvpe(argv[0], argv, environ)
except OSError as error:
    os.write(told, str(error.errno).encode())
    os._exit(127)
"""
"""What cannot be set is left: whoever started it compares. The limits come last, as this program needs some itself."""


def start(
    argv: Sequence[str], env: Mapping[str, str], cwd: str, output: int, bounds: Bounds, detached: Mapping[str, Any]
) -> subprocess.Popen[bytes]:
    """The program, running. Raises OSError (no such program or directory), as Popen does."""
    wanted = {
        "limits": [[one.name, one.soft, one.hard] for one in bounds.limits],
        "niceness": bounds.niceness,
        "policy": bounds.policy,
        "priority": bounds.priority,
        "processors": sorted(bounds.processors),
        "oom_score_adj": bounds.oom_score_adj,
        "groups": _innermost(bounds),
    }
    reader, writer = os.pipe()
    try:
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _PROGRAM, str(writer), json.dumps(wanted), *argv],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(env),
                cwd=cwd,
                pass_fds=(writer,),
                **detached,
            )
        finally:
            os.close(writer)
        # The pipe closes when the program begins: from then on its command line is its own.
        told = os.read(reader, 64) if select.select([reader], [], [], WAIT_S)[0] else b""
    finally:
        os.close(reader)
    if told:
        process.wait()
        number = int(told)
        raise OSError(number, os.strerror(number), argv[0])
    return process


def _innermost(bounds: Bounds) -> list[str]:
    """The groups to enter: those above them hold what is in them."""
    folders = [one.folder for one in bounds.groups]
    return [one for one in folders if not any(other.startswith(f"{one}/") for other in folders)]
