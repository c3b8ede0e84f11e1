"""What Linux tells of its packet filter: nft, iptables-save, firewall-cmd as children, and a few files.

Nothing else runs or reads them.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.network.firewall_iptables import TABLES, is_nft_variant, read_tables
from jntui.network.firewall_nft import NotNft, dormant_tables, read_ruleset
from jntui.network.firewall_rules import Ruleset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.network.firewall_rules import Chain, Family, Source
    from jntui.process import Processes

PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin"
"""Where the system's own tools are; not the caller's PATH, as they run as root."""
CHILD_S = 3.0
"""Each child at most. They answer within 50 ms; a ruleset of 50 000 rules takes a second."""
ALL_S = 5.0
"""All children of one reading together."""
_LIMIT = 16 * 1024 * 1024
_FILE_LIMIT = 64 * 1024

UFW_CONF = Path("/etc/ufw/ufw.conf")
UFW_DEFAULTS = Path("/etc/default/ufw")
LEGACY = {"ip": Path("/proc/thread-self/net/ip_tables_names"), "ip6": Path("/proc/thread-self/net/ip6_tables_names")}
"""The tables of iptables-legacy that this network namespace has, readable by root."""

NO_ROOT = "cannot be read without root: sudo nft list ruleset"


@dataclass(frozen=True)
class Rules:
    """What was read of the rules."""

    ruleset: Ruleset
    complete: bool = True
    """False: other rules may exist that no tool here lists, so that `accepts` is not known."""
    unread: str = ""


@dataclass
class Tool:
    """The tools of this system."""

    processes: Processes
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    end: float = float("inf")
    """When the reading that goes on has to be over, by the monotonic clock."""

    def begin(self) -> None:
        """From here on all children together have ALL_S."""
        self.end = time.monotonic() + ALL_S

    def has(self, program: str) -> bool:
        """The program is installed."""
        return shutil.which(program, path=PATH) is not None

    def run(self, *argv: str) -> str | None:
        """What the tool prints in its own English; None if it is missing, fails, or takes too long."""
        left = min(CHILD_S, self.end - time.monotonic())
        if left <= 0 or not self.has(argv[0]):
            return None
        environ = {"PATH": PATH, "LC_ALL": "C"}
        # Only where it is set (a session of its own): firewall-cmd asks the system's bus.
        if "DBUS_SYSTEM_BUS_ADDRESS" in self.environ:
            environ["DBUS_SYSTEM_BUS_ADDRESS"] = self.environ["DBUS_SYSTEM_BUS_ADDRESS"]
        return self.processes.output(list(argv), environ, os.sep, left, _LIMIT)


def read_rules(tool: Tool) -> Rules:
    """All rules of this network namespace: nft's, those of iptables-nft, and iptables-legacy's. For root."""
    chains, complete, unread = _nft(tool)
    for family, path in LEGACY.items():
        if not _text(path).strip():
            continue
        legacy = _save(tool, "ip" if family == "ip" else "ip6", legacy=True)
        if legacy is None:
            complete = False
            unread = unread or f"{_program('ip' if family == 'ip' else 'ip6', '-legacy')} did not list its rules"
        else:
            chains += legacy
    return Rules(Ruleset(chains), complete, unread)


def _nft(tool: Tool) -> tuple[list[Chain], bool, str]:
    """nft's chains, those of iptables in its own words; whether that is all; what is missing, in words."""
    if not tool.has("nft"):
        saved = [chain for family in ("ip", "ip6") for chain in _save(tool, family, legacy=False) or ()]
        return saved, False, "nft is not installed: its rules cannot be read"
    text = tool.run("nft", "-j", "list", "ruleset")
    if text is None:
        return [], False, "cannot be read: nft list ruleset failed"
    try:
        chains, flagged = read_ruleset(text)
    except NotNft as error:
        return [], False, f"cannot be read: {error}"
    if flagged:
        listing = tool.run("nft", "list", "ruleset")
        if listing is None:
            return [], False, "cannot be read: nft list ruleset failed"
        asleep = dormant_tables(listing)
        chains = [chain for chain in chains if (chain.family, chain.table) not in asleep]
    return _with_iptables(tool, chains), True, ""


def _with_iptables(tool: Tool, chains: list[Chain]) -> list[Chain]:
    """The tables that iptables-nft made are taken from iptables-save, where their matches have their arguments."""
    result = chains
    for family in ("ip", "ip6"):
        made = {
            chain.table
            for chain in chains
            if chain.family == family and chain.table in TABLES and chain.hook and chain.name == chain.name.upper()
        }
        saved = _save(tool, "ip" if family == "ip" else "ip6", legacy=False) if made else None
        told = {chain.table for chain in saved or ()} & made
        result = [chain for chain in result if chain.family != family or chain.table not in told]
        result += [chain for chain in saved or () if chain.table in told]
    return result


def _program(family: Family | str, variant: str = "") -> str:
    return f"{'iptables' if family == 'ip' else 'ip6tables'}{variant}-save"


def _save(tool: Tool, family: Family | str, *, legacy: bool) -> list[Chain] | None:
    """The chains that iptables-save lists, of one variant; None where no tool of that variant answers."""
    source: Source = "iptables-legacy" if legacy else "iptables-nft"
    which: Family = "ip" if family == "ip" else "ip6"
    named = _program(which, "-legacy" if legacy else "-nft")
    text = tool.run(named if tool.has(named) else _program(which))
    if text is None or (text.strip() and is_nft_variant(text) is legacy):
        return None
    return read_tables(text, which, source)


def rule_text(tool: Tool, chain: Chain, handle: int) -> str:
    """The rule of nft with this handle, or the chain's policy for 0, as nft prints it; empty if it is gone."""
    listing = tool.run("nft", "-a", "list", "chain", chain.family, chain.table, chain.name) or ""
    if not handle:
        found = re.search(r"policy \w+", listing)
        return found.group() if found else ""
    found = re.search(rf"^\s*(.*) # handle {handle}$", listing, re.MULTILINE)
    return found.group(1) if found else ""


def zone_of(tool: Tool, interface: str) -> str:
    """firewalld's zone of the interface, else its default zone; empty where firewalld does not say."""
    said = tool.run("firewall-cmd", f"--get-zone-of-interface={interface}") if interface else None
    if said is None or not said.strip():
        said = tool.run("firewall-cmd", "--get-default-zone") or ""
    word = said.strip()
    return word if re.fullmatch(r"[\w/-]{1,64}", word, re.ASCII) else ""


def runs_firewalld(processes: Processes) -> bool:
    """firewalld runs in this network namespace."""
    return any(
        facts.name == "firewalld" and not facts.zombie and processes.net_namespace(facts.pid) != "other"
        for facts in processes.listing()
    )


def ufw_policy() -> str | None:
    """ufw's word for what comes in by default, `drop`, `reject` or `accept`, if it is switched on (ufw(8)); else None.

    Both files are readable by everybody; ufw's rules are not.
    """
    if _setting(UFW_CONF, "ENABLED") != "yes":
        return None
    return _setting(UFW_DEFAULTS, "DEFAULT_INPUT_POLICY") or "drop"


def _setting(path: Path, name: str) -> str:
    """The last `NAME=value` of a file of shell assignments, in small letters."""
    found = re.findall(rf"^\s*{name}=[\"']?(\w*)[\"']?\s*(?:#.*)?$", _text(path), re.MULTILINE | re.ASCII)
    return str(found[-1]).lower() if found else ""


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_FILE_LIMIT).decode("utf-8", "replace")
    except OSError:
        return ""  # not there, or not for this user: that is what it tells
