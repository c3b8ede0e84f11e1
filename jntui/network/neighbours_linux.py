"""The kernel's neighbour table through rtnetlink(7): RTM_GETNEIGH, for IPv4 (ARP) and IPv6 (neighbour discovery)."""

from __future__ import annotations

import socket
import struct
import time
from typing import TYPE_CHECKING

from jntui.network.scope import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.model import NeighbourState

_TIMEOUT_S = 0.5
_MOST_MESSAGES = 4096
"""Datagrams of a dump; each holds up to a hundred entries."""

_NETLINK_ROUTE, _NEW_NEIGHBOUR, _GET_NEIGHBOUR, _DUMP_REQUEST = 0, 28, 30, 0x301
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_NDA_DST = 1
_HEADER = struct.Struct("=IHHII")
"""struct nlmsghdr: length, type, flags, sequence, port."""
_ENTRY = struct.Struct("=BxxxiHBB")
"""struct ndmsg (<linux/neighbour.h>): family, interface, state, flags, type."""
_ATTRIBUTE = struct.Struct("=HH")
"""struct rtattr: length, type."""

_FAILED = 0x01 | 0x20
"""NUD_INCOMPLETE, NUD_FAILED: it was asked and has not answered (yet)."""
_ANSWERS = 0x02 | 0x04 | 0x08 | 0x10
"""NUD_REACHABLE, STALE, DELAY, PROBE: it has answered."""


def state_of(ip: str) -> NeighbourState | None:
    """What the table says of this literal, which may have a zone; None where netlink is forbidden, or too slow.

    An address that answers on one interface counts as answering. Raises ValueError if `ip` is no literal.
    """
    address = parse(ip)
    zone = ip.partition("%")[2]
    try:
        index = socket.if_nametoindex(zone) if zone else 0
        states = [
            state for interface, packed, state in _table(address.version) if packed == address.packed
            and (not index or interface == index)
        ]  # fmt: skip
    except OSError:
        return None
    if any(state & _ANSWERS for state in states):
        return "answers"
    return "failed" if any(state & _FAILED for state in states) else "none"


def _table(version: int) -> Iterator[tuple[int, bytes, int]]:
    """(interface, address, state) of every entry. Raises OSError."""
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    request = _ENTRY.pack(family, 0, 0, 0, 0)
    end = time.monotonic() + _TIMEOUT_S
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_ROUTE) as channel:
        channel.sendto(_HEADER.pack(_HEADER.size + len(request), _GET_NEIGHBOUR, _DUMP_REQUEST, 1, 0) + request, (0, 0))
        for _ in range(_MOST_MESSAGES):
            channel.settimeout(max(0.001, end - time.monotonic()))
            data = channel.recv(65536)
            yield from read_entries(data)
            if _ends(data):
                return


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, body) of every netlink message in one datagram; what is cut off is left out."""
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, _, _, _ = _HEADER.unpack_from(data, at)
        if length < _HEADER.size or at + length > len(data):
            return
        yield kind, data[at + _HEADER.size : at + length]
        at += (length + 3) & ~3


def _ends(data: bytes) -> bool:
    return any(kind in {_NLMSG_DONE, _NLMSG_ERROR} for kind, _ in _messages(data))


def read_entries(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """(interface, packed address, state) of every neighbour in one datagram of the kernel."""
    for kind, body in _messages(data):
        if kind == _NEW_NEIGHBOUR and len(body) >= _ENTRY.size:
            _, interface, state, _, _ = _ENTRY.unpack_from(body)
            for number, value in _attributes(body[_ENTRY.size :]):
                if number == _NDA_DST:
                    yield interface, value, state


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        length, number = _ATTRIBUTE.unpack_from(data, at)
        if length < _ATTRIBUTE.size or at + length > len(data):
            return
        yield number, data[at + _ATTRIBUTE.size : at + length]
        at += (length + 3) & ~3
