"""Stops a server: what would be done, and the ladder that does it, each rung bounded and said.

The rungs: `POST api/shutdown`, as the server's own commands do; SIGTERM, which Jupyter takes as a request to clean up
and end (jupyter_server.serverapp, `_signal_stop`); and, only if allowed, SIGKILL. Before each rung the process is
proven anew to be that server (`proof`).
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter import removal
from jntui.jupyter.authorized import Authorized, authorize
from jntui.jupyter.command_line import GATEWAY, HUB
from jntui.jupyter.ports import holder_of
from jntui.jupyter.proof import NotProven, is_around_us, place_of, prove, same_process
from jntui.jupyter.rebirth import keeper_of, likely, started_again
from jntui.jupyter.rebirth import words_of as words_of_keeper
from jntui.jupyter.shutdown import ask_shutdown
from jntui.jupyter.supervisor import Surroundings, supervisor_of, words_of
from jntui.jupyter.work import running_work
from jntui.model import StopFailed, Stopped, StopPlan, StopStep
from jntui.text import visible
from jntui.transport import Deadline

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.jupyter.discovery import Discovery
    from jntui.jupyter.proof import Proof
    from jntui.jupyter.rebirth import Keeper
    from jntui.model import Rung, Server, Supervisor
    from jntui.process import Processes, ProcessFacts
    from jntui.process.signals import SignalName
    from jntui.transport import Transport

RUNG_S = 15.0
"""How long each rung is waited for: a server gives its kernels five seconds to end (`shutdown_wait_time`)."""
REAP_S = 0.5
"""A parent that takes longer to notice the end of its child is said to leave it a zombie."""
ASK_S = 3.0
"""How long a server is asked for its kernels and terminals."""
_SLICE_S = 0.25


def plan_stop(server: Server, discovery: Discovery, processes: Processes, transport: Transport) -> StopPlan:
    """What a stop would do; asks the server what runs in it, at most 3 seconds, and changes nothing.

    What stands against it is the plan's `why_not`, never an exception.
    """
    server = _asked(server, discovery)
    supervisor = minder_of(server, processes)
    refusal = _refusal(server, processes, supervisor)
    if server.state in {"stale", "other-user"}:
        return StopPlan(server.id, server.label, server.pid, (), refusal, kernels_known=server.state == "stale")
    try:
        proof = prove(server, processes)
    except NotProven as error:
        why = refusal or f"{server.label}: {error}"
        return StopPlan(server.id, server.label, server.pid, (), why, (), False, supervisor)
    way = authorize(server, proof)
    found = running_work(way, transport, Deadline(ASK_S)) if isinstance(way, Authorized) else None
    kernels, terminals = found if found is not None else ((), ())
    rungs, nothing = _rungs(server, proof, way)
    why = refusal or nothing
    return StopPlan(
        server=server.id,
        label=server.label,
        pid=server.pid,
        rungs=() if why else rungs,
        why_not=why,
        kernels=kernels,
        kernels_known=found is not None,
        terminals=terminals,
        supervisor=supervisor,
        notes=_notes(server, proof, processes),
        owner=_other_owner(proof.process),
    )


def stop(
    server: Server,
    discovery: Discovery,
    processes: Processes,
    transport: Transport,
    *,
    kill: bool = False,
    rung_s: float = RUNG_S,
    on_step: Callable[[str], None] | None = None,
) -> Stopped:
    """Stops the server by the first rung that ends it, each waited for at most `rung_s` seconds.

    `kill` allows SIGKILL as the last one. `on_step` gets a line before each rung. Files that the server leaves behind
    are removed. Raises StopFailed if nothing may be tried: one clear line.
    """
    server = _asked(server, discovery)
    refusal = _refusal(server, processes, minder_of(server, processes))
    if refusal:
        raise StopFailed(refusal)
    try:
        proof = prove(server, processes)
    except NotProven as error:
        raise StopFailed(f"{server.label}: {error}") from error
    _, nothing = _rungs(server, proof, authorize(server, proof))
    if nothing:
        raise StopFailed(nothing)
    folders = discovery.runtime_dirs
    ladder = _Ladder(server, proof, processes, transport, rung_s, on_step or _silent)
    keeper = keeper_of(proof.process, processes)
    how = ladder.climb(kill)
    if not ladder.ended:
        return ladder.still_runs(kill)
    return _kept_up(_after(ladder, how, discovery, folders), ladder, keeper)


def _silent(words: str) -> None:
    """Nobody listens to the steps."""


def _asked(server: Server, discovery: Discovery) -> Server:
    """The server after it said who it is, if it never did; with no more token than it came with."""
    if server.asked or server.state not in {"running", "unresponsive"}:
        return server
    return replace(discovery.ask(server), token=server.token)


def minder_of(server: Server, processes: Processes) -> Supervisor | None:
    """Who else minds its end; nobody where that cannot be told."""
    if server.pid is None or server.state in {"stale", "other-user"}:
        return None
    process = processes.look(server.pid)
    if process is None:
        return None
    parent = processes.look(process.ppid) if process.ppid else None
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return supervisor_of(
        Surroundings(
            pid=process.pid,
            ppid=process.ppid,
            parent_name=parent.name if parent is not None else "",
            user=process.user or "",
            port=server.port,
            cgroup=processes.cgroup(process.pid) or "",
            own_cgroup=processes.cgroup(os.getpid()) or "",
            root=root,
            mine=not hasattr(os, "geteuid") or process.uid == os.geteuid(),
            environ=processes.environ(process.pid) or {},
            hub=server.app == HUB or server.auth == "hub",
            hub_answers=server.auth == "hub",
        )
    )


def _refusal(server: Server, processes: Processes, supervisor: Supervisor | None) -> str:
    """Why the server is not to be stopped from here, in one line; empty if it may be."""
    if server.state == "stale":
        hint = "; the screen of jntui removes the files it left behind" if server.info_file else ""
        return f"{server.label} does not run: {server.reason}{hint}"
    if server.state == "other-user":
        who = server.user or "another user"
        either = who if who == "root" else f"{who} or root"
        return f"{server.label} belongs to {who}: only {either} can stop it: sudo jntui stop {server.pid}"
    if supervisor is not None:
        return f"{server.label}: {words_of(supervisor)}"
    if server.state == "starting":
        return f"{server.label} is still starting: try again in a moment"
    if server.pid == os.getpid():
        return f"{server.label} is jntui's own process"
    if server.pid is not None and not server.listeners:
        return f"{server.label}: {server.reason or 'it does not listen on this machine'}"
    return ""


def _rungs(server: Server, proof: Proof, way: Authorized | str) -> tuple[tuple[Rung, ...], str]:
    """The rungs that may be tried, SIGKILL apart; without any, why, in one line."""
    no_api, no_signal = _no_api(server, way), _no_signal(server, proof)
    rungs: list[Rung] = []
    if not no_api:
        rungs.append("api")
    if not no_signal:
        rungs.append("SIGTERM")
    return tuple(rungs), "" if rungs else f"{server.label} is not asked to end ({no_api}) nor signalled ({no_signal})"


def _no_api(server: Server, way: Authorized | str) -> str:
    """Why its API is not asked; empty if it is."""
    if server.app == GATEWAY:
        return "a Kernel Gateway has no shutdown in its API"
    return way if isinstance(way, str) else ""


def _no_signal(server: Server, proof: Proof) -> str:
    """Why its process gets no signal; empty if it may."""
    process = proof.process
    if not proof.owned:
        return f"who listens on {place_of(server)} cannot be read from here"
    if not proof.jupyter and not (server.state == "running" and server.asked):
        name = visible(process.name, 64)
        return f"pid {process.pid} ({name}) neither answers as Jupyter nor was started as one"
    if process.pid == 1 and not proof.jupyter:
        return "pid 1 is this system's first process"
    return ""


def _notes(server: Server, proof: Proof, processes: Processes) -> tuple[str, ...]:
    """What else ends with it."""
    again = likely(keeper_of(proof.process, processes))
    notes = [again] if again else []
    if not proof.jupyter:
        notes.append(f"it runs inside another program ({_program(proof.process)}), which SIGTERM ends as well")
    if is_around_us(proof.process.pid, processes):
        notes.append("jntui runs in a terminal of this server and ends with it")
    if proof.process.pid == 1:
        notes.append("it is the first process of this container, which ends with it")
    if proof.process.suspended:
        notes.append(f"pid {proof.process.pid} is suspended (ctrl-Z): it ends once it goes on (fg, kill -CONT)")
    owner = _other_owner(proof.process)
    if owner:
        notes.append(f"it belongs to {owner}")
    return tuple(notes)


def _other_owner(process: ProcessFacts) -> str:
    """Whose it is, if not the user's who asks."""
    if not hasattr(os, "geteuid") or process.uid in {None, os.geteuid()}:
        return ""
    return visible(process.user or str(process.uid), 64)


