from __future__ import annotations

import pytest

from jntui.model import (
    Address,
    Endpoint,
    HostName,
    Interface,
    InterfaceKind,
    Listener,
    RedirectFile,
    Server,
    SshSession,
)
from jntui.network.endpoints import MOST_ROWS, list_endpoints
from jntui.network.scope import classify


def interface(name: str, kind: InterfaceKind, *ips: str, up: bool = True) -> Interface:
    return Interface(
        name, kind, up, tuple(Address(ip, 64 if ":" in ip else 24, classify(ip, name, kind)) for ip in ips)
    )


def flagged(name: str, *ips: tuple[str, str]) -> Interface:
    return Interface(
        name, "ethernet", True, tuple(Address(ip, 64, "lan", frozenset(flags.split())) for ip, flags in ips)
    )


def server(*hosts: str, **fields) -> Server:
    fields.setdefault("port", 8888)
    return Server("jpserver-1", "running", listeners=tuple(Listener(h, fields["port"]) for h in hosts), **fields)


LO = interface("lo", "loopback", "127.0.0.1", "::1")
MACHINE = (
    LO,
    interface("eth0", "ethernet", "192.168.2.169", "fd12:1::5", "fe80::1", "2a00:1450::8"),
    interface("wg0", "vpn", "10.8.0.3"),
    interface("docker0", "container", "172.17.0.1"),
    interface("wwan0", "ethernet", "100.64.0.9"),
)
NAMES = (HostName("lab-box", ("127.0.1.1",)), HostName("Lab-Box.lan", ("192.168.2.169", "fd12:1::5")))
LOCALHOST = ("::1", "127.0.0.1")


def urls(rows: tuple[Endpoint, ...]) -> list[str]:
    return [row.url for row in rows]


def covered(rows: tuple[Endpoint, ...]) -> set[str | None]:
    return {row.address for row in rows if row.covered}


def test_rows_go_from_near_to_far_each_with_its_interface():
    rows = list_endpoints(server("0.0.0.0"), MACHINE, NAMES, LOCALHOST)
    assert [(row.scope, row.url, row.interface, row.covered) for row in rows] == [
        ("this-machine", "http://localhost:8888/", "lo", True),
        ("this-machine", "http://127.0.0.1:8888/", "lo", True),
        ("this-machine", "http://[::1]:8888/", "lo", False),
        ("this-machine", "http://lab-box:8888/", None, True),
        ("container", "http://172.17.0.1:8888/", "docker0", True),
        ("lan", "http://192.168.2.169:8888/", "eth0", True),
        ("lan", "http://[fd12:1::5]:8888/", "eth0", False),
        ("lan", "http://lab-box.lan:8888/", None, True),
        ("link-local", "http://[fe80::1%25eth0]:8888/", "eth0", False),
        ("vpn", "http://10.8.0.3:8888/", "wg0", True),
        ("carrier-nat", "http://100.64.0.9:8888/", "wwan0", True),
        ("internet", "http://[2a00:1450::8]:8888/", "eth0", False),
    ]
    assert {row.kind for row in rows} == {"direct"}
    assert {row.server for row in rows} == {"jpserver-1"}


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        (("127.0.0.1", "::1"), {"localhost", "127.0.0.1", "::1"}),
        (("127.0.0.1",), {"localhost", "127.0.0.1"}),
        (("::1",), {"localhost", "::1"}),
        (("::",), {"localhost", "::1", "fd12:1::5", "lab-box.lan", "fe80::1", "2a00:1450::8"}),
        (("192.168.2.169",), {"192.168.2.169", "lab-box.lan"}),
        (("fe80::1%eth0",), {"fe80::1"}),
        (("127.0.1.1",), {"127.0.1.1", "lab-box"}),
        ((), set()),
    ],
)
def test_covered_is_what_a_listener_takes(hosts, expected):
    rows = list_endpoints(server(*hosts), MACHINE, NAMES, LOCALHOST)
    assert covered(rows) == expected
    assert {"localhost", "127.0.0.1", "::1", "192.168.2.169"} <= {row.address for row in rows}


