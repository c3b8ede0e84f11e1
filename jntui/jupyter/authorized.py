"""Requests to a server's API over its own listeners: with its token, or with nothing where none is needed.

Tokens go to no other process: the listener was proven to be the server's just before (`proof`). So they may go over TLS
whose certificate nobody signed, which for a server on this machine is the rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jntui.jupyter.discovery import target_of
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.jupyter.proof import Proof
    from jntui.model import Server
    from jntui.transport import Channel, Deadline, Response, Target, Transport, TransportError


@dataclass(frozen=True, slots=True)
class Authorized:
    """How to ask one server as somebody it knows."""

    target: Target
    base_url: str
    needs_xsrf: bool
    """It takes requests without credentials, and a POST then needs its XSRF cookie."""
    headers: Mapping[str, str] = field(repr=False)

    def connect(self, transport: Transport, deadline: Deadline) -> Channel:
        """An open connection. Raises TransportError."""
        return transport.open(self.target, deadline)

    def get(self, channel: Channel, path: str, deadline: Deadline) -> Response:
        """GET base URL + `path`. Raises TransportError."""
        return channel.get(self.base_url + path, deadline, self.headers)

    def post(self, channel: Channel, path: str, deadline: Deadline, more: Mapping[str, str]) -> Response:
        """POST base URL + `path` with an empty body and `more` headers. Raises TransportError."""
        return channel.post(self.base_url + path, deadline, {**self.headers, **more})

    def delete(self, channel: Channel, path: str, deadline: Deadline, more: Mapping[str, str]) -> Response:
        """DELETE base URL + `path` with `more` headers. Raises TransportError."""
        return channel.delete(self.base_url + path, deadline, {**self.headers, **more})


def authorize(server: Server, proof: Proof) -> Authorized | str:
    """The way to ask it, or in words why there is none."""
    if server.state == "unresponsive":
        return "it does not answer"
    target = target_of(proof.listeners, server.scheme, "")
    # The Host check lets this name pass whatever the bind address is (jupyter_server base/handlers.py, check_host).
    headers = {"Host": "localhost" if target.unix_path else f"127.0.0.1:{target.port}"}
    if server.auth == "none":
        return Authorized(target, server.base_url, True, headers)
    text = server.token.reveal() if server.token else ""
    if not text:
        known = {"password": "its password is not known here", None: "how it is guarded is not known"}
        return known.get(server.auth, "its token is not known here")
    if not (text.isascii() and text.isprintable() and text == text.strip()):
        return "no header can hold its token"
    if server.scheme == "https" and not proof.owned:
        return "its token is not sent: who listens there cannot be read"
    return Authorized(target, server.base_url, False, {**headers, "Authorization": f"token {text}"})


def failure_words(error: TransportError) -> str:
    """What went wrong, fit for a screen."""
    return visible(str(error), 200)
