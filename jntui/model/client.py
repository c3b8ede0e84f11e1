"""Who is or was connected to a server, from elsewhere: the only proof from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Client:
    """A remote peer with an established TCP connection to the server's port, now or on the last day."""

    remote: str
    """The peer's IP literal, as the kernel tells it: a NAT or a proxy can stand between."""
    local: str
    """The address of this machine at which it arrived, an IP literal without a zone."""
    first_seen: datetime
    """UTC."""
    last_seen: datetime
    """UTC. While it is connected, the moment since when it is; afterwards the last look that still saw it."""
    now: bool = True
    """It is connected at this moment."""
    local_end: bool = False
    """The connection comes from this machine itself: from a tunnel or a proxy, whose own clients are not seen."""
    through: str = ""
    """With `local_end`, the program at the other end, where its owner can be seen: `sshd`, `nginx`."""
    name: str = ""
    """The peer's name, where the resolver was quick to tell one; anybody may claim one in such an answer."""


def arrived(before: Iterable[Client], after: Iterable[Client]) -> tuple[Client, ...]:
    """Who came between two pictures of one server: for the notice, and for the row beside a QR code that turns green.

    Who only came back is among them: a phone whose page was closed and opened again is worth the notice as well.
    """
    here = {(one.remote, one.local) for one in before if one.now}
    return tuple(one for one in after if one.now and (one.remote, one.local) not in here)
