"""One named case for each row of the symptom table and for each rule, and what holds for all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from jntui.diagnose import RULES, diagnose
from jntui.model import REACHABLE, Failure, Finding, Listener, Probe, SshSession, Stage, Surroundings
from tests.unit.diagnose import rows_answer, rows_connection, rows_listening, rows_login, rows_tls
from tests.unit.diagnose.facts import (
    CLOSED,
    LAN,
    LAN6,
    LOCAL,
    MACHINE,
    OUTSIDE,
    UFW,
    Given,
    answered,
    endpoint,
    failed,
    near,
    server,
)

ROWS: dict[str, Given] = {
    **rows_listening.ROWS,
    **rows_connection.ROWS,
    **rows_tls.ROWS,
    **rows_answer.ROWS,
    **rows_login.ROWS,
}

THE_CHECKERS_ROWS = (*range(1, 15), *range(16, 19), 21, *range(23, 31), 33, 34)
"""Of the symptom table. 15, 20 and 31 are mistakes of other clients; 19, 20 and 22 are tested as notes and as states;
32 is found by asking for a login."""


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str) -> None:
    given = ROWS[name]
    assert next(rule.name for rule in RULES if rule.applies(given.case)) == given.rule
    finding = given.finding
    assert finding.verdict == given.verdict
    assert given.says in f"{finding.cause} {finding.evidence}"
    assert given.fix in finding.fix
    assert finding.certain is given.certain


def test_every_rule_has_its_case() -> None:
    assert {rule.name for rule in RULES} == {given.rule for given in ROWS.values()}
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_row_of_the_symptom_table_has_its_case() -> None:
    told = {int(name[4:6]) for name in ROWS if name[4:6].isdigit()}
    assert set(THE_CHECKERS_ROWS) <= told


@pytest.mark.parametrize("name", ROWS)
def test_words_are_whole(name: str) -> None:
    finding = ROWS[name].finding
    if finding.verdict != "ok":
        assert finding.cause
        assert finding.fix
        assert finding.short_cause
        assert finding.short_fix
    assert cell_len(finding.short_cause) <= 53
    assert cell_len(finding.short_fix) <= 53
    for short in (finding.short_cause, finding.short_fix):
        assert "\u2026" not in short, f"cut off: {short}"
    text = f"{all_words(finding)} {finding.fix} {finding.short_fix}".lower()
    for claim in (" safe", "secure", "open to all", "should", "please", "seems", "copied", "none)", "none:"):
        assert claim not in text, f"{name} says {claim}"


def all_words(finding: Finding) -> str:
    return f"{finding.headline} {finding.cause} {finding.short_cause}"


@pytest.mark.parametrize("name", ROWS)
def test_uncertain_findings_say_likely_in_both_lengths(name: str) -> None:
    finding = ROWS[name].finding
    if finding.certain:
        assert "likely" not in all_words(finding).lower()
    else:
        assert "likely" in finding.cause.lower()
        assert "likely" in finding.short_cause.lower()


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


def test_an_ip_that_would_not_take_the_address_is_not_advised() -> None:
    """0.0.0.0 takes no IPv6 address."""
    assert "Set ip to '*'" in diagnose(server(), LAN6, CLOSED, MACHINE).fix
    assert "and a password" not in diagnose(server(auth="password"), LAN, CLOSED, MACHINE).fix


def test_a_restart_that_is_missing_names_its_action() -> None:
    assert ROWS["row-01 a restart is missing"].finding.action == "restart"


def test_an_open_server_is_reachable_and_the_untrusted_one_too() -> None:
    assert {"ok", "login", "open", "tls-untrusted"} == REACHABLE


def test_a_probe_without_any_result_is_no_answer() -> None:
    finding = diagnose(None, endpoint(), Probe("u", (), 0.0, 4.0, failure=Failure("identity", "other", "")))
    assert (finding.verdict, finding.certain) == ("no-answer", False)


def test_the_evidence_of_open_is_the_stage() -> None:
    stage = Stage("auth", True, 1.0, "api/status was read without any login")
    finding = diagnose(server(), endpoint(), answered(probe={"auth": "open", "stages": (stage,)}), MACHINE)
    assert finding.evidence == "api/status was read without any login"


@pytest.mark.parametrize("holder", ["ssh", "sshd", "docker-proxy", "nginx", ""])
def test_a_tls_server_behind_a_tunnel_or_a_container_is_one_all_the_same(holder: str) -> None:
    around = Surroundings(local=True, listeners=(Listener("127.0.0.1", 8888, pid=50),), holder=holder)
    for probe in (
        failed("http", "reset", other_scheme_works=True),
        failed("http", "silent", other_scheme_works=True),
    ):
        assert diagnose(None, endpoint(covered=None), probe, MACHINE, around=around).verdict == "tls-expected"
    plain = failed("tls", "tls-timeout", other_scheme_works=True)
    secure = endpoint("https://127.0.0.1:8888/", covered=None)
    assert diagnose(None, secure, plain, MACHINE, around=around).verdict == "tls-missing"


def test_what_a_peer_wrote_moves_no_cursor() -> None:
    finding = diagnose(None, OUTSIDE, failed("http", "not-http", "\x1b[2JSSH\x07\u202e"), MACHINE)
    assert finding.evidence == "?[2JSSH??"


def test_an_empty_command_is_no_fix() -> None:
    around = near(*LOCAL, firewall=replace(UFW, allow=("",)))
    finding = diagnose(server(), endpoint(), failed("connect", "timeout"), MACHINE, around=around)
    assert finding.fix == "Allow TCP port 8888 in the firewall of this machine (ufw)"


@pytest.mark.parametrize("name", [name for name, given in ROWS.items() if given.finding.instead])
def test_the_url_that_answers_is_the_one_that_the_fix_names(name: str) -> None:
    finding = ROWS[name].finding
    assert f"Open {finding.instead} instead" in finding.fix
    assert finding.certain


def test_what_the_server_itself_told_is_a_url_to_take() -> None:
    found = {given.finding.instead for given in ROWS.values()}
    assert {"http://example.org:8888/a/b/", "http://box.example/"} <= found
    verdicts = {given.verdict for given in ROWS.values() if given.finding.instead}
    moved = {"refused", "not-jupyter", "other-server"}  # as the settings of the server tell
    assert verdicts == {"base-url", "tls-expected", "tls-missing", *moved}