@pytest.mark.parametrize(
    ("localhost", "hosts", "expected"),
    [
        (("127.0.0.1",), ("::1",), False),
        (("::1",), ("127.0.0.1",), False),
        (("::1", "127.0.0.1"), ("127.0.0.1",), True),
        ((), ("127.0.0.1",), True),
        ((), ("192.168.2.169",), False),
    ],
)
def test_localhost_is_judged_by_where_it_leads(localhost, hosts, expected):
    row = list_endpoints(server(*hosts), MACHINE, (), localhost)[0]
    assert (row.address, row.covered) == ("localhost", expected)
    assert bool(row.note) == (not localhost)


def test_ipv6_off_on_the_loopback_interface_is_not_covered_by_the_wildcard():
    machine = (interface("lo", "loopback", "127.0.0.1"), interface("eth0", "ethernet", "192.168.2.169"))
    rows = {row.address: row for row in list_endpoints(server("::"), machine, (), ("::1",))}
    assert rows["::1"].covered is False
    assert rows["::1"].note == "IPv6 is off on the loopback interface"


def test_link_local_is_shown_with_its_zone_and_never_offered():
    machine = (LO, interface("eth0", "ethernet", "fe80::1", "169.254.7.7"), interface("eth1", "ethernet", "fe80::1"))
    rows = [row for row in list_endpoints(server("::"), machine) if row.scope == "link-local"]
    assert urls(tuple(rows)) == [
        "http://[fe80::1%25eth0]:8888/",
        "http://169.254.7.7:8888/",
        "http://[fe80::1%25eth1]:8888/",
    ]
    assert [row.offered for row in rows] == [False, False, False]
    assert [row.covered for row in rows] == [True, False, True]
    assert "only curl" in rows[0].note


def test_addresses_nobody_should_use_are_left_out():
    eth0 = flagged(
        "eth0",
        ("fd12:1::5", "permanent"),
        ("fd12:1::77", "temporary"),
        ("fd12:1::78", "temporary deprecated"),
        ("fd12:1::6", "deprecated"),
        ("fd12:1::7", "tentative permanent"),
        ("fd12:1::8", "duplicate permanent"),
        ("fd12:2::99", "temporary"),
    )
    down = interface("eth1", "ethernet", "10.9.9.9", up=False)
    rows = {row.address: row for row in list_endpoints(server("::"), (LO, eth0, down))}
    assert set(rows) == {"localhost", "127.0.0.1", "::1", "fd12:1::5", "fd12:2::99"}
    assert rows["fd12:2::99"].note == "temporary address: it changes"


def test_an_address_the_server_is_bound_to_always_has_a_row():
    eth0 = flagged("eth0", ("fd12:1::5", "permanent"), ("fd12:1::77", "temporary"))
    hosts = ("127.0.1.1", "127.8.8.8", "fd12:1::77", "203.0.113.9", "9.9.9.9", "fe80::7%eth9")
    rows = {row.address: row for row in list_endpoints(server(*hosts), (LO, eth0))}
    assert covered(tuple(rows.values())) == set(hosts[:-1]) | {"fe80::7"}
    assert (rows["127.8.8.8"].scope, rows["127.8.8.8"].interface) == ("this-machine", "lo")
    assert (rows["fd12:1::77"].scope, rows["fd12:1::77"].interface) == ("lan", "eth0")
    assert (rows["9.9.9.9"].scope, rows["9.9.9.9"].note) == ("internet", "no interface has this address now")
    assert rows["fe80::7"].url == "http://[fe80::7%25eth9]:8888/"
    assert not rows["fe80::7"].offered


def test_a_public_address_on_lo_is_a_row_of_the_internet():
    rows = list_endpoints(server("0.0.0.0"), (interface("lo", "loopback", "127.0.0.1", "::1", "9.9.9.9"),))
    assert (rows[-1].url, rows[-1].scope, rows[-1].interface) == ("http://9.9.9.9:8888/", "internet", "lo")


