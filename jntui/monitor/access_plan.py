"""What opening a server to others, or closing it again, would do: worked out whole, and nothing changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jntui.jupyter.command_line import GATEWAY
from jntui.jupyter.restart import SAME, plan_restart
from jntui.model import (
    AccessPlan,
    AccessRefused,
    ChangeRefused,
    ChangeRequest,
    KeptSetting,
    Listener,
    SettingStep,
    StopFailed,
)
from jntui.monitor.rewording import options_of, without_options
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.jupyter.editing.change import Planned
    from jntui.jupyter.editing.whose import Whose
    from jntui.jupyter.restart import Rewording
    from jntui.model import AccessWish, Configuration, Endpoint, Opened, RestartPlan, Server
    from jntui.monitor.survey import Survey
    from jntui.network.own_certificates import Pair

EVERY = "*"
"""The `ip` of every address, IPv4 and IPv6; `::` would be IPv6 alone (tornado sets IPV6_V6ONLY)."""
HERE = "localhost"
DAYS = 3650
"""What is said of a certificate of the user's own, whose days the check shows: jntui renews only its own."""


@dataclass(frozen=True, slots=True)
class Work:
    """A plan, and what carrying it out needs."""

    plan: AccessPlan
    whose: Whose
    planned: Planned | None = None
    """None: no file changes."""
    rewording: Rewording = SAME
    record: Opened | None = None
    """What was opened before, and is closed or added to."""
    settings: tuple[KeptSetting, ...] = ()
    """What the changed settings were."""
    dropped: tuple[str, ...] = ()
    """Words that leave the command line."""
    way: Opened | None = None
    """`record` with the files and settings of all that is `beside`: what was before the first of them."""
    beside: tuple[Opened, ...] = ()
    """What was opened of other servers in the same files."""


def work_of(survey: Survey, server: Server, wish: AccessWish, record: Opened | None) -> Work:
    """Raises AccessRefused."""
    from jntui.monitor.access_closing import closing

    _refuse(server, wish)
    try:
        return (
            closing(survey, server, wish, record) if wish.reach == "local" else _opening(survey, server, wish, record)
        )
    except (ChangeRefused, StopFailed) as refused:
        raise AccessRefused(refused.message) from refused


def _refuse(server: Server, wish: AccessWish) -> None:
    """Raises AccessRefused."""
    if server.state == "starting":
        raise AccessRefused(f"{server.label} is still starting: try again in a moment")
    if server.state not in {"running", "unresponsive"}:
        raise AccessRefused(f"{server.label} does not run: {server.reason or server.state}")
    if not server.port or all(one.path for one in server.listeners):
        raise AccessRefused(f"{server.label} listens on a socket file, not on addresses: start it with a port")
    if bool(wish.certfile) != bool(wish.keyfile):
        raise AccessRefused("a certificate takes its key with it: name both")


