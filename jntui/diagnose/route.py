"""Rules for connections that never come about: silence, no way there, or a way that somebody bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose import firewall
from jntui.diagnose.case import Rule, fit, joined, listener_words
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case

FAST_MS = 1000.0
"""A `No route to host` sooner than this is a firewall's answer; ARP gives up only after about 3 s."""


def _within(case: Case) -> str:
    return f"{case.failure.detail}, within {case.probe.timeout_s:g} s in all"


def _dropped_here(case: Case) -> Finding:
    return Finding(
        "timeout",
        "Nobody answers there: a firewall drops the packets.",
        f"{firewall.sentence(case)}.",
        joined(_within(case), firewall.rule(case)),
        firewall.allow(case),
        short_cause="The firewall of this machine drops it.",
        short_fix=firewall.short_allow(case),
    )


def _full(case: Case) -> Finding:
    if firewall.filtering(case) == "accepts":
        why, further = f": {firewall.named(case)} lets it in", ""
    else:
        why = "; a firewall on this machine that drops loopback packets looks the same"
        further = f" Or {firewall.look(case, first='look')}."
    return Finding(
        "timeout",
        "Nobody answers there, although a listener takes this address.",
        f"Likely the server hangs and its queue of connections is full{why}.",
        joined(_within(case), firewall.rule(case), listener_words(case.server)),
        f"Look into its log; if it stays so, restart it.{further}",
        certain=False,
        short_cause="Likely the server hangs.",
        short_fix="Look into its log; if it stays so, restart it.",
    )


def _between(case: Case) -> Finding:
    return Finding(
        "timeout",
        f"{case.here} gets no answer from this machine.",
        f"{firewall.named(case)[:1].upper()}{firewall.named(case)[1:]} lets the port in, so likely something between "
        f"drops it: a firewall of {case.here} or of the network, or an access point that keeps its devices apart.",
        joined(_within(case), firewall.rule(case)),
        f"Try from another device in the same network; in a guest Wi-Fi, leave it. Or tunnel: ssh -L from {case.here}.",
        certain=False,
        short_cause="Likely something between the two drops it.",
        short_fix="Try another device, or use ssh -L.",
    )


def _likely_here(case: Case) -> Finding:
    return Finding(
        "timeout",
        "Nobody answers there, although this address is this machine's own.",
        "Likely a firewall on this machine drops the packets, or the server hangs and its queue is full.",
        joined(_within(case), firewall.rule(case), listener_words(case.server)),
        f"{firewall.look(case)}. {firewall.let_in(case)}",
        certain=False,
        short_cause="Likely this machine's firewall drops it.",
        short_fix=fit(f"Let TCP port {case.port} in, if a rule drops it."),
    )


def _nobody(case: Case) -> Finding:
    return Finding(
        "timeout",
        "No device answers for this address.",
        "Nobody on the link answers for it (ARP, neighbour discovery), so likely that machine is off or has another "
        "address now; an access point that keeps its devices apart looks the same. A firewall there does not.",
        joined(_within(case), f"neighbour {case.peer or case.host}: failed"),
        "Look whether that machine is on, and which address it has now (ip address, on that machine).",
        certain=False,
        short_cause="Likely that machine is off, or has another address.",
        short_fix="Look whether it is on and which address it has.",
    )


def _dropped_there(case: Case) -> Finding:
    return Finding(
        "timeout",
        "That machine is up, but nobody answers on this port.",
        "It answers on its link and not on the port, so likely its firewall drops the packets; a server whose queue of "
        "connections is full looks the same.",
        joined(_within(case), f"neighbour {case.peer or case.host}: answers"),
        f"On that machine: {firewall.allow_there(case)}.",
        certain=False,
        short_cause="It is up; likely its firewall drops the port.",
        short_fix=f"There: sudo ufw allow {case.port}/tcp",
    )


def _timeout(case: Case) -> Finding:
    return Finding(
        "timeout",
        "Nobody answers there.",
        "Likely a firewall drops the packets, or that machine is off or has another address now.",
        _within(case),
        f"Allow TCP port {case.port} in the firewall of that machine ({firewall.allow_there(case)}), or look whether "
        "its address is still right.",
        certain=False,
        short_cause="Likely a firewall drops it, or the host is down.",
        short_fix=f"Allow TCP port {case.port} in its firewall.",
    )


def _unreachable(case: Case) -> Finding:
    family = "IPv6" if case.ipv6 else "IPv4"
    return Finding(
        "no-route",
        f"{case.here[:1].upper()}{case.here[1:]} has no way to that address.",
        f"Its routing table has no {family} route there.",
        case.failure.detail,
        "Connect the network or the VPN that leads there, or use an address of the other IP family.",
        short_cause=f"No {family} route leads there.",
        short_fix="Connect the network or VPN that leads there.",
    )


def _after(case: Case) -> str:
    return f"{case.failure.detail} after {case.connect_ms:.0f} ms"


