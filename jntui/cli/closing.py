"""`jntui access --local` for what is gone and for all at once, and `jntui logout-everyone`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from jntui.cli import documents, tables
from jntui.cli.changing import SHOWN_LINES, as_text
from jntui.cli.errors import CallError
from jntui.cli.opening import BAD, GOOD, access_document, failed, tell_step
from jntui.cli.stopping import agreed, find_server, plan_document
from jntui.model import AccessDone, AccessFailed, AccessRefused
from jntui.process.hangup import held_back
from jntui.text import home_short, visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from jntui.cli.documents import Document
    from jntui.model import LoggedOut, LogOutPlan, Opened
    from jntui.monitor.closing import Closed, ToClose
    from jntui.monitor.survey import Survey

NOTHING = "jntui opened nothing that is not closed again"


def gone_of(text: str | None, survey: Survey) -> Opened | None:
    """What jntui opened of a server that does not run any more: of this port, pid or id; without, the only one."""
    gone = survey.access.gone()
    if text is None:
        runs = any(one.state not in {"stale", "other-user"} for one in survey.servers())
        return gone[0] if len(gone) == 1 and not runs else None
    return next((one for one in gone if text in {str(one.port), str(one.pid), one.server}), None)


def close_gone(record: Opened, survey: Survey, *, preview: bool, as_json: bool) -> int:
    """Only files are written. Raises CallError."""
    from jntui.monitor.closing import gone_words

    try:
        if preview:
            plan = survey.access.plan_gone(record)
        else:
            done = survey.access.close_gone(record, tell_step)
            plan = done.plan
    except AccessRefused as refused:
        raise CallError(visible(refused.message, 1200)) from refused
    if as_json:
        documents.write({**({"preview": True} if preview else {}), **access_document(plan), "runs": False})
        return GOOD
    if plan.change is not None:
        print(as_text(plan.change.diff[:SHOWN_LINES]))
    for note in plan.remarks:
        print(f"! {visible(note, 400)}")
    if preview:
        print(f"{visible(plan.label, 60)}: nothing was changed: this is the preview")
    else:
        print(visible(gone_words(done), 600))
    return GOOD


def close_all(arguments: argparse.Namespace, survey: Survey) -> int:
    """`access --local --all`. Exit 1 if one of them could not be closed. Raises CallError."""
    from jntui.monitor import closing

    if arguments.server is not None:
        raise CallError("--all closes every server that jntui opened: leave the server out")
    found = closing.planned(survey)
    if arguments.preview:
        return _show(found, survey, arguments.json)
    if not found:
        print(NOTHING) if not arguments.json else documents.write({"closed": []})
        return GOOD
    if not (arguments.yes or _agreed(found, survey)):
        raise CallError("nothing was closed")
    try:
        with held_back():
            done = closing.close_all(survey, kill=arguments.kill, on_step=tell_step)
    except KeyboardInterrupt:
        print("jntui: interrupted; the same command closes what is left", file=sys.stderr)
        raise
    if arguments.json:
        documents.write({"closed": [_closed_document(one) for one in done]})
    else:
        print("\n".join(visible(one.words, 1200) for one in done))
    return GOOD if all(one.good for one in done) else BAD


def _lines(found: Sequence[ToClose], survey: Survey) -> str:
    rows = []
    for one in found:
        label = one.server.label if one.server else one.record.label
        if one.plan is None:
            rows.append([label, visible(one.why_not, 400)])
            continue
        ends = "does not run any more: nothing restarts"
        if one.server is not None:
            restart = one.plan.restart
            ends = f"restarts; ends: {restart.stop.work or 'no kernel'}" if restart else "does not restart"
        change = one.plan.change
        files = [home_short(path, survey.home) for path in (change.path, *change.also)] if change else []
        how = "byte for byte as before" if one.plan.exact else "the settings as before, other edits stay"
        rows.append([label, f"{one.record.reach} → this machine; {ends}"])
        rows += [["", f"{path}: {how}"] for path in files]
    return tables.columns(rows)


def _show(found: Sequence[ToClose], survey: Survey, as_json: bool) -> int:
    if as_json:
        documents.write({"preview": True, "closed": [_planned_document(one) for one in found]})
    elif found:
        print(_lines(found, survey))
        print("nothing was changed: this is the preview")
    else:
        print(NOTHING)
    return GOOD


def _agreed(found: Sequence[ToClose], survey: Survey) -> bool:
    """One question for all; without a terminal nobody is asked."""
    print(_lines(found, survey), file=sys.stderr)
    if not sys.stdin.isatty():
        return True
    print("close them? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _planned_document(one: ToClose) -> Document:
    plan = access_document(one.plan) if one.plan is not None else {"server": one.record.server}
    label = one.server.label if one.server else one.record.label
    return {**plan, "label": label, "runs": one.server is not None, "message": one.why_not or None}


def _closed_document(closed: Closed) -> Document:
    one, done = closed.one, closed.done
    shown: Document = access_document(done.plan) if done is not None else {"server": one.record.server}
    if isinstance(done, AccessDone):
        shown = {
            **shown,
            "server": documents.server_document(done.server),
            "after": [listener.text for listener in done.server.listeners],
            "endpoints": documents.rows_of(done.checks),
        }
    label = one.server.label if one.server else one.record.label
    return {**shown, "label": label, "runs": one.server is not None, "closed": closed.good, "message": closed.words}


def log_out(arguments: argparse.Namespace, survey: Survey) -> int:
    """Exit 1 if it was tried and nobody is logged out. Raises CallError where nothing is changed."""
    from jntui.monitor import log_out as leaving

    if survey.read_only and not arguments.preview:
        raise CallError("read-only: nobody is logged out")
    server = find_server(arguments.server, survey)
    try:
        plan = leaving.plan_log_out(survey, server)
        if arguments.preview:
            return _show_plan(plan, survey, arguments.json)
        if not arguments.yes and agreed(plan.restart.stop, "restart", lambda: survey.plan_stop(server)) is None:
            raise CallError(f"{plan.label} still runs as before: nobody was logged out")
        with held_back():
            done = leaving.log_out(survey, server, kill=arguments.kill, on_step=tell_step)
    except AccessRefused as refused:
        raise CallError(visible(refused.message, 1200)) from refused
    except AccessFailed as error:
        return failed(error, arguments.json)
    except KeyboardInterrupt:
        print("jntui: interrupted; `jntui list` shows what runs, the same command does it again", file=sys.stderr)
        raise
    return _logged_out(done, survey, arguments.json)


def _plan_document(plan: LogOutPlan) -> Document:
    change = plan.change
    return {
        "server": plan.server,
        "cookie_file": plan.cookie_file,
        "token": plan.token,
        "path": change.path if change is not None else None,
        "diff": as_text(change.diff) if change is not None else "",
        "restart": plan_document(plan.restart.stop),
        "notes": list(plan.notes),
    }


def _plan_lines(plan: LogOutPlan, survey: Survey) -> str:
    rows = [
        ["server", f"{plan.label} ({plan.server})"],
        ["made anew", home_short(plan.cookie_file, survey.home)],
        ["token", plan.token],
        *([["file", home_short(plan.change.path, survey.home)]] if plan.change is not None else []),
        ["restarts", plan.restart.stop.work or "no kernel runs"],
    ]
    notes = "".join(f"\n! {visible(note, 400)}" for note in plan.notes)
    return tables.columns(rows) + notes


def _show_plan(plan: LogOutPlan, survey: Survey, as_json: bool) -> int:
    if as_json:
        documents.write({"preview": True, **_plan_document(plan)})
    else:
        print(_plan_lines(plan, survey))
        print("nobody was logged out: this is the preview")
    return GOOD


def _logged_out(done: LoggedOut, survey: Survey, as_json: bool) -> int:
    if as_json:
        log = done.restarted.started.log
        documents.write({**_plan_document(done.plan), "server": documents.server_document(done.server), "log": log})
        return GOOD
    print(_plan_lines(done.plan, survey))
    print(visible(f"everyone is logged out of {done.server.label}: pid {done.server.pid}"))
    return GOOD
