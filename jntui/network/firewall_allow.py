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
            found += commands(tool, packet.port, zone, where.chain.name) or (_insert(where, packet, judgement.inbound),)
            passed.add(where.base)
            if len(passed) > _MOST_COMMANDS:
                return ()
            judgement = ruleset.judge(packet, frozenset(passed))
    return tuple(dict.fromkeys(found))[:_MOST_COMMANDS]


def _insert(where: Where, packet: Packet, inbound: bool) -> str:
    """The command that puts an accepting rule first in the base chain that denies."""
    base = where.base
    side = "dport" if inbound else "sport"
    if base.source == "nft":
        place = " ".join(shlex.quote(word) for word in (base.family, base.table, base.name))
        return f"sudo nft insert rule {place} tcp {side} {packet.port} accept"
    command = "ip6tables" if base.family == "ip6" else "iptables"
    if base.source == "iptables-legacy":
        command += "-legacy"
    table = "" if base.table == "filter" else f" -t {base.table}"
    return f"sudo {command}{table} -I {base.name} -p tcp --{side} {packet.port} -j ACCEPT"
