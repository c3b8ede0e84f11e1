"""Names to addresses, bounded: getaddrinfo cannot be interrupted, so it is asked in a thread that may be left behind.

A resolver that hangs would collect a thread with every look at the same name. So there is one pending lookup a name:
whoever asks meanwhile waits for that one, each until a deadline of their own.
"""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jntui.transport.deadline import Deadline

Addresses = list[tuple[socket.AddressFamily, tuple[Any, ...]]]

MOST_PENDING = 64
"""Names that may be looked up at one moment; more are told to come again later."""


class _Lookup:
    """One name that is being looked up, and what came of it."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.done = threading.Event()
        self.addresses: Addresses = []
        self.error: OSError | None = None

    def run(self) -> None:
        try:
            found = socket.getaddrinfo(self.host, None, type=socket.SOCK_STREAM)
            self.addresses = [(family, address) for family, _, _, _, address in found]
        except UnicodeError:
            self.error = socket.gaierror(socket.EAI_NONAME, "not a name that can be looked up")
        except OSError as error:
            self.error = error
        finally:
            self.done.set()


class Resolver:
    """Looks names up, one thread a name at most. One object serves all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: dict[str, _Lookup] = {}

    def resolve(self, host: str, port: int, deadline: Deadline) -> Addresses:
        """The socket addresses of `host` with `port`, in the resolver's order, without repetition.

        Raises OSError (socket.gaierror for an unknown name), TimeoutError.
        """
        lookup = self._join(host)
        if not lookup.done.wait(deadline.left()):
            raise TimeoutError("the name server did not answer in time")
        if lookup.error is not None:
            raise lookup.error
        return list(dict.fromkeys((family, (address[0], port, *address[2:])) for family, address in lookup.addresses))

    def _join(self, host: str) -> _Lookup:
        """The pending lookup of this name, or a new one."""
        with self._lock:
            for name in [name for name, one in self._pending.items() if one.done.is_set()]:
                del self._pending[name]
            lookup = self._pending.get(host)
            if lookup is not None:
                return lookup
            if len(self._pending) >= MOST_PENDING:
                raise TimeoutError(f"{MOST_PENDING} other names wait for the name server")
            lookup = self._pending[host] = _Lookup(host)
        threading.Thread(target=lookup.run, name="resolve", daemon=True).start()
        return lookup


def literal(host: str, port: int) -> Addresses:
    """The socket address of an IP literal, with or without a zone; nobody is asked.

    Raises socket.gaierror where the zone names no interface.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [(family, address) for family, _, _, _, address in found]
