"""The probe against plain functions: which requests it sends, what it concludes nothing from, where a token goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jntui.diagnose import diagnose
from jntui.model import STAGES, Certificate, Endpoint, Failure, Listener, Probe, Secret, Server, Verdict
from jntui.network.place import BadUrl, read_url
from jntui.network.probe import probe
from jntui.transport import Response, TransportError
from tests.contract.fake_http import FakeTransport, Handler, Request, reply, upgraded

TOKEN = "canary-token-3f1c"
LISTENER = Listener("127.0.0.1", 8888, pid=7)
SERVER = Server(
    "jpserver-7",
    "running",
    pid=7,
    port=8888,
    listeners=(LISTENER,),
    token=Secret(TOKEN),
    auth="token",
    api_started="T1",
)
HERE = Endpoint("jpserver-7", "http://127.0.0.1:8888/", "lo", "127.0.0.1", "this-machine", True)
CUSTOM = Endpoint("jpserver-7", "http://box.example/", None, "box.example", "internet", None, "custom")
COOKIE = "username-127-0-0-1-8888=2|1:0|signed"
CSP = "frame-ancestors 'self'; report-uri /api/security/csp-report; default-src 'none'"


def jupyter(token: str = TOKEN, *, auth: str = "token", started: str = "T1") -> Handler:
    """A Jupyter server as FACTS describe it, with the Host check switched on."""

    def answer(request: Request) -> Response:
        if request.host.rsplit(":", 1)[0] not in {"127.0.0.1", "localhost", "box.example"}:
            return reply(403, {"message": "Forbidden", "reason": None}, content_security_policy=CSP)
        path = request.path.split("?")[0]
        if path == "/api":
            cookie = {"set_cookie": f"{COOKIE}; Path=/"} if auth == "none" else {}
            return reply(200, {"version": "2.21.1"}, server="TornadoServer/6.6.1", **cookie)
        if path == "/login":
            return reply(404) if auth == "none" else reply(200, b"<form>", content_type="text/html")
        if path == "/api/status" and (auth == "none" or request.token == token):
            return reply(200, {"started": started, "kernels": 0}, set_cookie=COOKIE + "; HttpOnly; Path=/")
        if path == "/api/events/subscribe" and request.headers.get("Cookie") == COOKIE.split(";", maxsplit=1)[0]:
            same = request.headers["Origin"] == f"http://{request.host}"
            return upgraded(request) if same else reply(403, b"Cross origin websockets not allowed")
        return reply(403, {"message": "Forbidden", "reason": None}, content_security_policy=CSP)

    return answer


def run(
    handler: Handler, endpoint: Endpoint = HERE, server: Server | None = SERVER, **fake: object
) -> tuple[Probe, FakeTransport]:
    transport = FakeTransport(handler, **fake)  # type: ignore[arg-type]
    return probe(endpoint, server, transport, 4.0), transport


def verdict(result: Probe, endpoint: Endpoint = HERE, server: Server | None = SERVER) -> Verdict:
    return diagnose(server, endpoint, result).verdict


def test_the_stages_come_in_their_order_and_every_one_is_there() -> None:
    result, _ = run(jupyter())
    assert tuple(stage.name for stage in result.stages) == STAGES
    assert {stage.name: stage.ok for stage in result.stages} == {
        "resolve": None,
        "connect": True,
        "tls": None,
        "http": True,
        "identity": True,
        "auth": True,
        "websocket": True,
    }
    assert all(stage.detail for stage in result.stages)
    assert verdict(result) == "ok"


def test_a_healthy_check_is_three_requests_that_leave_last_activity_alone() -> None:
    _, transport = run(jupyter())
    assert [request.path for request in transport.requests] == [
        "/api",
        "/api/status?no_track_activity=1",
        "/api/events/subscribe",
    ]
    assert all(channel.closed for channel in transport.opened)


def test_the_token_goes_in_a_header_only() -> None:
    _, transport = run(jupyter())
    assert not any(TOKEN in request.path for request in transport.requests)
    assert [request.token for request in transport.requests] == [None, TOKEN, None]


def test_a_wrong_token_is_rejected() -> None:
    result, _ = run(jupyter("another"))
    assert verdict(result) == "token-rejected"


def test_without_a_token_the_login_page_is_asked_for_and_nothing_that_warns() -> None:
    server = replace(SERVER, token=None, auth="password")
    result, transport = run(jupyter(auth="password"), server=server)
    assert [request.path for request in transport.requests] == ["/api", "/login"]
    assert verdict(result, server=server) == "login"


@pytest.mark.parametrize("known", ["none", None])
def test_an_open_server_is_told_by_its_cookie_and_proven_by_status(known: str | None) -> None:
    server = replace(SERVER, token=None, auth=known)  # type: ignore[arg-type]
    result, transport = run(jupyter(auth="none"), server=server)
    asked = [request.path for request in transport.requests]
    assert asked == ["/api", "/api/status?no_track_activity=1", "/api/events/subscribe"]
    assert verdict(result, server=server) == "open"


def test_host_check_is_confirmed_on_the_same_connection() -> None:
    endpoint = replace(HERE, url="http://lab-box:8888/", address="lab-box")
    result, transport = run(jupyter(), endpoint)
    assert [request.host for request in transport.requests] == ["lab-box:8888", "127.0.0.1:8888"]
    assert len(transport.opened) == 1
    assert verdict(result, endpoint) == "host-blocked"


def test_no_token_over_a_certificate_that_does_not_verify() -> None:
    endpoint = replace(HERE, url="https://127.0.0.1:8888/")
    result, transport = run(jupyter(), endpoint, certificate=Certificate(False, "self-signed certificate"))
    assert not any(request.token for request in transport.requests)
    assert not result.token_sent
    assert verdict(result, endpoint) == "tls-untrusted"


def test_no_token_of_ours_to_a_url_the_user_added() -> None:
    result, transport = run(jupyter(), CUSTOM, peer="203.0.113.9")
    assert not any(request.token for request in transport.requests)
    assert result.identity is None
    assert verdict(result, CUSTOM) == "login"


def test_a_token_in_the_users_url_goes_there_and_started_tells_the_server() -> None:
    transport = FakeTransport(jupyter(), peer="203.0.113.9")
    result = probe(CUSTOM, SERVER, transport, 4.0, token=Secret(TOKEN))
    assert result.identity is True
    assert diagnose(SERVER, CUSTOM, result).verdict == "ok"
    other = probe(CUSTOM, SERVER, FakeTransport(jupyter(started="T2"), peer="203.0.113.9"), 4.0, token=Secret(TOKEN))
    assert other.identity is False
    assert diagnose(SERVER, CUSTOM, other).verdict == "other-server"


def test_another_process_on_the_address_is_told_by_its_listener_and_gets_no_token() -> None:
    endpoint = replace(HERE, url="http://localhost:8888/", address="localhost")
    result, transport = run(jupyter(), endpoint, peer="::1")
    assert result.identity is False
    assert [request.path for request in transport.requests] == ["/api"]
    assert verdict(result, endpoint) == "other-server"


def test_a_name_that_leads_to_another_machine_gets_no_token_whatever_the_listeners_take() -> None:
    """A wildcard listener takes every address of this machine, and says nothing about those of others."""
    wide = replace(SERVER, listeners=(Listener("0.0.0.0", 8888, pid=7),))
    endpoint = replace(HERE, url="http://box.example:8888/", address="box.example")
    transport = FakeTransport(jupyter(), peer="10.78.0.2")
    result = probe(endpoint, wide, transport, 4.0, own_addresses=frozenset({"10.78.0.1"}))
    assert result.identity is False
    assert not any(request.token or request.headers.get("Cookie") for request in transport.requests)
    assert verdict(result, endpoint, wide) == "other-server"
    mine = probe(
        endpoint, wide, FakeTransport(jupyter(), peer="10.78.0.2"), 4.0, own_addresses=frozenset({"10.78.0.2"})
    )
    assert mine.identity is True


def test_another_start_time_ends_the_probe_before_its_websocket() -> None:
    transport = FakeTransport(jupyter(started="T2"))
    result = probe(HERE, SERVER, transport, 4.0)
    assert result.identity is False
    assert not any("events" in request.path for request in transport.requests)


@pytest.mark.parametrize(("status", "expected"), [(502, "no-answer"), (403, "no-answer"), (200, "not-jupyter")])
def test_a_login_page_that_is_none_proves_no_login(status: int, expected: str) -> None:
    def service(request: Request) -> Response:
        return reply(200, {"version": "2.1"}) if request.path == "/api" else reply(status, b"<html>an application")

    result, _ = run(service, CUSTOM, None)
    assert verdict(result, CUSTOM, None) == expected


def test_notebook_6_without_a_login_leads_away_from_its_login_page() -> None:
    def notebook(request: Request) -> Response:
        if request.path == "/api":
            return reply(200, {"version": "6.5.7"}, server="TornadoServer/6.4")
        if request.path == "/login":
            return reply(302, b"", location="/")
        return reply(200, {"started": "T1"})

    result, _ = run(notebook, CUSTOM, None)
    assert verdict(result, CUSTOM, None) == "open"


def test_plain_http_to_the_tls_port_of_a_web_server_in_front() -> None:
    result, _ = run(
        lambda request: reply(400, b"The plain HTTP request was sent to HTTPS port", server="nginx"), CUSTOM, None
    )
    assert verdict(result, CUSTOM, None) == "tls-expected"


def test_a_page_of_a_proxy_for_an_unknown_name_proves_no_host_check() -> None:
    def proxy(request: Request) -> Response:
        if request.host.startswith("127.0.0.1"):
            return reply(404, b"default site")
        return reply(403, {"message": "Forbidden", "reason": None}, content_security_policy=CSP)

    result, _ = run(proxy, replace(HERE, url="http://localhost:8888/", address="localhost"))
    assert result.local_host_works is None


def test_an_uncovered_endpoint_is_not_connected_to() -> None:
    endpoint = replace(HERE, covered=False)
    result, transport = run(jupyter(), endpoint)
    assert transport.opened == []
    assert verdict(result, endpoint) == "not-listening"
    refused = TransportError("connect", "refused", "Connection refused")
    confirmed = probe(endpoint, SERVER, FakeTransport(jupyter(), refuse={"http": refused}), 4.0, confirm_uncovered=True)
    assert confirmed.failure == Failure("connect", "not-listening", "Connection refused")


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        (TransportError("connect", "refused", "Connection refused"), "refused"),
        (TransportError("connect", "timeout", "timed out"), "timeout"),
        (TransportError("connect", "unreachable", "Network is unreachable"), "no-route"),
        (TransportError("connect", "host-unreachable", "No route to host"), "no-route"),
        (TransportError("resolve", "name-unknown", "Name or service not known"), "name-unknown"),
        (TransportError("connect", "other", "Invalid argument"), "no-route"),
    ],
)
def test_failed_connections(refused: TransportError, expected: str) -> None:
    result, _ = run(jupyter(), CUSTOM, None, refuse={"http": refused})
    assert verdict(result, CUSTOM, None) == expected


def test_https_to_a_plain_port_is_confirmed_by_the_other_scheme() -> None:
    endpoint = replace(HERE, url="https://127.0.0.1:8888/")
    error = TransportError("tls", "tls-timeout", "timed out")
    result, _ = run(jupyter(), endpoint, refuse={"https": error})
    assert verdict(result, endpoint) == "tls-missing"
    both = {"https": error, "http": TransportError("connect", "refused", "x")}
    result, _ = run(jupyter(), endpoint, refuse=both)
    assert verdict(result, endpoint) == "tls-broken"


def test_http_to_a_tls_port_is_confirmed_by_a_handshake() -> None:
    def reset(request: Request) -> Response:
        raise TransportError("http", "reset", "Connection reset by peer")

    result, _ = run(reset)
    assert verdict(result) == "tls-expected"
    result, _ = run(reset, refuse={"https": TransportError("tls", "tls-alert", "wrong version number")})
    assert verdict(result) == "no-answer"


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (reply(404, b"", content_security_policy="report-uri /a/b/api/security/csp-report"), "base-url"),
        (reply(200, b"<html>", content_type="text/html"), "not-jupyter"),
        (reply(404, b"", server="SimpleHTTP/0.6 Python/3.11"), "not-jupyter"),
        (reply(502, b"", server="nginx"), "gateway-error"),
        (reply(503, b"", server="nginx"), "gateway-error"),
        (reply(401, b"", www_authenticate='Basic realm="x"'), "gateway-error"),
        (reply(302, b"", location="https://portal.example/login?next=x"), "gateway-error"),
        (reply(301, b"", location="https://127.0.0.1/"), "tls-expected"),
        (reply(302, b"", location="/hub/login", x_jupyterhub_version="5.2"), "login"),
        (reply(401, {"reason": "Unauthorized", "message": ""}, server="TornadoServer/6.5"), "login"),
        (reply(401, {"message": "Unauthorized"}), "not-jupyter"),
        (reply(200, {"version": "1.2.3"}), "not-jupyter"),
        (reply(200, {"version": "2.0\u202e\x1b[31m"}), "not-jupyter"),
        (reply(200, [1, 2]), "not-jupyter"),
        (reply(200, b"[" * 60000, content_type="application/json"), "not-jupyter"),
        (reply(200, {"version": 3}), "not-jupyter"),
    ],
)
def test_whole_answers(response: Response, expected: str) -> None:
    server = replace(SERVER, token=None)
    result, _ = run(lambda request: response, server=server)
    assert verdict(result, server=server) == expected


def test_a_kernel_gateway_guards_even_api_and_takes_the_token() -> None:
    def gateway(request: Request) -> Response:
        if request.token == TOKEN:
            return reply(200, {"version": "3.0.1"})
        return reply(401, {"reason": "Unauthorized", "message": ""}, server="TornadoServer/6.5")

    result, _ = run(gateway)
    assert verdict(result) == "ok"
    known = replace(SERVER, app="Kernel Gateway")
    result, transport = run(gateway, server=known)
    assert [request.token for request in transport.requests] == [TOKEN], "a request without it is a warning in its log"
    assert verdict(result, server=known) == "ok"
    untrusted = Certificate(False, "self-signed certificate")
    _, transport = run(gateway, replace(HERE, url="https://127.0.0.1:8888/"), known, certificate=untrusted)
    assert not any(request.token for request in transport.requests)


def test_an_open_kernel_gateway_is_open_after_one_request() -> None:
    known = replace(SERVER, app="Kernel Gateway", token=None, auth="none")
    result, transport = run(lambda request: reply(200, {"version": "3.0.1"}), server=known)
    assert [request.path for request in transport.requests] == ["/api"]
    assert verdict(result, server=known) == "open"


def test_a_login_question_without_an_answer_is_no_answer() -> None:
    def half(request: Request) -> Response:
        if request.path == "/api":
            return reply(200, {"version": "2.21.1"})
        raise TransportError("http", "silent", "timed out")

    result, _ = run(half)
    assert verdict(result) == "no-answer"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x/",
        "http://",
        "http://h:99999/",
        "http://h:0/",
        "http://a b/",
        "http://[::g]/",
        "x",
        "http://h\x1b/",
        "http://a%0ab/",
    ],
)
def test_bad_urls(url: str) -> None:
    with pytest.raises(BadUrl):
        read_url(url)
    endpoint = replace(CUSTOM, url=url)
    result, transport = run(jupyter(), endpoint, None)
    assert transport.opened == []
    assert verdict(result, endpoint, None) == "bad-url"


def test_parts_of_a_url() -> None:
    place = read_url("http://[fe80::1%25eth0]:8888/a/b")
    assert (place.target.host, place.target.port, place.base) == ("fe80::1%eth0", 8888, "/a/b/")
    assert place.target.host_header == "[fe80::1]:8888"
    assert read_url("https://box.example/").target.host_header == "box.example"
    assert read_url("http+unix://%2Frun%2Fj.sock/").target.unix_path == "/run/j.sock"
