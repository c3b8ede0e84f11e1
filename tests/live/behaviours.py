"""What a hostile server does with one connection: a table of name and function.

Most are a whole answer to every request; the others hang, drip, lie about lengths, or are no HTTP at all.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING

from tests.live.pretenders import PRETENDERS
from tests.live.tls_floods import TLS

if TYPE_CHECKING:
    from tests.live.hostile import Wire

    Behaviour = Callable[[Wire], None]

VERSION = json.dumps({"version": "2.14.0"}).encode()
HOSTILE_VERSION = "2.0\u202e\u001b[31m\u0007\u200b\n"
"""A bidi override, a colour, a bell, a zero-width space, a line end."""


def reply(status: str, content_type: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """One whole HTTP/1.1 answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def page(text: str) -> bytes:
    """A small HTML page."""
    return f"<!doctype html><html><head><title>{text}</title></head><body>{text}</body></html>".encode()


def nginx(status: str) -> bytes:
    """An error page as a proxy in front of a dead or busy server sends it."""
    return reply(status, "text/html", page(status), {"Server": "nginx/1.24.0"})


def deep_json(depth: int = 60_000) -> bytes:
    """Valid JSON under 64 KiB that a recursive parser does not survive."""
    return b"[" * (depth // 2) + b"]" * (depth // 2)


ANSWERS: dict[str, bytes] = {
    "html": reply("200 OK", "text/html; charset=utf-8", page("Welcome")),
    "captive-portal": reply(
        "302 Found", "text/html", b"", {"Location": "http://portal.example/login?continue=http://127.0.0.1/"}
    ),
    "basic-login": reply("401 Unauthorized", "text/html", page("401"), {"WWW-Authenticate": 'Basic realm="members"'}),
    "proxy-502": nginx("502 Bad Gateway"),
    "proxy-503": nginx("503 Service Temporarily Unavailable"),
    "proxy-504": nginx("504 Gateway Time-out"),
    "file-server-404": reply(
        "404 File not found", "text/html;charset=utf-8", page("Error 404"), {"Server": "SimpleHTTP/0.6 Python/3.11.7"}
    ),
    "hostile-version": reply("200 OK", "application/json", json.dumps({"version": HOSTILE_VERSION}).encode()),
    "hostile-headers": reply(
        "500 \x1b[31mred", "text/html\x1b[2J", b"", {"Server": "\x1b]0;title\x07", "Location": "/\x1b[31m"}
    ),
    "deep-json": reply("200 OK", "application/json", deep_json()),
    "json-list": reply("200 OK", "application/json", b'["version", "2.14.0"]'),
    "json-number": reply("200 OK", "application/json", b'{"version": 2.14}'),
    "json-null": reply("200 OK", "application/json", b"null"),
    "not-utf8": reply("200 OK", "application/json", b'{"version": "\xff\xfe\x00"}'),
    "empty": reply("200 OK", "application/json", b""),
    "length-too-short": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n" + VERSION,
    "length-negative": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: -5\r\n\r\n" + page("minus five"),
}


def answer(data: bytes, wire: Wire) -> None:
    """The same whole answer to every request on the connection."""
    while wire.request():
        wire.send(data)


def banner(data: bytes, wire: Wire) -> None:
    """Speaks first, as SSH and SMTP do, and then waits."""
    wire.send(data)
    wire.hold()


def one_shot(data: bytes, wire: Wire) -> None:
    """Waits for the request, sends these bytes and closes."""
    wire.request()
    wire.send(data)


def endless(head: bytes, unit: bytes, wire: Wire) -> None:
    """After the head the same bytes for ever, as quickly as the client takes them."""
    wire.request()
    wire.send(head)
    chunk = unit * max(1, 16384 // len(unit))
    while True:
        wire.send(chunk)


def dripping(head: bytes, drops: bytes, wire: Wire) -> None:
    """After the head one byte per interval."""
    wire.request()
    wire.send(head)
    wire.drip(drops)
    wire.hold()


def redirect_loop(wire: Wire) -> None:
    """Every path leads to itself."""
    while path := wire.request():
        wire.send(reply("302 Found", "text/html", b"", {"Location": f"http://127.0.0.1:{wire.port}{path}"}))


@cache
def bomb() -> bytes:
    """64 MiB of zeros in 64 KiB."""
    return gzip.compress(bytes(64 << 20))


def gzip_bomb(wire: Wire) -> None:
    """Sends it, though only `identity` was asked for."""
    wire.request()
    wire.send(reply("200 OK", "application/json", bomb(), {"Content-Encoding": "gzip"}))


def tls_drip(wire: Wire) -> None:
    """Begins a TLS record that would be a ServerHello and drips it."""
    wire.hello()
    wire.drip(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc" + bytes(200))
    wire.hold()


def tls_garbage(wire: Wire) -> None:
    """Answers a ClientHello with bytes of no protocol."""
    wire.hello()
    wire.send(random.Random(8888).randbytes(512))


def tls_alert(wire: Wire) -> None:
    """Answers a ClientHello with the alert handshake_failure (RFC 8446, 6.2)."""
    wire.hello()
    wire.send(b"\x15\x03\x03\x00\x02\x02\x28")


def early_hints(wire: Wire) -> None:
    """Jupyter behind a front that says 102 and 103 before each answer (RFC 8297)."""
    plain = wire.send
    wire.send = lambda data: plain(b"".join(HINTS) + data)  # type: ignore[method-assign]
    jupyter(wire)


HINTS = (
    b"HTTP/1.1 102 Processing\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\nContent-Length: 0\r\n\r\n",
)


def jupyter(wire: Wire) -> None:
    """Answers `api` and `login` as Jupyter Server does, and everything else with its 403: for what stands in front."""
    csp = {"Server": "TornadoServer/6.5", "Content-Security-Policy": "report-uri /api/security/csp-report"}
    while path := wire.request():
        if path.split("?")[0] == "/api":
            wire.send(reply("200 OK", "application/json", VERSION, csp))
        elif path.split("?")[0] == "/login":
            wire.send(reply("200 OK", "text/html", page("Jupyter Server"), csp))
        else:
            wire.send(reply("403 Forbidden", "application/json", b'{"message": "Forbidden", "reason": null}', csp))


HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNK = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"

PREPARATIONS: dict[str, Callable[[], object]] = {"gzip-bomb": bomb}
"""What takes a second of the processor, done before a client's time runs."""

BEHAVIOURS: dict[str, Behaviour] = {
    **{name: partial(answer, data) for name, data in ANSWERS.items()},
    "silent": lambda wire: wire.hold(),
    "close": lambda wire: None,
    "reset": lambda wire: wire.reset(),
    "close-after-request": partial(one_shot, b""),
    "drip-status": partial(dripping, b"", HTML),
    "drip-header": partial(dripping, HTML + b"X-Slow: ", b"." * 4096),
    "drip-body": partial(dripping, HTML + b"Content-Length: 4096\r\n\r\n", b"." * 4096),
    "drip-chunk": partial(dripping, HTML + b"Transfer-Encoding: chunked\r\n\r\n1000\r\n", b"." * 4096),
    "endless-body": partial(endless, HTML + b"\r\n", b"x"),
    "endless-chunks": partial(endless, HTML + b"Transfer-Encoding: chunked\r\n\r\n", CHUNK),
    "endless-chunk-line": partial(endless, HTML + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "endless-headers": partial(endless, HTML, b"X-More: and more\r\n"),
    "endless-header-line": partial(endless, HTML + b"X-Long: ", b"x"),
    "endless-status-line": partial(endless, b"HTTP/1.1 200 ", b"O"),
    "continue-flood": partial(endless, b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "hints-flood": partial(endless, b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    "length-too-long": partial(one_shot, HTML + b"Content-Length: 5000\r\n\r\n" + page("cut")),
    "chunk-cut": partial(one_shot, HTML + b"Transfer-Encoding: chunked\r\n\r\n1000\r\nnot all of it"),
    "chunk-garbage": partial(one_shot, HTML + b"Transfer-Encoding: chunked\r\n\r\nzebra\r\nno size\r\n"),
    "http-0.9": partial(one_shot, page("no status line")),
    "bad-status-line": partial(one_shot, b"HTTP/1.1 abc \x1b[31mred\r\n\r\n"),
    "binary": partial(one_shot, bytes(range(256)) * 8),
    "ssh-banner": partial(banner, b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
    "smtp-banner": partial(banner, b"220 mail.example ESMTP ready\r\n"),
    "redirect-loop": redirect_loop,
    "gzip-bomb": gzip_bomb,
    "tls-drip": tls_drip,
    "tls-garbage": tls_garbage,
    "tls-alert": tls_alert,
    "jupyter": jupyter,
    "early-hints": early_hints,
    **PRETENDERS,
    **TLS,
}
