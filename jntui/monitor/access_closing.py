"""What closing a server again would do, or what was opened of one that is gone: worked out whole, nothing changed."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Literal

from jntui.jupyter.opened import is_process_of, record_of, same
from jntui.jupyter.restart import SAME, Rewording
from jntui.model import (
    AccessPlan,
    AccessRefused,
    AccessWish,
    ChangeRefused,
    ChangeRequest,
    KeptFile,
    Listener,
    SettingStep,
)
from jntui.monitor.access_plan import (
    HERE,
    Work,
    asked,
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
    from jntui.model import (
        Configuration,
        KeptSetting,
        Opened,
        Server,
    )
    from jntui.monitor.survey import Survey

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_COMMAND = "jntui access --local"
_WIDE = "it was open to others before jntui changed it: `ip` becomes this machine, the other settings what they were"
_EDITED = "a file was edited since: its other lines stay, and only the settings become what they were"


def closing(survey: Survey, server: Server, wish: AccessWish, record: Opened | None) -> Work:
    """By what was recorded, else by an ordinary edit. Raises ChangeRefused, StopFailed."""
    own, record = record, record or only_beside(survey, server)
    if record is None:
        return _unrecorded(survey, server, wish)
    rewording = _words_back(survey, server, record)
    subject = survey.subject(server)
    whose = survey.changes.whose(server, replace(subject, words=rewording.of(subject.words)))
    kept, beside = own or record, _beside(survey, whose, record)
    record = _all_together(record, beside)
    planned, notes = _files_back(whose, record)
    if planned is None and _would_open(whose.found):
        record = replace(record, before=tuple(one.text for one in server.listeners))
        planned, notes = _files_back(whose, record)
    untouched = _is_untouched(server, record, rewording)
    bound = _parsed(_bound_before(record), server) or listeners_of(server, HERE)
    words = tuple(f"{one} comes back to the command line" for one in options_of(rewording.add))
    words += tuple(f"{one} leaves the command line" for one in options_of(record.added))
    plan = AccessPlan(
        wish=wish,
        server=server.id,
        label=server.label,
        before=tuple(one.text for one in server.listeners),
        after=tuple(one.text for one in bound),
        guard=(not notes and record.guard) or server.auth or "none",
        endpoints=endpoints_of(survey, server, bound, _scheme_before(record, server)),
        settings=_steps_back(whose.found, record),
        change=planned.shown if planned is not None else None,
        restart=None if untouched else restart_of(survey, server, rewording),
        words=words,
        exact=not notes,
        notes=(*notes, *_remarks(record, planned, untouched)),
    )
    return Work(plan, whose, planned, rewording, kept, way=record, beside=beside)


def _would_open(found: Configuration) -> bool:
    """The files let others in at the next start, as they are."""
    setting = found.setting("ip")
    return setting is not None and setting.source.kind == "file" and setting.value not in {None, HERE, *_LOOPBACK}


def only_beside(survey: Survey, server: Server) -> Opened | None:
    """Of a server that jntui did not open itself: it was opened with another one, in a file that both of them read.

    Else an edit of that file would stand in the way of the other's own way back. Raises ChangeRefused.
    """
    whose, _, dropped = without_options(survey, server, frozenset({"ip"}))
    local = not is_wide(tuple(one.text for one in server.listeners))
    found = replace(
        record_of(server, ", ".join(one.text for one in server.listeners), datetime.now(timezone.utc)),
        added=dropped,
        before=tuple(one.text for one in server.listeners) if local else (),
        guard=server.auth or "",
        pending=local and not dropped,
    )
    return found if _beside(survey, whose, found) else None


def is_wide(bound: Sequence[str]) -> bool:
    """Others than this machine can reach one of these: `0.0.0.0:8888`."""
    return any(one.rpartition(":")[0].strip("[]") not in _LOOPBACK for one in bound if ":" in one)


def _beside(survey: Survey, whose: Whose, record: Opened, gone: bool = False) -> tuple[Opened, ...]:
    """What else was opened in the files that decide for this server: it would come up open as long as one says so.

    Which files one that is `gone` read, only its record says; where that names none, those of an ordinary start.
    """
    setting = whose.found.setting("ip")
    paths = {kept.path for kept in record.files}
    if gone and (paths or record.added):
        setting = None
    if setting is not None and setting.source.kind == "file" and setting.source.path:
        paths.add(os.path.realpath(setting.source.path))
    others = (one for one in survey.access.opened() if not same(one, record))
    return tuple(one for one in others if paths & {kept.path for kept in one.files})


def _all_together(record: Opened, beside: Sequence[Opened]) -> Opened:
    """With the way back to before the first of them."""
    files: tuple[KeptFile, ...] = ()
    settings: dict[str, KeptSetting] = {}
    first, *others = sorted((record, *beside), key=lambda each: each.at)
    for one in (first, *others):
        files = joined(files, one.files)
        settings = {**{each.name: each for each in one.settings}, **settings}
    password = record.password or any(one.password for one in beside)
    before = record.before
    if beside and is_wide(before):
        # It may be what another one had opened: how that one was before tells.
        before = first.before if is_wide(first.before) else ()
    return replace(record, files=files, settings=tuple(settings.values()), password=password, before=before)


def joined(old: Sequence[KeptFile], news: Sequence[KeptFile]) -> tuple[KeptFile, ...]:
    """What is written, with the bytes from before the first of several openings, in whatever order they are told.

    A file that somebody edited in between keeps its first entry, which nothing fits any more: closing changes the
    settings there, as the bytes from before would take the edit away.
    """
    ways: list[KeptFile] = []
    for new in (*old, *news):
        whole, at = new, len(ways)
        while (near := next((n for n, one in enumerate(ways) if _one_way(one, whole)), None)) is not None:
            whole, at = _one_way(ways.pop(near), whole) or whole, min(at, near)
        ways.insert(at, whole)
    first: dict[str, KeptFile] = {}
    for one in ways:
        first.setdefault(one.path, one)
    return tuple(first.values())


def _one_way(one: KeptFile, other: KeptFile) -> KeptFile | None:
    """Both changes as one, where the one began with what the other made, or both with the same; None where not."""
    if one.path != other.path:
        return None
    if other.before not in {one.before, one.after, *one.between}:
        if one.before not in {other.after, *other.between}:
            return None
        one, other = other, one
    backup = one.backup if other.before != one.before else other.backup or one.backup
    between = dict.fromkeys((*one.between, one.after, *other.between))
    between.pop(other.after, None)
    return KeptFile(one.path, one.before, other.after, backup, tuple(between))


def closing_gone(survey: Survey, record: Opened) -> Work:
    """Of a server that does not run any more: its files alone. Raises AccessRefused."""
    kept = record
    try:
        whose = survey.changes.whose(None)
        beside = _beside(survey, whose, record, gone=True)
        record = _all_together(record, beside)
        planned, notes = _files_back(whose, record, gone=survey)
    except ChangeRefused as refused:
        raise AccessRefused(f"{record.label}: {refused.message}") from refused
    words = tuple(f"its next start needs {visible(word, 200)} again, which jntui took away" for word in _own(record))
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
    return Work(plan, whose, planned, SAME, kept, way=record, beside=beside)


def _files_back(whose: Whose, record: Opened, gone: Survey | None = None) -> tuple[Planned | None, tuple[str, ...]]:
    """What would be written, None for nothing; and in words what does not become exactly what it was.

    With `gone` the settings are looked for in the recorded files themselves. Raises ChangeRefused.
    """
    from jntui.jupyter.editing.revert import plan_revert
    from jntui.jupyter.editing.several import plan_several

    wide = is_wide(record.before)
    if not record.files and not wide:
        return None, ()
    planned = plan_revert(whose, record.files) if not wide else None
    if planned is not None:
        return (planned if planned.writes else None), ()
    requests = _in_files(gone, record) if gone is not None else _in_force(whose.found, record)
    said = _WIDE if wide else _EDITED
    said = f"{said}; the password stays" if record.password else said
    return (plan_several(whose, requests, None, _COMMAND) if requests else None), (said,)


def _in_force(found: Configuration, record: Opened) -> list[ChangeRequest]:
    requests = [ChangeRequest(one.name, one.before) for one in record.settings]
    if is_wide(record.before):
        ip = found.setting("ip")
        here = ip is not None and ip.value in {HERE, *_LOOPBACK}
        requests = [one for one in requests if one.name != "ip"] + ([] if here else [asked(found, "ip", HERE)])
    return [one for one in requests if one.value is not None or _in_file(found, one.name)]


def _in_files(survey: Survey, record: Opened) -> list[ChangeRequest]:
    """The same where no running server says which files count: what each recorded file sets by itself."""
    requests = []
    for kept in record.files:
        found = survey.configuration(None, kept.path)
        before = {one.name: one.before for one in record.settings}
        if "ip" in before and is_wide(record.before):
            before["ip"] = HERE
        requests += [ChangeRequest(name, value, kept.path) for name, value in before.items() if _in_file(found, name)]
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
    local = not is_wide(record.before)
    return record.pending and is_process_of(record, server) and listening and local and not rewording.add


def _steps_back(found: Configuration, record: Opened) -> tuple[SettingStep, ...]:
    return tuple(SettingStep(one.name, shown(found, one.name), one.before or "not set") for one in record.settings)


def _scheme_before(record: Opened, server: Server) -> Literal["http", "https"]:
    """TLS goes with the certificate that was set with it."""
    came = any(one.name == "certfile" and not one.before for one in record.settings)
    return "http" if came or any(word.startswith("--certfile=") for word in record.added) else server.scheme


def _bound_before(record: Opened) -> tuple[str, ...]:
    """What it will be bound to again; nothing where that would let others in."""
    return () if is_wide(record.before) else record.before


def _parsed(texts: Sequence[str], server: Server) -> tuple[Listener, ...]:
    return tuple(Listener(text.rpartition(":")[0].strip("[]"), server.port or 0) for text in texts if ":" in text)


def _words_back(survey: Survey, server: Server, record: Opened) -> Rewording:
    words = survey.subject(server).words
    missing = tuple(word for word in _own(record) if word not in words)
    return Rewording(frozenset(word.partition("=")[0] for word in record.added), missing)


def _own(record: Opened) -> tuple[str, ...]:
    """The words that jntui took away, but for an address of them that would let others in again."""
    if not is_wide(record.before):
        return record.dropped
    kept: list[str] = []
    value = False
    for word in record.dropped:
        head, given, _ = word.partition("=")
        address = head.startswith("-") and head.lstrip("-").rpartition(".")[2] == "ip"
        if not address and not value:
            kept.append(word)
        value = address and not given
    return tuple(kept)


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
    # What code computes is what the server that runs shows.
    computed = setting is not None and setting.source.kind == "computed" and closed
    here = computed or (setting is not None and setting.value in {HERE, *_LOOPBACK})
    command = f"jntui access {server.port} --local"
    planned = None if here else plan_several(whose, [asked(whose.found, "ip", HERE)], None, command)
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
