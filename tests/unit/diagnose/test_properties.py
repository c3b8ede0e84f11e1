"""Whatever facts come together, the finding is whole, honest about its certainty, and fit for a terminal."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, get_args

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from rich.cells import cell_len

from jntui.diagnose import answer, diagnose
from jntui.model import (
    STAGES,
    VERDICTS,
    AuthOutcome,
    Certificate,
    CertificateProblem,
    Check,
    Configuration,
    Endpoint,
    Failure,
    FailureKind,
    Firewall,
    FirewallVerdict,
    Kind,
    Listener,
    NeighbourState,
    Probe,
    Reply,
    Row,
    Scope,
    Server,
    Setting,
    Source,
    Stage,
    Surroundings,
    WebSocket,
    WebSocketOutcome,
)
from tests.unit.diagnose.facts import MACHINE
from tests.unit.diagnose.test_rules import ROWS

NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
ODD = st.text(
    st.sampled_from("ab-./:'\"{}実é\u202e\x1b\x07\n\r\u200b\x9b"), max_size=60
)  # a word that says "likely" would make the test of certainty meaningless
IPS = st.sampled_from(["127.0.0.1", "::1", "192.168.2.169", "fd00::5", "10.77.0.1", "0.0.0.0", "::", "fe80::1%eth0"])
HOSTS = st.one_of(IPS, st.sampled_from(["localhost", "lab-box", "lab-box.local", "example.org", "box." + "x" * 60]))
PORTS = st.sampled_from([80, 8888, 8889, 65535])
BASES = st.sampled_from(["/", "/jup/", "/a/b/", "/" + "y" * 70 + "/"])


def literal(of: object) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(of))


def maybe(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | of


LISTENERS = st.builds(Listener, IPS, PORTS, st.just(""), maybe(st.sampled_from([7, 9, 50])))
SERVERS = st.builds(
    Server,
    id=st.sampled_from(["jpserver-7", "pid-9"]),
    state=st.just("running"),
    pid=maybe(st.sampled_from([7, 9])),
    port=maybe(PORTS),
    app=maybe(st.sampled_from(["JupyterLab", "Kernel Gateway"])),
    base_url=BASES,
    scheme=st.sampled_from(["http", "https"]),
    auth=maybe(st.sampled_from(["none", "token", "password", "token+password", "hub"])),
    listeners=st.lists(LISTENERS, max_size=3).map(tuple),
    kernels=maybe(st.integers(0, 3)),
    peers=st.lists(IPS, max_size=2).map(tuple),
    bind=maybe(HOSTS),
)


@st.composite
def endpoints(draw: st.DrawFn) -> Endpoint:
    host = draw(HOSTS).split("%")[0]
    url = f"{draw(st.sampled_from(['http', 'https']))}://{f'[{host}]' if ':' in host else host}:{draw(PORTS)}"
    return Endpoint(
        draw(maybe(st.just("jpserver-7"))),
        url + draw(BASES),
        draw(maybe(ODD)),
        host,
        draw(literal(Scope)),
        draw(maybe(st.booleans())),
        draw(literal(Kind)),
        your_ssh=draw(st.booleans()),
    )


CERTIFICATES = st.builds(
    Certificate,
    trusted=st.booleans(),
    problem=ODD,
    problems=st.lists(literal(CertificateProblem), max_size=4).map(tuple),
    names=st.lists(ODD | HOSTS, max_size=6).map(tuple),
    not_before=maybe(st.just(NOW)),
    not_after=maybe(st.just(NOW)),
    days_left=maybe(st.integers(-400, 400)),
    issuer=ODD,
    own_file=st.booleans(),
)
REPLIES = st.builds(
    Reply,
    status=st.sampled_from([200, 301, 302, 307, 400, 401, 403, 404, 500, 502, 503, 504, 511, 530]),
    server=ODD | st.sampled_from(["TornadoServer/6.6.1", "nginx/1.22", "cloudflare"]),
    location=ODD | st.sampled_from(["https://example.org/", "http://portal.example/login", "/login", "http://[::", ""]),
    content_type=ODD | st.just("text/html"),
    csp_base_url=maybe(BASES),
    jupyter_version=maybe(st.sampled_from(["2.21.1", "6.5.7", "1.24.0"])),
    hub=st.booleans(),
    basic=st.booleans(),
    message=ODD,
)
WEBSOCKETS = st.builds(
    WebSocket, literal(WebSocketOutcome), st.sampled_from([0, 101, 400, 403]), ODD, st.booleans(), ODD, ODD
)
STEPS = st.builds(Stage, st.sampled_from(STAGES), maybe(st.booleans()), maybe(st.floats(0, 4000)), ODD)
FAILURES = st.builds(Failure, st.sampled_from(STAGES), literal(FailureKind), ODD)
PROBES = st.builds(
    Probe,
    url=st.just("u"),
    stages=st.lists(STEPS, max_size=3).map(tuple),
    elapsed_ms=st.floats(0, 4000),
    timeout_s=st.just(4.0),
    failure=maybe(FAILURES),
    certificate=maybe(CERTIFICATES),
    reply=maybe(REPLIES),
    other_scheme_works=maybe(st.booleans()),
    local_host_works=maybe(st.booleans()),
    auth=maybe(literal(AuthOutcome)),
    identity=maybe(st.booleans()),
    peer=maybe(IPS),
    token_sent=st.booleans(),
    token_in_url=st.booleans(),
    websocket=maybe(WEBSOCKETS),
    pair=st.just("") | ODD,
    pair_fits=maybe(st.booleans()),
    vantage=st.just("") | ODD,
)
FIREWALLS = st.builds(
    Firewall,
    readable=st.booleans(),
    tool=maybe(st.sampled_from(["ufw", "firewalld"])),
    ipv4=maybe(literal(FirewallVerdict)),
    ipv6=maybe(literal(FirewallVerdict)),
    rule=ODD,
    zone=ODD,
    interface=ODD,
    unread=ODD,
    allow=st.lists(ODD, max_size=2).map(tuple),
)
SURROUNDINGS = st.builds(
    Surroundings,
    local=st.booleans(),
    listeners=st.lists(LISTENERS, max_size=3).map(tuple),
    holder=st.just("") | ODD | st.sampled_from(["ssh", "sshd", "docker-proxy"]),
    neighbour=maybe(literal(NeighbourState)),
    firewall=maybe(FIREWALLS),
    proxy=st.just("") | ODD,
    no_proxy=st.just("") | ODD,
    netrc=st.just("") | ODD,
    container=st.just("") | ODD,
    server_container=st.just("") | ODD,
    wsl=st.sampled_from([0, 1, 2]),
)


@st.composite
def configurations(draw: st.DrawFn) -> Configuration:
    names = draw(st.sets(st.sampled_from(["ip", "port", "token", "certfile", "allow_remote_access", "base_url"])))
    return Configuration(
        tuple(
            Setting(
                name,
                "ServerApp",
                "text",
                "help",
                "default",
                draw(maybe(IPS | PORTS | st.booleans())),
                draw(ODD),
                Source(
                    draw(st.sampled_from(["default", "file", "env", "command line", "computed"])),
                    draw(maybe(ODD)),
                    draw(maybe(st.integers(1, 99))),
                    draw(st.sampled_from(["", "JUPYTER_TOKEN_FILE"])),
                ),
                needs_restart=draw(maybe(st.booleans())),
                note=draw(st.sampled_from(["", "8888 was taken when it started"])),
            )
            for name in sorted(names)
        )
    )


ANY = st.tuples(
    maybe(SERVERS), endpoints(), PROBES, SURROUNDINGS, maybe(configurations()), st.lists(SERVERS, max_size=2).map(tuple)
)

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "certificate": maybe(CERTIFICATES),
    "other_scheme_works": maybe(st.booleans()),
    "auth": maybe(literal(AuthOutcome)),
    "identity": maybe(st.booleans()),
    "peer": maybe(IPS),
    "websocket": maybe(WEBSOCKETS),
    "vantage": st.just("") | ODD,
}
"""Of a probe: what may be otherwise in a situation without making it another."""


@st.composite
def near_a_row(draw: st.DrawFn) -> tuple[Any, ...]:
    """The facts of a named situation with at most two of its parts made up: most rules need several that agree."""
    row = draw(st.sampled_from(sorted(ROWS.items())))[1]
    parts = [row.server, row.endpoint, row.probe, row.around, row.settings, row.others]
    made_up = (
        maybe(SERVERS),
        endpoints(),
        st.sampled_from(sorted(FIELDS)).flatmap(
            lambda name: FIELDS[name].map(lambda value: replace(row.probe, **{name: value}))
        ),
        SURROUNDINGS,
        maybe(configurations()),
        st.lists(SERVERS, max_size=2).map(tuple),
    )
    for index in draw(st.sets(st.integers(0, 5), max_size=2)):
        parts[index] = draw(made_up[index])
    return tuple(parts)


FACTS = ANY | near_a_row()


@effort(max_examples=800, deadline=None)
@given(FACTS)
def test_any_facts_make_a_whole_finding(facts: tuple[Any, ...]) -> None:
    server, endpoint, probe, around, configuration, others = facts
    finding = diagnose(server, endpoint, probe, MACHINE, around=around, settings=configuration, others=others)
    assert finding.verdict in VERDICTS
    sentences = (finding.headline, finding.cause, finding.evidence, finding.fix, finding.short_cause, finding.short_fix)
    for text in (*sentences, *finding.notes, *finding.allow, finding.vantage):
        assert all(unicodedata.category(char) not in {"Cc", "Cf", "Zl", "Zp"} for char in text), text
        assert len(text) <= 1000
    assert finding.headline
    if finding.verdict != "ok":
        assert finding.cause
        assert finding.fix
        assert finding.short_cause
        assert finding.short_fix
    assert cell_len(finding.short_cause) <= 53
    assert cell_len(finding.short_fix) <= 53
    said = f"{finding.headline} {finding.cause} {finding.short_cause}".lower()
    assert ("likely" in said) is not finding.certain, finding
    if not finding.certain:
        assert "likely" in finding.cause.lower(), finding
        assert "likely" in finding.short_cause.lower(), finding


@effort(max_examples=300, deadline=None)
@given(FACTS)
def test_any_finding_makes_an_answer(facts: tuple[Any, ...]) -> None:
    server, endpoint, probe, around, configuration, others = facts
    finding = diagnose(server, endpoint, probe, MACHINE, around=around, settings=configuration, others=others)
    its = server or Server("jpserver-7", "running", port=8888)
    said = answer(its, [Row(endpoint, Check(endpoint, finding, (), 1.0, NOW))], MACHINE)
    assert said.before
    assert said.short
    assert len(said.short) <= 120
