"""Rules for a refused connection: nothing listens, only elsewhere, another port, or a firewall that rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose import firewall
from jntui.diagnose.case import Rule, bracketed, fit, is_ipv6, joined, listed, listener_words, price, usable_host
from jntui.diagnose.moved import evidence, leads_there, moved, why
from jntui.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jntui.diagnose.case import Case
    from jntui.model import Listener, Server


def _refused(case: Case) -> bool:
    return case.ended_at("connect", "refused")


def _untaken(case: Case) -> bool:
    """It leads to this machine, whose listeners on that port were looked up, and none takes it."""
    return _refused(case) and case.around.local and not case.taken


def _texts(listeners: Iterable[Listener]) -> str:
    return ", ".join(dict.fromkeys(one.text for one in listeners))


def _running(case: Case) -> str:
    """Where the known servers answer: the way on, where nothing listens."""
    labels = [server.label for server in case.known if server.state == "running" and server.port != case.port]
    if not labels:
        return ""
    return f" Jupyter runs at {listed(labels[:3])}."


def _in_container(case: Case) -> Finding:
    return Finding(
        "refused",
        "The connection was refused.",
        f"Nothing listens on port {case.port} here: {case.label} runs in a container ({case.around.server_container}) "
        "with a network of its own.",
        joined(case.failure.detail, listener_words(case.server)),
        f"Publish its port when the container is started (docker run -p {case.port}:{case.port}), and set ip to "
        "'0.0.0.0' inside.",
        short_cause="It runs in a container's own network.",
        short_fix=f"Publish its port: docker run -p {case.port}:{case.port}",
        settings=("ip",),
    )


def _moved(case: Case) -> Finding:
    where = moved(case)
    assert where is not None  # noqa: S101 - the rule looked
    runs = f"server runs at port {where.server.port} instead."
    return leads_there(
        "refused",
        "The connection was refused.",
        f"Nothing listens on port {case.port} here. {why(case, where)}",
        joined(case.failure.detail, evidence(case, where)),
        where,
        (f"The {runs}", f"Likely the {runs}"),
    )


def _nothing(case: Case) -> Finding:
    tunnel = " or the tunnel behind it" if case.endpoint.kind == "tunnel" else ""
    return Finding(
        "refused",
        "The connection was refused.",
        f"Nothing on this machine listens on port {case.port}.",
        joined(case.failure.detail, f"no listener on port {case.port}"),
        f"Start the server{tunnel}, or use the port that Jupyter printed.{_running(case)}",
        short_cause=f"Nothing listens on port {case.port} here.",
        short_fix="Use the port that Jupyter printed.",
        settings=("port",),
    )


def _owned_by(case: Case, listener: Listener) -> str:
    owner = case.owner(listener)
    if owner is not None:
        return owner.label if owner is case.server else f"{owner.label} ({owner.id})"
    pid = f" (pid {listener.pid})" if listener.pid else ""
    return f"{case.around.holder}{pid}" if case.around.holder else f"another program{pid}"


def _use(case: Case, listener: Listener) -> str:
    host = usable_host(listener)
    base = case.endpoint.url.split("/", 3)
    path = base[3] if len(base) > 3 else ""
    return f"{case.scheme}://{bracketed(host)}:{case.port}/{path}"


def _widen(case: Case, server: Server | None) -> str:
    """The setting that makes a Jupyter server take the address, if the listener is one's."""
    if server is None:
        return ""
    return f" Or set ip to '*' there and restart it{price(server)}."


def _other_family(case: Case) -> Finding:
    listener = case.around.listeners[0]
    family, other = ("IPv6", "IPv4") if case.ipv6 else ("IPv4", "IPv6")
    named = "" if case.host == case.peer else f" (the name {case.host} leads to {case.peer})"
    owner = case.owner(listener)
    # Jupyter's `::` takes no IPv4; that of other programs mostly does, and then a firewall would be the reason.
    sure = case.ipv6 or owner is not None or all(one.host != "::" for one in case.around.listeners)
    return Finding(
        "refused",
        "The connection was refused.",
        f"This is {family}{named}, and {'' if sure else 'likely '}port {case.port} is taken on {other} only, by "
        f"{_owned_by(case, listener)}.",
        joined(case.failure.detail, f"listeners: {_texts(case.around.listeners)}"),
        f"Open {_use(case, listener)} instead.{_widen(case, owner)}",
        certain=sure,
        short_cause=f"{'It' if sure else 'Likely it'} listens on {other} only, and this is {family}.",
        short_fix=fit(f"Open {_use(case, listener)}"),
        settings=("ip",),
    )


