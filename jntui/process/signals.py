"""Signals to one very process, and waiting for its end.

A pid can be given out again between a look and a signal. Linux has a handle that cannot (pidfd_open(2),
pidfd_send_signal(2)); elsewhere the process is looked at once more just before.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jntui.process.facts import ProcessFacts

    Look = Callable[[int], ProcessFacts | None]

SignalName = Literal["SIGTERM", "SIGKILL"]

CLOCK_S = 0.02
"""Two readings of one start differ by less: a clock tick of Linux is 0.01 s."""
_POLL_S = 0.05


def is_alive(facts: ProcessFacts, look: Look) -> bool:
    """That very process is still there: same pid, start and owner, and no zombie."""
    now = look(facts.pid)
    return (
        now is not None
        and not now.zombie
        and now.uid == facts.uid
        and abs(now.create_time - facts.create_time) < CLOCK_S
    )


def send(facts: ProcessFacts, name: SignalName, look: Look) -> None:
    """Sends the signal to that very process; a system without SIGKILL ends it with SIGTERM, which is as hard there.

    Raises ProcessLookupError if it is gone (or its pid another's), PermissionError, OSError.
    """
    number = getattr(signal, name, signal.SIGTERM)
    with _handle(facts.pid) as handle:
        # The handle first, the look second: what was looked at is then what the handle means.
        if not is_alive(facts, look):
            raise ProcessLookupError(f"pid {facts.pid} is gone")
        if handle is None:
            os.kill(facts.pid, number)
        else:
            signal.pidfd_send_signal(handle, number)


def wait_end(facts: ProcessFacts, timeout_s: float, look: Look) -> bool:
    """True as soon as that very process has ended (a zombie has), False after `timeout_s` seconds."""
    end = time.monotonic() + timeout_s
    with _handle(facts.pid) as handle:
        while is_alive(facts, look):
            left = end - time.monotonic()
            if left <= 0:
                return False
            _pause(handle, left)
    return True


def _pause(handle: int | None, left_s: float) -> None:
    """Until the process behind the handle ends; without one a moment."""
    if handle is None:
        time.sleep(min(_POLL_S, left_s))
        return
    import select

    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    if waiting.poll(left_s * 1000):
        # Readable at its end, and the table of processes may say so a moment later.
        time.sleep(0.001)


@contextlib.contextmanager
def _handle(pid: int) -> Iterator[int | None]:
    """A pidfd; None where the system has none, forbids it (seccomp), or has no such process."""
    try:
        handle = os.pidfd_open(pid)
    except (AttributeError, OSError):
        handle = None
    try:
        yield handle
    finally:
        if handle is not None:
            os.close(handle)
