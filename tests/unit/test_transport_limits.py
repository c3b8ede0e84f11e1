"""Deadlines, allowances, the resolver and the race of addresses, on real loopback sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jntui.transport.connecting import NoneAccepted, connect
from jntui.transport.deadline import Allowance, Deadline, TimedSocket, TooMuch
from jntui.transport.resolver import Resolver, literal


@contextmanager
def listener(backlog: int = 8) -> Iterator[tuple[socket.socket, int]]:
    with socket.create_server(("127.0.0.1", 0), backlog=backlog) as sock:
        yield sock, sock.getsockname()[1]


def test_an_allowance_is_shared_by_deadlines_and_never_exceeded() -> None:
    left, right = socket.socketpair()
    with left, right:
        allowance = Allowance(10)
        deadline = Deadline(5.0, allowance).half()
        timed = TimedSocket(fileno=left.detach())
        with timed:
            timed.deadline = deadline
            right.sendall(b"0123456789abcdef")
            buffer = bytearray(64)
            assert timed.recv_into(buffer) == 10
            assert allowance.used == 10
            with pytest.raises(TooMuch):
                timed.recv_into(buffer)


def test_a_dead_address_before_a_good_one_does_not_cost_the_whole_limit() -> None:
    with listener(0) as (full, busy_port), listener() as (_, port):
        held = []
        for _ in range(3):  # until the queue is full, and a SYN gets no answer
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(full.getsockname())
            held.append(one)
        dead = [(socket.AF_INET, ("127.0.0.1", busy_port))] * 10
        deadline = Deadline(30.0)
        with connect([*dead, (socket.AF_INET, ("127.0.0.1", port))], deadline) as sock:
            assert sock.getpeername()[1] == port
        assert deadline.left() > 15
        for one in held:
            one.close()


def test_a_refusal_says_more_than_silence() -> None:
    with listener() as (_, port):
        pass
    refused = (socket.AF_INET, ("127.0.0.1", port))
    with pytest.raises(NoneAccepted) as caught:
        connect([refused, (socket.AF_INET6, ("::1", port, 0, 0))], Deadline(5.0))
    assert isinstance(caught.value.worst, OSError)
    assert "Connection refused" in str(caught.value)
    assert len(caught.value.tried) == 2


def test_families_alternate() -> None:
    with listener() as (_, port):
        four = [(socket.AF_INET, ("127.0.0.1", port))]
        with connect([(socket.AF_INET6, ("::1", port, 0, 0)), *four], Deadline(5.0)) as sock:
            assert sock.family == socket.AF_INET


def test_a_name_that_hangs_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging, asked = threading.Event(), []

    def getaddrinfo(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        hanging.wait(30)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    resolver = Resolver()
    for _ in range(5):
        with pytest.raises(TimeoutError):
            resolver.resolve("slow.example", 80, Deadline(0.05))
    assert asked == ["slow.example"]
    waiting: list[object] = []
    thread = threading.Thread(target=lambda: waiting.append(resolver.resolve("slow.example", 81, Deadline(30.0))))
    thread.start()
    hanging.set()
    thread.join()
    assert waiting == [[(socket.AF_INET, ("192.0.2.1", 81))]]
    assert asked == ["slow.example"], "the one that hung served the later question too"


def test_the_number_of_pending_lookups_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = threading.Event()

    def getaddrinfo(*_: object, **__: object) -> list[object]:
        hanging.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    resolver = Resolver()
    refused = 0
    for number in range(80):
        with pytest.raises(TimeoutError) as caught:
            resolver.resolve(f"name-{number}.example", 80, Deadline(0.0))
        refused += "other names wait" in str(caught.value)
    assert refused == 16
    hanging.set()


def test_names_and_literals() -> None:
    assert literal("::1", 80)[0][0] == socket.AF_INET6
    assert literal("127.0.0.1", 80) == [(socket.AF_INET, ("127.0.0.1", 80))]
    with pytest.raises(OSError):
        literal("fe80::1%no-such-interface", 80)
    assert ("127.0.0.1", 80) in [address for _, address in Resolver().resolve("localhost", 80, Deadline(5.0))]
    with pytest.raises(OSError):
        Resolver().resolve("a" * 300, 80, Deadline(5.0))


def test_of_many_dead_addresses_the_first_are_told() -> None:
    tried = tuple(f"10.0.0.{last} port 80: timed out" for last in range(1, 11))
    words = NoneAccepted(TimeoutError("timed out"), tried, "10.0.0.10").words
    assert words.endswith("10.0.0.4 port 80: timed out; and 6 more")
    assert NoneAccepted(TimeoutError("timed out"), tried[:4], "10.0.0.4").words.endswith("10.0.0.4 port 80: timed out")
