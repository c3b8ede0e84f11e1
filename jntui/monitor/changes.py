"""Config files changed: for one server or for the caller's own environment."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.model import ChangePlan, ChangeRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jntui.jupyter.editing.change import Planned
    from jntui.jupyter.editing.whose import Whose
    from jntui.jupyter.settings.subject import Subject
    from jntui.model import Changed, ChangeRequest, Configuration, Load, Secret, Server, Source
    from jntui.monitor.rewording import Reworded
    from jntui.monitor.survey import Survey
    from jntui.monitor.way_back import WayBack

    Agree = Callable[[ChangePlan], None]

READERS_LIMIT = 20
"""Running servers whose files are looked at."""
LOGIN_S = 10.0
TOKEN_FILE = "JUPYTER_TOKEN_FILE"  # noqa: S105 - the name of a variable


class Changes:
    """Plans are made anew before anything is written: a file that changed meanwhile is noticed."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey

    def plan(self, server: Server | None, request: ChangeRequest) -> ChangePlan:
        """What a change would write. Raises ChangeRefused."""
        return self._work(server, request).planned.shown

    def apply(
        self,
        server: Server | None,
        wish: ChangePlan | ChangeRequest,
        *,
        unverified: bool = False,
        agree: Agree | None = None,
        kill: bool = False,
        on_step: Callable[[str], None] | None = None,
    ) -> Changed:
        """Writes it. A plan is carried out as it was shown; a request that nobody can verify only with `unverified`.

        `agree` gets the plan before anything is written, and raises what is then raised here. `kill` and `on_step` are
        for a restart that comes with it. Raises ChangeRefused: nothing was written; AccessFailed: it was written, the
        restart did not come about, and file and server are as before, or in its words what is not.
        """
        plan = wish if isinstance(wish, ChangePlan) else None
        work = self._work(server, wish.request if isinstance(wish, ChangePlan) else wish)
        return self._do(server, work, plan, unverified=unverified, agree=agree, kill=kill, on_step=on_step)

    def _do(
        self,
        server: Server | None,
        work: Reworded,
        plan: ChangePlan | None,
        *,
        unverified: bool,
        agree: Agree | None,
        kill: bool,
        on_step: Callable[[str], None] | None,
    ) -> Changed:
        """Writes it, and restarts the server if that comes with it. Raises ChangeRefused, AccessFailed."""
        if server is None or work.planned.shown.restart is None:
            return self._carry_out(work.whose, work.planned, plan, unverified=unverified, agree=agree)
        way_back = self._way_back(server)
        done = self._carry_out(work.whose, work.planned, plan, unverified=unverified, agree=agree)
        told = on_step or (lambda _words: None)
        restarted = way_back.restart(work.rewording, partial(_put_back, work, self._survey), kill=kill, told=told)
        return replace(done, restarted=self._survey.living.restarted(server, restarted))

    def _work(self, server: Server | None, request: ChangeRequest) -> Reworded:
        """Raises ChangeRefused."""
        from jntui.jupyter.restart import SAME
        from jntui.monitor.pair import plan_told
        from jntui.monitor.rewording import Reworded, reworded_change

        if not request.restart_without_option:
            whose = self.whose(server)
            return Reworded(whose, plan_told(whose, request), SAME)
        return reworded_change(self._survey, _named(server), request)

    def _way_back(self, server: Server) -> WayBack:
        """Raises ChangeRefused."""
        from jntui.model import StopFailed
        from jntui.monitor.way_back import WayBack

        try:
            return WayBack(self._survey, server)
        except StopFailed as error:
            raise ChangeRefused(error.message) from error

    def plan_undo(self, server: Server | None, file: str | None = None) -> ChangePlan:
        """What taking the last change back would do. Raises ChangeRefused."""
        return self._undone(self.whose(server), file).shown

    def _undone(self, whose: Whose, file: str | None) -> Planned:
        from jntui.jupyter.editing import going_back
        from jntui.monitor.rewording import not_back

        planned = going_back.plan_undo(whose, file)
        notes = not_back(self._survey, planned.shown)
        return replace(planned, shown=replace(planned.shown, notes=(*planned.shown.notes, *notes)))

    def undo(
        self,
        server: Server | None,
        file: str | None = None,
        plan: ChangePlan | None = None,
        agree: Agree | None = None,
    ) -> Changed:
        """Takes it back; with `plan` only as it was shown. Raises ChangeRefused."""
        whose = self.whose(server)
        planned = self._undone(whose, plan.path if plan is not None else file)
        # What was there before comes back whatever Jupyter says to it.
        return self._carry_out(whose, planned, plan, unverified=True, agree=agree)

    def plan_password(
        self, server: Server | None, password: Secret | None, *, without_option: bool = False
    ) -> ChangePlan:
        """What setting it, or removing it (None), would write; `without_option` as in ChangeRequest.

        Raises ChangeRefused.
        """
        return self._password(server, password, without_option).planned.shown

    def _password(self, server: Server | None, password: Secret | None, without_option: bool) -> Reworded:
        """Raises ChangeRefused."""
        from jntui.jupyter.editing.password_change import plan_password
        from jntui.jupyter.restart import SAME
        from jntui.monitor.rewording import Reworded, reworded_password

        if without_option:
            return reworded_password(self._survey, _named(server), password)
        whose = self.whose(server)
        return Reworded(whose, plan_password(whose, password), SAME)

    def set_password(
        self,
        server: Server | None,
        password: Secret | None,
        plan: ChangePlan | None = None,
        *,
        unverified: bool = False,
        without_option: bool = False,
        agree: Agree | None = None,
        kill: bool = False,
        on_step: Callable[[str], None] | None = None,
    ) -> Changed:
        """Writes it; with `plan` only as it was shown. Raises as `apply`, which explains the rest."""
        work = self._password(server, password, without_option)
        return self._do(server, work, plan, unverified=unverified, agree=agree, kill=kill, on_step=on_step)

    def verify_password(self, server: Server | None, password: Secret) -> tuple[bool, str]:
        """Whether the password fits the hash that decides, and lets in where the server runs; and this in words.

        Raises ChangeRefused where there is no hash to compare with.
        """
        from jntui.jupyter import passwords

        hashed = self._hash(server)
        said = passwords.check_password(hashed, password)
        fits = said == "match"
        words = {
            "match": "the password fits the hash in the settings",
            "no match": "the password does not fit the hash in the settings",
            "never matches": "what the settings hold is no hash that any password fits: nobody can log in",
            "error at login": "the hash in the settings is corrupt: every login fails with HTTP 500",
        }[said]
        login = self._login(server, password) if server is not None and fits and not self._survey.read_only else None
        if login is not None:
            fits, more = login
            words = f"{words}; {more}"
        if fits and (weak := passwords.weakness(hashed)):
            words = f"{words}; {weak}: `jntui password --upgrade` makes a new one of the same password"
        return fits, words

    def is_weak(self, server: Server | None, password: Secret) -> bool:
        """Whether the hash that decides, which the password fits, is weaker than what Jupyter makes today.

        Raises ChangeRefused where it does not fit, or there is none.
        """
        from jntui.jupyter import passwords

        hashed = self._hash(server)
        if passwords.check_password(hashed, password) != "match":
            raise ChangeRefused("the password does not fit the hash in the settings: nothing was changed")
        return passwords.needs_upgrade(hashed)

    def _hash(self, server: Server | None) -> Secret:
        """The one that decides. Raises ChangeRefused."""
        from jntui.jupyter.settings import effective

        whose = self.whose(server)
        hashed = effective.secret_of(whose.subject, self._survey.processes, "hashed_password")
        if hashed is None or not hashed:
            setting = whose.found.setting("hashed_password") or whose.found.setting("password")
            why = setting.note or setting.shown if setting is not None else "this application has no password"
            raise ChangeRefused(f"there is no hash to compare with: {why}")
        return hashed

    def _login(self, server: Server, password: Secret) -> tuple[bool, str] | None:
        """One real login; None where the server cannot be asked."""
        from jntui.jupyter.login import try_login
        from jntui.jupyter.proof import NotProven, prove
        from jntui.transport import Deadline

        try:
            proof = prove(server, self._survey.processes)
        except NotProven as error:
            return True, f"{server.label} was not asked: {error}"
        found = try_login(server, proof, password, self._survey.transport, Deadline(LOGIN_S))
        if found.outcome == "accepted":
            return True, f"{server.label} let it in"
        if found.outcome in {"refused", "broken", "no login"}:
            return False, f"{server.label} does not have it yet ({found.words}): it takes effect when it restarts"
        return True, f"{server.label}: {found.words}"

    def _carry_out(
        self, whose: Whose, planned: Planned, plan: ChangePlan | None, *, unverified: bool, agree: Agree | None
    ) -> Changed:
        from jntui.jupyter.editing import change, judging

        shown = planned.shown
        if self._survey.read_only:
            raise ChangeRefused("read-only: no config file is changed")
        if plan is not None and not change.same_as_shown(plan, shown):
            raise ChangeRefused(f"{shown.path} {judging.meanwhile()}")
        if agree is not None:
            agree(shown)
        elif shown.verified == "unverified" and not (
            unverified or (plan is not None and plan.verified == "unverified")
        ):
            raise ChangeRefused(
                f"{shown.path} is not changed, as nobody can verify it: {shown.reason}; "
                "--unverified writes it all the same"
            )
        return self._survey.living.changed(change.carry_out(whose, planned))

    def whose(self, server: Server | None, subject: Subject | None = None) -> Whose:
        """For whom a change is made; with `subject`, for another start of that server. Raises ChangeRefused."""
        from jntui.jupyter.editing.whose import Whose
        from jntui.jupyter.managed import state_dir
        from jntui.jupyter.settings import effective

        survey = self._survey
        whose = Whose(
            subject or survey.subject(server),
            effective.configuration(subject, survey.processes) if subject else survey.configuration(server),
            survey.processes,
            partial(self._readers, server),
            survey.home,
            state_dir(survey.environ, survey.home),
            self._started,
        )
        whose.refuse_unreadable()
        return whose

    def load(self, server: Server | None, path: str) -> Load:
        """What Jupyter's own loader makes of a file as it lies there; executes it, as a start does.

        Raises ChangeRefused.
        """
        from jntui.jupyter.editing.judging import as_it_is

        return as_it_is(self.whose(server), path)

    def _started(self, server_id: str) -> datetime | None:
        return next((one.started for one in self._survey.known() if one.id == server_id), None)

    def concerned(self, server: Server | None, name: str) -> tuple[str, ...]:
        """The running servers for which the file counts in which this setting would be written; its own id first.

        Raises ChangeRefused where no file can decide it.
        """
        from jntui.jupyter.editing.destination import place_to_set, wanted
        from jntui.model import ChangeRequest

        whose = self.whose(server)
        want = wanted(name, whose.found)
        path = place_to_set(want, ChangeRequest(name, ""), whose.found, whose.home)
        return self._readers(server, path, want.setting.name if want.setting is not None else "")

    def _readers(self, server: Server | None, path: str, name: str) -> tuple[str, ...]:
        """Running servers that read this file, and for which nothing of higher order decides the setting."""
        from jntui.jupyter.settings.places import same_place

        survey = self._survey
        others = [one for one in survey.known() if server is None or one.id != server.id]
        found = []
        for one in [*([server] if server is not None else []), *others][:READERS_LIMIT]:
            if one.state in {"stale", "other-user"}:
                continue
            configuration = survey.configuration(one)
            order = next((file.order for file in configuration.files if same_place(file.path, path)), None)
            if order is None and (
                _reads_part(configuration, path, name) or self._reads_token(one, configuration, path)
            ):
                found.append(one.id)
            if order is not None and not _decided_above(configuration, name, order):
                found.append(one.id)
        return tuple(found)

    def _reads_token(self, server: Server, found: Configuration, path: str) -> bool:
        """Whether it is the file of JUPYTER_TOKEN_FILE, and the token comes from there."""
        from jntui.jupyter.settings.places import same_place

        token = found.setting("token")
        if token is None or token.source.path != TOKEN_FILE:
            return False
        subject = self._survey.subject(server)
        named = (subject.environ or {}).get(TOKEN_FILE, "")
        return bool(named) and same_place(str(Path(subject.cwd or "/", named)), path)


