"""What the monitor knows at the moment: servers, endpoints, results, and what is under way. It touches nothing else."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jntui.model import REACHABLE, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jntui.model import Check, Endpoint, Sample, Server, ServerView, Watch

RECHECK_S = 60.0
"""The calm pace at which everything is checked again."""

WATCH_S = 10.0
"""The pace of the endpoint that is watched."""

LATENCY_CLASSES_MS = (10.0, 100.0, 1000.0)
"""A time that moves between two of these says nothing new."""

Key = tuple[str, str]
"""A server's id and an endpoint's URL."""


@dataclass(slots=True)
class Result:
    """The state of one endpoint."""

    endpoint: Endpoint
    check: Check | None = None
    running: bool = False
    """A probe of it is under way or queued."""
    shown: bool = False
    """The user asked for it, or there is no result yet: the screen says `checking`."""
    due: float = 0.0
    """Monotonic time of the next check."""
    stale: bool = False
    """The server or the endpoint changed since the result came."""
    wanted: bool = False
    """The user asked for the check that runs or is due: it is made whatever the server's log will say."""


@dataclass(frozen=True, slots=True)
class Due:
    """A check to be made now."""

    server: Server
    endpoint: Endpoint
    expect: bool
    """Nobody asked for it and nothing is known yet: what is expected may stand for a request that would warn."""
    asked: bool = False
    """The user asked for it and waits."""


def life(server: Server) -> tuple[object, ...]:
    """What must stay equal for a result to still be about the same server."""
    return (server.id, server.pid, server.port, server.started, server.listeners, server.auth, server.base_url)


