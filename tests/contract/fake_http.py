"""The fake at the HTTP seam: in a test a plain function is the server."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from jntui.model import Certificate, Stage
from jntui.transport import Deadline, Response, Target, TransportError


@dataclass(frozen=True)
class Request:
    """What the server function sees."""

    target: Target
    path: str
    headers: Mapping[str, str]
    method: str = "GET"
    body: bytes = field(default=b"", repr=False)

    @property
    def host(self) -> str:
        return self.headers.get("Host", self.target.host_header)

    @property
    def token(self) -> str | None:
        return self.headers.get("Authorization", "").removeprefix("token ") or None


Handler = Callable[[Request], Response]


def reply(status: int = 200, body: object = b"", **headers: str) -> Response:
    """An answer; a dict becomes JSON. Header names are written with `_` for `-`."""
    fields = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    if isinstance(body, bytes):
        data = body
    else:
        data = json.dumps(body).encode()
        fields.setdefault("content-type", "application/json")
    return Response(status, fields, data, truncated=False, elapsed_ms=1.0)


def upgraded(request: Request) -> Response:
    """The answer of a server that opens the WebSocket (RFC 6455, 4.2.2)."""
    key = request.headers["Sec-WebSocket-Key"].encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return reply(101, b"", sec_websocket_accept=base64.b64encode(hashlib.sha1(key).digest()).decode())


@dataclass
class FakeChannel:
    target: Target
    handler: Handler
    requests: list[Request]
    certificate: Certificate | None = None
    peer: str = "127.0.0.1"
    stages: tuple[Stage, ...] = (Stage("connect", True, 0.1, "127.0.0.1 port 8888"),)
    closed: bool = False

    def get(self, path: str, deadline: Deadline, headers: Mapping[str, str] | None = None) -> Response:
        return self._exchange("GET", path, deadline, headers)

    def post(
        self, path: str, deadline: Deadline, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        return self._exchange("POST", path, deadline, headers, body)

    def delete(self, path: str, deadline: Deadline, headers: Mapping[str, str] | None = None) -> Response:
        return self._exchange("DELETE", path, deadline, headers)

    def _exchange(
        self, method: str, path: str, deadline: Deadline, headers: Mapping[str, str] | None, body: bytes = b""
    ) -> Response:
        assert deadline.left() > 0, "a request after the deadline"
        request = Request(self.target, path, dict(headers or {}), method, body)
        self.requests.append(request)
        return self.handler(request)

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeTransport:
    """`refuse` maps a scheme to the error that connecting with it gives."""

    handler: Handler
    refuse: dict[str, TransportError] = field(default_factory=dict)
    certificate: Certificate | None = None
    peer: str = "127.0.0.1"
    requests: list[Request] = field(default_factory=list)
    opened: list[FakeChannel] = field(default_factory=list)

    def open(self, target: Target, deadline: Deadline) -> FakeChannel:
        if target.scheme in self.refuse:
            raise self.refuse[target.scheme]
        channel = FakeChannel(target, self.handler, self.requests, self.certificate, self.peer)
        self.opened.append(channel)
        return channel
