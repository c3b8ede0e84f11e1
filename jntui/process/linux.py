"""What reads /proc/PID for the process seam: Linux only, the standard library only (proc(5))."""

from __future__ import annotations

import functools
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.process.facts import ProcessFacts, Session, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jntui.process.facts import Namespace

PROC = Path("/proc")

CMDLINE_LIMIT = 64 * 1024
"""Bytes that are read of one command line."""
ENVIRON_LIMIT = 1024 * 1024
MAPS_LIMIT = 4 * 1024 * 1024
PROCESS_LIMIT = 32768


def read_limited(path: Path, limit: int) -> bytes:
    """At most `limit` bytes of a file of /proc. Raises OSError."""
    with path.open("rb", buffering=0) as stream:
        parts: list[bytes] = []
        size = 0
        while size < limit:
            part = stream.read(min(65536, limit - size))
            if not part:
                break
            parts.append(part)
            size += len(part)
        return b"".join(parts)


@functools.lru_cache(maxsize=1)
def _boot_time() -> float:
    """Seconds since 1970 at which the kernel started (`btime`, whole seconds)."""
    for line in read_limited(PROC / "stat", 1024 * 1024).splitlines():
        if line.startswith(b"btime "):
            return float(line.split()[1])
    return 0.0


@functools.lru_cache(maxsize=1024)
def _user_name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def pids() -> list[int]:
    """Every process id that can be seen, ascending, at most `PROCESS_LIMIT`."""
    try:
        names = os.listdir(PROC)  # noqa: PTH208 - a Path for each of thousands of names costs more than the look
    except OSError:
        return []
    return sorted(int(name) for name in names if name.isdecimal())[:PROCESS_LIMIT]


def look(pid: int) -> ProcessFacts | None:
    """The facts of one process; None if there is none with that id."""
    home = PROC / str(pid)
    try:
        fields = read_limited(home / "stat", 4096)
        uid = home.stat().st_uid
    except (OSError, ValueError):
        return None
    # The name stands in parentheses and may itself hold spaces and parentheses: the last one ends it.
    start, end = fields.find(b"("), fields.rfind(b")")
    rest = fields[end + 1 :].split()
    if start < 0 or end < start or len(rest) < 20:
        return None
    zombie = rest[0] in (b"Z", b"X", b"x")
    return ProcessFacts(
        pid=pid,
        create_time=_boot_time() + int(rest[19]) / os.sysconf("SC_CLK_TCK"),
        zombie=zombie,
        name=os.fsdecode(fields[start + 1 : end]),
        argv=() if zombie else _argv(home),
        user=_user_name(uid),
        uid=uid,
        ppid=int(rest[1]),
        suspended=rest[0] in (b"T", b"t"),
    )


def _argv(home: Path) -> tuple[str, ...] | None:
    try:
        raw = read_limited(home / "cmdline", CMDLINE_LIMIT)
    except OSError:
        return None
    return tuple(os.fsdecode(part) for part in raw.rstrip(b"\0").split(b"\0")) if raw else ()


def listing() -> Iterator[ProcessFacts]:
    """Every process that can be seen, in the order of their ids."""
    for pid in pids():
        facts = look(pid)
        if facts is not None:
            yield facts


def environ(pid: int) -> Mapping[str, str] | None:
    """The environment a process was started with; None where it cannot be read."""
    try:
        raw = read_limited(PROC / str(pid) / "environ", ENVIRON_LIMIT)
    except OSError:
        return None
    pairs = (os.fsdecode(part).partition("=") for part in raw.split(b"\0") if b"=" in part)
    return {key: value for key, _, value in pairs}


def cwd(pid: int) -> str | None:
    """The working directory of a process; None where it cannot be read."""
    try:
        return str((PROC / str(pid) / "cwd").readlink())
    except OSError:
        return None


