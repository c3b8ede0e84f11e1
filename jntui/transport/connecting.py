"""One TCP connection to the first of several addresses that accepts, tried a little apart from one another.

As browsers do it (RFC 8305): a dead address in front of a good one costs a quarter of a second, not the whole limit.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
from contextlib import ExitStack
from itertools import zip_longest
from typing import TYPE_CHECKING

from jntui.transport.deadline import TimedSocket
from jntui.transport.failures import failure_kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jntui.transport.deadline import Deadline
    from jntui.transport.resolver import Addresses

STAGGER_S = 0.25
"""How long an address is waited for before the next is tried as well (RFC 8305, section 8)."""

MOST_ADDRESSES = 16

MOST_TOLD = 4
"""Addresses whose failure is told in words; the others are counted."""

_UNDER_WAY = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EINTR})


class NoneAccepted(OSError):
    """No address accepted: `worst` is the error that says most, `tried` what became of each, `last` the last tried.

    `words` tells of the first ones.
    """

    def __init__(self, worst: OSError, tried: tuple[str, ...], last: str) -> None:
        more = f"; and {len(tried) - MOST_TOLD} more" if len(tried) > MOST_TOLD else ""
        self.words = "; ".join(tried[:MOST_TOLD]) + more
        super().__init__(worst.errno, self.words)
        self.worst = worst
        self.tried = tried
        self.last = last


def connect(addresses: Addresses, limit: Deadline) -> TimedSocket:
    """A connected socket. Raises NoneAccepted; `addresses` holds at least one."""
    if len(addresses) == 1:
        return _single(*addresses[0], limit)
    race = _Race(_alternating(addresses)[:MOST_ADDRESSES], limit)
    with race.running:
        return race.run()


def _single(family: socket.AddressFamily, address: tuple[object, ...], limit: Deadline) -> TimedSocket:
    sock = TimedSocket(family, socket.SOCK_STREAM)
    sock.settimeout(max(0.001, limit.left()))
    try:
        sock.connect(address)
    except OSError as error:
        sock.close()
        raise NoneAccepted(error, (_words(address, error),), str(address[0])) from error
    return sock


def _alternating(addresses: Addresses) -> Addresses:
    """The families in turn, each in the resolver's order (RFC 8305, section 4): one dead family delays by one step."""
    first = [one for one in addresses if one[0] == addresses[0][0]]
    others = [one for one in addresses if one[0] != addresses[0][0]]
    pairs: Iterable[tuple[object, ...]] = zip_longest(first, others)
    return [one for pair in pairs for one in pair if one is not None]  # type: ignore[misc]


def _words(address: tuple[object, ...], error: OSError) -> str:
    return f"{address[0]} port {address[1]}: {error.strerror or error}"


class _Race:
    """Connections under way, and the addresses that were not tried yet."""

    def __init__(self, addresses: Addresses, limit: Deadline) -> None:
        self._waiting = list(addresses)
        self._limit = limit
        # Every address has its turn, however short the limit.
        self._stagger_s = min(STAGGER_S, limit.left() / (len(addresses) + 1))
        self._selector = selectors.DefaultSelector()
        self._errors: list[tuple[tuple[object, ...], OSError]] = []
        self.running = ExitStack()
        self.running.callback(self._close)

    def _close(self) -> None:
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def run(self) -> TimedSocket:
        """The first socket that is connected. Raises NoneAccepted."""
        while self._waiting or self._selector.get_map():
            if self._waiting:
                accepted = self._begin(*self._waiting.pop(0))
                if accepted is not None:
                    return accepted
            if not self._selector.get_map():
                continue
            accepted = self._wait(self._stagger_s if self._waiting else self._limit.left())
            if accepted is not None:
                return accepted
            if self._limit.left() <= 0:
                break
        self._time_out()
        raise self._failure()

    def _begin(self, family: socket.AddressFamily, address: tuple[object, ...]) -> TimedSocket | None:
        sock = TimedSocket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        code = sock.connect_ex(address)
        if code == 0:
            return sock
        if code in _UNDER_WAY:
            self._selector.register(sock, selectors.EVENT_WRITE, address)
        else:
            sock.close()
            self._errors.append((address, OSError(code, os.strerror(code))))
        return None

    def _wait(self, wait_s: float) -> TimedSocket | None:
        """What is decided within `wait_s`: an accepted connection, or refused ones that make room for the next."""
        for key, _ in self._selector.select(min(wait_s, self._limit.left())):
            sock = key.fileobj
            assert isinstance(sock, TimedSocket)  # noqa: S101 - nothing else is registered
            self._selector.unregister(sock)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code == 0:
                return sock
            sock.close()
            self._errors.append((key.data, OSError(code, os.strerror(code))))
        return None

    def _time_out(self) -> None:
        left = [key.data for key in self._selector.get_map().values()]
        self._errors += [(address, TimeoutError("timed out")) for address in left]

    def _failure(self) -> NoneAccepted:
        """A refusal says more than silence: somebody is there."""
        ranks = {"refused": 0, "timeout": 2}
        worst = min((error for _, error in self._errors), key=lambda one: ranks.get(failure_kind(one), 1))
        tried = tuple(_words(address, error) for address, error in self._errors)
        return NoneAccepted(worst, tried, str(self._errors[-1][0][0]))
