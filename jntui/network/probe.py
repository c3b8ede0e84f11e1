"""The probe: one bounded, staged attempt to use an endpoint. It collects facts; `diagnose` draws the conclusions.

The stages are resolve, connect, tls, http, identity, auth, websocket, in this order. No stage takes more than half of
what is left of the time limit, so that a confirming request (the other scheme, another Host header) still fits.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from jntui.model import STAGES, Failure, Probe, Stage
from jntui.network.listeners import covers
from jntui.network.reply import read_reply
from jntui.text import visible
from jntui.transport import Deadline, Target, TransportError, is_ip

if TYPE_CHECKING:
    from jntui.model import AuthOutcome, Certificate, Endpoint, Reply, Secret, Server
    from jntui.transport import Channel, Response, Transport

WEBSOCKET_UNTESTED = "not tested by this version"

GATEWAY = "Kernel Gateway"
"""The name that discovery gives it."""


class BadUrl(ValueError):
    """The text cannot be the URL of a Jupyter server; the message says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a URL says: where to connect and under which base URL."""

    target: Target
    base: str
    """With a slash at both ends."""
    unix: bool = False

    def path(self, name: str) -> str:
        """The path of `api`, `login` and so on under the base URL."""
        return f"{self.base}{name}"


def read_url(url: str) -> Place:
    """The parts of `url`. Raises BadUrl with one clear line."""
    if any(char.isspace() or not char.isprintable() for char in url):
        raise BadUrl("it holds a blank or a control character")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadUrl(visible(str(error), 120)) from error
    if parts.scheme == "http+unix":
        return Place(Target("http", "localhost", 0, unix_path=unquote(parts.netloc)), "/", unix=True)
    if parts.scheme not in {"http", "https"}:
        raise BadUrl("it does not begin with http:// or https://")
    if not parts.hostname:
        raise BadUrl("it names no host")
    if port == 0:
        raise BadUrl("port 0 is no port that can be opened")
    host = unquote(parts.hostname)
    if ":" in host and not is_ip(host):
        raise BadUrl(f"{visible(host, 60)} is no IPv6 address")
    path = parts.path if parts.path.endswith("/") else parts.path + "/"
    return Place(Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80)), path)


@dataclass(slots=True)
class _Attempt:
    """The state of one probe while it runs."""

    endpoint: Endpoint
    server: Server | None
    transport: Transport
    deadline: Deadline
    token: Secret | None
    token_in_url: bool
    place: Place | None = None
    stages: list[Stage] = field(default_factory=list)
    failure: Failure | None = None
    certificate: Certificate | None = None
    reply: Reply | None = None
    other_scheme_works: bool | None = None
    local_host_works: bool | None = None
    auth: AuthOutcome | None = None
    identity: bool | None = None
    peer: str | None = None
    token_sent: bool = False

    def fail(self, error: TransportError) -> None:
        self.stages.extend(error.stages)
        self.stages.append(Stage(error.stage, False, None, visible(str(error), 300)))
        self.failure = Failure(error.stage, error.kind, visible(str(error), 300))
        self.peer = error.peer or self.peer

    def refuse(self, stage: Failure) -> None:
        self.stages.append(Stage(stage.stage, False, None, stage.detail))
        self.failure = stage


def probe(
    endpoint: Endpoint,
    server: Server | None,
    transport: Transport,
    timeout_s: float,
    *,
    token: Secret | None = None,
    confirm_uncovered: bool = False,
) -> Probe:
    """Tries `endpoint` within `timeout_s` seconds. Never raises for what the network or the peer does.

    `token` is one that the user put into the URL; else the server's own is used, and only where the answer provably
    comes from that server, over plain HTTP or a trusted certificate. An endpoint that no listener takes is not
    connected to, unless `confirm_uncovered`.
    """
    begin = time.perf_counter()
    own = server.token if server is not None else None
    attempt = _Attempt(endpoint, server, transport, Deadline(timeout_s), token or own, token is not None)
    _run(attempt, confirm_uncovered)
    return Probe(
        url=endpoint.url,
        stages=_complete(attempt.stages),
        elapsed_ms=round((time.perf_counter() - begin) * 1000, 1),
        timeout_s=timeout_s,
        failure=attempt.failure,
        certificate=attempt.certificate,
        reply=attempt.reply,
        other_scheme_works=attempt.other_scheme_works,
        local_host_works=attempt.local_host_works,
        auth=attempt.auth,
        identity=attempt.identity,
        peer=attempt.peer,
        token_sent=attempt.token_sent,
        token_in_url=attempt.token_in_url,
    )


def _complete(stages: list[Stage]) -> tuple[Stage, ...]:
    """All seven stages in their order; those that were not reached say so."""
    by_name = {stage.name: stage for stage in stages}
    return tuple(by_name.get(name) or Stage(name, None, None, "not reached") for name in STAGES)


def _run(attempt: _Attempt, confirm_uncovered: bool) -> None:
    try:
        place = attempt.place = read_url(attempt.endpoint.url)
    except BadUrl as error:
        attempt.refuse(Failure("resolve", "bad-url", str(error)))
        return
    if place.unix:
        attempt.refuse(Failure("connect", "unix-socket", f"unix:{visible(place.target.unix_path)}"))
        return
    if attempt.endpoint.covered is False and not confirm_uncovered:
        listeners = ", ".join(listener.text for listener in attempt.server.listeners) if attempt.server else ""
        attempt.refuse(Failure("connect", "not-listening", f"listeners: {listeners or 'none'}"))
        return
    try:
        channel = attempt.transport.open(place.target, attempt.deadline)
    except TransportError as error:
        _uncovered_or_failed(attempt, error)
        return
    with contextlib.closing(channel):
        attempt.stages.extend(channel.stages)
        attempt.certificate = channel.certificate
        attempt.peer = channel.peer
        _http(attempt, place, channel)


def _uncovered_or_failed(attempt: _Attempt, error: TransportError) -> None:
    """A connection failed: for an endpoint without listener that is what was expected."""
    attempt.fail(error)
    if attempt.endpoint.covered is False and error.stage == "connect":
        attempt.failure = Failure("connect", "not-listening", visible(str(error), 300))
    elif error.stage == "tls":
        attempt.other_scheme_works = _other_scheme(attempt)


def _other_scheme(attempt: _Attempt) -> bool | None:
    """Whether the other scheme gets an answer on the same port: an HTTP answer, or a finished TLS handshake."""
    place = attempt.place
    if place is None or attempt.deadline.left() <= 0:
        return None
    scheme = "http" if place.target.scheme == "https" else "https"
    target = replace(place.target, scheme=scheme, address=attempt.peer or place.target.address)
    try:
        with contextlib.closing(attempt.transport.open(target, attempt.deadline)) as channel:
            if scheme == "http":
                channel.get(place.path("api"), attempt.deadline)
            return True
    except TransportError:
        return False


def _http(attempt: _Attempt, place: Place, channel: Channel) -> None:
    try:
        response = channel.get(place.path("api"), attempt.deadline.half(), _gateway_token(attempt, channel))
    except TransportError as error:
        attempt.fail(error)
        if place.target.scheme == "http" and error.kind in {"reset", "closed", "silent", "not-http"}:
            attempt.other_scheme_works = _other_scheme(attempt)
        return
    reply = attempt.reply = read_reply(response)
    attempt.stages.append(Stage("http", True, response.elapsed_ms, _http_words(reply)))
    if reply.status == 403 and reply.csp_base_url is not None:
        attempt.local_host_works = _as_local(attempt, place, channel)
    if reply.jupyter_version is None and not _gateway_login(reply):
        return
    _identity(attempt, place)
    _auth(attempt, place, channel)
    if attempt.auth in {"accepted", "open", "login", "hub", "not-sent"}:
        attempt.stages.append(Stage("websocket", None, None, WEBSOCKET_UNTESTED))


def _gateway_token(attempt: _Attempt, channel: Channel) -> Mapping[str, str] | None:
    """A Kernel Gateway guards `api` itself and writes a warning for each stranger, so its own token goes along at once.

    Only where the kernel proves the listener to be its own, and over nothing that was not verified.
    """
    server, token = attempt.server, attempt.token
    if server is None or server.app != GATEWAY or not token or attempt.peer is None:
        return None
    verified = channel.certificate is None or channel.certificate.trusted
    if not verified or not attempt.endpoint.covered or not covers(server.listeners, attempt.peer):
        return None
    attempt.token_sent = True
    return {"Authorization": f"token {token.reveal()}"}


def _http_words(reply: Reply) -> str:
    if reply.jupyter_version is not None:
        return f"{reply.status}, Jupyter {reply.jupyter_version}"
    server = f", Server: {reply.server}" if reply.server else ""
    return f"{reply.status}{server}"


def _gateway_login(reply: Reply) -> bool:
    """A kernel gateway with a token guards even `api`: 401 with Jupyter's JSON error, and no Basic challenge."""
    return reply.hub or (reply.status == 401 and not reply.basic and reply.message == "Unauthorized")