def umask(pid: int) -> int | None:
    """`Umask` of /proc/PID/status; None where it cannot be read (before Linux 4.7 it is not there)."""
    try:
        lines = read_limited(PROC / str(pid) / "status", 64 * 1024).splitlines()
    except OSError:
        return None
    return next((int(line.split()[1], 8) for line in lines if line.startswith(b"Umask:")), None)


def error_output(pid: int) -> str | None:
    """What file descriptor 2 of a process leads to; None where it cannot be read."""
    try:
        return str((PROC / str(pid) / "fd" / "2").readlink())
    except OSError:
        return None


def usage(pid: int) -> Usage | None:
    """Memory and processor time of a process; None where there is none."""
    try:
        fields = read_limited(PROC / str(pid) / "stat", 4096)
    except OSError:
        return None
    rest = fields[fields.rfind(b")") + 1 :].split()
    if len(rest) < 22:
        return None
    ticks = int(rest[11]) + int(rest[12])
    return Usage(int(rest[21]) * os.sysconf("SC_PAGE_SIZE"), ticks / os.sysconf("SC_CLK_TCK"))


def session(pid: int) -> Session | None:
    """Its session, controlling terminal and what it does at SIGHUP (proc_pid_status(5), SigIgn and SigCgt)."""
    try:
        fields = read_limited(PROC / str(pid) / "stat", 4096)
        lines = read_limited(PROC / str(pid) / "status", 64 * 1024).splitlines()
    except OSError:
        return None
    rest = fields[fields.rfind(b")") + 1 :].split()
    masks = [int(line.split()[1], 16) for line in lines if line.startswith((b"SigIgn:", b"SigCgt:"))]
    if len(rest) < 6 or not masks:
        return None
    group, sid, terminal, foreground = (int(field) for field in rest[2:6])
    background = terminal != 0 and group != foreground
    return Session(sid, terminal != 0, any(mask & 1 for mask in masks), background, group)


def standard_output(pid: int) -> str | None:
    """The same of file descriptor 1."""
    try:
        return str((PROC / str(pid) / "fd" / "1").readlink())
    except OSError:
        return None


def output_file(pid: int, descriptor: int) -> str | None:
    """A path that opens the regular file behind a descriptor, wherever it was moved to; None if it is no such file."""
    path = PROC / str(pid) / "fd" / str(descriptor)
    try:
        return str(path) if stat.S_ISREG(path.stat().st_mode) else None
    except OSError:
        return None


def cgroup(pid: int) -> str | None:
    """The control groups of a process, one a line; None where they cannot be read."""
    try:
        return os.fsdecode(read_limited(PROC / str(pid) / "cgroup", 64 * 1024))
    except OSError:
        return None


def loads_tornado(pid: int) -> bool:
    """A compiled module of tornado (`speedups`) is mapped into the process."""
    try:
        return b"/tornado/" in read_limited(PROC / str(pid) / "maps", MAPS_LIMIT)
    except OSError:
        return False


def inner_pid(pid: int) -> int | None:
    """The number of a process in a pid namespace below ours (`NSpid`, proc_pid_status(5)); None if it is in ours."""
    try:
        lines = read_limited(PROC / str(pid) / "status", 64 * 1024).splitlines()
    except OSError:
        return None
    pids = next((line.split()[1:] for line in lines if line.startswith(b"NSpid:")), [])
    return int(pids[-1]) if len(pids) > 1 else None


def same_root(pid: int) -> bool | None:
    """Whether `/` is the same directory for a process as for jntui; None where that cannot be read."""
    try:
        own, other = (PROC / "self" / "root").stat(), (PROC / str(pid) / "root").stat()
    except OSError:
        return None
    return (own.st_dev, own.st_ino) == (other.st_dev, other.st_ino)


def net_namespace(pid: int) -> Namespace:
    """Whether a process is in jntui's own network namespace (namespaces(7))."""
    try:
        own = (PROC / "self" / "ns" / "net").stat().st_ino
        other = (PROC / str(pid) / "ns" / "net").stat().st_ino
    except OSError:
        return "unknown"
    return "same" if own == other else "other"
