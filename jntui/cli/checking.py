"""`jntui check`: probes the endpoints of servers, or any URL, and prints what each means."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jntui.cli import documents, tables
from jntui.cli.commands import BAD, GOOD, asked, found, running
from jntui.model import Endpoint, Row
from jntui.monitor.pool import gather
from jntui.text import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from jntui.model import Check, Server
    from jntui.monitor.survey import Survey


def check(arguments: argparse.Namespace, survey: Survey) -> int:
    """Probes, prints, and says by the exit status whether all that should work does. Raises CallError."""
    if arguments.watch:
        from jntui.cli import watching

        watching.watch(arguments, survey)
    targets: list[str | None] = list(dict.fromkeys(arguments.targets)) or [None]
    known = asked(survey, found(survey)) if any(target and "://" in target for target in targets) else []
    survey.reach.resolve_names()
    works: list[Callable[[], Check]] = []
    counted: list[bool] = []
    servers: list[Server] = []
    for target in targets:
        if target is not None and "://" in target:
            works.append(url_work(survey, known, target, arguments.timeout))
            counted.append(True)
            continue
        server = running(survey, target)
        servers.append(server)
        for endpoint in survey.endpoints(server):
            if not endpoint.offered or (endpoint.covered is False and not arguments.all):
                continue
            works.append(partial(survey.check, server, endpoint, arguments.timeout, confirm_uncovered=arguments.all))
            counted.append(endpoint.covered is True)
    checks = gather(works) if works else []
    if arguments.json:
        documents.write(documents.check_document(checks))
    else:
        print(tables.checks_table(checks))
        _print_answers(survey, servers, checks)
    return BAD if any(count and not check.reachable for count, check in zip(counted, checks, strict=True)) else GOOD


def _print_answers(survey: Survey, servers: Sequence[Server], checks: Sequence[Check]) -> None:
    for server in servers:
        rows = [Row(check.endpoint, check) for check in checks if check.endpoint.server == server.id]
        said = survey.reach.view(server, rows).answer
        if said is None:
            continue
        print(f"{visible(said.sentence, 400)}")
        if said.evidence:
            print(f"  {visible(said.evidence, 400)}")
        leak = survey.reach.leak(server)
        if leak is not None:
            print(f"\n! {leak.headline}\n  seen  {visible(leak.evidence, 400)}\n  fix   {visible(leak.fix, 400)}")


def url_work(survey: Survey, servers: Sequence[Server], text: str, timeout_s: float) -> Callable[[], Check]:
    """A probe of the URL itself; if a known server listens there, it is that server's."""
    from jntui.network.urls import parse_custom_url

    if text.startswith("http+unix://"):
        server, endpoint = _owner(survey, servers, text)
        return partial(survey.check, server, endpoint, timeout_s)
    try:
        url, token = parse_custom_url(text)
    except ValueError as error:
        return partial(survey.reach.refuse_url, text, str(error))
    server, endpoint = _owner(survey, servers, url)
    return partial(survey.check, server, endpoint, timeout_s, token=token, confirm_uncovered=True)


def _owner(survey: Survey, servers: Sequence[Server], url: str) -> tuple[Server | None, Endpoint]:
    """The server whose endpoint has this URL, or at least its host and port, and the endpoint to probe."""
    wanted = urlsplit(url)
    place = (wanted.hostname, wanted.port or (443 if wanted.scheme == "https" else 80))
    near: tuple[Server, Endpoint] | None = None
    far: tuple[Server, Endpoint] | None = None
    for server in servers:
        if server.state in {"stale", "starting"}:
            continue
        for endpoint in survey.endpoints(server):
            if endpoint.kind == "file":
                continue
            if endpoint.url == url and endpoint.covered is not False:
                return server, endpoint
            if endpoint.url == url:
                far = (server, endpoint)
            parts = urlsplit(endpoint.url)
            here = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
            if here == place and endpoint.covered:
                near = (server, Endpoint(server.id, url, endpoint.interface, endpoint.address, endpoint.scope, True))
    found = near or far
    if found is not None:
        return found
    return None, survey.reach.foreign_endpoint(url)
