"""`python -m tests.benchmarks`: jntui against the least a Textual program costs, `jupyter server list` and `requests`.

Everything is measured in one interleaved run on one machine, so the ratios are what counts, not the milliseconds.
Linux only: memory and processor time are read from /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks import probing
from tests.benchmarks.listing import real_servers, time_lists
from tests.benchmarks.report import list_table, screen_table
from tests.benchmarks.screens import Program, Sample, run
from tests.live.servers import clean_environment

ROOT = Path(__file__).resolve().parents[2]
SERVERS_IN_SIGHT = 6
"""The Servers pane grows to this many rows and scrolls from there on."""
SERVER_ROW = re.compile(r"^\W+ :\d+ ", re.MULTILINE)


def main() -> None:
    """Runs it and prints the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="runs of each program (default 9)")
    parser.add_argument("--idle-rounds", type=int, default=2, help="how many of them include an idle time")
    parser.add_argument("--idle", type=float, default=10.0, help="seconds of it")
    parser.add_argument("--list-rounds", type=int, default=5)
    parser.add_argument("--only", choices=["screen", "list", "probing"])
    probing.add_options(parser)
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, textual {version('textual')}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, {options.rounds} rounds"
    )
    with tempfile.TemporaryDirectory(prefix="jntui-bench-") as folder:
        if options.only in {None, "screen"}:
            print(screen_figures(Path(folder), options))
        if options.only in {None, "list"}:
            for count in (1, 4):
                with real_servers(count, Path(folder) / f"home-{count}") as env:
                    print(list_table(count, time_lists({**env, "PYTHONPATH": str(ROOT)}, count, options.list_rounds)))
    if options.only in {None, "probing"}:
        probing.probing_figures(options)


def screen_figures(folder: Path, options: argparse.Namespace) -> str:
    """Both programs in turn, the order changing every round; the table."""
    base: list[Sample] = []
    ours: list[Sample] = []
    with cheap_servers(20, folder / "runtime"):
        minimal, jntui = programs(folder)
        run(minimal, 0)
        run(jntui, 0)  # the first run of each fills the file cache and is not counted
        for turn in range(options.rounds):
            idle_s = options.idle if turn < options.idle_rounds else 0
            pairs = [(minimal, base), (jntui, ours)]
            for program, samples in pairs if turn % 2 == 0 else reversed(pairs):
                samples.append(run(program, idle_s))
    return screen_table(base, ours)


def programs(folder: Path) -> tuple[Program, Program]:
    """The minimal app, and jntui with the cheap servers before it."""
    env = {
        **clean_environment(folder / "home"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }
    (folder / "home").mkdir(exist_ok=True)

    def servers_shown(text: str) -> bool:
        return len(SERVER_ROW.findall(text)) >= SERVERS_IN_SIGHT

    return (
        Program(
            "minimal", (sys.executable, "-m", "tests.benchmarks.minimal_app"), env, lambda text: "server 19" in text
        ),
        Program("jntui", (sys.executable, "-m", "jntui"), env, servers_shown, more_keys=("4",)),
    )


@contextmanager
def cheap_servers(count: int, runtime_dir: Path, inside: tuple[str, ...] = ()) -> Iterator[list[int]]:
    """So many cheap server processes, where the words of `inside` put them; gives their ports."""
    argv = [*inside, sys.executable, "-m", "tests.benchmarks.cheap_servers", str(count)]
    env = {**os.environ, "JUPYTER_RUNTIME_DIR": str(runtime_dir), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.communicate()


if __name__ == "__main__":
    main()
