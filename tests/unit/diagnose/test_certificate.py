"""The words about certificates: why a browser warns, since when, for which names, and what then works on a phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from jntui.diagnose import diagnose
from jntui.model import Certificate, Finding, Listener
from jntui.tui.actions import BY_ID
from tests.unit.diagnose.facts import MACHINE, answered, endpoint, server, setting, settings, socket

LAN = endpoint("https://192.168.2.169:8888/", "lan", True, "192.168.2.169")
BASE = Certificate(
    False,
    "the words of OpenSSL",
    names=("localhost", "127.0.0.1"),
    not_before=datetime(2026, 12, 1, tzinfo=timezone.utc),
    not_after=datetime(2026, 11, 3, 9, tzinfo=timezone.utc),
    issuer="Lab CA",
)


def said(*problems: str, auth: str = "not-sent", **fields: object) -> Finding:
    certificate = replace(BASE, problems=problems, **fields)  # type: ignore[arg-type]
    probe = answered(probe={**socket("open"), "auth": auth, "certificate": certificate})
    if auth == "accepted":
        probe = replace(probe, token_sent=True)
    where = settings(setting("certfile", "/srv/a.pem"))
    return diagnose(server(scheme="https"), LAN, probe, MACHINE, settings=where)


@pytest.mark.parametrize(
    ("problem", "cause", "fix", "short"),
    [
        ("self-signed", "it is self-signed", "Accept the warning", "The certificate is self-signed."),
        (
            "unknown-authority",
            "its issuer Lab CA is no authority that this machine knows",
            "a certificate that your devices trust",
            "The certificate's issuer is unknown here.",
        ),
        (
            "expired",
            "it expired on 2026-11-03, 19 days ago",
            "Renew the certificate",
            "The certificate expired on 2026-11-03.",
        ),
        (
            "not-yet-valid",
            "it is not valid before 2026-12-01",
            "clock",
            "The certificate is not valid before 2026-12-01.",
        ),
        (
            "name-mismatch",
            "it is for localhost and 127.0.0.1, not for 192.168.2.169",
            "Open https://localhost:8888/ if that name leads here. Or make a certificate that names 192.168.2.169.",
            "The certificate is not for 192.168.2.169.",
        ),
    ],
)
def test_row_18_what_is_wrong(problem: str, cause: str, fix: str, short: str) -> None:
    finding = said(problem, days_left=-20)
    assert finding.verdict == "tls-untrusted"
    assert finding.certain
    assert cause in finding.cause
    assert fix in finding.fix
    assert finding.short_cause == short
    assert "the words of OpenSSL" in finding.evidence
    assert "certfile = '/srv/a.pem' (~/.jupyter/jupyter_server_config.py:12)" in finding.evidence


def test_row_18_several_at_once() -> None:
    finding = said("self-signed", "name-mismatch", "expired", days_left=-1)
    assert "it expired on 2026-11-03, less than a day ago, it is for localhost and 127.0.0.1" in finding.cause
    assert "self-signed" in finding.cause
    assert finding.short_cause == "Certificate: expired, wrong name, self-signed."


def test_row_18_a_certificate_without_names() -> None:
    finding = said("name-mismatch", names=())
    assert "no name at all (it has no subjectAltName)" in finding.cause
    assert finding.fix == "Make a certificate that names 192.168.2.169."


def test_many_names_are_counted() -> None:
    assert "n0, n1, n2, n3 and 4 more, not for" in said("name-mismatch", names=tuple(f"n{i}" for i in range(8))).cause


@pytest.mark.parametrize(
    ("problems", "told"), [(("self-signed",), True), (("unknown-authority",), True), ((), True), (("expired",), False)]
)
def test_phones_open_the_page_and_run_no_cells(problems: tuple[str, ...], told: bool) -> None:
    notes = said(*problems).notes
    assert (
        any(note.startswith("iPhone and iPad: the page loads, cells do not run. What works") for note in notes) is told
    )


def test_whether_the_token_was_sent_is_said() -> None:
    assert any("was not sent over a connection that nobody verified" in note for note in said("self-signed").notes)
    own = said("self-signed", auth="accepted", own_file=True)
    assert own.verdict == "tls-untrusted"
    assert "It is the server's own file, byte for byte." in own.cause
    assert any("so the token was sent" in note for note in own.notes)


def test_the_warning_is_not_hidden_by_cells_that_do_not_run() -> None:
    certificate = replace(BASE, problems=("self-signed",))
    probe = answered(probe={**socket("silent"), "certificate": certificate})
    finding = diagnose(server(scheme="https"), LAN, probe, MACHINE)
    assert finding.verdict == "page-only"
    assert any(note.startswith("iPhone and iPad") for note in finding.notes)


@pytest.mark.parametrize("listening", ["0.0.0.0:8888", "127.0.0.1:8888"])
def test_what_renews_it_is_named(listening: str) -> None:
    """`access --lan` is no advice for a server that only this machine can open."""
    probe = answered(probe={**socket("open"), "certificate": replace(BASE, problems=("self-signed",), days_left=5)})
    listeners = tuple(Listener(one.rpartition(":")[0], 8888) for one in [listening])
    words = " ".join(diagnose(server(scheme="https", listeners=listeners), LAN, probe, MACHINE).notes)
    assert "renew it before. The server reads the file for each connection: no restart is needed." in words
    assert f'ctrl+p, "{BY_ID["certificate"].label}"' in words
    assert ("`jntui access 8888 --lan --tls`" in words) is (listening == "0.0.0.0:8888")
    others = diagnose(server(scheme="https"), LAN, replace(probe, certificate=replace(BASE, days_left=5)), MACHINE)
    assert BY_ID["certificate"].label not in " ".join(others.notes), "jntui's own is self-signed"
