"""Rules for what ends before an answer: the URL itself, the name, the connection, TLS, silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.case import Rule, is_ipv6, listener_words
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case

FAST_MS = 1000.0
"""A `No route to host` sooner than this is a firewall's answer; ARP gives up only after about 3 s."""


def _bad_url(case: Case) -> Finding:
    return Finding(
        "bad-url",
        "This cannot be the URL of a Jupyter server.",
        f"{case.failure.detail[:1].upper()}{case.failure.detail[1:]}.",
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
        listener_words(case.server),
        f"On your computer: ssh -L 127.0.0.1:8888:{path} USER@HOST, then http://127.0.0.1:8888/. "
        "Or start it with --port.",
        short_cause="It listens on a socket file only.",
        short_fix="Use ssh -L 8888:PATH, or start it with --port.",
        settings=("sock",),
    )


def _name_unknown(case: Case) -> Finding:
    return Finding(
        "name-unknown",
        "This name leads nowhere.",
        f"The name {case.host} could not be resolved on this machine.",
        case.failure.detail,
        "Use an address instead of the name, or mend the name in DNS, in /etc/hosts or (for .local) with avahi.",
        short_cause="The name could not be resolved here.",
        short_fix="Use an address instead of the name.",
    )


def _refused_covered(case: Case) -> Finding:
    return Finding(
        "refused",
        "The connection was refused, although a listener takes this address.",
        "Likely a firewall on this machine rejects it, or the server ended a moment ago.",
        f"{case.failure.detail}; {listener_words(case.server)}",
        f"Look at the firewall's rules for port {case.port} (sudo nft list ruleset, or sudo ufw status).",
        certain=False,
        short_cause="Refused: likely a firewall rejects it.",
        short_fix=f"Look at the firewall's rules for port {case.port}.",
    )


def _refused(case: Case) -> Finding:
    return Finding(
        "refused",
        "The connection was refused.",
        f"Likely nothing listens on port {case.port} there, or only on other addresses; a firewall that rejects "
        "looks the same.",
        case.failure.detail,
        "Compare the port with the one Jupyter printed, and see on that machine where it listens (ss -ltn).",
        certain=False,
        short_cause=f"Likely nothing listens on port {case.port} there.",
        short_fix="Compare the port with the one Jupyter printed.",
    )


def _timeout(case: Case) -> Finding:
    return Finding(
        "timeout",
        "Nobody answers there.",
        "Likely a firewall drops the packets, or that machine is off or has another address now.",
        f"{case.failure.detail}, within {case.probe.timeout_s:g} s in all",
        f"Allow TCP port {case.port} in the firewall of that machine, or look whether its address is still right.",
        certain=False,
        short_cause="Likely a firewall drops it, or the host is down.",
        short_fix=f"Allow TCP port {case.port} in its firewall.",
    )


def _unreachable(case: Case) -> Finding:
    family = "IPv6" if is_ipv6(case.host) else "IPv4"
    return Finding(
        "no-route",
        "This machine has no way to that address.",
        f"The routing table has no {family} route there.",
        case.failure.detail,
        "Connect the network or the VPN that leads there.",
        short_cause=f"No {family} route leads there.",
        short_fix="Connect the network or VPN that leads there.",
    )


def _host_unreachable(case: Case) -> Finding:
    firewall = case.probe.elapsed_ms < FAST_MS
    cause = (
        "The answer came at once, so likely a firewall rejects it (firewalld does so by default)."
        if firewall
        else "Nobody there answered to its address (ARP), so likely that machine is off or has another address."
    )
    return Finding(
        "no-route",
        "The way to that address is barred." if firewall else "That machine does not answer.",
        cause,
        f"{case.failure.detail} after {case.probe.elapsed_ms:.0f} ms",
        f"On that machine: sudo firewall-cmd --add-port={case.port}/tcp, if firewalld runs there."
        if firewall
        else "Look whether that machine is on and which address it has now.",
        certain=False,
        short_cause="Likely a firewall rejects it." if firewall else "Likely that machine is off.",
        short_fix=f"Allow TCP port {case.port} in its firewall." if firewall else "Look whether it is on.",
    )


def _prohibited(case: Case) -> Finding:
    return Finding(
        "no-route",
        "A firewall forbids the connection.",
        "The network answered that this connection is administratively prohibited.",
        case.failure.detail,
        f"Allow TCP port {case.port} in the firewall of this machine or of the one between.",
        short_cause="A firewall forbids the connection.",
        short_fix=f"Allow TCP port {case.port} in the firewall.",
    )


def _other_connect(case: Case) -> Finding:
    return Finding(
        "no-route",
        "No connection could be made.",
        "The system refused to connect to this address.",
        case.failure.detail,
        "Look at the address: a link-local one needs its interface, and no browser can open it.",
        certain=False,
        short_cause="The system refused to connect to this address.",
        short_fix="Use another address of this machine.",
    )


def _tls_missing(case: Case) -> Finding:
    return Finding(
        "tls-missing",
        "The server speaks plain http here, not https.",
        "The TLS handshake got no answer that makes sense; the same port answers to http.",
        case.failure.detail,
        f"Open {case.with_scheme('http')} instead, or give the server a certificate (certfile, keyfile).",
        short_cause="https was tried; the port speaks plain http.",
        short_fix="Use http:// instead of https://.",
        settings=("certfile",),
    )


