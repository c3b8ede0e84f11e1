"""What one attempt to use an endpoint found: facts only, no conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from jntui.model.words import AuthOutcome, CertificateProblem, FailureKind, StageName, WebSocketOutcome


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a probe."""

    name: StageName
    ok: bool | None
    """None: not reached, or cannot be told; `detail` says which."""
    elapsed_ms: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """The first thing that went wrong in a probe."""

    stage: StageName
    kind: FailureKind
    detail: str
    """The exact words or the errno of the system, for the evidence."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a browser would say of the server's certificate."""

    trusted: bool
    problem: str = ""
    """The verification error in OpenSSL's words, empty if trusted."""
    problems: tuple[CertificateProblem, ...] = ()
    """All of them, also those that OpenSSL's first error hides (a self-signed one that names another host)."""
    names: tuple[str, ...] = ()
    """DNS names and IP addresses that it is for (subjectAltName, RFC 6125), at most 32."""
    not_before: datetime | None = None
    """UTC."""
    not_after: datetime | None = None
    """UTC."""
    days_left: int | None = None
    """Whole days until `not_after` at the moment of the probe, negative once it has expired."""
    issuer: str = ""
    """The issuer's common name, else its organisation."""
    own_file: bool = False
    """It is, byte for byte, the first certificate of the server's own `certfile`: nobody stands in between."""


@dataclass(frozen=True, slots=True)
class WebSocket:
    """What became of the handshake that a browser would make once the page is open."""

    outcome: WebSocketOutcome
    status: int = 0
    """The HTTP status of the answer, 0 without one."""
    detail: str = ""
    """The answer's first words, or the error's."""
    by_cookie: bool = False
    """With a cookie and an Origin, as a browser does; else with a token, for which Jupyter skips the Origin check."""
    origin: str = ""
    """The Origin that was sent."""
    server: str = ""
    """The Server header of the answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is kept of one HTTP answer: never its body."""

    status: int
    server: str = ""
    """The Server header."""
    location: str = ""
    """The Location header without its query."""
    content_type: str = ""
    csp_base_url: str | None = None
    """The base URL that Jupyter's Content-Security-Policy names in `report-uri`."""
    jupyter_version: str | None = None
    """From a body `{"version": ...}`: only `api` of a Jupyter server answers so."""
    hub: bool = False
    """It carries `X-JupyterHub-Version` or leads to a Hub's login."""
    basic: bool = False
    """It asks for HTTP Basic credentials."""
    message: str = ""
    """The `message` of Jupyter's JSON errors, else its `reason`."""
    reason: str = ""
    """The `reason` of Jupyter's JSON errors, where a Kernel Gateway has its word."""
    truncated: bool = False
    """The body was longer than the 64 KiB that are read."""
    anonymous: bool = False
    """It gives a stranger a user cookie: authentication is switched off."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One bounded, staged attempt to use an endpoint: facts only, no conclusion."""

    url: str
    stages: tuple[Stage, ...]
    elapsed_ms: float
    timeout_s: float
    """The bound under which it ran."""
    failure: Failure | None = None
    certificate: Certificate | None = None
    reply: Reply | None = None
    """The answer to GET `api`."""
    other_scheme_works: bool | None = None
    """The confirming request with the other scheme got an HTTP answer; None if not asked."""
    local_host_works: bool | None = None
    """The confirming request with `Host: 127.0.0.1` got Jupyter's version; None if not asked."""
    auth: AuthOutcome | None = None
    identity: bool | None = None
    """This very server answered; None where it cannot be told."""
    peer: str | None = None
    """The IP literal the connection went to."""
    token_sent: bool = False
    token_in_url: bool = False
    """The token came with the URL the user gave, not from the info file."""
    websocket: WebSocket | None = None
    """None where it was not tried."""
    pair: str = ""
    """What is wrong with the server's own certificate and key files, in one line, where TLS failed: `the key does not
    belong to the certificate`, `no such file`; empty where nothing is or they cannot be read."""
    pair_fits: bool | None = None
    """The server's own certificate and key files were read and belong together; None where they were not read."""
    vantage: str = ""
    """The host from which it was made, as the user named it to ssh; empty: this machine."""
    bytes_read: int = 0
    """Of HTTP answers, headers and bodies, all requests of the probe together."""
