"""Living with a server: its log, what runs in it, and what keeps it alive."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from jntui.model import KernelRefused, LogLine, Running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.recents import Recents
    from jntui.model import KernelVerb, LogPlace, Server, ServicePlan, StartPlan, Survival
    from jntui.monitor.survey import Survey

FOLLOW_S = 0.5
"""How often a file that is followed is looked at."""
JOURNAL_S = 2.0
"""How often a journal is: each time is a child process."""
MOST_NEW = 1000
"""Lines of a journal that one look takes at most."""
ASK_S = 5.0
"""How long a server may take to say what runs in it."""
ACT_S = 30.0
"""How long a kernel may take to restart or to end."""


class LogUnreadable(Exception):
    """The log is there and cannot be read: `message` is one clear line."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Living:
    """What the front ends ask of one server; every call is bounded."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey

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

        reader = LogReader(place.source, server.token)
        try:
            yield reader.last(count)
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
        from jntui.transport import Deadline

        survey = self._survey
        if survey.read_only and server.auth != "none":
            raise KernelRefused("read-only: no token is sent, and without it no server says what runs in it")
        found, terminals = kernels.running(server, survey.processes, survey.transport, Deadline(ASK_S))
        shared, words = collaboration(server, survey.processes)
        return Running(server.id, found, terminals, shared, words)

    def act_on_kernel(self, server: Server, kernel_id: str, verb: KernelVerb) -> None:
        """Interrupts, restarts or shuts down one kernel. Raises KernelRefused."""
        from jntui.jupyter import kernels
        from jntui.transport import Deadline

        if self._survey.read_only:
            raise KernelRefused("read-only: no kernel is touched")
        kernels.act(server, kernel_id, verb, self._survey.processes, self._survey.transport, Deadline(ACT_S))

    def survival(self, server: Server) -> Survival:
        """Whether it outlives the login in which it was started."""
        from jntui.jupyter.survival import survival

        return survival(server, self._survey.processes)

    def plan_service(self, plan: StartPlan) -> ServicePlan:
        """The same start as a systemd user service. Raises StartRefused where systemd is not there."""
        from jntui.jupyter.service import plan_service

        survey = self._survey
        return plan_service(plan, survey.machine.user, survey.environ, survey.home)

    @cached_property
    def recents(self) -> Recents:
        """Servers that were started before."""
        from jntui.jupyter.managed import state_dir
        from jntui.jupyter.recents import Recents

        return Recents(state_dir(self._survey.environ, self._survey.home))

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
