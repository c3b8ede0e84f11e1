"""What this machine's own packet filter does with a connection from another host, or with one of its own."""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jntui.model import Firewall
from jntui.network import firewall_linux as linux
from jntui.network.firewall_allow import commands, let_out, open_up
from jntui.network.firewall_rules import Packet
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address, IPv6Address

    from jntui.model import FirewallTool, FirewallVerdict
    from jntui.network.firewall_rules import Family, Judgement, Where
    from jntui.process import Processes

AGE_S = 2.0
"""How long what was read is good for."""
_MOST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Door:
    """Where a connection comes in."""

    port: int
    interface: str = ""
    """Empty: any."""
    own: tuple[IPv4Address | IPv6Address, ...] = ()
    """The addresses of this machine at which it may arrive, of both families."""
    family: Family = "ip"
    """The family that is asked about first: its rule is the one that is named."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """Where a connection that this machine opens leads."""

    peer: IPv4Address | IPv6Address
    port: int
    interface: str = ""
    """Where it leaves: `lo` to an address of this machine's own; empty: not known."""
    own: tuple[IPv4Address | IPv6Address, ...] = ()
    """The address of this machine that it comes from."""


@dataclass(slots=True)
class _Known:
    """What was read at one moment."""

    begun: float
    at: float
    rules: linux.Rules | None
    """None: not for this user."""
    firewalld: bool
    ufw: str | None
    zones: dict[str, str] = field(default_factory=dict)
    texts: dict[tuple[str, str, str, int], str] = field(default_factory=dict)


class FirewallReader:
    """Reads at most every AGE_S seconds; threads that ask meanwhile wait for the one that reads."""

    def __init__(self, processes: Processes, environ: Mapping[str, str], *, root: bool | None = None) -> None:
        self._processes = processes
        self._tool = linux.Tool(processes, environ)
        self._root = root
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._wanted = 0.0

    def look_anew(self) -> None:
        """What was read before this moment is not good any more: the rules may have changed. Waits for nobody."""
        self._wanted = time.monotonic()

    def read(self, door: Door) -> Firewall | None:
        """What happens at this door; None on systems whose packet filter is not known here.

        Runs child processes, bounded by `firewall_linux.CHILD_S` each and ALL_S together.
        """
        if not sys.platform.startswith("linux"):
            return None
        with self._lock:
            self._tool.begin()
            known = self._look()
            zone = self._zone(known, door.interface)
            if known.rules is None:
                return _by_files(known, door, zone)
            return self._by_rules(known, known.rules, door, zone)

    def read_way_out(self, way: WayOut) -> Firewall | None:
        """What the rules do with a connection of this machine's own; None where they are not for this user to read."""
        if not sys.platform.startswith("linux"):
            return None
        with self._lock:
            self._tool.begin()
            known = self._look()
            if known.rules is None:
                return None
            return self._way_out(known, known.rules, way)

    def _way_out(self, known: _Known, rules: linux.Rules, way: WayOut) -> Firewall:
        family: Family = "ip" if way.peer.version == 4 else "ip6"
        packet = Packet(family, way.port, way.interface, way.own, peer=way.peer)
        judged = rules.ruleset.leaves(packet)
        tool = _tool(rules, known, judged.where)
        verdict, denied = _verdict(judged, rules), _denies(judged) and judged.where is not None
        return Firewall(
            readable=bool(rules.ruleset.chains) or not rules.unread,
            tool=tool,
            ipv4=verdict if family == "ip" else None,
            ipv6=verdict if family == "ip6" else None,
            rule=self._text(known, judged.where) if denied and judged.where is not None else "",
            interface=way.interface,
            unread=rules.unread,
            allow=let_out(rules.ruleset, packet, tool) if denied else (),
        )

    def _look(self) -> _Known:
        now = time.monotonic()
        if self._known is None or now - self._known.at > AGE_S or self._known.begun < self._wanted:
            root = os.geteuid() == 0 if self._root is None else self._root
            rules = linux.read_rules(self._tool) if root else None
            tools = linux.runs_firewalld(self._processes), linux.ufw_policy()
            # Its own clock: reading took time.
            self._known = _Known(now, time.monotonic(), rules, *tools)
        return self._known

    def _zone(self, known: _Known, interface: str) -> str:
        if not known.firewalld:
            return ""
        if interface not in known.zones:
            known.zones[interface] = linux.zone_of(self._tool, interface)
        return known.zones[interface]

    def _by_rules(self, known: _Known, rules: linux.Rules, door: Door, zone: str) -> Firewall:
        judged: dict[Family, Judgement] = {
            family: rules.ruleset.judge(_packet(door, family)) for family in ("ip", "ip6")
        }
        order: tuple[Family, ...] = ("ip", "ip6") if door.family == "ip" else ("ip6", "ip")
        against = next((judged[one].where for one in order if _denies(judged[one])), None)
        doubt = next((judged[one].where for one in order if judged[one].outcome == "unknown"), None)
        tool = _tool(rules, known, against or doubt)
        denied = [family for family in order if _denies(judged[family])]
        return Firewall(
            readable=bool(rules.ruleset.chains) or not rules.unread,
            tool=tool,
            ipv4=_verdict(judged["ip"], rules),
            ipv6=_verdict(judged["ip6"], rules),
            rule=self._text(known, against) if against is not None else "",
            doubt=self._text(known, doubt) if doubt is not None else "",
            zone=zone,
            interface=door.interface,
            unread=rules.unread,
            allow=open_up(rules.ruleset, [_packet(door, family) for family in denied], tool, zone) if denied else (),
        )

    def _text(self, known: _Known, where: Where) -> str:
        """The rule as its tool prints it, with its place in front; the policy of its chain where no rule decided."""
        chain, rule = where.chain, where.rule
        if chain.source != "nft":
            command = "ip6tables" if chain.family == "ip6" else "iptables"
            table = "" if chain.table == "filter" else f" -t {chain.table}"
            policy = "DROP" if chain.policy == "drops" else "ACCEPT"
            words = rule.text if rule is not None else f"-P {chain.name} {policy}"
            return visible(f"{command}{table} {words}", _MOST_TEXT)
        handle = rule.handle if rule is not None else 0
        key = (chain.family, chain.table, chain.name, handle)
        if key not in known.texts:
            known.texts[key] = linux.rule_text(self._tool, chain, handle)
        return visible(f"{chain.family} {chain.table} {chain.name}: {known.texts[key]}", _MOST_TEXT)


