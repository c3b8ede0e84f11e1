"""Real interfaces of a real kernel: what jntui reads against what `ip` made, `covered` against what sockets take."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.live.namespaces import Namespace, namespace, unavailable
from tests.live.servers import wait_for

READ = """
import json
from jntui.network.interfaces import read_interfaces
print(json.dumps({i.name: {"kind": i.kind, "up": i.up, "addresses":
    {a.ip: [a.scope, a.prefix_length, sorted(a.flags)] for a in i.addresses}} for i in read_interfaces()}))
"""

FINGERPRINT = """
import json, subprocess
from jntui.network.interfaces import fingerprint
seen = [fingerprint()]
for words in COMMANDS:
    subprocess.run(["ip", *words], check=True)
    seen.append(fingerprint())
print(json.dumps(seen))
"""

LOOKS = """
import json, subprocess
from jntui.monitor.loop import Monitor
from jntui.monitor.survey import Survey
monitor = Monitor(Survey({"HOME": "/nonexistent"}))
before, still = monitor._signs(), monitor._signs()
subprocess.run(["ip", "addr", "add", "10.77.0.2/24", "dev", "eth0"], check=True)
print(json.dumps([before == still, before == monitor._signs()]))
"""

COVERED = """
import json, socket
from jntui.model import Listener, Server
from jntui.network.endpoints import list_endpoints
from jntui.network.interfaces import read_interfaces
from jntui.network.listeners import exposure

