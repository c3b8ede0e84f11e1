"""The interfaces of this machine with their addresses, kinds and scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from jntui.model import Address, Interface
from jntui.network import linux
from jntui.network.scope import classify, kind_by_name
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jntui.model import InterfaceKind
    from jntui.network.linux import Link

_MOST_ADDRESSES = 2048
"""Of all interfaces together: a router with more is no place where somebody looks for a Jupyter URL."""


class ReadIP(Protocol):
    """One address as ifaddr gives it: a literal, or for IPv6 (literal, flow info, scope id)."""

    @property
    def ip(self) -> str | tuple[str, int, int]:
        """The literal, alone or first."""

    @property
    def network_prefix(self) -> int:
        """Bits of the prefix."""


class ReadAdapter(Protocol):
    """One interface as ifaddr gives it."""

    @property
    def nice_name(self) -> str:
        """The name on Linux and macOS, the description on Windows."""

    @property
    def ips(self) -> Iterable[ReadIP]:
        """Its addresses."""


def fingerprint() -> int | None:
    """A cheap number that changes when an interface or address comes or goes; None where the system has none."""
    return linux.fingerprint()


def read_interfaces() -> tuple[Interface, ...]:
    """Every interface that has an address, in the system's order.

    Kind and state come from the kernel on Linux; elsewhere the kind from the name, the state from psutil where it
    knows the name, else up. Raises OSError if the system gives no list.
    """
    links = linux.read_links()
    return build(_adapters(), links, linux.read_address_flags(), {} if links else _states())


def _adapters() -> Iterable[ReadAdapter]:
    import ifaddr

    try:
        return list(ifaddr.get_adapters())
    except (ValueError, AssertionError) as error:
        # ifaddr decodes names as UTF-8 and asserts a netmask; Linux guarantees neither.
        raise OSError(f"the list of interfaces cannot be read: {type(error).__name__}") from error


def _states() -> Mapping[str, bool]:
    import psutil

    return {name: stats.isup for name, stats in psutil.net_if_stats().items()}


def build(
    adapters: Iterable[ReadAdapter],
    links: Mapping[str, Link],
    flags: Mapping[tuple[str, str], frozenset[str]],
    states: Mapping[str, bool],
) -> tuple[Interface, ...]:
    """Interfaces from what was read: pure. `states` says which are up where `links` is empty."""
    grouped: dict[str, list[ReadIP]] = {}
    left = _MOST_ADDRESSES
    for adapter in adapters:
        # An IPv4 label (`eth0:1`) is no interface of its own.
        base = adapter.nice_name.partition(":")[0]
        ips = list(adapter.ips)[:left]
        left -= len(ips)
        grouped.setdefault(base if base in links else adapter.nice_name, []).extend(ips)
    return tuple(_interface(name, ips, links.get(name), flags, states) for name, ips in grouped.items() if ips)


def _interface(
    name: str,
    ips: Iterable[ReadIP],
    link: Link | None,
    flags: Mapping[tuple[str, str], frozenset[str]],
    states: Mapping[str, bool],
) -> Interface:
    kind = kind_by_name(name) if link is None else linux.kind_of(name, link)
    up = states.get(name, True) if link is None else linux.is_up(kind, link)
    addresses = tuple(dict.fromkeys(_address(name, kind, read, flags) for read in ips))
    return Interface(visible(name, 64), kind, up, addresses)


def _address(name: str, kind: InterfaceKind, read: ReadIP, flags: Mapping[tuple[str, str], frozenset[str]]) -> Address:
    literal = read.ip if isinstance(read.ip, str) else read.ip[0]
    ip = literal.partition("%")[0]
    return Address(ip, read.network_prefix, classify(ip, name, kind), flags.get((name, ip), frozenset()))


def source_towards(ip: str) -> str | None:
    """The address of this machine that a connection to this literal comes from; None where no route leads there.

    A datagram socket is connected, which asks the routing table and sends nothing (connect(2)).
    """
    import socket

    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((ip, 9))
            return str(sock.getsockname()[0])
        except OSError:
            return None
