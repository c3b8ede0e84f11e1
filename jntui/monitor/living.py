"""Living with a server: its log, what runs in it, and what keeps it alive."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jntui.jupyter.command_log import CommandLog
    from jntui.jupyter.recents import Recents
    from jntui.jupyter.service import Service
    from jntui.model import (
        Changed,
        DiffLine,
        KernelVerb,
        LogLine,
        LogPlace,
        Restarted,
        Running,
        Secret,
        Server,
        ServicePlan,
        Started,
        StartPlan,
        Stopped,
        Survival,
    )
    from jntui.monitor.survey import Survey
    from jntui.network.own_certificates import Pair

FOLLOW_S = 0.5
"""How often a file that is followed is looked at."""
JOURNAL_S = 2.0
"""How often a journal is: each time is a child process."""
MOST_NEW = 1000
"""Lines of a journal that one look takes at most."""
SERVICE_S = 60.0
"""How long a server that systemd starts may take to answer."""
ASK_S = 5.0
"""How long a server may take to say what runs in it."""
ACT_S = 30.0
"""How long a kernel may take to restart or to end."""


class LogUnreadable(Exception):
    """The log is there and cannot be read: `message` is one clear line."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def _token(server: Server) -> Secret | None:
    """What its log must not show; of one that is gone, as its info file has it."""
    from jntui.jupyter.info_file import InfoFile, read_info_file

    if server.token is not None or server.info_file is None:
        return server.token
    info = read_info_file(server.info_file)
    return info.token if isinstance(info, InfoFile) else None


