"""The signs of the screen and what they stand for, in one table; ASCII is a second column of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from jntui.process.charset import shows_ascii_alone
from jntui.tui.ink import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jntui.model import Row, Scope, Server, Tone, Verdict
    from jntui.tui.ink import Role

Group = Literal["works", "catch", "alarm", "calm", "broken", "unknown", "checking"]
"""What a verdict means to somebody who wants to open the server."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Every character that jntui draws of its own."""

    works: str = "✓"
    catch: str = "!"
    alarm: str = "!!"
    calm: str = "○"
    broken: str = "✗"
    unknown: str = "–"
    checking: str = "·"
    running: str = "●"
    dots: str = "…"
    arrow: str = "→"
    here: str = "◂"
    rule: str = "─"
    side: str = "│"
    corners: str = "╭╮╰╯"
    thumb: str = "┃"
    band: str = "▌"
    picked: str = "(•)"
    ascii: bool = False
    """The terminal cannot show more: data are written with `?` too."""


UNICODE = Signs()
ASCII = Signs("+", "!", "!!", "o", "x", "-", ".", "*", "~", ">", "<", "-", "|", "++++", "#", "|", "(*)", ascii=True)

_ROLES: dict[Group, Role] = {
    "works": "works",
    "catch": "catch",
    "alarm": "alarm",
    "calm": "muted",
    "broken": "broken",
    "unknown": "muted",
    "checking": "muted",
}

_VERDICTS: dict[Verdict, Group] = {
    "ok": "works",
    "login": "works",
    "tls-untrusted": "catch",
    "page-only": "catch",
    "not-listening": "calm",
}
"""The verdicts that are not simply broken; `open` depends on the scope."""

_BEST: tuple[Group, ...] = ("alarm", "works", "catch", "checking", "calm", "broken", "unknown")
"""Which sign wins in a column of Servers."""

REACH: tuple[tuple[str, frozenset[Scope]], ...] = (
    ("machine", frozenset({"this-machine"})),
    ("LAN", frozenset({"lan"})),
    ("VPN", frozenset({"vpn"})),
    ("internet", frozenset({"carrier-nat", "internet"})),
)
"""The reach columns of Servers; a carrier's NAT is on the internet's side of the router."""


TONES: dict[Tone, tuple[Group, Role]] = {
    "works": ("works", "works"),
    "catch": ("catch", "catch"),
    "alarm": ("alarm", "alarm"),
    "calm": ("calm", "plain"),
    "broken": ("broken", "broken-bold"),
    "checking": ("checking", "muted"),
    "stale": ("calm", "warning"),
}


def group_of(verdict: Verdict, scope: Scope) -> Group:
    """What a verdict means at an endpoint of this scope: `open` is an alarm wherever others can come from."""
    if verdict == "open":
        return "catch" if scope == "this-machine" else "alarm"
    return _VERDICTS.get(verdict, "broken")


def group_of_row(row: Row) -> Group:
    """The group of an endpoint's last check; an old verdict stays until the new one is there.

    A verdict that was concluded without asking is an expectation: its sign is that of what was not checked.
    """
    if row.check is not None:
        if not row.check.finding.certain and all(stage.ok is None for stage in row.check.stages):
            return "unknown"
        group = group_of(row.check.verdict, row.endpoint.scope)
        # It works, and this machine's own firewall keeps everybody else out: a sign that both can be read from.
        kept_out = row.check.finding.others not in {None, "accepts"}
        return "catch" if group == "works" and kept_out else group
    return "checking" if row.checking else "unknown"


def sign_of(group: Group, signs: Signs) -> Span:
    """The sign of a group in its colour."""
    text: str = getattr(signs, group)
    return Span(text, _ROLES[group])


def verdict_role(group: Group) -> Role:
    """How a verdict word is written."""
    roles: dict[Group, Role] = {"catch": "catch", "alarm": "alarm-text", "broken": "broken-bold", "works": "works"}
    return roles.get(group, "muted")


def server_sign(server: Server, signs: Signs) -> Span:
    """The sign of a server's state."""
    if not server.asked and server.state != "stale":
        return Span(signs.checking, "muted")
    table: dict[str, Span] = {
        "running": Span(signs.running, "works"),
        "stale": Span(signs.calm, "warning"),
        "unresponsive": Span(signs.broken, "broken"),
        "starting": Span(signs.checking, "muted"),
        "other-user": Span(signs.unknown, "muted"),
    }
    return table[server.state]


def reach_group(rows: Iterable[Row], scopes: frozenset[Scope]) -> Group:
    """The best group of the endpoints in these scopes, except that an alarm wins over all."""
    found = {group_of_row(row) for row in rows if row.endpoint.offered and row.endpoint.scope in scopes}
    return next((group for group in _BEST if group in found), "unknown")


def signs_for(environ: Mapping[str, str] | None = None) -> Signs:
    """The signs that this terminal can show."""
    return ASCII if shows_ascii_alone(environ) else UNICODE
