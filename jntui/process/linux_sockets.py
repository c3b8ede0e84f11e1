"""The sockets of this network namespace and who holds them: Linux only, the standard library only.

The kernel is asked through sock_diag(7), because /proc/net/tcp walks the whole table of connections (4 ms for each file
on a machine with four sockets) where sock_diag finds the listeners at once and also tells the interface of a link-local
address. Where netlink is forbidden (some containers), /proc/net/tcp is read.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.model import Connection, Listener, Sockets
from jntui.process.linux import PROC, pids, read_limited

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SOCKET_LIMIT = 8192
"""Listeners and, separately, connections that are kept."""
TABLE_LIMIT = 32 * 1024 * 1024
"""Bytes that are read of one socket table: about 200 000 sockets."""

_ESTABLISHED, _LISTEN = 1, 10
"""TCP states, as in <linux/tcp.h>."""
_ACCEPTS = 1 << 16
"""SO_ACCEPTCON in the flags of /proc/net/unix."""
_NETLINK_SOCK_DIAG, _SOCK_DIAG_BY_FAMILY, _DUMP_REQUEST = 4, 20, 0x301
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_HEADER = struct.Struct("=IHHII")
"""struct nlmsghdr: length, type, flags, sequence, port."""
_ENTRY = struct.Struct("=BBBB2s2s16s16sIII3III")
"""struct inet_diag_msg (<linux/inet_diag.h>), 72 bytes."""
_TIMEOUT_S = 0.5


@dataclass(frozen=True, slots=True)
class _Row:
    """One TCP socket as the kernel tells it."""

    family: int
    state: int
    local: bytes
    """The packed address, 4 or 16 bytes."""
    local_port: int
    remote: bytes
    remote_port: int
    interface: int
    """The index of the interface it is bound to, 0 for none or unknown."""
    uid: int
    inode: int

    @property
    def host(self) -> str:
        """The local address with its zone, where it has one (RFC 4007)."""
        text = socket.inet_ntop(self.family, self.local)
        if not self.interface or not text.startswith("fe80:"):
            return text
        try:
            return f"{text}%{socket.if_indextoname(self.interface)}"
        except OSError:
            return text  # the interface went away in between


def _netlink_rows(family: int, states: int) -> list[_Row]:
    """The TCP sockets of one family in one of the `states` (a bit mask). Raises OSError where netlink is forbidden."""
    request = struct.pack("=BBBBI48x", family, socket.IPPROTO_TCP, 0, 0, states)
    rows: list[_Row] = []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as channel:
        channel.settimeout(_TIMEOUT_S)
        channel.sendto(
            _HEADER.pack(_HEADER.size + len(request), _SOCK_DIAG_BY_FAMILY, _DUMP_REQUEST, 1, 0) + request, (0, 0)
        )
        while len(rows) < SOCKET_LIMIT * 4:
            data = channel.recv(65536)
            at = 0
            while at + _HEADER.size <= len(data):
                length, kind, _, _, _ = _HEADER.unpack_from(data, at)
                if kind == _NLMSG_DONE:
                    return rows
                if kind == _NLMSG_ERROR or length < _HEADER.size + _ENTRY.size:
                    raise OSError("sock_diag refused")
                rows.append(_netlink_row(data, at + _HEADER.size))
                at += (length + 3) & ~3
    return rows


def _netlink_row(data: bytes, at: int) -> _Row:
    fields = _ENTRY.unpack_from(data, at)
    family, state, sport, dport, src, dst, interface = fields[0], fields[1], *fields[4:9]
    size = 4 if family == socket.AF_INET else 16
    uid, inode = fields[-2:]
    return _Row(
        family,
        state,
        src[:size],
        int.from_bytes(sport, "big"),
        dst[:size],
        int.from_bytes(dport, "big"),
        interface,
        uid,
        inode,
    )


def _packed(text: bytes) -> tuple[bytes, int]:
    """`0100007F:22B8` -> (127.0.0.1, 8888): the kernel prints 32-bit words in the machine's own byte order."""
    host, _, port = text.partition(b":")
    words = [int(host[at : at + 8], 16) for at in range(0, len(host), 8)]
    order = "<" if sys.byteorder == "little" else ">"
    return struct.pack(f"{order}{len(words)}I", *words), int(port, 16)


def table_rows(path: Path, family: int) -> list[_Row]:
    """The sockets of a file like /proc/net/tcp that listen or are established; empty where there is none."""
    try:
        lines = read_limited(path, TABLE_LIMIT).splitlines()[1:]
    except OSError:
        return []
    rows: list[_Row] = []
    for line in lines:
        parts = line.split(None, 10)
        if len(parts) < 10:
            continue
        state = int(parts[3], 16)
        if state in (_LISTEN, _ESTABLISHED):
            rows.append(_Row(family, state, *_packed(parts[1]), *_packed(parts[2]), 0, int(parts[7]), int(parts[9])))
    return rows


