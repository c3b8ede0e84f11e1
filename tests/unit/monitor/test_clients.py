"""Who is connected and who was: kept with where they arrived, told apart from what comes through a tunnel."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

import pytest

from jntui.model import Client, Connection, Listener, Server, Sockets
from jntui.model.client import arrived
from jntui.monitor.clients import MOST_CLIENTS, Clients
from jntui.process import Processes, ProcessFacts

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)
LATER = NOON + timedelta(minutes=2)
LISTENER = Listener("0.0.0.0", 8888, pid=7)
SERVER = Server("jpserver-7", "running", pid=7, port=8888, listeners=(LISTENER,))
OWN = frozenset({"127.0.0.1", "192.168.2.169", "10.8.0.3"})
PHONE = Connection("192.168.2.169", 8888, "192.168.2.31", 50000, pid=7)
TUNNEL = Connection("127.0.0.1", 8888, "127.0.0.1", 40000, pid=7)


@dataclass
class Holders(Processes):
    """Who holds the far ends."""

    pids: dict[tuple[str, int], int | None] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    asked: list[set[tuple[str, int]]] = field(default_factory=list)

    def holders(self, ends: set[tuple[str, int]]) -> dict[tuple[str, int], int | None]:
        self.asked.append(ends)
        return {end: pid for end, pid in self.pids.items() if end in ends}

    def look(self, pid: int) -> ProcessFacts | None:
        name = self.names.get(pid)
        return ProcessFacts(pid, 0.0, False, name, None) if name else None


def seen(*looks: tuple[Connection, ...], server: Server = SERVER, processes: Processes | None = None) -> Clients:
    """After these looks, two minutes apart."""
    clients = Clients(processes or Holders())
    for index, connections in enumerate(looks):
        moment = NOON + index * timedelta(minutes=2)
        clients.see([server], Sockets((LISTENER,), connections), OWN, moment)
    return clients


def test_a_client_is_kept_with_where_it_arrived() -> None:
    assert seen((PHONE,)).of(SERVER.id) == (Client("192.168.2.31", "192.168.2.169", NOON, NOON),)


def test_a_client_that_left_stays_as_proof() -> None:
    assert seen((PHONE,), ()).of(SERVER.id) == (Client("192.168.2.31", "192.168.2.169", NOON, LATER, now=False),)


def test_a_client_that_came_back_is_connected_since_then() -> None:
    last = NOON + timedelta(minutes=4)
    assert seen((PHONE,), (), (PHONE,)).of(SERVER.id) == (Client("192.168.2.31", "192.168.2.169", NOON, last),)


def test_one_that_stays_changes_nothing() -> None:
    clients = seen((PHONE,))
    before = clients.shown
    second = replace(PHONE, remote_port=50001)
    clients.see([SERVER], Sockets((LISTENER,), (PHONE, second)), OWN, LATER)
    assert clients.shown is before, "another connection of the same client is the same client"


def test_a_mapped_address_is_the_ipv4_one() -> None:
    mapped = Connection("::ffff:192.168.2.169", 8888, "::ffff:192.168.2.31", 50000)
    server = replace(SERVER, listeners=(Listener("0.0.0.0", 8888), Listener("::", 8888)))
    (client,) = seen((mapped,), server=server).of(SERVER.id)
    assert (client.remote, client.local) == ("192.168.2.31", "192.168.2.169")


def test_other_ports_and_other_processes_are_not_its_clients() -> None:
    others = (replace(PHONE, local_port=22), replace(PHONE, pid=8))
    assert seen(others).of(SERVER.id) == ()


@pytest.mark.parametrize(
    ("pid", "name", "through"),
    [(90, "sshd", "sshd"), (90, "nginx", "nginx"), (None, "", ""), (90, "firefox", None), (os.getpid(), "sshd", None)],
    ids=["an ssh tunnel", "a proxy", "nobody knows", "a browser here", "jntui itself"],
)
def test_what_comes_from_this_machine_is_named_if_it_carries_others(
    pid: int | None, name: str, through: str | None
) -> None:
    processes = Holders(pids={("127.0.0.1", 40000): pid}, names={90: name, os.getpid(): name})
    found = seen((TUNNEL,), processes=processes).of(SERVER.id)
    assert [client.through for client in found] == ([] if through is None else [through])
    assert all(client.local_end for client in found)


def test_the_far_end_is_looked_up_once() -> None:
    processes = Holders(pids={("127.0.0.1", 40000): 90}, names={90: "sshd"})
    seen((TUNNEL,), (TUNNEL, PHONE), (TUNNEL,), processes=processes)
    assert processes.asked == [{("127.0.0.1", 40000)}]


def test_a_connection_that_is_gone_before_its_end_is_looked_up_is_nobody() -> None:
    assert seen((TUNNEL,), processes=Holders()).of(SERVER.id) == ()


def test_at_most_so_many_are_kept_and_those_who_are_there_first() -> None:
    many = tuple(replace(PHONE, remote_host=f"10.0.{n // 250}.{n % 250 + 1}") for n in range(3 * MOST_CLIENTS))
    found = seen(many, (PHONE,)).of(SERVER.id)
    assert len(found) == MOST_CLIENTS
    assert (found[0].remote, found[0].now) == ("192.168.2.31", True)


def test_another_life_of_the_server_begins_anew() -> None:
    clients = seen((PHONE,))
    clients.see([replace(SERVER, pid=8, listeners=(replace(LISTENER, pid=8),))], Sockets((LISTENER,)), OWN, LATER)
    assert clients.of(SERVER.id) == ()
    clients.see([], Sockets(), OWN, LATER)
    assert clients.shown == {}


def test_who_arrived_between_two_pictures() -> None:
    phone = Client("192.168.2.31", "192.168.2.169", NOON, NOON)
    left = replace(phone, now=False, last_seen=LATER)
    assert arrived((), (phone,)) == (phone,)
    assert arrived((phone,), (replace(phone, name="phone.lan"),)) == ()
    assert arrived((left,), (phone,)) == (phone,)
    assert arrived((phone,), (left,)) == ()
