"""Containers, WSL, the neighbour table's bytes, and what is composed of them for one endpoint."""

from __future__ import annotations

import os
import struct
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jntui.model import Address, Endpoint, Failure, FailureKind, Firewall, Interface, Listener, Probe, Server, Sockets
from jntui.network import containers
from jntui.network.firewall import Door, WayOut
from jntui.network.neighbours_linux import read_entries
from jntui.network.surroundings import Vicinity
from tests.contract.fake_processes import FakeProcesses

ID = "0123456789ab" + "c" * 52

LAN = Interface("eth0", "ethernet", True, (Address("192.168.2.4", 24, "lan"), Address("2001:db8::4", 64, "internet")))
LOOPBACK = Interface("lo", "loopback", True, (Address("127.0.0.1", 8, "this-machine"),))
SOCKETS = Sockets(
    (Listener("0.0.0.0", 8888, pid=7), Listener("127.0.0.1", 8888, pid=8), Listener("0.0.0.0", 22, pid=9))
)


@pytest.mark.parametrize(
    ("environ", "files", "cgroup", "kind"),
    [
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, (".dockerenv",), "", "kubernetes"),
        ({}, (".dockerenv",), "", "docker"),
        ({}, ("run/.containerenv", ".dockerenv"), "", "podman"),
        ({}, (), f"0::/system.slice/docker-{ID}.scope", "docker"),
        ({}, (), f"1:name=systemd:/docker/{ID}", "docker"),
        ({}, (), "0::/kubepods.slice/kubepods-pod1.slice/x", "kubernetes"),
        ({}, (), "0::/lxc.payload.web/init.scope", "lxc"),
        ({}, (), "0::/user.slice/user-1000.slice", ""),
    ],
)
def test_container_kinds(
    environ: dict[str, str], files: tuple[str, ...], cgroup: str, kind: str, tmp_path: Path
) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    fake = FakeProcesses(cgroups={os.getpid(): cgroup})
    assert containers.kind(fake, environ, tmp_path) == kind


@pytest.mark.parametrize(
    ("told", "kind"), [("lxc", "lxc"), ("systemd-nspawn", "systemd-nspawn"), ("wsl", ""), ("\x1b", "")]
)
def test_what_systemd_tells(told: str, kind: str, tmp_path: Path) -> None:
    fake = FakeProcesses(environs={1: {"container": told}})
    assert containers.kind(fake, {}, tmp_path) == kind
    (tmp_path / "run/systemd").mkdir(parents=True)
    (tmp_path / "run/systemd/container").write_text(f"{told}\n")
    assert containers.kind(FakeProcesses(), {}, tmp_path) == kind


@pytest.mark.parametrize(
    ("cgroup", "name"),
    [
        (f"0::/system.slice/docker-{ID}.scope", "0123456789ab"),
        ("0::/lxc.payload.web/init.scope", "web"),
        ("0::/machine.slice/machine-deb.scope", "deb"),
        ("0::/", containers.ANOTHER),
    ],
)
def test_a_server_behind_another_network(cgroup: str, name: str) -> None:
    fake = FakeProcesses(namespaces={7: "other", 8: "unknown"}, cgroups={7: cgroup, 8: cgroup})
    assert containers.of_server(7, fake) == name
    assert containers.of_server(8, fake) == containers.of_server(None, fake) == ""


@pytest.mark.parametrize(
    ("release", "version"),
    [
        ("5.15.90.1-microsoft-standard-WSL2", 2),
        ("6.6.0-custom-WSL2", 2),
        ("4.4.0-19041-Microsoft", 1),
        ("6.1.0-18-amd64", 0),
        ("", 0),
    ],
)
def test_wsl(release: str, version: int) -> None:
    assert containers.wsl(release) == version


def entry(state: int, address: bytes) -> bytes:
    body = struct.pack("=BxxxiHBB", 2, 3, state, 0, 1) + struct.pack("=HH", 4 + len(address), 1) + address
    return struct.pack("=IHHII", 16 + len(body), 28, 0, 1, 0) + body


def test_neighbour_entries() -> None:
    data = entry(0x02, b"\xc0\xa8\x02\x05") + entry(0x20, b"\xc0\xa8\x02\x06")
    assert list(read_entries(data)) == [(3, b"\xc0\xa8\x02\x05", 0x02), (3, b"\xc0\xa8\x02\x06", 0x20)]
    assert list(read_entries(data[:-1])) == [(3, b"\xc0\xa8\x02\x05", 0x02)], "what is cut off is left out"


@given(st.binary(max_size=200), st.integers(0, 60))
def test_no_bytes_make_it_raise(data: bytes, cut: int) -> None:
    list(read_entries(data))
    list(read_entries(entry(2, b"\x0a\x00\x00\x01")[:cut] + data))


class Asked(Vicinity):
    """Instead of the packet filter, the door that would be asked about."""

    def __init__(self, environ: dict[str, str] | None = None, home: str = "/nowhere") -> None:
        fake = FakeProcesses()
        for pid, name in ((7, "jupyter-lab"), (8, "ssh"), (9, "sshd")):
            fake.add(pid, name, name=name)
        super().__init__(fake, environ or {}, home)
        self.doors: list[Door] = []
        self.ways: list[WayOut] = []
        self._reader = self  # type: ignore[assignment]

    def read(self, door: Door) -> Firewall:
        self.doors.append(door)
        return Firewall(True)

    def read_way_out(self, way: WayOut) -> Firewall:
        self.ways.append(way)
        return Firewall(True)


