"""What the reader says of the box's rules against what a connection from the phone experiences."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_address

import pytest

from jntui.model import Firewall
from jntui.network.firewall import Door, FirewallReader
from jntui.process import Processes
from tests.live.firewall_rulesets import RULESETS, UNTOLD
from tests.live.netlab import BOX, EXPERIENCE, Lab, lab, listener, unavailable

PORTS = (8888, 22)
OWN = tuple(ip_address(text) for text in BOX.values())
LABS = 4
"""Labs side by side: most of the time is waiting for dropped connections."""

Key = tuple[int, str]


@dataclass(frozen=True)
class Tried:
    """One ruleset: what the reader said, how the connections ended, and how after its commands were typed."""

    said: dict[int, Firewall]
    ends: dict[Key, str]
    after: dict[Key, str]

    def verdict(self, key: Key) -> str | None:
        port, family = key
        return self.said[port].ipv4 if family == "ip" else self.said[port].ipv6


def read(box: Lab) -> dict[int, Firewall]:
    """What a fresh reader says of each port, in the box."""
    reader = FirewallReader(Processes(), {})
    said = {port: reader.read(Door(port, "eth0", OWN)) for port in PORTS}
    return {port: firewall for port, firewall in said.items() if firewall is not None}


def ends(wire: Lab, keys: list[Key]) -> dict[Key, str]:
    return dict(zip(keys, wire.connect(*((BOX[family], port) for port, family in keys)), strict=True)) if keys else {}


def attempt(wire: Lab, script: str) -> Tried:
    wire.flush()
    wire.sh(script)
    said = wire.box_runs(lambda: read(wire))
    first = ends(wire, [(port, family) for port in PORTS for family in BOX])
    tried = Tried(said, first, {})
    denied = [key for key in first if tried.verdict(key) not in {"accepts", None}]
    for command in dict.fromkeys(command for port, _ in denied for command in said[port].allow):
        wire.sh(command.removeprefix("sudo "))
    return Tried(said, first, ends(wire, denied))


def attempts(place: int) -> dict[str, Tried]:
    """Every fourth ruleset, in one lab."""
    with ExitStack() as stack:
        wire = stack.enter_context(lab(f"fw{place}"))
        for port in PORTS:
            stack.enter_context(listener(wire.box, port))
        return {name: attempt(wire, RULESETS[name]) for name in list(RULESETS)[place::LABS]}


@pytest.fixture(scope="module")
def matrix() -> Iterator[dict[str, Tried]]:
    why = unavailable("nft", "iptables-nft", "iptables-legacy")
    if why:
        pytest.skip(why)
    with ThreadPoolExecutor(LABS) as pool:
        found: dict[str, Tried] = {}
        for part in pool.map(attempts, range(LABS)):
            found.update(part)
    yield found


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", RULESETS)
def test_the_verdict_is_what_a_connection_experiences(matrix: dict[str, Tried], name: str) -> None:
    tried = matrix[name]
    for key, end in tried.ends.items():
        assert tried.verdict(key) in {EXPERIENCE[end], None}, (name, key, end, tried.said[key[0]])


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", RULESETS)
def test_what_cannot_be_told_is_known_beforehand(matrix: dict[str, Tried], name: str) -> None:
    said = matrix[name].said[8888]
    assert (None in {said.ipv4, said.ipv6}) is (name in UNTOLD), said
    assert bool(said.doubt) is (name in UNTOLD), said
    assert said.readable and not said.unread


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", RULESETS)
def test_what_denies_is_named_and_its_commands_let_the_port_in(matrix: dict[str, Tried], name: str) -> None:
    tried = matrix[name]
    for key, end in tried.after.items():
        assert tried.said[key[0]].rule, "the rule or policy is named"
        assert end == "greeted", (name, key, tried.said[key[0]])


def test_the_matrix_counts_what_cannot_be_told(matrix: dict[str, Tried]) -> None:
    verdicts = [tried.verdict(key) for tried in matrix.values() for key in tried.ends]
    told = {word: verdicts.count(word) for word in ("accepts", "drops", "rejects", "prohibits", None)}
    print(f"\n{len(matrix)} rulesets, {len(verdicts)} connections: {told}")
    assert verdicts.count(None) * 6 < len(verdicts)
