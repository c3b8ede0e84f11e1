"""Every endpoint at which a server may answer: listeners x addresses x names. Pure, and quick for many servers.

What belongs to the machine (its places) is worked out once for all servers; what belongs to a server is put on top.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_interface
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote

from jntui.model import Endpoint
from jntui.network.listeners import covers, own_addresses
from jntui.network.scope import classify, is_literal, parse
from jntui.network.urls import clean_base_url, host_of, join, parse_custom_url
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jntui.model import Address, HostName, Interface, Kind, Listener, Scope, Server, SshSession

MOST_ROWS = 200
"""Of one server. Beyond it, rows that no listener takes are left out first."""

NEAR_TO_FAR: tuple[Scope, ...] = ("this-machine", "container", "lan", "link-local", "vpn", "carrier-nat", "internet")
"""The order of rows; it never depends on a verdict, so rows never jump."""

_RANK = {scope: rank for rank, scope in enumerate(NEAR_TO_FAR)}
_USELESS = frozenset({"deprecated", "tentative", "duplicate"})
_INSIDE = (
    ".local",  # RFC 6762: mDNS ends at the link
    ".home.arpa",  # RFC 8375: a home's own zone
    ".internal",  # ICANN, 29 July 2024: never to be delegated
    *(".lan", ".home", ".localdomain"),  # what routers hand out; in no root zone
)
"""Ends of names that no resolver of the internet knows; neither does one know a name of a single label."""


@dataclass(frozen=True, slots=True)
class Place:
    """One address or name of this machine, whatever server is looked at."""

    host: str
    """As it stands in a URL: a name, or a literal with its zone."""
    interface: str | None
    scope: Scope
    ips: tuple[str, ...]
    """The addresses of this machine that a connection to `host` can reach; a listener that takes one covers it."""
    note: str = ""
    offered: bool = True
    your_ssh: bool = False


@dataclass(frozen=True, slots=True)
class _Machine:
    """What every server on this machine shares."""

    addresses: tuple[Place, ...]
    hosts: tuple[Place, ...]
    """The host names; they stand behind the addresses of their scope."""
    interface_of: dict[str, tuple[str, Scope]]
    """Normalised literal to its interface's name and its scope, left-out addresses included."""
    loopback: str


def list_endpoints(
    server: Server,
    interfaces: tuple[Interface, ...],
    names: tuple[HostName, ...] = (),
    localhost: tuple[str, ...] = (),
    custom: tuple[str, ...] = (),
    ssh: SshSession | None = None,
) -> tuple[Endpoint, ...]:
    """The rows of a server from near to far, at most 200, each URL once.

    `names` and `localhost` are what the resolver said, `custom` the user's own URLs. A server on a socket file has
    no TCP rows. Nothing is asked of the network here.
    """
    machine = _machine(interfaces, names, localhost, ssh)
    rows: list[Endpoint] = []
    ports = _ports(server)
    for port in ports:
        listeners = tuple(one for one in server.listeners if not one.path and one.port == port)
        places = (*machine.addresses, *_bound_elsewhere(machine, listeners), *machine.hosts)
        rows.extend(_direct(server, port, listeners, place) for place in places)
    if not ports:
        rows.extend(_socket_row(server, listener.path) for listener in server.listeners if listener.path)
    if server.redirect_file is not None:
        rows.extend(_file_row(server))
    rows.extend(_custom_row(server, machine, text) for text in custom)
    rows.sort(key=lambda row: _RANK[row.scope])
    return _bounded(tuple({row.url: row for row in reversed(rows)}.values())[::-1])


def _ports(server: Server) -> tuple[int, ...]:
    bound = tuple(dict.fromkeys(one.port for one in server.listeners if not one.path))
    if server.port and (bound or not server.listeners):
        return (server.port,)
    return bound[:1]


