"""Limits that hold: a deadline, an allowance of bytes, and sockets that know both.

A timeout of requests or urllib3 bounds each single read, so a server that sends a byte a second is waited for without
end. Here every receive and send is given what is left until one moment, and counts what it receives: off the
wire, before TLS has looked at it.
"""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer

RECEIVE_LIMIT = 192 * 1024
"""Bytes that one connection may receive for one answer: the 64 KiB of a body, and headers of any sane size."""

_PIECE = 16 * 1024


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


class TimedSocket(socket.socket):
    """A TCP or unix socket whose every wait ends at its deadline, and whose every received byte counts."""

    deadline: Deadline | None = None
    received: int = 0
    """Bytes of the answer under way, as HTTP sees them: they tell silence from a drip."""
    _taken: int = 0
    """Bytes off the wire since `begin`, those of TLS itself included."""

    def begin(self, deadline: Deadline) -> None:
        """A new exchange, with limits of its own."""
        self.deadline = deadline
        self.received = self._taken = 0

    def recv_into(self, buffer: Buffer, nbytes: int = 0, flags: int = 0) -> int:  # noqa: D102
        self._arm()
        size = super().recv_into(buffer, self._room(nbytes or memoryview(buffer).nbytes), flags)
        self.received += size
        self._count(size)
        return size

    def sendall(self, data: Buffer, flags: int = 0) -> None:  # noqa: D102
        self._arm()
        super().sendall(data, flags)

    def _arm(self) -> None:
        """Gives the next system call what is left. Raises TimeoutError when nothing is."""
        if self.deadline is None:
            return
        left = self.deadline.left()
        if left <= 0:
            raise TimeoutError("timed out")
        self.settimeout(left)

    def _room(self, wanted: int) -> int:
        """How many of `wanted` bytes may be received now. Raises TooMuch."""
        left = RECEIVE_LIMIT - self._taken
        if self.deadline is not None and self.deadline.allowance is not None:
            left = min(left, self.deadline.allowance.left)
        if left <= 0:
            raise TooMuch(f"{self._taken} bytes without an end, and no more are read")
        return min(wanted, left)

    def _count(self, size: int) -> None:
        self._taken += size
        if self.deadline is not None and self.deadline.allowance is not None:
            self.deadline.allowance.left -= size


class TimedTlsSocket(TimedSocket):
    """The same over TLS, which runs in memory: so the bytes of TLS itself count as well.

    Certificates, session tickets and key updates never come out of an `ssl.SSLSocket`, and a hostile server sends any
    number of them. An alert is sent to nobody, for it would be a warning in the server's log.
    """

    def __init__(self, sock: TimedSocket, context: ssl.SSLContext, host: str) -> None:
        """Takes over a connected socket, or closes it. Raises ssl.SSLError for a name that TLS cannot carry."""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        try:
            self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host.split("%", 1)[0])
        except ValueError as error:  # it is empty, or begins with a dot
            sock.close()
            raise ssl.SSLError(ssl.SSL_ERROR_SSL, str(error)) from error
        super().__init__(sock.family, sock.type, sock.proto, fileno=sock.detach())

    def handshake(self, limit: Deadline) -> None:
        """Raises OSError (ssl.SSLError, TimeoutError, TooMuch)."""
        self.begin(limit)
        while True:
            with suppress(ssl.SSLWantReadError):
                self._tls.do_handshake()
                self._flush()
                return
            if not self._feed():
                raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "the connection ended in the handshake")

    @property
    def tls(self) -> ssl.SSLObject:
        """For what the handshake told: the certificate, the protocol's version."""
        return self._tls

    def recv_into(self, buffer: Buffer, nbytes: int = 0, flags: int = 0) -> int:  # noqa: D102
        wanted = nbytes or memoryview(buffer).nbytes
        while True:
            with suppress(ssl.SSLWantReadError):
                try:
                    # What ssl's stub does not know: with a buffer, `read` gives the number of bytes in it.
                    size: int = self._tls.read(wanted, buffer)  # type: ignore[assignment]
                except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                    return 0  # as of a plain socket: whether the answer was whole, HTTP knows
                self.received += size
                return size
            self._feed()

    def sendall(self, data: Buffer, flags: int = 0) -> None:  # noqa: D102
        view = memoryview(data).cast("B")
        while view:
            with suppress(ssl.SSLWantReadError):
                view = view[self._tls.write(view) :]
                continue
            self._feed()
        self._flush()

    def _flush(self) -> None:
        if waiting := self._outgoing.read():
            super().sendall(waiting)

    def _feed(self) -> bool:
        """Gives TLS what comes next off the wire; False when the peer has ended. Raises OSError, TooMuch."""
        self._flush()
        self._arm()
        piece = self.recv(self._room(_PIECE))
        self._count(len(piece))
        if piece:
            self._incoming.write(piece)
        else:
            self._incoming.write_eof()
        return bool(piece)
