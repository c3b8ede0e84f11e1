"""The log of a server: where it is, and its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LogKind = Literal["jntui", "stderr", "stdout", "journal", "none"]
"""What keeps it: a file that jntui made, one that its output was redirected to, the journal of its unit, nothing."""


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where the log of one server is."""

    kind: LogKind
    words: str
    """Where it is, or why there is none, in one sentence."""
    path: str = ""
    """The file as its process names it; empty where it is none."""
    unit: str = ""
    """The systemd unit whose journal holds it."""
    how: str = ""
    """How to have one, where there is none."""
    source: str = ""
    """What is opened: it leads to the file even where that was renamed or lies in another mount namespace."""
    command: tuple[str, ...] = ()
    """What prints the journal, without the number of lines."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line, secrets masked, without control characters."""

    text: str
    level: Literal["error", "warning", "", "note"] = ""
    """`note`: no line of the log, but what jntui says of it: it was cut, or something was left out."""
