"""Whether a server's certificate verifies, found out without a trace in that server's log.

A client that refuses a certificate says so with a TLS alert, and tornado writes a warning for each (iostream.py,
`_do_ssl_handshake`); an end of the connection writes none. So the handshake runs in memory, and where verification
fails the alert is not sent.
"""

from __future__ import annotations

import contextlib
import ssl
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from jntui.model import Certificate
from jntui.transport.certificate import problem_of, read_trusted

if TYPE_CHECKING:
    import socket

    from jntui.transport.deadline import Deadline

_PIECE = 16 * 1024
_MOST_BYTES = 64 * 1024
"""Of a handshake: chains of certificates are a few kilobytes long."""


def silent_verification(context: ssl.SSLContext, sock: socket.socket, host: str, limit: Deadline) -> Certificate:
    """Handshakes on a connected socket within the limit, closes it, and says what was found of the certificate.

    `context` must verify. Raises OSError (ssl.SSLError, TimeoutError) where the handshake fails for another reason.
    """
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        tls = context.wrap_bio(incoming, outgoing, server_hostname=host.split("%", 1)[0])
    except ValueError as error:  # a name that TLS cannot carry: empty, or beginning with a dot
        sock.close()
        raise ssl.SSLError(ssl.SSL_ERROR_SSL, str(error)) from error
    received = 0
    with contextlib.closing(sock):
        while True:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                _send(sock, outgoing.read(), limit)
                piece = _receive(sock, limit)
                received += len(piece)
                if limit.allowance is not None:
                    limit.allowance.left -= len(piece)
                if not piece or received > _MOST_BYTES:
                    raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "the connection ended in the handshake") from None
                incoming.write(piece)
            except ssl.SSLCertVerificationError as error:
                problems = (problem_of(error.verify_code),)
                return Certificate(trusted=False, problem=error.verify_message or str(error), problems=problems)
            else:
                _send(sock, outgoing.read(), limit)
                return read_trusted(tls.getpeercert() or {}, datetime.now(timezone.utc))


def _send(sock: socket.socket, data: bytes, limit: Deadline) -> None:
    if data:
        sock.settimeout(max(0.001, limit.left()))
        sock.sendall(data)


def _receive(sock: socket.socket, limit: Deadline) -> bytes:
    if limit.left() <= 0:
        raise TimeoutError("the handshake timed out")
    sock.settimeout(limit.left())
    return sock.recv(_PIECE)
