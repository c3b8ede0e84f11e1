"""From facts to words: what a probe means, why, and what to change. Pure; one table, one test per row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.diagnose import (
    answered,
    firewall,
    front,
    host_check,
    listening,
    refused,
    route,
    silence,
    tls,
    token,
    url,
    way_out,
    websocket,
)
from jntui.diagnose.answer import answer
from jntui.diagnose.case import Case, fit
from jntui.diagnose.elsewhere import no_tls_there
from jntui.diagnose.host_check import expect_host_block
from jntui.diagnose.notes import notes
from jntui.diagnose.redirect import redirect_file
from jntui.model import REACHABLE, Finding, Surroundings
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.diagnose.case import Rule
    from jntui.model import Configuration, Endpoint, Machine, Probe, Server

__all__ = ["RULES", "answer", "diagnose", "expect_host_block", "no_tls_there", "redirect_file"]

RULES: tuple[Rule, ...] = (
    # The URL, and what is known without a connection.
    *url.FIRST,
    *listening.RULES,
    *url.RULES,
    # The connection.
    *way_out.RULES,
    *refused.RULES,
    *route.RULES,
    *tls.MISSING,
    *silence.HANDSHAKE,
    *tls.BROKEN,
    *silence.RULES,
    # The answer: whose it is.
    *answered.IDENTITY,
    *front.RULES,
    *token.HUB,
    *host_check.RULES,
    *answered.RULES,
    # Whether a browser could work with it.
    *token.REJECTED,
    *websocket.RULES,
    *token.WORKS,
)
"""The first rule that applies speaks."""

_MOST = 1000
"""Characters of one sentence of a finding."""


def diagnose(
    server: Server | None,
    endpoint: Endpoint,
    probe: Probe,
    machine: Machine | None = None,
    *,
    around: Surroundings | None = None,
    settings: Configuration | None = None,
    others: tuple[Server, ...] = (),
) -> Finding:
    """What `probe` means for `endpoint` of `server`, in words a user can act on.

    `around` is what was looked up after the probe, `settings` are the server's, `others` this machine's other servers:
    what is not known is left out, and the words then say "likely".
    """
    case = Case(server, endpoint, probe, machine, around or Surroundings(), settings, others)
    finding = next((rule.finding(case) for rule in RULES if rule.applies(case)), None) or _interrupted(case)
    noted = replace(finding, notes=(*finding.notes, *notes(case, finding)))
    said = (noted.cause, *noted.notes)
    untested = tuple(words for words in firewall.UNTESTED if any(words in text for text in said))
    return _clean(_beyond(case, replace(noted, untested=untested)))


def _beyond(case: Case, finding: Finding) -> Finding:
    """With what the answer must know of others than this machine."""
    finding = replace(finding, vantage=case.probe.vantage)
    if finding.verdict not in REACHABLE or case.probe.vantage or not firewall.beyond(case):
        return finding
    allow = case.around.firewall.allow if case.around.firewall is not None and firewall.blocks(case) else ()
    return replace(finding, others=firewall.filtering(case), allow=allow)


def _interrupted(case: Case) -> Finding:
    return Finding(
        "no-answer",
        "The check ended without a result.",
        "Likely it was interrupted.",
        case.probe.failure.detail if case.probe.failure is not None else "",
        "Check again.",
        certain=False,
        short_cause="No result: likely it was interrupted.",
        short_fix="Check again.",
    )


def _clean(finding: Finding) -> Finding:
    """Names, rules and details come from outside: nothing in them may move a cursor, and nothing is endless."""
    return replace(
        finding,
        headline=visible(finding.headline, _MOST),
        cause=visible(finding.cause, _MOST),
        evidence=visible(finding.evidence, _MOST),
        fix=visible(finding.fix, _MOST),
        short_cause=fit(visible(finding.short_cause)),
        short_fix=fit(visible(finding.short_fix)),
        notes=tuple(visible(note, _MOST) for note in finding.notes),
        allow=tuple(visible(command, _MOST) for command in finding.allow),
        vantage=visible(finding.vantage, 200),
    )
