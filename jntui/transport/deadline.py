"""Time limits that hold: a deadline, and sockets that know it.

A timeout of requests or urllib3 bounds each single read, so a server that sends a byte a second is waited for without
end. Here every receive and send is given what is left until one moment, and counts what it receives.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from typing_extensions import Buffer

RECEIVE_LIMIT = 192 * 1024
"""Bytes that one connection may receive for one answer: the 64 KiB of a body, and headers of any sane size."""


class TooMuch(OSError):
    """The peer sent more than `RECEIVE_LIMIT` before its answer was whole."""


class Deadline:
    """A moment after which nobody waits any more."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until it, never below 0.0."""
        return max(0.0, self._end - time.monotonic())

    def half(self) -> Deadline:
        """A deadline at half of what is left, so that a second, confirming request fits after the first."""
        return Deadline(self.left() / 2)

    def share(self, parts: int) -> Deadline:
        """A deadline at one of `parts` equal parts of what is left."""
        return Deadline(self.left() / max(1, parts))


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

    def count(self, size: int) -> int:
        """Adds `size` received bytes. Raises TooMuch."""
        self.received += size
        if self.received > RECEIVE_LIMIT:
            raise TooMuch(f"more than {RECEIVE_LIMIT} bytes without an end")
        return size


class TimedSocket(_Timed, socket.socket):
    """A TCP or unix socket whose every wait ends at its deadline."""

    def recv_into(self, buffer: Buffer, nbytes: int = 0, flags: int = 0) -> int:  # noqa: D102
        self.arm()
        return self.count(super().recv_into(buffer, nbytes, flags))

    def sendall(self, data: Buffer, flags: int = 0) -> None:  # noqa: D102
        self.arm()
        super().sendall(data, flags)


class TimedTlsSocket(_Timed, ssl.SSLSocket):
    """The same over TLS; made by a context whose `sslsocket_class` it is."""

    def recv_into(self, buffer: Buffer, nbytes: int | None = None, flags: int = 0) -> int:  # noqa: D102
        self.arm()
        return self.count(super().recv_into(buffer, nbytes, flags))

    def send(self, data: Buffer, flags: int = 0) -> int:  # noqa: D102
        self.arm()
        return super().send(data, flags)


Result = TypeVar("Result")


def resolve(host: str, port: int, deadline: Deadline) -> list[tuple[socket.AddressFamily, tuple[Any, ...]]]:
    """The socket addresses of `host`, in the resolver's order, without repetition.

    getaddrinfo cannot be interrupted, so it runs in a daemon thread that is left behind when the deadline passes.
    Raises socket.gaierror (unknown name), TimeoutError.
    """
    box: list[object] = []

    def work() -> None:
        try:
            box.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            box.append(error)

    thread = threading.Thread(target=work, name="resolve", daemon=True)
    thread.start()
    thread.join(deadline.left())
    if not box:
        raise TimeoutError("the name server did not answer in time")
    answer = box[0]
    if isinstance(answer, UnicodeError):
        raise socket.gaierror(socket.EAI_NONAME, "not a name that can be looked up")
    if isinstance(answer, OSError):
        raise answer
    assert isinstance(answer, list)  # noqa: S101 - getaddrinfo's list is the only thing left
    found = [(family, address) for family, _, _, _, address in answer]
    return list(dict.fromkeys(found))
