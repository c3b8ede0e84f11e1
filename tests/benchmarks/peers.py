"""Peers for the probing benchmark: hundreds of servers in one process, each behaviour on a port of its own.

`python -m tests.benchmarks.peers KIND...` listens on every address of the namespace, prints the port of each kind as
JSON and serves until its stdin closes. The endpoints differ by their address: all of 127.0.0.0/8 leads here.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from tests.live.certificates import make_certificate
from tests.live.hostile import fill_backlog

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Peer = Callable[[Reader, Writer], Awaitable[None]]

SLOW_S = 0.5
DRIP_S = 0.2
HUGE = 8 << 20
"""Bytes of the huge body: not endless, so that a client without a bound ends before the machine's memory does."""
CSP = "Server: TornadoServer/6.5\r\nContent-Security-Policy: report-uri /api/security/csp-report\r\n"


def reply(status: str, content_type: str, body: bytes, more: str = "") -> bytes:
    """One whole answer that keeps the connection."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


VERSION = reply("200 OK", "application/json", b'{"version": "2.14.0"}', CSP)
LOGIN = reply("200 OK", "text/html", b'<input name="password"> Token authentication is enabled', CSP)
FORBIDDEN = reply("403 Forbidden", "application/json", b'{"message": "Forbidden", "reason": null}', CSP)
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


async def request(reader: Reader) -> bytes:
    """The path of the next request; empty when the client left."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return b""
    return head.split(b" ", 2)[1]


async def up(reader: Reader, writer: Writer, pause_s: float = 0.0) -> None:
    """A Jupyter server with a token."""
    while path := await request(reader):
        await asyncio.sleep(pause_s)
        page = path.split(b"?")[0]
        writer.write(VERSION if page == b"/api" else LOGIN if page == b"/login" else FORBIDDEN)
        await writer.drain()


async def silent(reader: Reader, writer: Writer) -> None:
    """Takes everything and says nothing."""
    while await reader.read(4096):
        pass


async def dripping(head: bytes, reader: Reader, writer: Writer) -> None:
    """A byte now and then, for ever."""
    await request(reader)
    writer.write(head)
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(DRIP_S)


async def huge(reader: Reader, writer: Writer) -> None:
    """An answer of many megabytes."""
    await request(reader)
    writer.write(HTML + f"Content-Length: {HUGE}\r\n\r\n".encode())
    for _ in range(HUGE // 65536):
        writer.write(bytes(65536))
        await writer.drain()


async def redirect(reader: Reader, writer: Writer) -> None:
    """Every path leads to another one."""
    turn = 0
    while await request(reader):
        turn += 1
        writer.write(reply("302 Found", "text/html", b"", f"Location: /api?turn={turn}\r\n"))
        await writer.drain()


async def ssh(reader: Reader, writer: Writer) -> None:
    """Speaks first, and another protocol."""
    writer.write(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    await silent(reader, writer)


PEERS: dict[str, Peer] = {
    "up": up,
    "tls": up,
    "slow": partial(up, pause_s=SLOW_S),
    "silent": silent,
    "drip-header": partial(dripping, HTML + b"X-Slow: "),
    "drip-body": partial(dripping, HTML + b"Content-Length: 4096\r\n\r\n"),
    "huge": huge,
    "redirect": redirect,
    "ssh": ssh,
}


async def served(peer: Peer, reader: Reader, writer: Writer) -> None:
    """One connection; that the client leaves is what ends most of them."""
    with suppress(OSError):
        await peer(reader, writer)
    writer.close()


def certificate() -> ssl.SSLContext:
    """A self-signed one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        files = make_certificate(Path(folder), "self-signed")
        context.load_cert_chain(files.certificate, files.key)
    return context


async def serve(kinds: list[str]) -> None:
    """Listens, prints the ports, serves until stdin closes."""
    ports = {}
    held = []
    for kind in kinds:
        if kind == "dropped":
            listener = socket.create_server(("0.0.0.0", 0), backlog=0)
            held += [listener, *fill_backlog(listener)]
            ports[kind] = listener.getsockname()[1]
            continue
        tls = certificate() if kind == "tls" else None
        server = await asyncio.start_server(partial(served, PEERS[kind]), "0.0.0.0", 0, backlog=1024, ssl=tls)
        held.append(server)
        ports[kind] = server.sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)  # those that hang or drip have no end of their own


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1:]))
