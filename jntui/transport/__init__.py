"""The HTTP seam: requests on a connection that knows its deadline. Every HTTP byte of the program goes through here.

No environment proxy, no netrc, no cookie, no redirect, no compression, at most 64 KiB of a body: a probe must not be
caught by the user's own tools nor held by a hostile server. `requests` is imported when the first channel opens.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from jntui import __version__
from jntui.model import Certificate, Stage
from jntui.transport.deadline import Deadline, TimedSocket, TimedTlsSocket, resolve
from jntui.transport.verification import silent_verification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import FailureKind, StageName
    from jntui.transport.channel import HttpChannel

BODY_LIMIT = 64 * 1024
"""Bytes that are read of a body."""

USER_AGENT = f"jntui/{__version__}"

__all__ = ["BODY_LIMIT", "Channel", "Deadline", "HttpTransport", "Response", "Target", "Transport", "TransportError"]


class TransportError(Exception):
    """A connection or an exchange failed: `stage` and `kind` as in the model, the system's exact words in `str()`.

    `stages` holds the stages that went well before it, `peer` the address where one had been reached.
    """

    def __init__(
        self, stage: StageName, kind: FailureKind, detail: str, stages: tuple[Stage, ...] = (), peer: str = ""
    ) -> None:
        super().__init__(detail)
        self.stage: StageName = stage
        self.kind: FailureKind = kind
        self.stages = stages
        self.peer = peer


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect."""

    scheme: str
    host: str
    """The name or IP literal (no brackets): for the Host header and for TLS."""
    port: int
    address: str = ""
    """The IP literal to connect to; empty: `host` is one, or is resolved."""
    unix_path: str = ""
    """A unix socket instead of TCP."""
    verify: bool = True
    """False: the certificate is not looked at, and counts as one that nobody verified."""

    @property
    def netloc(self) -> str:
        """Host and port as a URL spells them (RFC 3986): brackets around IPv6."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host

    @property
    def host_header(self) -> str:
        """What a browser sends as Host: without a zone, and without the scheme's own port (RFC 9110, 7.2)."""
        default = {"http": 80, "https": 443}.get(self.scheme)
        bare = self.host.split("%", 1)[0]
        host = f"[{bare}]" if ":" in bare else bare
        return f"{host}:{self.port}" if self.port and self.port != default else host


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer, its body cut at 64 KiB."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; several of one name are joined with `, `."""
    body: bytes = field(repr=False)
    truncated: bool
    elapsed_ms: float


class Channel(Protocol):
    """One open connection; requests on it share nothing but the socket."""

    @property
    def peer(self) -> str:
        """The IP literal it is connected to, or the unix socket's path."""
        ...

    @property
    def certificate(self) -> Certificate | None:
        """What was found about the certificate; None without TLS."""
        ...

    @property
    def stages(self) -> tuple[Stage, ...]:
        """resolve, connect and tls as they went."""
        ...

    def get(self, path: str, deadline: Deadline, headers: Mapping[str, str] | None = None) -> Response:
        """GET `path`; redirects are not followed.

        Raises TransportError.
        """
        ...

    def post(self, path: str, deadline: Deadline, headers: Mapping[str, str] | None = None) -> Response:
        """POST `path` with an empty body; never sent twice.

        Raises TransportError.
        """
        ...

    def close(self) -> None:
        """Closes the socket."""
        ...


class Transport(Protocol):
    """Opens channels; the one thing that contract tests replace."""

    def open(self, target: Target, deadline: Deadline) -> Channel:
        """Connects (and does TLS for https) within the deadline.

        Raises TransportError.
        """
        ...


class HttpTransport:
    """The real transport. One object serves all threads; it holds two TLS contexts and nothing else."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._contexts: dict[bool, ssl.SSLContext] = {}

    def open(self, target: Target, deadline: Deadline) -> HttpChannel:
        """Connects (and does TLS for https) within the deadline; each stage gets at most half of what is left.

        A certificate that does not verify is no failure: the channel is opened again without verification, and its
        `certificate` says why. Raises TransportError.
        """
        from jntui.transport.lean import channel_class

        return channel_class()(self, target, deadline)

    def context(self, verify: bool) -> ssl.SSLContext:
        """The TLS context, made once: loading the trusted certificates costs about 25 ms."""
        with self._lock:
            context = self._contexts.get(verify)
            if context is None:
                context = ssl.create_default_context() if verify else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                if not verify:
                    context.check_hostname = False
                    context.verify_mode = ssl.CERT_NONE
                context.sslsocket_class = TimedTlsSocket
                self._contexts[verify] = context
            return context


@dataclass(slots=True)
class Opened:
    """A connected socket and how it came about."""

    sock: TimedSocket | TimedTlsSocket
    peer: str
    certificate: Certificate | None
    stages: tuple[Stage, ...]


def is_ip(text: str) -> bool:
    """`text` is an IP literal, with or without a zone."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def open_socket(transport: HttpTransport, target: Target, deadline: Deadline) -> Opened:
    """Resolves, connects and does TLS. Raises TransportError, with the stages that went well."""
    if target.unix_path:
        return _open_unix(target, deadline)
    stages: list[Stage] = []
    host = target.address or target.host
    addresses = _resolve_stage(host, target.port, deadline, stages)
    sock, peer = _connect_stage(addresses, deadline, stages)
    if target.scheme != "https":
        stages.append(Stage("tls", None, None, "not needed: the URL says http"))
        return Opened(sock, peer, None, tuple(stages))
    return _tls_stage(transport, target, (sock, peer), deadline, stages)


def _elapsed_ms(begin: float) -> float:
    return round((time.perf_counter() - begin) * 1000, 1)