def _as_local(attempt: _Attempt, place: Place, channel: Channel) -> bool | None:
    """The proof that a 403 is the Host check: the same connection with `Host: 127.0.0.1` gets another answer."""
    try:
        response = channel.get(place.path("api"), attempt.deadline.half(), {"Host": f"127.0.0.1:{place.target.port}"})
    except TransportError:
        return None
    return response.status != 403


def _identity(attempt: _Attempt, place: Place) -> None:
    """For an address of this machine the kernel tells: the listener that takes it belongs to the server's pid."""
    server = attempt.server
    if server is None:
        _stage(attempt, "identity", None, "no server of this machine is known at this URL")
    elif attempt.endpoint.covered is None or attempt.peer is None:
        _stage(attempt, "identity", None, "nothing public tells two servers apart at this URL")
    elif covers(server.listeners, attempt.peer):
        attempt.identity = True
        _stage(attempt, "identity", True, f"this server (pid {server.pid} listens on it)")
    else:
        attempt.identity = False
        _stage(attempt, "identity", False, f"{attempt.peer} is not taken by pid {server.pid}")


def _stage(attempt: _Attempt, name: str, ok: bool | None, detail: str, elapsed_ms: float | None = None) -> None:
    known = next(stage for stage in STAGES if stage == name)
    attempt.stages.append(Stage(known, ok, elapsed_ms, detail))


