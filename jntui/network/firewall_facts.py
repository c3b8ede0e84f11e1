"""What is known of a packet that another host would send, for one match of a rule: True, False, or None (it depends).

The other host is unknown, but it is another one: neither loopback nor an address of ours, and the routes lead back to
it through the interface at which it came in (else no connection could be). Where this machine opens the connection, the
packet has a `peer`, and much more is known.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import TYPE_CHECKING

from jntui.network.firewall_rules import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from jntui.network.firewall_rules import Packet

_EPHEMERAL = (1024, 65535)
"""Source ports that a program without privileges gets (RFC 6335 calls 1024 and up user ports)."""
_NEVER_A_PEER = tuple(ip_network(text) for text in ("127.0.0.0/8", "::1/128", "224.0.0.0/4", "ff00::/8", "::/128"))
_FLAGS = {"syn": {"syn"}, "syn-ack": {"syn", "ack"}, "ack": {"ack"}}
FLAG_NAMES = ("fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr")
_KNOWN_FLAGS = frozenset({"fin", "syn", "rst", "ack", "urg"})
"""Flags that a handshake sets or clears for certain; ECN's two (RFC 3168) are the peer's choice."""


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """One of them is true: three-valued."""
    unknown = False
    for answer in answers:
        if answer:
            return True
        unknown = unknown or answer is None
    return None if unknown else False


def negated(answer: bool | None) -> bool | None:
    """Not so: three-valued."""
    return None if answer is None else not answer


def port_within(packet: Packet, side: str, low: int, high: int) -> bool | None:
    """The `sport` or `dport` lies in the range, its ends included."""
    if (side == "dport") == (packet.step != "syn-ack"):
        return low <= packet.port <= high
    if low <= _EPHEMERAL[0] and high >= _EPHEMERAL[1]:
        return True
    return None if high >= _EPHEMERAL[0] else False


def network(text: str) -> IPv4Network | IPv6Network | None:
    """`10.0.0.0/8`, `10.0.0.0/255.0.0.0` or one address; None for what is none."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def address_within(packet: Packet, side: str, net: IPv4Network | IPv6Network) -> bool | None:
    """The `saddr` or `daddr` lies in the network."""
    if (net.version == 4) != (packet.family == "ip"):
        return False
    if net.prefixlen == 0:
        return True
    if (side == "daddr") == packet.inbound:
        return _own_within(packet.own, net)
    return _peer_within(packet.own, net) if packet.peer is None else packet.peer in net


def _own_within(own: tuple[IPv4Address | IPv6Address, ...], net: IPv4Network | IPv6Network) -> bool | None:
    inside = {address in net for address in own if address.version == net.version}
    if len(inside) == 1:
        return inside.pop()
    return None if not net.is_multicast else False


def _peer_within(own: tuple[IPv4Address | IPv6Address, ...], net: IPv4Network | IPv6Network) -> bool | None:
    if any(net.version == never.version and net.subnet_of(never) for never in _NEVER_A_PEER):  # type: ignore[arg-type]
        return False
    # The set of one address of ours is the way to write an anti-spoofing rule.
    return False if net.num_addresses == 1 and net.network_address in own else None


def interface_is(packet: Packet, side: str, pattern: str, wildcard: str) -> bool | None:
    """The `iif` or `oif` has this name; `wildcard` at its end stands for anything (nft: `*`, iptables: `+`)."""
    if (side == "iif") != packet.inbound:
        return None
    if pattern == "lo" and packet.peer is None:
        return False
    if pattern == wildcard:
        return True
    if not packet.interface:
        return None
    if pattern.endswith(wildcard):
        return packet.interface.startswith(pattern[: -len(wildcard)])
    return packet.interface == pattern


def state_is(packet: Packet, state: str) -> bool | None:
    """The `ct state` is this one (conntrack's words, in any case)."""
    if packet.tracked is None:
        return None
    if not packet.tracked:
        return state.lower() == "invalid"  # so nft_ct and xt_conntrack call what tracking has not seen
    return state.lower() == ("new" if packet.step == "syn" else "established")


def flags_are(packet: Packet, mask: Iterable[str], wanted: Iterable[str]) -> bool | None:
    """Of the TCP flags in `mask` exactly those in `wanted` are set."""
    masked, want = _flag_names(mask), _flag_names(wanted)
    # What follows the handshake carries data, and with it `psh` or not.
    known = _KNOWN_FLAGS if packet.step == "ack" else _KNOWN_FLAGS | {"psh"}
    if want - masked or (want & known) != (_FLAGS[packet.step] & masked & known):
        return False
    return None if masked - known else True


def _flag_names(words: Iterable[str]) -> set[str]:
    """iptables writes ALL and NONE for the six flags of RFC 793 and for no flag."""
    names = {word.lower() for word in words}
    return names - {"none"} if "all" not in names else {"fin", "syn", "rst", "psh", "ack", "urg"}


def flag_set(packet: Packet, flags: Iterable[object]) -> bool | None:
    """At least one of these TCP flags is set."""
    return any_of(flags_are(packet, [flag], [flag]) if isinstance(flag, str) else None for flag in flags)


def destination_is(packet: Packet, kind: str) -> bool | None:
    """The routing type of where the packet goes: it is meant for this machine, or for the one other host."""
    word = kind.lower()
    if packet.inbound or packet.interface == LOOPBACK:
        return word == "local"
    return {"unicast": True, "local": False, "broadcast": False, "multicast": False}.get(word)


def port_range(text: str) -> tuple[int, int] | None:
    """`80`, `8000:8999`, `1024:`, `:80`, `8000-8999`; None for what is none."""
    found = re.fullmatch(r"(\d{0,5})(?:([:-])(\d{0,5}))?", text)
    if found is None or not text:
        return None
    low, dash, high = found.groups()
    first = int(low or 0)
    return (first, int(high or 65535) if dash else first)
