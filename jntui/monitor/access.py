"""Servers opened to others and closed again: the files, the restart, the check, and the way back when one fails."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING

from jntui.jupyter.managed import make_private_dir, state_dir
from jntui.jupyter.opened import SAME_START_S, OpenedServers, is_process_of, record_of, same
from jntui.model import (
    AccessDone,
    AccessFailed,
    AccessRefused,
    AccessWish,
    ChangeRefused,
    ClosedGone,
    StopFailed,
)
from jntui.monitor.access_closing import closing_gone, is_wide, joined, only_beside
from jntui.monitor.access_plan import machine_names, own_pair, tls_folder, work_of
from jntui.monitor.pool import gather
from jntui.monitor.way_back import WayBack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jntui.jupyter.editing.plan import WritePlan
    from jntui.model import (
        AccessPlan,
        Changed,
        Check,
        KeptFile,
        KeptSetting,
        Opened,
        Server,
        Started,
    )
    from jntui.monitor.access_plan import Work
    from jntui.monitor.survey import Survey
    from jntui.network.own_certificates import Pair

    Told = Callable[[str], None]

CHECK_S = 4.0


class Access:
    """Plans are made anew before anything is changed. Calls may come from any thread, one at a time for a server."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._state = state_dir(survey.environ, survey.home)
        self._record = OpenedServers(self._state)

    def opened(self) -> tuple[Opened, ...]:
        """What jntui opened and did not close, oldest first."""
        return self._record.records()

    def opened_of(self, server: Server) -> Opened | None:
        """The same of one server."""
        return self._record.of(server)

    def plan(self, server: Server, wish: AccessWish) -> AccessPlan:
        """What it would do; asks that Jupyter's own loader, and the server for its kernels. Raises AccessRefused."""
        return work_of(self._survey, server, wish, self._record.of(server)).plan

    def apply(
        self,
        server: Server,
        wish: AccessWish,
        shown: AccessPlan | None = None,
        *,
        unverified: bool = False,
        kill: bool = False,
        agree: Callable[[AccessPlan], None] | None = None,
        on_step: Told | None = None,
    ) -> AccessDone:
        """Does it, planned anew, and checks every address that is covered then; with `shown` only as it was shown.

        `agree` gets the plan before anything is changed, and raises what is then raised here. `kill` allows SIGKILL as
        the last rung of the stop. Raises AccessRefused: nothing was changed; AccessFailed: files and server are as
        before, or in its words what is not.
        """
        told = on_step or _silent
        if self._survey.read_only:
            raise AccessRefused("read-only: no file is changed and nothing is restarted")
        agreed = unverified or shown is not None or agree is not None
        work = self._agreed(server, wish, shown, agree, agreed=agreed, told=told)
        if work.plan.restart is None and work.plan.change is None:
            self._settle(work, None, server)
            return AccessDone(work.plan, server, None, None, self._check(server, wish))
        try:
            way_back = WayBack(self._survey, server)
        except StopFailed as error:
            raise AccessRefused(error.message) from error
        changed, record = self._written(work, server, told)
        if work.plan.restart is None:
            self._settle(work, None, server)
            return AccessDone(work.plan, server, changed, None, self._check(server, wish))
        restarted = way_back.restart(work.rewording, partial(self._undo, work, record), kill=kill, told=told)
        self._survey.living.restarted(server, restarted)
        now = self._again(restarted.started)
        self._settle(work, record, now)
        if wish.reach != "local" and now.auth == "none" and work.plan.guard != "none":
            self._close_unguarded(now)
        told("checking every address")
        return AccessDone(work.plan, now, changed, restarted, self._check(now, wish))

    def _agreed(
        self,
        server: Server,
        wish: AccessWish,
        shown: AccessPlan | None,
        agree: Callable[[AccessPlan], None] | None,
        *,
        agreed: bool,
        told: Told,
    ) -> Work:
        """What is to be done, with its certificate made. Raises AccessRefused, and what `agree` raises."""
        made = self._first_certificate(wish, told)
        work = work_of(self._survey, server, wish, self._record.of(server))
        if shown is not None and not _same(shown, work.plan):
            raise AccessRefused(f"{server.label} is not what was shown any more: look at the plan again")
        if agree is not None:
            agree(work.plan)
        _refuse_unverified(work.plan, agreed)
        if work.plan.renews:
            told("making the certificate anew")
            self.renew_certificate()
        return replace(work, plan=replace(work.plan, renews=work.plan.renews or made))

    def certificate(self) -> Pair:
        """jntui's own certificate as it is: its names, its days, what it lacks; `due` says that it is to be made."""
        return own_pair(self._survey)

    def renew_certificate(self) -> Pair:
        """Makes it anew; servers that name it show it from then on. Raises AccessRefused."""
        from jntui.network.own_certificates import make_pair

        if self._survey.read_only:
            raise AccessRefused("read-only: no certificate is made")
        folder = tls_folder(self._survey)
        try:
            make_private_dir(folder.parent)
            return self._survey.living.made_certificate(make_pair(folder, machine_names(self._survey)))
        except OSError as error:
            raise AccessRefused(f"{folder} cannot be written: {error.strerror or error}") from error

    def _first_certificate(self, wish: AccessWish, told: Told) -> bool:
        """Before the change is judged: Jupyter's loader wants to see the files. Raises AccessRefused.

        One that is there already is made anew only once the user has agreed: other servers may show it.
        """
        if not wish.tls or own_pair(self._survey).days_left is not None:
            return False
        told("making a certificate")
        self.renew_certificate()
        return True

    def _written(self, work: Work, server: Server, told: Told) -> tuple[Changed | None, Opened | None]:
        """The files, remembered before and after. Raises AccessRefused."""
        record = self._remember(work, server)
        changed = self._write(work, record, told)
        return changed, self._remember_backups(work, record)

    def _write(self, work: Work, record: Opened | None, told: Told) -> Changed | None:
        """Raises AccessRefused."""
        from jntui.jupyter.editing import change

        if work.planned is None:
            return None
        told(f"writing {work.planned.shown.path}")
        try:
            return self._survey.living.changed(change.carry_out(work.whose, work.planned))
        except ChangeRefused as refused:
            if record is not None:
                self._forget(record, work.record)
            raise AccessRefused(refused.message) from refused

    def _remember(self, work: Work, server: Server) -> Opened | None:
        """Before anything is written: whoever is killed at any moment finds the way back. None where all is closed."""
        if work.plan.wish.reach == "local":
            return None
        from jntui.jupyter.editing.revert import to_be_kept

        old = work.record
        files = self._files(work, to_be_kept)
        at = old.at if old else datetime.now(timezone.utc)
        opened = replace(
            record_of(server, work.plan.wish.address or "every address", at),
            files=files,
            settings=self._settings(work, files),
            dropped=(*(old.dropped if old else ()), *work.dropped),
            added=old.added if old else (),
            password=bool(work.plan.wish.password) or (old is not None and old.password),
            before=old.before if old else self._before(work, files),
            guard=old.guard if old else server.auth or "",
            pending=old is None or (old.pending and is_process_of(old, server)),
        )
        try:
            self._record.put(opened, old)
        except OSError as error:
            words = f"{self._record.path} cannot be written: {error.strerror or error}; nothing was changed"
            raise AccessRefused(words) from error
        return opened

    def _remember_backups(self, work: Work, record: Opened | None) -> Opened | None:
        """Now that they are there. They are found without it, too: it only spares the search."""
        from jntui.jupyter.editing.revert import kept_file

        if record is None:
            return None
        known = replace(record, files=self._files(work, kept_file))
        self._forget(record, known)
        return known

    def _files(self, work: Work, keep: Callable[[WritePlan], KeptFile]) -> tuple[KeptFile, ...]:
        """With what other openings made of the same files: each of them knows the whole way back."""
        news = [keep(write) for write in work.planned.writes] if work.planned is not None else []
        old = work.record.files if work.record is not None else ()
        paths = {one.path for one in (*old, *news)}
        others = [one for each in self._others(work) for one in each.files if one.path in paths]
        return joined([*old, *others], news)

    def _settings(self, work: Work, files: Sequence[KeptFile]) -> tuple[KeptSetting, ...]:
        """What they were before the first opening that changed them."""
        old = work.record.settings if work.record is not None else ()
        had = {one.name for one in old}
        known = {one.name: one for each in self._sharing(work, files) for one in each.settings}
        return (*old, *(known.get(one.name, one) for one in work.settings if one.name not in had))

    def _before(self, work: Work, files: Sequence[KeptFile]) -> tuple[str, ...]:
        """What was bound; empty where it was open only because another one had been opened in the same file."""
        bound = work.plan.before
        shared = any(not is_wide(one.before) for one in self._sharing(work, files))
        return () if shared and is_wide(bound) else bound

    def _sharing(self, work: Work, files: Sequence[KeptFile]) -> list[Opened]:
        """What was opened of other servers in the same files, the newest first."""
        paths = {one.path for one in files}
        return [each for each in self._others(work) if paths & {one.path for one in each.files}]

    def _others(self, work: Work) -> list[Opened]:
        """What was opened of other servers, the newest first."""
        found = [one for one in self._record.records() if work.record is None or not same(one, work.record)]
        return sorted(found, key=lambda one: one.at, reverse=True)

    def _undo(self, work: Work, record: Opened | None) -> str:
        left = self._put_back(work)
        if record is not None and not left:
            self._forget(record, work.record)
        return left

    def _put_back(self, work: Work) -> str:
        from jntui.jupyter.editing.revert import put_back

        if work.planned is None:
            return ""
        left, shown = put_back(work.planned, self._state), work.planned.shown
        if not left:
            self._survey.living.put_back(shown.path, shown.diff)
        return left

    def _forget(self, record: Opened, before: Opened | None = None) -> None:
        with contextlib.suppress(OSError):  # a record too many: closing then finds that all is as before
            if before is not None:
                self._record.put(before, record)
            else:
                self._record.drop(record)

    def _again(self, started: Started) -> Server:
        """The server that has just come up. Raises AccessFailed."""
        survey = self._survey
        found = [server for server in survey.servers() if server.pid == started.pid]
        if not found:
            words = f"pid {started.pid} came up and is gone again; its log: {started.log}"
            raise AccessFailed(words, log=started.log, runs=False)
        server = survey.ask(found[0])
        survey.reach.resolve_names()
        return server

    def _settle(self, work: Work, record: Opened | None, now: Server) -> None:
        """The record names the process that runs now; what was closed is forgotten with its backups."""
        if record is not None:
            begin = now.started.timestamp() if now.started is not None else 0.0
            self._forget(record, replace(record, server=now.id, pid=now.pid or 0, create_time=begin, pending=False))
        elif work.record is not None and work.plan.wish.reach == "local" and _is_closed(now, work.record):
            self._close(work, work.record)

    def gone(self) -> tuple[Opened, ...]:
        """What was opened of servers that do not run any more, the newest first: its files may still say it."""
        alive = [one for one in self._survey.servers() if one.state not in {"stale", "other-user"}]
        held = [self._record.of(one) for one in alive]
        return tuple(one for one in reversed(self._record.records()) if one not in held and not self._runs(one))

    def carried_along(self) -> tuple[tuple[Opened, Server], ...]:
        """Servers that read a file which was opened for another one, and have been restarted since."""
        found = []
        for server in self._survey.servers():
            wide = server.state == "running" and is_wide([one.text for one in server.listeners])
            if not wide or self._record.of(server) is not None:
                continue
            with contextlib.suppress(ChangeRefused):  # its settings cannot be read: then nobody knows why it is open
                record = only_beside(self._survey, server)
                found += [(record, server)] if record is not None else []
        return tuple(found)

    def _runs(self, record: Opened) -> bool:
        """Its process does, and is only not seen as a server at this moment."""
        facts = self._survey.processes.look(record.pid) if record.pid else None
        if facts is None or facts.zombie:
            return False
        return abs((facts.create_time or 0.0) - record.create_time) < SAME_START_S

    def plan_gone(self, record: Opened) -> AccessPlan:
        """What closing it would write. Raises AccessRefused."""
        return closing_gone(self._survey, record).plan

    def close_gone(self, record: Opened, on_step: Told | None = None) -> ClosedGone:
        """Its files become what they were, byte for byte where nobody edited them since. Raises AccessRefused."""
        if self._survey.read_only:
            raise AccessRefused("read-only: no file is changed")
        # Closing another one of the same file has changed what is known of this one.
        record = next((one for one in self._record.records() if same(one, record)), record)
        work = closing_gone(self._survey, record)
        changed = self._write(work, None, on_step or _silent)
        self._close(work, record)
        return ClosedGone(work.plan, changed)

    def _close(self, work: Work, record: Opened) -> None:
        from jntui.jupyter.editing.revert import forget

        way = work.way or record
        if work.plan.exact:
            forget(way.files)
        for one in work.beside:
            # Their files are as before already: what they would write back is what this one has taken out.
            self._forget(one, replace(one, files=_as_in(way, one), settings=way.settings))
        self._forget(record)

    def _close_unguarded(self, now: Server) -> None:
        """It came up open to everybody, against all that was known. Raises AccessFailed."""
        self.apply(now, AccessWish("local"), unverified=True)
        raise AccessFailed(f"{now.label} came up without any authentication: it was closed again")

    def _check(self, server: Server, wish: AccessWish) -> tuple[Check, ...]:
        """Every address that a listener takes, side by side."""
        survey = self._survey
        taken = [one for one in survey.endpoints(server) if one.covered and one.kind == "direct"]
        # A link-local address is offered to nobody, but for the one that was asked for.
        endpoints = [one for one in taken if one.offered or one.address == wish.address]
        # A name that a closed server refuses is no news, and asking would write warnings into its log.
        endpoints = [one for one in endpoints if survey.reach.expect(server, one) is None]
        works = [partial(survey.check, server, one, CHECK_S) for one in endpoints]
        return tuple(gather(works)) if works else ()


