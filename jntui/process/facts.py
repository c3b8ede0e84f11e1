"""What is known of one process, whichever system told it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Namespace = Literal["same", "other", "unknown"]
"""Whether a process sees the same network as jntui."""


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """One process at one moment."""

    pid: int
    create_time: float
    """Start, seconds since 1970; one system's clock tick (10 ms) to one second exact."""
    zombie: bool
    """It has ended and waits for its parent to notice."""
    name: str
    """The system's short name, from outside: not yet fit for a screen."""
    argv: tuple[str, ...] | None = field(repr=False)
    """The command line, which may hold a token; None where it cannot be read."""
    user: str | None = None
    """The owner's login name, the number where there is no name; None where it cannot be read."""
    uid: int | None = None
    ppid: int | None = None
    suspended: bool = False
    """It is stopped by job control (ctrl-Z, SIGSTOP) or a debugger: signals but SIGKILL wait until it goes on."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one process takes of the machine."""

    rss_bytes: int
    """Resident memory; what is shared with others counts for each."""
    cpu_s: float
    """Processor time since its start, user and system."""


@dataclass(frozen=True, slots=True)
class Session:
    """How a process hangs on a login (credentials(7), signal(7))."""

    sid: int
    """The process that leads its session: a login's shell; its own pid where it was detached."""
    terminal: bool
    """It has a controlling terminal, whose end sends SIGHUP."""
    ignores_hangup: bool
    """SIGHUP is ignored (nohup) or caught."""
    background: bool = False
    """Its process group is not the one in the foreground of its terminal: a job that was started with `&`."""
    group: int = 0
    """Its process group: all of one job of a shell, and not that shell."""
