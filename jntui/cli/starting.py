"""`jntui start`: what would run, and what runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from jntui.cli import documents, tables
from jntui.cli.errors import CallError
from jntui.model import AccessRefused, AccessWish, StartFailed, StartRefused, StartRequest
from jntui.text import visible

if TYPE_CHECKING:
    import argparse

    from jntui.model import AccessReach, Started, StartPlan
    from jntui.monitor.survey import Survey

GOOD, BAD = 0, 1


def start(arguments: argparse.Namespace, survey: Survey) -> int:
    """Exit 1 if it did not come up. Raises CallError."""
    if survey.read_only and not arguments.preview:
        raise CallError("read-only: nothing is started")
    request = StartRequest(
        arguments.app, arguments.port, arguments.root_dir, arguments.python, tuple(arguments.options)
    )
    try:
        if (arguments.password or arguments.tls) and not (arguments.lan or arguments.address):
            raise CallError("--password and --tls are for a server that others can reach: add --lan or --address A")
        if arguments.service and (arguments.lan or arguments.address):
            raise CallError("--service goes without --lan and --address: `jntui access` opens the server later")
        if arguments.lan or arguments.address:
            return _open(arguments, survey, request)
        plan = survey.plan_start(request)
        if arguments.service:
            return _service(plan, survey, preview=arguments.preview, as_json=arguments.json)
        if arguments.preview:
            _print_plan(plan, arguments.json)
            return GOOD
        started = survey.start_server(plan)
    except KeyboardInterrupt:
        print("jntui: interrupted; a server that was started already goes on: see `jntui list`", file=sys.stderr)
        raise
    except StartRefused as error:
        raise CallError(error.message) from error
    except StartFailed as error:
        return _start_failed(error, arguments.json)
    return _print_started(started, plan, survey, arguments.json)


def _service(plan: StartPlan, survey: Survey, *, preview: bool, as_json: bool) -> int:
    """A start by the user's service manager. Raises CallError, StartFailed."""
    from jntui.cli import service

    if preview:
        return service.show(plan, survey, as_json=as_json)
    planned = survey.living.plan_service(plan)
    started = survey.living.start_service(plan)
    status = _print_started(started, plan, survey, as_json)
    if not as_json:
        print(f"\n{service.afterwards(planned)}")
    return status


def _open(arguments: argparse.Namespace, survey: Survey, request: StartRequest) -> int:
    """A start for others. Raises CallError, StartFailed."""
    from jntui.cli.opening import password_of
    from jntui.monitor.access_start import plan_open, start_open

    reach: AccessReach = "lan" if arguments.lan else "address"
    login = password_of(arguments)
    wish = AccessWish(reach, arguments.address, login, arguments.without_authentication, arguments.tls)
    try:
        if arguments.preview:
            _print_plan(plan_open(survey, request, wish).start, arguments.json)
            return GOOD
        plan, started = start_open(survey, request, wish)
    except AccessRefused as refused:
        raise CallError(visible(refused.message, 1000)) from refused
    return _print_started(started, plan.start, survey, arguments.json)


def _print_started(started: Started, plan: StartPlan, survey: Survey, as_json: bool) -> int:
    found = [server for server in survey.servers() if server.pid == started.pid]
    if not found:
        raise CallError(f"pid {started.pid} was started and is gone again; its log: {started.log}")
    server = survey.ask(found[0])
    survey.reach.resolve_names()
    endpoints = survey.endpoints(server)
    if as_json:
        document: documents.Document = {
            "server": documents.server_document(server),
            "endpoints": [documents.endpoint_document(endpoint) for endpoint in endpoints],
            "log": started.log,
            "python": started.python,
            "command": list(started.command),
        }
        documents.write(document)
    else:
        what = f"{server.app or plan.app}, pid {server.pid}, {started.python} ({started.chosen})"
        print(visible(f"{server.label} runs: {what}"))
        print(f"log: {visible(started.log)}\n")
        print(tables.urls_table(endpoints, [endpoint.url for endpoint in endpoints]))
        if server.token:
            print(f"\n`jntui urls {server.port or server.id} --token` shows the URLs with the token.")
    return GOOD


def _print_plan(plan: StartPlan, as_json: bool) -> None:
    if as_json:
        documents.write(
            {
                "preview": True,
                "app": plan.app,
                "python": plan.python,
                "chosen": plan.chosen,
                "port": plan.port,
                "root_dir": plan.root_dir,
                "log": plan.log,
                "command": list(plan.command),
            }
        )
    else:
        print(tables.plan_table(plan))


def _start_failed(error: StartFailed, as_json: bool) -> int:
    """The server did not come up: exit 1, the reason on stderr, with the last lines of its log."""
    print(f"jntui: {visible(error.message, 400)}", file=sys.stderr)
    for line in error.tail:
        print(f"  {visible(line, 400)}", file=sys.stderr)
    if error.log:
        print(f"  log: {visible(error.log)}", file=sys.stderr)
    if as_json:
        documents.write(
            {
                "server": None,
                "endpoints": [],
                "log": error.log,
                "python": None,
                "command": None,
                "message": error.message,
                "tail": list(error.tail),
            }
        )
    return BAD
