from __future__ import annotations

import socket
import threading

import pytest

from jntui.model import HostName
from jntui.network import names
from jntui.network.names import is_host_name, look_up, resolve_localhost, resolve_names


class Resolver:
    """Stands in for the system's resolver: a table, or a question that hangs until `release`."""

    def __init__(self, table: dict[str, tuple[str, tuple[str, ...]]], hangs: tuple[str, ...] = ()) -> None:
        self.table = table
        self.hangs = hangs
        self.release = threading.Event()
        self.asked: list[str] = []

    def getaddrinfo(self, host, port, **_):
        self.asked.append(host)
        if host in self.hangs:
            self.release.wait(30)
        if host not in self.table:
            raise socket.gaierror(-2, "Name or service not known")
        canonical, ips = self.table[host]
        return [(2, 1, 6, canonical if n == 0 else "", (ip, 0)) for n, ip in enumerate(ips)]


@pytest.fixture
def resolver(monkeypatch):
    made = []

    def install(table, hangs=()):
        fake = Resolver(table, hangs)
        made.append(fake)
        monkeypatch.setattr(names.socket, "getaddrinfo", fake.getaddrinfo)
        return fake

    yield install
    for fake in made:
        fake.release.set()


def test_the_host_name_and_its_full_name(resolver):
    resolver({"lab-box": ("lab-box.lan.", ("127.0.1.1",)), "lab-box.lan": ("lab-box.lan", ("10.0.0.1", "10.0.0.1"))})
    found = resolve_names("Lab-Box")
    assert [(one.name, one.addresses) for one in found] == [("lab-box", ("127.0.1.1",)), ("lab-box.lan", ("10.0.0.1",))]


@pytest.mark.parametrize("canonical", ["lab-box", "localhost", "localhost.localdomain", "", "bad name", "10.0.0.1"])
def test_a_full_name_that_says_nothing_new_is_left_out(resolver, canonical):
    resolver({"lab-box": (canonical, ("10.0.0.1",)), "bad name": ("", ("10.0.0.1",))})
    assert [one.name for one in resolve_names("lab-box")] == ["lab-box"]


@pytest.mark.parametrize("hostname", ["nowhere", "", "localhost", "a b", "10.0.0.1", "x\x1b[2J", "-x", "::1"])
def test_what_leads_nowhere_or_is_no_name_is_no_endpoint(resolver, hostname):
    resolver({"a b": ("", ("10.0.0.1",)), "localhost": ("localhost", ("127.0.0.1",))})
    assert resolve_names(hostname) == ()


def test_a_resolver_that_hangs_is_left_alone_and_not_asked_twice(resolver):
    fake = resolver({"slow-box": ("slow-box", ("10.0.0.1",))}, hangs=("slow-box",))
    assert resolve_names("slow-box", 0.01) == ()
    assert look_up("slow-box", 0.01) is None
    assert fake.asked == ["slow-box"]
    fake.release.set()
    assert look_up("slow-box", 10.0) == ("10.0.0.1",)


def test_many_addresses_are_bounded(resolver):
    resolver({"big": ("big", tuple(f"10.0.{n // 250}.{n % 250}" for n in range(1000)))})
    assert len(look_up("big", 10.0) or ()) == 32


def test_localhost_of_this_machine_leads_to_itself():
    assert set(resolve_localhost(10.0)) <= {"127.0.0.1", "::1"}
    assert resolve_localhost(10.0)


def test_a_name_that_cannot_exist_leads_nowhere():
    assert look_up("jntui-test.invalid", 30.0) == ()
    assert look_up("x" * 70 + ".invalid", 30.0) == ()


def test_names_for_urls():
    assert is_host_name("lab-box.lan")
    assert not is_host_name("Lab-Box")
    assert not is_host_name("lab..lan")
    assert not is_host_name("localhost.localdomain")


def test_what_was_known_stays_where_no_answer_comes_in_time(resolver):
    known = (HostName("lab-box", ("127.0.1.1",)), HostName("lab-box.lan", ("10.0.0.1",)))
    fake = resolver({"lab-box": ("lab-box.lan", ("10.0.0.9",))}, hangs=("lab-box.lan", "localhost", "slow-box"))
    assert resolve_names("slow-box", 0.05, known) == known
    assert resolve_names("lab-box", 0.05, known) == (HostName("lab-box", ("10.0.0.9",)), known[1])
    assert resolve_localhost(0.05, ("127.0.0.1",)) == ("127.0.0.1",)
    fake.release.set()
