"""Limits that hold: a deadline, an allowance of bytes, and sockets that know both.

A timeout of requests or urllib3 bounds each single read, so a server that sends a byte a second is waited for without
end. Here every receive and send is given what is left until one moment, and counts what it receives.
"""

from __future__ import annotations

import socket
import ssl
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer

RECEIVE_LIMIT = 192 * 1024
"""Bytes that one connection may receive for one answer: the 64 KiB of a body, and headers of any sane size."""


class TooMuch(OSError):
    """The peer sent more than may be read of it before its answer was whole."""


class Allowance:
    """The bytes that may still be received; one object counts for several connections. Not for several threads."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.left = size

    @property
    def used(self) -> int:
        """Bytes received so far."""
        return self.size - self.left


class Deadline:
    """A moment after which nobody waits any more, and the bytes that may be received until then."""

    def __init__(self, seconds: float, allowance: Allowance | None = None) -> None:
        """Without an allowance each answer is bounded by `RECEIVE_LIMIT` alone."""
        self.seconds = seconds
        self.allowance = allowance
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until it, never below 0.0."""
        return max(0.0, self._end - time.monotonic())

    def half(self) -> Deadline:
        """A deadline at half of what is left, so that a second, confirming request fits after the first."""
        return Deadline(self.left() / 2, self.allowance)


class _Timed:
    """What both kinds of socket need: the deadline of the exchange that is under way, and its received bytes."""

    deadline: Deadline | None = None
    received: int = 0

    def arm(self) -> None:
        """Gives the next system call what is left. Raises TimeoutError when nothing is."""
        if self.deadline is None:
            return
        left = self.deadline.left()
        if left <= 0:
            raise TimeoutError("timed out")
        self.settimeout(left)  # type: ignore[attr-defined]

    def room(self, wanted: int) -> int:
        """How many of `wanted` bytes may be received now. Raises TooMuch."""
        left = RECEIVE_LIMIT - self.received
        if self.deadline is not None and self.deadline.allowance is not None:
            left = min(left, self.deadline.allowance.left)
        if left <= 0:
            raise TooMuch(f"{self.received} bytes without an end, and no more are read")
        return min(wanted, left)

    def count(self, size: int) -> int:
        """Adds `size` received bytes."""
        self.received += size
        if self.deadline is not None and self.deadline.allowance is not None:
            self.deadline.allowance.left -= size
        return size


class TimedSocket(_Timed, socket.socket):
    """A TCP or unix socket whose every wait ends at its deadline."""

    def recv_into(self, buffer: Buffer, nbytes: int = 0, flags: int = 0) -> int:  # noqa: D102
        self.arm()
        return self.count(super().recv_into(buffer, self.room(nbytes or memoryview(buffer).nbytes), flags))

    def sendall(self, data: Buffer, flags: int = 0) -> None:  # noqa: D102
        self.arm()
        super().sendall(data, flags)


class TimedTlsSocket(_Timed, ssl.SSLSocket):
    """The same over TLS; made by a context whose `sslsocket_class` it is."""

    def recv_into(self, buffer: Buffer, nbytes: int | None = None, flags: int = 0) -> int:  # noqa: D102
        self.arm()
        return self.count(super().recv_into(buffer, self.room(nbytes or memoryview(buffer).nbytes), flags))

    def send(self, data: Buffer, flags: int = 0) -> int:  # noqa: D102
        self.arm()
        return super().send(data, flags)
