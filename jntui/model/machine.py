"""Where jntui runs, and for whom."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SshSession:
    """Where the user's own SSH connection comes from and where it arrived (SSH_CONNECTION, sshd's environment)."""

    peer: str
    address: str
    """The address of this machine at which it arrived."""
    port: int
    """sshd's port."""
    user: str = ""
    """Who logged in by it, where sudo says that this is another one than now (SUDO_USER); empty: not known."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where jntui runs, and for whom."""

    hostname: str
    user: str
    home: str = ""
    ssh: SshSession | None = None
