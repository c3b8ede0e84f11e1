"""How late a key is answered while 256 endpoints are checked, beside the same screen idle: both in one run of jntui."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from pathlib import Path

from tests.benchmarks.crowd import REST, ROOT, Crowd, crowd
from tests.benchmarks.report import percentile
from tests.live.namespaces import processes_apart
from tests.live.servers import clean_environment
from tests.terminal import Terminal

SERVERS = 3
ADDRESSES = 62
"""Beside localhost and 127.0.0.1: 64 rows a server."""
ADDED = 64
"""URLs of peers that are refused, silent, dripping and so on, added to the first server: as many as jntui takes."""
GOAL = 1.5
"""99th percentile while checking over that while idle."""
IDLE_KEYS = 100
GAP_S = 0.02
"""Between an answer and the next key."""
LATE_MS = 1000.0
MOST_LATE = 12
CALM_S = 2.0
"""How long a screen that goes on writing is waited for before the next key."""
CHECKING_S = 3.0
"""From the key that starts the check: so long the peers that never answer hold it."""
ANSWER = b"localhost"
"""Stands in one of the two rows between which the cursor goes and nowhere else: its cells are drawn for a key only."""


def measure_keys(inside: tuple[str, ...], rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds from key to the moved cursor, idle and while everything is checked."""
    for place in range(ADDRESSES):
        subprocess.run([*inside, "ip", "addr", "add", f"10.9.0.{place + 1}/32", "dev", "lo"], check=True)
    with tempfile.TemporaryDirectory(prefix="jntui-bench-") as folder, ExitStack() as stack:
        peers = stack.enter_context(crowd(inside))
        apart = stack.enter_context(processes_apart(inside))
        port = stack.enter_context(servers(apart, Path(folder)))
        terminal = stack.enter_context(screen(apart, Path(folder), port, peers))
        return _rounds(terminal, rounds)


@contextmanager
def servers(inside: tuple[str, ...], folder: Path) -> Iterator[int]:
    """Cheap servers on every address; gives the port of the first."""
    argv = [*inside, sys.executable, "-m", "tests.benchmarks.cheap_servers", str(SERVERS), "0.0.0.0"]
    env = {**os.environ, "JUPYTER_RUNTIME_DIR": str(folder / "runtime"), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline().strip("[]\n").split(",")[0])
        process.communicate()


@contextmanager
def screen(inside: tuple[str, ...], folder: Path, port: int, peers: Crowd) -> Iterator[Terminal]:
    """jntui before them, with the added URLs, once everything was checked."""
    config = folder / "home" / ".config" / "jntui" / "config.toml"
    config.parent.mkdir(parents=True)
    kinds = islice(cycle(("refused", "silent", "dropped", *REST)), ADDED)
    entries = [f'[[urls]]\nport = {port}\nurl = "{peers.url(kind, place)}"\n' for place, kind in enumerate(kinds)]
    config.write_text("\n".join(entries), encoding="utf-8")
    env = {
        **clean_environment(folder / "home"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }
    argv = [*inside, sys.executable, "-m", "jntui", "--server", str(port)]
    with Terminal(argv, env, cwd=env["HOME"]) as terminal:
        terminal.wait_for(lambda text: re.search(rf"localhost:{port}/ +ok", text) is not None, 30.0)
        terminal.wait_for(lambda text: "checking" not in text, 60.0)
        terminal.settle(1.0, 30.0)
        yield terminal
        terminal.press("q")
        terminal.wait(20.0)


def _rounds(terminal: Terminal, rounds: int) -> tuple[list[float], list[float]]:
    idle: list[float] = []
    busy: list[float] = []
    keys = _Keys(terminal)
    keys.home()
    for _ in range(rounds):
        idle += [keys.press() for _ in range(IDLE_KEYS)]
        terminal.press("P")
        end = time.monotonic() + CHECKING_S
        while time.monotonic() < end:
            busy.append(keys.press())
        assert _threads(terminal) > ADDED // 4, "the peers that never answer hold nobody: nothing is being checked"
        terminal.settle(1.0, 30.0)
    return idle, busy


def _threads(terminal: Terminal) -> int:
    """Threads of jntui, which nsenter(1) started."""
    children = Path(f"/proc/{terminal.process.pid}/task/{terminal.process.pid}/children")
    pid = children.read_text(encoding="ascii").split()[0]
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


class _Keys:
    """The cursor goes down and up between the first two rows. Keys that nobody answers would cost a second each, so
    after a few of them the benchmark ends and shows the screen."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._next = cycle(("down", "up"))
        self._missed = 0

    def home(self) -> None:
        """From the first row again."""
        self._terminal.press("home")
        self._terminal.settle(0.3, 5.0)
        self._next = cycle(("down", "up"))

    def press(self) -> float:
        """Milliseconds until the row under the cursor was drawn; a second where it was not drawn within one."""
        took_ms = _key(self._terminal, next(self._next))
        if took_ms >= LATE_MS:
            self._missed += 1
            assert self._missed <= MOST_LATE, f"{MOST_LATE} keys moved no cursor:\n{self._terminal.text}"
            self.home()
        return took_ms


def _key(terminal: Terminal, key: str) -> float:
    """One key; see `_Keys.press`."""
    calm = time.monotonic() + CALM_S
    while terminal.read(GAP_S) and time.monotonic() < calm:
        pass  # what is still on its way belongs to no key
    before, pressed = len(terminal.raw), time.perf_counter()
    terminal.press(key)
    while (left := pressed + LATE_MS / 1000 - time.perf_counter()) > 0:
        terminal.read(left)
        if terminal.raw.find(ANSWER, before) >= 0:
            return (terminal.last - pressed) * 1000
    return LATE_MS


def keys_table(idle: list[float], busy: list[float]) -> str:
    """Both, and the ratio beside its goal."""
    ratio = percentile(busy, 99) / percentile(idle, 99)
    rows = SERVERS * (ADDRESSES + 2) + ADDED
    lines = [f"\nkeys on the screen while {rows} endpoints are checked ({ADDED} of them silent, dripping, and so on)"]
    lines.append(f"  {'':36} {'idle':>9} {'checking':>9}")
    for name, percent in (("median", 50), ("90th", 90), ("99th", 99), ("100th", 100)):
        lines.append(
            f"  {'key to cursor, ' + name:36} {percentile(idle, percent):9.1f} {percentile(busy, percent):9.1f} ms"
        )
    lines.append(f"  {'keys':36} {len(idle):9} {len(busy):9}")
    lines.append(f"  99th, checking / idle: {ratio:.2f}  goal <= {GOAL:g} {'met' if ratio <= GOAL else 'MISSED'}")
    return "\n".join(lines)
