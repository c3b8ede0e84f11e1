"""The WebSocket stage against plain functions: what a browser would send, and what each answer means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from jntui.model import Certificate, Probe, Secret
from jntui.network.probe import probe
from jntui.network.websocket import has_events
from jntui.transport import Response, TransportError
from tests.contract.fake_http import FakeTransport, Request, reply, upgraded
from tests.contract.test_probe import COOKIE, CSP, CUSTOM, HERE, SERVER, TOKEN, jupyter

Answer = Callable[[Request], Response]


def answering(answer: Answer, *, version: str = "2.21.1", cookie: bool = True, auth: str = "token") -> Answer:
    """A server whose answer to the handshake is this one."""

    def handler(request: Request) -> Response:
        path = request.path.split("?")[0]
        if path == "/api":
            anonymous = {"set_cookie": COOKIE} if auth == "none" and cookie else {}
            return reply(200, {"version": version}, **anonymous)
        if path == "/api/status":
            return reply(200, {"started": "T1"}, **({"set_cookie": f"_xsrf=2|x; Path=/, {COOKIE}"} if cookie else {}))
        if path == "/api/events/subscribe":
            return answer(request)
        return reply(200, b"<form>")

    return handler


def run(handler: Answer, **fake: object) -> tuple[Probe, list[Request]]:
    transport = FakeTransport(handler, **fake)  # type: ignore[arg-type]
    return probe(HERE, SERVER, transport, 4.0), transport.requests


def stage(result: Probe) -> bool | None:
    return next(one.ok for one in result.stages if one.name == "websocket")


def test_it_sends_what_a_browser_sends_and_no_token() -> None:
    result, requests = run(answering(upgraded))
    sent = requests[-1].headers
    assert sent["Cookie"] == COOKIE
    assert sent["Origin"] == "http://127.0.0.1:8888"
    assert (sent["Connection"], sent["Upgrade"]) == ("Upgrade", "websocket")
    assert "Authorization" not in sent
    assert TOKEN not in str(requests[-1].path)
    assert result.websocket is not None
    assert (result.websocket.outcome, result.websocket.by_cookie) == ("open", True)
    assert stage(result) is True


def test_without_a_cookie_it_is_not_tried_for_a_token_would_hide_the_origin_check() -> None:
    result, requests = run(answering(upgraded, cookie=False))
    assert not any("events" in request.path for request in requests)
    assert result.websocket is None
    assert stage(result) is None
    assert "Set-Cookie" in result.stages[-1].detail


def test_a_cookie_of_another_name_is_the_logins_too() -> None:
    def handler(request: Request) -> Response:
        if request.path.startswith("/api/status"):
            return reply(
                200, {"started": "T1"}, set_cookie="_xsrf=2|a; Path=/, mine=2|1:0|x; expires=Fri, 25 Dec 2026 1"
            )
        return answering(upgraded)(request)

    result, requests = run(handler)
    assert requests[-1].headers["Cookie"] == "mine=2|1:0|x"
    assert stage(result) is True


@pytest.mark.parametrize(
    ("answer", "outcome", "ok"),
    [
        (reply(400, b'Can "Upgrade" only to "WebSocket".', server="nginx"), "no-upgrade", False),
        (reply(400, b'"Connection" must be "Upgrade".'), "no-upgrade", False),
        (reply(403, b"Cross origin websockets not allowed"), "cross-origin", False),
        (reply(403, b"<html><title>403</title></html>"), "forbidden", False),
        (reply(404, b"", content_security_policy=CSP), "missing", None),
        (reply(404, b"", server="nginx"), "other", False),
        (reply(101, b"", sec_websocket_accept="made up"), "other", False),
        (reply(200, b"<html>an application</html>"), "other", False),
        (reply(502, b"", server="nginx"), "other", False),
    ],
)
def test_answers(answer: Response, outcome: str, ok: bool | None) -> None:
    result, _ = run(answering(lambda request: answer))
    assert result.websocket is not None
    assert result.websocket.outcome == outcome
    assert stage(result) is ok


@pytest.mark.parametrize(("kind", "outcome"), [("silent", "silent"), ("too-slow", "silent"), ("reset", "ended")])
def test_no_answer(kind: str, outcome: str) -> None:
    def fail(request: Request) -> Response:
        raise TransportError("http", kind, "gone")  # type: ignore[arg-type]

    result, _ = run(answering(fail))
    assert result.websocket is not None
    assert result.websocket.outcome == outcome
    assert result.failure is None, "the page itself works"
    assert stage(result) is False


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2.0.0", True),
        ("2.21.1", True),
        ("3.0", True),
        ("1.24.0", False),
        ("6.5.7", False),
        ("5.7.8", False),
        ("", False),
    ],
)
def test_only_servers_that_have_events_are_asked(version: str, expected: bool) -> None:
    assert has_events(version) is expected
    _, requests = run(answering(upgraded, version=version or "x"))
    assert any("events" in request.path for request in requests) is expected


def test_where_no_login_can_be_made_it_is_not_tried_and_says_so() -> None:
    password = replace(SERVER, token=None, auth="password")
    transport = FakeTransport(jupyter(auth="password"))
    result = probe(HERE, password, transport, 4.0)
    assert result.websocket is None
    assert stage(result) is None
    assert "login that jntui cannot make" in result.stages[-1].detail


def test_over_an_unverified_certificate_it_is_not_tried_unless_it_is_the_servers_own_file() -> None:
    endpoint = replace(HERE, url="https://127.0.0.1:8888/")
    transport = FakeTransport(answering(upgraded), certificate=Certificate(False, "self-signed certificate"))
    result = probe(endpoint, SERVER, transport, 4.0)
    assert not result.token_sent
    assert result.websocket is None
    own = Certificate(False, "self-signed certificate", own_file=True)
    transport = FakeTransport(answering(upgraded), certificate=own)
    result = probe(endpoint, SERVER, transport, 4.0)
    assert result.token_sent
    assert result.websocket is not None
    assert result.websocket.origin == "https://127.0.0.1:8888"


def test_the_origin_names_the_host_of_the_url_and_no_default_port() -> None:
    transport = FakeTransport(answering(upgraded), peer="203.0.113.9")
    probe(CUSTOM, SERVER, transport, 4.0, token=Secret(TOKEN))
    assert transport.requests[-1].headers["Origin"] == "http://box.example"


def test_a_cookie_is_kept_out_of_every_repr() -> None:
    result, _ = run(answering(upgraded))
    assert "signed" not in repr(result)
