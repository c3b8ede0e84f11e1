"""What the answers of a server mean, and which requests are sent at all."""

from __future__ import annotations

import pytest

from jntui.jupyter.rest import Question, ServerAnswer, ask, is_jupyter, parse_time
from jntui.model import Auth, Certificate, Secret
from jntui.transport import Deadline, Response, Target, TransportError
from tests.contract.fake_http import FakeTransport, Handler, Request, reply

TARGET = Target("http", "localhost", 8888, address="127.0.0.1")
LOGIN_COOKIE = 'username-127-0-0-1-8888="2|1:0|10:1795406381|24:username-127-0-0-1-8888|0:abc"; HttpOnly; Path=/'
XSRF_COOKIE = "_xsrf=2|6c13253d|081e26a3cbe2c586cd4b3e2dd7868e90|1795406378; Path=/"
TOKEN_PAGE = b'<input type="password" name="password" id="password_input"> <h3>Token authentication is enabled</h3>'
PASSWORD_PAGE = b'<input type="password" name="password" id="password_input">'
STATUS = {"kernels": 2, "started": "2026-11-23T04:15:43.023910Z", "last_activity": "2026-11-23T05:00:00.5Z"}


def jupyter(
    login: Response | None = None, *, token: str = "", cookie: str = "", version: str = "2.21.1", base: str = "/"
) -> Handler:
    """A server with this login page; `token` is what `api/status` wants, empty for an open one."""

    def serve(request: Request) -> Response:
        if request.path == f"{base}api":
            return reply(200, {"version": version}, **({"set_cookie": cookie} if cookie else {}))
        if request.path == f"{base}login" and login is not None:
            return login
        if request.path == f"{base}api/status?no_track_activity=1":
            return reply(200, STATUS) if (request.token or "") == token else reply(403, {"message": "Forbidden"})
        raise AssertionError(f"{request.path}: a real server would write a warning")

    return serve


def asked(handler: Handler, **more: object) -> tuple[ServerAnswer, list[str]]:
    transport = FakeTransport(handler)
    answer = ask(Question(TARGET, **more), transport, Deadline(2))  # type: ignore[arg-type]
    assert all(channel.closed for channel in transport.opened)
    return answer, [request.path for request in transport.requests]


@pytest.mark.parametrize(
    ("handler", "auth"),
    [
        (jupyter(reply(200, TOKEN_PAGE), token="t"), "token"),
        (jupyter(reply(200, TOKEN_PAGE, set_cookie=XSRF_COOKIE), token="t"), "token"),
        (jupyter(reply(200, PASSWORD_PAGE), token="t"), "password"),
        (jupyter(cookie=LOGIN_COOKIE), "none"),
        (jupyter(cookie=f"{XSRF_COOKIE}, {LOGIN_COOKIE}"), "none"),
        (jupyter(reply(302, location="/"), version="6.5.7"), "none"),
        (jupyter(reply(302, location="/hub/login"), token="t"), "hub"),
        (jupyter(reply(302, location="https://sso.example/"), token="t"), None),
        (jupyter(reply(200, b"<p>Sign in with a badge"), token="t"), None),
        (jupyter(reply(404), token="t"), None),
    ],
)
def test_the_authentication_without_credentials(handler: Handler, auth: Auth | None) -> None:
    answer, _ = asked(handler)
    assert (answer.kind, answer.auth) == ("jupyter", auth)
    assert (answer.kernels is not None) == (auth == "none")


def test_with_the_token_the_status_tells_the_rest() -> None:
    answer, paths = asked(jupyter(reply(200, TOKEN_PAGE), token="made-up"), token=Secret("made-up"))
    assert (answer.kernels, answer.api_started) == (2, "2026-11-23T04:15:43.023910Z")
    assert answer.last_activity == parse_time("2026-11-23T05:00:00.5+00:00")
    assert answer.auth == "token"
    assert paths == ["/api", "/api/status?no_track_activity=1"], "the accepted token tells what `login` would"


def test_a_token_that_is_refused_leaves_the_question_to_the_login_page() -> None:
    answer, paths = asked(jupyter(reply(200, TOKEN_PAGE), token="another"), token=Secret("made-up"))
    assert (answer.auth, answer.kernels) == ("token", None)
    assert paths[:3] == ["/api", "/api/status?no_track_activity=1", "/login"]


def test_a_password_beside_the_token_only_where_it_is_proven() -> None:
    handler = jupyter(reply(200, TOKEN_PAGE), token="t")
    assert asked(handler, password_proven=True)[0].auth == "token+password"
    assert asked(handler)[0].auth == "token"


def test_the_authentication_is_asked_once() -> None:
    _, paths = asked(jupyter(token="t"), token=Secret("t"), auth="token")
    assert paths == ["/api", "/api/status?no_track_activity=1"]


def test_the_first_request_carries_no_token_so_that_a_cookie_proves_that_none_is_needed() -> None:
    transport = FakeTransport(jupyter(reply(200, TOKEN_PAGE), token="t"))
    ask(Question(TARGET, token=Secret("t")), transport, Deadline(2))
    assert [request.token for request in transport.requests] == [None, "t"]
    assert {request.headers["Host"] for request in transport.requests} == {"127.0.0.1:8888"}