def _named(server: Server | None) -> Server:
    """Raises ChangeRefused."""
    if server is None:
        raise ChangeRefused("only a running server is restarted without an option: name the server")
    return server


def _put_back(work: Reworded, survey: Survey) -> str:
    """The file as it was before; one that said it already is not touched."""
    from jntui.jupyter.editing.revert import put_back

    written = tuple(write for write in work.planned.writes if write.changes)
    left = put_back(replace(work.planned, writes=written), work.whose.state)
    if written and not left:
        survey.living.put_back(work.planned.shown.path, work.planned.shown.diff)
    return left


def _reads_part(found: Configuration, path: str, name: str) -> bool:
    """Whether a config file loads or executes this one, and nothing above it decides the setting."""
    from jntui.jupyter.settings.places import same_place

    def is_there(source: Source) -> bool:
        return bool(source.path) and same_place(source.path or "", path)

    setting = found.setting(name) if name else None
    by_option = setting is not None and setting.source.kind == "command line"
    if setting is not None and not is_there(setting.source) and (by_option or any(map(is_there, setting.shadowed))):
        return False
    return any(is_there(source) for one in found.settings for source in (one.source, *one.shadowed))


def _decided_above(found: Configuration, name: str, order: int) -> bool:
    setting = found.setting(name) if name else None
    if setting is None:
        return False
    if setting.source.kind == "command line":
        return True
    orders = {file.path: file.order for file in found.files}
    return setting.source.kind == "file" and orders.get(setting.source.path or "", order) < order
