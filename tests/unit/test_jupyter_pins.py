"""Which port a restarted server takes: a table of where its number comes from."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from jntui.jupyter.pins import pin_port
from jntui.model import ConfigFile, Configuration, Server, Setting, Source

STARTED = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
LATER, EARLIER = STARTED + timedelta(minutes=5), STARTED - timedelta(days=1)
PATH = "/home/ada/.jupyter/jupyter_server_config.py"
NONE = "--ServerApp.port_retries=0"


def said(port: object, kind: str, changed: datetime = EARLIER, retries: int = 50) -> Configuration:
    source = Source(kind, PATH if kind in {"file", "computed"} else None)  # type: ignore[arg-type]
    values = {"port": (port, source), "port_retries": (retries, Source("default"))}
    settings = [
        Setting(name, "ServerApp", "integer", "", "", value, str(value), where)
        for name, (value, where) in values.items()
    ]
    return Configuration(tuple(settings), (ConfigFile(PATH, True, True, 1, changed=changed),))


def pinned(configuration: Configuration, *words: str, port: int | None = 8890) -> tuple[int, tuple[str, ...], str]:
    server = Server("jpserver-7", "running", pid=7, port=port, started=STARTED)
    found = pin_port(server, configuration, words, "/home/ada")
    return found.port, (*found.pins, *found.words), found.lost


@pytest.mark.parametrize(
    ("port", "kind", "changed", "words", "expected"),
    [
        # Nobody says a port: the running one is held.
        (8888, "default", EARLIER, (), (8890, ("--port=8890", NONE))),
        (8890, "env", EARLIER, (), (8890, (NONE,))),
        (8888, "env", EARLIER, (), (8890, ("--port=8890", NONE))),
        # A file says it, and has not changed: Jupyter had moved on from a port that was taken, or took any.
        (8890, "file", EARLIER, (), (8890, (NONE,))),
        (8888, "file", EARLIER, (), (8890, ("--port=8890", NONE))),
        (0, "file", EARLIER, (), (8890, ("--port=8890", NONE))),
        (None, "computed", EARLIER, (), (8890, ("--port=8890", NONE))),
        # The file changed: the same number is the same.
        (8890, "file", LATER, (), (8890, (NONE,))),
        # The command line says it: it stands there once.
        (8890, "command line", LATER, ("--port=8890", "-y"), (8890, (NONE, "--port=8890", "-y"))),
        (8888, "command line", LATER, ("--port=8888", "-y"), (8890, ("--port=8890", NONE, "-y"))),
        (0, "command line", LATER, ("--port", "0", "-y"), (8890, ("--port=8890", NONE, "-y"))),
        (0, "command line", LATER, ("--LabApp.port=0",), (8890, ("--port=8890", NONE))),
        (0, "command line", LATER, ("-ServerApp.port=0", "dir"), (8890, ("--port=8890", NONE, "dir"))),
        # Tries are none, whoever said how many.
        (8890, "default", EARLIER, ("--port-retries=5",), (8890, (NONE,))),
        (8890, "default", EARLIER, ("--ServerApp.port_retries", "5", "x"), (8890, (NONE, "x"))),
        (8890, "default", EARLIER, ("--Other.port=5",), (8890, (NONE, "--Other.port=5"))),
        (8890, "default", EARLIER, ("--", "--port=5"), (8890, (NONE, "--", "--port=5"))),
    ],
)
def test_the_port(
    port: object, kind: str, changed: datetime, words: tuple[str, ...], expected: tuple[int, tuple[str, ...]]
) -> None:
    assert pinned(said(port, kind, changed), *words) == (*expected, "")


@pytest.mark.parametrize(
    ("port", "kind", "expected", "what"),
    [
        (9000, "file", (9000, (NONE, "-y")), "sets 9000"),
        (0, "file", (0, ("-y",)), "asks for any free one"),
        (None, "computed", (0, ("-y",)), "computes it"),
    ],
)
def test_a_changed_file_decides(port: object, kind: str, expected: tuple[int, tuple[str, ...]], what: str) -> None:
    words = f"port 8890: ~/.jupyter/jupyter_server_config.py was changed after the start and {what} now"
    assert pinned(said(port, kind, LATER), "-y") == (*expected, words)


def test_no_tries_already() -> None:
    assert pinned(said(8890, "default", retries=0), NONE) == (8890, (NONE,), "")


def test_a_socket_has_no_port() -> None:
    assert pinned(said(8888, "default"), "--sock=/run/j.sock", port=None) == (0, ("--sock=/run/j.sock",), "")
