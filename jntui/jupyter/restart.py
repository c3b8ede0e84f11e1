"""Restarts a server: stops it by the ladder of `stop`, and starts what its process shows it was started as.

Whatever can be found out to be in the way is found out before anything is stopped. What a config file says now takes
effect; everything else stays as it was.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter import moved_secrets
from jntui.jupyter.birth import birth_of, with_dropped
from jntui.jupyter.command_line import GATEWAY
from jntui.jupyter.logs import log_path, logs_in_use, open_log
from jntui.jupyter.managed import ManagedServers, state_dir
from jntui.jupyter.newborn import Newborn
from jntui.jupyter.ports import holder_of
from jntui.jupyter.proof import is_around_us
from jntui.jupyter.relaunch import relaunch_of, to_leave, to_type, words_without_secrets
from jntui.jupyter.secret_options import masked_words
from jntui.jupyter.settings.effective import configuration
from jntui.jupyter.settings.listing import DOES_NOT_START
from jntui.jupyter.settings.options import without_typed
from jntui.jupyter.settings.subject import of_server
from jntui.jupyter.stop import RUNG_S, plan_stop, stop
from jntui.jupyter.supervisor import keeps
from jntui.model import Restarted, RestartPlan, Started, StartFailed, StartRefused, StopFailed
from jntui.text import visible
from jntui.transport import Deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jntui.jupyter.birth import Birth
    from jntui.jupyter.discovery import Discovery
    from jntui.jupyter.relaunch import Relaunch
    from jntui.model import Configuration, Server, Stopped, StopPlan, Supervisor
    from jntui.process import Processes
    from jntui.transport import Transport

WAIT_S = 60.0
"""How long the new server is waited for."""
_WILL_NOT_START = "Jupyter will not start with it"
"""How the note of a setting begins that ends Jupyter at its start."""


@dataclass(frozen=True, slots=True)
class Rewording:
    """What the next start says on its command line that the running server's did not."""

    options: frozenset[str] = frozenset()
    """Options that go with their values, so that a file decides; as they were typed: `--ip`."""
    add: tuple[str, ...] = ()
    """Words that come: none of them a secret."""
    keep_token: bool = True
    """A token that Jupyter made itself stays: open tabs go on working."""
    port: int | None = None
    """The port that a file names from now on, 0 for any free one; None: the running one stays."""

    def of(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words of the next start."""
        return (*without_typed(words, self.options)[0], *self.add)

    def dropped(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words that go."""
        return without_typed(words, self.options)[1]


SAME = Rewording()
"""Everything as it was."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that is known before the server is stopped."""

    plan: RestartPlan
    birth: Birth
    relaunch: Relaunch
    folder: Path
    """Where secrets move to."""
    used: tuple[Path, ...]
    """Such directories that the new server reads, that one and those of earlier restarts."""
    gateway: bool
    own: Mapping[str, str] = field(repr=False)
    """jntui's own environment."""

    @property
    def by_hand(self) -> str:
        """The line that starts the server from a shell."""
        return to_type(self.relaunch.shown, self.relaunch.environ, self.own, self.birth.cwd)

    @property
    def to_leave(self) -> str:
        """The same for one that outlives the shell."""
        return to_leave(self.relaunch.shown, self.relaunch.environ, self.own, self.birth.cwd)


def plan_restart(
    server: Server,
    discovery: Discovery,
    processes: Processes,
    transport: Transport,
    environ: Mapping[str, str],
    home: str,
    rewording: Rewording = SAME,
) -> RestartPlan:
    """What a restart would run; asks the server for its kernels and its Python for its directories, changes nothing.

    `environ` and `home` are jntui's own. Raises StopFailed: one clear line why it is not restarted from here.
    """
    return prepare(server, discovery, processes, transport, environ, home, rewording).plan


def restart(
    server: Server,
    discovery: Discovery,
    processes: Processes,
    transport: Transport,
    environ: Mapping[str, str],
    home: str,
    *,
    kill: bool = False,
    rung_s: float = RUNG_S,
    wait_s: float = WAIT_S,
    on_step: Callable[[str], None] | None = None,
    rewording: Rewording = SAME,
) -> Restarted:
    """Stops the server and starts it again; waits at most `wait_s` seconds until the new one answers.

    `kill` allows SIGKILL as the last rung of the stop, each of which takes at most `rung_s` seconds. `on_step` gets a
    line before each step. Raises StopFailed: the old one still runs, untouched or with `still_runs`; StartFailed: the
    old one is stopped and the new one does not run, with the reason, the end of its log and the command to type.
    """
    prepared = prepare(server, discovery, processes, transport, environ, home, rewording)
    state = state_dir(environ, home)
    moved_secrets.prune(state, processes)
    _move(prepared)
    log, descriptor = _log(prepared, logs_in_use(ManagedServers(state), processes))
    ladder = partial(stop, server, discovery, processes, transport, kill=kill, rung_s=rung_s)
    told = on_step or _silent
    try:
        stopped = _stop(prepared, log, ladder, told)
        told("starting it again")
        newborn = _bear(prepared, processes, descriptor, log, home)
    finally:
        os.close(descriptor)
    started = _wait(prepared, newborn, processes, transport, state, wait_s)
    return Restarted(stopped, started, (*prepared.plan.lost, *_bounds_after(prepared, started.pid, processes)))


def revive(
    prepared: Prepared, processes: Processes, transport: Transport, environ: Mapping[str, str], home: str
) -> Started:
    """Starts a server again that was prepared while it ran, and is stopped since: as it was then.

    Waits at most WAIT_S seconds. Raises StartFailed, with the command to type.
    """
    state = state_dir(environ, home)
    try:
        if prepared.relaunch.moved and not prepared.folder.is_dir():
            _move(prepared)
        log, descriptor = _log(prepared, logs_in_use(ManagedServers(state), processes))
    except StopFailed as error:
        words = error.message.removeprefix("nothing was stopped: ")
        raise _not_back(prepared, words, StartFailed(words), alive=False) from error
    try:
        newborn = _bear(prepared, processes, descriptor, log, home)
    finally:
        os.close(descriptor)
    return _wait(prepared, newborn, processes, transport, state, WAIT_S)


def _wait(
    prepared: Prepared, newborn: Newborn, processes: Processes, transport: Transport, state: Path, wait_s: float
) -> Started:
    """Until it answers. Raises StartFailed."""
    newborn.remember(ManagedServers(state), processes)
    try:
        server_id = newborn.wait(processes, transport, Deadline(wait_s))
    except StartFailed as error:
        raise _not_back(prepared, error.message, error, alive=newborn.child.poll() is None) from error
    finally:
        if newborn.child.poll() is None:
            moved_secrets.claim(prepared.used, newborn.child.pid, processes)
    plan = prepared.plan
    pid, log = newborn.child.pid, str(newborn.log)
    return Started(server_id, pid, log, plan.python, "as before", plan.command, prepared.to_leave)


def _silent(words: str) -> None:
    """Nobody listens to the steps."""


def prepare(
    server: Server,
    discovery: Discovery,
    processes: Processes,
    transport: Transport,
    environ: Mapping[str, str],
    home: str,
    rewording: Rewording = SAME,
) -> Prepared:
    """What a restart needs, found out while the server runs; changes nothing. Raises StopFailed."""
    stop_plan = plan_stop(server, discovery, processes, transport)
    _refuse_supervised(server, stop_plan.supervisor)
    if stop_plan.why_not and server.state != "other-user":
        raise StopFailed(stop_plan.why_not)
    birth = birth_of(server, processes)
    if is_around_us(birth.pid, processes):
        raise StopFailed(
            f"{server.label} is not restarted from one of its own terminals, which end with it: type "
            f"`jntui restart {server.port or server.id}` in another"
        )
    gone = masked_words(rewording.dropped(birth.words))
    birth = replace(birth, words=rewording.of(birth.words), environ=with_dropped(birth.environ, gone))
    words = words_without_secrets(birth)
    subject = replace(of_server(server, processes), environ=birth.environ, words=words)
    found = configuration(subject, processes)
    _refuse_broken(server, found, birth)
    state = state_dir(environ, home)
    log = log_path(environ, home, server.port or 0)
    folder = moved_secrets.folder_of_all(state) / log.stem.removeprefix("jupyter-")
    relaunch = relaunch_of(
        server, birth, subject, found, folder, home, keep_token=rewording.keep_token, port=rewording.port
    )
    _refuse_taken(server, relaunch.port, processes)
    missing = (one for one in moved_secrets.in_use(state, birth.words, birth.environ) if not one.is_dir())
    lost = [f"the secrets that an earlier restart had moved to {visible(str(one))}: it is gone" for one in missing]
    lost += [*_bounds(birth, processes), *_output(birth, state, log)]
    relaunch = replace(relaunch, lost=(*relaunch.lost, *lost))
    plan = _plan(stop_plan, relaunch, birth, log)
    used = moved_secrets.in_use(state, relaunch.command, relaunch.environ)
    return Prepared(plan, birth, relaunch, folder, used, server.app == GATEWAY, environ)


def _plan(stop_plan: StopPlan, relaunch: Relaunch, birth: Birth, log: Path) -> RestartPlan:
    return RestartPlan(
        stop=stop_plan,
        command=relaunch.shown,
        cwd=birth.cwd,
        python=birth.python,
        port=relaunch.port,
        log=str(log),
        kept=relaunch.kept,
        lost=relaunch.lost,
    )


def _refuse_supervised(server: Server, supervisor: Supervisor | None) -> None:
    if supervisor is None:
        return
    kept = keeps(supervisor)
    if supervisor.kind == "jupyterhub":
        words = f"{kept}: stop and start it at {supervisor.restart}"
    else:
        words = f"{kept}: `{supervisor.restart}` restarts it" if supervisor.restart else f"{kept}: restart it there"
    raise StopFailed(f"{server.label}: {words}")


def _refuse_broken(server: Server, found: Configuration, birth: Birth) -> None:
    """Settings and files with which Jupyter ends at its start: the old server is better than none."""
    for file in found.files:
        if file.ends:
            place = f"{visible(file.path, 200)}:{file.line}" if file.line else visible(file.path, 200)
            raise StopFailed(f"{server.label} is not restarted: {place}: {file.trouble}")
    fatal = next((note for note in found.notes if note.endswith(DOES_NOT_START)), None)
    if fatal is not None:
        raise StopFailed(f"{server.label} is not restarted: {fatal}")
    for setting in found.settings:
        place = f"{setting.source.path}:{setting.source.line}" if setting.source.path else setting.source.kind
        named = f"{setting.cls}.{setting.name} = {setting.shown} ({visible(place, 200)})"
        if setting.note.startswith(_WILL_NOT_START):
            raise StopFailed(f"{server.label} is not restarted: {named}: {setting.note}")
        is_file = setting.name in {"certfile", "keyfile", "client_ca"} and isinstance(setting.value, str)
        if is_file and setting.value and not Path(birth.cwd, str(setting.value)).is_file():
            raise StopFailed(f"{server.label} is not restarted: {named}: there is no such file")


def _refuse_taken(server: Server, port: int, processes: Processes) -> None:
    """Another port than the running one may be somebody's."""
    holder = holder_of(port, processes) if port and port != server.port else None
    if holder:
        raise StopFailed(f"{server.label} is not restarted: its settings name port {port} now, and {holder}")


def _bounds(birth: Birth, processes: Processes) -> tuple[str, ...]:
    """What the system will not let the new one have."""
    own = processes.bounds(os.getpid())
    if birth.bounds is None or own is None:
        return ()
    from jntui.process.bounds import differences, reachable

    return tuple(visible(words, 300) for words in differences(birth.bounds, reachable(birth.bounds, own)))


def _bounds_after(prepared: Prepared, pid: int, processes: Processes) -> tuple[str, ...]:
    """What else it did not get, seen at the new one."""
    wanted, got = prepared.birth.bounds, processes.bounds(pid)
    if wanted is None or got is None:
        return ()
    from jntui.process.bounds import differences

    told = {words.partition(":")[0] for words in prepared.plan.lost}
    found = (visible(words, 300) for words in differences(wanted, got))
    return tuple(words for words in found if words.partition(":")[0] not in told)


def _output(birth: Birth, state: Path, log: Path) -> tuple[str, ...]:
    """Where its words went until now, if that is a place that somebody reads."""
    output = birth.output or ""
    if output.startswith(("/dev/pts/", "/dev/tty")):
        terminal = visible(output.removeprefix("/dev/"), 40)
        return (f"it ran in the terminal {terminal}: the new one runs detached, its log is {visible(str(log))}",)
    if output.startswith("/dev/") or output.startswith(str(state)) or not output:
        return ()
    where = visible(output, 200) if output.startswith("/") else "another program"
    return (f"its output went to {where}: the new one's goes to {visible(str(log))}",)


def _move(prepared: Prepared) -> None:
    """Writes the secrets of the command line where they move to. Raises StopFailed."""
    relaunch = prepared.relaunch
    if not relaunch.moved:
        return
    try:
        moved_secrets.write(prepared.folder, relaunch.files, relaunch.moved)
    except OSError as error:
        where = visible(str(prepared.folder), 300)
        raise StopFailed(f"nothing was stopped: {where} cannot be written: {error.strerror or error}") from error


def _log(prepared: Prepared, keep: frozenset[str]) -> tuple[Path, int]:
    """Raises StopFailed."""
    try:
        return open_log(Path(prepared.plan.log), keep)
    except StartRefused as error:
        _undo(prepared, None)
        raise StopFailed(f"nothing was stopped: {error.message}") from error


def _undo(prepared: Prepared, log: Path | None) -> None:
    """Removes what was made for a start that does not come."""
    with contextlib.suppress(OSError):  # why there is no start is what must be said
        if log is not None:
            log.unlink(missing_ok=True)
        if prepared.relaunch.moved:
            moved_secrets.remove(prepared.folder)


def _stop(prepared: Prepared, log: Path, ladder: Callable[..., Stopped], told: Callable[[str], None]) -> Stopped:
    """Raises StopFailed, StartFailed if its parent was faster; what was made for the new server is then gone again."""
    try:
        stopped = ladder(on_step=told)
    except StopFailed:
        _undo(prepared, log)
        raise
    if not stopped.stopped:
        _undo(prepared, log)
        raise StopFailed(stopped.message.replace("jntui stop ", "jntui restart "), still_runs=True)
    if stopped.again is not None:
        _undo(prepared, log)
        raise StartFailed(f"{stopped.message}; jntui started no other one")
    return stopped


def _bear(prepared: Prepared, processes: Processes, descriptor: int, log: Path, home: str) -> Newborn:
    """Starts it. Raises StartFailed."""
    relaunch, birth = prepared.relaunch, prepared.birth
    moved_secrets.release(prepared.used, processes)
    try:
        command, environ = relaunch.command, relaunch.environ
        child = processes.spawn_detached(command, environ, birth.cwd, descriptor, birth.umask, birth.bounds)
    except (OSError, ValueError) as error:
        words = error.strerror if isinstance(error, OSError) else str(error)
        message = f"{visible(birth.python)} cannot be run: {words}"
        raise _not_back(prepared, message, StartFailed(message, str(log)), alive=False) from error
    return Newborn(child, relaunch.shown, relaunch.port, log, relaunch.environ, home, prepared.gateway)


def _not_back(prepared: Prepared, cause: str, error: StartFailed, *, alive: bool) -> StartFailed:
    """The old server is gone and the new one is not there: why, and how to get it back by hand."""
    old = f"{prepared.plan.stop.label} is stopped (pid {prepared.birth.pid})"
    if alive:
        return StartFailed(f"{old}; the new one: {cause}", error.log, error.tail)
    by_hand = prepared.by_hand
    words = f"{old} and did not come back: {cause}; to start it by hand: {by_hand}"
    return StartFailed(words, error.log, error.tail, by_hand=by_hand)
