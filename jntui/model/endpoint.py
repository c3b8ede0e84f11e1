"""Where a server may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jntui.model.words import Kind, Scope


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Scheme, address or name, port and base URL at which a server may answer."""

    server: str | None
    """The server's id; None for a URL that matches no known server."""
    url: str
    """Without a token."""
    interface: str | None
    address: str | None
    """The IP literal or the name in the URL, without brackets and zone."""
    scope: Scope
    covered: bool | None
    """A listener of the server takes this address; None where that cannot be said (file, custom, tunnel)."""
    kind: Kind = "direct"
    note: str = ""
    """Something to know that is no verdict, in words: `temporary address`, `only curl opens such a URL`."""
    offered: bool = True
    """False for what is shown but never probed over HTTP nor offered: link-local addresses, the redirect file."""
    your_ssh: bool = False
    """The user's own SSH connection arrived at this address."""