def _tcp_rows() -> list[_Row]:
    """Every listening TCP socket and the established ones whose local port a listener has."""
    rows: list[_Row] = []
    for family, name in ((socket.AF_INET, "tcp"), (socket.AF_INET6, "tcp6")):
        try:
            rows += _netlink_rows(family, 1 << _LISTEN | 1 << _ESTABLISHED)
        except OSError:
            rows += table_rows(PROC / "net" / name, family)
    ports = {row.local_port for row in rows if row.state == _LISTEN}
    return [row for row in rows if row.local_port in ports]


def fingerprint() -> int:
    """A number that changes when a listener or a connection to one comes or goes."""
    return hash(
        tuple(sorted((row.inode, row.state, row.local, row.local_port, row.remote_port) for row in _tcp_rows()))
    )


def sockets() -> Sockets:
    """Every TCP and unix listener of this network namespace and the connections to them, with their owners."""
    rows = _tcp_rows()
    paths = _unix_listeners()
    owners = _owners({row.inode for row in rows} | set(paths))
    listeners = [
        Listener(row.host, row.local_port, pid=owners.get(row.inode), uid=row.uid)
        for row in rows
        if row.state == _LISTEN
    ]
    listeners += [
        Listener("", 0, path=_absolute(path, owners.get(inode)), pid=owners.get(inode)) for inode, path in paths.items()
    ]
    connections = [
        Connection(
            row.host,
            row.local_port,
            socket.inet_ntop(row.family, row.remote),
            row.remote_port,
            pid=owners.get(row.inode),
        )
        for row in rows
        if row.state == _ESTABLISHED
    ]
    # Sorted, because the kernel's order is that of a hash table: the same sockets must compare equal.

    listeners.sort(key=lambda entry: (entry.port, entry.host, entry.path))
    connections.sort(key=lambda entry: (entry.local_port, entry.remote_host, entry.remote_port))
    return Sockets(tuple(listeners[:SOCKET_LIMIT]), tuple(connections[:SOCKET_LIMIT]))


def _unix_listeners() -> dict[int, str]:
    """inode -> path of every listening unix socket that has a path in the file system."""
    try:
        lines = read_limited(PROC / "net" / "unix", TABLE_LIMIT).splitlines()[1:]
    except OSError:
        return {}
    rows = (line.split(None, 7) for line in lines)
    return {
        int(row[6]): os.fsdecode(row[7])
        for row in rows
        if len(row) == 8 and int(row[3], 16) & _ACCEPTS and not row[7].startswith(b"@")
    }


def _absolute(path: str, pid: int | None) -> str:
    """A path that was bound relative to its owner's working directory, as everybody can open it."""
    if path.startswith("/") or pid is None:
        return path
    try:
        return os.path.normpath(f"{os.readlink(f'{PROC}/{pid}/cwd')}/{path}")  # noqa: PTH115 - as in _owners
    except OSError:
        return path


def _owners(inodes: set[int], among: Iterable[int] | None = None) -> dict[int, int]:
    """inode -> the first process that holds it: a socket that several share after a fork is its oldest holder's.

    `among` are the processes to look at, all if None.
    """
    found: dict[int, int] = {}
    names = {f"socket:[{inode}]": inode for inode in inodes if inode}
    for pid in pids() if among is None else among:
        if len(found) == len(names):
            break
        folder = f"{PROC}/{pid}/fd"
        try:
            descriptors = os.listdir(folder)  # noqa: PTH208 - a Path for each of thousands of names costs too much
        except OSError:
            continue
        for descriptor in descriptors:
            try:
                inode = names.get(os.readlink(f"{folder}/{descriptor}"))  # noqa: PTH115 - as above
            except OSError:
                continue
            if inode is not None:
                found.setdefault(inode, pid)
    return found


def holders(ends: set[tuple[str, int]]) -> dict[tuple[str, int], int | None]:
    """The pid that holds each established connection whose local end is one of `ends` (address, port).

    What is not there any more is left out; None where its holder cannot be seen. Our own sockets are found without a
    walk through every process.
    """
    inodes = _established(ends)
    own = _owners(set(inodes.values()), (os.getpid(),))
    rest = set(inodes.values()) - own.keys()
    owners = {**own, **(_owners(rest) if rest else {})}
    unseen = {end for end, inode in inodes.items() if inode not in owners}
    # A probe of our own may have ended meanwhile: nobody holds it, and it is no client that comes through something.
    gone = unseen - _established(unseen).keys() if unseen else set()
    return {end: owners.get(inode) for end, inode in inodes.items() if end not in gone}


def _established(ends: set[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """The inode of each established connection whose local end is one of these."""
    rows: list[_Row] = []
    for family, name in ((socket.AF_INET, "tcp"), (socket.AF_INET6, "tcp6")):
        try:
            rows += _netlink_rows(family, 1 << _ESTABLISHED)
        except OSError:
            rows += [row for row in table_rows(PROC / "net" / name, family) if row.state == _ESTABLISHED]
    inodes = {}
    for row in rows:
        # A client with one socket for both families has the IPv4 address mapped into IPv6 (RFC 4291).
        end = (socket.inet_ntop(row.family, row.local).removeprefix("::ffff:"), row.local_port)
        if end in ends:
            inodes[end] = row.inode
    return inodes
