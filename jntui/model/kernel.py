"""What runs in a server: kernels with their sessions, terminals, and whether people can edit together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

KernelVerb = Literal["interrupt", "restart", "shutdown"]


@dataclass(frozen=True, slots=True)
class Kernel:
    """One kernel of `api/kernels`, with the session that names it."""

    id: str
    spec: str = ""
    """The kernel spec's name: `python3`."""
    path: str = ""
    """What its first session is for, below the root directory: `work/train.ipynb`; empty where there is no session."""
    sessions: int = 0
    """Sessions (notebooks, consoles) that share it."""
    state: str = ""
    """`execution_state` as the server says: `idle`, `busy`, `starting`, `dead`, ..."""
    last_activity: datetime | None = None
    """UTC; of an idle kernel, since when it is."""
    connections: int | None = None
    """WebSockets that are open to it: one for each tab that shows it."""
    pid: int | None = None
    """Its process, where it runs on this machine and can be seen."""
    rss_bytes: int | None = None
    cpu_percent: float | None = None
    """Of one core, during the look; 100 is one core busy."""
    cpu_s: float | None = None
    """Processor time since its start."""

    @property
    def label(self) -> str:
        """What a person knows it by: its notebook's name, else its spec."""
        return self.path.rsplit("/", 1)[-1] or self.spec or self.id


@dataclass(frozen=True, slots=True)
class Terminal:
    """One of `api/terminals`."""

    name: str
    last_activity: datetime | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """All of it, at one moment."""

    server: str
    """The server's id."""
    kernels: tuple[Kernel, ...] = ()
    terminals: tuple[Terminal, ...] | None = ()
    """None: this server has none, they are switched off or not installed."""
    collaboration: bool | None = None
    """Real-time collaboration is there: two people in one notebook see each other; None where that cannot be told."""
    collaboration_words: str = ""
    """Why, and how to add it."""


class KernelRefused(Exception):
    """Nothing was learned or done: `message` is one clear line."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
