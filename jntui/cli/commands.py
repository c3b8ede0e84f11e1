"""What each command does: ask the survey, print a table or one JSON document, return the exit status."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from jntui.cli import documents, tables
from jntui.cli.awaited import ToldProcesses
from jntui.cli.choose import choose
from jntui.cli.errors import CallError
from jntui.monitor.pool import gather
from jntui.monitor.survey import Survey
from jntui.text import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from jntui.model import Server

GOOD, BAD = 0, 1


def run(arguments: argparse.Namespace) -> int:
    """Runs the command that was parsed. Raises CallError."""
    survey = Survey(processes=ToldProcesses(), read_only=arguments.read_only)
    commands: dict[str, Callable[[argparse.Namespace, Survey], int]] = {
        "list": _list,
        "urls": _urls,
        "check": _check,
        "start": _start,
        "config": _config,
        "stop": _stop,
        "restart": _restart,
        "password": _password,
        "qr": _qr,
        "access": _access,
        "logout-everyone": _log_out,
        "log": _log,
        "kernels": _kernels,
        "report": _report,
        "completion": _completion,
        "man": _man,
        "keys": _keys,
    }
    status = commands[arguments.command](arguments, survey)
    if survey.trouble:
        print(f"jntui: {visible(survey.trouble, 400)}", file=sys.stderr)
    return status


def asked(survey: Survey, servers: Sequence[Server]) -> list[Server]:
    """The servers after each was asked who it is, side by side."""
    works = [partial(survey.ask if _worth_asking(server) else _as_is, server) for server in servers]
    return gather(works) if works else []


def found(survey: Survey) -> tuple[Server, ...]:
    """All servers, those too that only their answer shows to be one."""
    servers = survey.servers()
    return survey.servers() if survey.ask_candidates() else servers


def _as_is(server: Server) -> Server:
    return server


def _worth_asking(server: Server) -> bool:
    return server.state not in {"stale", "other-user", "starting"}


def _list(arguments: argparse.Namespace, survey: Survey) -> int:
    servers = asked(survey, found(survey))
    survivals = {one.id: survey.living.survival(one) for one in servers if one.state not in {"stale", "other-user"}}
    if arguments.json:
        documents.write({"servers": [documents.server_document(one, survivals.get(one.id)) for one in servers]})
    else:
        print(tables.servers_table(servers, survey.machine, survivals))
    return GOOD


def running(survey: Survey, text: str | None) -> Server:
    """The server that is meant, asked. Raises CallError if it cannot be opened by anybody."""
    server = choose(asked(survey, found(survey)) if text is None else found(survey), text)
    server = survey.ask(server) if text is not None and _worth_asking(server) else server
    if server.state == "stale":
        raise CallError(f"{visible(server.id)} is no running server: {visible(documents.reason(server), 300)}")
    if server.state == "starting":
        raise CallError(f"{visible(server.id)} is still starting: {visible(documents.reason(server), 300)}; try again")
    survey.reach.resolve_names()
    return server


def _urls(arguments: argparse.Namespace, survey: Survey) -> int:
    server = running(survey, arguments.server)
    endpoints = survey.endpoints(server)
    token = server.token if arguments.token else None
    urls = [survey.with_token(one.url, token) if token and one.kind == "direct" else one.url for one in endpoints]
    if arguments.json:
        rows = [documents.endpoint_document(one, url) for one, url in zip(endpoints, urls, strict=True)]
        documents.write({"server": server.id, "endpoints": rows})
    else:
        print(tables.urls_table(endpoints, urls))
        if arguments.token and not token:
            print("\nno token of this server is known here")
    return GOOD


def _check(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import checking

    return checking.check(arguments, survey)


def _start(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import starting

    return starting.start(arguments, survey)


def _config(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import settings

    return settings.run(arguments, survey)


def _stop(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import stopping

    return stopping.stop(arguments, survey)


def _password(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import password

    return password.password(arguments, survey)


def _access(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import opening

    return opening.access(arguments, survey)


def _log_out(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import closing

    return closing.log_out(arguments, survey)


def _qr(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import sharing

    return sharing.qr(arguments, survey)


def _log(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import logs

    return logs.log(arguments, survey)


def _kernels(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import kernels

    return kernels.kernels(arguments, survey)


def _report(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import reporting

    return reporting.report(arguments, survey)


def _completion(arguments: argparse.Namespace, _: Survey) -> int:
    from jntui.cli import generated

    return generated.print_completion(arguments)


def _man(arguments: argparse.Namespace, _: Survey) -> int:
    from jntui.cli import generated

    return generated.print_page(arguments)


def _keys(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli.keys import keys

    return keys(arguments, survey)


def _restart(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import restarting

    return restarting.restart(arguments, survey)
