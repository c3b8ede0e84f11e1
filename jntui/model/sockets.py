"""Sockets of this machine, as the kernel lists them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listener:
    """A listening socket of a process: what the server is really bound to."""

    host: str
    """The bound IP literal (`127.0.0.1`, `::`, `fe80::1%eth0`), empty for a unix socket."""
    port: int
    """The TCP port, 0 for a unix socket."""
    path: str = ""
    """The unix socket's path, empty for TCP."""
    pid: int | None = None
    """The owner; None where it cannot be read from here."""
    uid: int | None = None
    """The owning user's id, where the system tells it even without the pid (Linux)."""

    @property
    def text(self) -> str:
        """As in the contract: `127.0.0.1:8888`, `[::]:8888`, `unix:/path`."""
        if self.path:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Connection:
    """An established TCP connection that ends at this machine."""

    local_host: str
    local_port: int
    remote_host: str
    remote_port: int
    pid: int | None = None


@dataclass(frozen=True, slots=True)
class Sockets:
    """Every listening socket and established connection that can be seen from here at one moment."""

    listeners: tuple[Listener, ...] = ()
    connections: tuple[Connection, ...] = ()
