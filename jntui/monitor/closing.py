"""Everything that jntui opened, closed again: the servers that run, and the files of those that do not any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.model import AccessFailed, AccessRefused, AccessWish

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.model import AccessDone, AccessPlan, ClosedGone, Opened, Server
    from jntui.monitor.survey import Survey

    Told = Callable[[str], None]

LOCAL = AccessWish("local")


@dataclass(frozen=True, slots=True)
class ToClose:
    """One that is open still."""

    record: Opened
    server: Server | None
    """As it runs now; None: it is gone, and only its files are left."""
    plan: AccessPlan | None = None
    why_not: str = ""
    """Where there is no plan."""


@dataclass(frozen=True, slots=True)
class Closed:
    """How it went with one."""

    one: ToClose
    words: str
    """In one line: `:8888: as it was before jntui opened it`."""
    good: bool
    done: AccessDone | ClosedGone | None = None


def to_close(survey: Survey) -> tuple[ToClose, ...]:
    """The newest first, then those that are open by the same files: by then these are what they were."""
    access, held = survey.access, {}
    for server in survey.servers():
        # One that is still starting is told, though it cannot be closed yet.
        record = access.opened_of(server) if server.state not in {"stale", "other-user"} else None
        if record is not None:
            held[record] = server
    gone = access.gone()
    found = [one for one in reversed(access.opened()) if one in held or one in gone]
    held |= dict(access.carried_along()) if access.opened() else {}
    found += [one for one in held if one not in found]
    return tuple(ToClose(one, _asked(survey, held.get(one))) for one in found)


def _asked(survey: Survey, server: Server | None) -> Server | None:
    return survey.ask(server) if server is not None and server.state != "starting" else server


def planned(survey: Survey) -> tuple[ToClose, ...]:
    """With what closing each would do; changes nothing. A later one is planned as if those before it stayed open."""
    found = []
    for one in to_close(survey):
        try:
            plan = survey.access.plan(one.server, LOCAL) if one.server else survey.access.plan_gone(one.record)
            found.append(ToClose(one.record, one.server, plan))
        except AccessRefused as refused:
            found.append(ToClose(one.record, one.server, None, refused.message))
    return tuple(found)


def close_all(survey: Survey, *, kill: bool = False, on_step: Told | None = None) -> tuple[Closed, ...]:
    """Closes them all, whatever happens to one. The user has agreed: running kernels end."""
    return tuple(_close(survey, one, kill, on_step) for one in to_close(survey))


def _close(survey: Survey, one: ToClose, kill: bool, on_step: Told | None) -> Closed:
    label = one.record.label
    try:
        if one.server is None:
            return _close_gone(survey, one, on_step)
        label = one.server.label
        done = survey.access.apply(one.server, LOCAL, unverified=True, kill=kill, on_step=on_step)
    except (AccessRefused, AccessFailed) as error:
        return Closed(one, error.message if error.message.startswith(label) else f"{label}: {error.message}", False)
    how = "as it was before jntui opened it" if done.plan.exact else "only this machine can open it"
    words = f"{label}: {how}" if done.works else f"{label}: others may still reach it: check it"
    return Closed(one, words, done.works, done)


def _close_gone(survey: Survey, one: ToClose, on_step: Told | None) -> Closed:
    """Raises AccessRefused."""
    done = survey.access.close_gone(one.record, on_step)
    return Closed(one, gone_words(done), True, done)


def gone_words(done: ClosedGone) -> str:
    """What became of one that does not run any more, in one line."""
    plan = done.plan
    files = "its files are byte for byte as before" if plan.exact else "its settings are as before, other edits stay"
    words = files if done.changed is not None else "nothing of it was left in a file"
    return "; ".join((f"{plan.label} does not run any more: {words}, nothing restarted", *plan.words))
