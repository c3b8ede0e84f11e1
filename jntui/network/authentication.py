"""The identity and auth stages: is it this very server, and does it let its owner in.

Nothing public tells two servers apart, so a token goes only where the kernel proves the listener to be the server's
own, or where the user put it into the URL; and over no TLS connection in which somebody could stand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.network.listeners import covers
from jntui.network.reply import from_jupyter, read_login
from jntui.network.websocket import take_cookie
from jntui.text import visible
from jntui.transport import TransportError

if TYPE_CHECKING:
    from jntui.network.attempt import Attempt
    from jntui.network.place import Place
    from jntui.transport import Channel, Response

GATEWAY = "Kernel Gateway"
"""The name that discovery gives it."""


def gateway_token(attempt: Attempt) -> Mapping[str, str] | None:
    """A Kernel Gateway guards `api` itself and writes a warning for each stranger, so its own token goes along at once.

    Only where the kernel proves the listener to be its own, and over nothing that was not verified.
    """
    server, token = attempt.server, attempt.token
    if server is None or server.app != GATEWAY or not token or attempt.peer is None:
        return None
    ours = attempt.at_home and attempt.endpoint.covered and covers(server.listeners, attempt.peer)
    if not attempt.verified or not ours:
        return None
    attempt.token_sent = True
    return {"Authorization": f"token {token.reveal()}"}


def identify(attempt: Attempt) -> None:
    """For an address of this machine the kernel tells: the listener that takes it belongs to the server's pid."""
    server = attempt.server
    if server is None:
        attempt.stage("identity", None, "no server of this machine is known at this URL")
    elif attempt.endpoint.covered is None or attempt.peer is None:
        attempt.stage("identity", None, "nothing public tells two servers apart at this URL")
    elif not attempt.at_home:
        attempt.identity = False
        attempt.stage("identity", False, f"{attempt.peer} is no address of this machine")
    elif covers(server.listeners, attempt.peer):
        attempt.identity = True
        attempt.stage("identity", True, f"this server (pid {server.pid} listens on it)")
    else:
        attempt.identity = False
        attempt.stage("identity", False, f"{attempt.peer} is not taken by pid {server.pid}")


def authenticate(attempt: Attempt, place: Place, channel: Channel) -> None:
    """The auth stage. Never raises for what the peer does."""
    reply, server = attempt.reply, attempt.server
    if attempt.identity is False or reply is None:
        attempt.stage("auth", None, "not asked: another server answers here")
        return
    if reply.hub:
        attempt.auth = "hub"
        attempt.stage("auth", None, "JupyterHub asks for its own login")
        return
    try:
        if server is not None and server.app == GATEWAY and reply.status == 200:
            _auth_gateway(attempt)
        elif attempt.token and (attempt.token_in_url or attempt.identity):
            _auth_with_token(attempt, place, channel)
        elif reply.status == 401:
            attempt.auth = "login"
            attempt.stage("auth", None, "it asks for a token that is not known here")
        elif (server is not None and server.auth == "none") or reply.anonymous:
            _auth_without(attempt, place, channel)
        else:
            _auth_login_page(attempt, place, channel)
    except TransportError as error:
        attempt.auth = "unknown"
        attempt.stage("auth", None, f"no answer: {visible(str(error), 200)}")


def _auth_gateway(attempt: Attempt) -> None:
    """It has neither `login` nor `api/status`: what `api` said is all there is to ask."""
    attempt.gateway = True
    attempt.auth = "accepted" if attempt.token_sent else "open"
    attempt.stage("auth", True, "token accepted" if attempt.token_sent else "api was read without any login")


def _auth_with_token(attempt: Attempt, place: Place, channel: Channel) -> None:
    """`api/status` needs authentication and does not count as activity; the header never reaches a log."""
    if not attempt.verified:
        attempt.auth = "not-sent"
        attempt.stage("auth", None, "the token is not sent over a certificate that nobody verified")
        return
    assert attempt.token is not None  # noqa: S101 - the caller looked
    attempt.token_sent = True
    headers = {"Authorization": f"token {attempt.token.reveal()}"}
    name = "api" if attempt.reply is not None and attempt.reply.status == 401 else "api/status"
    response = channel.get(f"{place.path(name)}?no_track_activity=1", attempt.deadline.half(), headers)
    accepted = response.status == 200
    attempt.auth = "accepted" if accepted else "rejected"
    word = "token accepted" if accepted else f"token refused ({response.status})"
    attempt.stage("auth", accepted, word, response.elapsed_ms)
    if accepted:
        take_cookie(attempt, response)
        _compare_started(attempt, response)


def _auth_without(attempt: Attempt, place: Place, channel: Channel) -> None:
    response = channel.get(f"{place.path('api/status')}?no_track_activity=1", attempt.deadline.half())
    if response.status == 200:
        attempt.auth = "open"
        attempt.stage("auth", True, "api/status was read without any login", response.elapsed_ms)
        take_cookie(attempt, response)
        _compare_started(attempt, response)
    elif response.status == 404 and (attempt.reply is None or not from_jupyter(attempt.reply)):
        _foreign(attempt, "neither api/status nor a mark of Jupyter is there")
    elif response.status == 404:
        # Only a Kernel Gateway answers `api` and has neither page, and one that guards itself would not have answered.
        attempt.auth, attempt.gateway = "open", True
        attempt.stage("auth", True, "api was read without any login", response.elapsed_ms)
    else:
        attempt.auth = "login"
        attempt.stage("auth", None, f"it asks for a login ({response.status})", response.elapsed_ms)


def _auth_login_page(attempt: Attempt, place: Place, channel: Channel) -> None:
    """`/login` first: with authentication it is 200 and writes nothing into the server's log."""
    assert attempt.reply is not None  # noqa: S101 - the caller looked
    response = channel.get(place.path("login"), attempt.deadline.half())
    page = read_login(response, attempt.reply, place.base)
    if page == "unguarded":
        _auth_without(attempt, place, channel)
    elif page == "guarded":
        attempt.auth = "login"
        attempt.stage("auth", None, "it asks for a login that is not known here", response.elapsed_ms)
    elif page == "unknown":
        attempt.auth = "unknown"
        attempt.stage("auth", None, f"its login page answers {response.status}", response.elapsed_ms)
    else:
        _foreign(attempt, "its login page is none of Jupyter's")


def _foreign(attempt: Attempt, why: str) -> None:
    """A version at `api` is all that it has of Jupyter."""
    assert attempt.reply is not None  # noqa: S101 - the callers looked
    attempt.reply = replace(attempt.reply, jupyter_version=None)
    attempt.stage("auth", None, f"not asked further: {why}")


def _compare_started(attempt: Attempt, response: Response) -> None:
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
    attempt.stage("identity", attempt.identity, word)