def test_a_name_that_leads_elsewhere_is_not_covered_and_says_so():
    names = (HostName("box", ("10.1.2.3",)),)
    rows = {row.address: row for row in list_endpoints(server("0.0.0.0"), MACHINE, names, LOCALHOST)}
    assert (rows["box"].covered, rows["box"].scope) == (False, "lan")
    assert rows["box"].note == "leads to 10.1.2.3, which is not this machine"


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({}, "http://127.0.0.1:8888/"),
        ({"scheme": "https"}, "https://127.0.0.1:8888/"),
        ({"port": 80}, "http://127.0.0.1/"),
        ({"port": 443, "scheme": "https"}, "https://127.0.0.1/"),
        ({"port": 443}, "http://127.0.0.1:443/"),
        ({"base_url": "/a/b/"}, "http://127.0.0.1:8888/a/b/"),
        ({"base_url": "a/b"}, "http://127.0.0.1:8888/a/b/"),
        ({"base_url": ""}, "http://127.0.0.1:8888/"),
        ({"base_url": "/user/ada%40x/"}, "http://127.0.0.1:8888/user/ada%40x/"),
        ({"base_url": "/user/ada@x/"}, "http://127.0.0.1:8888/user/ada@x/"),
        ({"base_url": "/a b/100%/"}, "http://127.0.0.1:8888/a%20b/100%25/"),
        ({"base_url": "/実験/"}, "http://127.0.0.1:8888/%E5%AE%9F%E9%A8%93/"),
        ({"base_url": "/x?y#z\x1b/"}, "http://127.0.0.1:8888/x%3Fy%23z%1B/"),
    ],
)
def test_urls_are_written_as_browsers_write_them(fields, url):
    assert list_endpoints(server("127.0.0.1", **fields), (LO,))[1].url == url


def test_the_users_ssh_marks_the_address_it_arrived_at():
    for address in ("192.168.2.169", "fd12:1::5", "fe80::1"):
        rows = list_endpoints(server("0.0.0.0"), MACHINE, NAMES, LOCALHOST, (), SshSession("10.1.1.1", address, 22))
        assert [row.address for row in rows if row.your_ssh] == [address]


def test_a_socket_file_has_no_tcp_rows():
    unix = Server("jpserver-2", "running", port=0, listeners=(Listener("", 0, "/run/j.sock"),))
    (own,) = list_endpoints(unix, MACHINE, NAMES, LOCALHOST)
    assert (own.url, own.covered, own.scope) == ("http+unix://%2Frun%2Fj.sock/", True, "this-machine")
    _, row = list_endpoints(unix, MACHINE, NAMES, LOCALHOST, ("https://lab.example.org/ada/",))
    assert (row.kind, row.covered, row.url) == ("custom", None, "https://lab.example.org/ada/")


def test_a_server_without_a_known_port_uses_its_listeners():
    rows = list_endpoints(Server("pid-4", "running", listeners=(Listener("127.0.0.1", 9001),)), (LO,))
    assert rows[1].url == "http://127.0.0.1:9001/"
    assert list_endpoints(Server("pid-4", "running"), MACHINE) == ()


def redirect(**fields) -> RedirectFile:
    known = {"path": "/home/ada/.local/share/jupyter/runtime/jpserver-1-open.html", "mode": 0o644}
    known |= {"world_readable": False, "target": "http://localhost:8888/lab", "has_token": True}
    return RedirectFile(**(known | fields))


def test_the_redirect_file_is_a_row_of_this_machine():
    rows = list_endpoints(server("0.0.0.0", redirect_file=redirect(world_readable=True)), MACHINE, NAMES, LOCALHOST)
    (row,) = [row for row in rows if row.kind == "file"]
    assert row.url == "file:///home/ada/.local/share/jupyter/runtime/jpserver-1-open.html"
    assert (row.scope, row.covered, row.offered, row.interface) == ("this-machine", None, False, None)
    assert row.note == "mode 0644; any local user can read it and its token; leads to http://localhost:8888/lab"
    assert rows[4] is row
    spaced = list_endpoints(server(redirect_file=redirect(path="/tmp/a b#?/x.html")), (LO,))
    assert spaced[-1].url == "file:///tmp/a%20b%23%3F/x.html"
    assert all(row.kind != "file" for row in list_endpoints(server(redirect_file=redirect(path="x.html")), (LO,)))


