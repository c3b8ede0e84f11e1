"""From evidence to a state: one row for each case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jntui.jupyter.command_line import read_command_line
from jntui.jupyter.evidence import Evidence, Holder, decide
from jntui.jupyter.rest import ServerAnswer
from jntui.model import Listener
from jntui.process import ProcessFacts

LAB = ("/venv/bin/python", "/venv/bin/jupyter-lab")
BEGUN = 1_000_000.0
OLD = 3600.0


def process(argv: tuple[str, ...] | None = LAB, name: str = "python", **more: object) -> ProcessFacts:
    facts = ProcessFacts(4242, BEGUN, False, name, argv, "ada", 1000, 1)
    return replace(facts, **more)  # type: ignore[arg-type]


def evidence(facts: ProcessFacts | None = None, **more: object) -> Evidence:
    known = facts if facts is not None else process()
    base = Evidence(
        4242,
        known,
        read_command_line(known.argv),
        port=8888,
        has_file=True,
        file_time=BEGUN + 3,
        file_uid=1000,
        age_s=OLD,
    )
    return replace(base, **more)  # type: ignore[arg-type]


OWN = (Listener("127.0.0.1", 8888, pid=4242),)
APP = process(("python", "myapp.py"))
NGINX = process(("nginx:", "worker"), "nginx")
YES = ServerAnswer("jupyter", version="2.21.1")
NO = ServerAnswer("not", "port 8888 answers HTTP 404, but not as Jupyter")
NOBODY = ServerAnswer("none", "port 8888 does not answer: timed out")

TABLE = [
    ("it listens, not asked yet", evidence(listeners=OWN), "running", ""),
    ("it answered as Jupyter", evidence(listeners=OWN, answer=YES), "running", ""),
    ("an embedded server answered", evidence(APP, listeners=OWN, answer=YES), "running", ""),
    ("it does not answer", evidence(listeners=OWN, answer=NOBODY), "unresponsive", "timed out"),
    ("an embedded server does not answer", evidence(APP, listeners=OWN, answer=NOBODY), "unresponsive", "timed out"),
    ("a Jupyter that answers strangely", evidence(listeners=OWN, answer=NO), "unresponsive", "HTTP 404"),
    (
        "another program answers",
        evidence(NGINX, listeners=OWN, answer=NO),
        "stale",
        "pid 4242 is nginx now, not Jupyter",
    ),
    (
        "the clock was set after the start",
        evidence(listeners=OWN, file_time=BEGUN - 9999, answer=YES),
        "running",
        "",
    ),
    (
        "reused, and it listens there too",
        evidence(APP, listeners=OWN, file_time=BEGUN - 10),
        "stale",
        "another process",
    ),
    ("gone", replace(evidence(), process=None), "stale", "pid 4242 is gone"),
    ("a zombie", evidence(process(zombie=True, argv=())), "stale", "a zombie"),
    (
        "reused by another program",
        evidence(NGINX, file_time=BEGUN - 10),
        "stale",
        "pid 4242 is another process now: nginx",
    ),
    ("reused by another Python", evidence(APP, file_time=BEGUN - 10), "stale", "another process now"),
    ("reused by another Jupyter", evidence(file_time=BEGUN - 10), "stale", "another process now"),
    ("another program, older than the file", evidence(NGINX), "stale", "pid 4242 is nginx, not Jupyter"),
    ("started just now", evidence(age_s=5), "starting", "does not listen yet"),
    ("started just now, no file yet", evidence(age_s=5, has_file=False), "starting", "does not listen yet"),
    ("30 s without a listener", evidence(age_s=30), "stale", "pid 4242 does not listen on port 8888"),
    (
        "the port is another program's",
        evidence(holder=Holder(77, "nginx")),
        "stale",
        "pid 4242 does not listen on port 8888: port 8888 is held by pid 77 (nginx)",
    ),
    ("the port is another user's", evidence(holder=Holder(None)), "stale", "held by another user's process"),
    ("it listens elsewhere", evidence(elsewhere=(Listener("::1", 9999, pid=4242),)), "stale", "but on [::1]:9999"),
    ("its socket is gone", evidence(port=None, sock="/run/j.sock"), "stale", "does not listen on /run/j.sock"),
    ("in a container", evidence(namespace="other"), "unresponsive", "another network namespace"),
    ("another user's Jupyter", evidence(foreign=True), "other-user", "it belongs to ada"),
    ("another user's other program", evidence(NGINX, foreign=True), "stale", "pid 4242 is nginx of ada"),
    (
        "pid 1",
        evidence(process(("/sbin/init",), "systemd", pid=1), pid=1, foreign=True),
        "stale",
        "pid 1 is systemd of ada",
    ),
    (
        "another user's process on our port (root)",
        evidence(process(("python", "x.py"), uid=1001), listeners=OWN),
        "stale",
        "is python of ada, not this server",
    ),
    (
        "unreadable file, dead process",
        Evidence(4242, None, unreadable="it is empty"),
        "stale",
        "its info file cannot be used: it is empty; pid 4242 is gone",
    ),
    ("unreadable file without a pid", Evidence(None, None, unreadable="it is empty"), "stale", "it is empty"),
    (
        "unreadable file, other program",
        evidence(NGINX, unreadable="it is empty", has_file=False),
        "stale",
        "cannot be used",
    ),
    (
        "unreadable file, but the server lives",
        evidence(unreadable="it is cut short", has_file=False, file_uid=None, listeners=OWN),
        "running",
        "",
    ),
    ("argv that cannot be read, listening", evidence(process(None), listeners=OWN), "running", ""),
]


@pytest.mark.parametrize(("given", "state", "words"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_case(given: Evidence, state: str, words: str) -> None:
    found, reason = decide(given)
    assert found == state, reason
    assert words in reason
    assert bool(reason) == (state != "running")


def test_no_reason_carries_what_a_terminal_would_execute() -> None:
    wild = process(("x",), "\x1b[2J\u202e")
    for given in (evidence(wild), evidence(wild, file_time=BEGUN - 10), evidence(wild, holder=Holder(7, "\x1b]0;"))):
        assert decide(given)[1].isprintable()
