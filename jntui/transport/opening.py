"""From a target to an open connection: resolve, connect, TLS, each at most half of the time that is left."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from jntui.model import Certificate, Stage
from jntui.transport import TransportError, is_ip
from jntui.transport.certificate import read_untrusted
from jntui.transport.connecting import NoneAccepted, connect
from jntui.transport.deadline import TimedSocket, TimedTlsSocket
from jntui.transport.failures import failure_kind, tls_kind, tls_words
from jntui.transport.resolver import literal
from jntui.transport.verification import silent_verification

if TYPE_CHECKING:
    import ssl

    from jntui.model import StageName
    from jntui.transport import HttpTransport, Target
    from jntui.transport.deadline import Deadline
    from jntui.transport.resolver import Addresses


@dataclass(slots=True)
class Opened:
    """A connected socket and how it came about."""

    sock: TimedSocket
    peer: str
    certificate: Certificate | None
    stages: tuple[Stage, ...]


def open_socket(transport: HttpTransport, target: Target, deadline: Deadline) -> Opened:
    """Resolves, connects and does TLS. Raises TransportError, with the stages that went well."""
    if target.unix_path:
        return _open_unix(target, deadline)
    stages: list[Stage] = []
    addresses = _resolve_stage(transport, target, deadline, stages)
    sock, peer = _connect_stage(addresses, deadline, stages, target.scheme)
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


def _resolve_stage(transport: HttpTransport, target: Target, deadline: Deadline, stages: list[Stage]) -> Addresses:
    begin = time.perf_counter()
    host = target.address or target.host
    try:
        if is_ip(host):
            addresses = literal(host, target.port)
            stages.append(Stage("resolve", None, None, "not needed: the URL holds an address"))
            return addresses
        addresses = transport.resolver.resolve(host, target.port, deadline.half())
    except TimeoutError as error:
        raise TransportError("resolve", "timeout", f"{error} ({host})") from error
    except OSError as error:
        raise TransportError("resolve", "name-unknown", f"{error.strerror or error} ({host})") from error
    if not addresses:
        raise TransportError("resolve", "name-unknown", f"the name has no address ({host})")
    found = ", ".join(str(address[0]) for _, address in addresses[:4])
    stages.append(Stage("resolve", True, _elapsed_ms(begin), found))
    return addresses


def _connect_stage(
    addresses: Addresses, deadline: Deadline, stages: list[Stage], scheme: str
) -> tuple[TimedSocket, str]:
    """A reset here came after a connection had been accepted, for nothing else is reset: it is the next stage's."""
    begin = time.perf_counter()
    after: StageName = "tls" if scheme == "https" else "http"
    try:
        sock = connect(addresses, deadline.half())
    except NoneAccepted as error:
        kind = failure_kind(error.worst)
        if kind == "reset":
            stages.append(Stage("connect", True, _elapsed_ms(begin), f"{error.last}, reset at once"))
            raise TransportError(after, kind, error.words, tuple(stages), error.last) from error
        raise TransportError("connect", kind, error.words, tuple(stages), error.last) from error
    try:
        peer, port = sock.getpeername()[:2]
    except OSError as error:  # it was reset in this very moment
        sock.close()
        last = str(addresses[-1][1][0])
        stages.append(Stage("connect", True, _elapsed_ms(begin), f"{last}, reset at once"))
        raise TransportError(after, "reset", str(error), tuple(stages), last) from error
    stages.append(Stage("connect", True, _elapsed_ms(begin), f"{peer} port {port}"))
    return sock, str(peer)


def _tls_stage(
    transport: HttpTransport,
    target: Target,
    connected: tuple[TimedSocket, str],
    deadline: Deadline,
    stages: list[Stage],
) -> Opened:
    """First whether the certificate verifies, on a connection of its own, then the connection that is used."""
    begin = time.perf_counter()
    limit = deadline.half()
    sock, peer = connected
    address = (sock.family, sock.getpeername())
    certificate = Certificate(trusted=False, problem="not verified", problems=("unverified",))
    try:
        if target.verify:
            certificate = silent_verification(transport.context(True), sock, target.host, limit)
            sock = connect([address], limit)
        secure = _handshake(transport.context(certificate.trusted), sock, target.host, limit)
    except NoneAccepted as error:
        kind, words = failure_kind(error.worst), str(error)
        raise TransportError("tls", "silent" if kind == "timeout" else kind, words, tuple(stages), peer) from error
    except OSError as error:
        raise TransportError("tls", tls_kind(error), tls_words(error), tuple(stages), peer) from error
    certificate = _read(certificate, secure, target)
    protocol = secure.tls.version() or "TLS"
    word = "trusted certificate" if certificate.trusted else certificate.problem
    stages.append(Stage("tls", True, _elapsed_ms(begin), f"{protocol}, {word}"))
    return Opened(secure, peer, certificate, tuple(stages))


def _read(certificate: Certificate, secure: TimedTlsSocket, target: Target) -> Certificate:
    """What the certificate itself tells where it was not verified, and whether it is the one that was expected."""
    der = secure.tls.getpeercert(binary_form=True) or b""
    if der and target.own_certificate:
        certificate = replace(certificate, own_file=der == target.own_certificate)
    if certificate.trusted or not der or not target.verify:
        return certificate
    return read_untrusted(der, target.host, certificate, datetime.now(timezone.utc))


def _handshake(context: ssl.SSLContext, sock: TimedSocket, host: str, limit: Deadline) -> TimedTlsSocket:
    """TLS on a connected socket, which it closes if that fails. Raises OSError (ssl.SSLError, TimeoutError)."""
    secure = TimedTlsSocket(sock, context, host)
    try:
        secure.handshake(limit)
    except OSError:
        secure.close()
        raise
    return secure
