"""Endpoints of every kind that a user can meet, in a network namespace of their own where root can make one."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.live.namespaces import namespace, unavailable

ROOT = Path(__file__).resolve().parents[2]

SHARES = {"up": 0.4, "refused": 0.2, "silent": 0.1, "dropped": 0.1}
REST = ("drip-body", "drip-header", "huge", "redirect", "tls", "slow", "ssh")
PROCESSES = (("up", "slow", "tls"), ("silent", "dropped", *(kind for kind in REST if kind not in {"slow", "tls"})))
"""Which kinds one process serves: those that answer do not wait for those that flood."""
CLOSED_PORT = 19
"""Nothing listens on it: chargen, which no system of today runs."""

RIGHT = {
    "up": {"login"},
    "slow": {"login"},
    "tls": {"tls-untrusted"},
    "refused": {"refused"},
    "dropped": {"timeout"},
    "silent": {"no-answer"},
    "drip-body": {"no-answer"},
    "drip-header": {"no-answer"},
    "huge": {"not-jupyter"},
    "redirect": {"not-jupyter"},
    "ssh": {"not-jupyter"},
}
"""The verdicts of jntui that are true for each kind."""
ALIVE = ("up", "slow", "tls")
"""Kinds behind which a Jupyter server answers."""


@dataclass(frozen=True)
class Crowd:
    """The running peers: how a command gets into their network, and the port of each kind."""

    inside: tuple[str, ...]
    ports: dict[str, int]

    def endpoints(self, count: int) -> list[tuple[str, str]]:
        """So many kinds and URLs, mixed, the same in every call; each URL has an address of its own."""
        kinds = [kind for kind, share in SHARES.items() for _ in range(round(count * share))]
        kinds += [REST[place % len(REST)] for place in range(count - len(kinds))]
        random.Random(4).shuffle(kinds)
        return [(kind, self.url(kind, place)) for place, kind in enumerate(kinds)]

    def url(self, kind: str, place: int) -> str:
        """The URL of one peer at the address of this place."""
        scheme = "https" if kind == "tls" else "http"
        return f"{scheme}://127.1.{place // 250}.{place % 250 + 1}:{self.ports[kind]}/"


def mix(endpoints: Sequence[tuple[str, str]]) -> str:
    """How many of each kind, in words."""
    return ", ".join(f"{count} {kind}" for kind, count in Counter(kind for kind, _ in endpoints).most_common())


@contextmanager
def network() -> Iterator[tuple[str, ...]]:
    """What puts a command into a namespace of its own; nothing where none can be made, and that is said."""
    if reason := unavailable():
        print(f"on this machine's own loopback: {reason}")
        yield ()
        return
    with namespace("bench") as space:
        yield ("ip", "netns", "exec", space.name)


@contextmanager
def crowd(inside: tuple[str, ...]) -> Iterator[Crowd]:
    """Runs the peers while the block lasts."""
    ports = {"refused": CLOSED_PORT}
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with ExitStack() as stack:
        for kinds in PROCESSES:
            argv = [*inside, sys.executable, "-m", "tests.benchmarks.peers", *kinds]
            process = stack.enter_context(
                subprocess.Popen(argv, env=env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            assert process.stdin is not None and process.stdout is not None
            stack.callback(process.stdin.close)
            ports.update(json.loads(process.stdout.readline()))
        yield Crowd(inside, ports)