def _auth(attempt: _Attempt, place: Place, channel: Channel) -> None:
    reply, server = attempt.reply, attempt.server
    if attempt.identity is False or reply is None:
        _stage(attempt, "auth", None, "not asked: another server answers here")
        return
    if reply.hub:
        attempt.auth = "hub"
        _stage(attempt, "auth", None, "JupyterHub asks for its own login")
        return
    try:
        if server is not None and server.app == GATEWAY and reply.status == 200:
            _auth_gateway(attempt)
        elif attempt.token and (attempt.token_in_url or attempt.identity):
            _auth_with_token(attempt, place, channel)
        elif reply.status == 401:
            attempt.auth = "login"
            _stage(attempt, "auth", None, "it asks for a token that is not known here")
        elif (server is not None and server.auth == "none") or reply.anonymous:
            _auth_without(attempt, place, channel)
        else:
            _auth_login_page(attempt, place, channel)
    except TransportError as error:
        attempt.auth = "unknown"
        _stage(attempt, "auth", None, f"no answer: {visible(str(error), 200)}")


def _auth_gateway(attempt: _Attempt) -> None:
    """It has neither `login` nor `api/status`: what `api` said is all there is to ask."""
    attempt.auth = "accepted" if attempt.token_sent else "open"
    _stage(attempt, "auth", True, "token accepted" if attempt.token_sent else "api was read without any login")


def _auth_with_token(attempt: _Attempt, place: Place, channel: Channel) -> None:
    """`api/status` needs authentication and does not count as activity; the header never reaches a log."""
    if channel.certificate is not None and not channel.certificate.trusted:
        attempt.auth = "not-sent"
        _stage(attempt, "auth", None, "the token is not sent over a certificate that nobody verified")
        return
    assert attempt.token is not None  # noqa: S101 - the caller looked
    attempt.token_sent = True
    headers = {"Authorization": f"token {attempt.token.reveal()}"}
    name = "api" if attempt.reply is not None and attempt.reply.status == 401 else "api/status"
    response = channel.get(f"{place.path(name)}?no_track_activity=1", attempt.deadline.half(), headers)
    accepted = response.status == 200
    attempt.auth = "accepted" if accepted else "rejected"
    word = "token accepted" if accepted else f"token refused ({response.status})"
    _stage(attempt, "auth", accepted, word, response.elapsed_ms)
    if accepted:
        _compare_started(attempt, response)


def _auth_without(attempt: _Attempt, place: Place, channel: Channel) -> None:
    response = channel.get(f"{place.path('api/status')}?no_track_activity=1", attempt.deadline.half())
    if response.status == 200:
        attempt.auth = "open"
        _stage(attempt, "auth", True, "api/status was read without any login", response.elapsed_ms)
        _compare_started(attempt, response)
    elif response.status == 404:
        # Only a Kernel Gateway answers `api` and has neither page, and one that guards itself would not have answered.
        attempt.auth = "open"
        _stage(attempt, "auth", True, "api was read without any login", response.elapsed_ms)
    else:
        attempt.auth = "login"
        _stage(attempt, "auth", None, f"it asks for a login ({response.status})", response.elapsed_ms)


def _auth_login_page(attempt: _Attempt, place: Place, channel: Channel) -> None:
    """`/login` first: with authentication it is 200 and writes nothing into the server's log."""
    response = channel.get(place.path("login"), attempt.deadline.half())
    if response.status == 404:
        _auth_without(attempt, place, channel)
        return
    attempt.auth = "login"
    _stage(attempt, "auth", None, "it asks for a login that is not known here", response.elapsed_ms)


def _compare_started(attempt: _Attempt, response: Response) -> None:
    """`started` tells two servers apart where no listener can: behind a tunnel, at a URL the user added."""
    known = attempt.server.api_started if attempt.server is not None else None
    try:
        status: object = json.loads(response.body)
    except (ValueError, RecursionError):
        return
    started = status.get("started") if isinstance(status, Mapping) else None
    if not known or not isinstance(started, str):
        return
    attempt.identity = started == known
    word = "this server (same start time)" if attempt.identity else "another start time than this server's"
    attempt.stages = [stage for stage in attempt.stages if stage.name != "identity"]
    _stage(attempt, "identity", attempt.identity, word)