def _off(case: Case) -> Finding:
    told = case.around.neighbour == "failed"
    return Finding(
        "no-route",
        "That machine does not answer.",
        "Nobody there answered to its address (ARP), so likely that machine is off or has another address.",
        joined(_after(case), f"neighbour {case.peer or case.host}: failed" if told else ""),
        "Look whether that machine is on and which address it has now.",
        certain=False,
        short_cause="Likely that machine is off.",
        short_fix="Look whether it is on.",
    )


def _barred_here(case: Case) -> Finding:
    return Finding(
        "no-route",
        "A firewall bars the way to that address.",
        f"{firewall.sentence(case)}.",
        joined(_after(case), firewall.rule(case)),
        firewall.allow(case),
        short_cause="The firewall of this machine rejects it.",
        short_fix=firewall.short_allow(case),
    )


def _barred(case: Case) -> Finding:
    up = " That machine itself is up: it answers on its link." if case.around.neighbour == "answers" else ""
    fix = (
        f"{firewall.look(case)}. {firewall.let_in(case)}"
        if case.local
        else f"On that machine: sudo firewall-cmd --add-port={case.port}/tcp, if firewalld runs there."
    )
    return Finding(
        "no-route",
        "The way to that address is barred.",
        f"The answer came at once, so likely a firewall rejects it (firewalld does so by default).{up}",
        joined(_after(case), firewall.rule(case)),
        fix,
        certain=False,
        short_cause="Likely a firewall rejects it.",
        short_fix=f"Allow TCP port {case.port} in its firewall.",
    )


def _prohibited(case: Case) -> Finding:
    return Finding(
        "no-route",
        "A firewall forbids the connection.",
        "The network answered that this connection is administratively prohibited.",
        joined(_after(case), firewall.rule(case)),
        f"Allow TCP port {case.port} for IPv6 in the firewall of that machine or of one between"
        + (f": {firewall.allow(case)}" if case.local else f" ({firewall.allow_there(case)}).")
        + ("" if case.local else " Or use its IPv4 address."),
        short_cause="A firewall forbids the connection.",
        short_fix=f"Allow TCP port {case.port} in the firewall.",
    )


def _forbidden(case: Case) -> Finding:
    return Finding(
        "no-route",
        f"{case.here[:1].upper()}{case.here[1:]} does not let the connection out.",
        "The system itself refused it: likely a rule for outgoing packets of the firewall, or a security policy.",
        case.failure.detail,
        "Look at the rules for outgoing packets (sudo nft list ruleset), and use no broadcast address.",
        certain=False,
        short_cause="Likely a rule for outgoing packets forbids it.",
        short_fix="See the rules: sudo nft list ruleset",
    )


def _other_connect(case: Case) -> Finding:
    return Finding(
        "no-route",
        "No connection could be made.",
        "The system refused to connect: likely this is no address that a connection can go to from here.",
        case.failure.detail,
        "Look at the address: a link-local one needs its interface, and no browser can open it.",
        certain=False,
        short_cause="Likely no connection can go to this address.",
        short_fix="Use another address of that machine.",
    )


def _silent(case: Case) -> bool:
    return case.ended_at("connect", "timeout")


def _own_queue(case: Case) -> bool:
    lets_in = firewall.filtering(case) == "accepts"
    return _silent(case) and case.local and not case.probe.vantage and (case.loopback or lets_in)


def _from_elsewhere(case: Case) -> bool:
    return _silent(case) and bool(case.probe.vantage) and case.local and firewall.filtering(case) == "accepts"


def _host_is(case: Case, state: str) -> bool:
    return not case.local and case.around.neighbour == state


def _host_unreachable(case: Case) -> bool:
    return case.ended_at("connect", "host-unreachable")


RULES: tuple[Rule, ...] = (
    Rule("timeout: this machine's firewall", lambda c: _silent(c) and c.local and firewall.blocks(c), _dropped_here),
    Rule("timeout: a server that hangs", _own_queue, _full),
    Rule("timeout: between two machines", _from_elsewhere, _between),
    Rule("timeout: likely this machine's firewall", lambda c: _silent(c) and c.local, _likely_here),
    Rule("timeout: nobody has the address", lambda c: _silent(c) and _host_is(c, "failed"), _nobody),
    Rule("timeout: that machine's firewall", lambda c: _silent(c) and _host_is(c, "answers"), _dropped_there),
    Rule("timeout", _silent, _timeout),
    Rule("no-route: no route", lambda c: c.ended_at("connect", "unreachable"), _unreachable),
    Rule(
        "no-route: this machine's firewall",
        lambda c: c.ended_at("connect", "host-unreachable", "prohibited") and c.local and firewall.blocks(c),
        _barred_here,
    ),
    Rule("no-route: nobody has the address", lambda c: _host_unreachable(c) and _host_is(c, "failed"), _off),
    Rule("no-route: a firewall", lambda c: _host_unreachable(c) and c.connect_ms < FAST_MS, _barred),
    Rule("no-route: that machine is off", _host_unreachable, _off),
    Rule("no-route: prohibited", lambda c: c.ended_at("connect", "prohibited") and c.ipv6, _prohibited),
    Rule("no-route: this machine forbids it", lambda c: c.ended_at("connect", "prohibited"), _forbidden),
    Rule("no-route: anything else", lambda c: c.ended_at("connect"), _other_connect),
)
