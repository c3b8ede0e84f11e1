"""A real server in the box, the phone before its closed door: what each side sees has to fit together."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.netlab import BOX, EXPERIENCE, NOBODY, PHONE, Lab, inside, lab, listener, unavailable
from tests.live.servers import Jupyter, clean_environment, launch_jupyter, wait_for, wait_ready

PORT = 8888

FROM_THE_BOX = """
import json
from dataclasses import asdict
from jntui.monitor.survey import Survey
from jntui.network.probe import probe
survey = Survey(ENVIRON)
server = next(one for one in survey.servers() if one.port == 8888 and one.listeners)
found = {}
for endpoint in survey.endpoints(server):
    if endpoint.address in HOSTS:
        result = probe(endpoint, server, survey.transport, 4)
        around = survey.reach._look_around(server, endpoint, result, survey.sockets)
        check = survey.check(server, endpoint)
        found[endpoint.address] = {**asdict(around), "verdict": check.verdict, "holder": around.holder}
print(json.dumps(found))
"""

FROM_THE_PHONE = """
import json
from jntui.model import Sockets
from jntui.monitor.survey import Survey
from jntui.network.probe import probe
survey = Survey(ENVIRON)
found = {}
for host in HOSTS:
    url = f"http://[{host}]:8888/" if ":" in host else f"http://{host}:8888/"
    endpoint = survey.reach.foreign_endpoint(url)
    result = probe(endpoint, None, survey.transport, TIMEOUT)
    around = survey.reach._look_around(None, endpoint, result, Sockets())
    failure = result.failure
    found[host] = [failure.kind if failure else "", around.neighbour, around.local, around.firewall]
print(json.dumps(found))
"""

KINDS = {
    "accepts": {""},
    "drops": {"timeout"},
    "rejects": {"refused"},
    "prohibits": {"prohibited", "host-unreachable", "unreachable"},
}
"""How a probe fails that meets this verdict."""

CLOSED = {
    "open": ("true", {"ip": "accepts", "ip6": "accepts"}),
    "drop": ("drop", {"ip": "drops", "ip6": "drops"}),
    "tcp reset": ("reject with tcp reset", {"ip": "rejects", "ip6": "rejects"}),
    "port-unreachable": ("reject", {"ip": "rejects", "ip6": "rejects"}),
    "admin-prohibited": ("reject with icmpx admin-prohibited", {"ip": "prohibits", "ip6": "prohibits"}),
    "host-prohibited": ("reject with icmp host-prohibited", {"ip": "prohibits", "ip6": "accepts"}),
}


def rules(words: str) -> str:
    if words == "true":
        return words
    return (
        "nft -f - <<'END'\ntable inet door {\nchain input {\ntype filter hook input priority 0\n"
        f"iifname eth0 tcp dport {PORT} {words}\n}}\n}}\nEND\n"
    )


class Street:
    """The wire, the server in the box, and a home for jntui."""

    def __init__(self, wire: Lab, server: Jupyter) -> None:
        self.wire, self.server = wire, server

    def _environ(self) -> str:
        return repr({**clean_environment(self.server.home), "JUPYTER_RUNTIME_DIR": str(self.server.runtime_dir)})

    def from_the_box(self) -> dict[str, Any]:
        code = FROM_THE_BOX.replace("ENVIRON", self._environ()).replace("HOSTS", repr(tuple(BOX.values())))
        found: dict[str, Any] = self.wire.box.python(code)
        return found

    def from_the_phone(self, hosts: tuple[str, ...], timeout_s: float = 4.0) -> dict[str, Any]:
        code = FROM_THE_PHONE.replace("ENVIRON", self._environ()).replace("HOSTS", repr(hosts))
        found: dict[str, Any] = self.wire.phone.python(code.replace("TIMEOUT", str(timeout_s)))
        return found


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    why = unavailable("nft", "iptables-legacy")
    if why:
        pytest.skip(why)
    home = tmp_path_factory.mktemp("around")
    with lab("around") as wire:
        server = inside(wire.box, lambda: launch_jupyter("server", "--ip=*", home=home, port=PORT))
        try:
            inside(wire.box, lambda: wait_ready(server))
            yield Street(wire, server)
        finally:
            server.stop()


@pytest.mark.parametrize("name", CLOSED)
def test_box_phone_and_experiment_agree(street: Street, name: str) -> None:
    words, verdicts = CLOSED[name]
    street.wire.flush()
    street.wire.sh(rules(words))
    box = street.from_the_box()
    phone = street.from_the_phone(tuple(BOX.values()))
    for family, host in BOX.items():
        firewall = box[host]["firewall"]
        assert box[host]["verdict"] == "ok", "the box itself always reaches its own address"
        assert firewall["ipv4" if family == "ip" else "ipv6"] == verdicts[family]
        assert firewall["interface"] == "eth0" and firewall["readable"]
        if verdicts[family] == "accepts":
            assert phone[host][0] == "", phone
        else:
            assert phone[host][0] in KINDS[verdicts[family]], phone
            assert f'inet door input: iifname "eth0" tcp dport {PORT} {words.split()[0]}' in firewall["rule"]
            assert firewall["allow"] == [f"sudo nft insert rule inet door input tcp dport {PORT} accept"]
        assert phone[host][1:] == ["answers", False, None], "the box answers to ARP and to neighbour discovery"


def test_the_experiment_is_the_truth(street: Street) -> None:
    """The same with a bare socket: what jntui's probe calls it is what the kernel said."""
    street.wire.flush()
    street.wire.sh(rules("reject with icmpx admin-prohibited"))
    for end in street.wire.connect(*((host, PORT) for host in BOX.values())):
        assert EXPERIENCE[end] == "prohibits"