def _program(process: ProcessFacts) -> str:
    """`python3 myapp.py`: no more of the command line, which may hold a secret."""
    words = process.argv or (process.name,)
    script = Path(words[1]).name if len(words) > 1 and words[1].endswith(".py") else ""
    return visible(f"{Path(words[0]).name} {script}".strip(), 100)


class _Ladder:
    """The rungs of one stop, from gentle to hard."""

    def __init__(
        self,
        server: Server,
        proof: Proof,
        processes: Processes,
        transport: Transport,
        rung_s: float,
        on_step: Callable[[str], None],
    ) -> None:
        self.server = server
        self.proof = proof
        self.processes = processes
        self.steps: list[StopStep] = []
        self.ended = False
        self._transport = transport
        self._rung_s = rung_s
        self._on_step = on_step
        self._asked_to_end = False
        """A proven process was asked to end: from then on it may have closed its socket."""

    def climb(self, kill: bool) -> Rung | None:
        """Tries one rung after the other; the one that ended it, None if it ended by itself or still runs."""
        rungs: tuple[Rung, ...] = ("api", "SIGTERM", "SIGKILL") if kill else ("api", "SIGTERM")
        for rung in rungs:
            begin = time.monotonic()
            ok, words = self._api() if rung == "api" else self._signal(rung)
            self.steps.append(StopStep(rung, ok, words, round(time.monotonic() - begin, 2)))
            if self.ended:
                return rung if ok else None
        return None

    def _api(self) -> tuple[bool, str]:
        way = authorize(self.server, self.proof)
        why_not = _no_api(self.server, way)
        if why_not or not isinstance(way, Authorized):
            return False, f"its API was not asked: {why_not}"
        self._on_step(f"asking {self.server.label} to shut down")
        deadline = Deadline(self._rung_s)
        asked = ask_shutdown(way, self._transport, deadline)
        if not asked.accepted:
            self.ended = not self._alive()
            return False, "it ended by itself" if self.ended else f"its API did not do it: {asked.words}"
        self._asked_to_end = self.proof.jupyter
        if self._wait(deadline):
            return True, f"it shut down when asked{self._end_words()}"
        return False, f"its API was asked ({asked.words}), but {self._still_words()}"

    def _signal(self, rung: Rung) -> tuple[bool, str]:
        name: SignalName = "SIGKILL" if rung == "SIGKILL" else "SIGTERM"
        try:
            process = self._target()
        except NotProven as error:
            self.ended = not self._alive()
            return False, f"{name} was not sent: {error}"
        self._on_step(f"sending {name} to pid {process.pid}")
        try:
            self.processes.signal(process, name)
        except ProcessLookupError:
            self.ended = True
            return False, f"{name} was not sent: pid {process.pid} had ended"
        except PermissionError:
            return False, f"{name} may not be sent to pid {process.pid}: only its user or root may"
        except OSError as error:
            return False, f"{name} could not be sent to pid {process.pid}: {error.strerror or error}"
        self._asked_to_end = True
        if self._wait(Deadline(self._rung_s)):
            return True, f"{name} to pid {process.pid} ended it{self._end_words()}"
        return False, f"{name} was sent to pid {process.pid}, but {self._still_words()}"

    def _target(self) -> ProcessFacts:
        """The process, proven at this moment. Raises NotProven."""
        if self._asked_to_end:
            # It closes its socket first and may hang after that; its start and its user still tell it.
            return same_process(self.server, self.processes)
        proof = prove(self.server, self.processes)
        why_not = _no_signal(self.server, proof)
        if why_not:
            raise NotProven(why_not)
        return proof.process

    def _wait(self, deadline: Deadline) -> bool:
        """The process ended in time; of an embedded server that it listens no more is enough."""
        embedded = not self.proof.jupyter
        while not self.ended:
            left = deadline.left()
            self.ended = self.processes.wait_end(self.proof.process, min(_SLICE_S, left) if embedded else left)
            self.ended = self.ended or (embedded and not self._listens())
            if left <= 0:
                break
        return self.ended

    def _alive(self) -> bool:
        return not self.processes.wait_end(self.proof.process, 0)

    def _listens(self) -> bool:
        try:
            prove(self.server, self.processes)
        except NotProven:
            return False
        return True

    def _end_words(self) -> str:
        """What is left of the process, in words after a semicolon; empty if nothing is."""
        deadline = Deadline(min(REAP_S, self._rung_s))
        while True:
            now = self.processes.look(self.proof.process.pid)
            if now is None or now.create_time != self.proof.process.create_time:
                return ""
            if not now.zombie and deadline.left() <= 0:
                return f"; its program ({_program(now)}, pid {now.pid}) had not ended yet"
            if deadline.left() <= 0:
                return f"; its parent (pid {now.ppid}) has not reaped it"
            time.sleep(0.01)

    def _still_words(self) -> str:
        now = self.processes.look(self.proof.process.pid)
        if now is not None and now.suspended:
            return f"it is suspended (ctrl-Z) and ends once it goes on: kill -CONT {now.pid}"
        return f"it still runs after {self._rung_s:g} s"

    def still_runs(self, kill: bool) -> Stopped:
        """The outcome when no rung ended it."""
        name = self.server.port or self.server.id
        more = "" if kill else f"; `jntui stop {name} --kill` ends it at once, and nothing is saved"
        said = "; ".join(step.words for step in self.steps)
        message = f"{self.server.label} still runs (pid {self.server.pid}): {said}{more}"
        port_free = False if self.server.port else None
        return Stopped(self.server.id, False, None, port_free, tuple(self.steps), message)


