"""What the system holds a process to: limits, priority, processors, control groups. Linux; standard library only."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.process.linux import PROC, cgroup, read_limited

if TYPE_CHECKING:
    from collections.abc import Iterator

UNLIMITED = -1
"""As `resource.RLIM_INFINITY`."""

LIMITS = (
    ("Max cpu time", "RLIMIT_CPU", "seconds of processor time"),
    ("Max file size", "RLIMIT_FSIZE", "bytes of one file"),
    ("Max data size", "RLIMIT_DATA", "bytes of data"),
    ("Max stack size", "RLIMIT_STACK", "bytes of stack"),
    ("Max core file size", "RLIMIT_CORE", "bytes of a core file"),
    ("Max resident set", "RLIMIT_RSS", "bytes of resident memory"),
    ("Max processes", "RLIMIT_NPROC", "processes"),
    ("Max open files", "RLIMIT_NOFILE", "open files"),
    ("Max locked memory", "RLIMIT_MEMLOCK", "bytes of locked memory"),
    ("Max address space", "RLIMIT_AS", "bytes of address space"),
    ("Max pending signals", "RLIMIT_SIGPENDING", "pending signals"),
    ("Max msgqueue size", "RLIMIT_MSGQUEUE", "bytes of message queues"),
    ("Max nice priority", "RLIMIT_NICE", "priority"),
    ("Max realtime priority", "RLIMIT_RTPRIO", "realtime priority"),
    ("Max realtime timeout", "RLIMIT_RTTIME", "microseconds of realtime"),
)
"""What /proc/PID/limits calls each, its name in getrlimit(2), and ours."""
_WORDS = {name: words for _, name, words in LIMITS}
_FREE_POLICIES = frozenset({0, 3, 5})
"""SCHED_OTHER, SCHED_BATCH and SCHED_IDLE need no right (sched(7))."""
_SYS_NICE, _SYS_RESOURCE = 23, 24
"""Numbers of capabilities (capabilities(7))."""
_CONTROLS = (
    ("memory.max", "max"),
    ("memory.high", "max"),
    ("cpu.max", "max"),
    ("pids.max", "max"),
    ("memory.limit_in_bytes", ""),
    ("cpu.cfs_quota_us", "-1"),
)
"""Files of a control group that hold a limit, and how that begins where there is none; the first four are of v2."""
_V1_UNLIMITED = 2**60
"""`memory.limit_in_bytes` has the largest whole page where there is no limit."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One resource limit (getrlimit(2))."""

    name: str
    """`RLIMIT_NOFILE`."""
    soft: int
    hard: int


@dataclass(frozen=True, slots=True)
class Group:
    """A control group that limits what is in it."""

    folder: str
    """Where its files are: `/sys/fs/cgroup/ada.slice`."""
    limits: tuple[str, ...]
    """`memory.max 2147483648`."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one process is held to."""

    limits: tuple[Limit, ...]
    niceness: int
    policy: int
    """SCHED_OTHER is 0 (sched(7))."""
    priority: int
    """Of the realtime policies."""
    processors: frozenset[int]
    oom_score_adj: int
    groups: tuple[Group, ...] = ()
    """Those that limit it, the innermost of each hierarchy first."""

    def limit(self, name: str) -> Limit | None:
        """The limit of this name."""
        return next((one for one in self.limits if one.name == name), None)


def bounds_of(pid: int) -> Bounds | None:
    """What a process is held to now; None where it cannot be read."""
    home = PROC / str(pid)
    try:
        lines = read_limited(home / "limits", 16 * 1024).decode("ascii", "replace").splitlines()
        adjusted = int(read_limited(home / "oom_score_adj", 64))
        policy, priority = os.sched_getscheduler(pid), os.sched_getparam(pid).sched_priority
        processors = frozenset(os.sched_getaffinity(pid))
        niceness = os.getpriority(os.PRIO_PROCESS, pid)
    except (OSError, ValueError):
        return None
    titles = {title: name for title, name, _ in LIMITS}
    limits = tuple(
        Limit(titles[line[:26].strip()], _number(line[26:47]), _number(line[47:68]))
        for line in lines
        if line[:26].strip() in titles
    )
    reset = getattr(os, "SCHED_RESET_ON_FORK", 0x40000000)
    return Bounds(limits, niceness, policy & ~reset, priority, processors, adjusted, tuple(_groups(pid)))


def _number(text: str) -> int:
    word = text.strip()
    return int(word) if word.isdecimal() else UNLIMITED


