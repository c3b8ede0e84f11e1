"""What the facts mean, in words a user can act on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jntui.model.words import NOISY, REACHABLE

if TYPE_CHECKING:
    from datetime import datetime

    from jntui.model.endpoint import Endpoint
    from jntui.model.probe import Certificate, Stage
    from jntui.model.surroundings import FirewallVerdict
    from jntui.model.words import Tone, Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """Verdict, cause, evidence and fix, in words a user can act on."""

    verdict: Verdict
    headline: str
    """What the user experiences, one sentence."""
    cause: str = ""
    """What was observed, then the setting that explains it."""
    evidence: str = ""
    """File and line, listener, exact code: never translated into words."""
    fix: str = ""
    """Verb first, the setting, the value and the price."""
    certain: bool = True
    short_cause: str = ""
    """At most 53 cells, for small screens."""
    short_fix: str = ""
    """At most 53 cells."""
    action: str | None = None
    """The id of the action that does the fix, if jntui can do it."""
    instead: str = ""
    """The URL that answers where this one does not, as the server itself or its settings told: the fix says to open
    it."""
    settings: tuple[str, ...] = ()
    """The settings that the cause names."""
    notes: tuple[str, ...] = ()
    """What else a user of this endpoint should know, a sentence each: it changes nothing in the verdict."""
    untested: tuple[str, ...] = ()
    """The sentences of `cause` and `notes` that hold only until a client from elsewhere came to this address."""
    others: FirewallVerdict | None = None
    """Beyond loopback: what this machine's own firewall, as it was read, does with connections of other hosts to this
    endpoint; None: not known."""
    allow: tuple[str, ...] = ()
    """Commands that let others in, where `others` keeps them out."""
    vantage: str = ""
    """The host from which it was checked, as the user named it to ssh; empty: this machine."""


@dataclass(frozen=True, slots=True)
class Check:
    """A probe and what it means."""

    endpoint: Endpoint
    finding: Finding
    stages: tuple[Stage, ...]
    elapsed_ms: float | None
    at: datetime = field(compare=False)
    """When it ended, UTC."""
    certificate: Certificate | None = None
    """What a browser would say of the certificate, where TLS was spoken."""

    @property
    def verdict(self) -> Verdict:
        """The finding's verdict."""
        return self.finding.verdict

    @property
    def noisy(self) -> bool:
        """The same check would write warnings into the server's log again, and say the same: the answer hangs on
        settings that the server read when it started. At endpoints of other kinds something between may change."""
        return self.finding.verdict in NOISY and self.endpoint.kind == "direct"

    @property
    def reachable(self) -> bool:
        """A browser on this machine could work there."""
        return self.finding.verdict in REACHABLE


@dataclass(frozen=True, slots=True)
class Answer:
    """The one sentence that says where a server can be opened from the user's computer."""

    tone: Tone
    before: str
    """The sentence up to the URL (or the whole of it)."""
    url: str = ""
    """The URL in it, without a token; empty if there is none."""
    after: str = ""
    evidence: str = ""
    """The second line: the best evidence, or the way that changes nothing."""
    short: str = ""
    """The same in at most 56 cells, without the URL's own sentence parts: for 60 columns."""
    copy: str = ""
    """What `y` sends to the clipboard if it is not the URL: the `ssh -L` line."""

    @property
    def sentence(self) -> str:
        """The whole first line."""
        return f"{self.before}{self.url}{self.after}"
