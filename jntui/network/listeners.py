"""Which listeners are a server's, which addresses they take, how far that reaches, and who is connected: all pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from jntui.model import SCOPES
from jntui.network.scope import classify, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from jntui.model import Interface, Listener, Scope, Sockets

_MOST_LISTENERS = 64
_MOST_PEERS = 64


def listeners_of(
    sockets: Sockets, pid: int | None, port: int | None, unix_path: str = "", uid: int | None = None
) -> tuple[Listener, ...]:
    """The listening sockets of one server, at most 64.

    `pid` decides where the owner of a socket can be seen. Where it cannot (another user's process), a socket without
    a visible owner on the same port, and of the same `uid` if both are known, is taken for the server's.
    """
    if unix_path:
        found = [one for one in sockets.listeners if one.path and _same_path(one, pid, unix_path)]
    else:
        tcp = [one for one in sockets.listeners if not one.path and (not port or one.port == port)]
        found = [one for one in tcp if pid is not None and one.pid == pid]
        if not found and port:
            found = [one for one in tcp if (pid is None or one.pid is None) and _same_user(one, uid)]
    return tuple(sorted(found, key=lambda one: (one.port, ":" in one.host, one.host, one.path)))[:_MOST_LISTENERS]


def _same_path(listener: Listener, pid: int | None, path: str) -> bool:
    # A server that was given a relative path shows that one in /proc/net/unix.
    relative = not listener.path.startswith(("/", "@")) and pid is not None and listener.pid == pid
    return listener.path == path or (relative and path.endswith("/" + listener.path.removeprefix("./")))


def _same_user(listener: Listener, uid: int | None) -> bool:
    return uid is None or listener.uid is None or listener.uid == uid


def covers(listeners: Iterable[Listener], ip: str) -> bool:
    """One of the listeners takes a connection to this IP literal.

    `0.0.0.0` takes every IPv4 address of the machine (127.0.1.1 too), `::` every IPv6 address and no IPv4: Jupyter's
    server sets IPV6_V6ONLY (tornado.netutil.bind_sockets), and whether a socket did cannot be read from /proc.
    Raises ValueError if `ip` is no literal.
    """
    wanted = parse(ip)
    zone = ip.partition("%")[2]
    for listener in listeners:
        if listener.path:
            continue
        bound = parse(listener.host)
        if bound.version != wanted.version:
            continue
        if bound.is_unspecified:
            return True
        listener_zone = listener.host.partition("%")[2]
        if bound == wanted and (not zone or not listener_zone or zone == listener_zone):
            return True
    return False


def exposure(listeners: Collection[Listener], interfaces: Iterable[Interface]) -> Scope | None:
    """The widest scope that the listeners allow on these interfaces; None without a listener.

    Temporary and deprecated addresses count: whoever knows one gets in. A socket file is `this-machine`.
    """
    if not listeners:
        return None
    scopes: set[Scope] = {"this-machine"}
    known: set[str] = set()
    for interface in interfaces:
        known.update(address.ip for address in interface.addresses)
        if interface.up:
            scopes.update(address.scope for address in interface.addresses if covers(listeners, address.ip))
    for listener in listeners:
        if not listener.path and str(parse(listener.host)) not in known:
            scopes.add(classify(listener.host, "", "unknown"))
    return max(scopes, key=SCOPES.index)


def peers_of(sockets: Sockets, listeners: Collection[Listener], own_addresses: Collection[str]) -> tuple[str, ...]:
    """The remote addresses with an established connection to these listeners: distinct, sorted, at most 64.

    This machine's own addresses are left out; an IPv4-mapped address counts as the IPv4 one.
    """
    ports = {one.port for one in listeners if not one.path}
    pids = {one.pid for one in listeners if one.pid is not None}
    own = {str(parse(address)) for address in own_addresses}
    found: set[str] = set()
    for connection in sockets.connections:
        if connection.local_port not in ports or (connection.pid and pids and connection.pid not in pids):
            continue
        here = [one for one in listeners if one.port == connection.local_port]
        peer = parse(connection.remote_host)
        if not peer.is_loopback and str(peer) not in own and covers(here, connection.local_host):
            found.add(str(peer))
    return tuple(sorted(found, key=lambda text: (":" in text, int(parse(text)))))[:_MOST_PEERS]


def own_addresses(interfaces: Iterable[Interface]) -> frozenset[str]:
    """Every address of this machine, normalised, whether its interface is up or not."""
    return frozenset(_normalised(address.ip) for interface in interfaces for address in interface.addresses)


@lru_cache(1024)
def _normalised(ip: str) -> str:
    """Remembered: it is asked for every address of this machine at every probe."""
    return str(parse(ip))
