"""Rules for a connection that this machine's own packet filter keeps from leaving: it says nothing of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.case import SHORT_CELLS, Rule, cells, joined
from jntui.diagnose.firewall import BLOCKS, ELSEWHERE
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case
    from jntui.model import FirewallVerdict, Verdict

_FILTERED = ("timeout", "refused", "unreachable", "host-unreachable", "prohibited")
"""Kinds of failure that a rule for outgoing packets can bring about: a rejected SYN is often only heard as silence."""


def _does(case: Case) -> FirewallVerdict | None:
    rules = case.around.way_out
    if rules is None or not rules.readable or case.probe.vantage:
        return None
    return rules.ipv6 if case.ipv6 else rules.ipv4


def _kept(case: Case) -> Finding:
    rules = case.around.way_out
    assert rules is not None  # noqa: S101 - the rule looked
    tool = f" ({rules.tool})" if rules.tool else ""
    verb = "drops" if _does(case) == "drops" else "rejects"
    commands = " && ".join(rules.allow)
    fix = commands or f"Let connections to TCP port {case.port} of {case.peer} out in this machine's firewall{tool}."
    verdicts: dict[str, Verdict] = {"timeout": "timeout", "refused": "refused"}
    return Finding(
        verdicts.get(case.failure.kind, "no-route"),
        "This machine's own firewall lets no connection out to there.",
        f"The firewall of this machine{tool} {verb} what itself sends to TCP port {case.port} of {case.peer}, so a "
        "check from here cannot tell what other machines meet.",
        joined(case.failure.detail, rules.rule, f"interface {rules.interface}" if rules.interface else ""),
        fix,
        short_cause="This machine's own firewall lets nothing out.",
        short_fix=commands if commands and cells(commands) <= SHORT_CELLS else _short_fix(case, commands),
    )


def _short_fix(case: Case, commands: str) -> str:
    return f"Let TCP port {case.port} out" + (f" ({ELSEWHERE})." if commands else ".")


RULES: tuple[Rule, ...] = (
    Rule(
        "connect: this machine's firewall lets nothing out",
        lambda c: c.ended_at("connect", *_FILTERED) and _does(c) in BLOCKS,
        _kept,
    ),
)
