"""Every way a peer can misbehave gives one verdict, within the probe's bound, and without eating memory.

The time limit of each test is the guard against hanging: a probe that ignores its bound runs into it.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from jntui.diagnose import diagnose
from jntui.model import VERDICTS, Endpoint, Finding, Probe, Secret
from jntui.network.probe import probe
from jntui.text import visible
from jntui.transport import HttpTransport
from tests.live.behaviours import BEHAVIOURS
from tests.live.hostile import ROOT, Hostile, hostile

TIMEOUT_S = 2.0
"""Of each probe."""
READ_LIMIT = 64 * 1024
"""Bytes of one probe."""
KERNEL_BUFFERS = 512 * 1024
"""Bytes of one connection that its two sockets take though nobody reads them."""

PLAIN = {
    "html": "not-jupyter",
    "captive-portal": "gateway-error",
    "basic-login": "gateway-error",
    "proxy-502": "gateway-error",
    "proxy-503": "gateway-error",
    "proxy-504": "gateway-error",
    "file-server-404": "not-jupyter",
    "hostile-version": "not-jupyter",
    "hostile-headers": "not-jupyter",
    "deep-json": "not-jupyter",
    "json-list": "not-jupyter",
    "json-number": "not-jupyter",
    "json-null": "not-jupyter",
    "not-utf8": "not-jupyter",
    "empty": "not-jupyter",
    "length-too-short": "not-jupyter",
    # Without a length that counts, a body ends with the connection, which this server keeps open.
    "length-negative": "no-answer",
    "silent": "no-answer",
    "close": "no-answer",
    "reset": "no-answer",
    "close-after-request": "no-answer",
    "drip-status": "no-answer",
    "drip-header": "no-answer",
    "drip-body": "no-answer",
    "drip-chunk": "no-answer",
    "endless-body": "not-jupyter",
    "endless-chunks": "not-jupyter",
    "endless-chunk-line": "not-jupyter",
    "endless-headers": "not-jupyter",
    "endless-header-line": "not-jupyter",
    "endless-status-line": "not-jupyter",
    "continue-flood": "not-jupyter",
    "hints-flood": "not-jupyter",
    "length-too-long": "no-answer",
    "chunk-cut": "no-answer",
    "chunk-garbage": "not-jupyter",
    "http-0.9": "not-jupyter",
    "bad-status-line": "not-jupyter",
    "binary": "not-jupyter",
    "ssh-banner": "not-jupyter",
    "smtp-banner": "not-jupyter",
    "redirect-loop": "not-jupyter",
    "gzip-bomb": "not-jupyter",
    # What answers to no ClientHello of ours says nothing to plain http either.
    "tls-drip": "no-answer",
    "tls-garbage": "not-jupyter",
    "tls-alert": "not-jupyter",
    "jupyter": "login",
    "early-hints": "login",
    "login-silent": "no-answer",
    "login-drip": "no-answer",
    "login-endless": "login",
    "login-elsewhere": "no-answer",
    "open-socket-works": "open",
    "open-socket-silent": "page-only",
    "open-socket-reset": "page-only",
    "open-socket-drip": "page-only",
    "open-socket-wrong-key": "page-only",
    "open-socket-forbidden": "page-only",
    "open-cookie-escapes": "page-only",
    "never-accepts": "timeout",
    "tls-long-chain": "tls-expected",
    "tls-tickets": "tls-expected",
    "tls-endless-chain": "no-answer",
    "tls-second-chain": "no-answer",
    "tls-dripping-chain": "no-answer",
    "tls-hello-requests": "not-jupyter",
}
"""What a probe over http finds."""

OVER_TLS = {
    "tls-drip": "no-answer",
    "tls-garbage": "tls-broken",
    "tls-alert": "tls-broken",
    "silent": "no-answer",
    "close": "no-answer",
    "reset": "no-answer",
    "ssh-banner": "tls-broken",
    "drip-header": "no-answer",
    "html": "tls-missing",
    "jupyter": "tls-missing",
    "tls-long-chain": "not-jupyter",
    "tls-tickets": "not-jupyter",
    "tls-endless-chain": "tls-broken",
    "tls-second-chain": "tls-broken",
    "tls-dripping-chain": "no-answer",
    "tls-hello-requests": "tls-broken",
    "never-accepts": "timeout",
}
"""What a probe over https finds where nobody speaks TLS rightly."""


def probe_it(server: Hostile, scheme: str) -> tuple[Probe, Finding]:
    """One probe of a URL that matches no known server, and what it means."""
    url = f"{scheme}://127.0.0.1:{server.port}/"
    endpoint = Endpoint(None, url, None, "127.0.0.1", "this-machine", None, "custom")
    done = probe(endpoint, None, HttpTransport(), TIMEOUT_S)
    return done, diagnose(None, endpoint, done)


def texts(value: object) -> Iterator[str]:
    """Every string in a frozen value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))


