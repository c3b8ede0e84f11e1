"""The badge of a server, and the warning of the top line. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.answer import SCOPE_WORDS
from jntui.model import Badge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Auth, Server

_AUTH: dict[Auth | None, str] = {
    "none": "no authentication",
    "token": "token",
    "password": "password",
    "token+password": "token and password",
    "hub": "JupyterHub login",
    None: "login not known",
}
_NAMED = 3


def badge(server: Server) -> Badge:
    """What its listeners and its own answers say: a firewall may still keep others out, and is not asked here."""
    if server.state == "stale" or server.exposure is None:
        return Badge("", "stale" if server.state == "stale" else "calm")
    scope, tls = server.exposure, server.scheme == "https"
    near = scope in {"this-machine", "container"}
    words = [SCOPE_WORDS[scope], _AUTH[server.auth]]
    if tls or not near:
        # On this machine nobody sits in between, so that it lacks TLS is no news.
        words.append("TLS" if tls else "no TLS")
    made = Badge(", ".join(words), "calm", scope, server.auth, tls)
    if made.unguarded:
        return Badge(made.words, "alarm", scope, server.auth, tls)
    if made.open_to_others:
        return Badge(made.words, "works" if tls else "catch", scope, server.auth, tls)
    return made


def open_words(servers: Sequence[Server]) -> str:
    """The warning while something is open beyond this machine without authentication; empty while nothing is."""
    found = [server for server in servers if badge(server).unguarded]
    if not found:
        return ""
    named = ", ".join(server.label for server in found[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    verb = "is" if len(found) == 1 else "are"
    return f"{named}{more} {verb} open beyond this machine without authentication"
