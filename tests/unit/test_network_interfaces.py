from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from jntui.model import Address
from jntui.network import interfaces
from jntui.network.interfaces import build, read_interfaces
from jntui.network.linux import Link, is_up, kind_of, parse_if_inet6, read_address_flags, read_links


@dataclass(frozen=True)
class IP:
    ip: str | tuple[str, int, int]
    network_prefix: int


@dataclass(frozen=True)
class Adapter:
    nice_name: str
    ips: tuple[IP, ...]


IF_INET6 = """\
fd000000000000000000000000000002 04 40 00 82     eth0
fe8000000000000000fc00fffe000001 04 40 20 80     eth0
20010db8000000000000000000000005 04 40 00 01     eth0
20010db8000000000000000000000006 04 40 00 21     eth0
20010db8000000000000000000000007 04 40 00 c0     eth0
20010db8000000000000000000000008 04 40 00 88     eth0
00000000000000000000000000000001 01 80 10 80       lo
garbage
zz010db8000000000000000000000008 04 40 00 88     eth0
"""


def test_address_flags_are_read_as_the_kernel_prints_them():
    flags = parse_if_inet6(IF_INET6)
    assert flags["eth0", "fd00::2"] == {"permanent"}
    assert flags["eth0", "2001:db8::5"] == {"temporary"}
    assert flags["eth0", "2001:db8::6"] == {"temporary", "deprecated"}
    assert flags["eth0", "2001:db8::7"] == {"tentative", "permanent"}
    assert flags["eth0", "2001:db8::8"] == {"duplicate", "permanent"}
    assert flags["lo", "::1"] == {"permanent"}
    assert len(flags) == 7


UP = 0x1003


@pytest.mark.parametrize(
    ("name", "link", "kind"),
    [
        ("lo", Link(type=772, flags=0x9), "loopback"),
        ("anything", Link(type=772), "loopback"),
        ("eth0", Link(type=1, hardware=True), "ethernet"),
        ("weird", Link(type=1, hardware=True), "ethernet"),
        ("docker0", Link(type=1, hardware=True), "ethernet"),
        ("wlan0", Link(type=1, devtype="wlan", hardware=True), "wifi"),
        ("corp", Link(type=65534, devtype="wireguard"), "vpn"),
        ("corp", Link(type=65534, tun_mode=True), "vpn"),
        ("tailscale0", Link(type=65534, tun_mode=True), "vpn"),
        ("ppp0", Link(type=512), "vpn"),
        ("docker0", Link(type=1, devtype="bridge", bridge=True), "container"),
        ("my-net", Link(type=1, devtype="bridge", bridge=True), "container"),
        ("my-net", Link(type=1, devtype="bridge", bridge=True, ports_with_hardware=True), "ethernet"),
        ("br0", Link(type=1, devtype="bridge", bridge=True), "ethernet"),
        ("vethabc", Link(type=1, stacked=True), "container"),
        ("eth0", Link(type=1, stacked=True), "ethernet"),
        ("lan", Link(type=1, devtype="vlan", stacked=True), "ethernet"),
        ("dummy0", Link(type=1), "virtual"),
        ("anycast", Link(type=1), "virtual"),
        ("tunl0", Link(type=768), "container"),
        ("wg0", Link(), "vpn"),
    ],
)
def test_the_kernel_tells_the_kind_and_the_name_where_it_says_more(name, link, kind):
    assert kind_of(name, link) == kind


@pytest.mark.parametrize(
    ("kind", "link", "up"),
    [
        ("ethernet", Link(flags=UP, operstate="up"), True),
        ("ethernet", Link(flags=UP, operstate="unknown"), True),
        ("ethernet", Link(flags=UP, operstate="down"), False),
        ("ethernet", Link(flags=UP, operstate="lowerlayerdown"), False),
        ("ethernet", Link(flags=0x1002, operstate="up"), False),
        ("vpn", Link(flags=0x1091, operstate="down"), False),
        ("container", Link(flags=UP, operstate="down"), True),
        ("container", Link(flags=0x1002, operstate="down"), False),
        ("ethernet", Link(), True),
    ],
)
def test_what_is_off_or_without_a_carrier_is_down(kind, link, up):
    assert is_up(kind, link) is up


