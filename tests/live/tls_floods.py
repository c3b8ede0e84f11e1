"""Hostile TLS servers that flood below HTTP, with bytes that no client's HTTP layer ever sees.

They do TLS in memory, so that the wire counts every byte of it.
"""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.live.certificates import make_certificate

if TYPE_CHECKING:
    from tests.live.hostile import Wire

TICKETS = 20_000
"""Of about 250 bytes each, all sent with the end of the handshake: 5 MB."""
ORDINARY_LINKS = 24
"""Certificates in an ordinary, long chain: about 10 KB."""
ENDLESS_LINKS = 200
"""Less than the 100 KiB that OpenSSL takes at most, and more than may be read."""
HELLO_REQUESTS = b"\x16\x03\x03\x00\x04\x00\x00\x00\x00" * 1024
"""Each asks for a new handshake, and a client that is in one passes over it (RFC 5246, 7.4.1.1)."""


@cache
def context(links: int, tickets: int = 0, *, newest: bool = True) -> ssl.SSLContext:
    """A server's, its self-signed certificate sent so many times."""
    with tempfile.TemporaryDirectory() as folder:
        files = make_certificate(Path(folder), "self-signed")
        files.certificate.write_bytes(files.certificate.read_bytes() * links)
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(files.certificate, files.key)
    made.num_tickets = tickets
    if not newest:
        made.maximum_version = ssl.TLSVersion.TLSv1_2
    return made


class Tunnel:
    """The server's side of TLS over a wire, which goes on bearing the behaviours of plain HTTP."""

    def __init__(self, wire: Wire, made: ssl.SSLContext) -> None:
        self.wire = wire
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = made.wrap_bio(self.incoming, self.outgoing, server_side=True)

    def handshake(self) -> None:
        """Raises OSError when the client leaves."""
        self._run(self.tls.do_handshake)

    def request(self) -> bytes:
        """What came next; empty when the client left."""
        try:
            return self._run(lambda: self.tls.read(4096))
        except OSError:
            return b""

    def send(self, data: bytes) -> None:
        """All of it."""
        self.tls.write(data)
        self.wire.send(self.outgoing.read())

    def _run(self, step: Callable[[], object]) -> bytes:
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                self.wire.send(self.outgoing.read())
                data = self.wire.hello()
                if not data:
                    raise ConnectionError("the client left") from None
                self.incoming.write(data)
            else:
                self.wire.send(self.outgoing.read())
                return done if isinstance(done, bytes) else b""


def over_tls(made: Callable[[], ssl.SSLContext], wire: Wire) -> None:
    """A page that is none of Jupyter's, over TLS."""
    tunnel = Tunnel(wire, made())
    tunnel.handshake()
    while tunnel.request():
        tunnel.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi")


def second_chain(wire: Wire) -> None:
    """An ordinary handshake for whoever verifies, and a flood of certificates for whoever comes again."""
    over_tls(lambda: context(1 if wire.number == 1 else ENDLESS_LINKS), wire)


def dripping_chain(wire: Wire) -> None:
    """The certificates of a real handshake, a byte at a time."""
    tunnel = Tunnel(wire, context(ORDINARY_LINKS))
    tunnel.incoming.write(wire.hello())
    try:
        tunnel.tls.do_handshake()
    except ssl.SSLWantReadError:
        wire.drip(tunnel.outgoing.read())


def hello_requests(wire: Wire) -> None:
    """Asks for one more handshake for ever."""
    wire.hello()
    while True:
        wire.send(HELLO_REQUESTS)


TLS: dict[str, Callable[[Wire], None]] = {
    "tls-long-chain": lambda wire: over_tls(lambda: context(ORDINARY_LINKS), wire),
    "tls-tickets": lambda wire: over_tls(lambda: context(1, TICKETS), wire),
    "tls-endless-chain": lambda wire: over_tls(lambda: context(ENDLESS_LINKS), wire),
    "tls-second-chain": second_chain,
    "tls-dripping-chain": dripping_chain,
    "tls-hello-requests": hello_requests,
}
