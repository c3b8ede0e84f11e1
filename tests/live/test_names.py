"""Names that are hard on a client: a resolver that hangs, ten dead addresses. In network namespaces, as root."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.namespaces import Namespace, namespace, unavailable

pytestmark = pytest.mark.skipif(bool(unavailable()), reason=unavailable() or "namespaces")

PROBE = """
import json, threading
from jntui.diagnose import diagnose
from jntui.model import Endpoint
from jntui.network.probe import probe
from jntui.transport import HttpTransport

transport = HttpTransport()

def check(url, timeout_s):
    endpoint = Endpoint(None, url, None, "x", "internet", None, "custom")
    done = probe(endpoint, None, transport, timeout_s)
    finding = diagnose(None, endpoint, done)
    stages = {stage.name: [stage.ok, stage.detail] for stage in done.stages}
    return {"verdict": finding.verdict, "stages": stages, "cause": finding.cause, "peer": done.peer}
"""


@pytest.fixture
def box() -> Iterator[Namespace]:
    """A namespace with an /etc/hosts and an /etc/resolv.conf of its own (ip-netns(8))."""
    with namespace("names") as made:
        folder = Path("/etc/netns") / made.name
        existed = folder.parent.is_dir()
        folder.mkdir(parents=True)
        try:
            (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:30 attempts:1\n")
            dead = [f"10.99.0.{number} many.example" for number in range(1, 11)]
            hosts = [
                "127.0.0.1 localhost",
                *dead,
                "127.0.0.1 many.example",
                *(line.replace("many", "dead") for line in dead),
            ]
            (folder / "hosts").write_text("\n".join(hosts) + "\n")
            # A link whose other end takes every packet for nobody: the neighbours' addresses are not its own.
            made.ip("link", "add", "void", "type", "veth", "peer", "name", "end")
            made.ip("addr", "add", "10.99.0.254/24", "dev", "void")
            for name in ("void", "end"):
                made.ip("link", "set", name, "up")
            for number in range(1, 11):
                made.ip("neigh", "add", f"10.99.0.{number}", "lladdr", "02:00:00:00:00:99", "dev", "void")
            yield made
        finally:
            shutil.rmtree(folder)
            if not existed:
                folder.parent.rmdir()


def test_a_resolver_that_hangs_is_bounded_and_asked_once_for_a_name(box: Namespace) -> None:
    code = (
        PROBE
        + """
import socket
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.1", 53))
results = [check("http://slow.example:8888/", 0.6) for _ in range(4)]
threads = sum(thread.name == "resolve" for thread in threading.enumerate())
print(json.dumps({"results": results, "threads": threads}))
import os, sys
sys.stdout.flush()
os._exit(0)
"""
    )
    told = box.python(code)
    assert told["threads"] == 1
    for result in told["results"]:
        assert result["verdict"] == "name-unknown"
        assert "did not answer in time" in result["stages"]["resolve"][1]


def test_ten_dead_addresses_do_not_hide_the_one_that_works(box: Namespace) -> None:
    code = (
        PROBE
        + """
from tests.live.hostile import hostile
with hostile("jupyter") as server:
    print(json.dumps(check(f"http://many.example:{server.port}/", 8.0)))
"""
    )
    told = box.python(code)
    assert told["verdict"] == "login", told
    assert told["peer"] == "127.0.0.1"


def test_ten_dead_addresses_and_no_other_are_a_timeout(box: Namespace) -> None:
    told = box.python(
        PROBE
        + """
print(json.dumps(check("http://dead.example:8888/", 2.0)))
"""
    )
    assert told["verdict"] == "timeout", told
    assert told["stages"]["connect"][1].endswith("10.99.0.4 port 8888: timed out; and 6 more"), (
        "each address had its turn"
    )
