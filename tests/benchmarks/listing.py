"""`jntui list --json` against `jupyter server list --json`, the same real servers before both."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.live.servers import clean_environment, start_jupyter

OURS = (sys.executable, "-m", "jntui", "list", "--json")
THEIRS = (str(Path(sys.executable).with_name("jupyter")), "server", "list", "--json")
BARE = (sys.executable, "-c", "pass")
COMMANDS = {"jntui list": OURS, "jupyter server list": THEIRS, "python -c pass": BARE}


@contextmanager
def real_servers(count: int, home: Path) -> Iterator[dict[str, str]]:
    """So many `jupyter server` processes in one HOME; gives the environment that sees them."""
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(start_jupyter("server", home=home))
        yield clean_environment(home)


def time_lists(env: Mapping[str, str], count: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each command, one after another in every round; checks first that both see all servers."""
    seen = json.loads(_run(OURS, env))["servers"]
    ours = {server["port"] for server in seen if server["state"] == "running" and server["auth"] == "token"}
    theirs = {json.loads(line)["port"] for line in _run(THEIRS, env).splitlines()}
    # Ours sees the user's servers in other runtime directories as well, and asks them too.
    assert len(theirs) == count and theirs <= ours, f"{count} servers run; seen: {sorted(ours)} and {sorted(theirs)}"
    if len(seen) > count:
        print(f"jntui list sees {len(seen) - count} more servers on this machine: its times are too long")
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(rounds):
        for name in sorted(COMMANDS, reverse=bool(turn % 2)):
            began = time.perf_counter()
            _run(COMMANDS[name], env)
            times[name].append((time.perf_counter() - began) * 1000)
    return times


def _run(argv: tuple[str, ...], env: Mapping[str, str]) -> str:
    done = subprocess.run(argv, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{argv} ended with {done.returncode}:\n{done.stderr}"
    return done.stdout
