"""Hostile servers that answer `api` as Jupyter does, and misbehave with what a probe asks next."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.live.hostile import Wire

VERSION = b'{"version": "2.14.0"}'
CSP = "Content-Security-Policy: report-uri /api/security/csp-report"
COOKIE = "Set-Cookie: username-127-0-0-1=2|1:0|signed; Path=/"

Answer = Callable[["Wire"], None]


def whole(status: str, body: bytes = b"", *lines: str) -> bytes:
    """One answer with these header lines."""
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", CSP, *lines]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def saying(data: bytes) -> Answer:
    """Sends these bytes."""
    return lambda wire: wire.send(data)


def endless(head: bytes) -> Answer:
    """After the head the same letter for ever."""

    def answer(wire: Wire) -> None:
        wire.send(head)
        while True:
            wire.send(b"x" * 16384)

    return answer


def drip(wire: Wire) -> None:
    """The beginning of an answer, a byte at a time."""
    wire.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"." * 4096)


def upgrade_and_flood(wire: Wire) -> None:
    """A right handshake, and then bytes that are no frames."""
    found = re.search(r"Sec-WebSocket-Key: (\S+)", wire.head, re.IGNORECASE)
    key = found.group(1) if found else ""
    accept = base64.b64encode(hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()).decode()
    lines = ("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
    endless("\r\n".join((*lines, f"Sec-WebSocket-Accept: {accept}", "", "")).encode())(wire)


def pretend(answers: Mapping[str, Answer], wire: Wire, *, api: bytes = whole("200 OK", VERSION)) -> None:
    """`api` as Jupyter; the rest as the table says; what is not in it is refused as Jupyter refuses."""
    while path := wire.request().split("?")[0]:
        if path == "/api":
            wire.send(api)
        elif path in answers:
            answers[path](wire)
        else:
            wire.send(whole("403 Forbidden", b'{"message": "Forbidden", "reason": null}'))


OPEN = whole("200 OK", VERSION, COOKIE)
STATUS = whole("200 OK", b'{"started": "2026-01-01T00:00:00Z"}', COOKIE)
ESCAPES = whole("200 OK", VERSION, 'Set-Cookie: username-x="\x1b[31m\r\n \x07"; Path=/, username-y=\x9b31m')


def unguarded(socket: Answer) -> Callable[[Wire], None]:
    """A server without authentication whose WebSocket does this."""
    answers = {"/api/status": saying(STATUS), "/api/events/subscribe": socket}
    return partial(pretend, answers, api=OPEN)


PRETENDERS: dict[str, Callable[[Wire], None]] = {
    "login-silent": partial(pretend, {"/login": lambda wire: wire.hold()}),
    "login-drip": partial(pretend, {"/login": drip}),
    "login-endless": partial(pretend, {"/login": endless(b"HTTP/1.1 200 OK\r\n\r\n")}),
    "login-elsewhere": partial(pretend, {"/login": saying(whole("302 Found", b"", "Location: file:///etc/passwd"))}),
    "open-socket-works": unguarded(upgrade_and_flood),
    "open-socket-silent": unguarded(lambda wire: wire.hold()),
    "open-socket-reset": unguarded(lambda wire: wire.reset()),
    "open-socket-drip": unguarded(drip),
    "open-socket-wrong-key": unguarded(
        saying(whole("101 Switching Protocols", b"", "Upgrade: websocket", "Sec-WebSocket-Accept: bm9uc2Vuc2U="))
    ),
    "open-socket-forbidden": unguarded(saying(whole("403 Forbidden", b"\x1b[31mno\x07", "Server: \x1b]0;title\x07"))),
    "open-cookie-escapes": partial(pretend, {"/api/status": saying(STATUS)}, api=ESCAPES),
}
