"""Which requests one probe from another host makes, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from jntui.diagnose import diagnose
from jntui.model import STAGES, Endpoint, Failure, Probe, Secret, Server
from jntui.network.remote import bash, curl, python3
from jntui.network.remote.exchange import Exchange, Request
from jntui.network.remote.steps import certificate_problems, steps
from jntui.transport import Response

URL = "http://192.0.2.7:8888/user/ada/"
SECURE = "https://192.0.2.7:8888/user/ada/"
TOKEN = "canary-of-a-token"
SERVER = Server("jpserver-1", "running", pid=1, port=8888, version="2.14.0", auth="token", token=Secret(TOKEN))

JSON = {"content-type": "application/json"}
CSP = {"content-security-policy": "frame-ancestors 'self'; report-uri /user/ada/api/security/csp-report"}


def answer(status: int, body: bytes = b"", headers: dict[str, str] | None = None, **fields: object) -> Exchange:
    response = Response(status, headers or {}, body, False, 0.0)
    made = Exchange(peer="192.0.2.7", connected=True, connect_ms=1.0, elapsed_ms=3.0, response=response)
    return replace(made, **fields)  # type: ignore[arg-type]


def failure(stage: str, kind: str, **fields: object) -> Exchange:
    connected = stage in {"tls", "http"}
    made = Exchange(connected=connected, elapsed_ms=5.0, failure=Failure(stage, kind, "words"))  # type: ignore[arg-type]
    return replace(made, **fields)  # type: ignore[arg-type]


API = answer(200, b'{"version": "2.14.0"}', JSON)
LOGIN = answer(200, b"<title>Jupyter Server</title>")
MISSING = answer(404)
STATUS = answer(200, b'{"started": "2026-01-01T00:00:00Z"}', JSON)


@dataclass
class Far:
    """Answers by path; remembers what it was asked."""

    answers: dict[str, Exchange]
    asked: list[Request] = field(default_factory=list)

    def probe(self, url: str = URL, server: Server | None = SERVER, timeout_s: float = 4.0) -> Probe:
        endpoint = Endpoint("jpserver-1", url, "eth0", "192.0.2.7", "lan", True)
        running = steps(endpoint, server, "phone", timeout_s)
        given: Exchange | None = None
        while True:
            try:
                request = next(running) if given is None else running.send(given)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
            self.asked.append(request)
            given = self.answers[self.name(request)]

    @staticmethod
    def name(request: Request) -> str:
        kind = "verify " if request.verify else "local " if request.host else ""
        return f"{kind}{request.target.scheme} {request.path.removeprefix('/user/ada/').split('?')[0]}"

    @property
    def names(self) -> list[str]:
        return [self.name(request) for request in self.asked]


ROWS: dict[str, tuple[str, dict[str, Exchange], list[str], str]] = {
    "a login": (URL, {"http api": API, "http login": LOGIN}, ["http api", "http login"], "login"),
    "open": (
        URL,
        {"http api": API, "http login": MISSING, "http api/status": STATUS},
        ["http api", "http login", "http api/status"],
        "open",
    ),
    "open, and it says so at once": (
        URL,
        {
            "http api": answer(200, b'{"version": "2.14.0"}', {**JSON, "set-cookie": "username-x=1"}),
            "http api/status": STATUS,
        },
        ["http api", "http api/status"],
        "open",
    ),
    "Host check": (
        URL,
        {"http api": answer(403, b'{"message": "Forbidden"}', {**JSON, **CSP}), "local http api": API},
        ["http api", "local http api"],
        "host-blocked",
    ),
    "base URL": (
        URL,
        {"http api": answer(404, b"", {"content-security-policy": "report-uri /b/api/security/csp-report"})},
        ["http api"],
        "base-url",
    ),
    "refused": (URL, {"http api": failure("connect", "refused")}, ["http api"], "refused"),
    "timeout": (URL, {"http api": failure("connect", "timeout")}, ["http api"], "timeout"),
    "TLS there": (
        URL,
        {"http api": failure("http", "reset"), "https api": answer(200, tls=True)},
        ["http api", "https api"],
        "tls-expected",
    ),
    "reset at once": (
        URL,
        {"http api": failure("connect", "reset"), "https api": failure("tls", "reset")},
        ["http api", "https api"],
        "no-answer",
    ),
    "no TLS there": (
        SECURE,
        {"https api": failure("tls", "tls-timeout"), "http api": API},
        ["https api", "http api"],
        "tls-missing",
    ),
    "self-signed": (
        SECURE,
        {
            "https api": answer(200, b'{"version": "2"}', JSON, tls=True, certificate="self-signed certificate"),
            "https login": LOGIN,
        },
        ["https api", "https login"],
        "tls-untrusted",
    ),
    "trusted": (
        SECURE,
        {
            "https api": answer(200, b'{"version": "2"}', JSON, tls=True),
            "verify https api": answer(200, tls=True, certificate=""),
            "https login": LOGIN,
        },
        ["https api", "verify https api", "https login"],
        "login",
    ),
    "another name": (
        SECURE,
        {
            "https api": answer(200, b'{"version": "2"}', JSON, tls=True),
            "verify https api": failure("tls", "tls-alert", certificate="Hostname mismatch"),
            "https login": LOGIN,
        },
        ["https api", "verify https api", "https login"],
        "tls-untrusted",
    ),
    "gateway": (
        URL,
        {"http api": answer(401, b'{"reason": "Unauthorized"}', {**JSON, "server": "TornadoServer/6.5"})},
        ["http api"],
        "login",
    ),
    "another program": (URL, {"http api": answer(200, b"<html>")}, ["http api"], "not-jupyter"),
    "hub": (
        URL,
        {"http api": answer(200, b'{"version": "2"}', {**JSON, "x-jupyterhub-version": "5"})},
        ["http api"],
        "login",
    ),
    "no login page in time": (
        URL,
        {"http api": API, "http login": failure("http", "silent")},
        ["http api", "http login"],
        "no-answer",
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_the_requests_of_a_probe(row: str) -> None:
    url, answers, names, verdict = ROWS[row]
    far = Far(answers)
    probe = far.probe(url)
    assert far.names == names
    endpoint = Endpoint("jpserver-1", url, "eth0", "192.0.2.7", "lan", True)
    assert diagnose(SERVER, endpoint, probe).verdict == verdict, probe
    assert [stage.name for stage in probe.stages] == list(STAGES)
    assert (probe.vantage, probe.token_sent) == ("phone", False)
    for tool in (curl, python3, bash):
        assert TOKEN not in tool.text(far.asked, "jntui-mark")
    assert TOKEN not in repr(far.asked)


def test_every_probe_keeps_its_time() -> None:
    """Each request fits into what is left, and nothing is asked any more once too little is."""
    far = Far({"http api": replace(failure("http", "silent"), elapsed_ms=3000.0), "https api": failure("tls", "reset")})
    far.probe()
    first, second = far.asked
    assert (first.connect_s, first.whole_s, second.connect_s, second.whole_s) == (2.0, 3.0, 0.5, 0.75)
    far = Far({"http api": replace(failure("http", "silent"), elapsed_ms=3900.0)})
    assert far.probe().other_scheme_works is None


def test_started_proves_an_open_server_and_a_version_proves_nothing() -> None:
    answers = {"http api": API, "http login": MISSING, "http api/status": STATUS}
    same = replace(SERVER, api_started="2026-01-01T00:00:00Z", auth="none")
    assert Far(answers).probe(server=same).identity is True
    assert Far(answers).probe(server=replace(same, api_started="2025-01-01T00:00:00Z")).identity is False
    login = {"http api": API, "http login": LOGIN}
    probe = Far(login).probe(server=replace(SERVER, version="9.9"))
    assert probe.identity is None
    assert "its version is not that of this server (9.9)" in probe.stages[4].detail


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http+unix://%2Frun%2Fj.sock/", "unix-socket"),
        ("ftp://192.0.2.7/", "bad-url"),
        ("http://192.0.2.7:8888/\u00e4/", "bad-url"),
        ('http://192.0.2.7:8888/"/', "bad-url"),
    ],
)
def test_what_needs_no_request(url: str, kind: str) -> None:
    far = Far({})
    probe = far.probe(url)
    assert probe.failure is not None
    assert (probe.failure.kind, far.asked) == (kind, [])


@pytest.mark.parametrize(
    ("words", "problems"),
    [
        ("self-signed certificate", ("self-signed",)),
        ("self signed certificate in certificate chain", ("self-signed",)),
        ("certificate has expired", ("expired",)),
        ("certificate is not yet valid", ("not-yet-valid",)),
        ("unable to get local issuer certificate", ("unknown-authority",)),
        ("IP address mismatch, certificate is not valid for '192.0.2.7'.", ("name-mismatch",)),
        ("not verified", ("unverified",)),
        ("something new", ("other",)),
    ],
)
def test_what_is_wrong_with_a_certificate(words: str, problems: tuple[str, ...]) -> None:
    assert certificate_problems(words) == problems
