"""What lies around one endpoint: looked up after its probe, bounded, never raising for what the world looks like."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from jntui.model import Surroundings
from jntui.network.listeners import covers, own_addresses
from jntui.network.scope import is_literal, parse
from jntui.network.urls import host_of
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jntui.model import Endpoint, Firewall, Interface, Listener, NeighbourState, Probe, Server, Sockets
    from jntui.network.firewall import FirewallReader
    from jntui.process import Processes
    from jntui.process.facts import ProcessFacts

_MOST_LISTENERS = 64
_FILTERED = frozenset({"timeout", "refused", "unreachable", "host-unreachable", "prohibited"})


class Vicinity:
    """Looks around endpoints. One object serves all threads; it keeps what the firewall said for some seconds."""

    def __init__(self, processes: Processes, environ: Mapping[str, str], home: str) -> None:
        self._processes, self._environ, self._home = processes, environ, home
        self._fixed: tuple[str, int] | None = None
        self._reader: FirewallReader | None = None

    def look_anew(self) -> None:
        """What the firewall said before this moment is not good any more."""
        if self._reader is not None:
            self._reader.look_anew()

    def look(
        self,
        server: Server | None,
        endpoint: Endpoint,
        probe: Probe,
        sockets: Sockets,
        interfaces: Sequence[Interface],
        addresses: Sequence[str] = (),
    ) -> Surroundings:
        """What lies around the endpoint that was just probed.

        `sockets` are this machine's; `addresses` is where its name leads if nothing was connected to.
        """
        from jntui.network import containers, proxies

        host, port = _host_port(endpoint.url)
        netrc, netrc_trouble = proxies.netrc_for(host, self._environ, self._home) if host else ("", "")
        proxy = proxies.proxy_for(endpoint.url, self._environ)
        ip = _address(probe, host, addresses)
        own = own_addresses(interfaces)
        local = ip is not None and _is_own(ip, own)
        here = _at_port(sockets, port) if local else ()
        container, wsl = self._where()
        holder = self._holder(here, ip) if ip is not None else None
        return Surroundings(
            local=local,
            listeners=here,
            holder=visible(holder.name, 64) if holder is not None else "",
            suspended=holder.pid if holder is not None and holder.suspended else 0,
            neighbour=None if ip is None or local or not _on_link(ip, interfaces) else _neighbour(ip),
            firewall=self._filter(ip, port, endpoint, probe, interfaces) if ip is not None and local and port else None,
            way_out=self._way_out(ip, port, probe, interfaces) if ip is not None and port else None,
            proxy=proxy,
            no_proxy=host if proxy else "",
            netrc=visible(netrc, 300),
            netrc_trouble=visible(netrc_trouble, 300),
            container=container,
            server_container=visible(containers.of_server(server.pid if server is not None else None, self._processes)),
            wsl=wsl,
        )

    def _where(self) -> tuple[str, int]:
        """Container and WSL: they do not change while jntui runs."""
        if self._fixed is None:
            from jntui.network import containers

            self._fixed = (
                containers.kind(self._processes, self._environ),
                containers.wsl(containers.kernel_release()),
            )
        return self._fixed

    def _holder(self, listeners: Sequence[Listener], ip: str) -> ProcessFacts | None:
        """The program whose listener takes the address: that address itself goes before the wildcard (tcp(7))."""
        taking = [one for one in listeners if covers([one], ip)]
        taking.sort(key=lambda one: parse(one.host).is_unspecified)
        for one in taking:
            facts = self._processes.look(one.pid) if one.pid is not None else None
            if facts is not None:
                return facts
        return None

    def _filter(
        self, ip: str, port: int, endpoint: Endpoint, probe: Probe, interfaces: Sequence[Interface]
    ) -> Firewall | None:
        """The packet filter: of an address beyond loopback, and of a loopback address that could not be connected to.

        A connection to loopback that came about needs no look: it passed the filter, and nobody else can come there.
        """
        address = parse(ip)
        if address.is_unspecified or (address.is_loopback and not _unconnected(probe)):
            return None
        from jntui.network.firewall import Door

        holding = [one for one in interfaces if any(parse(held.ip) == address for held in one.addresses)]
        holding.sort(key=lambda one: one.name != endpoint.interface)
        # An address on lo, or on a dummy device, is answered on every interface (the weak host model).
        named = next((one for one in holding if not _without_wire(one)), None)
        if address.is_loopback:
            name = next((one.name for one in interfaces if one.kind == "loopback"), "lo")
            return self._filters().read(Door(port, name, (address,), "ip" if address.version == 4 else "ip6"))
        others = [parse(held.ip) for held in named.addresses] if named is not None else []
        own = (address, *(other for other in others if other.version != address.version))
        return self._filters().read(
            Door(port, named.name if named is not None else "", own, "ip" if address.version == 4 else "ip6")
        )

    def _filters(self) -> FirewallReader:
        from jntui.network.firewall import FirewallReader

        if self._reader is None:
            self._reader = FirewallReader(self._processes, self._environ)
        return self._reader

    def _way_out(self, ip: str, port: int, probe: Probe, interfaces: Sequence[Interface]) -> Firewall | None:
        """What this machine's own rules do with the connection that the probe tried to make, from here."""
        address = parse(ip)
        if probe.vantage or not _unconnected(probe) or address.is_unspecified:
            return None
        from jntui.network.firewall import WayOut
        from jntui.network.firewall_rules import LOOPBACK
        from jntui.network.interfaces import source_towards

        source = source_towards(ip)
        if source is None:
            return None
        if _is_own(ip, own_addresses(interfaces)):
            return self._filters().read_way_out(WayOut(address, port, LOOPBACK, (parse(source),)))
        holding = [one.name for one in interfaces if any(parse(held.ip) == parse(source) for held in one.addresses)]
        name = holding[0] if len(holding) == 1 else ""
        return self._filters().read_way_out(WayOut(address, port, name, (parse(source),)))


