"""`jntui check --watch`: the state of all, then one line for each change of verdict, until it is ended."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING

from jntui.cli import checking
from jntui.cli.commands import asked, found, running
from jntui.cli.errors import CallError
from jntui.model import NOISY
from jntui.monitor.pool import gather
from jntui.text import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable
    from typing import NoReturn

    from jntui.model import Check, Endpoint, Server
    from jntui.monitor.survey import Survey

INTERVAL_S = 10.0
"""From one check of an endpoint to the next."""

CALM_TURNS = 6
"""Of so many turns one asks again what writes warnings into a server's log and can change without its restart."""

BORN_S = 10.0
"""A server that listens writes its info file, which holds its token, a moment later: so long it is waited for."""

MOST_GONE = 64
"""Endpoints of one server that are watched though this machine has no such address any more."""


@dataclass
class _Target:
    """A server that was named, wherever it lives now, with the endpoints that are watched."""

    first: Server
    """As it was at the beginning: its port or its id finds it again after a restart."""
    server: Server | None
    """As it runs now, asked; None while it is gone."""
    endpoints: tuple[Endpoint, ...] = ()
    born: bool = True
    """False while it comes back: it listens, and nobody knows its token yet."""


@dataclass
class _Watched:
    """What was printed last for each URL."""

    last: dict[str, Check] = field(default_factory=dict)
    turn: int = 0
    """How often everything was checked."""

    def tell(self, checks: Iterable[Check]) -> None:
        """Prints those whose verdict is another one."""
        for check in checks:
            before = self.last.get(check.endpoint.url)
            self.last[check.endpoint.url] = check
            if before is None or before.verdict != check.verdict:
                print(line(check), flush=True)
                if check.verdict in NOISY:
                    print(_why_seldom(check), file=sys.stderr, flush=True)

    def rests(self, endpoint: Endpoint) -> bool:
        """It is not asked in this turn: each request writes a warning into its server's log.

        Directly at the server the answer hangs on settings that it read when it started, and after a restart the
        endpoint belongs to another id; what stands between at other endpoints may be mended meanwhile.
        """
        before = self.last.get(endpoint.url)
        if before is None or before.verdict not in NOISY or before.endpoint != endpoint:
            return False
        return _hangs_on_settings(endpoint) or bool(self.turn % CALM_TURNS)


def watch(arguments: argparse.Namespace, survey: Survey) -> NoReturn:
    """Checks every INTERVAL_S seconds and prints changes, until Ctrl-C or SIGTERM. Raises CallError."""
    if arguments.json:
        raise CallError("--watch prints a line for each change and --json is one document: leave one of them out")
    if arguments.host is not None:
        raise CallError("--watch checks from this machine only: leave --from out, or --watch")
    wanted: list[str | None] = list(dict.fromkeys(arguments.targets)) or [None]
    urls = [text for text in wanted if text is not None and "://" in text]
    targets = [_target(survey, text, arguments.all) for text in wanted if text is None or "://" not in text]
    if not urls and not any(target.endpoints for target in targets):
        raise CallError("no endpoint of it can be checked; see: jntui urls")
    survey.reach.resolve_names()
    watched = _Watched()
    while True:
        began = time.monotonic()
        works = [work for target in targets for work in _server_works(survey, target, watched, arguments)]
        works += _url_works(survey, urls, watched, arguments.timeout)
        watched.tell(gather(works) if works else [])
        watched.turn += 1
        time.sleep(max(0.0, began + INTERVAL_S - time.monotonic()))
        for target in targets:
            _find_again(survey, target, arguments.all)


def line(check: Check) -> str:
    """`14:02:11  http://192.168.2.169:8888/  timeout  short cause`, the time in this machine's own zone."""
    finding = check.finding
    moment = check.at.astimezone()
    words = "" if check.verdict == "ok" else finding.short_cause or finding.headline
    parts = (f"{moment:%H:%M:%S}", visible(check.endpoint.url, 300), check.verdict, visible(words, 200))
    return "  ".join(part for part in parts if part)


def _hangs_on_settings(endpoint: Endpoint) -> bool:
    return endpoint.kind == "direct" and endpoint.server is not None


def _why_seldom(check: Check) -> str:
    """What the screen says of such a watch as well."""
    when = "again when the server was restarted" if _hangs_on_settings(check.endpoint) else "once a minute"
    url = visible(check.endpoint.url, 300)
    return f"each check of {url} writes a warning into its server's log, so it is asked {when}"


def _target(survey: Survey, text: str | None, everything: bool) -> _Target:
    server = running(survey, text)
    return _Target(server, server, _endpoints(survey, server, everything))


def _endpoints(survey: Survey, server: Server, everything: bool) -> tuple[Endpoint, ...]:
    return tuple(one for one in survey.endpoints(server) if one.offered and (everything or one.covered is not False))


def _find_again(survey: Survey, target: _Target, everything: bool) -> None:
    """The server as it is now; one that came back is asked again. Its endpoints stay known while it is gone."""
    here = [one for one in found(survey) if one.state not in {"stale", "starting"}]
    same = [one for one in here if one.id == target.first.id]
    if not same and target.first.port:
        same = [one for one in here if one.port == target.first.port]
    target.born = all(map(_whole, same))
    if not same:
        target.server = None
    if not same or not target.born:
        return
    now, known = same[0], target.server
    if known is None or _born(known) != _born(now):
        target.server = survey.ask(now)
    there = _endpoints(survey, target.server or now, everything)
    urls = {one.url for one in there}
    gone = tuple(_alone(one) for one in target.endpoints if one.url not in urls)
    target.endpoints = (*there, *gone[-MOST_GONE:])


def _whole(server: Server) -> bool:
    """It has its info file, or it is old enough to have none."""
    age = (datetime.now(timezone.utc) - server.started).total_seconds() if server.started else BORN_S
    return server.info_file is not None or age >= BORN_S


def _alone(endpoint: Endpoint) -> Endpoint:
    """The same URL when nobody knows a server there: what is said is what a browser would meet."""
    return replace(endpoint, server=None, covered=None, kind="custom")


def _born(server: Server) -> tuple[object, ...]:
    return (server.id, server.pid, server.started, server.listeners)


def _server_works(
    survey: Survey, target: _Target, watched: _Watched, arguments: argparse.Namespace
) -> Iterable[Callable[[], Check]]:
    """A probe for each endpoint of a server whose verdict can have changed."""
    if not target.born:
        return
    for endpoint in target.endpoints:
        if target.server is None or endpoint.server is None:
            yield partial(survey.check, None, _alone(endpoint), arguments.timeout)
            continue
        if not watched.rests(endpoint):
            yield partial(survey.check, target.server, endpoint, arguments.timeout, confirm_uncovered=arguments.all)


def _url_works(survey: Survey, urls: list[str], watched: _Watched, timeout_s: float) -> list[Callable[[], Check]]:
    """The URLs that were given, each with the server that listens there now, if there is one."""
    if not urls:
        return []
    known = asked(survey, found(survey))
    pairs = [checking.url_work(survey, known, url, timeout_s) for url in urls]
    return [work for endpoint, work in pairs if not watched.rests(endpoint)]
