"""Stopping and restarting a server: what would happen, what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from jntui.model.start import Started

Rung = Literal["api", "SIGTERM", "SIGKILL"]


@dataclass(frozen=True, slots=True)
class Work:
    """A kernel that ends with its server."""

    kernel_id: str
    name: str
    """What a person knows it by: `train.ipynb`, else the kernel spec's name."""
    spec: str = ""
    """`python3`."""
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Another program that keeps the server running, and starts it again or minds its end."""

    kind: Literal["systemd", "jupyterhub", "container"]
    name: str
    """The unit, the hub's user, the container's id."""
    stop: str
    """The command that stops the server the right way, to type; for a hub the address of its page."""
    restart: str
    """The same for a restart; empty where there is none."""
    likely: bool = False
    """Only names tell that it is there: that of a program, of a parent process."""


@dataclass(frozen=True, slots=True)
class StopPlan:
    """What a stop would do, before it does it."""

    server: str
    """The server's id."""
    label: str
    pid: int | None
    rungs: tuple[Rung, ...]
    """The steps that would be tried, in order, without SIGKILL; empty when none is possible."""
    why_not: str = ""
    """Why nothing can be done from here, in one line; empty when a rung can be tried."""
    kernels: tuple[Work, ...] = ()
    kernels_known: bool = True
    """False: the server would not say what runs in it."""
    supervisor: Supervisor | None = None
    notes: tuple[str, ...] = ()
    """What else ends with it, one sentence each: the program around an embedded server, the terminal jntui is in."""
    owner: str = ""
    """The user whose server it is, where that is another one than who asks."""
    terminals: tuple[str, ...] = ()
    """The names of those that are open in it: `1`."""

    @property
    def work(self) -> str:
        """`3 kernels, 1 busy: train.ipynb; 1 terminal: 2`; empty when nothing runs.

        `its kernels are not known` when nobody tells.
        """
        if not self.kernels_known:
            return "its kernels are not known"
        return "; ".join(words for words in (self._kernels_words(), self._terminals_words()) if words)

    def began(self, agreed: StopPlan) -> bool:
        """Something would end with it now that was not to end when the user agreed, or does something now."""
        return agreed.kernels_known and not self._ending() <= agreed._ending()

    def _ending(self) -> frozenset[tuple[str, bool]]:
        """Kernels and terminals; a kernel that is busy twice."""
        kernels = {(f"kernel {one.kernel_id}", busy) for one in self.kernels for busy in {False, one.busy}}
        return frozenset(kernels | {(f"terminal {name}", False) for name in self.terminals})

    def _kernels_words(self) -> str:
        if not self.kernels:
            return ""
        busy = [kernel for kernel in self.kernels if kernel.busy]
        count = f"{len(self.kernels)} kernel{'s' if len(self.kernels) > 1 else ''}"
        named = ", ".join(kernel.name for kernel in (busy or list(self.kernels))[:3])
        left = len(busy or self.kernels) - 3
        more = f" and {left} more" if left > 0 else ""
        return f"{count}, {len(busy)} busy: {named}{more}" if busy else f"{count}: {named}{more}"

    def _terminals_words(self) -> str:
        if not self.terminals:
            return ""
        left = len(self.terminals) - 3
        more = f" and {left} more" if left > 0 else ""
        count = f"{len(self.terminals)} terminal{'s' if len(self.terminals) > 1 else ''}"
        return f"{count}: {', '.join(self.terminals[:3])}{more}"


@dataclass(frozen=True, slots=True)
class StopStep:
    """One rung that was tried."""

    rung: Rung
    ok: bool
    """The server ended by it."""
    words: str
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class Stopped:
    """How a stop went."""

    server: str
    stopped: bool
    """Its process is gone; of an embedded server only what listened may be, and its program goes on."""
    how: Rung | None
    """The rung that did it; None if it still runs, or was gone before."""
    port_free: bool | None
    """None: it had no port."""
    steps: tuple[StopStep, ...] = ()
    message: str = ""
    """The outcome in one line: who holds the port now, what to do when it still runs."""
    removed: tuple[str, ...] = ()
    """Files of its that were left behind and are removed now."""
    again: int | None = None
    """The pid of the server that its parent started in its place at once; the message says who that is."""


@dataclass(frozen=True, slots=True)
class RestartPlan:
    """What a restart would run, before it runs."""

    stop: StopPlan
    command: tuple[str, ...]
    """The argv; it never holds a secret."""
    cwd: str
    python: str
    port: int
    log: str
    kept: tuple[str, ...] = ()
    """What stays as it is, in words: `port 8888`, `17 environment variables`, `root directory ~/work`."""
    lost: tuple[str, ...] = ()
    """What could not be kept, and why, one sentence each."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """A server that runs again."""

    stopped: Stopped
    started: Started
    lost: tuple[str, ...] = ()


class StopFailed(Exception):
    """A stop or restart cannot be carried out: one clear line (what, where, what to do).

    `still_runs`: every step short of SIGKILL was tried, so that SIGKILL is the one that is left to ask about.
    """

    def __init__(self, message: str, *, still_runs: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.still_runs = still_runs