@pytest.mark.parametrize("text", ["line\n", "a\r\nX: y", "", " blank", "t\u00f6ken", "\x7f"])
def test_a_token_that_no_header_can_hold_is_not_sent(text: str) -> None:
    answer, paths = asked(jupyter(reply(200, TOKEN_PAGE), token="t"), token=Secret(text))
    assert answer.auth == "token"
    assert paths == ["/api", "/login"]


def test_no_token_over_a_certificate_that_does_not_verify() -> None:
    for certificate, sent in ((Certificate(False, "self-signed certificate"), False), (Certificate(True), True)):
        transport = FakeTransport(jupyter(reply(200, TOKEN_PAGE), token="t"), certificate=certificate)
        ask(Question(Target("https", "localhost", 8888), token=Secret("t")), transport, Deadline(2))
        assert any(request.token for request in transport.requests) is sent


def test_a_hub_s_server_is_told_by_its_header_and_not_asked_further() -> None:
    answer, paths = asked(lambda _: reply(200, {"version": "2.21.1"}, X_JupyterHub_Version="6.1"), token=Secret("t"))
    assert (answer.kind, answer.auth, paths) == ("jupyter", "hub", ["/api"])


@pytest.mark.parametrize(
    ("status", "token", "auth"), [(200, Secret("t"), "token"), (200, None, "none"), (401, None, "token")]
)
def test_a_kernel_gateway(status: int, token: Secret | None, auth: Auth) -> None:
    body = {"version": "2.21.1"} if status == 200 else {"reason": "Unauthorized", "message": ""}
    transport = FakeTransport(lambda _: reply(status, body))
    answer = ask(Question(TARGET, token=token, gateway=True), transport, Deadline(2))
    assert (answer.kind, answer.auth) == ("jupyter", auth)
    assert [(request.path, request.token) for request in transport.requests] == [("/api", "t" if token else None)]


def test_another_base_url_is_named_by_the_server_itself() -> None:
    csp = "frame-ancestors 'self'; report-uri /foo/bar/api/security/csp-report; default-src 'none'"
    answer, paths = asked(lambda _: reply(404, {"message": "Not Found"}, Content_Security_Policy=csp))
    assert (answer.kind, answer.base_url, paths) == ("jupyter", "/foo/bar/", ["/api"])


@pytest.mark.parametrize(
    "response",
    [
        reply(200, b"<html>", content_type="text/html"),
        reply(200, ["version"]),
        reply(200, {"version": 7}),
        reply(200, b'{"version": "2"', content_type="application/json"),
        reply(200, b"[" * 50_000, content_type="application/json"),
        reply(200, b"\xff\xfe", content_type="application/json"),
        reply(200, b'{"version": "2"}', content_type="text/plain"),
        reply(401, {"reason": "Unauthorized"}),
        reply(404, server="SimpleHTTP/0.6\x1b[2J"),
        reply(502, server="nginx"),
        Response(200, {"content-type": "application/json"}, b'{"version": "2"}', truncated=True, elapsed_ms=1),
    ],
)
def test_what_does_not_answer_as_jupyter(response: Response) -> None:
    answer, paths = asked(lambda _: response, token=Secret("t"))
    assert (answer.kind, paths) == ("not", ["/api"])
    assert answer.reason.isprintable()


def test_nobody_there_and_silence_later() -> None:
    refused = FakeTransport(jupyter(), refuse={"http": TransportError("connect", "refused", "Connection refused")})
    answer = ask(Question(TARGET), refused, Deadline(2))
    assert (answer.kind, answer.reason) == ("none", "port 8888 does not answer: Connection refused")

    def drops_login(request: Request) -> Response:
        if request.path == "/api":
            return reply(200, {"version": "2.21.1"})
        raise TransportError("http", "timeout", "timed out")

    answer, _ = asked(drops_login)
    assert (answer.kind, answer.version, answer.auth) == ("jupyter", "2.21.1", None)


def test_is_jupyter_asks_one_request_without_credentials() -> None:
    transport = FakeTransport(jupyter(base="/a/b/"))
    assert is_jupyter(TARGET, "/a/b/", transport, Deadline(2))
    assert [request.path for request in transport.requests] == ["/a/b/api"]


@pytest.mark.parametrize("value", [None, 7, "", "yesterday", "9" * 100, "2026-13-45T00:00:00Z"])
def test_what_is_no_time(value: object) -> None:
    assert parse_time(value) is None


@pytest.mark.parametrize(
    ("base_url", "encoded"),
    [("/ü b/", "/%C3%BC%20b/"), ("/a+b/", "/a%2Bb/"), ("/%C3%BC%20b/", ""), ("/user/a.b_c~d-1/", "")],
)
def test_a_base_url_under_which_jupyter_finds_no_page_is_told_with_the_one_to_write(
    base_url: str, encoded: str
) -> None:
    answer = ask(Question(TARGET, base_url), FakeTransport(lambda _: reply(404, b"")), Deadline(2))
    assert answer.kind == "not"
    told = f"; Jupyter finds no page under the base URL {base_url}: write it percent-encoded, {encoded}"
    assert answer.reason.endswith(told if encoded else "but not as Jupyter")