def test_a_host_that_is_down(street: Street) -> None:
    for host, (kind, neighbour, local, firewall) in street.from_the_phone(tuple(NOBODY.values()), 5.0).items():
        assert kind in {"host-unreachable", "unreachable", "timeout"}, host
        assert neighbour == "failed", host
        assert not local and firewall is None


def test_no_route(street: Street) -> None:
    found = street.from_the_phone(("192.0.2.7", "2001:db8::7"))
    for host, (kind, neighbour, _, _) in found.items():
        assert kind == "unreachable", host
        assert neighbour is None, "it is on no link of ours"


def test_what_the_box_knows_of_its_own_door(street: Street) -> None:
    street.wire.flush()
    found = street.from_the_box()
    for host in BOX.values():
        around = found[host]
        assert around["local"] and around["neighbour"] is None
        assert {one["pid"] for one in around["listeners"]} == {street.server.pid}
        assert around["holder"] == Path(f"/proc/{street.server.pid}/comm").read_text().strip()
        assert around["server_container"] == "", "the box's jntui sees the box's network"


OUTGOING = {
    "drop": ("drop", {"timeout"}),
    "reset": ("reject with tcp reset", {"refused"}),
    "unreachable": ("reject", {"refused", "timeout"}),
    "prohibited": ("reject with icmpx admin-prohibited", {"no-route", "timeout"}),
}
"""What the box's rules do with its own connections, and the verdicts that may be of it: while connect(2) runs, the
kernel passes over ICMP about it, and only a second SYN is told."""

OWN_WAY_OUT = """
import json
from jntui.monitor.survey import Survey
survey = Survey(ENVIRON)
found = {}
for host in HOSTS:
    url = f"http://[{host}]:8888/" if ":" in host else f"http://{host}:8888/"
    finding = survey.check(None, survey.reach.foreign_endpoint(url), 2).finding
    found[host] = [finding.verdict, finding.headline, finding.evidence, finding.fix, finding.certain]
print(json.dumps(found))
"""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", OUTGOING)
def test_the_boxs_own_rules_keep_it_from_leaving(street: Street, name: str) -> None:
    """To the phone, to its own address on the wire, and to loopback; then the fix, as it was typed."""
    words, verdicts = OUTGOING[name]
    street.wire.flush()
    street.wire.sh(
        "nft -f - <<'END'\ntable inet out {\nchain output {\ntype filter hook output priority 0\n"
        f"tcp dport {PORT} {words}\n}}\n}}\nEND"
    )
    hosts = (*PHONE.values(), BOX["ip"], "127.0.0.1")
    code = OWN_WAY_OUT.replace("ENVIRON", street._environ()).replace("HOSTS", repr(hosts))
    with listener(street.wire.phone, PORT):
        found = street.wire.box.python(code)
        for host, (verdict, headline, evidence, fix, certain) in found.items():
            assert headline == "This machine's own firewall lets no connection out to there.", (host, verdict, evidence)
            assert verdict in verdicts and certain
            assert f"inet out output: tcp dport {PORT} {words.split()[0]}" in evidence
            street.wire.sh(fix.removeprefix("sudo "))
        after = street.wire.box.python(code)
    # The phone greets and hangs up: whether its words or its reset come first is a race.
    assert {after[host][0] for host in PHONE.values()} <= {"not-jupyter", "no-answer"}, after
    assert {after[host][0] for host in (BOX["ip"], "127.0.0.1")} <= {"ok", "login"}, after


def test_without_root_only_files_tell(street: Street) -> None:
    code = (
        "import json\nfrom dataclasses import asdict\nfrom jntui.network.firewall import Door, FirewallReader\n"
        "from jntui.process import Processes\n"
        "print(json.dumps(asdict(FirewallReader(Processes(), {}, root=False).read(Door(8888, 'eth0')))))"
    )
    said = street.wire.box.python(code)
    assert said["ipv4"] is said["ipv6"] is None and not said["readable"]
    assert said["unread"] == "cannot be read without root: sudo nft list ruleset"


def test_a_server_of_another_network_namespace(street: Street) -> None:
    from jntui.network.containers import ANOTHER, of_server
    from jntui.process import Processes

    assert of_server(street.server.pid, Processes()) == ANOTHER
    assert of_server(os.getpid(), Processes()) == ""


def test_a_neighbour_comes_and_fails(street: Street) -> None:
    from jntui.network.neighbours import state_of

    wire = street.wire
    assert wire.phone_runs(lambda: state_of("10.91.0.55")) == "none"
    for host in PHONE.values():
        wire.box.ip("neigh", "replace", host, "dev", "eth0", "lladdr", "02:00:00:00:00:99", "nud", "stale")
        assert wire.box_runs(lambda host=host: state_of(host)) == "answers"
        wire.box.ip("neigh", "replace", host, "dev", "eth0", "nud", "failed")
        wait_for(lambda host=host: wire.box_runs(lambda: state_of(host)) == "failed", "the neighbour to fail")
        wire.box.ip("neigh", "del", host, "dev", "eth0")