def _open_unix(target: Target, deadline: Deadline) -> Opened:
    begin = time.perf_counter()
    sock = TimedSocket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(max(0.001, deadline.half().left()))
    try:
        sock.connect(target.unix_path)
    except OSError as error:
        sock.close()
        raise TransportError("connect", failure_kind(error), str(error)) from error
    stages = (Stage("connect", True, _elapsed_ms(begin), f"unix:{target.unix_path}"),)
    return Opened(sock, target.unix_path, None, stages)


Addresses = list[tuple[socket.AddressFamily, tuple[Any, ...]]]


def _resolve_stage(host: str, port: int, deadline: Deadline, stages: list[Stage]) -> Addresses:
    begin = time.perf_counter()
    literal = is_ip(host)
    try:
        addresses = resolve(host, port, deadline.half())
    except TimeoutError as error:
        raise TransportError("resolve", "name-unknown", f"{error} ({host})") from error
    except OSError as error:
        raise TransportError("resolve", "name-unknown", f"{error.strerror or error} ({host})") from error
    if literal:
        stages.append(Stage("resolve", None, None, "not needed: the URL holds an address"))
    else:
        found = ", ".join(str(address[0]) for _, address in addresses[:4])
        stages.append(Stage("resolve", True, _elapsed_ms(begin), found))
    return addresses[:8]


def _connect_stage(addresses: Addresses, deadline: Deadline, stages: list[Stage]) -> tuple[TimedSocket, str]:
    """Tries each address in turn, as a browser does; the first that accepts is taken."""
    begin = time.perf_counter()
    limit = deadline.half()
    failure: OSError | None = None
    tried: list[str] = []
    for index, (family, address) in enumerate(addresses):
        sock = TimedSocket(family, socket.SOCK_STREAM)
        sock.settimeout(max(0.001, limit.share(len(addresses) - index).left()))
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = failure if failure is not None and failure_kind(failure) == "refused" else error
            tried.append(f"{address[0]} port {address[1]}: {error.strerror or error}")
            continue
        stages.append(Stage("connect", True, _elapsed_ms(begin), f"{address[0]} port {address[1]}"))
        return sock, str(address[0])
    if failure is None:
        raise TransportError("resolve", "name-unknown", "the name has no address", tuple(stages))
    last = str(addresses[-1][1][0])
    raise TransportError("connect", failure_kind(failure), "; ".join(tried), tuple(stages), last) from failure


def _tls_stage(
    transport: HttpTransport,
    target: Target,
    connected: tuple[TimedSocket, str],
    deadline: Deadline,
    stages: list[Stage],
) -> Opened:
    """First whether the certificate verifies, on a connection of its own, then the connection that is used."""
    begin = time.perf_counter()
    sock, peer = connected
    address = (sock.family, sock.getpeername())
    certificate = Certificate(trusted=False, problem="not verified")
    try:
        if target.verify:
            certificate = silent_verification(transport.context(True), sock, target.host, deadline.half())
            sock, _ = _connect_stage([address], deadline, [])
        secure = _handshake(transport.context(certificate.trusted), sock, target.host, deadline.half())
    except TransportError as error:
        raise TransportError(error.stage, error.kind, str(error), tuple(stages), peer) from error
    except OSError as error:
        raise TransportError("tls", tls_kind(error), _tls_words(error), tuple(stages), peer) from error
    protocol = secure.version() or "TLS"
    word = "trusted certificate" if certificate.trusted else certificate.problem
    stages.append(Stage("tls", True, _elapsed_ms(begin), f"{protocol}, {word}"))
    return Opened(secure, peer, certificate, tuple(stages))


def _tls_words(error: OSError) -> str:
    # An SSLError that OpenSSL did not raise itself has no `reason`.
    return str(getattr(error, "reason", None) or error.strerror or error)


def _handshake(context: ssl.SSLContext, sock: TimedSocket, host: str, limit: Deadline) -> TimedTlsSocket:
    """TLS on a connected socket, which it closes if that fails. Raises OSError (ssl.SSLError, TimeoutError)."""
    sock.settimeout(max(0.001, limit.left()))
    name = host.split("%", 1)[0]
    try:
        secure = context.wrap_socket(sock, server_hostname=name)
    except OSError:
        sock.close()
        raise
    except ValueError as error:  # a name that TLS cannot carry: empty, or beginning with a dot
        sock.close()
        raise ssl.SSLError(ssl.SSL_ERROR_SSL, str(error)) from error
    assert isinstance(secure, TimedTlsSocket)  # noqa: S101 - the context's sslsocket_class
    return secure


_BY_ERRNO: dict[int, FailureKind] = {
    errno.ECONNREFUSED: "refused",
    errno.ENOENT: "refused",
    errno.ETIMEDOUT: "timeout",
    errno.ENETUNREACH: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
    errno.EHOSTUNREACH: "host-unreachable",
    errno.EACCES: "prohibited",
    errno.EPERM: "prohibited",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ECONNABORTED: "reset",
}


def failure_kind(error: OSError) -> FailureKind:
    """What an error of connect or of a read means, by its errno (connect(2), ip(7))."""
    if isinstance(error, TimeoutError) and error.errno != errno.ETIMEDOUT:
        return "timeout"
    return _BY_ERRNO.get(error.errno or 0, "other")


def tls_kind(error: OSError) -> FailureKind:
    """What a failed handshake was: a reset or an end, silence, or an alert."""
    if isinstance(error, TimeoutError):
        return "tls-timeout"
    if isinstance(error, ssl.SSLEOFError):
        return "closed"
    if isinstance(error, ssl.SSLError):
        return "tls-alert"
    kind = failure_kind(error)
    return "tls-alert" if kind == "other" else kind