def _groups(pid: int) -> Iterator[Group]:
    """Its control groups that limit something, from each hierarchy the whole way up."""
    for line in (cgroup(pid) or "").splitlines()[:32]:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers.startswith("name=") or not path.startswith("/") or "/../" in f"{path}/":
            continue
        top = _mount(controllers)
        folder = top / path.lstrip("/") if top is not None else None
        while folder is not None and top is not None and folder != top:
            limits = tuple(_limits_in(folder))
            if limits:
                yield Group(str(folder), limits)
            folder = folder.parent


def _mount(controllers: str) -> Path | None:
    """Where a hierarchy usually is (systemd's own layout); None where it is not."""
    top = Path("/sys/fs/cgroup")
    places = [top / controllers] if controllers else [top, top / "unified"]
    return next((one for one in places if (one / "cgroup.procs").exists()), None)


def _limits_in(folder: Path) -> Iterator[str]:
    for name, free in _CONTROLS:
        try:
            text = read_limited(folder / name, 256).decode("ascii", "replace").strip()
        except OSError:
            continue  # that controller is not on here
        if not text or (free and text.startswith(free)) or (text.isdecimal() and int(text) > _V1_UNLIMITED):
            continue
        yield f"{name} {text}"


def reachable(wanted: Bounds, own: Bounds) -> Bounds:
    """What a child of jntui, which is held to `own`, can be given of `wanted`."""
    resources, scheduling = may(_SYS_RESOURCE), may(_SYS_NICE)
    limits = []
    for one in wanted.limits:
        ours = own.limit(one.name) or one
        hard = one.hard if resources or not _above(one.hard, ours.hard) else ours.hard
        limits.append(replace(one, soft=hard if _above(one.soft, hard) else one.soft, hard=hard))
    lowest = 20 - (ceiling.soft if (ceiling := own.limit("RLIMIT_NICE")) else 0)
    free = scheduling or wanted.niceness >= min(own.niceness, lowest)
    policed = scheduling or wanted.policy in _FREE_POLICIES
    ours_too = {one.folder for one in own.groups}
    return replace(
        wanted,
        limits=tuple(limits),
        niceness=wanted.niceness if free else own.niceness,
        policy=wanted.policy if policed else own.policy,
        priority=wanted.priority if policed else own.priority,
        oom_score_adj=wanted.oom_score_adj if resources else max(wanted.oom_score_adj, own.oom_score_adj),
        groups=tuple(one for one in wanted.groups if one.folder in ours_too or _can_enter(one)),
    )


def _above(one: int, other: int) -> bool:
    return other != UNLIMITED and (one == UNLIMITED or one > other)


def may(capability: int) -> bool:
    """jntui has this right (capabilities(7))."""
    try:
        lines = read_limited(PROC / "self" / "status", 64 * 1024).splitlines()
    except OSError:
        return False
    return any(int(line.split()[1], 16) >> capability & 1 for line in lines if line.startswith(b"CapEff:"))


def _can_enter(group: Group) -> bool:
    """A scope of systemd ends with the last process in it."""
    return not group.folder.endswith(".scope") and os.access(Path(group.folder, "cgroup.procs"), os.W_OK)


def differences(wanted: Bounds, got: Bounds) -> tuple[str, ...]:
    """What is not as it was, one sentence each."""
    found = []
    for one in wanted.limits:
        now = got.limit(one.name) or one
        # Jupyter itself raises the soft limit of open files (`ServerApp.min_open_files_limit`).
        raised = one.name == "RLIMIT_NOFILE" and _above(now.soft, one.soft)
        if now.hard != one.hard or (now.soft != one.soft and not raised):
            found.append(f"the limit of {_WORDS[one.name]} ({_shown(one)}): it is {_shown(now)} now")
    if wanted.niceness != got.niceness:
        found.append(f"the niceness {wanted.niceness}: it is {got.niceness} now")
    if (wanted.policy, wanted.priority) != (got.policy, got.priority):
        found.append(f"the scheduling policy {wanted.policy}: it is {got.policy} now")
    if wanted.processors != got.processors:
        found.append(f"the processors {_ranges(wanted.processors)}: they are {_ranges(got.processors)} now")
    if wanted.oom_score_adj != got.oom_score_adj:
        found.append(f"the oom_score_adj {wanted.oom_score_adj}: it is {got.oom_score_adj} now")
    there = {one.folder for one in got.groups}
    for group in wanted.groups:
        if group.folder not in there:
            found.append(f"the control group {group.folder} ({', '.join(group.limits)}): the new one is not in it")
    return tuple(found)


def _shown(limit: Limit) -> str:
    soft, hard = ("unlimited" if number == UNLIMITED else str(number) for number in (limit.soft, limit.hard))
    return soft if soft == hard else f"soft {soft}, hard {hard}"


def _ranges(numbers: frozenset[int]) -> str:
    """`0-3, 8`."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in parts)
