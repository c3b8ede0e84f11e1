"""One named case for each row of the table of rules, and what holds for all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from jntui.diagnose import RULES, diagnose
from jntui.diagnose.case import Case
from jntui.model import (
    REACHABLE,
    Certificate,
    Endpoint,
    Failure,
    FailureKind,
    Finding,
    Listener,
    Machine,
    Probe,
    Reply,
    Scope,
    Server,
    SshSession,
    Stage,
    StageName,
    Verdict,
)

LOCAL = (Listener("127.0.0.1", 8888, pid=7), Listener("::1", 8888, pid=7))
MACHINE = Machine("lab-box", "ada", "/home/ada", SshSession("192.168.2.23", "192.168.2.169", 22))
CSP_PROOF = "/"


def server(*listeners: Listener, **fields: object) -> Server:
    base = Server("jpserver-7", "running", pid=7, port=8888, listeners=listeners or LOCAL, kernels=3)
    return replace(base, **fields)  # type: ignore[arg-type]


def endpoint(
    url: str = "http://127.0.0.1:8888/",
    scope: Scope = "this-machine",
    covered: bool | None = True,
    address: str = "127.0.0.1",
) -> Endpoint:
    return Endpoint("jpserver-7", url, "lo", address, scope, covered)


LAN = endpoint("http://192.168.2.169:8888/", "lan", False, "192.168.2.169")
LAN_COVERED = replace(LAN, covered=True)
OUTSIDE = Endpoint(None, "http://example.org:8888/", None, "example.org", "internet", None, "custom")


def failed(stage: StageName, kind: FailureKind, detail: str = "the exact words", **fields: object) -> Probe:
    base = Probe("u", (), 12.0, 4.0, failure=Failure(stage, kind, detail))
    return replace(base, **fields)  # type: ignore[arg-type]


def answered(
    status: int = 200, version: str | None = "2.21.1", *, probe: dict[str, object] | None = None, **reply: object
) -> Probe:
    got = replace(Reply(status, jupyter_version=version), **reply)  # type: ignore[arg-type]
    return replace(Probe("u", (), 12.0, 4.0, reply=got), **(probe or {}))  # type: ignore[arg-type]


CLOSED = failed("connect", "not-listening")

CASES: dict[str, tuple[Server | None, Endpoint, Probe, Verdict, str]] = {
    "bad-url": (None, OUTSIDE, failed("resolve", "bad-url", "it names no host"), "bad-url", "names no host"),
    "unix-socket": (None, OUTSIDE, failed("connect", "unix-socket", "unix:/run/j.sock"), "unix-socket", "/run/j.sock"),
    "not-listening: no listener at all": (
        replace(server(), listeners=()),
        endpoint(covered=False),
        CLOSED,
        "not-listening",
        "Nothing of it listens",
    ),
    "not-listening: a name that leads elsewhere": (
        server(),
        endpoint("http://lab-box:8888/", "this-machine", False, "lab-box"),
        failed("connect", "not-listening", peer="127.0.1.1"),
        "not-listening",
        "the name lab-box leads to 127.0.1.1",
    ),
    "not-listening: the other loopback address": (
        server(LOCAL[0]),
        endpoint("http://[::1]:8888/", covered=False, address="::1"),
        CLOSED,
        "not-listening",
        "127.0.0.1 only",
    ),
    "not-listening: this machine only": (
        server(),
        LAN,
        CLOSED,
        "not-listening",
        "127.0.0.1 and ::1 only: that is what ip = 'localhost', the default, does",
    ),
    "not-listening: IPv4 only": (
        server(Listener("0.0.0.0", 8888), bind="0.0.0.0"),
        endpoint("http://[fd00::5]:8888/", "lan", False, "fd00::5"),
        CLOSED,
        "not-listening",
        "IPv4 only, because its command line sets ip to '0.0.0.0'",
    ),
    "not-listening: '::' is IPv6 only": (
        server(Listener("::", 8888)),
        LAN,
        CLOSED,
        "not-listening",
        "IPV6_V6ONLY",
    ),
    "not-listening: bound to other addresses": (
        server(Listener("10.77.0.1", 8888)),
        endpoint(covered=False),
        CLOSED,
        "not-listening",
        "listens on 10.77.0.1 only",
    ),
    "name-unknown": (
        None,
        OUTSIDE,
        failed("resolve", "name-unknown", "Name or service not known"),
        "name-unknown",
        "could not be resolved",
    ),
    "refused: by a firewall": (server(), endpoint(), failed("connect", "refused"), "refused", "Likely a firewall"),
    "refused": (None, OUTSIDE, failed("connect", "refused"), "refused", "Likely nothing listens on port 8888"),
    "timeout": (None, OUTSIDE, failed("connect", "timeout"), "timeout", "Likely a firewall drops"),
    "no-route: no route": (None, OUTSIDE, failed("connect", "unreachable"), "no-route", "no IPv4 route"),
    "no-route: host": (None, OUTSIDE, failed("connect", "host-unreachable"), "no-route", "came at once"),
    "no-route: prohibited": (None, OUTSIDE, failed("connect", "prohibited"), "no-route", "administratively prohibited"),
    "no-route: anything else": (None, OUTSIDE, failed("connect", "other"), "no-route", "refused to connect"),
    "tls-missing": (
        server(),
        endpoint("https://127.0.0.1:8888/"),
        failed("tls", "tls-timeout", other_scheme_works=True),
        "tls-missing",
        "answers to http",
    ),
    "no-answer: in the handshake": (
        None,
        replace(OUTSIDE, url="https://example.org/"),
        failed("tls", "tls-timeout", other_scheme_works=False),
        "no-answer",
        "did not answer the TLS handshake",
    ),
    "tls-broken": (
        server(),
        endpoint("https://127.0.0.1:8888/"),
        failed("tls", "tls-timeout", other_scheme_works=False),
        "tls-broken",
        "certificate and key do not belong together",
    ),
    "tls-expected: another scheme": (
        server(),
        endpoint(),
        failed("http", "reset", other_scheme_works=True),
        "tls-expected",
        "TLS handshake on the same port succeeds",
    ),
    "tls-expected: a redirect": (
        None,
        OUTSIDE,
        answered(301, None, location="https://example.org/"),
        "tls-expected",
        "plain http ended",
    ),
    "not-jupyter: not HTTP": (None, OUTSIDE, failed("http", "not-http", "SSH-2.0"), "not-jupyter", "not HTTP"),
    "no-answer": (server(), endpoint(), failed("http", "silent"), "no-answer", "said nothing"),
    "other-server": (server(), endpoint(), answered(probe={"identity": False}), "other-server", "not :8888 (pid 7)"),
    "login: JupyterHub": (None, OUTSIDE, answered(302, None, hub=True), "login", "JupyterHub"),
    "host-blocked": (
        server(),
        endpoint("http://lab-box:8888/", address="lab-box"),
        answered(403, None, csp_base_url="/", probe={"local_host_works": True}),
        "host-blocked",
        "allow_remote_access is False",
    ),
    "base-url": (None, OUTSIDE, answered(404, None, csp_base_url="/a/b/"), "base-url", "'/a/b/'"),
    "gateway-error: 502, 503, 504": (
        None,
        OUTSIDE,
        answered(502, None, server="nginx/1.22"),
        "gateway-error",
        "502 comes from a proxy",
    ),
    "gateway-error: a login in front": (None, OUTSIDE, answered(401, None, basic=True), "gateway-error", "between"),
    "not-jupyter": (None, OUTSIDE, answered(200, None, content_type="text/html"), "not-jupyter", "(text/html)"),
    "token-rejected": (
        server(),
        endpoint(),
        answered(probe={"auth": "rejected", "token_in_url": True}),
        "token-rejected",
        "The token in the URL",
    ),
    "open": (server(), LAN_COVERED, answered(probe={"auth": "open"}), "open", "no token and no password"),
    "tls-untrusted": (
        server(),
        endpoint("https://127.0.0.1:8888/"),
        answered(probe={"auth": "not-sent", "certificate": Certificate(False, "self-signed certificate")}),
        "tls-untrusted",
        "cannot verify",
    ),
    "login": (server(), endpoint(), answered(probe={"auth": "login"}), "login", "login page"),
    "no-answer: to the login question": (
        server(),
        endpoint(),
        answered(probe={"auth": "unknown"}),
        "no-answer",
        "named its version",
    ),
    "ok": (server(), LAN_COVERED, answered(probe={"auth": "accepted"}), "ok", "a firewall can still stop others"),
}


@pytest.mark.parametrize("name", CASES)
def test_rule(name: str) -> None:
    its_server, its_endpoint, probe, verdict, words = CASES[name]
    case = Case(its_server, its_endpoint, probe, MACHINE)
    assert next(rule.name for rule in RULES if rule.applies(case)) == name
    finding = diagnose(its_server, its_endpoint, probe, MACHINE)
    assert finding.verdict == verdict
    assert words in f"{finding.cause} {finding.evidence}"


def test_every_rule_has_its_case() -> None:
    assert {rule.name for rule in RULES} == set(CASES)
    assert len({rule.name for rule in RULES}) == len(RULES)


def findings() -> dict[str, Finding]:
    return {name: diagnose(s, e, p, MACHINE) for name, (s, e, p, _, _) in CASES.items()}


@pytest.mark.parametrize(("name", "finding"), findings().items())
def test_words_are_whole(name: str, finding: Finding) -> None:
    if finding.verdict != "ok":
        assert finding.cause
        assert finding.fix
        assert finding.short_cause
        assert finding.short_fix
    assert cell_len(finding.short_cause) <= 53
    assert cell_len(finding.short_fix) <= 53
    text = f"{finding.headline} {finding.cause} {finding.fix} {finding.short_cause} {finding.short_fix}".lower()
    for claim in (" safe", "secure", "open to all", "should", "please", "seems"):
        assert claim not in text, f"{name} says {claim}"


@pytest.mark.parametrize(("name", "finding"), findings().items())
def test_uncertain_findings_say_likely(name: str, finding: Finding) -> None:
    said = f"{finding.cause} {finding.short_cause}".lower()
    if not finding.certain:
        assert "likely" in said or "refused to connect" in said, name
    if finding.certain:
        assert "likely" not in said, name


def test_the_price_of_a_restart_is_named_where_kernels_run() -> None:
    finding = diagnose(server(), LAN, CLOSED, MACHINE)
    assert "(3\u00a0kernels\u00a0end)" in finding.fix
    alone = diagnose(server(kernels=1), LAN, CLOSED, MACHINE)
    assert "(1\u00a0kernel\u00a0ends)" in alone.fix
    assert "kernel" not in diagnose(server(kernels=0), LAN, CLOSED, MACHINE).fix


def test_the_way_that_changes_nothing_is_a_command_to_copy() -> None:
    fix = diagnose(server(), LAN, CLOSED, MACHINE).fix
    assert "ssh -L 127.0.0.1:8888:127.0.0.1:8888 ada@192.168.2.169" in fix
    six = diagnose(server(Listener("::1", 8888)), LAN, CLOSED, replace(MACHINE, ssh=SshSession("a", "10.0.0.1", 2222)))
    assert "ssh -p 2222 -L 127.0.0.1:8888:[::1]:8888 ada@10.0.0.1" in six.fix


@pytest.mark.parametrize(("elapsed_ms", "words"), [(3.0, "firewall"), (3100.0, "ARP")])
def test_no_route_by_a_firewall_answers_at_once(elapsed_ms: float, words: str) -> None:
    finding = diagnose(None, OUTSIDE, failed("connect", "host-unreachable", elapsed_ms=elapsed_ms), MACHINE)
    assert words in finding.cause


def test_an_open_server_is_reachable_and_the_untrusted_one_too() -> None:
    assert {"ok", "login", "open", "tls-untrusted"} == REACHABLE


def test_a_probe_without_any_result_is_no_answer() -> None:
    assert diagnose(
        None, OUTSIDE, Probe("u", (), 0.0, 4.0, failure=Failure("identity", "other", "")), None
    ).verdict == ("no-answer")


def test_the_evidence_of_open_is_the_stage() -> None:
    stage = Stage("auth", True, 1.0, "api/status was read without any login")
    finding = diagnose(server(), endpoint(), answered(probe={"auth": "open", "stages": (stage,)}), MACHINE)
    assert finding.evidence == "api/status was read without any login"
