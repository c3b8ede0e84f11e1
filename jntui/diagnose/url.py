"""Rules for the URL itself: what no browser can open, and names that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.case import Rule, listener_words
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case


def _bad_url(case: Case) -> Finding:
    detail = case.failure.detail or "it cannot be read"
    return Finding(
        "bad-url",
        "This cannot be the URL of a Jupyter server.",
        f"{detail[:1].upper()}{detail[1:]}.",
        f"as typed: {case.endpoint.url}",
        "Write it like http://192.168.2.169:8888/ : scheme, address or name, port, base URL.",
        short_cause="It cannot be a URL of a Jupyter server.",
        short_fix="Write it like http://192.168.2.169:8888/",
    )


def _unix_socket(case: Case) -> Finding:
    path = case.failure.detail.removeprefix("unix:")
    return Finding(
        "unix-socket",
        "It listens on a socket file only; no browser can open that.",
        f"The server listens on {path} and on no TCP port.",
        listener_words(case.server) if case.server is not None else "",
        f"On your computer: ssh -L 127.0.0.1:8888:{path} {_where(case)}, then http://127.0.0.1:8888/. Or start it with "
        "--port and without sock.",
        short_cause="It listens on a socket file only.",
        short_fix="Use ssh -L 8888:PATH, or start it with --port.",
        settings=("sock",),
    )


def _socket_of_nobody(case: Case) -> Finding:
    path = case.failure.detail.removeprefix("unix:")
    return Finding(
        "unix-socket",
        "This names a socket file; no browser can open that.",
        f"No server here is known to listen on {path}.",
        "",
        f"Compare the path with the one that Jupyter printed (jntui list). If a server listens there: ssh -L "
        f"127.0.0.1:8888:{path} {_where(case)} on your computer, then http://127.0.0.1:8888/.",
        short_cause="No server here is known to listen there.",
        short_fix="Compare the path with the one Jupyter printed.",
        settings=("sock",),
    )


def _where(case: Case) -> str:
    """Where ssh goes: this machine, as the user's own computer names it."""
    machine = case.machine
    if machine is None:
        return "USER@HOST"
    return f"{machine.user}@{machine.ssh.address if machine.ssh is not None else machine.hostname}"


def _name_unknown(case: Case) -> Finding:
    return Finding(
        "name-unknown",
        "This name leads nowhere.",
        f"The name {case.host} could not be resolved on {case.here}.",
        case.failure.detail,
        "Use an address instead of the name, or mend the name in DNS or in /etc/hosts.",
        short_cause="The name could not be resolved here.",
        short_fix="Use an address instead of the name.",
    )


def _name_local(case: Case) -> Finding:
    return Finding(
        "name-unknown",
        "This name leads nowhere.",
        f"The name {case.host} could not be resolved on {case.here}: names in .local are asked of the link itself "
        "(mDNS), and no device answered to it.",
        case.failure.detail,
        "Use an address instead of the name. Or let that machine announce its name (avahi-daemon), and this one ask "
        "for it (libnss-mdns).",
        short_cause="No device answered to this .local name.",
        short_fix="Use an address, or run avahi-daemon there.",
    )


def _name_unanswered(case: Case) -> Finding:
    return Finding(
        "name-unknown",
        "This name could not be looked up.",
        f"No name server told {case.here} whether {case.host} exists: likely none can be reached now.",
        case.failure.detail,
        "Use an address instead of the name, or look whether this machine has a network and a name server "
        "(/etc/resolv.conf).",
        certain=False,
        short_cause="Likely no name server can be reached.",
        short_fix="Use an address instead of the name.",
    )


def _unanswered(case: Case) -> bool:
    """EAI_AGAIN (getaddrinfo(3)), or no answer in time: nobody said that the name does not exist."""
    failure = case.failure
    return failure.kind == "timeout" or "Errno -3" in failure.detail or "emporary failure" in failure.detail


def _name_failed(case: Case) -> Finding:
    return Finding(
        "name-unknown",
        "This name leads nowhere.",
        f"Looking up the name {case.host} on {case.here} failed.",
        case.failure.detail,
        "Use an address instead of the name.",
        short_cause="The name could not be looked up.",
        short_fix="Use an address instead of the name.",
    )


FIRST: tuple[Rule, ...] = (
    Rule("bad-url", lambda c: c.ended_at("resolve", "bad-url"), _bad_url),
    Rule(
        "unix-socket: of no known server",
        lambda c: c.ended_at("connect", "unix-socket") and c.server is None,
        _socket_of_nobody,
    ),
    Rule("unix-socket", lambda c: c.ended_at("connect", "unix-socket"), _unix_socket),
)

RULES: tuple[Rule, ...] = (
    Rule(
        "name-unknown: a .local name",
        lambda c: c.ended_at("resolve") and c.host.lower().rstrip(".").endswith(".local"),
        _name_local,
    ),
    Rule("name-unknown: no name server", lambda c: c.ended_at("resolve") and _unanswered(c), _name_unanswered),
    Rule("name-unknown", lambda c: c.ended_at("resolve", "name-unknown"), _name_unknown),
    Rule("name-unknown: anything else", lambda c: c.ended_at("resolve"), _name_failed),
)
