"""From facts to words: what a probe means, why, and what to change. Pure; one table, one test per row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose import answered, connection, listening
from jntui.diagnose.answer import answer
from jntui.diagnose.answered import expect_host_block
from jntui.diagnose.case import Case
from jntui.diagnose.elsewhere import no_tls_there
from jntui.diagnose.redirect import redirect_file
from jntui.model import Finding, Surroundings

if TYPE_CHECKING:
    from jntui.diagnose.case import Rule
    from jntui.model import Configuration, Endpoint, Machine, Probe, Server

__all__ = ["RULES", "answer", "diagnose", "expect_host_block", "no_tls_there", "redirect_file"]

RULES: tuple[Rule, ...] = (
    *(rule for rule in connection.RULES if rule.name in {"bad-url", "unix-socket"}),
    *listening.RULES,
    *(rule for rule in connection.RULES if rule.name not in {"bad-url", "unix-socket"}),
    *answered.RULES,
)
"""The first rule that applies speaks. Order: the URL, the listeners, the connection, the answer."""


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
    for rule in RULES:
        if rule.applies(case):
            return rule.finding(case)
    return Finding(
        "no-answer",
        "The check ended without a result.",
        "Likely it was interrupted.",
        probe.failure.detail if probe.failure is not None else "",
        "Check again.",
        certain=False,
        short_cause="The check ended without a result.",
        short_fix="Check again.",
    )
