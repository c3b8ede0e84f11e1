"""One request that another host is asked to make, and what came of it: whatever program made it there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.model import Failure
from jntui.text import visible
from jntui.transport import USER_AGENT, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import FailureKind, StageName
    from jntui.transport import Target

DATA_LIMIT = 16 * 1024
"""Bytes of one answer, headers and body, that are read on the other host: Jupyter's answer to `api` has 1000."""

_MOST_HEADERS = 200
_MOST_INTERIM = 20
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: |\r?\n|\Z)")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,80}):[ \t]*(.*)", re.DOTALL)
_URL = re.compile(r"[!#-\[\]-~]{1,2048}")
"""What stands between quotes in a file of curl's and in a shell word: ASCII without `"`, backslash and blank."""

Record = dict[str, bytes]
"""What the other host sent for one request, by name: only the names in `NAMES`."""

NAMES = frozenset({"data", "log", "fail", "peer", "time", "cert", "end"})


class Unfit(ValueError):
    """A URL that cannot be passed on to another host; the message says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """GET of one path at one place, within two time limits."""

    target: Target
    path: str
    connect_s: float
    """Until it is connected, TLS included."""
    whole_s: float
    """Altogether."""
    host: str = ""
    """Another Host header than the URL's."""
    verify: bool = False
    """Only whether the certificate verifies is asked; else it is not looked at."""

    @property
    def url(self) -> str:
        """The URL. Raises Unfit."""
        target = self.target
        default = {"http": 80, "https": 443}[target.scheme]
        host = f"[{target.host}]" if ":" in target.host else target.host
        port = "" if target.port == default else f":{target.port}"
        url = f"{target.scheme}://{host}{port}{self.path}"
        if not _URL.fullmatch(url):
            raise Unfit("it holds a character that no URL may hold, or is too long")
        return url

    @property
    def headers(self) -> tuple[str, ...]:
        """What is sent beside the request line."""
        host = self.host or self.target.host_header
        return (f"Host: {host}", f"User-Agent: {USER_AGENT}", "Accept: */*", "Accept-Encoding: identity")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of a request. Times are milliseconds, None where they are not known."""

    peer: str = ""
    """The IP literal it was connected to; empty without a connection, or where the program there does not tell."""
    connected: bool = False
    tls: bool = False
    """The handshake was finished."""
    resolve_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    elapsed_ms: float = 0.0
    failure: Failure | None = None
    response: Response | None = None
    certificate: str | None = None
    """Why the certificate does not verify, empty if it does, None if nobody looked."""
    bytes_read: int = 0


def failed(stage: StageName, kind: FailureKind, words: str) -> Failure:
    """A failure whose words come from outside."""
    return Failure(stage, kind, visible(words.strip(), 300) or kind)


_BY_WORDS: tuple[tuple[str, FailureKind], ...] = (
    ("connection refused", "refused"),
    ("network is unreachable", "unreachable"),
    ("network unreachable", "unreachable"),
    ("cannot assign requested address", "unreachable"),
    ("no route to host", "host-unreachable"),
    ("host is unreachable", "host-unreachable"),
    ("permission denied", "prohibited"),
    ("operation not permitted", "prohibited"),
    ("timed out", "timeout"),
    ("connection reset", "reset"),
    ("broken pipe", "reset"),
)
"""strerror(3) of glibc, the BSDs and musl; both programs run with LC_ALL=C."""


def kind_by_words(words: str) -> FailureKind:
    """What a system's words for a failed connection mean; `refused` outweighs the rest, as several addresses may be
    tried."""
    low = words.lower()
    return next((kind for phrase, kind in _BY_WORDS if phrase in low), "other")


def read_response(data: bytes, *, whole: bool, chunked: bool) -> Response | None:
    """The last answer in the bytes of one exchange; None if they are not HTTP or end within the headers.

    `whole`: there was nothing more to come; `chunked`: the body is as it was sent, not yet put together.
    """
    for _ in range(_MOST_INTERIM):
        matched = _STATUS.match(data)
        if matched is None:
            return None
        status = int(matched.group(1))
        head, rest = _split_head(data)
        if rest is None:
            return None
        if status >= 200:
            headers = _fields(head)
            body, ended = _body(rest, headers, whole) if chunked else (rest, whole)
            return Response(status, headers, body, not ended, 0.0) if headers is not None else None
        data = rest
    return None


def _split_head(data: bytes) -> tuple[bytes, bytes | None]:
    """The lines up to the first empty one, and what comes after it; None if there is no empty line."""
    found = re.search(rb"\r?\n\r?\n", data)
    return (data, None) if found is None else (data[: found.start()], data[found.end() :])


def _fields(head: bytes) -> dict[str, str]:
    """Header fields by name in lower case; lines that are none are passed over."""
    fields: dict[str, str] = {}
    for line in re.split(rb"\r?\n", head)[1 : _MOST_HEADERS + 1]:
        matched = _FIELD.fullmatch(line)
        if matched is None:
            continue
        name = matched.group(1).decode("ascii").lower()
        value = matched.group(2).strip().decode("latin-1")
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields


def _body(rest: bytes, headers: Mapping[str, str], whole: bool) -> tuple[bytes, bool]:
    """The body, put together if it came in chunks, and whether it is all of it (RFC 9112, 6.3 and 7.1)."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _dechunked(rest)
    length = headers.get("content-length", "")
    if length.isdecimal() and len(length) < 10:
        return rest[: int(length)], len(rest) >= int(length)
    return rest, whole


def _dechunked(rest: bytes) -> tuple[bytes, bool]:
    body = bytearray()
    while True:
        matched = re.match(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n", rest)
        if matched is None:
            return bytes(body), False
        size = int(matched.group(1), 16)
        if size == 0:
            return bytes(body), True
        chunk = rest[matched.end() : matched.end() + size]
        body += chunk
        rest = rest[matched.end() + size :]
        if len(chunk) < size or not rest.startswith((b"\r\n", b"\n")):
            return bytes(body), False
        rest = rest[2:] if rest.startswith(b"\r\n") else rest[1:]
