"""The body of the transport: requests and urllib3 on a socket that is already open. Imported with the first channel."""

from __future__ import annotations

import http.client
import time
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

import requests
import urllib3
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from jntui.text import visible
from jntui.transport import (
    BODY_LIMIT,
    USER_AGENT,
    Response,
    TransportError,
)
from jntui.transport.deadline import TooMuch
from jntui.transport.failures import failure_kind
from jntui.transport.opening import open_socket

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import Certificate, FailureKind, Stage
    from jntui.transport import (
        HttpTransport,
        Target,
    )
    from jntui.transport.deadline import Deadline, TimedSocket


MOST_INTERIM = 16
"""Interim answers (1xx) before the answer that are passed over."""

_NO_RETRY = urllib3.Retry(0, read=False)


class HttpChannel:
    """One connection to one target. Not for several threads at once."""

    def __init__(self, transport: HttpTransport, target: Target, deadline: Deadline) -> None:
        """Opens it. Raises TransportError."""
        self._transport = transport
        self._target = target
        opened = open_socket(transport, target, deadline)
        self.peer: str = opened.peer
        self.certificate: Certificate | None = opened.certificate
        self.stages: tuple[Stage, ...] = opened.stages
        self._first: TimedSocket | None = opened.sock
        self._socket: TimedSocket = opened.sock
        self._deadline = deadline
        self._adapter = _Adapter(self)

    def take_socket(self) -> TimedSocket:
        """The open socket, or a new one to the same peer once the server has closed the first.

        Raises TransportError.
        """
        sock, self._first = self._first, None
        if sock is None:
            again = replace(self._target, address="" if self._target.unix_path else self.peer)
            opened = open_socket(self._transport, again, self._deadline)
            if _identity(opened.certificate) != _identity(self.certificate):
                opened.sock.close()
                raise TransportError("tls", "tls-alert", "the certificate changed between two requests")
            sock = opened.sock
        sock.begin(self._deadline)
        self._socket = sock
        return sock

    def get(self, path: str, deadline: Deadline, headers: Mapping[str, str] | None = None) -> Response:
        """GET `path` within the deadline; see `Channel`. Raises TransportError."""
        return self._exchange("GET", path, deadline, headers)

    def post(
        self, path: str, deadline: Deadline, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """POST `path` within the deadline; see `Channel`. Raises TransportError."""
        return self._exchange("POST", path, deadline, headers, body)

    def _exchange(
        self, method: str, path: str, deadline: Deadline, headers: Mapping[str, str] | None, body: bytes = b""
    ) -> Response:
        self._deadline = deadline
        self._socket.begin(deadline)
        begin = time.perf_counter()
        sent = {"Host": self._target.host_header, "User-Agent": USER_AGENT, "Accept": "*/*"}
        sent |= {"Accept-Encoding": "identity", **(headers or {})}
        try:
            # Sent without a Session: nothing of the environment (proxies, netrc), no cookies, no redirects.
            url = f"{self._target.scheme}://{self._url_host}{path}"
            request = requests.Request(method, url, headers=sent, data=body or None)
            reply = self._adapter.send(request.prepare(), stream=True)
            content, truncated = _read_body(reply)
        except TransportError:
            raise
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            raise _explain(error, self._socket.received) from error
        return Response(
            status=reply.status_code,
            headers={name.lower(): value for name, value in reply.headers.items()},
            body=content,
            truncated=truncated,
            elapsed_ms=round((time.perf_counter() - begin) * 1000, 1),
        )

    @property
    def _url_host(self) -> str:
        return "localhost" if self._target.unix_path else self._target.netloc.replace("%", "%25")

    def close(self) -> None:
        """Closes the socket."""
        self._adapter.close()
        self._socket.close()


class _Answer(http.client.HTTPResponse):
    """The answer itself, not what comes before it: 102, 103 and their like (RFC 9110, 15.2). 101 is an answer.

    http.client passes over 100 alone.
    """

    def begin(self) -> None:
        for _ in range(MOST_INTERIM):
            super().begin()
            if self.status == HTTPStatus.SWITCHING_PROTOCOLS or not 100 <= self.status < 200:
                return
            self.headers = None  # type: ignore[assignment]  # begin() reads none again while it has some
        raise http.client.HTTPException(f"{MOST_INTERIM} interim answers, and none that ends them")


class _Connection(HTTPConnection):
    """urllib3's connection on the channel's socket: TLS, if any, is already there."""

    channel: HttpChannel
    response_class = _Answer

    def connect(self) -> None:
        self.sock = self.channel.take_socket()


class _Pool(HTTPConnectionPool):
    """A pool of the channel's one connection."""

    def __init__(self, channel: HttpChannel) -> None:
        super().__init__("channel", maxsize=1, block=False)
        self._channel = channel

    def _new_conn(self) -> _Connection:
        connection = _Connection(self.host)
        connection.channel = self._channel
        return connection


class _Adapter(HTTPAdapter):
    """requests' adapter with that pool and no other; no retry, no proxy."""

    def __init__(self, channel: HttpChannel) -> None:
        super().__init__(max_retries=_NO_RETRY)
        self._pool = _Pool(channel)

    def init_poolmanager(self, *_: object, **__: object) -> None:
        """No manager: there is but one pool."""

    def get_connection_with_tls_context(self, *_: object, **__: object) -> HTTPConnectionPool:
        return self._pool

    def close(self) -> None:
        self._pool.close()


def _identity(certificate: Certificate | None) -> object:
    """What must be the same when a second connection is taken for the first one's continuation."""
    if certificate is None:
        return None
    return (certificate.trusted, certificate.own_file, certificate.names, certificate.not_after, certificate.issuer)


def _read_body(reply: requests.Response) -> tuple[bytes, bool]:
    """At most BODY_LIMIT bytes, or as many as the allowance leaves, and whether there were more.

    A longer body ends the connection.
    """
    parts: list[bytes] = []
    size = 0
    try:
        while size <= BODY_LIMIT:
            part = reply.raw.read1(BODY_LIMIT + 1 - size, decode_content=False)
            if not part:
                reply.raw.release_conn()
                return b"".join(parts), False
            parts.append(part)
            size += len(part)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        if not any(isinstance(cause, TooMuch) for cause in _causes(error)):
            raise
    reply.raw.close()
    return b"".join(parts)[:BODY_LIMIT], True


_NOT_HTTP = (
    http.client.BadStatusLine,
    http.client.LineTooLong,
    http.client.UnknownProtocol,
    http.client.HTTPException,
    urllib3.exceptions.LocationValueError,
    urllib3.exceptions.HeaderParsingError,
    TooMuch,
    UnicodeError,
    ValueError,
)

_ENDED = (http.client.RemoteDisconnected, http.client.IncompleteRead, urllib3.exceptions.IncompleteRead)


def _explain(error: BaseException, received: int) -> TransportError:
    """The first cause in the chain that a socket or http.client raised, put in the model's words.

    `received` bytes tell silence from a drip.
    """
    for cause in _causes(error):
        if isinstance(cause, TransportError):
            return cause
        if isinstance(cause, _ENDED):
            return TransportError("http", "closed", f"the connection ended early: {visible(str(cause), 200)}")
        if isinstance(cause, _NOT_HTTP) and not isinstance(cause, requests.RequestException):
            word = type(cause).__name__
            return TransportError("http", "not-http", f"{word}: {visible(str(cause), 200)}")
        if isinstance(cause, OSError) and not isinstance(cause, requests.RequestException):
            kind: FailureKind = failure_kind(cause)
            if kind == "timeout":
                kind = "too-slow" if received else "silent"
            return TransportError("http", kind, visible(str(cause), 200))
    return TransportError("http", "other", visible(f"{type(error).__name__}: {error}", 200))


def _causes(error: BaseException) -> list[BaseException]:
    """The chain from the innermost cause outwards, at most 12 long."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 12:
        chain.append(current)
        inner = next((arg for arg in current.args if isinstance(arg, BaseException)), None)
        current = current.__cause__ or inner or current.__context__
    return chain[::-1]
