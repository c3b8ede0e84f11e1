"""What closing a server again would do, or what was opened of one that is gone: worked out whole, nothing changed."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from jntui.jupyter.opened import is_process_of
from jntui.jupyter.restart import SAME, Rewording
from jntui.model import AccessPlan, AccessRefused, AccessWish, ChangeRefused, ChangeRequest, Listener, SettingStep
from jntui.monitor.access_plan import (
    HERE,
    Work,
    endpoints_of,
    listeners_of,
    restart_of,
    shown,
)
from jntui.monitor.rewording import options_of, without_options
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.jupyter.editing.change import Planned
    from jntui.jupyter.editing.whose import Whose
    from jntui.model import Configuration, KeptFile, KeptSetting, Opened, Server
    from jntui.monitor.survey import Survey

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_COMMAND = "jntui access --local"
_EDITED = "a file was edited since: its other lines stay, and only the settings become what they were"


def closing(survey: Survey, server: Server, wish: AccessWish, record: Opened | None) -> Work:
    """By what was recorded, else by an ordinary edit. Raises ChangeRefused, StopFailed."""
    if record is None:
        return _unrecorded(survey, server, wish)
    rewording = _words_back(survey, server, record)
    subject = survey.subject(server)
    whose = survey.changes.whose(server, replace(subject, words=rewording.of(subject.words)))
    opened, beside = record, _beside(survey, whose, record)
    record = _all_together(record, beside)
    planned, notes = _files_back(whose, record)
    untouched = _is_untouched(server, record, rewording)
    words = tuple(f"{one} comes back to the command line" for one in options_of(rewording.add))
    words += tuple(f"{one} leaves the command line" for one in options_of(record.added))
    plan = AccessPlan(
        wish=wish,
        server=server.id,
        label=server.label,
        before=tuple(one.text for one in server.listeners),
        after=record.before or tuple(one.text for one in listeners_of(server, HERE)),
        guard=(not notes and record.guard) or server.auth or "none",
        endpoints=endpoints_of(
            survey, server, _parsed(record.before, server) or listeners_of(server, HERE), _scheme_before(record, server)
        ),
        settings=_steps_back(whose.found, record),
        change=planned.shown if planned is not None else None,
        restart=None if untouched else restart_of(survey, server, rewording),
        words=words,
        exact=not notes,
        notes=(*notes, *_remarks(record, planned, untouched)),
    )
    return Work(plan, whose, planned, rewording, opened, way=record, beside=beside)


def _beside(survey: Survey, whose: Whose, record: Opened) -> tuple[Opened, ...]:
    """What else was opened in the files that decide for this server: it would come up open as long as one says so."""
    setting = whose.found.setting("ip")
    paths = {kept.path for kept in record.files}
    if setting is not None and setting.source.kind == "file" and setting.source.path:
        paths.add(os.path.realpath(setting.source.path))
    others = (one for one in survey.access.opened() if one != record)
    return tuple(one for one in others if paths & {kept.path for kept in one.files})


def _all_together(record: Opened, beside: Sequence[Opened]) -> Opened:
    """With the way back to before the first of them."""
    files: tuple[KeptFile, ...] = ()
    settings: dict[str, KeptSetting] = {}
    for one in sorted((record, *beside), key=lambda each: each.at):
        files = joined(files, one.files)
        settings = {**{each.name: each for each in one.settings}, **settings}
    password = record.password or any(one.password for one in beside)
    return replace(record, files=files, settings=tuple(settings.values()), password=password)


def joined(old: Sequence[KeptFile], news: Sequence[KeptFile]) -> tuple[KeptFile, ...]:
    """What is written, with the bytes from before the first of several openings.

    A file that somebody edited in between keeps its first entry, which nothing fits any more: closing changes the
    settings there, as the bytes from before would take the edit away.
    """
    known = {one.path: one for one in old}
    for new in news:
        before = known.get(new.path)
        if before is None or before.before == new.before:
            known[new.path] = new
        elif new.before in {before.after, *before.between}:
            between = tuple(dict.fromkeys((*before.between, before.after)))
            known[new.path] = replace(before, after=new.after, between=between)
    return tuple(known.values())


def closing_gone(survey: Survey, record: Opened) -> Work:
    """Of a server that does not run any more: its files alone. Raises AccessRefused."""
    try:
        whose = survey.changes.whose(None)
        planned, notes = _files_back(whose, record, gone=survey)
    except ChangeRefused as refused:
        raise AccessRefused(f"{record.label}: {refused.message}") from refused
    words = tuple(f"its next start needs {visible(word, 200)} again, which jntui took away" for word in record.dropped)
    plan = AccessPlan(
        wish=AccessWish("local"),
        server=record.server,
        label=record.label,
        before=(),
        after=(),
        guard=record.guard,
        settings=_steps_back(whose.found, record) if planned is not None else (),
        change=planned.shown if planned is not None else None,
        words=words,
        exact=not notes,
        notes=("it does not run any more: nothing restarts", *notes, *_remarks(record, planned, untouched=False)),
    )
    return Work(plan, whose, planned, SAME, record)


def _files_back(whose: Whose, record: Opened, gone: Survey | None = None) -> tuple[Planned | None, tuple[str, ...]]:
    """What would be written, None for nothing; and in words what does not become exactly what it was.

    With `gone` the settings are looked for in the recorded files themselves. Raises ChangeRefused.
    """
    from jntui.jupyter.editing.revert import plan_revert
    from jntui.jupyter.editing.several import plan_several

    if not record.files:
        return None, ()
    planned = plan_revert(whose, record.files)
    if planned is not None:
        return (planned if planned.writes else None), ()
    requests = _in_files(gone, record) if gone is not None else _in_force(whose.found, record)
    said = f"{_EDITED}; the password stays" if record.password else _EDITED
    return (plan_several(whose, requests, None, _COMMAND) if requests else None), (said,)


def _in_force(found: Configuration, record: Opened) -> list[ChangeRequest]:
    requests = [ChangeRequest(one.name, one.before) for one in record.settings]
    return [one for one in requests if one.value is not None or _in_file(found, one.name)]


def _in_files(survey: Survey, record: Opened) -> list[ChangeRequest]:
    """The same where no running server says which files count: what each recorded file sets by itself."""
    requests = []
    for kept in record.files:
        found = survey.configuration(None, kept.path)
        requests += [
            ChangeRequest(one.name, one.before, kept.path) for one in record.settings if _in_file(found, one.name)
        ]
    return requests


def _remarks(record: Opened, planned: Planned | None, untouched: bool) -> tuple[str, ...]:
    remarks = []
    if record.files and planned is None:
        remarks.append("the files are as they were before already")
    if untouched:
        remarks.append("it was not restarted with it: it runs as before, and does not restart now")
    return tuple(remarks)


def _is_untouched(server: Server, record: Opened, rewording: Rewording) -> bool:
    """What was to be opened was never come to: this process is the old one, whatever its files say now."""
    listening = {one.text for one in server.listeners} == set(record.before)
    return record.pending and is_process_of(record, server) and listening and not rewording.add


def _steps_back(found: Configuration, record: Opened) -> tuple[SettingStep, ...]:
    return tuple(SettingStep(one.name, shown(found, one.name), one.before or "not set") for one in record.settings)


def _scheme_before(record: Opened, server: Server) -> Literal["http", "https"]:
    """TLS goes with the certificate that was set with it."""
    came = any(one.name == "certfile" and not one.before for one in record.settings)
    return "http" if came or any(word.startswith("--certfile=") for word in record.added) else server.scheme


def _parsed(texts: Sequence[str], server: Server) -> tuple[Listener, ...]:
    return tuple(Listener(text.rpartition(":")[0].strip("[]"), server.port or 0) for text in texts if ":" in text)


def _words_back(survey: Survey, server: Server, record: Opened) -> Rewording:
    words = survey.subject(server).words
    missing = tuple(word for word in record.dropped if word not in words)
    return Rewording(frozenset(word.partition("=")[0] for word in record.added), missing)


def _in_file(found: Configuration, name: str) -> bool:
    setting = found.setting(name)
    return setting is not None and setting.source.kind in {"file", "computed"}


def _unrecorded(survey: Survey, server: Server, wish: AccessWish) -> Work:
    """What jntui did not open: `ip` becomes this machine. Raises ChangeRefused, StopFailed."""
    from jntui.jupyter.editing.several import plan_several

    whose, rewording, dropped = without_options(survey, server, frozenset({"ip"}))
    before = tuple(one.text for one in server.listeners)
    closed = all(one.path or one.host in _LOOPBACK for one in server.listeners)
    setting = whose.found.setting("ip")
    here = setting is not None and setting.value in {HERE, *_LOOPBACK}
    planned = (
        None if here else plan_several(whose, [ChangeRequest("ip", HERE)], None, f"jntui access {server.port} --local")
    )
    done = closed and here and not dropped
    after = listeners_of(server, HERE)
    plan = AccessPlan(
        wish=wish,
        server=server.id,
        label=server.label,
        before=before,
        after=before if done else tuple(one.text for one in after),
        guard=server.auth or "none",
        endpoints=endpoints_of(survey, server, server.listeners if done else after, server.scheme),
        settings=() if here else (SettingStep("ip", shown(whose.found, "ip"), repr(HERE)),),
        change=planned.shown if planned is not None else None,
        restart=None if done else restart_of(survey, server, rewording),
        words=tuple(f"{words} leaves the command line" for words in options_of(dropped)),
        notes=()
        if done
        else ("jntui did not open it, so nothing is recorded that could be taken back: `ip` is changed",),
    )
    return Work(plan, whose, planned, rewording)