@dataclass(slots=True)
class Board:
    """Guarded by its own lock; every method is quick."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    servers: tuple[Server, ...] = ()
    results: dict[Key, Result] = field(default_factory=dict)
    order: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """URLs of each server, in the order of the screen."""
    version: int = 0
    """Counts the changes that a picture could show."""
    watch: Watch | None = None
    """The endpoint that is checked every WATCH_S seconds; it waits while its server is gone."""

    def server(self, server_id: str) -> Server | None:
        """The server with this id, as last seen."""
        with self.lock:
            return next((server for server in self.servers if server.id == server_id), None)

    def put_servers(self, servers: Iterable[Server]) -> None:
        """Takes over a new list; results of servers that are gone are forgotten, of changed ones are due at once."""
        with self.lock:
            before = {server.id: server for server in self.servers}
            found = tuple(servers)
            if found == self.servers:
                return
            self.version += 1
            # An unchanged server stays the same object: the screen draws its line again only for another one.
            self.servers = tuple(before[one.id] if before.get(one.id) == one else one for one in found)
            known = {server.id for server in self.servers}
            for server in self.servers:
                old = before.get(server.id)
                if old is not None:
                    self._compare(old, server)
            self.results = {key: one for key, one in self.results.items() if key[0] in known}
            self.order = {name: urls for name, urls in self.order.items() if name in known}
            self._follow_watched()

    def put_server(self, server: Server) -> None:
        """Takes over what one server answered, unless it is gone or another by now."""
        with self.lock:
            old = self.server(server.id)
            if old is None or (old.pid, old.port, old.started) != (server.pid, server.port, server.started):
                return
            if old == server:
                return
            self.version += 1
            self.servers = tuple(server if one.id == server.id else one for one in self.servers)
            self._compare(old, server)

    def put_endpoints(self, server_id: str, endpoints: Sequence[Endpoint]) -> None:
        """Takes over the endpoints of a server; a result stays with its URL as long as its endpoint stays the same."""
        with self.lock:
            for endpoint in endpoints:
                key = (server_id, endpoint.url)
                old = self.results.get(key)
                if old is None:
                    self.version += 1
                    self.results[key] = Result(endpoint)
                elif old.endpoint != endpoint:
                    self.version += 1
                    kept = replace(old.check, endpoint=endpoint) if old.check is not None else None
                    self.results[key] = Result(endpoint, kept, old.running, stale=True)
            wanted = {endpoint.url for endpoint in endpoints}
            for url in set(self.order.get(server_id, ())) - wanted:
                self.results.pop((server_id, url), None)
            order = tuple(dict.fromkeys(endpoint.url for endpoint in endpoints))
            if self.order.get(server_id) != order:
                self.version += 1
                self.order[server_id] = order
            self._follow_watched()

    def differs(self) -> None:
        """Something that a picture shows beside the board's own is another now."""
        with self.lock:
            self.version += 1

    def begin_watch(self, server_id: str, url: str) -> None:
        """Watches this endpoint from now on, and no other."""
        from jntui.model import Watch

        with self.lock:
            self.version += 1
            self.watch = Watch(server_id, url)
            one = self.results.get((server_id, url))
            if one is not None:
                one.due = 0.0

    def end_watch(self) -> None:
        """Watches nothing any more."""
        with self.lock:
            self.version += 1
            self.watch = None

    def _watched(self, server_id: str, url: str) -> bool:
        return self.watch is not None and (self.watch.server, self.watch.url) == (server_id, url)

    def _follow_watched(self) -> None:
        """A restarted server has another id: the watch goes on where the same URL is now."""
        watch = self.watch
        if watch is None or self.server(watch.server) is not None:
            return
        for server_id, url in self.results:
            if url == watch.url:
                self.version += 1
                self.watch = replace(watch, server=server_id)
                return

    def _compare(self, old: Server, server: Server) -> None:
        """What was found before need not hold: it is another life, or it hung and answers again, or hangs now."""
        another = life(old) != life(server)
        if not another and old.state == server.state:
            return
        for key, one in self.results.items():
            if key[0] == server.id:
                one.due, one.stale = 0.0, one.stale or another

    def doubt(self, server_id: str, address: str) -> None:
        """What was found at this address of a server is checked again at once, as something there changed."""
        with self.lock:
            for key, one in self.results.items():
                if key[0] == server_id and one.endpoint.address == address:
                    one.due = 0.0

    def doubt_all(self) -> None:
        """All is checked again at once, as quietly as at the calm pace; what is under way, once more when it ends."""
        with self.lock:
            for one in self.results.values():
                one.due = 0.0

    def ask_for(self, server_id: str, url: str | None) -> None:
        """The user wants to see these checked now."""
        with self.lock:
            self.version += 1
            for key, one in self.results.items():
                if key[0] == server_id and url in {None, key[1]} and one.endpoint.offered:
                    one.due, one.shown, one.wanted = 0.0, True, True

    def take_due(self, now: float) -> list[Due]:
        """What is to be checked now; it counts as running from here on."""
        with self.lock:
            due: list[Due] = []
            for server in self.servers:
                for url in self.order.get(server.id, ()):
                    one = self.results[(server.id, url)]
                    if not server.asked or one.running or one.due > now or not _checkable(one.endpoint):
                        continue
                    one.due = now + (WATCH_S if self._watched(server.id, url) else RECHECK_S)
                    if _says_the_same(one) and not one.wanted and not one.stale:
                        continue
                    first = one.check is None or one.stale
                    due.append(Due(server, one.endpoint, expect=first and not one.wanted, asked=one.wanted))
                    one.running, one.stale = True, False
                    one.shown = one.shown or one.check is None
            return due

    def put_check(self, asked_of: Server, check: Check) -> None:
        """Takes over a result. One that says nothing new leaves the old in place, unless the user asked for it."""
        with self.lock:
            one = self.results.get((asked_of.id, check.endpoint.url))
            if one is None:
                return
            server = self.server(asked_of.id)
            one.running = one.wanted = False
            if server is None or life(server) != life(asked_of) or one.endpoint != check.endpoint:
                one.due, one.stale = 0.0, True
                return
            if one.shown or one.check is None or not same_outcome(one.check, check):
                self.version += 1
                one.check = check
            one.shown = False
            if self.watch is not None and self._watched(asked_of.id, check.endpoint.url):
                self.version += 1
                self.watch = self.watch.with_sample(sample_of(check))

    def release(self, server: Server, endpoint: Endpoint) -> None:
        """A check ended without a result; its turn comes again at the calm pace."""
        with self.lock:
            one = self.results.get((server.id, endpoint.url))
            if one is not None:
                self.version += 1
                one.running = one.shown = one.wanted = False

    def rows(self, server: Server) -> list[Row]:
        """The rows of one server, as the screen shows them."""
        with self.lock:
            found = [self.results[(server.id, url)] for url in self.order.get(server.id, ())]
            return [Row(one.endpoint, one.check, one.shown or _first_pending(one)) for one in found]

    def views(self, view: Callable[[Server, Sequence[Row]], ServerView]) -> tuple[ServerView, ...]:
        """All servers with their rows."""
        with self.lock:
            return tuple(view(server, self.rows(server)) for server in self.servers)


def _checkable(endpoint: Endpoint) -> bool:
    return endpoint.offered or endpoint.kind == "file"


def _says_the_same(one: Result) -> bool:
    """Each request would write a warning into the server's log, and its answer hangs on settings that the server read
    when it started; what stands between at endpoints of other kinds may be mended meanwhile."""
    return one.check is not None and one.check.noisy


def _first_pending(one: Result) -> bool:
    return one.check is None and _checkable(one.endpoint)


def sample_of(check: Check) -> Sample:
    """What a watch keeps of a result."""
    from jntui.model import Sample

    worked = check.verdict in REACHABLE or check.verdict == "page-only"
    return Sample(check.verdict, check.elapsed_ms if worked else None, check.at)


def latency_class(elapsed_ms: float | None) -> int:
    """0 for what is shown as no time at all, one more for each of LATENCY_CLASSES_MS; -1 for no time."""
    return -1 if elapsed_ms is None else sum(elapsed_ms >= bound for bound in LATENCY_CLASSES_MS)


def same_outcome(old: Check, new: Check) -> bool:
    """The two say the same to a user: times within their class, details of stages and the exact evidence aside."""
    return (
        replace(old.finding, evidence="") == replace(new.finding, evidence="")
        and [stage.ok for stage in old.stages] == [stage.ok for stage in new.stages]
        and latency_class(old.elapsed_ms) == latency_class(new.elapsed_ms)
        and _days_left(old) == _days_left(new)
    )


def _days_left(check: Check) -> int | None:
    return check.certificate.days_left if check.certificate is not None else None