def _tls_expected(case: Case) -> Finding:
    return Finding(
        "tls-expected",
        "The server speaks https here, not plain http.",
        "The answer to plain http ended at once; a TLS handshake on the same port succeeds.",
        case.failure.detail or f"status {case.reply.status}, leads to {case.reply.location}",
        f"Open {case.with_scheme('https')} instead.",
        short_cause="Plain http was tried; the port speaks TLS.",
        short_fix="Use https:// instead of http://.",
        settings=("certfile",),
    )


def _tls_broken(case: Case) -> Finding:
    silent = case.failure.kind == "tls-timeout"
    return Finding(
        "tls-broken",
        "The TLS handshake fails.",
        "It was not answered in time: likely certificate and key do not belong together, or the server hangs."
        if silent
        else "The handshake ended with an error, and plain http gets no answer either: likely it is no TLS server.",
        case.failure.detail,
        "Look into the server's log for KEY_VALUES_MISMATCH or PEM lib, and set certfile and keyfile to a pair.",
        certain=False,
        short_cause="The TLS handshake fails; likely a wrong pair.",
        short_fix="See its log; check certfile and keyfile.",
        settings=("certfile", "keyfile"),
    )


_SILENCE = {
    "silent": "It accepted the connection and then said nothing.",
    "too-slow": "It began to answer, but so slowly that no whole answer came in time.",
    "reset": "It accepted the connection and then reset it.",
    "closed": "It accepted the connection and closed it before a whole answer.",
    "tls-timeout": "It accepted the connection and then did not answer the TLS handshake.",
    "other": "It accepted the connection, and then the exchange failed.",
}


def _no_answer(case: Case) -> Finding:
    seen = _SILENCE.get(case.failure.kind, _SILENCE["other"])
    own = case.server is not None and case.endpoint.covered
    likely = (
        "Likely the server hangs or is very busy."
        if own
        else "Likely the program there hangs, is no web server, or is the near end of a tunnel whose far end is closed."
    )
    return Finding(
        "no-answer",
        "It accepts the connection, but no whole answer comes.",
        f"{seen} {likely}",
        f"{case.failure.detail}, within {case.probe.timeout_s:g} s in all",
        "Look into its log; if it stays so, restart it."
        if own
        else "See on that machine which program has the port (ss -ltnp), and whether the tunnel's far end answers.",
        certain=False,
        short_cause=seen[:53],
        short_fix="Look into its log." if own else "See which program has the port.",
    )


def _banner(case: Case) -> Finding:
    return Finding(
        "not-jupyter",
        "Something else answers here, not a web server.",
        "The answer is not HTTP, so another program has this port.",
        case.failure.detail,
        f"See which program has port {case.port} (sudo ss -ltnp), and use the port that Jupyter printed.",
        short_cause="The answer is not HTTP: another program.",
        short_fix="Use the port that Jupyter printed.",
        settings=("port",),
    )


def _to_https(case: Case) -> bool:
    return (
        case.scheme == "http"
        and case.reply.status in {301, 302, 307, 308}
        and case.reply.location.startswith("https://")
        and case.reply.location[8:].split("/", 1)[0].split(":", 1)[0] == case.host
    )


RULES: tuple[Rule, ...] = (
    Rule("bad-url", lambda c: c.ended_at("resolve", "bad-url"), _bad_url),
    Rule("unix-socket", lambda c: c.ended_at("connect", "unix-socket"), _unix_socket),
    Rule("name-unknown", lambda c: c.ended_at("resolve"), _name_unknown),
    Rule(
        "refused: by a firewall",
        lambda c: c.ended_at("connect", "refused") and bool(c.endpoint.covered),
        _refused_covered,
    ),
    Rule("refused", lambda c: c.ended_at("connect", "refused"), _refused),
    Rule("timeout", lambda c: c.ended_at("connect", "timeout"), _timeout),
    Rule("no-route: no route", lambda c: c.ended_at("connect", "unreachable"), _unreachable),
    Rule("no-route: host", lambda c: c.ended_at("connect", "host-unreachable"), _host_unreachable),
    Rule("no-route: prohibited", lambda c: c.ended_at("connect", "prohibited"), _prohibited),
    Rule("no-route: anything else", lambda c: c.ended_at("connect"), _other_connect),
    Rule("tls-missing", lambda c: c.ended_at("tls") and c.probe.other_scheme_works is True, _tls_missing),
    Rule(
        "no-answer: in the handshake",
        lambda c: c.ended_at("tls", "tls-timeout", "closed", "reset") and not c.endpoint.covered,
        _no_answer,
    ),
    Rule("tls-broken", lambda c: c.ended_at("tls"), _tls_broken),
    Rule(
        "tls-expected: another scheme",
        lambda c: c.ended_at("http") and c.probe.other_scheme_works is True,
        _tls_expected,
    ),
    Rule("tls-expected: a redirect", _to_https, _tls_expected),
    Rule("not-jupyter: not HTTP", lambda c: c.ended_at("http", "not-http"), _banner),
    Rule("no-answer", lambda c: c.ended_at("http"), _no_answer),
)
