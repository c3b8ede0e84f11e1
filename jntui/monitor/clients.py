"""Who is connected to the servers, and who was while the monitor ran: the only proof from outside.

Read from the sockets of each look, so no root is needed and nothing is asked of anybody. What came and went between
two looks is not seen.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jntui.model import Client
from jntui.network.listeners import covers
from jntui.network.scope import parse
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from jntui.model import Connection, Server, Sockets
    from jntui.monitor.client_store import ClientStore, Life
    from jntui.network.reverse_names import ReverseNames
    from jntui.process import Processes

MOST_CLIENTS = 32
"""Of one server, the latest."""

KEEP_S = 30.0
"""How often comings and goings are written down."""

STAY_S = 600.0
"""How often it is written down that somebody is still there, so that a restart of jntui does not forget hours of it."""

MOST_ENDS = 256
"""Connections from this machine itself whose other end is looked up."""

CARRIERS: frozenset[str] = frozenset(
    {
        *("sshd", "sshd-session", "ssh", "autossh", "dropbear"),
        *("nginx", "apache2", "httpd", "caddy", "haproxy", "traefik", "envoy", "lighttpd", "stunnel", "stunnel4"),
        *("cloudflared", "frpc", "ngrok", "tailscaled", "zrok", "chisel", "bore", "rathole", "gost", "kubectl"),
        *("docker-proxy", "rootlessport", "slirp4netns", "pasta", "passt", "socat", "systemd-socket-", "wslrelay"),
        *("node", "code-tunnel"),
    }
)
"""Programs, by the kernel's name of at most 15 characters, that carry connections of others: ssh tunnels, reverse
proxies, ways in from outside, containers' ports, and `node` (VS Code's forwarded ports, JupyterHub's proxy)."""

_Place = tuple[str, str]
"""The remote address, the local one."""


@dataclass(slots=True)
class _Book:
    """Everybody who was seen at one life of a server."""

    life: tuple[object, ...]
    seen: dict[_Place, Client]


class Clients:
    """Kept by the monitor's own thread; `of` may be called from any."""

    def __init__(
        self, processes: Processes, store: ClientStore | None = None, names: ReverseNames | None = None
    ) -> None:
        self._processes = processes
        self._store = store
        self._names = names
        self._earlier: dict[Life, tuple[Client, ...]] | None = None
        """Of the last day, before this jntui began; None until the first look."""
        self._written: datetime | None = None
        self._kept = True
        """What is shown is written down."""
        self._books: dict[str, _Book] = {}
        self._ends: dict[Connection, str | None] = {}
        """For a connection from this machine: the program at its other end, empty if unseen, None if no carrier."""
        self._shown: dict[str, tuple[Client, ...]] = {}

    @property
    def shown(self) -> dict[str, tuple[Client, ...]]:
        """Everybody, by server: another object whenever something of it changed."""
        return self._shown

    def of(self, server_id: str) -> tuple[Client, ...]:
        """Who is connected, then who was, the latest first."""
        return self._shown.get(server_id, ())

    def see(
        self, servers: Iterable[Server], sockets: Sockets, own: Collection[str], moment: datetime
    ) -> frozenset[tuple[str, str]]:
        """Takes over one look. `own` are this machine's addresses, `moment` is UTC; servers that are gone go.

        Where somebody is new: the server's id and the local address.
        """
        known = [server for server in servers if server.state != "stale" and server.listeners]
        arrived = {server.id: _connections(server, sockets) for server in known}
        self._look_up([one for found in arrived.values() for one in found if _is_local(one, own)])
        books: dict[str, _Book] = {}
        newcomers: set[tuple[str, str]] = set()
        for server in known:
            life = (server.pid, server.started)
            book = self._books.get(server.id)
            books[server.id] = (
                book if book is not None and book.life == life else _Book(life, self._known(server, moment))
            )
            present = [client for one in arrived[server.id] if (client := self._client(one, own, moment))]
            newcomers |= {
                (server.id, one.local) for one in present if (one.remote, one.local) not in books[server.id].seen
            }
            _enter(books[server.id].seen, present, moment)
        self._books = books
        fresh = {name: self._named(_sorted(book.seen.values())) for name, book in books.items() if book.seen}
        if fresh != self._shown:
            self._shown, self._kept = fresh, False
        stays = any(one.now for found in fresh.values() for one in found)
        if not self._kept or (stays and self._older(moment, STAY_S)):
            self._keep(known, moment, at_once=bool(newcomers))
        return frozenset(newcomers)

    def _known(self, server: Server, moment: datetime) -> dict[_Place, Client]:
        """Who was seen at this life of the server before this jntui began."""
        if self._store is None:
            return {}
        from jntui.monitor.client_store import life_of, same_life

        if self._earlier is None:
            self._earlier = self._store.read(moment)
        life = life_of(server.id, server.pid, server.started)
        found = next((those for one, those in self._earlier.items() if same_life(one, life)), ())
        return {(one.remote, one.local): one for one in found[:MOST_CLIENTS]}

    def _named(self, clients: tuple[Client, ...]) -> tuple[Client, ...]:
        """With the names that are known by now; those that come through a tunnel have none."""
        if self._names is None:
            return clients
        names = self._names
        return tuple(one if one.local_end else replace(one, name=names.of(one.remote) or one.name) for one in clients)

    def _keep(self, servers: Iterable[Server], moment: datetime, *, at_once: bool) -> None:
        """Writes them down: somebody new at once, comings and goings every KEEP_S seconds."""
        if self._store is None:
            return
        if not at_once and not self._older(moment, KEEP_S):
            return
        from jntui.monitor.client_store import life_of, same_life

        lives = {life_of(one.id, one.pid, one.started): self._shown.get(one.id, ()) for one in servers}
        old = (self._earlier or {}).items()
        earlier = {life: found for life, found in old if not any(same_life(life, one) for one in lives)}
        self._store.write({**earlier, **lives}, moment)
        self._written, self._kept = moment, True

    def _older(self, moment: datetime, seconds: float) -> bool:
        """What is written down is older than that."""
        return self._written is None or (moment - self._written).total_seconds() >= seconds

    def _look_up(self, connections: list[Connection]) -> None:
        """Names the other ends that are new; those of connections that are gone are forgotten."""
        kept = {one: self._ends[one] for one in connections if one in self._ends}
        new = {(_plain(one.remote_host), one.remote_port): one for one in connections if one not in kept}
        if new:
            wanted = set(list(new)[:MOST_ENDS])
            for end, pid in self._processes.holders(wanted).items():
                kept[new[end]] = self._carrier(pid)
        self._ends = kept

    def _carrier(self, pid: int | None) -> str | None:
        if pid is None:
            return ""
        facts = self._processes.look(pid) if pid != os.getpid() else None
        return visible(facts.name, 40) if facts is not None and facts.name in CARRIERS else None

    def _client(self, one: Connection, own: Collection[str], moment: datetime) -> Client | None:
        """The client of a connection; None for a program of this machine that carries nobody else's."""
        remote, local = _plain(one.remote_host), _plain(one.local_host)
        if not _is_local(one, own):
            return Client(remote, local, moment, moment)
        through = self._ends.get(one)
        return None if through is None else Client(remote, local, moment, moment, local_end=True, through=through)


