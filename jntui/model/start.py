"""Starting a server: what is asked for, what would run, what ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What `jntui start` or the start dialog asks for."""

    app: Literal["lab", "notebook", "server"] | None = None
    """None: JupyterLab if that Python has it, else Notebook, else the bare server."""
    port: int | None = None
    """None: 8888, or the next free one."""
    root_dir: str | None = None
    """None: the working directory."""
    python: str | None = None
    """An interpreter or the folder of an environment; None: as the contract orders."""
    options: tuple[str, ...] = ()
    """More options for Jupyter, as typed."""


@dataclass(frozen=True, slots=True)
class StartPlan:
    """What a start would run, before it runs: for the preview and for the dialog."""

    app: Literal["lab", "notebook", "server"]
    python: str
    """The interpreter that will run it."""
    chosen: str
    """Where that interpreter comes from, in words: `--python`, `VIRTUAL_ENV`, `CONDA_PREFIX`, ..."""
    command: tuple[str, ...]
    """The argv; it never holds a secret."""
    port: int
    root_dir: str
    log: str
    """The log file that it would write."""
    options: tuple[str, ...] = ()
    """Those of them that were asked for."""


@dataclass(frozen=True, slots=True)
class Started:
    """A server that jntui started and that answers."""

    server_id: str
    pid: int
    log: str
    python: str
    """The interpreter, and in words where the choice came from is `chosen`."""
    chosen: str
    command: tuple[str, ...]
    """The argv; it never holds a secret."""
    typed: str = ""
    """What starts it by hand from a shell, with its directory and Jupyter's variables."""


class StartFailed(Exception):
    """A server could not be started: `message` is one clear line, `tail` the last lines of its log, secrets masked.

    `by_hand`: the line that starts from a shell what a restart has stopped; `message` ends with it.
    """

    def __init__(self, message: str, log: str | None = None, tail: tuple[str, ...] = (), *, by_hand: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.log = log
        self.tail = tail
        self.by_hand = by_hand


class StartRefused(StartFailed):
    """Nothing was started, as the request cannot be carried out: a wrong option, directory or Python."""
