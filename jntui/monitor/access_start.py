"""A new server that others can reach from its first moment on: by options that are its alone."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from jntui.jupyter.managed import state_dir
from jntui.jupyter.opened import OpenedServers
from jntui.model import AccessRefused, ChangeRefused, Opened, StartFailed
from jntui.monitor.access_plan import EVERY, own_pair

if TYPE_CHECKING:
    from jntui.jupyter.editing.change import Planned
    from jntui.model import AccessWish, ChangePlan, Configuration, Started, StartPlan, StartRequest
    from jntui.monitor.survey import Survey


@dataclass(frozen=True, slots=True)
class OpenStart:
    """What a start for others would run and write."""

    start: StartPlan
    options: tuple[str, ...]
    """What jntui adds to the command line; no secret."""
    guard: str
    change: ChangePlan | None = None
    """The file of the password, where one is set with it."""


def plan_open(survey: Survey, request: StartRequest, wish: AccessWish) -> OpenStart:
    """Nothing is changed. Raises AccessRefused, StartFailed."""
    return _planned(survey, request, wish)[0]


def start_open(survey: Survey, request: StartRequest, wish: AccessWish) -> tuple[OpenStart, Started]:
    """Sets the password, starts, and remembers it for `access --local`. Raises AccessRefused, StartFailed.

    Where it does not come up, the password's file is as before.
    """
    from jntui.jupyter.editing import change
    from jntui.jupyter.editing.revert import put_back

    plan, planned = _planned(survey, request, wish)
    state = state_dir(survey.environ, survey.home)
    if wish.tls and own_pair(survey).due:
        survey.access.renew_certificate()
    kept = OpenedServers(state)
    record = _remembered(kept, plan, wish, planned)
    try:
        if planned is not None:
            survey.living.changed(change.carry_out(survey.changes.whose(None), planned))
    except ChangeRefused as refused:
        _forget(kept, record)
        raise AccessRefused(refused.message) from refused
    try:
        started = survey.start_server(plan.start)
    except StartFailed:
        if planned is None or not put_back(planned, state):
            _forget(kept, record)
        raise
    _settle(survey, kept, record, started, planned)
    return plan, started


def _remembered(kept: OpenedServers, plan: OpenStart, wish: AccessWish, planned: Planned | None) -> Opened:
    """Before anything is done: whoever is killed in between finds the way back. Raises AccessRefused."""
    from jntui.jupyter.editing.revert import to_be_kept

    record = Opened(
        server=f"port-{plan.start.port}",
        port=plan.start.port,
        pid=0,
        create_time=0.0,
        label=f":{plan.start.port}",
        reach=wish.address or "every address",
        at=datetime.now(timezone.utc),
        files=tuple(to_be_kept(write) for write in planned.writes) if planned is not None else (),
        added=plan.options,
        password=planned is not None,
    )
    try:
        kept.put(record)
    except OSError as error:
        words = f"{kept.path} cannot be written: {error.strerror or error}; nothing was changed or started"
        raise AccessRefused(words) from error
    return record


def _settle(survey: Survey, kept: OpenedServers, record: Opened, started: Started, planned: Planned | None) -> None:
    """The process that runs, and where the backups are."""
    from jntui.jupyter.editing.revert import kept_file

    facts = survey.processes.look(started.pid)
    known = replace(
        record,
        server=started.server_id,
        pid=started.pid,
        create_time=facts.create_time or 0.0 if facts is not None else 0.0,
        files=tuple(kept_file(write) for write in planned.writes) if planned is not None else (),
    )
    with contextlib.suppress(OSError):  # the first record does: the server is found by its port
        kept.put(known, record)


def _forget(kept: OpenedServers, record: Opened) -> None:
    with contextlib.suppress(OSError):  # a record too many: closing then finds that all is as before
        kept.drop(record)


def _planned(survey: Survey, request: StartRequest, wish: AccessWish) -> tuple[OpenStart, Planned | None]:
    """Raises AccessRefused, StartFailed."""
    found = survey.configuration(None)
    guard = _guard(survey, found, wish)
    options = _options(survey, found, wish)
    start = survey.plan_start(replace(request, options=(*options, *request.options)))
    if wish.password is None:
        return OpenStart(start, options, guard), None
    from jntui.jupyter.editing.password_change import plan_password

    try:
        planned = plan_password(survey.changes.whose(None), wish.password)
    except ChangeRefused as refused:
        raise AccessRefused(refused.message) from refused
    return OpenStart(start, options, guard, planned.shown), planned


def _guard(survey: Survey, found: Configuration, wish: AccessWish) -> str:
    """What asks for a login. Raises AccessRefused where nothing would."""
    from jntui.jupyter.settings import effective

    if wish.password:
        return "password"
    subject = survey.subject(None)
    token = effective.secret_of(subject, survey.processes, "token")
    password = effective.secret_of(subject, survey.processes, "hashed_password")
    setting = found.setting("token")
    emptied = token is not None and not token and setting is not None and setting.source.kind != "default"
    if password:
        return "password" if emptied or token is None else "token+password"
    if not emptied:
        return "token"
    if wish.without_authentication:
        return "none"
    raise AccessRefused(
        f"nothing would guard it: the settings have an empty token and no password, so whoever reaches it could run "
        f"code as {survey.machine.user}. --password - reads a password from standard input; --without-authentication "
        "goes on without any",
        needs_guard=True,
    )


def _options(survey: Survey, found: Configuration, wish: AccessWish) -> tuple[str, ...]:
    """Raises AccessRefused."""
    own = [address.ip for interface in survey.reach.interfaces() for address in interface.addresses]
    address = (wish.address or "").strip("[]")
    if wish.reach == "address" and address not in own:
        raise AccessRefused(f"{address or 'nothing'} is no address of this machine; there are {', '.join(own[:12])}")
    options = [f"--ip={EVERY if wish.reach == 'lan' else address}"]
    remote = found.setting("allow_remote_access")
    if remote is not None and remote.source.kind == "file" and remote.value is False:
        options.append(f"--{remote.cls}.allow_remote_access=True")
    if wish.certfile and wish.keyfile:
        options += [f"--certfile={wish.certfile}", f"--keyfile={wish.keyfile}"]
    elif wish.tls:
        pair = own_pair(survey)
        options += [f"--certfile={pair.certfile}", f"--keyfile={pair.keyfile}"]
    return tuple(options)
