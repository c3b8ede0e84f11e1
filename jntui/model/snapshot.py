"""The picture of everything at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from jntui.model.client import Client
    from jntui.model.endpoint import Endpoint
    from jntui.model.exposure import Badge
    from jntui.model.finding import Answer, Check
    from jntui.model.interface import Interface
    from jntui.model.machine import Machine
    from jntui.model.server import Server
    from jntui.model.setting import Configuration
    from jntui.model.survival import Survival
    from jntui.model.watch import Watch


@dataclass(frozen=True, slots=True)
class Row:
    """An endpoint with its last result."""

    endpoint: Endpoint
    check: Check | None = None
    """None while the first check has not ended, and for what is never probed."""
    checking: bool = False
    """A check runs or waits for its turn now."""

    @property
    def correction(self) -> str:
        """The URL that belongs in this row, which the user typed wrong; empty where nothing is known to be wrong."""
        return self.check.finding.instead if self.check is not None and self.endpoint.kind == "custom" else ""


@dataclass(frozen=True, slots=True)
class ServerView:
    """A server with everything that is known of its endpoints."""

    server: Server
    rows: tuple[Row, ...] = ()
    answer: Answer | None = None
    configuration: Configuration | None = None
    """None while its settings were not read: that is done for the selected server."""
    clients: tuple[Client, ...] = ()
    """Who is connected, then who was, the latest first."""
    badge: Badge | None = None
    """How open it is; None while nobody has looked."""
    survival: Survival | None = None
    """Whether it outlives the login in which it was started; None while nobody has looked."""

    @property
    def mortal(self) -> str:
        """`ends at logout` of a server that ends with the login in which it was started; else empty."""
        return self.survival.mark if self.survival is not None else ""

    def clients_at(self, endpoint: Endpoint) -> tuple[Client, ...]:
        """Those who arrived at this endpoint's own address; nobody can tell who came by a name."""
        if endpoint.kind != "direct":
            return ()
        return tuple(client for client in self.clients if client.local == endpoint.address)

    @property
    def reachable(self) -> int:
        """How many of its endpoints work from here."""
        return sum(1 for row in self.rows if row.endpoint.offered and row.check is not None and row.check.reachable)

    @property
    def probed(self) -> int:
        """How many of the rows can be checked at all."""
        return sum(1 for row in self.rows if row.endpoint.offered)


@dataclass(frozen=True, slots=True)
class Looked:
    """One place where servers were looked for, and what was there: for the empty screen."""

    label: str
    """`looked in`, `jupyter`, `not seen`."""
    place: str
    found: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The picture of everything at one moment."""

    machine: Machine
    views: tuple[ServerView, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    looked: tuple[Looked, ...] = ()
    trouble: str = ""
    """What could not be looked at, in one line; empty if all could."""
    exposed: str = ""
    """What is open beyond this machine without authentication, in one line; empty while nothing is."""
    watch: Watch | None = None
    """The one endpoint that is watched."""
    changed: datetime | None = field(default=None, compare=False)
    """When something last changed, UTC."""
    seq: int = field(default=0, compare=False)

    def view(self, server_id: str | None) -> ServerView | None:
        """The view of this server, or None if it is gone."""
        return next((view for view in self.views if view.server.id == server_id), None)
