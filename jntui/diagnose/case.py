"""What a rule of diagnosis sees, and the phrases that several rules share: pure, the model only."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jntui.model import Failure, Reply, Surroundings
from jntui.text import home_short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jntui.model import Configuration, Endpoint, Finding, Listener, Machine, Probe, Server, Setting

NO_BREAK = "\u00a0"

SHORT_CELLS = 53
"""The most cells of a short cause and a short fix."""

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

    @property
    def base(self) -> str:
        """The base URL that the URL asks for, with a slash at both ends."""
        try:
            path = urlsplit(self.endpoint.url).path
        except ValueError:
            return "/"
        return f"/{path.strip('/')}/" if path.strip("/") else "/"

    @property
    def here(self) -> str:
        """Where the probe was made, as a sentence names it."""
        return self.probe.vantage or "this machine"

    @property
    def peer(self) -> str:
        """The IP literal that the connection went to, or would go to; empty for a name that leads nowhere known."""
        literal = self.probe.peer or self.endpoint.address or ""
        return literal if is_literal(literal) else ""

    @property
    def ipv6(self) -> bool:
        """It goes, or would go, to an IPv6 address."""
        return is_ipv6(self.peer)

    @property
    def loopback(self) -> bool:
        """It goes to a loopback address of the machine where the probe was made."""
        return is_loopback(self.peer) or self.endpoint.address == "localhost"

    @property
    def local(self) -> bool:
        """It leads to one of this machine's own addresses."""
        return self.around.local or (self.endpoint.kind == "direct" and self.endpoint.covered is not None)

    @property
    def takers(self) -> tuple[Listener, ...]:
        """The listeners of this machine that take the address on that port."""
        return tuple(one for one in self.around.listeners if takes(one, self.peer))

    @property
    def taken(self) -> bool:
        """A listener of this machine takes the address."""
        return bool(self.endpoint.covered) or bool(self.takers)

    @property
    def connect_ms(self) -> float:
        """How long the connection took to fail or to come about; the whole probe's time where the stage has none."""
        for stage in self.probe.stages:
            if stage.name == "connect" and stage.elapsed_ms is not None:
                return stage.elapsed_ms
        return self.probe.elapsed_ms

    @property
    def known(self) -> tuple[Server, ...]:
        """Every server of this machine that is known, this one first."""
        return (self.server, *self.others) if self.server is not None else self.others

    def owner(self, listener: Listener) -> Server | None:
        """The known server that this listener belongs to."""
        for server in self.known:
            if (listener.pid is not None and listener.pid == server.pid) or listener in server.listeners:
                return server
        return None

    def stage_detail(self, name: str) -> str:
        """What the probe wrote beside a stage."""
        return next((stage.detail for stage in self.probe.stages if stage.name == name), "")

    def home(self, path: str) -> str:
        """A path with the home directory as `~`."""
        return home_short(path, self.machine.home if self.machine is not None else "")

    def ended_at(self, stage: str, *kinds: str) -> bool:
        """The probe failed at this stage, in one of these ways (any, if none is named)."""
        failure = self.probe.failure
        return failure is not None and failure.stage == stage and (not kinds or failure.kind in kinds)

    @property
    def led_to(self) -> str:
        """Where the answer leads, as a browser would open it: without the `api` that the probe itself asked for."""
        place = self.reply.location.split("#", 1)[0].split("?", 1)[0]
        return place.removesuffix("api") if place.endswith("/api") else place

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


def is_literal(host: str) -> bool:
    """The host is an IP literal, with or without a zone."""
    try:
        ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return False
    return True


def takes(listener: Listener, ip: str) -> bool:
    """A listener is bound to this address, or to every address of its family (Jupyter's `::` takes no IPv4)."""
    if listener.path or not is_literal(ip) or not is_literal(listener.host):
        return False
    bound = ipaddress.ip_address(listener.host.split("%", 1)[0])
    wanted = ipaddress.ip_address(ip.split("%", 1)[0])
    return bound.version == wanted.version and (bound.is_unspecified or bound == wanted)


def bracketed(host: str) -> str:
    """A host as a URL writes it."""
    return f"[{host}]" if is_ipv6(host) else host


def url_of(server: Server, host: str) -> str:
    """The server's URL at one host."""
    return f"{server.scheme}://{bracketed(host)}:{server.port}{server.base_url}"


def usable_host(listener: Listener) -> str:
    """An address of this machine at which the listener takes a connection: a wildcard's own loopback address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listener.host, listener.host)


def cells(text: str) -> int:
    """The most cells that a terminal may give the text: two for every character beyond ASCII."""
    return sum(1 if char.isascii() else 2 for char in text)


def fit(text: str, limit: int = SHORT_CELLS) -> str:
    """The text, without its end where it needs more cells than that."""
    if cells(text) <= limit:
        return text
    kept = text
    while kept and cells(kept) + 2 > limit:
        kept = kept[:-1]
    return f"{kept.rstrip()}\u2026"


def joined(*parts: str) -> str:
    """The parts that are not empty, for the evidence: `a; b`."""
    return "; ".join(part for part in parts if part)


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


def written(case: Case, *names: str) -> str:
    """Where settings stand, for the evidence: `ip = '0.0.0.0' (~/.jupyter/jupyter_server_config.py:12)`.

    Those that were not read, and defaults, are left out; the text of a secret never stands in a setting.
    """
    found = (case.setting(name) for name in names)
    return joined(*(_place(case, setting) for setting in found if setting is not None))


def _place(case: Case, setting: Setting) -> str:
    source = setting.source
    if source.path and source.kind in {"file", "computed"}:
        line = f":{source.line}" if source.line else ""
        where = f"{case.home(source.path)}{line}"
    elif source.kind == "env":
        where = f"{source.path or source.name} in the environment"
    elif source.kind == "command line":
        where = "command line"
    else:
        return ""
    return f"{setting.name} = {setting.shown} ({where})"


def running(case: Case, name: str) -> Setting | None:
    """The setting, if the running server has the value that stands in the files; else what it says explains nothing."""
    setting = case.setting(name)
    if setting is None or setting.needs_restart or setting.value is None:
        return None
    return setting


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
    ssh = machine.ssh if machine is not None else None
    user = (ssh.user if ssh is not None else "") or (machine.user if machine is not None else "USER")
    where = ssh.address if ssh is not None else (machine.hostname if machine is not None else "HOST")
    option = f"-p {ssh.port} " if ssh is not None and ssh.port != 22 else ""
    return f"ssh {option}-L 127.0.0.1:{server.port}:{target}:{server.port} {user}@{where}"
