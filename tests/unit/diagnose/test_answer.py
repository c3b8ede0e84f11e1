"""The one sentence: what it claims in each situation, and that it claims no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from jntui.diagnose import answer, diagnose, redirect_file
from jntui.model import (
    Check,
    Endpoint,
    Failure,
    Finding,
    Listener,
    Machine,
    Probe,
    RedirectFile,
    Row,
    Scope,
    Server,
    SshSession,
    Verdict,
)

NOW = datetime(2026, 11, 23, 14, 2, tzinfo=timezone.utc)
LOCAL = (Listener("127.0.0.1", 8888), Listener("::1", 8888))
ALL = (Listener("0.0.0.0", 8888), Listener("::", 8888))
HERE = Machine("lab-box", "ada", "/home/ada")
OVER_SSH = replace(HERE, ssh=SshSession("192.168.2.23", "192.168.2.169", 22))
SERVER = Server("jpserver-7", "running", pid=7, port=8888, auth="token", listeners=LOCAL, user="ada")


def row(url: str, scope: Scope, verdict: Verdict | None, **fields: object) -> Row:
    host = url.split("//")[1].split("/", maxsplit=1)[0].rsplit(":", 1)[0].strip("[]")
    covered = verdict != "not-listening"
    endpoint = replace(Endpoint("jpserver-7", url, "eth0", host, scope, covered), **fields)  # type: ignore[arg-type]
    if verdict is None:
        return Row(endpoint, None, True)
    finding = Finding(verdict, "headline", short_cause="It is so.")
    return Row(endpoint, Check(endpoint, finding, (), 2.0, NOW))


LOOPBACK = row("http://localhost:8888/", "this-machine", "ok")
LAN_OK = row("http://192.168.2.169:8888/", "lan", "ok", your_ssh=True)
LAN_CLOSED = row("http://192.168.2.169:8888/", "lan", "not-listening", your_ssh=True)
VPN_OK = row("http://10.8.0.3:8888/", "vpn", "ok")


def test_over_ssh_the_address_where_it_arrived_is_offered() -> None:
    said = answer(replace(SERVER, listeners=ALL), [LOOPBACK, VPN_OK, LAN_OK], OVER_SSH)
    assert said.tone == "works"
    assert said.sentence == "Open http://192.168.2.169:8888/ on your computer"
    assert said.evidence == "It answered on this machine; a firewall can still stop others."


def test_a_connected_client_is_the_best_evidence() -> None:
    server = replace(SERVER, listeners=ALL, peers=("192.168.2.23",))
    assert answer(server, [LAN_OK], OVER_SSH).evidence == "192.168.2.23 is connected to it now."


def test_another_reachable_address_is_not_promised_for_the_users_computer() -> None:
    said = answer(SERVER, [LOOPBACK, LAN_CLOSED, VPN_OK], OVER_SSH)
    assert said.sentence == "Open http://10.8.0.3:8888/ from the VPN"


def test_loopback_only_over_ssh_offers_the_forward() -> None:
    said = answer(SERVER, [LOOPBACK, LAN_CLOSED], OVER_SSH)
    assert said.tone == "calm"
    assert said.sentence == "Not reachable from your computer: :8888 listens on this machine only"
    assert said.copy == "ssh -L 127.0.0.1:8888:127.0.0.1:8888 ada@192.168.2.169"
    assert said.evidence == f"On your computer: {said.copy}"


def test_without_ssh_the_loopback_url_and_the_lan_one_are_named() -> None:
    said = answer(replace(SERVER, listeners=ALL), [LOOPBACK, LAN_OK], HERE)
    assert said.sentence == "Open http://localhost:8888/ here, or http://192.168.2.169:8888/ from the LAN"
    only = answer(SERVER, [LOOPBACK, LAN_CLOSED], HERE)
    assert only.sentence == "Open http://localhost:8888/ here, and only here"


def test_ssh_from_this_machine_itself_is_no_other_computer() -> None:
    machine = replace(HERE, ssh=SshSession("127.0.0.1", "127.0.0.1", 22))
    assert answer(SERVER, [LOOPBACK, LAN_CLOSED], machine).sentence.endswith("here, and only here")


def test_a_certificate_warning_is_said() -> None:
    lan = row("https://192.168.2.169:8888/", "lan", "tls-untrusted", your_ssh=True)
    said = answer(replace(SERVER, listeners=ALL), [lan], OVER_SSH)
    assert said.tone == "catch"
    assert said.after == " on your computer: the browser will warn about the certificate"


@pytest.mark.parametrize("auth", ["none", "token"])
def test_no_login_beyond_this_machine_is_an_alarm(auth: str) -> None:
    lan = row("http://192.168.2.169:8888/", "lan", "open")
    vpn = row("http://10.8.0.3:8888/", "vpn", "open")
    server = replace(SERVER, auth=auth, listeners=ALL)  # type: ignore[arg-type]
    said = answer(server, [LOOPBACK, lan, vpn], OVER_SSH)
    assert said.tone == "alarm"
    assert said.sentence == "No login: whoever reaches :8888 over LAN or VPN can run code as ada"
    assert "listens on every address" in said.evidence


def test_no_login_on_this_machine_only_is_no_alarm() -> None:
    here = row("http://localhost:8888/", "this-machine", "open")
    said = answer(replace(SERVER, auth="none"), [here, LAN_CLOSED], HERE)
    assert said.tone == "catch"
    assert said.sentence == "Open http://localhost:8888/ here, and only here"


def test_while_nothing_is_known_it_says_checking() -> None:
    said = answer(SERVER, [row("http://localhost:8888/", "this-machine", None)], OVER_SSH)
    assert (said.tone, said.sentence) == ("checking", "Checking 1 endpoint of :8888")


def test_broken_beyond_this_machine_names_the_cause() -> None:
    broken = row("http://192.168.2.169:8888/", "lan", "host-blocked", your_ssh=True)
    said = answer(replace(SERVER, listeners=ALL), [LOOPBACK, broken], OVER_SSH)
    assert (said.tone, said.sentence) == ("broken", "Not reachable from your computer: It is so")


def test_not_even_here() -> None:
    broken = row("http://localhost:8888/", "this-machine", "no-answer")
    said = answer(SERVER, [broken], HERE)
    assert (said.tone, said.sentence) == ("broken", "Not reachable, not even here: It is so")


@pytest.mark.parametrize(
    ("state", "reason", "tone", "words"),
    [
        ("stale", "pid 4711 is gone", "stale", "Not a server any more: pid 4711 is gone, only its info file is left"),
        ("other-user", "its files are bob's", "calm", ":8888 belongs to ada"),
        ("starting", "4 s old", "checking", "is starting"),
        ("unresponsive", "it listens but does not answer", "broken", "does not answer"),
    ],
)
def test_states(state: str, reason: str, tone: str, words: str) -> None:
    server = replace(SERVER, state=state, reason=reason, info_file="/r/jpserver-7.json")  # type: ignore[arg-type]
    said = answer(server, [], HERE)
    assert said.tone == tone
    assert words in said.sentence


@pytest.mark.parametrize(
    ("cause", "sentence", "short"),
    [
        (
            "This machine's own firewall lets nothing out.",
            ":8888 does not answer: this machine's own firewall lets nothing out",
            ":8888: this machine's own firewall lets nothing out",
        ),
        (
            "certfile and keyfile are no pair, as this file says.",
            ":8888 does not answer: certfile and keyfile are no pair, as this file says",
            "certfile and keyfile are no pair, as this file says",
        ),
        ("HTTP 404 comes.", ":8888 does not answer: HTTP 404 comes", ":8888: HTTP 404 comes"),
    ],
)
def test_a_silent_server_whose_cause_is_known(cause: str, sentence: str, short: str) -> None:
    server = replace(SERVER, state="unresponsive", reason="timed out")
    known = Finding("timeout", "headline", short_cause=cause, short_fix="Do this.")
    guess = replace(known, certain=False, short_cause="Likely it hangs.")
    rows = [_with(LOOPBACK, guess), _with(LAN_OK, known)]
    said = answer(server, rows, HERE)
    assert (said.tone, said.sentence, said.short, said.evidence) == ("broken", sentence, short, "Do this.")


def test_a_silent_server_whose_cause_is_only_likely() -> None:
    server = replace(SERVER, state="unresponsive", reason="timed out")
    guess = Finding("timeout", "headline", certain=False, short_cause="Likely it hangs.")
    elsewhere = Finding("refused", "headline", short_cause="Nothing listens there.")
    typed = replace(LAN_OK, endpoint=replace(LAN_OK.endpoint, kind="custom"))
    for rows in ([], [_with(LOOPBACK, guess)], [_with(typed, elsewhere), _with(LAN_CLOSED, elsewhere)]):
        said = answer(server, rows, HERE)
        assert (said.sentence, said.evidence) == (":8888 does not answer as Jupyter", "timed out")


def _with(row: Row, finding: Finding) -> Row:
    return replace(row, check=Check(row.endpoint, finding, (), 2.0, NOW))


def test_a_unix_socket_server_names_its_socket() -> None:
    server = replace(SERVER, port=None, listeners=(Listener("", 0, "/run/j.sock"),))
    file_row = row("http://h:1/", "this-machine", "ok", offered=False, kind="file")
    own = row("http+unix://%2Frun%2Fj.sock/", "this-machine", "unix-socket")
    said = answer(server, [own, file_row], OVER_SSH)
    assert "listens on the socket /run/j.sock only" in said.sentence


FILE = RedirectFile("/r/jpserver-7-open.html", 0o644, False, "http://localhost:8888/lab", True)


def test_redirect_file_findings() -> None:
    assert redirect_file(SERVER, FILE).verdict == "ok"
    assert "mode 0644" in redirect_file(SERVER, FILE).evidence
    leak = redirect_file(SERVER, replace(FILE, world_readable=True))
    assert leak.fix.startswith("chmod 700 /r")
    assert "every user of this machine" in leak.headline
    assert redirect_file(SERVER, replace(FILE, target="http://localhost:9999/lab")).verdict == "other-server"
    assert redirect_file(SERVER, replace(FILE, target="http://localhost:99999/")).verdict == "other-server"


def test_the_redirect_file_of_a_socket_server_leads_to_no_browser() -> None:
    server = replace(SERVER, port=None, listeners=(Listener("", 0, "/run/j.sock"),))
    finding = redirect_file(server, replace(FILE, target="http+unix://%2Frun%2Fj.sock/tree"))
    assert finding.verdict == "unix-socket"
    assert "None" not in f"{finding.cause}{finding.fix}"


def test_the_alarm_says_what_to_do() -> None:
    lan = row("http://192.168.2.169:8888/", "lan", "open")
    assert "set a password" in answer(replace(SERVER, auth="none", listeners=ALL), [lan], HERE).evidence


def test_a_fix_that_changes_nothing_is_not_offered() -> None:
    server = replace(SERVER, listeners=LOCAL[:1])
    endpoint = replace(LOOPBACK.endpoint, url="http://[::1]:8888/", address="::1", covered=False)
    failure = Failure("connect", "not-listening", "")
    finding = diagnose(server, endpoint, Probe("u", (), 1.0, 4.0, failure=failure))
    assert finding.fix == "Open http://127.0.0.1:8888/ instead."


def with_finding(one: Row, **fields: object) -> Row:
    assert one.check is not None
    finding = replace(one.check.finding, **fields)  # type: ignore[arg-type]
    return replace(one, check=replace(one.check, finding=finding))


DROPPED = with_finding(LAN_OK, others="drops", allow=("sudo ufw allow 8888/tcp",))
WIDE = replace(SERVER, listeners=ALL)


def test_a_firewall_that_drops_others_is_no_way_to_the_users_computer() -> None:
    said = answer(WIDE, [LOOPBACK, DROPPED], OVER_SSH)
    assert said.tone == "broken"
    assert said.sentence == "Not reachable from your computer: this machine's firewall drops port 8888"
    assert said.evidence.startswith("On your computer: ssh -L 127.0.0.1:8888:"), "what y copies stands first"
    assert said.evidence.endswith(". To let others in: sudo ufw allow 8888/tcp")
    assert said.copy == "ssh -L 127.0.0.1:8888:127.0.0.1:8888 ada@192.168.2.169"
    assert len(said.short) <= 56


def test_a_firewall_that_drops_others_does_not_stop_this_machine() -> None:
    said = answer(WIDE, [LOOPBACK, DROPPED], HERE)
    assert said.tone == "catch"
    assert said.sentence == "Open http://localhost:8888/ here; for others this machine's firewall drops port 8888"
    alone = answer(WIDE, [with_finding(DROPPED, others="prohibits")], HERE)
    assert alone.sentence == "Not reachable from other devices: this machine's firewall rejects port 8888"


def test_an_address_that_the_firewall_lets_in_goes_before_one_that_it_does_not() -> None:
    assert answer(WIDE, [LOOPBACK, DROPPED, VPN_OK], OVER_SSH).sentence == "Open http://10.8.0.3:8888/ from the VPN"


def test_a_client_that_is_connected_proves_more_than_a_rule() -> None:
    said = answer(replace(WIDE, peers=("192.168.2.23",)), [LOOPBACK, DROPPED], OVER_SSH)
    assert said.tone == "works"
    assert said.evidence == "192.168.2.23 is connected to it now."


def test_what_is_known_of_the_firewall_and_of_other_hosts_is_the_evidence() -> None:
    lets_in = answer(WIDE, [with_finding(LAN_OK, others="accepts")], OVER_SSH)
    assert lets_in.evidence.startswith("It answered here, and this machine's firewall lets it in")
    asked = answer(WIDE, [with_finding(LAN_OK, vantage="phone")], OVER_SSH)
    assert asked.evidence == "phone opened it, asked over ssh."


def test_a_page_without_cells_is_said_to_be_one() -> None:
    page = row("http://box.example/", "lan", "page-only", kind="custom", covered=None)
    page = with_finding(page, short_cause="A proxy takes the Upgrade header away.")
    said = answer(SERVER, [LOOPBACK, LAN_CLOSED, page], OVER_SSH)
    assert said.tone == "catch"
    assert said.sentence == "The page opens at http://box.example/, but cells do not run"
    assert said.evidence.startswith("A proxy takes the Upgrade header away. On your computer: ssh -L ")
    assert answer(SERVER, [LOOPBACK, page], HERE).sentence.startswith("Open http://localhost:8888/ here")
    assert answer(SERVER, [page], HERE).sentence == "The page opens at http://box.example/, but cells do not run"


def test_no_login_is_an_alarm_where_cells_do_not_run_either() -> None:
    page = row("http://box.example/", "lan", "page-only", kind="custom", covered=None)
    assert answer(replace(SERVER, auth="none"), [LOOPBACK, page], OVER_SSH).tone == "alarm"


def test_row_22_a_stale_info_file_is_no_server() -> None:
    gone = replace(SERVER, state="stale", reason="pid 4711 is gone", info_file="/r/jpserver-4711.json")
    assert answer(gone, [], HERE).sentence.startswith("Not a server any more: pid 4711 is gone")


def test_the_short_form_ends_with_a_whole_word() -> None:
    wide = row("https://192.168.77.1:23015/", "lan", "tls-untrusted")
    near = row("https://localhost:23015/", "this-machine", "tls-untrusted")
    said = answer(replace(SERVER, listeners=ALL, scheme="https"), [near, wide], HERE)
    assert said.sentence.endswith("from the LAN: the browser will warn about the certificate")
    assert (said.tone, said.short) == ("catch", "https://192.168.77.1:23015/ from the LAN")
    long = row("https://[2001:db8:1111:2222:3333:4444:5555:6666]:23015/some/base/", "lan", "tls-untrusted")
    short = answer(replace(SERVER, listeners=ALL, scheme="https"), [long], HERE).short
    assert short.endswith("\u2026") and len(short) <= 56
