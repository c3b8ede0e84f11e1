from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui.model import SCOPES, InterfaceKind, Scope
from jntui.network.scope import classify, is_literal, kind_by_name, parse

TABLE: tuple[tuple[str, str, InterfaceKind, Scope], ...] = (
    # this machine, whatever the interface
    ("127.0.0.1", "lo", "loopback", "this-machine"),
    ("127.0.1.1", "lo", "loopback", "this-machine"),
    ("127.255.255.254", "lo0", "loopback", "this-machine"),
    ("127.8.8.8", "eth0", "ethernet", "this-machine"),
    ("127.0.0.1", "docker0", "container", "this-machine"),
    ("::1", "lo", "loopback", "this-machine"),
    ("::1", "wg0", "vpn", "this-machine"),
    ("::1", "", "unknown", "this-machine"),
    ("::ffff:127.0.0.1", "lo", "loopback", "this-machine"),
    ("0.0.0.0", "", "unknown", "this-machine"),
    ("::", "", "unknown", "this-machine"),
    ("fe80::1", "lo0", "loopback", "this-machine"),
    ("10.255.255.254", "lo", "loopback", "this-machine"),
    # containers and virtual machines
    ("172.17.0.1", "docker0", "container", "container"),
    ("172.17.0.1", "docker0", "unknown", "container"),
    ("172.18.0.1", "br-0123456789ab", "unknown", "container"),
    ("192.168.49.1", "br-abcdef012345", "container", "container"),
    ("172.18.0.1", "docker_gwbridge", "unknown", "container"),
    ("10.244.0.1", "cni0", "unknown", "container"),
    ("10.88.0.1", "cni-podman0", "unknown", "container"),
    ("10.89.0.1", "podman1", "unknown", "container"),
    ("192.168.122.1", "virbr0", "virtual", "container"),
    ("10.0.3.1", "lxcbr0", "unknown", "container"),
    ("10.61.22.1", "lxdbr0", "unknown", "container"),
    ("10.1.1.1", "incusbr0", "unknown", "container"),
    ("fd42:1:2:3::1", "lxdbr0", "container", "container"),
    ("10.244.1.0", "flannel.1", "unknown", "container"),
    ("10.96.0.1", "kube-ipvs0", "virtual", "container"),
    ("172.16.88.1", "vmnet8", "unknown", "container"),
    ("192.168.56.1", "vboxnet0", "unknown", "container"),
    ("172.29.32.1", "vEthernet (WSL)", "unknown", "container"),
    ("172.29.32.1", "vEthernet (WSL (Hyper-V firewall))", "unknown", "container"),
    ("172.20.0.1", "vEthernet (Default Switch)", "unknown", "container"),
    ("192.168.11.1", "VMware Virtual Ethernet Adapter for VMnet1", "unknown", "container"),
    ("192.168.64.1", "bridge100", "unknown", "container"),
    ("100.64.7.1", "cbr0", "container", "container"),
    ("198.51.100.1", "docker0", "container", "container"),
    ("fd7a:115c:a1e0::9", "docker0", "container", "container"),
    # link-local
    ("169.254.10.20", "eth0", "ethernet", "link-local"),
    ("169.254.1.1", "docker0", "container", "link-local"),
    ("169.254.83.107", "utun3", "unknown", "link-local"),
    ("fe80::1", "eth0", "ethernet", "link-local"),
    ("fe80::1%eth0", "eth0", "ethernet", "link-local"),
    ("fe80::42:acff:fe11:1", "docker0", "container", "link-local"),
    ("febf:ffff::1", "wlan0", "wifi", "link-local"),
    ("::ffff:169.254.1.1", "eth0", "ethernet", "link-local"),
    # VPN
    ("100.101.102.103", "tailscale0", "vpn", "vpn"),
    ("100.64.0.1", "utun4", "unknown", "vpn"),
    ("100.101.102.103", "Tailscale Tunnel", "unknown", "vpn"),
    ("fd7a:115c:a1e0:ab12::1", "tailscale0", "vpn", "vpn"),
    ("fd7a:115c:a1e0::1", "eth0", "ethernet", "vpn"),
    ("10.8.0.3", "wg0", "vpn", "vpn"),
    ("10.8.0.3", "wg0", "unknown", "vpn"),
    ("10.8.0.3", "tun0", "unknown", "vpn"),
    ("192.168.99.5", "ppp0", "vpn", "vpn"),
    ("172.27.224.3", "ztabcdef12", "unknown", "vpn"),
    ("198.18.0.1", "tun0", "vpn", "vpn"),
    ("198.19.255.1", "utun9", "unknown", "vpn"),
    ("fd00:8::3", "wg0", "vpn", "vpn"),
    ("200:1234::1", "tun0", "vpn", "vpn"),
    ("25.10.20.30", "ham0", "vpn", "vpn"),
    ("26.1.2.3", "Radmin VPN", "unknown", "vpn"),
    ("203.0.113.7", "wg0", "vpn", "vpn"),
    ("10.2.0.2", "WireGuard Tunnel", "unknown", "vpn"),
    # LAN
    ("10.0.0.5", "eth0", "ethernet", "lan"),
    ("10.255.255.254", "eth0", "ethernet", "lan"),
    ("172.16.0.1", "eno1", "ethernet", "lan"),
    ("172.31.255.255", "wlp3s0", "wifi", "lan"),
    ("172.17.0.9", "eth0", "ethernet", "lan"),
    ("192.168.2.169", "en0", "unknown", "lan"),
    ("192.168.2.169", "", "unknown", "lan"),
    ("::ffff:192.168.2.169", "eth0", "ethernet", "lan"),
    ("fd12:3456:789a::5", "eth0", "ethernet", "lan"),
    ("fc00::1", "wlan0", "wifi", "lan"),
    ("fec0::1", "eth0", "ethernet", "lan"),
    ("198.18.0.1", "eth0", "ethernet", "lan"),
    ("192.0.2.2", "eth0", "ethernet", "lan"),
    ("198.51.100.7", "eth0", "ethernet", "lan"),
    ("203.0.113.9", "wlan0", "wifi", "lan"),
    ("2001:db8::5", "eth0", "ethernet", "internet"),
    ("3fff::5", "eth0", "ethernet", "internet"),
    ("2001:2::5", "eth0", "ethernet", "lan"),
    ("240.0.0.1", "eth0", "ethernet", "lan"),
    ("10.9.9.9", "lo", "loopback", "lan"),
    ("10.9.9.9", "dummy0", "virtual", "lan"),
    ("192.168.1.2", "br0", "ethernet", "lan"),
    ("192.168.1.2", "vmbr0", "unknown", "lan"),
    ("192.168.1.1", "br-lan", "unknown", "lan"),
    # a real card stays one, whatever it is called
    ("192.168.1.2", "docker0", "ethernet", "lan"),
    # behind a provider's translation
    ("100.64.0.9", "eth0", "ethernet", "carrier-nat"),
    ("100.127.255.255", "wwan0", "unknown", "carrier-nat"),
    ("192.0.0.2", "eth0", "ethernet", "carrier-nat"),
    ("192.0.0.4", "clat4", "vpn", "carrier-nat"),
    # internet
    ("8.8.8.8", "eth0", "ethernet", "internet"),
    ("100.63.255.255", "eth0", "ethernet", "internet"),
    ("100.128.0.1", "eth0", "ethernet", "internet"),
    ("172.15.255.255", "eth0", "ethernet", "internet"),
    ("172.32.0.1", "eth0", "ethernet", "internet"),
    ("192.0.1.1", "eth0", "ethernet", "internet"),
    ("198.20.0.1", "eth0", "ethernet", "internet"),
    ("25.10.20.30", "eth0", "ethernet", "internet"),
    ("9.9.9.9", "lo", "loopback", "internet"),
    ("9.9.9.9", "dummy0", "virtual", "internet"),
    ("9.9.9.9", "wg0", "vpn", "internet"),
    ("9.9.9.9", "docker0", "container", "internet"),
    ("2a00:1450:4001::8", "eth0", "ethernet", "internet"),
    ("2600::1", "wlan0", "wifi", "internet"),
    ("2002:808:808::1", "sit0", "virtual", "internet"),
    ("2a01:4f8::1", "docker0", "container", "internet"),
    ("::ffff:8.8.8.8", "eth0", "ethernet", "internet"),
    ("64:ff9b::808:808", "eth0", "ethernet", "internet"),
)


