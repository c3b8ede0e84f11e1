"""The WebSocket stage: the handshake that a browser makes once the page is open, and without which no cell runs.

A browser sends the cookie that its login gave it, and an Origin. With a token Jupyter skips the Origin check
(jupyter_server base/websocket.py, check_origin), so that a token would hide just the failure that users meet behind a
proxy. `api/events/subscribe` needs no kernel (jupyter_server 2.0 and later); a success writes nothing into the log.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from typing import TYPE_CHECKING

from jntui.model import WebSocket
from jntui.text import visible
from jntui.transport import TransportError

if TYPE_CHECKING:
    from jntui.model import WebSocketOutcome
    from jntui.network.attempt import Attempt
    from jntui.network.place import Place
    from jntui.transport import Channel, Response

_COOKIE = re.compile(
    r"(?:^|,\s*)([\w!#$%&'*+.^`|~-]{1,300})=(\"[ !#-~]{0,4000}\"|[!\x23-\x2b\x2d-\x3a\x3c-\x7e]{0,4000})", re.ASCII
)
"""A cookie's name and value (RFC 6265, 4.1.1), several Set-Cookie headers joined with commas."""

_MOST_COOKIES = 4

_ACCEPT_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, section 1.3."""

_NOT_A_WEBSOCKET = 'Can "Upgrade" only to "WebSocket".'
"""tornado websocket.py: the request that arrived had no Upgrade header."""

_CROSS_ORIGIN = "Cross origin websockets not allowed"
"""tornado websocket.py: check_origin said no."""

_NOT_UPGRADED = '"Connection" must be "Upgrade".'
"""tornado websocket.py: the Connection header was rewritten."""


def take_cookie(attempt: Attempt, response: Response) -> None:
    """Keeps the cookies of a login for the handshake of this same probe; `_xsrf` is given to strangers as well.

    The login's own is called `username-HOST-PORT` unless `cookie_name` says otherwise (auth/identity.py).
    """
    found = _COOKIE.findall(response.headers.get("set-cookie", ""))
    kept = [f"{name}={value}" for name, value in found if name != "_xsrf"][:_MOST_COOKIES]
    if kept:
        attempt.cookie = "; ".join(kept)


def has_events(version: str | None) -> bool:
    """A server of this version has `api/events/subscribe`; Notebook up to 6 and jupyter_server 1 have nothing like it.

    Asking them all the same would write a warning into their log with each probe.
    """
    major = (version or "").split(".", 1)[0]
    return major.isdecimal() and int(major) in {2, 3}


def try_websocket(attempt: Attempt, place: Place, channel: Channel) -> None:
    """Makes the handshake, or says why it cannot be tried."""
    why_not = _why_not(attempt)
    if why_not:
        attempt.stage("websocket", None, f"not tested: {why_not}")
        return
    key = base64.b64encode(os.urandom(16)).decode()
    origin = f"{place.target.scheme}://{place.target.host_header}"
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        "Origin": origin,
    }
    headers["Cookie"] = attempt.cookie
    try:
        response = channel.get(place.path("api/events/subscribe"), attempt.deadline.half(), headers)
    except TransportError as error:
        outcome: WebSocketOutcome = "silent" if error.kind in {"silent", "too-slow", "timeout"} else "ended"
        detail = visible(str(error), 200)
        attempt.websocket = WebSocket(outcome, 0, detail, True, origin)
        attempt.stage("websocket", False, f"no answer to the handshake: {detail}")
        return
    _judge(attempt, response, key, origin)


def _why_not(attempt: Attempt) -> str:
    reply = attempt.reply
    if attempt.auth in {"login", "hub"}:
        return "it needs a login that jntui cannot make"
    if attempt.auth == "not-sent":
        return "it needs the token, which is not sent over a certificate that nobody verified"
    if attempt.auth not in {"accepted", "open"}:
        return "the login question was not answered"
    if attempt.gateway or reply is None or not has_events(reply.jupyter_version):
        return "this kind of server has no WebSocket without a kernel"
    if not attempt.cookie:
        return "no cookie came with the login; what stands in front may take Set-Cookie out, and a browser needs it"
    return ""


def _judge(attempt: Attempt, response: Response, key: str, origin: str) -> None:
    outcome, words = _outcome(response, key)
    server = visible(response.headers.get("server", ""), 80)
    attempt.websocket = WebSocket(outcome, response.status, words, True, origin, server)
    if outcome == "open":
        attempt.stage("websocket", True, "opened with a cookie and Origin, as a browser", response.elapsed_ms)
    elif outcome == "missing":
        attempt.stage("websocket", None, "not tested: it has no api/events/subscribe", response.elapsed_ms)
    else:
        attempt.stage("websocket", False, f"{response.status} {words}".rstrip(), response.elapsed_ms)


def _outcome(response: Response, key: str) -> tuple[WebSocketOutcome, str]:
    if response.status == 101:
        wanted = base64.b64encode(hashlib.sha1(key.encode() + _ACCEPT_SUFFIX).digest()).decode()  # noqa: S324 - the RFC's
        if response.headers.get("sec-websocket-accept", "") == wanted:
            return "open", ""
        return "other", "the handshake's answer does not belong to its question"
    text = response.body[:4096].decode("utf-8", "replace")
    if response.status == 400 and (_NOT_A_WEBSOCKET in text or _NOT_UPGRADED in text):
        return "no-upgrade", _first_words(text)
    if response.status == 403 and _CROSS_ORIGIN in text:
        return "cross-origin", _CROSS_ORIGIN
    if response.status == 403:
        return "forbidden", _first_words(text)
    if response.status == 404 and "security/csp-report" in response.headers.get("content-security-policy", ""):
        return "missing", ""
    return "other", _first_words(text)


def _first_words(text: str) -> str:
    """The body's first words without its markup."""
    return visible(" ".join(re.sub(r"<[^>]*>", " ", text).split()), 100)