def _silent(words: str) -> None:
    """Nobody listens to the steps."""


def _same(shown: AccessPlan, now: AccessPlan) -> bool:
    from jntui.jupyter.editing.change import same_as_shown

    if (shown.before, shown.after, shown.guard, shown.exact) != (now.before, now.after, now.guard, now.exact):
        return False
    if shown.wish.password and now.change is not None and shown.change is not None:
        # Each hash has its own salt, and covered it is the same line.
        return (shown.change.path, shown.change.before) == (now.change.path, now.change.before)
    if shown.change is None or now.change is None:
        return shown.change is now.change
    return same_as_shown(shown.change, now.change)


def _refuse_unverified(plan: AccessPlan, agreed: bool) -> None:
    """What was there before comes back whatever Jupyter says to it. Raises AccessRefused."""
    change = plan.change
    if plan.exact:
        return
    if change is not None and change.verified == "unverified" and not agreed:
        raise AccessRefused(
            f"{change.path} is not changed, as nobody can verify it: {change.reason}; "
            "--unverified writes it all the same"
        )


def _as_in(way: Opened, other: Opened) -> tuple[KeptFile, ...]:
    known = {one.path: one for one in way.files}
    return tuple(known.get(one.path, one) for one in other.files)


def _is_closed(now: Server, record: Opened) -> bool:
    """Nobody else can reach it; else the record stays, as it is not done."""
    as_before = not is_wide(record.before) and {one.text for one in now.listeners} == set(record.before)
    return now.exposure == "this-machine" or as_before