def _opening(survey: Survey, server: Server, wish: AccessWish, record: Opened | None) -> Work:
    """Raises AccessRefused, ChangeRefused, StopFailed."""
    from jntui.jupyter.editing.several import plan_several

    ip = _ip_of(survey, server, wish)
    values = {"ip": ip, "allow_remote_access": "true"}
    pair = _pair(survey, wish)
    if pair is not None:
        values |= {"certfile": pair.certfile, "keyfile": pair.keyfile}
    whose, rewording, dropped = without_options(survey, server, frozenset(values))
    guard = _guard(survey, server, wish, whose)
    requests = [asked(whose.found, name, value) for name, value in values.items() if _needed(whose.found, name, value)]
    command = f"jntui access {server.port} --{'lan' if wish.reach == 'lan' else f'address {ip}'}"
    # Jupyter's loader wants to see the files that a setting names.
    later = "its certificate is made first" if pair is not None and not Path(pair.certfile).exists() else ""
    wanted = requests or wish.password
    planned = plan_several(whose, requests, wish.password, command, later) if wanted else None
    after = listeners_of(server, ip)
    scheme = _scheme_after(server, whose.found, pair)
    same = {one.text for one in server.listeners} == {one.text for one in after} and scheme == server.scheme
    done = planned is None and same and not dropped
    restart = None if done else restart_of(survey, server, rewording)
    endpoints = endpoints_of(survey, server, after, scheme)
    commands, words = gate(survey, server.port or 0, endpoints)
    plan = AccessPlan(
        wish=wish,
        server=server.id,
        label=server.label,
        before=tuple(one.text for one in server.listeners),
        after=tuple(one.text for one in after),
        guard=guard,
        endpoints=endpoints,
        settings=_steps(whose.found, requests, wish),
        change=planned.shown if planned is not None else None,
        restart=restart,
        words=tuple(f"{words} leaves the command line: the file decides" for words in options_of(dropped)),
        firewall=commands,
        firewall_words=words,
        notes=(*_opening_notes(server, wish, guard, endpoints), *certificate_notes(pair, wish, _wide(endpoints))),
        renews=pair is not None and pair.due,
    )
    kept = tuple(_kept(whose.found, one.name) for one in requests)
    return Work(plan, whose, planned, rewording, record, kept, dropped)


def _scheme_after(server: Server, found: Configuration, pair: Pair | None) -> Literal["http", "https"]:
    """TLS as well where a file sets a certificate that the server was started without."""
    certfile = found.setting("certfile")
    named = certfile is not None and bool(certfile.value)
    return "https" if pair is not None or named else server.scheme


def _wide(endpoints: Sequence[Endpoint]) -> tuple[str, ...]:
    """The addresses from which others can open it."""
    near = {"this-machine", "container", "link-local"}
    found = [one.address for one in endpoints if one.covered and one.kind == "direct" and one.scope not in near]
    return tuple(dict.fromkeys(one for one in found if one))


def _ip_of(survey: Survey, server: Server, wish: AccessWish) -> str:
    """Raises AccessRefused."""
    if wish.reach == "lan":
        # The gateway hands its `ip` to tornado as it is, which knows no star.
        return "0.0.0.0" if server.app == GATEWAY else EVERY
    wanted = (wish.address or "").strip("[]")
    own = [address.ip for interface in survey.reach.interfaces() for address in interface.addresses]
    # A link-local address of IPv6 needs its interface beside it, which neither `ip` nor a browser takes.
    usable = [one for one in own if not one.lower().startswith(("fe80:", "127.")) and one != "::1"]
    if wanted not in usable:
        why = "is link-local" if wanted in own else "is no address of this machine"
        if wanted == "::1" or wanted.startswith("127."):
            why = "is for this machine only (--local)"
        named = visible(wanted, 80) or "nothing"
        raise AccessRefused(f"{named} {why}: choose one of {', '.join(usable[:12])}")
    return wanted


def _pair(survey: Survey, wish: AccessWish) -> Pair | None:
    """Certificate and key that are to be set; what somebody named is checked. Raises AccessRefused."""
    from jntui.network.certificate_files import date_problem, own_certificate, pair_problem
    from jntui.network.own_certificates import Pair

    if wish.certfile and wish.keyfile:
        problem = pair_problem(wish.certfile, wish.keyfile)
        if not problem and not own_certificate(wish.certfile):
            problem = f"{wish.certfile} cannot be read"
        if not problem and (over := date_problem(wish.certfile)):
            problem = f"the certificate {wish.certfile} {over}: choose one that is valid"
        if problem:
            raise AccessRefused(visible(problem, 500))
        return Pair(wish.certfile, wish.keyfile, days_left=DAYS)
    return own_pair(survey) if wish.tls else None


def own_pair(survey: Survey) -> Pair:
    """jntui's own certificate as it is now, beside the names and addresses that this machine has."""
    from jntui.network.own_certificates import read_pair

    return read_pair(tls_folder(survey), machine_names(survey))


def tls_folder(survey: Survey) -> Path:
    """Where it lies."""
    from jntui.jupyter.managed import state_dir

    return state_dir(survey.environ, survey.home) / "tls"


