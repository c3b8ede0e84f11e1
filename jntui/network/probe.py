"""The probe: one bounded, staged attempt to use an endpoint. It collects facts; `diagnose` draws the conclusions.

The stages are resolve, connect, tls, http, identity, auth, websocket, in this order. No stage takes more than half of
what is left of the time limit, so that a confirming request (the other scheme, another Host header) still fits. All
requests of one probe together receive at most 64 KiB.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.model import Failure, Probe
from jntui.network.attempt import Attempt
from jntui.network.authentication import authenticate, gateway_token, identify
from jntui.network.place import BadUrl, read_url
from jntui.network.reply import guards_api, read_reply
from jntui.network.websocket import take_cookie, try_websocket
from jntui.text import visible
from jntui.transport import Allowance, Deadline, TransportError

if TYPE_CHECKING:
    from jntui.model import Endpoint, Reply, Secret, Server
    from jntui.network.place import Place
    from jntui.transport import Channel, Transport

READ_LIMIT = 64 * 1024
"""Bytes that one probe receives at most, headers and bodies of all its requests."""


def probe(
    endpoint: Endpoint,
    server: Server | None,
    transport: Transport,
    timeout_s: float,
    *,
    token: Secret | None = None,
    confirm_uncovered: bool = False,
    own_certificate: bytes = b"",
    own_addresses: frozenset[str] = frozenset(),
) -> Probe:
    """Tries `endpoint` within `timeout_s` seconds. Never raises for what the network or the peer does.

    `token` is one that the user put into the URL; else the server's own is used, and only where the answer provably
    comes from that server, over plain HTTP, a trusted certificate, or the one in its own file, `own_certificate` (DER).
    `own_addresses` are this machine's: only there a listener proves anything, as a wildcard would take every address on
    earth. An endpoint that no listener takes is not connected to, unless `confirm_uncovered`.
    """
    begin = time.perf_counter()
    own = server.token if server is not None else None
    allowance = Allowance(READ_LIMIT)
    deadline = Deadline(timeout_s, allowance)
    attempt = Attempt(endpoint, server, transport, deadline, token or own, token is not None, own_certificate)
    attempt.own_addresses = own_addresses
    _run(attempt, confirm_uncovered)
    return Probe(
        url=endpoint.url,
        stages=attempt.complete(),
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
        websocket=attempt.websocket,
        bytes_read=allowance.used,
    )


def _run(attempt: Attempt, confirm_uncovered: bool) -> None:
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
    target = replace(place.target, own_certificate=attempt.own_certificate)
    try:
        channel = attempt.transport.open(target, attempt.deadline)
    except TransportError as error:
        _uncovered_or_failed(attempt, error)
        return
    with contextlib.closing(channel):
        attempt.stages.extend(channel.stages)
        attempt.certificate = channel.certificate
        attempt.peer = channel.peer
        _http(attempt, place, channel)


def _uncovered_or_failed(attempt: Attempt, error: TransportError) -> None:
    """A connection failed: for an endpoint without listener that is what was expected."""
    attempt.fail(error)
    if attempt.endpoint.covered is False and error.stage == "connect":
        attempt.failure = Failure("connect", "not-listening", visible(str(error), 300))
    elif error.stage in {"tls", "http"}:
        attempt.other_scheme_works = _other_scheme(attempt)


def _other_scheme(attempt: Attempt) -> bool | None:
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


def _http(attempt: Attempt, place: Place, channel: Channel) -> None:
    try:
        response = channel.get(place.path("api"), attempt.deadline.half(), gateway_token(attempt))
    except TransportError as error:
        attempt.fail(error)
        if place.target.scheme == "http" and error.kind in {"reset", "closed", "silent", "not-http"}:
            attempt.other_scheme_works = _other_scheme(attempt)
        return
    reply = attempt.reply = read_reply(response)
    attempt.stage("http", True, _http_words(reply), response.elapsed_ms)
    if reply.status == 400 and place.target.scheme == "http" and reply.csp_base_url is None:
        # A web server in front says so where plain http reaches its TLS port (nginx does).
        attempt.other_scheme_works = _other_scheme(attempt)
    if reply.status == 403 and reply.csp_base_url is not None:
        attempt.local_host_works = _as_local(attempt, place, channel)
    if reply.jupyter_version is None and not guards_api(reply):
        return
    identify(attempt)
    if reply.anonymous:
        take_cookie(attempt, response)
    authenticate(attempt, place, channel)
    if attempt.auth is not None and attempt.auth != "rejected" and attempt.identity is not False:
        try_websocket(attempt, place, channel)


def _http_words(reply: Reply) -> str:
    if reply.jupyter_version is not None:
        return f"{reply.status}, Jupyter {reply.jupyter_version}"
    server = f", Server: {reply.server}" if reply.server else ""
    return f"{reply.status}{server}"


def _as_local(attempt: Attempt, place: Place, channel: Channel) -> bool | None:
    """The proof that a 403 is the Host check: the same connection with a loopback Host gets another answer.

    `127.0.0.1` and not `localhost`: the check lets every loopback address in, but `localhost` only as long as
    local_hostnames was not replaced by a list without it (jupyter_server base/handlers.py, check_host).
    """
    try:
        response = channel.get(place.path("api"), attempt.deadline.half(), {"Host": f"127.0.0.1:{place.target.port}"})
    except TransportError:
        return None
    if response.status == 403:
        return False
    # A proxy's own page for a name that it does not know proves nothing.
    return True if read_reply(response).jupyter_version is not None else None