@pytest.mark.parametrize(
    ("text", "url", "scope"),
    [
        ("https://lab.example.org/ada/", "https://lab.example.org/ada/", "internet"),
        ("http://192.168.2.169:9000/", "http://192.168.2.169:9000/", "lan"),
        ("http://10.8.0.3:9000/", "http://10.8.0.3:9000/", "vpn"),
        ("http://10.200.0.3:9000/", "http://10.200.0.3:9000/", "lan"),
        ("http://9.9.9.9/", "http://9.9.9.9/", "internet"),
        ("http://[::1]:9000/", "http://[::1]:9000/", "this-machine"),
        ("http://localhost:9000", "http://localhost:9000/", "this-machine"),
        ("http://jupyter.localhost:9000", "http://jupyter.localhost:9000/", "this-machine"),
        ("http://lab-box.lan:9000", "http://lab-box.lan:9000/", "lan"),
        ("http://printer.local/", "http://printer.local/", "lan"),
        ("http://other-box.lan/", "http://other-box.lan/", "lan"),
        ("http://nas:8080/", "http://nas:8080/", "lan"),
        ("http://lab.home.arpa/", "http://lab.home.arpa/", "lan"),
        ("http://wlan/", "http://wlan/", "lan"),
        ("http://mylan.example.org/", "http://mylan.example.org/", "internet"),
    ],
)
def test_custom_urls_have_the_scope_of_their_host(text, url, scope):
    (row,) = [r for r in list_endpoints(server("127.0.0.1"), MACHINE, NAMES, LOCALHOST, (text,)) if r.kind == "custom"]
    assert (row.url, row.scope, row.covered, row.interface, row.offered) == (url, scope, None, None, True)


def test_a_custom_url_spoilt_by_hand_stays_in_sight_without_its_token():
    rows = list_endpoints(
        server("127.0.0.1"), (LO,), (), (), ("lab.example.org/?token=geheim", "http://h/?token=geheim")
    )
    custom = {row.url: row for row in rows if row.kind == "custom"}
    assert set(custom) == {"lab.example.org/", "http://h/"}
    assert "has no scheme" in custom["lab.example.org/"].note
    assert "geheim" not in repr(rows)


def test_each_url_stands_once_and_the_servers_own_wins():
    again = (LO, interface("eth0", "ethernet", "10.0.0.1"), interface("eth1", "ethernet", "10.0.0.1"))
    rows = list_endpoints(server("0.0.0.0"), again, (), (), ("http://10.0.0.1:8888/lab",))
    assert [(row.interface, row.kind) for row in rows if row.address == "10.0.0.1"] == [("eth0", "direct")]


def test_very_many_addresses_are_bounded_and_the_covered_ones_stay():
    many = interface("eth0", "ethernet", *(f"10.1.{n // 250}.{n % 250}" for n in range(1000)))
    last = "10.1.3.249"
    rows = list_endpoints(server(last), (LO, many), (), (), ("https://lab.example.org/",))
    assert len(rows) == MOST_ROWS
    assert covered(rows) == {last}
    assert rows[0].address == "localhost"
    assert rows[-1].kind == "custom"


def test_the_machines_part_is_worked_out_once_for_many_servers():
    from jntui.network import endpoints

    machine = (LO, interface("eth0", "ethernet", *(f"10.3.0.{n}" for n in range(20))))
    endpoints._machine.cache_clear()
    for port in range(9000, 9200):
        assert len(list_endpoints(server("0.0.0.0", port=port), machine, NAMES, LOCALHOST)) == 25
    assert endpoints._machine.cache_info().misses == 1


def test_outside_text_cannot_move_the_cursor():
    names = (HostName("bo\x1b[2Jx", ("127.0.0.1",)),)
    file = redirect(target="http://x/\x1b]52;c;AAAA\x07")
    rows = list_endpoints(server("127.0.0.1", redirect_file=file), (LO,), names, LOCALHOST, ("http://\x1b[2J/",))
    for row in rows:
        assert all(char.isprintable() for char in f"{row.url}{row.note}{row.address}")