def machine_names(survey: Survey) -> tuple[str, ...]:
    """Names and addresses of this machine."""
    from jntui.network.own_certificates import wanted_names

    interfaces = survey.reach.interfaces()
    addresses = [address.ip for one in interfaces if one.up for address in one.addresses]
    return wanted_names(survey.machine.hostname, addresses)


def certificate_notes(pair: Pair | None, wish: AccessWish, addresses: Sequence[str] = ()) -> tuple[str, ...]:
    """What browsers and iPads will say, and what is made; `addresses` are those that it is to be shown at."""
    if pair is None:
        return ()
    if not wish.tls:
        from jntui.network.certificate_files import told, unnamed

        found = [f"the certificate is {visible(told(pair.certfile, pair.keyfile), 300)}"]
        if others := unnamed(pair.certfile, addresses):
            found.append(f"it is not for {', '.join(others)}: browsers warn there")
        return (*found, "the server reads it for each connection: a renewed one needs no restart")
    made = "is made" if pair.days_left is None else "is made anew" if pair.due else f"has {pair.days_left} days left"
    return (
        f"jntui's own certificate {made}: {visible(pair.certfile, 300)}, its key only you can read",
        "browsers warn before the page, as nobody signed it; iPhone and iPad show the page and run no cell",
    )


def asked(found: Configuration, name: str, value: str) -> ChangeRequest:
    """Where other code decides it, a line after that does: it is in the preview, and goes again with the rest."""
    setting = found.setting(name)
    return ChangeRequest(name, value, override=setting is not None and setting.source.kind == "computed")


def _needed(found: Configuration, name: str, value: str) -> bool:
    """The files have to say it: it is not so, and does not follow from the other settings."""
    setting = found.setting(name)
    if setting is None:
        return False
    if name == "allow_remote_access":
        # Its default follows from `ip`: only one that somebody wrote stands against it.
        # What only running the file would tell may be False, too.
        computed = setting.source.kind == "computed" and bool(setting.source.path)
        return computed or (setting.source.kind in {"file", "command line"} and setting.value is False)
    if name == "ip" and value == EVERY and setting.value == "":
        return False
    return setting.value != value or setting.source.kind == "computed"


def _guard(survey: Survey, server: Server, wish: AccessWish, whose: Whose) -> str:
    """What asks for a login afterwards. Raises AccessRefused where nothing would and nobody said so."""
    guard = _login_after(survey, server, whose)
    if wish.password:
        return "password"
    if guard != "none" or wish.without_authentication:
        return guard
    raise AccessRefused(
        f"nothing would guard {server.label}: whoever reaches it could run code as {survey.machine.user}. "
        "--password - reads a password from standard input; --without-authentication goes on without any",
        needs_guard=True,
    )


def _login_after(survey: Survey, server: Server, whose: Whose) -> str:
    """As the server is guarded now, unless the files take that away at its next start; `none` where nobody knows."""
    from jntui.jupyter.settings import effective

    now = server.auth or "none"
    if now in {"none", "hub"}:
        return now
    token = effective.secret_of(whose.subject, survey.processes, "token")
    password = effective.secret_of(whose.subject, survey.processes, "hashed_password")
    written = whose.found.setting("token") or whose.found.setting("auth_token")
    emptied = token is not None and not token and written is not None and written.source.kind != "default"
    if emptied and not password and now in {"token", "token+password"}:
        return "none"
    return now


def listeners_of(server: Server, ip: str) -> tuple[Listener, ...]:
    """What will be bound, as far as that is known before."""
    port = server.port or 0
    hosts = {EVERY: ("0.0.0.0", "::"), HERE: ("127.0.0.1", "::1")}.get(ip, (ip,))
    if ip == EVERY and not any(":" in one.host for one in server.listeners) and _without_ipv6():
        hosts = ("0.0.0.0",)
    return tuple(Listener(host, port) for host in hosts)


