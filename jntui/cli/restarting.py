"""`jntui restart`: what would run, the question where kernels run, what runs now or why nothing does."""

from __future__ import annotations

import contextlib
import shlex
import sys
from typing import TYPE_CHECKING

from jntui.cli import documents, tables
from jntui.cli.errors import CallError
from jntui.cli.stopping import agreed, find_server, plan_document, stopped_document, tell
from jntui.model import StartFailed, StopFailed
from jntui.process.hangup import held_back
from jntui.text import visible

if TYPE_CHECKING:
    import argparse

    from jntui.model import Restarted, RestartPlan, Server
    from jntui.monitor.survey import Survey

GOOD, BAD = 0, 1


def restart(arguments: argparse.Namespace, survey: Survey) -> int:
    """Exit 1 if the old server still runs or the new one does not. Raises CallError where nothing may be tried."""
    if survey.read_only and not arguments.preview:
        raise CallError("read-only: nothing is restarted")
    server = find_server(arguments.server, survey)
    try:
        plan = survey.plan_restart(server)
        if arguments.preview:
            _print_plan(plan, arguments.json)
            return GOOD
        if agreed(plan.stop, "restart", lambda: survey.plan_stop(server)) is None:
            return _failed(f"{plan.stop.label} still runs: nothing was done", arguments.json)
        with held_back():
            # Half of a restart is a stop: a terminal that is closed ends jntui once the server runs again.
            done = survey.restart_server(server, kill=arguments.kill, on_step=tell_on)
    except KeyboardInterrupt:
        print("jntui: interrupted; the server may be stopped or starting: see `jntui list`", file=sys.stderr)
        raise
    except StopFailed as error:
        if error.still_runs:
            return _failed(error.message, arguments.json)
        raise CallError(visible(error.message, 1000)) from error
    except StartFailed as error:
        return _failed(error.message, arguments.json, error)
    return _print_restarted(done, server, survey, as_json=arguments.json)


def tell_on(words: str) -> None:
    """A line about a step, also for a terminal that may be closed meanwhile."""
    with contextlib.suppress(OSError):  # the terminal is closed: nobody reads it, and the restart goes on
        tell(words)


def _print_plan(plan: RestartPlan, as_json: bool) -> None:
    if as_json:
        documents.write({"preview": True, **restart_document(plan)})
        return
    rows = [
        ["server", f"{plan.stop.label} ({plan.stop.server})"],
        ["ends", plan.stop.work or "no kernel"],
        *(["note", note] for note in plan.stop.notes),
        ["runs", visible(shlex.join(plan.command))],
        ["in", visible(plan.cwd)],
        ["log", visible(plan.log)],
        *([["keeps", plan.kept[0]]] if plan.kept else []),
        *(["", words] for words in plan.kept[1:]),
        *(["changes", words] for words in plan.lost),
    ]
    print(tables.columns(rows))


def restart_document(plan: RestartPlan) -> documents.Document:
    """What a restart would do."""
    return {
        "stop": plan_document(plan.stop),
        "command": list(plan.command),
        "cwd": plan.cwd,
        "python": plan.python,
        "port": plan.port or None,
        "log": plan.log,
        "kept": list(plan.kept),
        "lost": list(plan.lost),
    }


def _print_restarted(done: Restarted, old: Server, survey: Survey, *, as_json: bool) -> int:
    started = done.started
    found = [server for server in survey.servers() if server.pid == started.pid]
    if not found:
        return _failed(f"pid {started.pid} was started and is gone again; its log: {started.log}", as_json)
    server = survey.ask(found[0])
    survey.reach.resolve_names()
    endpoints = survey.endpoints(server)
    if as_json:
        documents.write(
            {
                "server": documents.server_document(server),
                "endpoints": [documents.endpoint_document(endpoint) for endpoint in endpoints],
                "log": started.log,
                "python": started.python,
                "command": list(started.command),
                "stopped": stopped_document(done.stopped),
                "lost": list(done.lost),
            }
        )
        return GOOD
    what = f"{server.app or old.app}, pid {server.pid} (it was {old.pid}), {started.python}"
    print(visible(f"{server.label} runs again: {what}"))
    for words in done.lost:
        print(f"! {visible(words, 1000)}")
    print(f"log: {visible(started.log)}\n")
    print(tables.urls_table(endpoints, [endpoint.url for endpoint in endpoints]))
    return GOOD


def _failed(message: str, as_json: bool, error: StartFailed | None = None) -> int:
    """Exit 1: the reason on stderr, with the last lines of the log of a new server that died."""
    print(f"jntui: {visible(message, 8000)}", file=sys.stderr)
    for line in error.tail if error is not None else ():
        print(f"  {visible(line, 400)}", file=sys.stderr)
    if error is not None and error.log:
        print(f"  log: {visible(error.log)}", file=sys.stderr)
    if as_json:
        documents.write(
            {
                "server": None,
                "endpoints": [],
                "log": error.log if error is not None else None,
                "python": None,
                "command": None,
                "stopped": None,
                "lost": [],
                "message": message,
                "tail": list(error.tail) if error is not None else [],
            }
        )
    return BAD
