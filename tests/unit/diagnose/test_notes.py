"""What is said beside a finding: firewalls, containers, WSL, proxies, netrc, certificates. No verdict changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jntui.diagnose import diagnose
from jntui.model import Certificate, Endpoint, Finding, Firewall, Probe, Server, Surroundings
from tests.unit.diagnose.facts import (
    CLOSED,
    FIREWALLD,
    LAN,
    LAN_COVERED,
    LETS_IN,
    MACHINE,
    OTHER_HOST,
    OUTSIDE,
    UFW,
    UNREAD,
    WIDE,
    answered,
    endpoint,
    failed,
    near,
    server,
    socket,
)

WORKS = answered(probe=socket("open", by_cookie=True))
SERVER = server(*WIDE)


def said(
    around: Surroundings,
    probe: Probe = WORKS,
    its_endpoint: Endpoint = LAN_COVERED,
    its_server: Server | None = SERVER,
) -> Finding:
    return diagnose(its_server, its_endpoint, probe, MACHINE, around=around)


@pytest.mark.parametrize("auth", ["open", "login"])
def test_row_08_works_here_and_the_firewall_drops_it_for_others(auth: str) -> None:
    finding = said(near(*WIDE, firewall=UFW), answered(probe={**socket("open"), "auth": auth}))
    assert finding.verdict in {"open", "login"}
    assert finding.certain
    assert finding.notes[0] == (
        "For other hosts the firewall of this machine (ufw) drops new connections to TCP port 8888 (policy drop in "
        "chain input; interface eth0). To let the port in: sudo ufw allow 8888/tcp"
    )
    assert finding.others == "drops"
    assert finding.allow == ("sudo ufw allow 8888/tcp",)


def test_row_08_the_short_form_says_so_too() -> None:
    finding = said(near(*WIDE, firewall=UFW))
    assert finding.short_cause == "Works here; the firewall drops others."
    assert "its firewall (ufw) drops what comes from others" in finding.cause


def test_row_08_the_note_does_not_repeat_why() -> None:
    finding = said(near(*WIDE, firewall=UFW))
    assert finding.verdict == "ok"
    assert finding.notes == (
        "The rule: policy drop in chain input; interface eth0. To let the port in: sudo ufw allow 8888/tcp",
    )


def test_row_08_firewalld_rejects() -> None:
    finding = said(near(*WIDE, firewall=FIREWALLD))
    assert "(firewalld) rejects what comes from others" in finding.cause
    assert "The rule: reject with icmpx admin-prohibited; zone public" in finding.notes[0]
    assert finding.others == "prohibits"


def test_a_client_that_is_connected_is_named_beside_the_rule() -> None:
    server_with_client = replace(SERVER, peers=("10.8.0.7",))
    assert (
        "10.8.0.7 is connected all the same" in said(near(*WIDE, firewall=UFW), its_server=server_with_client).notes[0]
    )


def test_a_firewall_that_lets_it_in_proves_nothing_about_what_stands_between() -> None:
    finding = said(near(*WIDE, firewall=LETS_IN))
    assert "Only a test from another device can tell more." in finding.cause
    assert finding.others == "accepts"
    assert not finding.notes, "why says it already"
    login = said(near(*WIDE, firewall=LETS_IN), answered(probe={**socket("open"), "auth": "login"}))
    assert "only a test from another device can tell" in login.notes[0]


@pytest.mark.parametrize("firewall", [LETS_IN, UNREAD, None])
@pytest.mark.parametrize("auth", ["accepted", "open", "login"])
def test_what_only_holds_until_somebody_got_in_is_told_apart(firewall: Firewall | None, auth: str) -> None:
    """A picture with a client from elsewhere leaves these sentences out: the client is that test."""
    finding = said(near(*WIDE, firewall=firewall), answered(probe={**socket("open"), "auth": auth}))
    for text in (finding.cause, *finding.notes):
        for words in finding.untested:
            text = text.replace(words, "")
        assert "another device" not in text
    assert all(any(words in text for text in (finding.cause, *finding.notes)) for words in finding.untested)


def test_a_firewall_that_cannot_be_read_says_how_it_could() -> None:
    finding = said(near(*WIDE, firewall=UNREAD))
    assert finding.notes == ("The firewall's rules cannot be read without root: sudo nft list ruleset.",)
    assert finding.others is None
    login = said(near(*WIDE, firewall=UNREAD), answered(probe={**socket("open"), "auth": "login"}))
    assert login.notes == (
        "Whether others get in, only a test from another device can tell.",
        "The firewall's rules cannot be read without root: sudo nft list ruleset.",
    )


def test_the_family_of_the_address_decides_which_rule_counts() -> None:
    only_six = replace(UFW, ipv4="accepts")
    six = endpoint("http://[fd00::5]:8888/", "lan", True, "fd00::5")
    assert said(near(*WIDE, firewall=only_six)).others == "accepts"
    assert said(near(*WIDE, firewall=only_six), its_endpoint=six).others == "drops"


def test_nothing_is_said_of_others_for_loopback() -> None:
    finding = said(near(*WIDE, firewall=UFW), its_endpoint=endpoint())
    assert (finding.notes, finding.others, finding.cause) == ((), None, "")


def test_what_another_host_saw_is_said_to_be_its_word() -> None:
    finding = said(near(*WIDE, firewall=UFW), replace(WORKS, vantage="phone"))
    assert finding.headline == "Works from phone: this server answers and accepts its token."
    assert finding.cause == "Checked from phone."
    assert finding.vantage == "phone"
    assert not finding.notes


def test_row_containers_jntui_inside_a_container() -> None:
    finding = said(near(*WIDE, container="docker"))
    assert any("address inside a container (docker)" in note and "-p 8888:8888" in note for note in finding.notes)


def test_row_wsl2_its_lan_is_a_nat_of_windows() -> None:
    finding = said(near(*WIDE, wsl=2))
    assert any(
        "netsh interface portproxy add v4tov4 listenport=8888 listenaddress=0.0.0.0 connectport=8888 "
        "connectaddress=192.168.2.169"
        in note
        and "networkingMode=mirrored" in note
        for note in finding.notes
    )
    assert any("Windows' own" in note for note in said(near(*WIDE, wsl=1)).notes)


def test_row_containers_a_server_in_another_network_namespace_that_is_published() -> None:
    assert any("4f2a" in note for note in said(near(*WIDE, server_container="4f2a")).notes)


@pytest.mark.parametrize(
    ("probe", "its_endpoint"),
    [
        (WORKS, LAN_COVERED),
        (failed("connect", "timeout"), OUTSIDE),
        (answered(403, None, csp_base_url="/"), OTHER_HOST),
    ],
)
def test_row_19_a_proxy_of_the_environment(probe: Probe, its_endpoint: Endpoint) -> None:
    plain = said(Surroundings(), probe, its_endpoint)
    finding = said(Surroundings(proxy="http_proxy", no_proxy="192.168.2.169"), probe, its_endpoint)
    assert finding.verdict == plain.verdict
    assert finding.cause == plain.cause
    assert finding.notes[-1].startswith("http_proxy is set: curl, requests and other programs go through that proxy")
    assert finding.notes[-1].endswith("Add 192.168.2.169 to no_proxy to spare it.")


def test_row_20_netrc() -> None:
    finding = said(Surroundings(netrc="/home/ada/.netrc"))
    assert finding.verdict == "ok"
    assert finding.notes[-1].startswith("~/.netrc has an entry for 192.168.2.169")
    assert "trust_env=False" in finding.notes[-1]


def test_what_was_never_connected_to_says_nothing_of_proxies() -> None:
    assert not said(Surroundings(proxy="http_proxy"), CLOSED, LAN, server()).notes


def test_row_28_what_was_not_tested_is_said() -> None:
    finding = said(Surroundings(), answered(200, "6.5.7", probe=socket("missing", status=404)), endpoint())
    assert finding.verdict == "ok"
    assert finding.notes == ("Jupyter 6.5.7 has no WebSocket without a kernel, so whether cells run was not tested.",)


def test_row_27_a_websocket_without_a_login_proves_nothing() -> None:
    finding = said(Surroundings(), answered(probe={**socket("forbidden", status=403), "auth": "login"}), endpoint())
    assert finding.verdict == "login"
    assert finding.notes == ("Whether cells run was not tested: Jupyter refuses a WebSocket without a login.",)
    upgrade = answered(probe={**socket("no-upgrade", status=400), "auth": "login"})
    assert said(Surroundings(), upgrade, endpoint()).verdict == "page-only"


def test_a_kernel_gateway_is_said_to_be_one() -> None:
    finding = said(Surroundings(), WORKS, endpoint(), server(app="Kernel Gateway"))
    assert any("a browser finds no page there" in note for note in finding.notes)


def test_an_open_server_whose_cells_do_not_run_is_open_all_the_same() -> None:
    finding = said(near(), answered(probe={**socket("silent"), "auth": "open"}))
    assert finding.verdict == "page-only"
    assert "no token and no password" in finding.notes[0]


def test_a_public_address_of_ones_own_router() -> None:
    own = replace(OUTSIDE, server="jpserver-7")
    assert any(
        "many routers do not lead back" in note
        for note in said(Surroundings(), failed("connect", "timeout"), own).notes
    )
    assert not said(Surroundings(), failed("connect", "timeout"), own, None).notes


def test_a_certificate_that_ends_soon() -> None:
    soon = replace(WORKS, certificate=Certificate(True, days_left=8))
    assert any("in 8 days" in note for note in said(Surroundings(), soon, endpoint()).notes)
    assert not said(Surroundings(), replace(WORKS, certificate=Certificate(True, days_left=30)), endpoint()).notes