def _without_ipv6() -> bool:
    import socket

    return not socket.has_ipv6


def endpoints_of(
    survey: Survey, server: Server, after: Sequence[Listener], scheme: Literal["http", "https"]
) -> tuple[Endpoint, ...]:
    """Where it could answer with these listeners."""
    return survey.endpoints(replace(server, listeners=tuple(after), scheme=scheme))


def gate(survey: Survey, port: int, endpoints: Sequence[Endpoint]) -> tuple[tuple[str, ...], str]:
    """The commands that let others in at these endpoints, and what is known of the firewall in words."""
    from jntui.network.firewall import Door, FirewallReader
    from jntui.network.scope import parse

    wide = [one for one in endpoints if one.covered and one.offered and one.scope not in {"this-machine", "container"}]
    doors = dict.fromkeys(one.interface for one in wide if one.interface)
    own = {one.name: tuple(parse(address.ip) for address in one.addresses) for one in survey.reach.interfaces()}
    reader = FirewallReader(survey.processes, survey.environ)
    found = [reader.read(Door(port, name, own[name])) for name in list(doors)[:8] if name in own]
    known = [one for one in found if one is not None]
    commands = tuple(dict.fromkeys(command for one in known for command in one.allow))
    shut = next((one for one in known if {one.ipv4, one.ipv6} & {"drops", "rejects", "prohibits"}), None)
    if shut is not None:
        return commands, f"this machine's firewall keeps others out: {visible(shut.rule, 200)}"
    unread = next((one.unread for one in known if one.unread), "")
    if unread:
        return commands, f"this machine's firewall {unread}"
    return commands, "this machine's firewall lets the port in" if known and all(one.ipv4 for one in known) else ""


def restart_of(survey: Survey, server: Server, rewording: Rewording) -> RestartPlan:
    """Raises StopFailed."""
    return plan_restart(
        server, survey.discovery, survey.processes, survey.transport, survey.environ, survey.home, rewording
    )


def _opening_notes(server: Server, wish: AccessWish, guard: str, endpoints: Sequence[Endpoint]) -> tuple[str, ...]:
    notes = []
    covered = [one for one in endpoints if one.covered]
    if any(one.scope == "internet" for one in covered):
        notes.append("one of its addresses is a public one: the internet can try to open it")
    if wish.reach == "address" and not any(one.scope == "this-machine" for one in covered):
        notes.append("localhost and 127.0.0.1 do not open it any more, and an `ssh -L` line must name that address")
    if wish.password and server.auth == "token":
        notes.append("with a password the token that Jupyter made ends: URLs with it ask for the password")
    if guard == "none":
        notes.append("nothing asks for a login: whoever reaches the address runs code as its user")
    if not any(one.url.startswith("https:") for one in covered):
        held = {"none": "", "token": ", the token too"}.get(guard, ", the password too")
        notes.append(f"without TLS: who sits in between reads everything{held}")
    return tuple(notes)


def _steps(found: Configuration, requests: Sequence[ChangeRequest], wish: AccessWish) -> tuple[SettingStep, ...]:
    steps = [_step(found, one) for one in requests]
    steps += [SettingStep("password", shown(found, "hashed_password"), "argon2 hash")] if wish.password else []
    return tuple(steps)


def _step(found: Configuration, request: ChangeRequest) -> SettingStep:
    after = "not set" if request.value is None else repr(request.value)
    if request.name == "allow_remote_access" and request.value is not None:
        after = request.value.capitalize()
    return SettingStep(request.name, shown(found, request.name), after)


def shown(found: Configuration, name: str) -> str:
    """The value of a setting as it may be shown; empty where there is none."""
    setting = found.setting(name)
    return setting.shown if setting is not None else ""


def _kept(found: Configuration, name: str) -> KeptSetting:
    """What has to be asked for to have it back in an ordinary edit."""
    setting = found.setting(name)
    if setting is None or setting.source.kind not in {"file"}:
        return KeptSetting(name, None)
    return KeptSetting(name, str(setting.value))
