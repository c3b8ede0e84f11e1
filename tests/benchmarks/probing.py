"""Checking many endpoints at once: jntui's engine beside plain `requests` in a thread pool of the same size.

`python -m tests.benchmarks.probing` runs it alone. Every round is a fresh process, the engines take turns; the peers
are processes of their own on loopback, as root in a network namespace. What counts is the ratio of the wall time to the
slowest single deadline: nothing can be quicker than the peer that never answers. The other engine has no deadline of
its own (a peer that drips holds `requests` for ever), so the harness gives each of its requests up when it is over.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.benchmarks.crowd import ROOT, Crowd, crowd, mix, network
from tests.benchmarks.engines import ENGINES, Round
from tests.benchmarks.keys import keys_table, measure_keys

GOALS = {64: 1.1, 256: 1.5, 1000: 2.5}
"""Wall time over the slowest single deadline."""
BYTES_GOAL = 64 * 1024 + 16 * 1024
"""A body's limit, and headers."""
ROUND_LIMIT_S = 120.0


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    unit: str
    value: Callable[[Round], float]


FIGURES = (
    Figure("processor", "s", lambda one: one.cpu_s),
    Figure("threads at most", "", lambda one: one.threads),
    Figure("memory grown", "MiB", lambda one: one.grown_mb),
    Figure("read for one endpoint, at most", "B", lambda one: one.most_bytes),
    Figure("slowest single probe", "s", lambda one: one.slowest_s),
    Figure("wall / slowest single probe", "", lambda one: one.wall_s / one.slowest_s),
    Figure("endpoints found to be another kind", "", lambda one: len(one.wrong)),
    Figure("still running when given up", "", lambda one: one.hung),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that this benchmark has."""
    parser.add_argument("--probe-rounds", type=int, default=5, help="rounds of each engine and number of endpoints")
    parser.add_argument("--probe-counts", type=int, nargs="+", default=sorted(GOALS), metavar="N")
    parser.add_argument("--deadline", type=float, default=2.0, help="seconds of each probe")
    parser.add_argument("--key-rounds", type=int, default=6, help="times that all endpoints are checked for the keys")


def probing_figures(options: argparse.Namespace) -> None:
    """Runs all of it and prints the tables."""
    with network() as inside:
        with crowd(inside) as peers:
            for count in options.probe_counts:
                measured = measure(peers, count, options.probe_rounds, options.deadline)
                print(probe_table(peers, count, options.deadline, measured), flush=True)
        if not inside:
            print("keys while probing: not measured, it takes a namespace with many addresses, and so root")
        elif options.key_rounds:
            print(keys_table(*measure_keys(inside, options.key_rounds)))


def measure(peers: Crowd, count: int, rounds: int, deadline_s: float) -> dict[str, list[Round]]:
    """The rounds of each engine, in turn."""
    endpoints = json.dumps(peers.endpoints(count))
    measured: dict[str, list[Round]] = {name: [] for name in ENGINES}
    for turn in range(rounds):
        for name in sorted(ENGINES, reverse=bool(turn % 2)):
            done = subprocess.run(
                [*peers.inside, sys.executable, "-m", "tests.benchmarks.engines", name, str(deadline_s)],
                input=endpoints,
                capture_output=True,
                text=True,
                timeout=ROUND_LIMIT_S,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                cwd=ROOT,
                check=False,
            )
            assert done.returncode == 0, f"{name} ended with {done.returncode}:\n{done.stderr[-3000:]}"
            measured[name].append(Round(**json.loads(done.stdout)))
    return measured


def probe_table(peers: Crowd, count: int, deadline_s: float, measured: dict[str, list[Round]]) -> str:
    """Both engines beside one another, medians; the ratio to the deadline beside its goal."""
    ours, theirs = measured["jntui"], measured["requests"]
    lines = [f"\n{count} endpoints, {deadline_s:g} s for each: {mix(peers.endpoints(count))}"]
    lines.append(f"  {'':36} {'requests':>9} {'jntui':>9}")
    walls = [statistics.median(one.wall_s for one in engine) for engine in (theirs, ours)]
    goal = GOALS.get(count)
    met = "" if goal is None else f"  goal <= {goal:g} {'met' if walls[1] / deadline_s <= goal else 'MISSED'}"
    lines.append(f"  {'wall':36} {walls[0]:9.2f} {walls[1]:9.2f} s")
    lines.append(
        f"  {'wall / slowest single deadline':36} {walls[0] / deadline_s:9.2f} {walls[1] / deadline_s:9.2f}{met}"
    )
    spread = "  ".join(f"{one.wall_s / deadline_s:.2f}" for one in ours)
    lines.append(f"  {'the same, round by round, jntui':36} {spread}")
    for figure in FIGURES:
        left, right = (statistics.median(map(figure.value, engine)) for engine in (theirs, ours))
        lines.append(f"  {figure.name:36} {left:9.2f} {right:9.2f} {figure.unit}".rstrip().replace(".00", "   "))
    lines += [f"  {name} took {words}" for name, rounds in measured.items() for words in _wrong(rounds)]
    if any(one.most_bytes > BYTES_GOAL for one in ours):
        lines.append(f"  jntui read more than {BYTES_GOAL} bytes for one endpoint: MISSED")
    return "\n".join(lines)


def _wrong(rounds: Sequence[Round]) -> list[str]:
    """What was found to be something else, over all rounds."""
    counted = Counter(words for one in rounds for words in one.wrong)
    return [f"{words} ({number} in {len(rounds)} rounds)" for words, number in sorted(counted.items())]


def main() -> None:
    """This benchmark alone."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.probing", description=__doc__)
    add_options(parser)
    probing_figures(parser.parse_args())


if __name__ == "__main__":
    main()