def test_every_behaviour_has_its_verdict() -> None:
    assert set(PLAIN) == {*BEHAVIOURS, "never-accepts"}
    assert set(OVER_TLS) <= set(PLAIN)
    assert {*PLAIN.values(), *OVER_TLS.values()} <= set(VERDICTS)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    ("scheme", "behaviour", "verdict"),
    [("http", *row) for row in PLAIN.items()] + [("https", *row) for row in OVER_TLS.items()],
)
def test_verdict(scheme: str, behaviour: str, verdict: str) -> None:
    with hostile(behaviour) as server:
        done, finding = probe_it(server, scheme)
        tally = server.end()
    assert finding.verdict == verdict, (finding, done)
    assert finding.cause
    assert finding.fix or verdict == "ok"
    assert done.bytes_read <= READ_LIMIT
    assert tally.sent <= READ_LIMIT + tally.connections * KERNEL_BUFFERS
    if "tls" in behaviour and scheme == "https":
        assert done.bytes_read > 0, "what TLS itself received was not counted"
    for text in (*texts(done), *texts(finding)):
        assert visible(text, len(text)) == text, "a control character came through"


@pytest.mark.timeout(30)
@pytest.mark.parametrize("kind", ["trusted", "self-signed", "expired", "not-yet", "other-name", "no-names"])
def test_untrusted_certificates(kind: str) -> None:
    """`trusted` is so only for a client that has the test's authority: this one has not."""
    with hostile("jupyter", "--tls", kind) as server:
        done, finding = probe_it(server, "https")
    assert finding.verdict == "tls-untrusted", (finding, done)
    assert done.certificate is not None
    assert not done.certificate.trusted
    assert done.certificate.problem


@pytest.mark.timeout(30)
def test_plain_http_to_a_tls_port() -> None:
    with hostile("jupyter", "--tls", "self-signed") as server:
        _, finding = probe_it(server, "http")
    assert finding.verdict == "tls-expected", finding
    assert f"https://127.0.0.1:{server.port}/" in finding.fix


@pytest.mark.timeout(30)
def test_a_token_stays_at_home_before_an_unverified_certificate() -> None:
    secret = "4f2a-not-for-strangers"
    with hostile("jupyter", "--tls", "self-signed") as server:
        url = f"https://127.0.0.1:{server.port}/"
        endpoint = Endpoint(None, url, None, "127.0.0.1", "this-machine", None, "custom")
        done = probe(endpoint, None, HttpTransport(), TIMEOUT_S, token=Secret(secret))
    assert done.certificate is not None
    assert not done.token_sent
    assert secret not in repr(done)


MEASURE = """
import json, resource, sys
from tests.live.hostile import hostile
from tests.live.test_hostile import probe_it

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

with hostile("html") as server:
    probe_it(server, "http")
grown = {}
for behaviour in sys.argv[1:]:
    with hostile(behaviour) as server:
        before = peak()
        probe_it(server, "http")
        grown[behaviour] = (peak() - before) / 1024
print(json.dumps(grown))
"""

GREEDY = (
    "endless-body",
    "endless-chunks",
    "endless-chunk-line",
    "endless-headers",
    "endless-header-line",
    "endless-status-line",
    "continue-flood",
    "hints-flood",
    "gzip-bomb",
    "deep-json",
)


@pytest.mark.timeout(60)
def test_memory_does_not_grow() -> None:
    """The peak of a fresh process grows by less than 20 MiB over each greedy peer (ru_maxrss, KiB on Linux)."""
    argv = [sys.executable, "-c", MEASURE, *GREEDY]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True)
    grown = json.loads(done.stdout)
    assert set(grown) == set(GREEDY)
    assert max(grown.values()) < 20, grown