class Living:
    """What the front ends ask of one server; every call is bounded."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._without_terminals: set[object] = set()

    def log_place(self, server: Server) -> LogPlace:
        """Where its log is, or why there is none."""
        from jntui.jupyter.log_places import log_place

        return log_place(server, self._survey.processes, self._survey.environ)

    def log_lines(self, server: Server, place: LogPlace, count: int) -> tuple[LogLine, ...]:
        """Its last lines. Raises LogUnreadable."""
        if place.kind == "journal":
            return self._journal(server, place, count)[0]
        return next(self.follow_file(server, place, count))

    def follow(self, server: Server, place: LogPlace, count: int) -> Iterator[tuple[LogLine, ...]]:
        """Its last lines, then every half second what was added, until the server is gone. Raises LogUnreadable."""
        return (self._follow_journal if place.kind == "journal" else self.follow_file)(server, place, count)

    def follow_file(self, server: Server, place: LogPlace, count: int) -> Iterator[tuple[LogLine, ...]]:
        """The same of a file."""
        from jntui.jupyter.log_reader import LogReader
        from jntui.model import LogLine

        reader = LogReader(place.source, _token(server))
        try:
            last = reader.last(count)
            # What no line break ends is the last word of a server that is gone, and of others not whole yet.
            ended = () if self._runs(server) else reader.rest()
            yield (*last, *ended)[-count:] if count else ()
            while self._runs(server):
                yield reader.more()
                time.sleep(FOLLOW_S)
            yield (*reader.more(), *reader.rest(), LogLine(f"{server.label} has ended", "note"))
        except OSError as error:
            raise LogUnreadable(f"{place.path} cannot be read: {error.strerror or error}") from error
        finally:
            reader.close()

    def _follow_journal(self, server: Server, place: LogPlace, count: int) -> Iterator[tuple[LogLine, ...]]:
        lines, cursor = self._journal(server, place, count)
        yield lines
        while self._runs(server):
            time.sleep(JOURNAL_S)
            lines, cursor = self._journal(server, place, MOST_NEW, cursor)
            yield lines

    def running(self, server: Server) -> Running:
        """Kernels, sessions, terminals, and whether people can edit together. Raises KernelRefused."""
        from jntui.jupyter import kernels
        from jntui.jupyter.collaboration import collaboration
        from jntui.model import KernelRefused, Running
        from jntui.transport import Deadline

        survey = self._survey
        if survey.read_only and server.auth != "none":
            raise KernelRefused("read-only: no token is sent, and without it no server says what runs in it")
        without, deadline = self._without_terminals, Deadline(ASK_S)
        found, terminals = kernels.running(server, survey.processes, survey.transport, deadline, without)
        home = survey.home if server.user == survey.machine.user else None
        shared, words = collaboration(server, survey.processes, home)
        return Running(server.id, found, terminals, shared, words)

    def act_on_kernel(self, server: Server, kernel_id: str, verb: KernelVerb) -> None:
        """Interrupts, restarts or shuts down one kernel. Raises KernelRefused."""
        from jntui.jupyter import kernels
        from jntui.jupyter.command_log import kernel_lines
        from jntui.model import KernelRefused
        from jntui.transport import Deadline

        if self._survey.read_only:
            raise KernelRefused("read-only: no kernel is touched")
        kernels.act(server, kernel_id, verb, self._survey.processes, self._survey.transport, Deadline(ACT_S))
        self.commands.record(f"{verb} of kernel {kernel_id} in {server.label}", kernel_lines(server, kernel_id, verb))

    def end_terminal(self, server: Server, name: str) -> None:
        """Ends one terminal with all that runs in it. Raises KernelRefused."""
        from jntui.jupyter import kernels
        from jntui.jupyter.command_log import terminal_lines
        from jntui.model import KernelRefused
        from jntui.transport import Deadline

        if self._survey.read_only:
            raise KernelRefused("read-only: no terminal is touched")
        kernels.end_terminal(server, name, self._survey.processes, self._survey.transport, Deadline(ACT_S))
        self.commands.record(f"ended terminal {name} in {server.label}", terminal_lines(server, name))

    def survival(self, server: Server) -> Survival:
        """Whether it outlives the login in which it was started."""
        from jntui.jupyter.survival import survival

        return survival(server, self._survey.processes)

    def plan_service(self, plan: StartPlan) -> ServicePlan:
        """The same start as a systemd user service. Raises StartRefused where systemd is not there."""
        from jntui.jupyter.service import plan_service

        survey = self._survey
        return plan_service(plan, survey.machine.user, survey.environ, survey.home)

    def start_service(self, plan: StartPlan) -> Started:
        """Writes the unit, has systemd start it, and waits, bounded, until the server answers; else takes it back.

        Raises StartRefused, StartFailed.
        """
        from jntui.jupyter.command_log import service_lines
        from jntui.jupyter.service import Service
        from jntui.model import Started, StartFailed

        planned = self.plan_service(plan)
        service = Service(planned, self._survey.processes, self._survey.environ)
        service.install()
        try:
            found = self._answering(service, time.monotonic() + SERVICE_S)
        except StartFailed:
            service.remove()
            raise
        self.recents.add(plan)
        self.commands.record(f"started {found.id} as {service.name}", service_lines(planned))
        return Started(found.id, found.pid or 0, service.reader, plan.python, plan.chosen, plan.command)

    def _answering(self, service: Service, latest: float) -> Server:
        """The server that the unit runs, as soon as it answers. Raises StartFailed."""
        from jntui.model import StartFailed

        while True:
            main = service.wait(latest)
            found = next((one for one in self._survey.servers() if one.pid == main), None)
            if found is not None and found.state == "running":
                return found
            if time.monotonic() >= latest:
                raise StartFailed(f"{service.name} runs and does not answer as a server", tail=service.journal())
            time.sleep(FOLLOW_S)

    @cached_property
    def recents(self) -> Recents:
        """Servers that were started before."""
        from jntui.jupyter.managed import state_dir
        from jntui.jupyter.recents import Recents

        return Recents(state_dir(self._survey.environ, self._survey.home))

    @cached_property
    def commands(self) -> CommandLog:
        """What jntui did on the user's behalf."""
        from jntui.jupyter.command_log import CommandLog
        from jntui.jupyter.managed import state_dir

        return CommandLog(state_dir(self._survey.environ, self._survey.home))

    def started(self, plan: StartPlan, done: Started) -> Started:
        """Writes a start down."""
        from jntui.jupyter.command_log import start_lines

        self.recents.add(plan)
        self.commands.record(f"started {done.server_id}", start_lines(done))
        return done

    def stopped(self, server: Server, done: Stopped) -> Stopped:
        """Writes a stop down, also one that did not work."""
        from jntui.jupyter.command_log import stop_lines

        words = f"stopped {server.label}" if done.stopped else f"tried to stop {server.label}"
        self.commands.record(words, stop_lines(server, done), ok=done.stopped)
        return done

    def restarted(self, server: Server, done: Restarted) -> Restarted:
        """Writes a restart down."""
        from jntui.jupyter.command_log import start_lines, stop_lines

        again = start_lines(done.started)
        self.commands.record(f"restarted {server.label}", (*stop_lines(server, done.stopped), *again))
        return done

    def changed(self, done: Changed) -> Changed:
        """Writes the change of a config file down."""
        from jntui.jupyter.command_log import chmod_line, edit_lines

        lines = list(edit_lines(done.path, done.diff)) if done.diff else []
        lines += [chmod_line(done.path, done.mode)] if done.mode is not None else []
        if lines:
            self.commands.record(f"changed {done.path}", lines)
        return done

    def put_back(self, path: str, diff: Iterable[DiffLine]) -> None:
        """Writes down that a change was taken back, as what was to come with it did not come about."""
        from jntui.jupyter.command_log import reversed_lines

        self.commands.record(f"put {path} back", reversed_lines(path, diff))

    def made_certificate(self, pair: Pair) -> Pair:
        """Writes a new certificate down."""
        from jntui.jupyter.command_log import certificate_lines

        lines = certificate_lines(pair.keyfile, pair.certfile, pair.names, pair.days_left or 1)
        self.commands.record(f"made {pair.certfile}", lines)
        return pair

    def renewed_cookie_secret(self, path: str) -> None:
        """Writes down that nobody's session holds any more: Jupyter makes the file anew where there is none."""
        import shlex

        self.commands.record(f"made {path} anew", [f"rm {shlex.quote(path)}"])

    def kept_url(self, port: int, url: str, *, gone: bool = False) -> None:
        """Writes down what was added to jntui's own config file, or taken out of it."""
        from jntui.jupyter.command_log import url_lines
        from jntui.preferences import default_path

        path = str(default_path())
        self.commands.record(f"{'forgot' if gone else 'added'} {url}", url_lines(path, port, url, gone=gone))

    def wrote_picture(self, path: str, url: str) -> None:
        """Writes down that a QR code was put into a file."""
        import shlex

        self.commands.record(f"wrote {path}", [f"qrencode -o {shlex.quote(path)} {shlex.quote(url)}"])

    def remove_info_file(self, server: Server) -> tuple[str, ...]:
        """Removes the files of a stale server and says which. Raises ValueError or OSError."""
        import shlex

        from jntui.jupyter import removal

        removed = removal.remove_info_file(server, self._survey.discovery)
        self.commands.record(f"removed the info file of {server.label}", [f"rm {shlex.join(removed)}"])
        return removed

    def _runs(self, server: Server) -> bool:
        if server.pid is None or server.started is None:
            return False
        facts = self._survey.processes.look(server.pid)
        return facts is not None and not facts.zombie and abs(facts.create_time - server.started.timestamp()) < 2

    def _journal(self, server: Server, place: LogPlace, count: int, after: str = "") -> tuple[tuple[LogLine, ...], str]:
        from jntui.jupyter.log_reader import journal_lines

        survey = self._survey
        found = journal_lines(place, count, survey.processes, survey.environ, server.token, after)
        if found is None:
            raise LogUnreadable(f"the journal of {place.unit} cannot be read: ask for the group systemd-journal")
        return found
