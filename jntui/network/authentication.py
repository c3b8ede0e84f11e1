"""The identity and auth stages: is it this very server, and does it let its owner in.

Nothing public tells two servers apart, so a token goes only where the kernel proves the listener to be the server's
own, or where the user put it into the URL; and over no TLS connection in which somebody could stand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.model import GATEWAY
from jntui.network.guard import STATUS, questions, same_start, start_words
from jntui.network.listeners import covers
from jntui.network.websocket import take_cookie
from jntui.text import visible
from jntui.transport import TransportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import Reply
    from jntui.network.attempt import Attempt
    from jntui.network.guard import Guard
    from jntui.network.place import Place
    from jntui.transport import Channel, Response


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
        else:
            _auth_without(attempt, place, channel, reply)
    except TransportError as error:
        attempt.auth = "unknown"
        attempt.stage("auth", None, f"no answer: {visible(str(error), 200)}")


def _auth_gateway(attempt: Attempt) -> None:
    """It has neither `login` nor `api/status`: what `api` said is all there is to ask."""
    attempt.gateway = True
    attempt.auth = "accepted" if attempt.token_sent else "open"
    attempt.stage("auth", True, "token accepted" if attempt.token_sent else "api was read without any login")


def _auth_with_token(attempt: Attempt, place: Place, channel: Channel) -> None:
    """The header never reaches a log."""
    if not attempt.verified:
        attempt.auth = "not-sent"
        attempt.stage("auth", None, "the token is not sent over a certificate that nobody verified")
        return
    assert attempt.token is not None  # noqa: S101 - the caller looked
    attempt.token_sent = True
    headers = {"Authorization": f"token {attempt.token.reveal()}"}
    asked = "api?no_track_activity=1" if attempt.reply is not None and attempt.reply.status == 401 else STATUS
    response = channel.get(place.path(asked), attempt.deadline.half(), headers)
    accepted = response.status == 200
    attempt.auth = "accepted" if accepted else "rejected"
    word = "token accepted" if accepted else f"token refused ({response.status})"
    attempt.stage("auth", accepted, word, response.elapsed_ms)
    if accepted:
        take_cookie(attempt, response)
        _compare_started(attempt, response)


def _auth_without(attempt: Attempt, place: Place, channel: Channel, reply: Reply) -> None:
    asking = questions(attempt.server, reply, place.base)
    try:
        path = next(asking)
        while True:
            path = asking.send(channel.get(place.path(path), attempt.deadline.half()))
    except StopIteration as end:
        found: Guard = end.value
    attempt.auth, attempt.gateway = found.auth, found.gateway
    if found.auth is None:
        attempt.reply = replace(reply, jupyter_version=None)
    attempt.stage("auth", found.ok, found.words, found.answer.elapsed_ms if found.answer is not None else None)
    if found.auth == "open" and not found.gateway and found.answer is not None:
        take_cookie(attempt, found.answer)
        _compare_started(attempt, found.answer)


def _compare_started(attempt: Attempt, response: Response) -> None:
    same = same_start(attempt.server, response)
    if same is not None:
        attempt.identity = same
        attempt.stage("identity", same, start_words(same))
