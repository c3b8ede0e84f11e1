"""What the reader says of the box's rules against what a connection from the phone experiences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.live.firewall_rulesets import RULESETS, UNTOLD
from tests.live.netlab import BOX, EXPERIENCE, Lab, lab, listener, unavailable

PORTS = (8888, 22)

READ = """
import json
from dataclasses import asdict
from ipaddress import ip_address
from jntui.network.firewall import Door, FirewallReader
from jntui.process import Processes
reader = FirewallReader(Processes(), {})
own = tuple(ip_address(text) for text in OWN)
print(json.dumps({port: asdict(reader.read(Door(port, "eth0", own))) for port in PORTS}))
"""


def read(box: Lab) -> dict[str, Any]:
    """What the reader says of each port, in the box."""
    code = READ.replace("OWN", repr(tuple(BOX.values()))).replace("PORTS", repr(PORTS))
    said: dict[str, Any] = box.box_python(code)
    return said


@pytest.fixture(scope="module")
def wire() -> Iterator[Lab]:
    if unavailable("nft", "iptables-nft", "iptables-legacy"):
        pytest.skip(unavailable("nft", "iptables-nft", "iptables-legacy"))
    with lab("fw") as made, listener(made.box, PORTS[0]), listener(made.box, PORTS[1]):
        yield made


@pytest.mark.parametrize("name", RULESETS)
def test_the_verdict_is_what_a_connection_experiences(wire: Lab, name: str) -> None:
    wire.flush()
    wire.sh(RULESETS[name])
    said = read(wire)
    tries = [(port, family) for port in PORTS for family in BOX]
    ends = wire.connect(*((BOX[family], port) for port, family in tries))
    for (port, family), end in zip(tries, ends, strict=True):
        verdict = said[str(port)]["ipv4" if family == "ip" else "ipv6"]
        assert verdict in {EXPERIENCE[end], None}, (name, port, family, end, said[str(port)])
    untold = {said[str(PORTS[0])][key] for key in ("ipv4", "ipv6")} == {None} or None in {
        said[str(PORTS[0])][key] for key in ("ipv4", "ipv6")
    }
    assert untold is (name in UNTOLD), said