def endpoint(host: str) -> Endpoint:
    url = f"http://[{host}]:8888/" if ":" in host else f"http://{host}:8888/"
    return Endpoint("x", url, "eth0", host, "lan", True)


def probed(host: str, peer: str | None = None) -> Probe:
    return Probe(endpoint(host).url, (), 1.0, 4.0, peer=peer)


def test_a_local_address() -> None:
    vicinity = Asked()
    around = vicinity.look(
        Server("x", "running", pid=7), endpoint("192.168.2.4"), probed("192.168.2.4"), SOCKETS, (LAN,)
    )
    assert around.local and around.neighbour is None and around.firewall == Firewall(True)
    assert [one.port for one in around.listeners] == [8888, 8888]
    assert (around.holder, around.suspended) == ("jupyter-lab", 0)
    (door,) = vicinity.doors
    assert (door.port, door.interface, door.family) == (8888, "eth0", "ip")
    assert [str(one) for one in door.own] == ["192.168.2.4", "2001:db8::4"]


def test_a_program_that_was_suspended() -> None:
    class Stopped(Asked):
        def __init__(self) -> None:
            super().__init__()
            look = self._processes.look
            self._processes.look = lambda pid: replace(found, suspended=True) if (found := look(pid)) else None  # type: ignore[method-assign]

    around = Stopped().look(None, endpoint("192.168.2.4"), probed("192.168.2.4"), SOCKETS, (LAN,))
    assert (around.holder, around.suspended) == ("jupyter-lab", 7)


def test_loopback_meets_no_packet_filter_and_the_narrower_listener() -> None:
    vicinity = Asked()
    around = vicinity.look(None, endpoint("127.0.0.1"), probed("127.0.0.1"), SOCKETS, (LAN, LOOPBACK))
    assert around.local and around.firewall is None and vicinity.doors == []
    assert around.holder == "ssh", "its own listener goes before the wildcard's"


@pytest.mark.parametrize("kind", ["timeout", "refused", "host-unreachable", "prohibited"])
@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", "ip"), ("::1", "ip6"), ("127.0.0.9", "ip")])
def test_a_failed_connection_to_loopback_is_judged_by_the_packet_filter(
    kind: FailureKind, host: str, family: str
) -> None:
    vicinity = Asked()
    failed = replace(probed(host), failure=Failure("connect", kind, "x"))
    assert vicinity.look(None, endpoint(host), failed, SOCKETS, (LAN, LOOPBACK)).firewall == Firewall(True)
    (door,) = vicinity.doors
    assert (door.interface, door.family, [str(one) for one in door.own]) == ("lo", family, [host])
    later = replace(probed(host), failure=Failure("http", "silent", "x"))
    assert Asked().look(None, endpoint(host), later, SOCKETS, (LAN, LOOPBACK)).firewall is None


def test_a_name_is_where_it_leads() -> None:
    assert Asked().look(None, endpoint("box"), probed("box"), SOCKETS, (LAN,)).local is False
    assert Asked().look(None, endpoint("box"), probed("box"), SOCKETS, (LAN,), ("192.168.2.4",)).local
    assert Asked().look(None, endpoint("box"), probed("box", "192.168.2.4"), SOCKETS, (LAN,)).local


def test_another_host() -> None:
    around = Asked().look(None, endpoint("198.51.100.7"), probed("198.51.100.7"), SOCKETS, (LAN,))
    assert (around.local, around.listeners, around.holder) == (False, (), "")
    assert around.neighbour is None and around.firewall is None, "it is on no link of ours"


def test_proxy_and_netrc(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 192.168.2.4 login a password hush\n")
    vicinity = Asked({"http_proxy": "http://user:hush@proxy"}, str(tmp_path))
    around = vicinity.look(None, endpoint("192.168.2.4"), probed("192.168.2.4"), SOCKETS, (LAN,))
    assert (around.proxy, around.no_proxy, around.netrc) == ("http_proxy", "192.168.2.4", str(tmp_path / ".netrc"))
    assert "hush" not in repr(around)


@pytest.mark.parametrize("url", ["http+unix://%2Ftmp%2Fs/", "file:///x", "http://[::1:8888/", "http://h:99999/"])
def test_what_has_no_address(url: str) -> None:
    odd = Endpoint(None, url, None, None, "internet", None, "custom")
    around = Asked().look(None, odd, Probe(url, (), 1.0, 4.0), SOCKETS, (LAN,))
    assert not around.local and around.firewall is None


def test_the_way_out_is_looked_at_where_no_connection_came_about() -> None:
    vicinity = Asked()
    failed = replace(probed("127.0.0.9"), failure=Failure("connect", "timeout", "x"))
    assert vicinity.look(None, endpoint("127.0.0.9"), failed, SOCKETS, (LAN, LOOPBACK)).way_out == Firewall(True)
    assert vicinity.ways == [WayOut(ip_address("127.0.0.9"), 8888, "lo", (ip_address("127.0.0.1"),))]
    for probe in (probed("127.0.0.9"), replace(failed, vantage="phone")):
        assert vicinity.look(None, endpoint("127.0.0.9"), probe, SOCKETS, (LAN, LOOPBACK)).way_out is None
    assert len(vicinity.ways) == 1
