"""One child process with an end: its time, its output, its rights and its own children are bounded."""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

OUTPUT_LIMIT = 8 * 1024 * 1024
"""Bytes that are taken of what it prints: the traits of all of Jupyter's classes are 200 kB."""
MARK = "JNTUI_CHILD"
"""The variable by which the child's own children are found, even those that left its session."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of it."""

    output: bytes = field(repr=False)
    timed_out: bool
    status: int | None
    """As of `subprocess`; None where it had to be killed."""


def run_bounded(
    argv: Sequence[str], given: bytes, environ: Mapping[str, str], timeout_s: float, uid: int | None = None
) -> Ended:
    """Runs it in a session of its own, `given` as its input; whatever it started is killed with it.

    `uid`: root runs it as this user, with this user's groups and none of root's (setgroups, setregid, setreuid in this
    order; capabilities(7): a change of all ids from 0 drops every capability). Raises OSError (no such program),
    KeyError (no such user).
    """
    mark = secrets.token_hex(16)
    process = subprocess.Popen(
        list(argv),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**environ, MARK: mark},
        cwd=os.sep,
        start_new_session=True,
        close_fds=True,
        **({} if uid is None else _ids(uid)),
    )
    try:
        output, timed_out = _exchange(process, given, time.monotonic() + timeout_s)
        status = None if timed_out else _wait(process)
    finally:
        _end(process, mark)
    return Ended(output, timed_out, status)


def _ids(uid: int) -> dict[str, Any]:
    import pwd

    entry = pwd.getpwuid(uid)
    return {"user": uid, "group": entry.pw_gid, "extra_groups": os.getgrouplist(entry.pw_name, entry.pw_gid)}


def _exchange(process: subprocess.Popen[bytes], given: bytes, end: float) -> tuple[bytes, bool]:
    """Feeds and reads it until it closes its output, says too much, or the time is over."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 - both are pipes
    feed, drain = process.stdin.fileno(), process.stdout.fileno()
    os.set_blocking(feed, False)
    parts: list[bytes] = []
    size, left = 0, memoryview(given)
    if not left:
        process.stdin.close()
    while (wait := end - time.monotonic()) > 0 and size < OUTPUT_LIMIT:
        readable, writable, _ = select.select([drain], [feed] if left else [], [], wait)
        if writable:
            try:
                left = left[os.write(feed, left) :]
            except BrokenPipeError:
                left = left[:0]  # it ended without reading; its output says why
            if not left:
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
        if readable:
            part = os.read(drain, 65536)
            if not part:
                return b"".join(parts), False
            parts.append(part)
            size += len(part)
    return b"".join(parts), True


def _wait(process: subprocess.Popen[bytes]) -> int | None:
    """It closed its output, so it is about to end; one that goes on is killed by the caller."""
    try:
        return process.wait(1)
    except subprocess.TimeoutExpired:
        return None


def _end(process: subprocess.Popen[bytes], mark: str) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    process.wait()
    for pid in _marked(mark):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _marked(mark: str) -> Iterator[int]:
    """Children of the child that went into a session of their own: they inherited its environment. Linux only."""
    sign = f"{MARK}={mark}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if sign in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)
        except OSError:
            continue  # it ended, or it is not ours