def _after(ladder: _Ladder, how: Rung | None, discovery: Discovery, folders: tuple[str, ...]) -> Stopped:
    """What is left once it has ended: who has the port, which files stayed."""
    server, steps = ladder.server, tuple(ladder.steps)
    said = [steps[-1].words if how is None else f"{server.label} is stopped: {steps[-1].words}"]
    port_free = None
    if server.port:
        held = any(entry.port == server.port for entry in ladder.processes.sockets().listeners)
        holder = holder_of(server.port, ladder.processes) or "another user's process holds it"
        said.append(f"port {server.port} is {f'not free: {holder}' if held else 'free'}")
        port_free = not held
    removed, trouble = _left_behind(server, discovery, folders)
    removed += _sockets_left_behind(server, ladder.proof.process.uid, ladder.processes)
    if removed:
        said.append(f"removed {', '.join(visible(Path(one).name) for one in removed)}, which it left behind")
    if trouble:
        said.append(trouble)
    return Stopped(server.id, True, how, port_free, steps, "; ".join(said), removed)


def _kept_up(stopped: Stopped, ladder: _Ladder, keeper: Keeper | None) -> Stopped:
    """The same, unless its parent starts it again."""
    again = started_again(keeper, ladder.proof.process, ladder.processes)
    if keeper is None or again is None:
        return stopped
    port_free = None if stopped.port_free is None else False
    said = "; ".join(words for words in stopped.message.split("; ") if not words.startswith("port "))
    return replace(stopped, message=f"{said}; {words_of_keeper(keeper, again)}", port_free=port_free, again=again.pid)


def _sockets_left_behind(server: Server, uid: int | None, processes: Processes) -> tuple[str, ...]:
    """Removes the unix sockets that Jupyter leaves in the way of its next start; nobody listens on them any more."""
    taken = {entry.path for entry in processes.sockets().listeners if entry.path}
    removed = []
    for path in (Path(entry.path) for entry in server.listeners if entry.path and entry.path not in taken):
        try:
            if path.is_absolute() and removal.remove_socket(path, uid):
                removed.append(str(path))
        except OSError:
            continue  # gone already, or not ours to remove: then it is in nobody's way but its owner's
    return tuple(removed)


def _left_behind(server: Server, discovery: Discovery, folders: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Removes the info file and the redirect file if they stayed; what is gone, and what could not be done."""
    if server.info_file is None:
        return (), ""
    path = Path(server.info_file)
    if not path.exists() and not path.with_name(f"{path.stem}-open.html").exists():
        return (), ""
    try:
        return removal.remove_info_file(server, discovery, folders), ""
    except ValueError as error:
        return (), str(error)
    except OSError as error:
        return (), f"{visible(path.name)} stays: {error.strerror or error}"