def _other_address(case: Case) -> Finding:
    listener = case.around.listeners[0]
    owner = case.owner(listener)
    bound = list(dict.fromkeys(one.host for one in case.around.listeners))
    return Finding(
        "refused",
        "The connection was refused.",
        f"On port {case.port}, {_owned_by(case, listener)} listens on {listed(bound[:4])} only.",
        joined(case.failure.detail, f"listeners: {_texts(case.around.listeners)}"),
        f"Open {_use(case, listener)} instead.{_widen(case, owner)}",
        short_cause=fit(f"It listens on {listed(bound[:2])} only (ip)."),
        short_fix=fit(f"Open {_use(case, listener)}"),
        settings=("ip",),
    )


def _by_firewall(case: Case) -> Finding:
    return Finding(
        "refused",
        "A firewall refuses the connection.",
        f"{firewall.sentence(case)}, and a listener takes this address.",
        joined(case.failure.detail, firewall.rule(case), _listening(case)),
        firewall.allow(case) + ("" if firewall.allow(case).startswith("sudo") else "."),
        short_cause="The firewall of this machine rejects it.",
        short_fix=firewall.short_allow(case),
    )


def _listening(case: Case) -> str:
    if case.server is not None and case.server.listeners:
        return listener_words(case.server)
    return f"listeners: {_texts(case.around.listeners)}" if case.around.listeners else ""


def _ended(case: Case) -> Finding:
    if firewall.filtering(case) == "accepts":
        why_not, further = f": {firewall.named(case)} lets the port in", ""
    else:
        why_not = "; a firewall on this machine that rejects loopback connections looks the same"
        further = f" If it stays so, {firewall.look(case, first='look')}."
    return Finding(
        "refused",
        "The connection was refused, although a listener takes this address.",
        f"Likely the server ended or was started again a moment ago{why_not}.",
        joined(case.failure.detail, firewall.rule(case), _listening(case)),
        f"Check again.{further}",
        certain=False,
        short_cause="Likely it ended a moment ago.",
        short_fix="Check again.",
    )


def _likely_firewall(case: Case) -> Finding:
    return Finding(
        "refused",
        "The connection was refused, although a listener takes this address.",
        "Likely a firewall on this machine rejects it, or the server ended a moment ago.",
        joined(case.failure.detail, firewall.rule(case), _listening(case)),
        f"{firewall.look(case)}.",
        certain=False,
        short_cause="Refused: likely a firewall rejects it.",
        short_fix=f"Look at the firewall's rules for port {case.port}.",
    )


def _tunnel(case: Case) -> Finding:
    return Finding(
        "refused",
        "The connection was refused.",
        f"Nothing takes port {case.port} at the tunnel's entry: likely the tunnel does not run.",
        case.failure.detail,
        "Start the tunnel again, and compare its port with this URL's.",
        certain=False,
        short_cause="Likely the tunnel does not run.",
        short_fix="Start the tunnel again.",
    )


def _there(case: Case) -> Finding:
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


def _let_in(case: Case) -> bool:
    return (case.loopback and not case.probe.vantage) or firewall.filtering(case) == "accepts"


RULES: tuple[Rule, ...] = (
    Rule(
        "refused: in a container's network",
        lambda c: _untaken(c) and not c.around.listeners and bool(c.around.server_container),
        _in_container,
    ),
    Rule(
        "refused: the server is at another port",
        lambda c: _refused(c) and not c.taken and not c.around.listeners and moved(c) is not None,
        _moved,
    ),
    Rule("refused: nothing listens here", lambda c: _untaken(c) and not c.around.listeners, _nothing),
    Rule(
        "refused: only the other IP family",
        lambda c: _untaken(c) and bool(c.peer) and all(is_ipv6(one.host) != c.ipv6 for one in c.around.listeners),
        _other_family,
    ),
    Rule("refused: only another address", lambda c: _untaken(c) and bool(c.around.listeners), _other_address),
    Rule("refused: by this machine's firewall", lambda c: _refused(c) and c.taken and firewall.blocks(c), _by_firewall),
    Rule("refused: it ended", lambda c: _refused(c) and c.taken and _let_in(c), _ended),
    Rule("refused: likely by a firewall", lambda c: _refused(c) and c.taken, _likely_firewall),
    Rule("refused: a tunnel", lambda c: _refused(c) and c.endpoint.kind == "tunnel", _tunnel),
    Rule("refused: another host", _refused, _there),
)
