"""`jntui check`: probes the endpoints of servers, or any URL, and prints what each means."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jntui.cli import documents, tables
from jntui.cli.commands import BAD, GOOD, asked, found, running
from jntui.cli.errors import CallError
from jntui.model import Endpoint, RemoteFailed, Row
from jntui.monitor.pool import gather
from jntui.text import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from jntui.model import Check, Secret, Server
    from jntui.monitor.survey import Survey


@dataclass(frozen=True)
class Target:
    """One endpoint to probe."""

    server: Server | None
    endpoint: Endpoint
    token: Secret | None = field(default=None, repr=False)
    confirm_uncovered: bool = False
    counts: bool = True
    """The exit status depends on it."""
    typed: bool = False
    """It was given as a URL."""
    refused: Check | None = None
    """What was typed cannot be a URL: this is the answer already."""


def check(arguments: argparse.Namespace, survey: Survey) -> int:
    """Probes, prints, and says by the exit status whether all that should work does. Raises CallError."""
    if arguments.watch:
        from jntui.cli import watching

        watching.watch(arguments, survey)
    texts: list[str | None] = list(dict.fromkeys(arguments.targets)) or [None]
    known = asked(survey, found(survey)) if any(text and "://" in text for text in texts) else []
    survey.reach.resolve_names()
    targets: list[Target] = []
    servers: list[Server] = []
    for text in texts:
        if text is not None and "://" in text:
            targets.append(url_target(survey, known, text, arguments.host))
            continue
        server = running(survey, text)
        servers.append(server)
        targets += _server_targets(survey, server, arguments.all)
    if arguments.host is not None:
        return _from_elsewhere(arguments, survey, targets, servers)
    checks = gather([partial(check_here, survey, target, arguments.timeout) for target in targets]) if targets else []
    if arguments.json:
        documents.write({**documents.check_document(checks), "from": None})
    else:
        print(tables.checks_table(checks))
        _print_answers(survey, servers, checks)
    return _status(targets, checks)


def _status(targets: Sequence[Target], checks: Sequence[Check]) -> int:
    failed = any(target.counts and not check.reachable for target, check in zip(targets, checks, strict=True))
    return BAD if failed else GOOD


def _server_targets(survey: Survey, server: Server, everything: bool) -> list[Target]:
    return [
        Target(server, endpoint, None, everything, endpoint.covered is True)
        for endpoint in survey.endpoints(server)
        if endpoint.offered and (everything or endpoint.covered is not False)
    ]


def check_here(survey: Survey, target: Target, timeout_s: float = 4.0) -> Check:
    """One probe, or what is known without it."""
    return target.refused or survey.check(
        target.server,
        target.endpoint,
        timeout_s,
        token=target.token,
        confirm_uncovered=target.confirm_uncovered,
    )


def _from_elsewhere(
    arguments: argparse.Namespace, survey: Survey, targets: Sequence[Target], servers: Sequence[Server]
) -> int:
    """The same from another host. A URL is probed as it was typed; of a server's endpoints, those that a host could
    open at all. A server of which none is left is not reachable from there. Raises CallError."""
    kept = [target for target in targets if target.typed or survey.reach.for_others([target.endpoint])]
    left = [target for target in targets if target not in kept]
    asking = [target for target in kept if target.refused is None]
    try:
        pairs = [(target.server, target.endpoint) for target in asking]
        answers = survey.check_all_from(arguments.host, pairs, arguments.timeout) if pairs else []
    except RemoteFailed as error:
        raise CallError(error.message) from error
    by_target = dict(zip(map(id, asking), answers, strict=True))
    checks = [target.refused or by_target[id(target)] for target in kept]
    without = [server for server in servers if all(target.server is not server for target in kept)]
    if arguments.json:
        left_out = [target.endpoint.url for target in left]
        documents.write({**documents.check_document(checks), "from": arguments.host, "left_out": left_out})
    else:
        print(tables.checks_table(checks, arguments.host))
        _print_left_out(arguments.host, left, without)
    return BAD if without else _status(kept, checks)


def _print_left_out(host: str, left: Sequence[Target], without: Sequence[Server]) -> None:
    if left:
        only = "only this machine and its containers can open" if len(left) > 1 else "only this machine can open"
        plural = "endpoints that" if len(left) > 1 else "endpoint that"
        print(f"left out: {len(left)} {plural} {only}")
    for server in without:
        print(
            f"{visible(server.label)} listens on no address that {host} could open: see `jntui check` for what changes "
            f"that, or ask all the same with --all"
        )


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


def url_work(
    survey: Survey, servers: Sequence[Server], text: str, timeout_s: float
) -> tuple[Endpoint, Callable[[], Check]]:
    """A probe of the URL itself, and what it asks; if a known server listens there, it is that server's."""
    target = url_target(survey, servers, text, None)
    return target.endpoint, partial(check_here, survey, target, timeout_s)


def url_target(survey: Survey, servers: Sequence[Server], text: str, host: str | None) -> Target:
    """The URL itself; if a known server listens there, it is that server's.

    From another host a loopback URL means that host's own loopback (the near end of a tunnel), so it is no server's.
    """
    from jntui.network.urls import parse_custom_url

    if text.startswith("http+unix://"):
        return Target(*_owner(survey, servers, text), typed=True)
    try:
        url, token = parse_custom_url(text, [server.base_url for server in servers])
    except ValueError as error:
        refused = survey.reach.refuse_url(text, str(error))
        return Target(None, refused.endpoint, typed=True, refused=refused)
    if host is not None:
        foreign = survey.reach.foreign_endpoint(url)
        if foreign.scope == "this-machine":
            return Target(None, foreign, typed=True)
        return Target(*_owner(survey, servers, url), confirm_uncovered=True, typed=True)
    return Target(*_owner(survey, servers, url), token=token, confirm_uncovered=True, typed=True)


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
            if endpoint.url == url and (far is None or not far[0].listeners):
                far = (server, endpoint)
            parts = urlsplit(endpoint.url)
            here = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
            if here == place and endpoint.covered:
                near = (server, Endpoint(server.id, url, endpoint.interface, endpoint.address, endpoint.scope, True))
    found = near or far
    if found is not None:
        return found
    return None, survey.reach.foreign_endpoint(url)