def _unconnected(probe: Probe) -> bool:
    """It was tried, and no connection came about, in a way that a packet filter can bring about."""
    failure = probe.failure
    return failure is not None and failure.stage == "connect" and failure.kind in _FILTERED


def _without_wire(interface: Interface) -> bool:
    """Nothing ever comes in there; a dummy device (ip-link(8)) is told by its name alone."""
    return interface.kind == "loopback" or (interface.kind == "virtual" and interface.name.startswith("dummy"))


def _host_port(url: str) -> tuple[str, int]:
    """Host (without brackets) and port of a URL; an empty host and 0 for what has none."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return "", 0
    return (host_of(url), port) if parts.scheme in {"http", "https"} else ("", 0)


def _address(probe: Probe, host: str, addresses: Sequence[str]) -> str | None:
    """Where the probe went, or would have gone."""
    for candidate in (probe.peer, host, *addresses):
        if candidate and is_literal(candidate):
            return candidate
    return None


def _is_own(ip: str, own: frozenset[str]) -> bool:
    address = parse(ip)
    return address.is_loopback or address.is_unspecified or str(address) in own


def _at_port(sockets: Sockets, port: int) -> tuple[Listener, ...]:
    return tuple(one for one in sockets.listeners if not one.path and one.port == port)[:_MOST_LISTENERS]


def _on_link(ip: str, interfaces: Sequence[Interface]) -> bool:
    """One of our interfaces has an address in the same network, so that the neighbour table knows of it."""
    address = parse(ip)
    if address.is_link_local:
        return True
    return any(
        address in ip_network(f"{held.ip}/{held.prefix_length}", strict=False)
        for interface in interfaces
        if interface.up and interface.kind != "loopback"
        for held in interface.addresses
        if (":" in held.ip) == (address.version == 6)
    )


def _neighbour(ip: str) -> NeighbourState | None:
    from jntui.network.neighbours import state_of

    return state_of(ip)