def test_labels_join_their_interface_and_doubles_vanish():
    adapters = [
        Adapter("eth0", (IP("192.168.2.169", 24), IP(("fe80::1", 0, 2), 64))),
        Adapter("eth0:1", (IP("192.168.2.170", 24), IP("192.168.2.169", 24))),
        Adapter("empty", ()),
    ]
    links = {"eth0": Link(type=1, flags=UP, operstate="up", hardware=True)}
    (eth0,) = build(adapters, links, {("eth0", "fe80::1"): frozenset({"permanent"})}, {})
    assert (eth0.name, eth0.kind, eth0.up) == ("eth0", "ethernet", True)
    assert eth0.addresses == (
        Address("192.168.2.169", 24, "lan"),
        Address("fe80::1", 64, "link-local", frozenset({"permanent"})),
        Address("192.168.2.170", 24, "lan"),
    )


def test_without_the_kernels_word_names_and_states_decide():
    adapters = [
        Adapter("utun3", (IP("100.64.1.1", 32),)),
        Adapter("en0", (IP("192.168.2.5", 24),)),
        Adapter("vEthernet (WSL): x", (IP("172.29.0.1", 20),)),
    ]
    utun, en0, wsl = build(adapters, {}, {}, {"en0": False})
    assert (utun.kind, utun.up, utun.addresses[0].scope) == ("vpn", True, "vpn")
    assert (en0.kind, en0.up, en0.addresses[0].scope) == ("ethernet", False, "lan")
    assert wsl.name == "vEthernet (WSL): x"


def test_a_name_that_would_move_the_cursor_is_made_visible_and_addresses_are_bounded():
    many = tuple(IP(f"10.1.{n // 250}.{n % 250}", 8) for n in range(5000))
    evil, *rest = build([Adapter("e\x1b[2J", many), Adapter("eth1", (IP("10.2.0.1", 8),))], {}, {}, {})
    assert evil.name == "e?[2J"
    assert len(evil.addresses) == 2048
    assert rest == []


def _sysfs(root: Path, name: str, **files: str) -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    for file, text in files.items():
        (folder / file).write_text(text + "\n")
    return folder


def test_links_are_read_from_sysfs(tmp_path):
    _sysfs(tmp_path, "lo", type="772", flags="0x9", operstate="unknown", ifindex="1", iflink="1")
    card = _sysfs(tmp_path, "eth0", type="1", flags="0x1003", operstate="up", ifindex="2", iflink="2")
    (card / "device").mkdir()
    bridge = _sysfs(tmp_path, "br9", type="1", flags="0x1003", uevent="DEVTYPE=bridge\nINTERFACE=br9")
    (bridge / "bridge").mkdir()
    (bridge / "brif" / "eth0").mkdir(parents=True)
    (bridge / "brif" / "eth0" / "device").mkdir()
    _sysfs(tmp_path, "tun7", type="65534", tun_flags="0x1801", ifindex="4", iflink="4", flags="nonsense")
    _sysfs(tmp_path, "tap7", type="1", tun_flags="0x1002", ifindex="5", iflink="5")
    (tmp_path / "bonding_masters").write_text("")
    links = read_links(tmp_path)
    assert set(links) == {"lo", "eth0", "br9", "tun7", "tap7"}
    assert links["lo"] == Link(type=772, flags=9)
    assert links["eth0"].hardware
    assert links["br9"].bridge
    assert links["br9"].ports_with_hardware
    assert links["br9"].devtype == "bridge"
    assert links["tun7"].tun_mode
    assert links["tun7"].flags is None
    assert not links["tap7"].tun_mode


def test_a_system_without_these_files_degrades(tmp_path):
    assert read_links(tmp_path / "none") == {}
    assert read_address_flags(tmp_path / "none") == {}


def test_this_machine_is_read_with_its_loopback():
    found = read_interfaces()
    loopback = next(one for one in found if one.kind == "loopback")
    assert loopback.up
    assert Address("127.0.0.1", 8, "this-machine") in loopback.addresses


def test_the_fingerprint_is_steady_while_nothing_changes():
    assert interfaces.fingerprint() == interfaces.fingerprint()
    assert (interfaces.fingerprint() is None) == (sys.platform != "linux")
