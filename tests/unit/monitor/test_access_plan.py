"""Which settings opening a server needs, and what has to be known to have them back."""

from __future__ import annotations

from itertools import permutations

import pytest

from jntui.jupyter.restart import Rewording
from jntui.model import (
    AccessDone,
    AccessPlan,
    AccessWish,
    Check,
    Configuration,
    Endpoint,
    Finding,
    KeptFile,
    Server,
    Setting,
    Source,
)
from jntui.monitor.access import joined
from jntui.monitor.access_plan import _kept, _needed, asked
from jntui.monitor.rewording import options_of
from jntui.monitor.way_back import twice
from tests.unit.monitor.test_clients import NOON

Words = tuple[str, ...]


def found(name: str, value: object, kind: str = "file") -> Configuration:
    source = Source(kind, "/home/ada/.jupyter/jupyter_server_config.py", 3)  # type: ignore[arg-type]
    return Configuration((Setting(name, "ServerApp", "text", "", "", value, repr(value), source),))


@pytest.mark.parametrize(
    ("name", "value", "kind", "wanted", "needed"),
    [
        ("ip", "localhost", "default", "*", True),
        ("ip", "*", "file", "*", False),
        ("ip", "", "file", "*", False),
        ("ip", "0.0.0.0", "file", "*", True),
        ("ip", None, "computed", "*", True),
        ("allow_remote_access", False, "default", "true", False),
        ("allow_remote_access", False, "file", "true", True),
        ("allow_remote_access", True, "file", "true", False),
        ("allow_remote_access", None, "computed", "true", True),
        ("port", 8888, "file", "*", False),
    ],
)
def test_only_what_does_not_follow_is_written(name: str, value: object, kind: str, wanted: str, needed: bool) -> None:
    asked = "ip" if name == "port" else name
    assert _needed(found(name, value, kind), asked, wanted) is needed


def test_what_code_decides_gets_a_line_after_it() -> None:
    assert asked(found("ip", None, "computed"), "ip", "*").override
    assert not asked(found("ip", "localhost"), "ip", "*").override


def test_what_a_file_said_comes_back_and_what_none_said_is_unset() -> None:
    assert _kept(found("ip", "127.0.0.1"), "ip").before == "127.0.0.1"
    assert _kept(found("ip", "localhost", "default"), "ip").before is None
    assert _kept(found("allow_remote_access", False), "allow_remote_access").before == "False"


@pytest.mark.parametrize(
    ("words", "left", "gone"),
    [
        (("--ip=127.0.0.1", "--port=1"), ("--port=1",), ("--ip=127.0.0.1",)),
        (("--ip", "127.0.0.1", "--port=1"), ("--port=1",), ("--ip", "127.0.0.1")),
        (("--LabApp.ip=x", "--ServerApp.ip=y"), (), ("--LabApp.ip=x", "--ServerApp.ip=y")),
        (("--KernelManager.ip=x",), ("--KernelManager.ip=x",), ()),
        (("--no-browser",), ("--no-browser",), ()),
    ],
)
def test_the_address_leaves_the_command_line(
    words: tuple[str, ...], left: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    rewording = Rewording(frozenset({"--ip", "--LabApp.ip", "--ServerApp.ip"}))
    assert (rewording.of(words), rewording.dropped(words)) == (left, gone)
    assert Rewording(add=gone).of(left) == (*left, *gone)


def done(reach: str, exposure: str, *rows: tuple[str, str, str]) -> AccessDone:
    checks = [
        Check(
            Endpoint("one", f"http://{host}:1/", None, host, scope, True),  # type: ignore[arg-type]
            Finding(verdict, ""),  # type: ignore[arg-type]
            (),
            1.0,
            NOON,
        )
        for host, scope, verdict in rows
    ]
    plan = AccessPlan(AccessWish(reach), "one", ":1", (), (), "token")  # type: ignore[arg-type]
    server = Server("one", "running", exposure=exposure)  # type: ignore[arg-type]
    return AccessDone(plan, server, None, None, tuple(checks))


NEAR, NAME = ("127.0.0.1", "this-machine", "ok"), ("box", "this-machine", "host-blocked")


@pytest.mark.parametrize(
    ("one", "works"),
    [
        (done("lan", "lan", NEAR, ("10.0.0.1", "lan", "login"), ("fd00::1", "lan", "ok")), True),
        (done("lan", "lan", NEAR, ("10.0.0.1", "lan", "login"), ("fd00::1", "lan", "timeout")), False),
        (done("lan", "lan", NEAR, ("10.0.0.1", "lan", "ok"), ("box.lan", "lan", "name-unknown")), True),
        (done("lan", "this-machine", NEAR), False),
        (done("local", "this-machine", NEAR, NAME), True),
        (done("local", "lan", NEAR), False),
        (done("local", "this-machine", NAME), False),
    ],
)
def test_whether_it_worked(one: AccessDone, works: bool) -> None:
    assert one.works is works


def kept(before: str, after: str, *between: str) -> KeptFile:
    return KeptFile("/x.py", before, after, None, between)


@pytest.mark.parametrize(
    ("old", "new", "known"),
    [
        (None, kept("a", "b"), kept("a", "b")),
        (kept("a", "b"), kept("b", "c"), kept("a", "c", "b")),
        (kept("a", "c", "b"), kept("b", "d"), kept("a", "d", "b", "c")),
        (kept("a", "b"), kept("a", "c"), kept("a", "c", "b")),
        (kept("a", "b"), kept("edited", "c"), kept("a", "b")),
        (kept("b", "c"), kept("a", "b"), kept("a", "c", "b")),
        (kept("a", "d", "b", "c"), kept("b", "c"), kept("a", "c", "b", "d")),
    ],
    ids=[
        "first",
        "second",
        "after an undo",
        "it was taken back",
        "edited in between",
        "told in the other order",
        "of two servers in turn",
    ],
)
def test_what_several_openings_did_to_a_file(old: KeptFile | None, new: KeptFile, known: KeptFile) -> None:
    assert joined([old] if old else [], [new]) == (known,)


def test_in_whatever_order_several_servers_opened_a_file_its_first_bytes_are_known() -> None:
    steps = [kept("a", "b"), kept("b", "c"), kept("c", "d"), kept("a", "e", "b", "c", "d")]
    for order in permutations(steps):
        (whole,) = joined(order[:2], order[2:])
        assert (whole.before, {whole.after, *whole.between}) == ("a", {"b", "c", "d", "e"}), order


def test_a_cause_that_is_met_twice_is_said_once() -> None:
    by_hand = "; to start it by hand: cd / && jupyter lab"
    assert twice("port 1 was taken", "the files are as before", f"port 1 was taken{by_hand}") == (
        f"port 1 was taken; the files are as before{by_hand}"
    )
    assert twice("it ended", "a file stays", f"port 1 was taken{by_hand}") == (
        f"it ended; a file stays; port 1 was taken{by_hand}"
    )


def test_an_option_and_its_value_are_one() -> None:
    words = ("--ip", "127.0.0.1", "--port=8888", "--ServerApp.token")
    assert options_of(words) == ["--ip 127.0.0.1", "--port=8888", "--ServerApp.token"]
    assert options_of(()) == []
