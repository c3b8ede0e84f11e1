from __future__ import annotations

import pytest

from jntui.model import SCOPES, Address, Connection, Interface, InterfaceKind, Listener, Sockets
from jntui.network.listeners import covers, exposure, listeners_of, own_addresses, peers_of
from jntui.network.scope import classify


def interface(name: str, kind: InterfaceKind, *ips: str, up: bool = True) -> Interface:
    return Interface(
        name, kind, up, tuple(Address(ip, 64 if ":" in ip else 24, classify(ip, name, kind)) for ip in ips)
    )


LO = interface("lo", "loopback", "127.0.0.1", "::1")
ETH0 = interface("eth0", "ethernet", "10.77.0.1", "fd77::1", "fe80::5")

# The truth table of `ip=` settings measured against real servers: what each takes.
TARGETS = ("127.0.0.1", "::1", "127.0.1.1", "10.77.0.1", "fd77::1", "fe80::5%eth0")
BINDS = {
    "localhost": (("127.0.0.1", "::1"), "yy----"),
    "127.0.0.1": (("127.0.0.1",), "y-----"),
    "::1": (("::1",), "-y----"),
    "*": (("0.0.0.0", "::"), "yyyyyy"),
    "0.0.0.0": (("0.0.0.0",), "y-yy--"),
    "::": (("::",), "-y--yy"),
    "10.77.0.1": (("10.77.0.1",), "---y--"),
    "fd77::1": (("fd77::1",), "----y-"),
    "fe80::5%eth0": (("fe80::5%eth0",), "-----y"),
    "a host name": (("127.0.1.1",), "--y---"),
    "nothing": ((), "------"),
}


@pytest.mark.parametrize("setting", BINDS)
def test_each_bind_address_takes_what_real_servers_take(setting):
    hosts, expected = BINDS[setting]
    listeners = tuple(Listener(host, 8888) for host in hosts)
    assert "".join("y" if covers(listeners, ip) else "-" for ip in TARGETS) == expected


def test_zones_tell_links_apart_where_both_are_known():
    on_eth0 = (Listener("fe80::5%eth0", 8888),)
    assert covers(on_eth0, "fe80::5%eth0")
    assert covers(on_eth0, "fe80::5")
    assert not covers(on_eth0, "fe80::5%wlan0")
    assert covers((Listener("fe80::5", 8888),), "fe80::5%wlan0")


def test_mapped_addresses_are_ipv4():
    assert covers((Listener("::ffff:10.77.0.1", 8888),), "10.77.0.1")
    assert covers((Listener("0.0.0.0", 8888),), "::ffff:10.77.0.1")
    assert not covers((Listener("::", 8888),), "::ffff:10.77.0.1")


def test_a_socket_file_takes_no_address_and_a_name_is_refused():
    assert not covers((Listener("", 0, "/run/j.sock"),), "127.0.0.1")
    with pytest.raises(ValueError, match="does not appear"):
        covers((), "localhost")


@pytest.mark.parametrize(
    ("hosts", "interfaces", "scope"),
    [
        ((), (LO, ETH0), None),
        (("127.0.0.1", "::1"), (LO, ETH0), "this-machine"),
        (("0.0.0.0",), (LO,), "this-machine"),
        (("0.0.0.0",), (), "this-machine"),
        (("0.0.0.0",), (LO, ETH0), "lan"),
        (("::",), (LO, interface("eth0", "ethernet", "10.0.0.1", "fe80::1")), "link-local"),
        (("0.0.0.0",), (LO, interface("docker0", "container", "172.17.0.1")), "container"),
        (("0.0.0.0",), (LO, ETH0, interface("wg0", "vpn", "10.8.0.1")), "lan"),
        (("0.0.0.0",), (LO, interface("wg0", "vpn", "10.8.0.1")), "vpn"),
        (("0.0.0.0",), (LO, interface("eth0", "ethernet", "100.64.0.9")), "carrier-nat"),
        (("0.0.0.0",), (LO, interface("eth1", "ethernet", "9.9.9.9", up=False)), "this-machine"),
        (("0.0.0.0",), (LO, ETH0, interface("eth1", "ethernet", "9.9.9.9")), "internet"),
        (("::",), (LO, ETH0, interface("eth1", "ethernet", "9.9.9.9")), "lan"),
        (("10.77.0.1",), (LO, ETH0, interface("eth1", "ethernet", "9.9.9.9")), "lan"),
        (("172.17.0.1",), (LO, interface("docker0", "container", "172.17.0.1")), "container"),
        (("9.9.9.9",), (LO, ETH0), "internet"),
        (("127.8.8.8",), (LO, ETH0), "this-machine"),
    ],
)
def test_exposure_is_the_widest_scope_that_listeners_allow(hosts, interfaces, scope):
    assert exposure(tuple(Listener(host, 8888) for host in hosts), interfaces) == scope