def _packet(door: Door, family: Family) -> Packet:
    version = 4 if family == "ip" else 6
    return Packet(family, door.port, door.interface, tuple(one for one in door.own if one.version == version))


def _denies(judgement: Judgement) -> bool:
    return judgement.outcome in {"drops", "rejects", "prohibits"}


def _verdict(judgement: Judgement, rules: linux.Rules) -> FirewallVerdict | None:
    outcome = judgement.outcome
    if outcome in {"drops", "rejects", "prohibits"}:
        return outcome
    return "accepts" if outcome == "accepts" and rules.complete else None


def _tool(rules: linux.Rules, known: _Known, where: Where | None) -> FirewallTool | None:
    """Who keeps the rule that decides; without one, who keeps the rules that there are."""
    chains = [where.chain, where.base] if where is not None else rules.ruleset.chains
    if any(chain.source == "nft" and chain.table == "firewalld" for chain in chains):
        return "firewalld"
    if known.firewalld and any(chain.source != "nft" and _by_firewalld(chain.name) for chain in chains):
        return "firewalld"
    if any(chain.name.startswith(("ufw-", "ufw6-")) for chain in chains):
        return "ufw"
    if where is not None and where.rule is None and where.chain is where.base and _has_ufw(rules, where):
        return "ufw"  # the policy of INPUT is what ufw made it
    bases = [chain for chain in chains if chain.hook]
    if any(chain.source == "nft" for chain in bases):
        return "nftables"
    return "iptables" if any(chain.rules or chain.policy != "accepts" for chain in bases) else None


def _by_firewalld(name: str) -> bool:
    """firewalld's own names in its iptables backend."""
    return name.startswith(("INPUT_direct", "INPUT_ZONES", "IN_"))


def _has_ufw(rules: linux.Rules, where: Where) -> bool:
    return any(
        chain.place == where.base.place and chain.name.startswith(("ufw-", "ufw6-")) for chain in rules.ruleset.chains
    )


def _by_files(known: _Known, door: Door, zone: str) -> Firewall:
    """Without the rules: which tool is on, and how it lets a port in."""
    tool: FirewallTool | None = "firewalld" if known.firewalld else "ufw" if known.ufw is not None else None
    return Firewall(
        readable=False,
        tool=tool,
        zone=zone,
        interface=door.interface,
        unread=linux.NO_ROOT,
        allow=commands(tool, door.port, zone),
    )