@pytest.mark.parametrize(("ip", "interface", "kind", "scope"), TABLE)
def test_each_literal_has_its_scope(ip, interface, kind, scope):
    assert classify(ip, interface, kind) == scope


def test_the_table_holds_every_scope():
    assert {scope for *_, scope in TABLE} == set(SCOPES)
    assert len(TABLE) >= 80


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "1.2.3.4.5", "[::1]", "::g", "256.1.1.1", "1.2.3.4/24"])
def test_what_is_no_literal_is_refused(text):
    assert not is_literal(text)
    with pytest.raises(ValueError, match="does not appear to be"):
        classify(text, "eth0", "ethernet")


def test_zone_and_mapping_are_dropped():
    assert str(parse("fe80::1%eth0")) == "fe80::1"
    assert str(parse("::ffff:10.0.0.1")) == "10.0.0.1"


@given(st.ip_addresses(), st.sampled_from(["loopback", "ethernet", "wifi", "vpn", "container", "virtual", "unknown"]))
def test_every_address_has_one_scope_and_loopback_never_leaves_the_machine(address, kind):
    scope = classify(str(address), "x0", kind)
    assert scope in SCOPES
    mapped = getattr(address, "ipv4_mapped", None) or address
    if mapped.is_loopback:
        assert scope == "this-machine"
    if scope == "internet":
        assert not mapped.is_loopback
        assert not mapped.is_link_local
        assert mapped not in ipaddress.ip_network("10.0.0.0/8")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("lo", "loopback"),
        ("lo0", "loopback"),
        ("Software Loopback Interface 1", "loopback"),
        ("local0", "unknown"),
        ("veth12ab@if3", "container"),
        ("br-0123456789ab", "container"),
        ("br-0123456789abc", "unknown"),
        ("docker", "unknown"),
        ("enp0s31f6", "ethernet"),
        ("eth0.100", "ethernet"),
        ("bond0", "ethernet"),
        ("wlp3s0", "wifi"),
        ("Intel(R) Wi-Fi 6 AX200", "wifi"),
        ("utun0", "vpn"),
        ("tailscale0", "vpn"),
        ("awdl0", "virtual"),
        ("bridge0", "ethernet"),
        ("bridge101", "container"),
        ("something", "unknown"),
    ],
)
def test_names_tell_kinds(name, kind):
    assert kind_by_name(name) == kind
