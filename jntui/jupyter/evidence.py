"""From evidence to a state: one pure function, so that every case stands as a row in its test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.jupyter.command_line import interpreter_of
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.command_line import CommandLine
    from jntui.jupyter.rest import ServerAnswer
    from jntui.model import Listener, State
    from jntui.process.facts import Namespace, ProcessFacts

START_WINDOW_S = 30.0
"""So long may a process be without a listener before it no longer counts as starting."""
REUSE_MARGIN_S = 2.0
"""Clocks of the file system and of processes differ by up to this."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who listens on the port instead."""

    pid: int | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that is known of one claimed server at one moment."""

    pid: int | None
    process: ProcessFacts | None = None
    command: CommandLine | None = None
    """What its command line runs; None: no Jupyter application, or not readable."""
    port: int | None = None
    sock: str = ""
    listeners: tuple[Listener, ...] = ()
    """Its own, on that port or socket."""
    elsewhere: tuple[Listener, ...] = ()
    """Its own, elsewhere."""
    holder: Holder | None = None
    has_file: bool = False
    file_time: float = 0.0
    """mtime of the info file, seconds since 1970."""
    file_uid: int | None = None
    """Who owns the info file."""
    unreadable: str = ""
    """Why the info file could not be read."""
    namespace: Namespace = "same"
    age_s: float = 1e9
    """Since the process began."""
    foreign: bool = False
    """The process belongs to another user and we are not root."""
    answer: ServerAnswer | None = None

    @property
    def place(self) -> str:
        """Where it should listen, in words."""
        return visible(self.sock) if self.sock else f"port {self.port}"


def decide(evidence: Evidence) -> tuple[State, str]:
    """The state and its reason; the reason is empty only for `running`."""
    process = evidence.process
    if process is None:
        gone = f"pid {evidence.pid} is gone" if evidence.pid else ""
        if evidence.unreadable:
            return "stale", "; ".join(filter(None, (f"its info file cannot be used: {evidence.unreadable}", gone)))
        return "stale", gone or "it names no process"
    if process.zombie:
        return "stale", f"pid {evidence.pid} has ended and waits for its parent (a zombie)"
    if evidence.unreadable and not evidence.command:
        return "stale", f"its info file cannot be used: {evidence.unreadable}"
    if evidence.foreign:
        return _of_another_user(evidence, process)
    if None not in (evidence.file_uid, process.uid) and evidence.file_uid != process.uid:
        # A token must not go to whoever got this pid and this port after us.
        return "stale", f"pid {evidence.pid} is {_name(process)} of {visible(process.user or '?', 64)}, not this server"
    if evidence.listeners:
        return _listening(evidence, process)
    return _silent(evidence, process)


def _of_another_user(evidence: Evidence, process: ProcessFacts) -> tuple[State, str]:
    user = visible(process.user or "another user", 64)
    if evidence.command is None:
        return "stale", f"pid {evidence.pid} is {_name(process)} of {user}, not this server"
    return "other-user", f"it belongs to {user}: its files and sockets cannot be read from here"


def _listening(evidence: Evidence, process: ProcessFacts) -> tuple[State, str]:
    answer = evidence.answer
    if evidence.command is None and _is_later(evidence, process) and (answer is None or answer.kind != "jupyter"):
        # A Jupyter by its command line is believed: a clock that was set after its start makes it look younger.
        return "stale", _another(evidence, process)
    if answer is None or answer.kind == "jupyter":
        return "running", ""
    if answer.kind == "not" and evidence.command is None:
        return "stale", f"pid {evidence.pid} is {_name(process)} now, not Jupyter: {answer.reason}"
    return "unresponsive", answer.reason or f"{evidence.place} does not answer"


def _silent(evidence: Evidence, process: ProcessFacts) -> tuple[State, str]:
    """The process lives and does not listen where it should."""
    pid = evidence.pid
    if _is_later(evidence, process):
        return "stale", _another(evidence, process)
    if evidence.command is None and process.argv is not None and interpreter_of(process.argv) is None:
        return "stale", f"pid {pid} is {_name(process)}, not Jupyter"
    if evidence.namespace == "other":
        return "unresponsive", "in another network namespace (a container?): this machine has no port of it"
    if evidence.age_s < START_WINDOW_S:
        return "starting", "it was started just now and does not listen yet"
    where = f"pid {pid} does not listen on {evidence.place}"
    if evidence.holder is not None:
        return "stale", f"{where}: {_held(evidence)}"
    if evidence.elsewhere:
        return "stale", f"{where} but on {evidence.elsewhere[0].text}"
    return "stale", where


def _is_later(evidence: Evidence, process: ProcessFacts) -> bool:
    """The process began after the info file was written: the pid was given out again."""
    return evidence.has_file and process.create_time > evidence.file_time + REUSE_MARGIN_S


def _another(evidence: Evidence, process: ProcessFacts) -> str:
    return f"pid {evidence.pid} is another process now: {_name(process)}, begun after the info file was written"


def _held(evidence: Evidence) -> str:
    holder = evidence.holder
    if holder is None or holder.pid is None:
        return f"{evidence.place} is held by another user's process"
    name = f" ({visible(holder.name, 64)})" if holder.name else ""
    return f"{evidence.place} is held by pid {holder.pid}{name}"


def _name(process: ProcessFacts) -> str:
    return visible(process.name, 64) or "another program"
