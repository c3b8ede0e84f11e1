"""From where servers can be reached: interfaces, endpoints, checks and their meaning.

A module of its own, loaded after the first picture: the servers stand on the screen before anything here is needed.
What only some calls need is imported by them, for `jntui list` needs little of it.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from jntui.model import (
    Check,
    Endpoint,
    Failure,
    Probe,
    ServerView,
    Sockets,
    Stage,
)
from jntui.network.interfaces import fingerprint, read_interfaces
from jntui.network.listeners import exposure, own_addresses, peers_of
from jntui.process import Processes
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jntui.model import (
        Configuration,
        Finding,
        HostName,
        Interface,
        Machine,
        Row,
        Secret,
        Server,
        SshSession,
        Surroundings,
    )
    from jntui.monitor.server_settings import ServerSettings
    from jntui.network.surroundings import Vicinity
    from jntui.transport import Transport

RESOLVE_TIMEOUT_S = 1.0
"""How long a name of this machine is waited for; a resolver that is slower counts as leading nowhere."""


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known of this machine while a check is explained."""

    settings: ServerSettings | None = None
    """Asked where a probe met something that they may explain."""
    others: tuple[Server, ...] = ()
    """This machine's other servers."""
    sockets: Sockets | None = None
    """As last seen."""


class Reach:
    """Every call is bounded, none raises for what the world looks like."""

    def __init__(
        self,
        machine: Machine,
        environ: Mapping[str, str],
        transport: Transport,
        processes: Processes | None = None,
    ) -> None:
        self.machine = replace(machine, ssh=_ssh_session(environ))
        self.trouble = ""
        self._transport = transport
        self._lock = threading.Lock()
        self._interfaces: tuple[int | None, tuple[Interface, ...]] | None = None
        self._names: tuple[HostName, ...] = ()
        self._localhost: tuple[str, ...] | None = None
        self._environ = environ
        self._processes = processes or Processes()
        self._vicinity: Vicinity | None = None

    def interfaces(self) -> tuple[Interface, ...]:
        """The interfaces, read again only when the kernel's tables changed."""
        print_now = fingerprint()
        with self._lock:
            known = self._interfaces
        if known is not None and print_now is not None and known[0] == print_now:
            return known[1]
        try:
            found = read_interfaces()
        except OSError as error:
            self.trouble = f"the network interfaces cannot be read: {error.strerror or error}"
            found = ()
        with self._lock:
            self._interfaces = (print_now, found)
        return found

    def resolve_names(self) -> None:
        """Looks up this machine's names; until it was called, no endpoint bears one. At most RESOLVE_TIMEOUT_S."""
        from jntui.network.names import resolve_localhost, resolve_names

        with self._lock:
            known_names, known_localhost = self._names, self._localhost or ()
        names = resolve_names(self.machine.hostname, RESOLVE_TIMEOUT_S, known_names)
        localhost = resolve_localhost(known=known_localhost)
        with self._lock:
            self._names, self._localhost = names, localhost

    def _known_names(self) -> tuple[tuple[HostName, ...], tuple[str, ...]]:
        """The names as last looked up; localhost alone is looked up at once, as /etc/hosts answers for it."""
        with self._lock:
            names, localhost = self._names, self._localhost
        if localhost is None:
            from jntui.network.names import resolve_localhost

            localhost = resolve_localhost()
            with self._lock:
                self._localhost = localhost
        return names, localhost

    def place(self, servers: Sequence[Server], sockets: Sockets) -> tuple[Server, ...]:
        """With what the network adds: how far their listeners reach, and who is connected."""
        local = all(_this_machine_only(server) for server in servers)
        # What is bound to loopback addresses alone has no exposure to look for, nor a client from elsewhere.
        interfaces = () if local else self.interfaces()
        own = own_addresses(interfaces)
        placed = []
        for server in servers:
            if server.state == "stale":
                placed.append(server)
                continue
            peers = peers_of(sockets, server.listeners, own)
            clients = len(peers) if server.listeners else None
            widest = exposure(server.listeners, interfaces)
            placed.append(replace(server, exposure=widest, peers=peers, clients=clients))
        return tuple(placed)

    def endpoints(self, server: Server) -> tuple[Endpoint, ...]:
        """Every endpoint of the server, from near to far; none for what does not run.

        If jntui's own config.toml, which holds the added URLs, is broken, `trouble` says so and they are missing.
        """
        if server.state in {"stale", "starting"}:
            return ()
        from jntui import preferences
        from jntui.network.endpoints import list_endpoints

        names, localhost = self._known_names()
        custom: tuple[str, ...] = ()
        try:
            custom = preferences.list_urls(server.port) if server.port else ()
            self.trouble = ""
        except preferences.PreferencesError as error:
            self.trouble = str(error)
        return list_endpoints(server, self.interfaces(), names, localhost, custom, self.machine.ssh)

    def check(
        self,
        server: Server | None,
        endpoint: Endpoint,
        timeout_s: float = 4.0,
        *,
        token: Secret | None = None,
        confirm_uncovered: bool = False,
        known: Known | None = None,
    ) -> Check:
        """Probes one endpoint, at most `timeout_s` seconds, and says what it means after a moment to look around it.

        `token` is one that the user put into the URL; the server's own is taken from `server`.
        """
        from jntui.diagnose import redirect_file
        from jntui.network.probe import probe

        known = known or Known()
        now = datetime.now(timezone.utc)
        if endpoint.kind == "file" and server is not None and server.redirect_file is not None:
            return Check(endpoint, redirect_file(server, server.redirect_file), (), None, now)
        result = probe(
            endpoint,
            server,
            self._transport,
            timeout_s,
            token=token,
            confirm_uncovered=confirm_uncovered,
            own_certificate=_own_certificate(server, known.settings),
            own_addresses=own_addresses(self.interfaces()),
        )
        finding = self._meaning(server, endpoint, result, known, confirm_uncovered)
        now = datetime.now(timezone.utc)
        return Check(endpoint, finding, result.stages, _elapsed_ms(result, finding), now, result.certificate)

    def _meaning(
        self, server: Server | None, endpoint: Endpoint, result: Probe, known: Known, confirmed: bool
    ) -> Finding:
        """What a probe means, with the server's settings and what lies around the endpoint."""
        from jntui.diagnose import diagnose

        result, settings = _explain(server, result, known.settings, confirmed)
        around = self._look_around(server, endpoint, result, known.sockets)
        return diagnose(
            server, endpoint, result, self.machine, around=around, settings=settings, others=known.others
        )  # fmt: skip

    def _look_around(
        self, server: Server | None, endpoint: Endpoint, result: Probe, sockets: Sockets | None
    ) -> Surroundings:
        """What lies around the endpoint, for the rules of diagnosis."""
        from jntui.network.surroundings import Vicinity

        with self._lock:
            if self._vicinity is None:
                self._vicinity = Vicinity(self._processes, self._environ, self.machine.home)
            vicinity, names, localhost = self._vicinity, self._names, self._localhost
        led = [address for name in names if name.name == endpoint.address for address in name.addresses]
        if endpoint.address == "localhost":
            led += localhost or ()
        return vicinity.look(server, endpoint, result, sockets or Sockets(), self.interfaces(), led)

    def look_anew(self) -> None:
        """The user asks, and may have changed something: what was kept for a moment is not good enough."""
        with self._lock:
            vicinity = self._vicinity
        if vicinity is not None:
            vicinity.look_anew()

    @staticmethod
    def for_others(endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
        """Those at which another host could try: not this machine's own, nor its containers', nor what no URL opens."""
        near = {"this-machine", "container"}
        return tuple(
            one
            for one in endpoints
            if one.offered and one.scope not in near and one.url.startswith(("http:", "https:"))
        )

    def check_from(
        self,
        host: str,
        targets: Sequence[tuple[Server | None, Endpoint]],
        timeout_s: float,
        processes: Processes,
        environ: Mapping[str, str],
        known: Known | None = None,
    ) -> list[Check]:
        """Probes endpoints from `host` through the user's ssh and says what each means; `timeout_s` seconds each.

        No token goes there. Raises RemoteFailed where the host cannot be asked.
        """
        from jntui.diagnose import no_tls_there
        from jntui.network.remote.bash import NO_TLS
        from jntui.network.remote.session import probe_from

        checks = []
        self.look_anew()
        probes = probe_from(host, targets, timeout_s, processes, environ)
        now = datetime.now(timezone.utc)
        for (server, endpoint), result in zip(targets, probes, strict=True):
            unasked = result.failure is not None and result.failure.detail == NO_TLS
            if unasked and not result.other_scheme_works:
                finding = no_tls_there(host)
            else:
                others = tuple(one for one in (known.others if known else ()) if server is None or one.id != server.id)
                finding = self._meaning(server, endpoint, result, replace(known or Known(), others=others), True)
            elapsed_ms = _elapsed_ms(result, finding)
            checks.append(Check(endpoint, finding, result.stages, elapsed_ms, now, result.certificate))
        return checks

    @staticmethod
    def leak(server: Server) -> Finding | None:
        """The finding of a redirect file whose token every user of this machine can read."""
        file = server.redirect_file
        if file is None or not file.world_readable or not file.has_token:
            return None
        from jntui.diagnose import redirect_file

        return redirect_file(server, file)

    @staticmethod
    def expect(server: Server, endpoint: Endpoint, known: ServerSettings | None = None) -> Check | None:
        """The result that needs no request, because the request would write warnings into a healthy server's log.

        The settings are read only where they can change it.
        """
        from jntui.diagnose import expect_host_block

        finding = expect_host_block(server, endpoint)
        if finding is not None and known is not None:
            finding = expect_host_block(server, endpoint, known.of(server))
        if finding is None:
            return None
        stages = (Stage("connect", None, None, "not asked"),)
        return Check(endpoint, finding, stages, None, datetime.now(timezone.utc))

    def foreign_endpoint(self, url: str) -> Endpoint:
        """A URL that the user gave and that no known server is at."""
        from jntui.network.endpoints import custom_scope
        from jntui.network.urls import host_of

        host = host_of(url)
        return Endpoint(None, url, None, host or None, custom_scope(host, self.interfaces()), None, "custom")

    def refuse_url(self, text: str, why: str) -> Check:
        """The verdict on what cannot be a URL of a Jupyter server; what may be a secret in it is not repeated."""
        shown = visible(re.sub(r"//[^/@]*@", "//", text.split("?", 1)[0]), 300)
        endpoint = Endpoint(None, shown, None, None, "internet", None, "custom")
        stage = Stage("resolve", False, None, why)
        refused = Probe(shown, (stage,), 0.0, 0.0, failure=Failure("resolve", "bad-url", why))
        from jntui.diagnose import diagnose

        finding = diagnose(None, endpoint, refused, self.machine)
        return Check(endpoint, finding, (stage,), None, datetime.now(timezone.utc))

    def view(self, server: Server, rows: Sequence[Row]) -> ServerView:
        """The server with its rows and its answer."""
        from jntui.diagnose import answer

        return ServerView(server, tuple(rows), answer(server, rows, self.machine))


def _elapsed_ms(result: Probe, finding: Finding) -> float | None:
    """None where nothing listens: how long a confirming connection waited says nothing."""
    connected = any(stage.name == "connect" and stage.ok for stage in result.stages)
    return result.elapsed_ms if connected or finding.verdict != "not-listening" else None


def _own_certificate(server: Server | None, settings: ServerSettings | None) -> bytes:
    """The certificate in the server's own file (DER), so that its token may go to whoever shows just that one."""
    if server is None or settings is None or server.scheme != "https":
        return b""
    from jntui.network.certificate_files import own_certificate

    certfile = settings.file(server, "certfile")
    return own_certificate(certfile) if certfile else b""


def _explain(
    server: Server | None, result: Probe, settings: ServerSettings | None, confirm_uncovered: bool
) -> tuple[Probe, Configuration | None]:
    """What the server's settings add to what went wrong: its certificate files, and the settings themselves."""
    if server is None or settings is None or not _may_be_explained(result):
        return result, None
    if result.failure is not None and server.scheme == "https":
        result = replace(result, pair=_pair(server, settings))
    # That nothing listens is no event: of each server most addresses are so, and nobody waits for the reason.
    idle = result.failure is not None and result.failure.kind == "not-listening" and not confirm_uncovered
    return result, settings.known(server) if idle else settings.of(server)


def _pair(server: Server, settings: ServerSettings) -> str:
    from jntui.network.certificate_files import pair_problem

    certfile, keyfile = settings.file(server, "certfile"), settings.file(server, "keyfile")
    return visible(pair_problem(certfile, keyfile), 400) if certfile else ""


def _may_be_explained(result: Probe) -> bool:
    """Something went wrong in a way that a setting may have brought about; a plain success needs no explanation."""
    refused = result.websocket is not None and result.websocket.outcome != "open"
    answered = result.reply is not None and result.reply.jupyter_version is not None
    return not answered or refused or result.auth in {"rejected", "open"} or result.identity is False


def _this_machine_only(server: Server) -> bool:
    return all(listener.path or listener.host in {"127.0.0.1", "::1"} for listener in server.listeners)


def _ssh_session(environ: Mapping[str, str]) -> SshSession | None:
    if "SSH_CONNECTION" not in environ and "TMUX" not in environ:
        return None
    from jntui.network.ssh_session import session

    return session(environ)
