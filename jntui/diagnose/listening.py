"""Rules for what no listener takes: the server is known, its sockets are known, no connection is needed to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.case import (
    Rule,
    bound_hosts,
    is_ipv6,
    is_loopback,
    listed,
    listener_words,
    price,
    ssh_line,
)
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import (
        Case,
    )
    from jntui.model import Server


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
        evidence=listener_words(case.server),
        fix=fix,
        short_cause=short[0],
        short_fix=short[1],
        settings=settings,
    )


def _why(server: Server | None) -> str:
    """The setting behind the listeners, as far as the command line or the default tells it."""
    if server is None:
        return ""
    if server.bind is not None:
        return f", because its command line sets ip to {server.bind!r}"
    if set(bound_hosts(server)) <= {"127.0.0.1", "::1"}:
        return ": that is what ip = 'localhost', the default, does"
    return ": the setting ip decides that"


def _loopback_only(case: Case) -> Finding:
    hosts = _hosts(case)
    ssh = ssh_line(case.server, case.machine) if case.server is not None else ""
    return _finding(
        case,
        f"It listens on {listed(hosts)} only{_why(case.server)}.",
        f"Set ip to '0.0.0.0' and a password, then restart it{price(case.server)}."
        + (f" Or change nothing and run on your computer: {ssh}" if ssh else ""),
        (f"{case.label} listens on {listed(hosts)} only (ip).", "Set ip and a password, restart; or use ssh -L."),
        ("ip", "hashed_password"),
    )


def _ipv4_only(case: Case) -> Finding:
    return _finding(
        case,
        f"This is an IPv6 address, and it listens on IPv4 only{_why(case.server)}.",
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
    literal = f"[{host}]" if is_ipv6(host) else host
    url = f"{server.scheme}://{literal}:{server.port}{server.base_url}" if server is not None else ""
    return _finding(
        case,
        f"It listens on {listed(_hosts(case))} only{_why(server)}.",
        f"Open {url} instead."
        + ("" if server is None or server.bind in {None, "localhost"} else " With ip 'localhost' it may take both."),
        (f"{case.label} listens on {listed(_hosts(case))} only (ip).", "Use the other loopback address."),
    )


def _one_address(case: Case) -> Finding:
    hosts = _hosts(case)
    return _finding(
        case,
        f"It listens on {listed(hosts)} only{_why(case.server)}.",
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
