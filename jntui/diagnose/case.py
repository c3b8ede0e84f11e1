"""What a rule of diagnosis sees, and the phrases that several rules share: pure, the model only."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jntui.model import Failure, Reply, Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jntui.model import Configuration, Endpoint, Finding, Machine, Probe, Server, Setting

NO_BREAK = "\u00a0"

WIDE_SCOPES = frozenset({"lan", "vpn", "carrier-nat", "internet"})
"""Scopes from which somebody else than this machine and its containers can come."""


@dataclass(frozen=True, slots=True)
class Case:
    """One endpoint of one server with what its probe found."""

    server: Server | None
    endpoint: Endpoint
    probe: Probe
    machine: Machine | None = None
    around: Surroundings = field(default_factory=Surroundings)
    settings: Configuration | None = None
    """The server's settings, where they were read."""
    others: tuple[Server, ...] = ()
    """The other servers of this machine."""

    def setting(self, name: str) -> Setting | None:
        """One setting of the server, None where the settings were not read."""
        return self.settings.setting(name) if self.settings is not None else None

    @property
    def failure(self) -> Failure:
        """The first failure; a stand-in that matches no rule where there is none."""
        return self.probe.failure or Failure("websocket", "other", "")

    @property
    def reply(self) -> Reply:
        """The answer to `api`; a stand-in with status 0 where there is none."""
        return self.probe.reply or Reply(0)

    @property
    def label(self) -> str:
        """How the sentences name the server."""
        return self.server.label if self.server is not None else "it"

    @property
    def scheme(self) -> str:
        """`http` or `https`, as the URL says."""
        return self.endpoint.url.split(":", 1)[0]

    @property
    def port(self) -> int | None:
        """The port that the URL names; None if it cannot be read."""
        try:
            return urlsplit(self.endpoint.url).port or (443 if self.scheme == "https" else 80)
        except ValueError:
            return None

    @property
    def host(self) -> str:
        """The name or IP literal of the URL."""
        return self.endpoint.address or self.endpoint.url

    def ended_at(self, stage: str, *kinds: str) -> bool:
        """The probe failed at this stage, in one of these ways (any, if none is named)."""
        failure = self.probe.failure
        return failure is not None and failure.stage == stage and (not kinds or failure.kind in kinds)

    def with_scheme(self, scheme: str) -> str:
        """The same URL with the other scheme."""
        return f"{scheme}:{self.endpoint.url.split(':', 1)[1]}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: a name for its test, when it applies, and what it says then."""

    name: str
    applies: Callable[[Case], bool]
    finding: Callable[[Case], Finding]


def is_ipv6(host: str) -> bool:
    """The host is an IPv6 literal."""
    return ":" in host


def is_loopback(host: str) -> bool:
    """The host is a loopback literal (127.0.0.0/8, ::1)."""
    try:
        return ipaddress.ip_address(host.split("%", 1)[0]).is_loopback
    except ValueError:
        return False


def listed(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def counted(number: int, noun: str) -> str:
    """`1 kernel`, `3 kernels`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def bound_hosts(server: Server) -> tuple[str, ...]:
    """The addresses its TCP listeners are bound to, without repetition."""
    return tuple(dict.fromkeys(listener.host for listener in server.listeners if not listener.path))


def listener_words(server: Server | None) -> str:
    """The listeners as the contract spells them, for the evidence."""
    if server is None or not server.listeners:
        return "listeners: none"
    return "listeners: " + ", ".join(listener.text for listener in server.listeners)


def price(server: Server | None) -> str:
    """What a restart costs: ` (3 kernels end)`, held together by no-break spaces; empty without kernels."""
    if server is None or not server.kernels:
        return ""
    words = f"({counted(server.kernels, 'kernel')} {'ends' if server.kernels == 1 else 'end'})"
    return " " + words.replace(" ", NO_BREAK)


def ssh_line(server: Server, machine: Machine | None) -> str:
    """The `ssh -L` command that opens a loopback server from the user's computer; empty if it cannot be said.

    The forward names 127.0.0.1 explicitly at both ends: with a bare port ssh may take `[::1]` alone.
    """
    hosts = bound_hosts(server)
    if not server.port or not hosts:
        return ""
    if any(host in {"127.0.0.1", "0.0.0.0"} for host in hosts):
        target = "127.0.0.1"
    elif any(host in {"::1", "::"} for host in hosts):
        target = "[::1]"
    else:
        target = f"[{hosts[0]}]" if is_ipv6(hosts[0]) else hosts[0]
    user = machine.user if machine is not None else "USER"
    ssh = machine.ssh if machine is not None else None
    where = ssh.address if ssh is not None else (machine.hostname if machine is not None else "HOST")
    option = f"-p {ssh.port} " if ssh is not None and ssh.port != 22 else ""
    return f"ssh {option}-L 127.0.0.1:{server.port}:{target}:{server.port} {user}@{where}"