def _plain(host: str) -> str:
    return str(parse(host))


def _is_local(one: Connection, own: Collection[str]) -> bool:
    peer = parse(one.remote_host)
    return peer.is_loopback or str(peer) in own


def _connections(server: Server, sockets: Sockets) -> list[Connection]:
    """The established connections that end at this server's listeners."""
    by_port: dict[int, list[Connection]] = {}
    ports = {one.port for one in server.listeners if not one.path}
    pids = {one.pid for one in server.listeners if one.pid is not None}
    for one in sockets.connections:
        if one.local_port in ports and not (one.pid and pids and one.pid not in pids):
            by_port.setdefault(one.local_port, []).append(one)
    return [
        one
        for port, found in by_port.items()
        for one in found
        if covers([listener for listener in server.listeners if listener.port == port], one.local_host)
    ]


def _enter(seen: dict[_Place, Client], present: Iterable[Client], moment: datetime) -> None:
    """Who came, who stayed, who left; beyond the bound those who left first are forgotten."""
    here = {(client.remote, client.local): client for client in present}
    for place, client in here.items():
        old = seen.get(place)
        if old is None:
            seen[place] = client
        elif not old.now:
            seen[place] = replace(client, first_seen=old.first_seen, through=client.through or old.through)
        elif client.through and client.through != old.through:
            seen[place] = replace(old, through=client.through)
    for place, old in list(seen.items()):
        if old.now and place not in here:
            seen[place] = replace(old, now=False, last_seen=moment)
    for client in _sorted(seen.values())[MOST_CLIENTS:]:
        seen.pop((client.remote, client.local))


def _sorted(clients: Iterable[Client]) -> tuple[Client, ...]:
    """Who is connected first, then the latest; equal moments by address."""
    by_place = sorted(clients, key=lambda one: (one.local, one.remote))
    by_time = sorted(by_place, key=lambda one: one.last_seen, reverse=True)
    return tuple(sorted(by_time, key=lambda one: (not one.now, one.local_end)))
