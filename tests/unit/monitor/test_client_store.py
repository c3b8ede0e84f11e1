"""The clients of the last day are there again after a restart of jntui; the file is its owner's alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from jntui.model import Client, Server, Sockets
from jntui.monitor.client_store import MOST, ClientStore, life_of
from jntui.monitor.clients import Clients
from jntui.network.reverse_names import MOST_PENDING, ReverseNames
from tests.live.servers import wait_for
from tests.unit.monitor.test_clients import LATER, LISTENER, NOON, OWN, PHONE, SERVER, Holders

STARTED = replace(SERVER, started=NOON - timedelta(hours=3))
LIFE = life_of(STARTED.id, STARTED.pid, STARTED.started)


def look(store: ClientStore, *connections: object, moment: object = NOON, server: Server = STARTED) -> Clients:
    """A jntui that has just started, and its first look."""
    clients = Clients(Holders(), store)
    new = clients.see([server], Sockets((LISTENER,), connections), OWN, moment)  # type: ignore[arg-type]
    clients.new = new  # type: ignore[attr-defined]
    return clients


def test_a_client_is_there_after_a_restart_and_is_no_newcomer(tmp_path: Path) -> None:
    store = ClientStore(tmp_path / "state")
    look(store, PHONE)
    assert store.path.stat().st_mode & 0o777 == 0o600
    assert store.path.parent.stat().st_mode & 0o777 == 0o700
    again = look(store, moment=LATER)
    assert again.of(STARTED.id) == (Client("192.168.2.31", "192.168.2.169", NOON, NOON, now=False),)
    back = look(store, PHONE, moment=LATER)
    assert back.of(STARTED.id) == (Client("192.168.2.31", "192.168.2.169", NOON, LATER),)
    assert back.new == frozenset()  # type: ignore[attr-defined]


def test_another_life_of_the_server_begins_with_nobody(tmp_path: Path) -> None:
    store = ClientStore(tmp_path)
    look(store, PHONE)
    assert look(store, server=replace(STARTED, started=NOON)).of(STARTED.id) == ()
    assert look(store, server=replace(STARTED, pid=8)).of(STARTED.id) == ()
    read_again = replace(STARTED, started=NOON - timedelta(hours=3, seconds=-1))
    assert look(store, server=read_again).of(STARTED.id) != (), "the same start, read a second time"


def test_after_a_day_they_are_forgotten(tmp_path: Path) -> None:
    store = ClientStore(tmp_path)
    look(store, PHONE)
    assert look(store, moment=NOON + timedelta(hours=23)).of(STARTED.id) != ()
    assert store.read(NOON + timedelta(hours=25)) == {}
    assert store.read(NOON - timedelta(hours=1)) == {}, "nobody was seen in the future"


@pytest.mark.parametrize("text", ["", "{}", "[1, {}]", '[{"server": "x"}]', "[" * 100_000, "\0", '[{"pid": "x"}]'])
def test_a_broken_file_holds_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "clients.json").write_text(text)
    assert ClientStore(tmp_path).read(NOON) == {}


def test_the_file_is_bounded_and_keeps_the_latest(tmp_path: Path) -> None:
    store = ClientStore(tmp_path)
    many = [
        Client(f"10.0.{n // 250}.{n % 250}", "10.1.0.1", NOON, NOON + timedelta(seconds=n), False) for n in range(900)
    ]
    store.write({LIFE: many}, NOON + timedelta(hours=1))
    found = store.read(NOON + timedelta(hours=1))[LIFE]
    assert len(found) == MOST
    assert found[0] == many[-1]


def test_comings_and_goings_are_not_written_all_the_time(tmp_path: Path) -> None:
    store = ClientStore(tmp_path)
    clients = Clients(Holders(), store)
    for seconds in range(20):
        connections = (PHONE,) if seconds % 2 else ()
        clients.see([STARTED], Sockets((LISTENER,), connections), OWN, NOON + timedelta(seconds=seconds))
    assert json.loads(store.path.read_text())[0]["last"] == (NOON + timedelta(seconds=1)).isoformat()


def test_when_somebody_was_last_there_is_known_after_a_restart(tmp_path: Path) -> None:
    store = ClientStore(tmp_path)
    clients = look(store, PHONE)
    stay, leave = NOON + timedelta(hours=4), NOON + timedelta(hours=4, seconds=20)
    clients.see([STARTED], Sockets((LISTENER,), (PHONE,)), OWN, stay)
    assert look(store, moment=stay).of(STARTED.id)[0].last_seen == stay, "it was there until then, not until it came"
    clients.see([STARTED], Sockets((LISTENER,), ()), OWN, leave)
    clients.see([STARTED], Sockets((LISTENER,), ()), OWN, leave + timedelta(minutes=1))
    assert look(store, moment=leave).of(STARTED.id)[0].last_seen == leave, "an end soon after the last note is kept too"


def test_without_a_store_nothing_is_written(tmp_path: Path) -> None:
    clients = Clients(Holders())
    clients.see([STARTED], Sockets((LISTENER,), (PHONE,)), OWN, NOON)
    assert list(tmp_path.iterdir()) == []


def test_a_name_stands_beside_the_address_once_it_is_known() -> None:
    names = ReverseNames(lambda ip: {"192.168.2.31": "phone.lan\x1b[2J"}.get(ip, ""))
    assert names.of("192.168.2.31") == ""
    wait_for(lambda: names.of("192.168.2.31"), "the name", 10.0)
    clients = Clients(Holders(), names=names)
    clients.see([STARTED], Sockets((LISTENER,), (PHONE,)), OWN, NOON)
    assert [one.name for one in clients.of(STARTED.id)] == ["phone.lan?[2J"]


def test_a_resolver_that_hangs_holds_few_threads() -> None:
    import threading

    go = threading.Event()
    asked: list[str] = []

    def hangs(ip: str) -> str:
        asked.append(ip)
        go.wait(60)
        return ""

    names = ReverseNames(hangs)
    for number in range(100):
        assert names.of(f"10.0.0.{number}") == ""
    go.set()
    assert len(asked) <= MOST_PENDING