def test_exposure_knows_every_scope_and_a_socket_file():
    assert SCOPES.index("internet") == len(SCOPES) - 1
    assert exposure((Listener("", 0, "/run/j.sock"),), (LO, ETH0)) == "this-machine"


def test_listeners_belong_to_the_pid():
    mine, other = Listener("127.0.0.1", 8888, pid=7), Listener("::1", 8888, pid=8)
    extra = Listener("127.0.0.1", 9999, pid=7)
    sockets = Sockets((other, extra, mine))
    assert listeners_of(sockets, 7, 8888, "") == (mine,)
    assert listeners_of(sockets, 7, None, "") == (mine, extra)
    assert listeners_of(sockets, 9, 8888, "") == ()
    assert listeners_of(sockets, None, 8888, "") == (mine, other)
    assert listeners_of(sockets, None, None, "") == ()


def test_without_a_visible_owner_port_and_user_decide():
    foreign = Listener("0.0.0.0", 8888, pid=None, uid=1001)
    sockets = Sockets((foreign, Listener("0.0.0.0", 8888, pid=3)))
    assert listeners_of(sockets, 4711, 8888) == (foreign,)
    assert listeners_of(sockets, 4711, 8888, uid=1001) == (foreign,)
    assert listeners_of(sockets, 4711, 8888, uid=1002) == ()
    assert listeners_of(sockets, 4711, None) == ()


def test_socket_files_are_found_by_path():
    absolute, relative = Listener("", 0, "/run/j.sock", pid=7), Listener("", 0, "./j.sock", pid=8)
    sockets = Sockets((absolute, relative, Listener("127.0.0.1", 8888, pid=7)))
    assert listeners_of(sockets, 7, None, "/run/j.sock") == (absolute,)
    assert listeners_of(sockets, 8, None, "/home/ada/j.sock") == (relative,)
    assert listeners_of(sockets, 9, None, "/home/ada/j.sock") == ()


def test_peers_are_remote_distinct_and_normalised():
    listeners = (Listener("0.0.0.0", 8888, pid=7), Listener("10.77.0.1", 9999, pid=7))
    connections = (
        Connection("10.77.0.1", 8888, "10.77.0.23", 50001),
        Connection("10.77.0.1", 8888, "10.77.0.23", 50002),
        Connection("::ffff:10.77.0.1", 8888, "::ffff:10.77.0.9", 50003),
        Connection("127.0.0.1", 8888, "127.0.0.1", 50004),
        Connection("10.77.0.1", 8888, "10.77.0.1", 50005),
        Connection("10.77.0.1", 22, "10.77.0.99", 50006),
        Connection("10.77.0.1", 8888, "10.77.0.98", 50007, pid=8),
        Connection("fd77::1", 8888, "fd77::97", 50008),
        Connection("10.77.0.2", 9999, "10.77.0.96", 50009),
    )
    own = own_addresses((LO, ETH0))
    assert peers_of(Sockets((), connections), listeners, own) == ("10.77.0.9", "10.77.0.23")


def test_peers_are_bounded():
    connections = tuple(Connection("10.0.0.1", 8888, f"10.1.{n // 200}.{n % 200}", 5000) for n in range(1000))
    assert len(peers_of(Sockets((), connections), (Listener("0.0.0.0", 8888),), ())) == 64


def test_own_addresses_are_normalised():
    assert own_addresses((interface("eth0", "ethernet", "FD77:0::1", "::ffff:10.0.0.1"),)) == {"fd77::1", "10.0.0.1"}
