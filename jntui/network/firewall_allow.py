"""The commands that let a port in, in the tool that keeps the rules: pure."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jntui.model import FirewallTool
    from jntui.network.firewall_rules import Chain, Packet, Ruleset, Where

_MOST_COMMANDS = 8


def commands(tool: FirewallTool | None, port: int, zone: str = "", chain: str = "") -> tuple[str, ...]:
    """What lets the port in where ufw or firewalld keeps the rules; empty for others.

    `chain` is the one whose rule decides against it: what those tools ask before their own list of open ports needs
    another command.
    """
    if tool == "ufw":
        append = f"sudo ufw allow {port}/tcp"
        if not chain.startswith(("ufw-user-input", "ufw6-user-input")):
            return (append,)
        # A rule of the user's own denies, and the first one that matches decides. `prepend` goes before it, but does
        # nothing if there is a rule for just this port; that one, `allow` turns round where it stands.
        return f"sudo ufw prepend allow {port}/tcp", append
    if tool == "firewalld":
        where = f" --zone={zone}" if zone else ""
        what = f"--add-port={port}/tcp"
        if chain.endswith(("_deny", "_pre")):
            what = f'--add-rich-rule=\'rule priority="-32768" port port="{port}" protocol="tcp" accept\''
        return (f"sudo firewall-cmd{where} {what}", f"sudo firewall-cmd --permanent{where} {what}")
    return ()


def open_up(ruleset: Ruleset, packets: Iterable[Packet], tool: FirewallTool | None, zone: str) -> tuple[str, ...]:
    """What has to be typed against every chain that is known to deny these packets."""
    found: list[str] = []
    for packet in packets:
        passed: set[Chain] = set()
        judgement = ruleset.judge(packet)
        while judgement.outcome in {"drops", "rejects", "prohibits"} and judgement.where is not None:
            where = judgement.where
            found += commands(tool, packet.port, zone, where.chain.name) or (
                _insert(where, packet, answer=judgement.answer),
            )
            passed.add(where.base)
            if len(passed) > _MOST_COMMANDS:
                return ()
            judgement = ruleset.judge(packet, frozenset(passed))
    return tuple(dict.fromkeys(found))[:_MOST_COMMANDS]


def let_out(ruleset: Ruleset, packet: Packet, tool: FirewallTool | None) -> tuple[str, ...]:
    """What has to be typed against every chain that is known to keep this connection of ours from coming about."""
    if tool == "firewalld":
        return ()  # its own list of ports is about what comes in
    found: list[str] = []
    passed: set[Chain] = set()
    judgement = ruleset.leaves(packet)
    while judgement.outcome in {"drops", "rejects", "prohibits"} and judgement.where is not None:
        where = judgement.where
        if tool == "ufw" and where.base.hook == "output":
            first = "prepend " if where.chain.name.startswith(("ufw-user-output", "ufw6-user-output")) else ""
            found.append(f"sudo ufw {first}allow out {packet.port}/tcp")
        else:
            found.append(_insert(where, packet, answer=judgement.answer))
        passed.add(where.base)
        if len(passed) > _MOST_COMMANDS:
            return ()
        judgement = ruleset.leaves(packet, frozenset(passed))
    return tuple(dict.fromkeys(found))


def _insert(where: Where, packet: Packet, *, answer: bool) -> str:
    """The command that puts an accepting rule first in the base chain that denies; for one peer, where it is known."""
    base = where.base
    side = "sport" if answer else "dport"
    if base.source == "nft":
        place = " ".join(shlex.quote(word) for word in (base.family, base.table, base.name))
        peer = f"{packet.family} {'saddr' if answer else 'daddr'} {packet.peer} " if packet.peer is not None else ""
        return f"sudo nft insert rule {place} {peer}tcp {side} {packet.port} accept"
    command = "ip6tables" if base.family == "ip6" else "iptables"
    if base.source == "iptables-legacy":
        command += "-legacy"
    table = "" if base.table == "filter" else f" -t {base.table}"
    peer = f" {'-s' if answer else '-d'} {packet.peer}" if packet.peer is not None else ""
    return f"sudo {command}{table} -I {base.name}{peer} -p tcp --{side} {packet.port} -j ACCEPT"