def _bounded(rows: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    if len(rows) <= MOST_ROWS:
        return rows
    by_use = sorted(rows, key=lambda row: not (row.covered or row.your_ssh or row.kind != "direct"))
    kept = {row.url for row in by_use[:MOST_ROWS]}
    return tuple(row for row in rows if row.url in kept)


@lru_cache(maxsize=8)
def _machine(
    interfaces: tuple[Interface, ...], names: tuple[HostName, ...], localhost: tuple[str, ...], ssh: SshSession | None
) -> _Machine:
    known = {
        str(parse(address.ip)): (interface.name, address.scope)
        for interface in reversed(interfaces)
        for address in interface.addresses
    }
    loopback = next((one.name for one in interfaces if one.kind == "loopback"), "lo")
    own = own_addresses(interfaces)
    places = list(_near_places(loopback, interfaces, own, localhost))
    for interface in interfaces:
        places.extend(_interface_places(interface, ssh))
    hosts = tuple(_name_place(name, known) for name in names if name.addresses)
    return _Machine(tuple(places), hosts, known, loopback)


def _near_places(
    loopback: str, interfaces: tuple[Interface, ...], own: frozenset[str], localhost: tuple[str, ...]
) -> Iterable[Place]:
    """localhost, 127.0.0.1 and [::1], each its own row: they lead to different listeners."""
    # IPv6 can be switched off on lo alone; then not even `::` takes ::1.
    without_v6 = any(one.kind == "loopback" for one in interfaces) and "::1" not in own
    v6 = () if without_v6 else ("::1",)
    leads = tuple(ip for ip in localhost if not (without_v6 and ip.partition("%")[0] == "::1"))
    silent = "" if localhost else "localhost does not resolve here"
    yield Place("localhost", loopback, "this-machine", leads or ("127.0.0.1", *v6), silent)
    yield Place("127.0.0.1", loopback, "this-machine", ("127.0.0.1",))
    yield Place("::1", loopback, "this-machine", v6, "IPv6 is off on the loopback interface" if without_v6 else "")


def _interface_places(interface: Interface, ssh: SshSession | None) -> Iterable[Place]:
    if not interface.up:
        return
    stable = {_network(one) for one in interface.addresses if not one.flags & (_USELESS | {"temporary"})}
    for address in interface.addresses:
        if address.flags & _USELESS:
            continue
        temporary = "temporary" in address.flags
        if temporary and _network(address) in stable:
            continue
        ip = parse(address.ip)
        if ip.is_loopback and str(ip) in ("127.0.0.1", "::1"):
            continue  # they have rows of their own
        if ip.version == 6 and ip.is_link_local:
            if interface.kind != "loopback":
                yield _link_local(interface, address, ssh)
            continue
        link = address.scope == "link-local"
        note = "temporary address: it changes" if temporary else "reaches this link only" if link else ""
        yield Place(str(ip), interface.name, address.scope, (str(ip),), note, not link, _is_ssh(ssh, str(ip)))


def _link_local(interface: Interface, address: Address, ssh: SshSession | None) -> Place:
    ip = f"{address.ip}%{interface.name}"
    note = "only curl opens such a URL, browsers do not"
    return Place(ip, interface.name, address.scope, (ip,), note, False, _is_ssh(ssh, address.ip))


def _is_ssh(ssh: SshSession | None, ip: str) -> bool:
    return ssh is not None and ssh.address.partition("%")[0] == ip


def _network(address: Address) -> str:
    return str(ip_interface(f"{address.ip}/{address.prefix_length}").network)


def _name_place(name: HostName, known: dict[str, tuple[str, Scope]]) -> Place:
    """A host name stands with the widest of the machine's own addresses that it leads to here."""
    here: list[tuple[str, Scope]] = []
    for text in name.addresses:
        ip = parse(text)
        if ip.is_loopback:
            here.append((str(ip), "this-machine"))
        elif str(ip) in known:
            here.append((str(ip), known[str(ip)][1]))
    host = visible(name.name.lower(), 253)
    if not here:
        leads = ", ".join(visible(ip, 64) for ip in name.addresses[:3])
        scope = classify(name.addresses[0], "", "unknown")
        return Place(host, None, scope, (), f"leads to {leads}, which is not this machine")
    widest = max((scope for _, scope in here), key=lambda scope: _RANK[scope])
    note = f"here it leads to {here[0][0]}" if widest == "this-machine" else ""
    return Place(host, None, widest, tuple(ip for ip, _ in here), note)


def _bound_elsewhere(machine: _Machine, listeners: tuple[Listener, ...]) -> Iterable[Place]:
    """A place for each bound address without one: 127.0.1.1, a temporary address, one that no interface shows."""
    shown = {ip.partition("%")[0] for place in machine.addresses if is_literal(place.host) for ip in place.ips}
    for listener in listeners:
        ip = parse(listener.host)
        if ip.is_unspecified or str(ip) in shown:
            continue
        interface, scope = machine.interface_of.get(str(ip), (None, classify(str(ip), "", "unknown")))
        if scope == "this-machine" and interface is None:
            yield Place(str(ip), machine.loopback, scope, (str(ip),))
            continue
        link = scope == "link-local"
        zone = listener.host.partition("%")[2] or interface
        host = f"{ip}%{zone}" if link and ip.version == 6 and zone else str(ip)
        note = "" if interface else "no interface has this address now"
        yield Place(host, interface, scope, (host,), note, not link)


def _direct(server: Server, port: int, listeners: tuple[Listener, ...], place: Place) -> Endpoint:
    return Endpoint(
        server=server.id,
        url=join(server.scheme, place.host, port, server.base_url),
        interface=place.interface,
        address=place.host.partition("%")[0],
        scope=place.scope,
        covered=any(covers(listeners, ip) for ip in place.ips),
        note=place.note,
        offered=place.offered,
        your_ssh=place.your_ssh,
    )


def _file_row(server: Server) -> Iterable[Endpoint]:
    file = server.redirect_file
    if file is None or not PurePath(file.path).is_absolute():
        return
    notes = [f"mode {file.mode:04o}"]
    if file.world_readable:
        notes.append("any local user can read it" + (" and its token" if file.has_token else ""))
    if file.target:
        notes.append(f"leads to {visible(file.target, 200)}")
    yield _other(
        server, PurePath(file.path).as_uri(), "this-machine", "file", address=None, note="; ".join(notes), offered=False
    )


def _socket_row(server: Server, path: str) -> Endpoint:
    """A socket file as Jupyter spells it (serverapp.py, `http+unix`): it is listed, and no browser opens it."""
    url = f"http+unix://{quote(path, safe='')}{clean_base_url(server.base_url)}"
    return Endpoint(server.id, url, None, None, "this-machine", covered=True)


def _custom_row(server: Server, machine: _Machine, text: str) -> Endpoint:
    try:
        url, _ = parse_custom_url(text, (server.base_url,))
    except ValueError as error:
        # Edited by hand in config.toml. It stays in sight, without what may be a token, and its check says why.
        shown = visible(text.partition("?")[0].partition("#")[0], 200)
        return _other(server, shown, "internet", "custom", address=None, note=str(error))
    host = host_of(url)
    return _other(server, url, _custom_scope(host, machine), "custom", address=host)


def _custom_scope(host: str, machine: _Machine) -> Scope:
    if is_literal(host):
        known = machine.interface_of.get(str(parse(host)))
        return known[1] if known else classify(host, "", "unknown")
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761
        return "this-machine"
    named = next((place for place in machine.hosts if place.host == host), None)
    if named is not None:
        return named.scope
    return "lan" if "." not in host or host.endswith(_INSIDE) else "internet"


def custom_scope(host: str, interfaces: tuple[Interface, ...]) -> Scope:
    """From where a URL with this host is meant to work, when no server of this machine is known to be at it."""
    return _custom_scope(host, _machine(interfaces, (), (), None))


def _other(
    server: Server, url: str, scope: Scope, kind: Kind, *, address: str | None, note: str = "", offered: bool = True
) -> Endpoint:
    return Endpoint(server.id, url, None, address, scope, None, kind, note, offered)
