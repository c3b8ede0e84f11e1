"""A child that is run for what it prints: bounded in time and size, and ended with everything that it started."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def output(argv: Sequence[str], env: Mapping[str, str], cwd: str, timeout_s: float, limit: int) -> bytes | None:
    """What the child prints; None if it cannot be run, fails, prints more than `limit` bytes or takes too long."""
    try:
        return _run(list(argv), dict(env), cwd, timeout_s, limit)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None  # no such program or directory, a NUL in a word, or it did not end: the docstring's None


def _run(argv: list[str], env: dict[str, str], cwd: str, timeout_s: float, limit: int) -> bytes | None:
    if os.name == "nt":  # pipes cannot be selected there, and there are no process groups to end
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, env=env, cwd=cwd, timeout=timeout_s, check=True
        )
        return done.stdout if len(done.stdout) <= limit else None
    end = time.monotonic() + timeout_s
    with subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=env,
        cwd=cwd,
        start_new_session=True,
    ) as child:
        try:
            printed = _read(child, end, limit)
            if printed is not None and child.wait(max(0.0, end - time.monotonic())) == 0:
                return printed
            return None
        finally:
            # Until it is reaped its pid is the group's name and nobody else's.
            if child.returncode is None:
                os.killpg(child.pid, signal.SIGKILL)


def _read(child: subprocess.Popen[bytes], end: float, limit: int) -> bytes | None:
    """All of its output; None if it is too long or does not end in time."""
    assert child.stdout is not None  # noqa: S101 - it was asked for as a pipe
    printed = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while selector.select(max(0.0, end - time.monotonic())):
            part = os.read(child.stdout.fileno(), 65536)
            if not part:
                return bytes(printed)
            printed += part
            if len(printed) > limit:
                return None
    return None
