"""The HTTP seam: requests on a connection that knows its deadline. Every HTTP byte of the program goes through here.

No environment proxy, no netrc, no cookie, no redirect, no compression, at most 64 KiB of a body: a probe must not be
caught by the user's own tools nor held by a hostile server. `requests` is imported when the first channel opens.
"""

from __future__ import annotations

import ipaddress
import ssl
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from jntui import __version__
from jntui.transport.deadline import Allowance, Deadline
from jntui.transport.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import Certificate, FailureKind, Stage, StageName
    from jntui.transport.channel import HttpChannel

BODY_LIMIT = 64 * 1024
"""Bytes that are read of a body."""

USER_AGENT = f"jntui/{__version__}"

__all__ = [
    "BODY_LIMIT",
    "Allowance",
    "Channel",
    "Deadline",
    "HttpTransport",
    "Response",
    "Target",
    "Transport",
    "TransportError",
]


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
    own_certificate: bytes = field(default=b"", repr=False)
    """The certificate (DER) that the server is known to have; `Certificate.own_file` says whether it is that one."""

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

    def post(
        self, path: str, deadline: Deadline, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """POST `path`; never sent twice.

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
    """The real transport. One object serves all threads; it holds two TLS contexts and the pending name lookups."""

    def __init__(self) -> None:
        self.resolver = Resolver()
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
                self._contexts[verify] = context
            return context


def is_ip(text: str) -> bool:
    """`text` is an IP literal, with or without a zone."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
