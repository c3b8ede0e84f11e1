"""Which endpoint a phone is given, why none may be, and what whoever holds the phone needs to know. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.case import is_ipv6
from jntui.diagnose.firewall import BLOCKS
from jntui.model import REACHABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Check, Scope, Server

_ORDER: tuple[Scope, ...] = ("lan", "vpn", "carrier-nat", "internet", "container", "link-local", "this-machine")
"""Which scope is offered first: a phone is on the same Wi-Fi more often than in the VPN."""
_NEAR: frozenset[Scope] = frozenset({"this-machine", "link-local"})


def ranked(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Those that another device could open, the best first: proven just now, and not kept out by the own firewall.

    The LAN before the VPN before containers; the address at which the user's own ssh arrived first; addresses before
    names, which a phone may not resolve; IPv4 before IPv6.
    """
    usable = [check for check in checks if _usable(check)]
    return tuple(sorted(usable, key=_rank))


def _usable(check: Check) -> bool:
    endpoint = check.endpoint
    http = endpoint.url.startswith(("http:", "https:"))
    return (
        check.verdict in REACHABLE and endpoint.offered and http and endpoint.scope not in _NEAR and not blocked(check)
    )


def blocked(check: Check) -> bool:
    """This machine's own firewall, as it was read, keeps others out."""
    return check.finding.others in BLOCKS


def _rank(check: Check) -> tuple[object, ...]:
    endpoint = check.endpoint
    host = endpoint.address or ""
    name = not (is_ipv6(host) or host.replace(".", "").isdigit())
    return (
        endpoint.kind == "custom",
        _ORDER.index(endpoint.scope),
        not endpoint.your_ssh,
        name,
        is_ipv6(host),
        bool(endpoint.note),
    )


def why_none(server: Server, checks: Sequence[Check], *, keys: bool = False) -> str:
    """Why no endpoint can be given away, and what changes it, in one line; with `keys` in the words of the screen."""
    shut = next((check for check in checks if check.verdict in REACHABLE and blocked(check)), None)
    if shut is not None:
        how = f": {' && '.join(shut.finding.allow)}" if shut.finding.allow else ""
        return f"{server.label} answers here, and this machine's firewall keeps others out of {shut.endpoint.url}{how}"
    nearest = _nearest(checks)
    if nearest is not None:
        fix = f": {nearest.finding.fix}" if nearest.finding.fix else ""
        return f"{server.label}: nothing that others could open works; {nearest.endpoint.url} is {nearest.verdict}{fix}"
    if server.listeners and all(one.path for one in server.listeners):
        return f"{server.label} listens on a socket file only, which no other device can open"
    if keys:
        return f"only this machine can open {server.label}: `ip` decides that, and a changes it after a preview"
    name = server.port or server.id
    return (
        f"only this machine can open {server.label}: `ip` decides that, and `jntui access {name} --lan` changes it "
        "after a preview; --address 127.0.0.1 draws the code all the same"
    )


def _nearest(checks: Sequence[Check]) -> Check | None:
    """The one that would be offered first, of those that a listener takes and others could open."""
    far = [check for check in checks if check.endpoint.scope not in _NEAR and check.endpoint.covered]
    return min(far, key=_rank, default=None)


def remedies(server: Server, checks: Sequence[Check]) -> tuple[str, ...]:
    """The ids of the actions that change it where no endpoint can be given away; empty where none does."""
    if server.listeners and all(one.path for one in server.listeners):
        return ()
    nearest = _nearest(checks)
    if nearest is None or nearest.verdict in REACHABLE or nearest.verdict == "host-blocked":
        return ("access",)
    return (nearest.finding.action,) if nearest.finding.action else ("log", "restart")


def login_words(server: Server | None, *, with_token: bool, user: str) -> str:
    """How one gets in with the code, in one sentence."""
    if with_token:
        return f"With the token: whoever sees this code can run code as {user}."
    if server is None:
        return "Without a token."
    if server.auth in {"password", "token+password"}:
        return "Without a token: it asks for the password."
    if server.auth == "none":
        return f"It asks for nothing: whoever reaches the address can run code as {user}."
    if server.auth == "hub":
        return "Without a token: JupyterHub asks for a login."
    return "Without a token: it asks for one."


def phone_notes(check: Check) -> tuple[str, ...]:
    """What the one with the phone needs to know, a sentence each."""
    notes = []
    if check.endpoint.scope == "lan":
        notes.append(
            "The phone must be in the same Wi-Fi or LAN; guest networks and a VPN on the phone may keep it out."
        )
    elif check.endpoint.scope == "vpn":
        notes.append("The phone must be in the same VPN.")
    elif check.endpoint.scope == "this-machine":
        notes.append("Only this machine can open it, not a phone.")
    elif check.endpoint.scope == "container":
        notes.append("Only this machine and its containers can open it, not a phone.")
    if check.verdict == "tls-untrusted":
        notes.append(
            "iPhone and iPad show the page behind a certificate that they do not trust, and run no cell there."
        )
    elif check.endpoint.url.startswith("http:"):
        notes.append("Without TLS: who sits in between reads it.")
    return tuple(notes)
