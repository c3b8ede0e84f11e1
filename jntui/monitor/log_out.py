"""Logs everybody out of a server: new cookie secret, new token, restart."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.jupyter.birth import added_words
from jntui.jupyter.cookie_secret import cookie_secret_of, renew, shares_cookie
from jntui.jupyter.managed import state_dir
from jntui.jupyter.restart import Rewording, plan_restart
from jntui.model import (
    AccessFailed,
    AccessRefused,
    ChangeRefused,
    ChangeRequest,
    LoggedOut,
    LogOutPlan,
    StartFailed,
    StopFailed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.jupyter.editing.change import Planned
    from jntui.jupyter.editing.whose import Whose
    from jntui.model import Changed, Restarted, RestartPlan, Server
    from jntui.monitor.survey import Survey

TOKEN_BYTES = 24
"""As many as Jupyter's own (`IdentityProvider._token_default`)."""
_MADE = "Jupyter makes a new token where it made the old one"
NEW_TOKEN = Rewording(keep_token=False)


@dataclass(frozen=True, slots=True)
class _Work:
    plan: LogOutPlan
    whose: Whose
    planned: Planned | None


def plan_log_out(survey: Survey, server: Server) -> LogOutPlan:
    """What it would do; changes nothing. Raises AccessRefused with one clear line."""
    return _work(survey, server).plan


def log_out(
    survey: Survey, server: Server, *, kill: bool = False, on_step: Callable[[str], None] | None = None
) -> LoggedOut:
    """Does it. Raises AccessRefused: nothing was changed; AccessFailed: what was, and whether the server runs."""
    if survey.read_only:
        raise AccessRefused("read-only: nobody is logged out")
    work = _work(survey, server)
    changed = _write(survey, work)
    try:
        renew(work.plan.cookie_file)
        survey.living.renewed_cookie_secret(work.plan.cookie_file)
    except OSError as error:
        _put_back(survey, work)
        raise AccessRefused(f"{work.plan.cookie_file} cannot be written: {error.strerror or error}") from error
    restarted = _restart(survey, server, kill=kill, on_step=on_step)
    found = [one for one in survey.servers() if one.pid == restarted.started.pid]
    if not found:
        raise AccessFailed(f"pid {restarted.started.pid} came up and is gone again", runs=False)
    return LoggedOut(work.plan, survey.ask(found[0]), restarted, changed)


def _work(survey: Survey, server: Server) -> _Work:
    """Raises AccessRefused."""
    try:
        whose = survey.changes.whose(server)
        cookie = cookie_secret_of(server, whose.subject, whose.found)
        if cookie.why_not:
            raise AccessRefused(f"{server.label}: {cookie.why_not}")
        planned, token = _token(whose)
        plan = LogOutPlan(
            server.id,
            server.label,
            cookie.path,
            token,
            _plan_restart(survey, server),
            planned.shown if planned is not None else None,
            _notes(survey, server, cookie.path),
        )
    except (ChangeRefused, StopFailed) as refused:
        raise AccessRefused(refused.message) from refused
    return _Work(plan, whose, planned)


def _token(whose: Whose) -> tuple[Planned | None, str]:
    """A new token where a file sets one; and what becomes of the token in words. Raises ChangeRefused."""
    setting = whose.found.setting("token")
    if setting is None or setting.source.kind in {"default", "computed"}:
        return None, _MADE
    if setting.source.kind == "file" and setting.shown.startswith("token"):
        from jntui.jupyter.editing.several import plan_several

        request = ChangeRequest("token", secrets.token_hex(TOKEN_BYTES))
        return plan_several(whose, [request]), f"{setting.source.path} gets a new token"
    if setting.source.kind == "file":
        return None, "the settings switch the token off, and that stays"
    where = setting.source.path or setting.source.name
    if where in added_words(whose.subject.environ):
        return None, _MADE  # an earlier restart kept it there, and this one does not
    return None, f"the token comes from {where} and stays: whoever knows it can log in again"


def _notes(survey: Survey, server: Server, cookie: str) -> tuple[str, ...]:
    running = [one for one in survey.known() if one.id != server.id and one.state == "running"]
    others = [one.label for one in running if shares_cookie(one, cookie)]
    notes = (
        ["whoever knows the password logs in again with it"] if server.auth in {"password", "token+password"} else []
    )
    if others:
        shared = ", ".join(others[:4])
        notes.append(f"the same cookie secret is that of {shared}: everyone is logged out there at the next restart")
    return tuple(notes)


def _plan_restart(survey: Survey, server: Server) -> RestartPlan:
    """Raises StopFailed."""
    return plan_restart(
        server, survey.discovery, survey.processes, survey.transport, survey.environ, survey.home, NEW_TOKEN
    )


def _write(survey: Survey, work: _Work) -> Changed | None:
    """Raises AccessRefused."""
    from jntui.jupyter.editing import change

    try:
        if work.planned is None:
            return None
        return survey.living.changed(change.carry_out(work.whose, work.planned))
    except ChangeRefused as refused:
        raise AccessRefused(refused.message) from refused


def _put_back(survey: Survey, work: _Work) -> None:
    from jntui.jupyter.editing.revert import put_back

    if work.planned is not None:
        put_back(work.planned, state_dir(survey.environ, survey.home))
        survey.living.put_back(work.planned.shown.path, work.planned.shown.diff)


def _restart(survey: Survey, server: Server, *, kill: bool, on_step: Callable[[str], None] | None) -> Restarted:
    """Raises AccessFailed: the new secrets stay, and are in force as soon as the server starts."""
    try:
        restarted = survey.restart_as(server, NEW_TOKEN, kill=kill, on_step=on_step)
        return survey.living.restarted(server, restarted)
    except StopFailed as error:
        raise AccessFailed(f"nobody is logged out yet, the server runs on: {error.message}") from error
    except StartFailed as error:
        raise AccessFailed(error.message, log=error.log, tail=error.tail, runs=False) from error