def listen(host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    made.bind(socket.getaddrinfo(host, 18888, family)[0][4])
    made.listen(64)
    return made

def takes(row):
    host = row.address if ":" not in row.address or row.scope != "link-local" else row.address + "%" + row.interface
    try:
        socket.create_connection((host, 18888), timeout=5).close()
    except OSError:
        return False
    return True

hosts = HOSTS
open_sockets = [listen(host) for host in hosts]
listeners = tuple(Listener(host, 18888) for host in hosts)
interfaces = read_interfaces()
localhost = tuple(dict.fromkeys(e[4][0] for e in socket.getaddrinfo("localhost", None)))
rows = list_endpoints(Server("x", "running", port=18888, listeners=listeners), interfaces, (), localhost)
found = [[row.address, row.covered, takes(row)] for row in rows]
print(json.dumps({"rows": found, "exposure": exposure(listeners, interfaces)}))
"""


@pytest.fixture
def net() -> Iterator[Namespace]:
    reason = unavailable()
    if reason:
        pytest.skip(reason)
    with namespace("net") as made:
        yield made


def card(net: Namespace, name: str = "eth0", peer: str = "far0") -> None:
    """A cable with a carrier: both ends of a veth pair, up."""
    net.ip("link", "add", name, "type", "veth", "peer", "name", peer)
    net.ip("link", "set", peer, "up")
    net.ip("link", "set", name, "up")


def test_kinds_and_scopes_of_real_interfaces(net):
    card(net)
    net.ip("addr", "add", "10.77.0.1/24", "dev", "eth0")
    net.ip("addr", "add", "10.77.0.2/24", "dev", "eth0", "label", "eth0:1")
    net.ip("-6", "addr", "add", "fd77::1/64", "dev", "eth0", "nodad")
    net.ip("addr", "add", "9.9.9.9/32", "dev", "lo")
    net.ip("link", "add", "docker0", "type", "bridge")
    net.ip("link", "set", "docker0", "up")
    net.ip("addr", "add", "172.17.0.1/16", "dev", "docker0")
    net.ip("link", "add", "my-net", "type", "bridge")
    net.ip("link", "set", "my-net", "up")
    net.ip("addr", "add", "172.31.0.1/16", "dev", "my-net")
    found = net.python(READ)
    assert found["lo"]["kind"] == "loopback"
    assert found["lo"]["addresses"]["127.0.0.1"][0] == "this-machine"
    assert found["lo"]["addresses"]["9.9.9.9"] == ["internet", 32, []]
    assert (found["eth0"]["kind"], found["eth0"]["up"]) == ("ethernet", True)
    assert found["eth0"]["addresses"]["10.77.0.1"] == ["lan", 24, []]
    assert found["eth0"]["addresses"]["10.77.0.2"] == ["lan", 24, []]
    assert found["eth0"]["addresses"]["fd77::1"] == ["lan", 64, ["permanent"]]
    assert [scope for ip, (scope, *_) in found["eth0"]["addresses"].items() if ip.startswith("fe80")] == ["link-local"]
    for bridge, ip in (("docker0", "172.17.0.1"), ("my-net", "172.31.0.1")):
        assert (found[bridge]["kind"], found[bridge]["up"]) == ("container", True)
        assert found[bridge]["addresses"][ip] == ["container", 16, []]
    assert "eth0:1" not in found


DEVICES = {
    # kind of device: words for `ip`, expected kind, expected scope of 10.8.0.3, expected state
    "bridge": (("link", "add", "x0", "type", "bridge"), "container", "container", True),
    "tun": (("tuntap", "add", "dev", "x0", "mode", "tun"), "vpn", "vpn", False),
    "wireguard": (("link", "add", "x0", "type", "wireguard"), "vpn", "vpn", True),
    "dummy": (("link", "add", "x0", "type", "dummy"), "virtual", "lan", True),
    "vlan": (("link", "add", "link", "eth0", "name", "x0", "type", "vlan", "id", "5"), "ethernet", "lan", True),
    "macvlan": (("link", "add", "link", "eth0", "name", "x0", "type", "macvlan"), "ethernet", "lan", True),
}


def test_devices_under_a_name_that_tells_nothing(net):
    card(net)
    made = []
    for device, (words, kind, scope, up) in DEVICES.items():
        if not net.can(*words):
            continue  # not every kernel has every driver; a bridge is in all that have containers
        net.ip("link", "set", "x0", "up")
        net.ip("addr", "add", "10.8.0.3/24", "dev", "x0")
        found = net.python(READ)["x0"]
        assert (device, found["kind"], found["up"]) == (device, kind, up)
        assert found["addresses"]["10.8.0.3"] == [scope, 24, []]
        net.ip("link", "del", "x0")
        made.append(device)
    print("devices of this kernel:", *made)
    assert "bridge" in made


def test_what_is_switched_off_or_unplugged_is_down(net):
    card(net)
    card(net, "eth1", "far1")
    net.ip("addr", "add", "10.77.0.1/24", "dev", "eth0")
    net.ip("addr", "add", "10.78.0.1/24", "dev", "eth1")
    net.ip("link", "set", "eth0", "down")
    net.ip("link", "set", "far1", "down")
    assert wait_for(lambda: not net.python(READ)["eth1"]["up"], "the kernel to see the unplugged cable")
    found = net.python(READ)
    assert (found["eth0"]["up"], found["eth1"]["up"]) == (False, False)
    assert "10.77.0.1" in found["eth0"]["addresses"]


def test_flags_of_ipv6_addresses(net):
    with namespace("far") as far:
        net.ip("link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", far.name)
        far.ip("-6", "addr", "add", "fd77::66/64", "dev", "eth0", "nodad")
        far.ip("link", "set", "eth0", "up")
        net.write("/proc/sys/net/ipv6/conf/eth0/use_tempaddr", "2")
        net.ip("link", "set", "eth0", "up")
        net.ip("-6", "addr", "add", "fd77::5/64", "dev", "eth0", "nodad", "valid_lft", "3600", "preferred_lft", "0")
        net.ip("-6", "addr", "add", "fd77::66/64", "dev", "eth0")
        managed = ("mngtmpaddr", "valid_lft", "36000", "preferred_lft", "30000")
        net.ip("-6", "addr", "add", "fd77:2::9/64", "dev", "eth0", "nodad", *managed)
        flags = wait_for(lambda: _settled(net), "duplicate address detection and the temporary address")
    assert "deprecated" in flags["fd77::5"]
    assert "duplicate" in flags["fd77::66"]
    assert "temporary" not in flags["fd77:2::9"]


def _settled(net: Namespace) -> dict[str, list[str]] | None:
    flags = {ip: words for ip, (_, _, words) in net.python(READ)["eth0"]["addresses"].items()}
    temporary = [ip for ip, words in flags.items() if ip.startswith("fd77:2:") and "temporary" in words]
    return flags if temporary and "duplicate" in flags["fd77::66"] else None


def test_the_fingerprint_notices_every_change(net):
    card(net)
    commands = [
        ["addr", "add", "10.77.0.1/24", "dev", "eth0"],
        ["-6", "addr", "add", "fd77::1/64", "dev", "eth0", "nodad"],
        ["link", "add", "docker0", "type", "bridge"],
        ["addr", "add", "172.17.0.1/16", "dev", "docker0"],
        ["addr", "add", "9.9.9.9/32", "dev", "lo"],
        ["link", "set", "eth0", "down"],
        ["addr", "del", "10.77.0.1/24", "dev", "eth0"],
        ["link", "del", "docker0"],
    ]
    seen = net.python(FINGERPRINT.replace("COMMANDS", repr(commands)))
    assert None not in seen
    assert all(before != after for before, after in pairwise(seen)), seen


def test_another_address_is_a_reason_to_look_at_once(net: Namespace) -> None:
    card(net)
    wait_for(lambda: not _tentative(net), "duplicate address detection of the link-local address")
    assert net.python(LOOKS) == [True, False]


@pytest.mark.parametrize(
    ("hosts", "exposure"),
    [
        (["127.0.0.1"], "this-machine"),
        (["::1"], "this-machine"),
        (["127.0.0.1", "::1"], "this-machine"),
        (["127.0.1.1"], "this-machine"),
        (["0.0.0.0"], "lan"),
        (["::"], "lan"),
        (["0.0.0.0", "::"], "lan"),
        (["10.77.0.1"], "lan"),
        (["fd77::1"], "lan"),
        (["172.17.0.1"], "container"),
    ],
)
def test_covered_is_what_a_connection_finds(net, hosts, exposure):
    card(net)
    net.ip("addr", "add", "10.77.0.1/24", "dev", "eth0")
    net.ip("-6", "addr", "add", "fd77::1/64", "dev", "eth0", "nodad")
    net.ip("link", "add", "docker0", "type", "bridge")
    net.ip("link", "set", "docker0", "up")
    net.ip("addr", "add", "172.17.0.1/16", "dev", "docker0")
    wait_for(lambda: _no_tentative(net), "duplicate address detection of the link-local addresses")
    answer = net.python(COVERED.replace("HOSTS", repr(hosts)))
    assert {address for address, *_ in answer["rows"]} >= {"localhost", "127.0.0.1", "::1", "10.77.0.1", "172.17.0.1"}
    assert [[address, covered] for address, covered, _ in answer["rows"]] == [
        [address, took] for address, _, took in answer["rows"]
    ]
    assert answer["exposure"] == exposure


def _no_tentative(net: Namespace) -> bool:
    addresses = net.python(READ)["eth0"]["addresses"].values()
    return len(addresses) == 3 and all("tentative" not in flags for _, _, flags in addresses)


def _tentative(net: Namespace) -> bool:
    addresses = net.python(READ)["eth0"]["addresses"].values()
    return not addresses or any("tentative" in flags for _, _, flags in addresses)
