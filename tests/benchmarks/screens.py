"""One run of a full-screen program in a pty: start, memory, bytes, idling, keys, exit."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.terminal import Terminal

QUIET_S = 1.0
"""So long without a byte, and the program counts as settled."""
START_LIMIT_S = 60.0
KEY_QUIET_S = 0.05
KEY_PAIRS = 10
"""Rounds of `down` and `up`, so that the cursor always has somewhere to go."""


@dataclass(frozen=True)
class Program:
    """What to run, and how to see that it has shown what it should."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    shown: Callable[[str], bool]
    more_keys: tuple[str, ...] = ()
    """Pressed before a second series of `down` and `up`, in another pane."""


@dataclass
class Sample:
    """The figures of one run: milliseconds, bytes, MiB, percent of one core."""

    until_ms: float = 0.0
    settled_ms: float = 0.0
    settled_bytes: int = 0
    rss_mb: float = 0.0
    idle_bytes: int | None = None
    idle_cpu: float | None = None
    key_ms: list[float] = field(default_factory=list)
    key_bytes: list[int] = field(default_factory=list)
    more_key_ms: list[float] = field(default_factory=list)
    more_key_bytes: list[int] = field(default_factory=list)
    unanswered: int = 0
    """Keys after which nothing was written within a second."""
    exit_ms: float = 0.0


def run(program: Program, idle_s: float) -> Sample:
    """Starts the program, measures it and quits it. Raises AssertionError if it never shows what it should."""
    sample = Sample()
    with Terminal(program.argv, program.env, cwd=program.env["HOME"]) as terminal:
        _start(terminal, program, sample)
        if idle_s:
            _idle(terminal, idle_s, sample)
        _keys(terminal, sample, sample.key_ms, sample.key_bytes)
        if program.more_keys:
            terminal.press(*program.more_keys)
            terminal.settle(0.3, 5.0)
            _keys(terminal, sample, sample.more_key_ms, sample.more_key_bytes)
        pressed = time.perf_counter()
        terminal.press("q")
        status = terminal.wait(20.0)
        sample.exit_ms = (time.perf_counter() - pressed) * 1000
        assert status == 0, f"{program.name} ended with {status}"
    return sample


def _start(terminal: Terminal, program: Program, sample: Sample) -> None:
    end = time.monotonic() + START_LIMIT_S
    shown = None
    while shown is None:
        # Nothing is rendered while the program starts: that would take the processor from it.
        terminal.settle(QUIET_S, end - time.monotonic())
        shown = terminal.first_shown(program.shown)
        assert time.monotonic() < end and not terminal.ended, f"{program.name} never showed it\n{terminal.text}"
    sample.until_ms = (shown - terminal.began) * 1000
    sample.settled_ms = (terminal.last - terminal.began) * 1000
    sample.settled_bytes = terminal.written
    sample.rss_mb = _rss_mb(terminal.process.pid)


def _idle(terminal: Terminal, seconds: float, sample: Sample) -> None:
    before, cpu = terminal.written, _cpu_s(terminal.process.pid)
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        terminal.read(left)
    sample.idle_bytes = terminal.written - before
    sample.idle_cpu = (_cpu_s(terminal.process.pid) - cpu) / seconds * 100


def _keys(terminal: Terminal, sample: Sample, latencies: list[float], sizes: list[int]) -> None:
    for key in ("down", "up") * KEY_PAIRS:
        before, pressed = terminal.written, time.perf_counter()
        terminal.press(key)
        if not terminal.read(1.0):
            sample.unanswered += 1
            continue
        latencies.append((terminal.last - pressed) * 1000)
        terminal.settle(KEY_QUIET_S, 2.0)
        if key == "down":
            sizes.append(terminal.written - before)


def _rss_mb(pid: int) -> float:
    """VmRSS of proc(5), in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


def _cpu_s(pid: int) -> float:
    """Processor time of the process in seconds, threads that ended included.

    The clock's number is what clock_getcpuclockid(3) gives on Linux; /proc/PID/stat counts in steps of 10 ms only.
    """
    return time.clock_gettime((~pid << 3) | 2)
