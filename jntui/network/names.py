"""Names of this machine and where they lead. `getaddrinfo` cannot be interrupted, so it runs where it can be left."""

from __future__ import annotations

import re
import socket
import threading
import time
from dataclasses import dataclass, field

from jntui.model import HostName
from jntui.network.scope import is_literal

_MOST_ADDRESSES = 32
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\Z")


@dataclass(slots=True)
class _Lookup:
    """One question to the resolver, and its answer once `done` is set."""

    done: threading.Event = field(default_factory=threading.Event)
    addresses: tuple[str, ...] = ()
    canonical: str = ""


_asked: dict[str, _Lookup] = {}
_lock = threading.Lock()


def _ask(name: str, lookup: _Lookup) -> None:
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM, flags=socket.AI_CANONNAME)
    except (OSError, UnicodeError):
        found = []  # the name leads nowhere: that is the answer
    lookup.addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))[:_MOST_ADDRESSES]
    lookup.canonical = next((entry[3] for entry in found if entry[3]), "")
    with _lock:
        _asked.pop(name, None)
    lookup.done.set()


def _look_up(name: str, timeout_s: float) -> _Lookup | None:
    """The answer, or None if it did not come in time; a question that still hangs is not asked a second time."""
    with _lock:
        lookup = _asked.get(name)
        if lookup is None:
            lookup = _asked[name] = _Lookup()
            threading.Thread(target=_ask, args=(name, lookup), name="jntui-resolve", daemon=True).start()
    return lookup if lookup.done.wait(timeout_s) else None


def look_up(name: str, timeout_s: float) -> tuple[str, ...] | None:
    """The IP literals of a name in the resolver's order: empty if it leads nowhere, None if no answer came in time.

    At most `timeout_s` seconds; a resolver that hangs is left to its daemon thread.
    """
    lookup = _look_up(name, timeout_s)
    return None if lookup is None else lookup.addresses


def resolve_names(hostname: str, timeout_s: float = 2.0, known: tuple[HostName, ...] = ()) -> tuple[HostName, ...]:
    """This machine's host name, and its full name if that is another one and resolves; within `timeout_s` seconds.

    The full name is the canonical one that the resolver gives (`hosts(5)` or DNS). Names that lead nowhere, that are
    `localhost` in disguise or that no URL can carry are left out. The caller keeps the answer: asking may be slow.
    `known` is what was found before: it stays where no answer comes in time, for a busy resolver is no reason to say
    that the name leads nowhere.
    """
    end = time.monotonic() + timeout_s
    first = hostname.strip().rstrip(".").lower()
    if not is_host_name(first):
        return ()
    lookup = _look_up(first, timeout_s)
    if lookup is None:
        return known
    found = [HostName(first, lookup.addresses)] if lookup.addresses else []
    full = lookup.canonical.rstrip(".").lower()
    if full != first and is_host_name(full):
        addresses = look_up(full, max(0.0, end - time.monotonic()))
        if addresses is None:
            found += [name for name in known if name.name == full]
        elif addresses:
            found.append(HostName(full, addresses))
    return tuple(found)


def is_host_name(name: str) -> bool:
    """A lower-case name that a URL can carry, and neither an IP literal nor `localhost` (which has its own row)."""
    return bool(_HOST.match(name)) and not is_literal(name) and name.partition(".")[0] != "localhost"


def resolve_localhost(timeout_s: float = 2.0, known: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Where `localhost` leads on this machine (it may be 127.0.0.1 alone); `known` if nothing answers in time."""
    found = look_up("localhost", timeout_s)
    return known if found is None else found
