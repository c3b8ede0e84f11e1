"""Rules for what no listener takes: the server is known, its sockets are known, no connection is needed to know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.diagnose.case import (
    Rule,
    bound_hosts,
    bracketed,
    fit,
    is_ipv6,
    is_loopback,
    joined,
    listed,
    listener_words,
    price,
    running,
    ssh_line,
    url_of,
    usable_host,
    written,
)
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case
    from jntui.model import Listener


def _closed(case: Case) -> bool:
    return case.ended_at("connect", "not-listening") or (
        case.endpoint.covered is False and case.ended_at("connect") and case.server is not None
    )


def _hosts(case: Case) -> tuple[str, ...]:
    return bound_hosts(case.server) if case.server is not None else ()


def _finding(case: Case, cause: str, fix: str, short: tuple[str, str], settings: tuple[str, ...] = ("ip",)) -> Finding:
    return Finding(
        verdict="not-listening",
        headline=f"{case.label} does not listen on this address.",
        cause=cause,
        evidence=joined(listener_words(case.server), written(case, "ip")),
        fix=fix,
        short_cause=fit(short[0]),
        short_fix=fit(short[1]),
        settings=settings,
    )


def _why(case: Case) -> str:
    """The setting behind the listeners, as far as the settings, the command line or the default tell it."""
    if case.server is None:
        return ""
    setting = running(case, "ip")
    if setting is not None and setting.source.kind != "default":
        return f", because ip is {setting.shown}"
    if case.server.bind is not None:
        return f", because its command line sets ip to {case.server.bind!r}"
    if set(bound_hosts(case.server)) <= {"127.0.0.1", "::1"}:
        return ": that is what ip = 'localhost', the default, does"
    return ": the setting ip decides that"


def _elsewhere(case: Case) -> bool:
    return _closed(case) and bool(case.around.server_container)


def _in_container(case: Case) -> Finding:
    server = case.server
    port = server.port if server is not None else case.port
    return _finding(
        case,
        f"It runs in a container ({case.around.server_container}) with a network of its own, and no address of this "
        "machine leads there.",
        f"Publish its port when the container is started (docker run -p {port}:{port}), with ip '0.0.0.0' inside.",
        (f"{case.label} runs in a container's own network.", f"Publish its port: docker run -p {port}:{port}"),
    )


def _stranger(case: Case) -> Listener | None:
    """What takes this very address on that port, if it is not the server itself."""
    own = {(one.host, one.port) for one in case.server.listeners} if case.server is not None else set()
    return next((one for one in case.takers if (one.host, one.port) not in own), None)


def _taken(case: Case) -> Finding:
    stranger = _stranger(case)
    owner = case.owner(stranger) if stranger is not None else None
    pid = f" (pid {stranger.pid})" if stranger is not None and stranger.pid else ""
    holder = case.around.holder or "another program"
    who = f"another Jupyter server, {owner.id}" if owner is not None else f"{holder}{pid}"
    hosts = _hosts(case)
    use = next((usable_host(one) for one in case.server.listeners if not one.path), "") if case.server else ""
    return _finding(
        case,
        f"It listens on {listed(hosts) or 'no port'} only; on this address the same port belongs to {who}.",
        f"Use {bracketed(use) if use else 'another server'} for {case.label}, or start it on a port of its own.",
        (
            f"On this address port {case.port} is another program's.",
            f"Use {use or 'another address'}, or another port.",
        ),
        ("ip", "port"),
    )


def _waiting(case: Case) -> bool:
    """The files already name an `ip` that takes this address, and the server was started before."""
    setting = case.setting("ip")
    if not _closed(case) or setting is None or not setting.needs_restart or not _hosts(case):
        return False
    family = "::" if case.ipv6 else "0.0.0.0"
    return setting.value in {"*", "", family, case.peer} or (setting.value == "localhost" and case.loopback)


def _restart(case: Case) -> Finding:
    setting = case.setting("ip")
    value = setting.shown if setting is not None else ""
    finding = _finding(
        case,
        f"It listens on {listed(_hosts(case))} only; ip is {value} by now, which it reads when it starts.",
        f"Restart it{price(case.server)}.",
        (f"ip is {value} by now; it was started before.", "Restart it."),
    )
    return replace(finding, action="restart")


def _loopback_only(case: Case) -> Finding:
    hosts = _hosts(case)
    ssh = ssh_line(case.server, case.machine) if case.server is not None else ""
    value = "*" if case.ipv6 else "0.0.0.0"
    guarded = case.server is not None and case.server.auth in {"password", "token+password"}
    return _finding(
        case,
        f"It listens on {listed(hosts)} only{_why(case)}.",
        f"Set ip to '{value}'{'' if guarded else ' and a password'}, then restart it{price(case.server)}."
        + (f" Or change nothing and run on your computer: {ssh}" if ssh else ""),
        (f"{case.label} listens on {listed(hosts)} only (ip).", "Set ip and a password, restart; or use ssh -L."),
        ("ip", "hashed_password"),
    )


def _ipv4_only(case: Case) -> Finding:
    return _finding(
        case,
        f"This is an IPv6 address, and it listens on IPv4 only{_why(case)}.",
        f"Use one of its IPv4 addresses. For both, set ip to '*' and restart it{price(case.server)}.",
        (f"{case.label} listens on IPv4 only (ip).", "Use an IPv4 address; ip = '*' takes both."),
    )


def _ipv6_only(case: Case) -> Finding:
    return _finding(
        case,
        "This is an IPv4 address, and it listens on '::', which is IPv6 alone: Jupyter sets IPV6_V6ONLY.",
        f"Use one of its IPv6 addresses. For both, set ip to '*' and restart it{price(case.server)}.",
        (f"{case.label} listens on IPv6 only (ip is '::').", "Use an IPv6 address; ip = '*' takes both."),
    )


def _other_loopback(case: Case) -> Finding:
    server = case.server
    host = next(iter(_hosts(case)), "")
    url = url_of(server, host) if server is not None else ""
    return _finding(
        case,
        f"It listens on {listed(_hosts(case))} only{_why(case)}.",
        f"Open {url} instead."
        + ("" if server is None or server.bind in {None, "localhost"} else " With ip 'localhost' it may take both."),
        (f"{case.label} listens on {listed(_hosts(case))} only (ip).", "Use the other loopback address."),
    )


def _one_address(case: Case) -> Finding:
    hosts = _hosts(case)
    return _finding(
        case,
        f"It listens on {listed(hosts)} only{_why(case)}.",
        f"Use {hosts[0]}. For every address, set ip to '*' and restart it{price(case.server)}.",
        (f"{case.label} listens on {hosts[0]} only (ip).", "Use that address; ip = '*' takes all."),
    )


def _name_elsewhere(case: Case) -> Finding:
    return _finding(
        case,
        f"On this machine the name {case.host} leads to {case.probe.peer or 'another address'}, where it does not "
        f"listen; it listens on {listed(_hosts(case))}.",
        "Use an address instead of the name; other devices may resolve the name differently (/etc/hosts decides here).",
        (f"{case.label} does not listen where this name leads.", "Use an address instead of the name."),
    )


def _nothing(case: Case) -> Finding:
    state = case.server.reason if case.server is not None and case.server.reason else "no listening socket is seen"
    return _finding(
        case,
        f"Nothing of it listens on a port: {state}.",
        "Wait until it has started, or look into its log.",
        ("Nothing of it listens on a port.", "Wait until it has started; see its log."),
        (),
    )


def _name(case: Case) -> bool:
    host = case.endpoint.address or ""
    return bool(host) and not is_ipv6(host) and not host.replace(".", "").isdigit() and host != "localhost"


def _all(case: Case, hosts: frozenset[str]) -> bool:
    bound = _hosts(case)
    return bool(bound) and set(bound) <= hosts


RULES: tuple[Rule, ...] = (
    Rule("not-listening: in a container's network", _elsewhere, _in_container),
    Rule("not-listening: another program has it there", lambda c: _closed(c) and _stranger(c) is not None, _taken),
    Rule("not-listening: waits for a restart", _waiting, _restart),
    Rule("not-listening: no listener at all", lambda c: _closed(c) and not _hosts(c), _nothing),
    Rule("not-listening: a name that leads elsewhere", lambda c: _closed(c) and _name(c), _name_elsewhere),
    Rule(
        "not-listening: the other loopback address",
        lambda c: _closed(c) and all(map(is_loopback, _hosts(c))) and c.endpoint.scope == "this-machine",
        _other_loopback,
    ),
    Rule("not-listening: this machine only", lambda c: _closed(c) and all(map(is_loopback, _hosts(c))), _loopback_only),
    Rule(
        "not-listening: IPv4 only",
        lambda c: _closed(c) and _all(c, frozenset({"0.0.0.0"})) and is_ipv6(c.host),
        _ipv4_only,
    ),
    Rule(
        "not-listening: '::' is IPv6 only",
        lambda c: _closed(c) and _all(c, frozenset({"::"})) and not is_ipv6(c.host),
        _ipv6_only,
    ),
    Rule("not-listening: bound to other addresses", _closed, _one_address),
)
