"""Words about packet filters: what this machine's own does, where its rules were read, and what lets a port in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.case import SHORT_CELLS, cells, joined

if TYPE_CHECKING:
    from jntui.diagnose.case import Case
    from jntui.model import FirewallVerdict

MORE = "Only a test from another device can tell more."
BETWEEN = "What stands between, only a test from another device can tell."
WHETHER = "Whether others get in, only a test from another device can tell."
ELSEWHERE = "its check has the command"
"""Where the whole fix stands, for the short form of one."""
UNTESTED = (MORE, BETWEEN, WHETHER)
"""What holds only until a client from elsewhere came: that was the test."""

BLOCKS: frozenset[str] = frozenset({"drops", "rejects", "prohibits"})


def filtering(case: Case) -> FirewallVerdict | None:
    """What this machine's firewall does with new connections of other hosts to the port; None where it was not read."""
    firewall = case.around.firewall
    if firewall is None or not firewall.readable:
        return None
    return firewall.ipv6 if case.ipv6 else firewall.ipv4


def blocks(case: Case, *verdicts: str) -> bool:
    """The rules were read, and they keep others out: in one of these ways, or in any if none is named."""
    return filtering(case) in (verdicts or BLOCKS)


def named(case: Case) -> str:
    """`the firewall of this machine (ufw)`."""
    firewall = case.around.firewall
    tool = f" ({firewall.tool})" if firewall is not None and firewall.tool else ""
    return f"the firewall of this machine{tool}"


def does(case: Case) -> str:
    """`drops` or `rejects`: what a person would call it."""
    return "drops" if filtering(case) == "drops" else "rejects"


def sentence(case: Case) -> str:
    """What it does, without a full stop."""
    words = named(case)
    return f"{words[:1].upper()}{words[1:]} {does(case)} new connections to TCP port {case.port}"


def rule(case: Case) -> str:
    """The rule that decides, with zone and interface, for the evidence; why it cannot be read where that is so."""
    firewall = case.around.firewall
    if firewall is None:
        return ""
    if not firewall.readable:
        return f"firewall: {firewall.unread}" if firewall.unread else ""
    place = ", ".join(
        part
        for part in (
            f"zone {firewall.zone}" if firewall.zone else "",
            f"interface {firewall.interface}" if firewall.interface else "",
        )
        if part
    )
    return joined(firewall.rule, place)


def unread(case: Case) -> tuple[str, ...]:
    """The sentence that says why the rules cannot be read, where that is so."""
    firewall = case.around.firewall
    if firewall is None or firewall.readable or not firewall.unread:
        return ()
    words = firewall.unread
    return (f"The firewall's rules {words}." if words.startswith("can") else f"Of the firewall: {words}.",)


def _commands(case: Case) -> list[str]:
    firewall = case.around.firewall
    return [command for command in firewall.allow if command.strip()] if firewall is not None else []


def allow(case: Case) -> str:
    """What lets the port into this machine: the commands of its own tool, else in words."""
    commands = _commands(case)
    if commands:
        return " && ".join(commands)
    return f"Allow TCP port {case.port} in {named(case)}"


def short_allow(case: Case) -> str:
    """The same where there is little room: a command whole, or none, for half a command is worse than its name."""
    whole = allow(case)
    return whole if cells(whole) <= SHORT_CELLS else f"Let TCP port {case.port} in ({ELSEWHERE})."


def let_in(case: Case) -> str:
    """The same as a sentence behind another."""
    if _commands(case):
        return f"To let the port in: {allow(case)}"
    return f"{allow(case)} to let others in."


def allow_there(case: Case) -> str:
    """What lets the port into another machine, whose tool is not known."""
    return f"sudo ufw allow {case.port}/tcp, or sudo firewall-cmd --add-port={case.port}/tcp where firewalld runs"


def look(case: Case, first: str = "Look") -> str:
    """How to see what this machine's firewall does, where jntui could not read it; `first` is its first word."""
    firewall = case.around.firewall
    if firewall is not None and firewall.unread.startswith("can"):
        return f"{first} at the firewall's rules for port {case.port}; they {firewall.unread}"
    return f"{first} at the firewall's rules for port {case.port} (sudo nft list ruleset, or sudo ufw status)"


def beyond(case: Case) -> bool:
    """The endpoint is one of this machine's own, from which others than this machine could come."""
    return case.local and not case.loopback and case.endpoint.scope != "this-machine"
