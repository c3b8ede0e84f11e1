"""Rules for what stands in front of a server: proxies, logins of others, portals of networks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jntui.diagnose.case import Rule, fit, joined
from jntui.diagnose.tls import REDIRECTS
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case

_CLOUD = frozenset({520, 521, 522, 523, 524, 530})
"""Cloudflare's own statuses for a server behind it that does not answer."""

_NOT_RUNNING = 424
"""JupyterHub's own status for a user's server that does not run (jupyterhub, 503 before version 2)."""

_LOGIN = re.compile(r"\w*login\w*|sign[-_]?in|\w*oauth\w*|\bauth(?!or)\w*|\bsso\b|\bsaml\w*|\w*portal\w*|\w*captive\w*")
"""Words of a login in the place that an answer leads to."""


def server_word(case: Case) -> str:
    """Status and Server header, for the evidence."""
    named = f", Server: {case.reply.server}" if case.reply.server else ""
    return f"status {case.reply.status}{named}"


def _from_tornado(case: Case) -> bool:
    return case.reply.server.startswith("TornadoServer")


_BEHIND = {
    502: ("it cannot connect to the server behind it", "Start the server, or mend the address and port"),
    503: ("it has no server behind it that is ready", "Start the server, or mend the address and port"),
    504: ("the server behind it does not answer in time", "Look into the server's log, or mend the address and port"),
}


def _gateway(case: Case) -> Finding:
    status = case.reply.status
    says, do = _BEHIND.get(status, _BEHIND[502])
    who = f" ({case.reply.server})" if case.reply.server else ""
    at = f"{case.label} runs at port {case.server.port}." if case.server is not None and case.server.port else ""
    return Finding(
        "gateway-error",
        "A proxy answers, but the server behind it does not.",
        f"The answer {status} comes from a proxy in front{who}, not from Jupyter: {says}.",
        joined(server_word(case), f"port {case.port} is held by {case.around.holder}" if case.around.holder else ""),
        f"{do} that the proxy passes on to. {at}".rstrip(),
        short_cause=f"A proxy in front answers {status}.",
        short_fix="Start the server behind it, or mend the proxy.",
    )


def _hub_gateway(case: Case) -> Finding:
    return Finding(
        "gateway-error",
        "JupyterHub answers, but the server behind it does not run.",
        f"JupyterHub answers {case.reply.status}: it has no running server for this URL.",
        server_word(case),
        "Log in to the Hub in a browser and start the server there.",
        short_cause=f"JupyterHub answers {case.reply.status}: no server runs.",
        short_fix="Start the server in the Hub.",
    )


def _hub_nothing(case: Case) -> Finding:
    hub = f"{'/'.join(case.endpoint.url.split('/', 3)[:3])}/hub/"
    return Finding(
        "base-url",
        "JupyterHub answers here, but has nothing at this path.",
        f"JupyterHub answers 404: it has nothing at the path {case.base!r}. A user's server is under /user/NAME/ "
        "behind the Hub's base URL.",
        server_word(case),
        f"Open {hub} in a browser, start your server there, and use the URL that it leads to.",
        short_cause="JupyterHub has nothing at this path (404).",
        short_fix=fit(f"Open {hub}"),
    )


def _basic(case: Case) -> Finding:
    return Finding(
        "gateway-error",
        "Something in front, or the device itself, asks for an HTTP login.",
        "The request is answered with an HTTP login (WWW-Authenticate), which is not Jupyter's: a proxy, or the device "
        "itself, has a login of its own.",
        server_word(case),
        "Log in there first, in a browser, or use an address that does not lead through it.",
        short_cause="It asks for an HTTP login that is not Jupyter's.",
        short_fix="Log in there first, or go another way.",
    )


def _portal(case: Case) -> Finding:
    return Finding(
        "gateway-error",
        "The network asks for a login of its own.",
        "The answer 511 is a network's portal: it lets nothing through before somebody logged in there.",
        server_word(case),
        "Open any page in a browser, log in to the network, and check again.",
        short_cause="The network's own portal answers (511).",
        short_fix="Log in to the network, then check again.",
    )


def _led_on(case: Case) -> Finding:
    host = urlsplit(case.reply.location).hostname or "another host"
    return Finding(
        "gateway-error",
        "The answer leads to another host.",
        f"The request is answered by leading to {host}: likely that is the name to open, and something in front leads "
        "there from every other.",
        joined(server_word(case), f"leads to {case.reply.location}"),
        f"Open {case.led_to} instead.",
        certain=False,
        short_cause=fit(f"Likely {host} is the name to open."),
        short_fix=fit(f"Open {case.led_to}"),
    )


def _led_away(case: Case) -> Finding:
    host = urlsplit(case.reply.location).hostname or "another host"
    portal = " or the network's portal" if case.scheme == "http" else ""
    return Finding(
        "gateway-error",
        "Something in front leads to a login of its own.",
        f"The request is answered by leading to {host}, which is not Jupyter's: a proxy's "
        f"login{portal} stands between.",
        joined(server_word(case), f"leads to {case.reply.location}"),
        "Log in there first (in a browser), or use an address that does not lead through it.",
        short_cause=fit(f"It leads to {host}."),
        short_fix="Log in there first, or go another way.",
    )


def _login_page(case: Case) -> Finding:
    return Finding(
        "gateway-error",
        "Something in front leads to a login of its own.",
        f"The request is answered by leading to {case.reply.location}, which Jupyter never does for api: likely a "
        "proxy in front asks for a login.",
        server_word(case),
        "Log in there first (in a browser), or use an address that does not lead through it.",
        certain=False,
        short_cause="Likely a proxy in front asks for its own login.",
        short_fix="Log in there first, or go another way.",
    )


def led_away(case: Case) -> bool:
    """It leads to another host, which Jupyter does for no page."""
    if case.reply.status not in REDIRECTS:
        return False
    host = _host_of(case.reply.location)
    return host is not None and host != (case.endpoint.address or "").lower()


def _host_of(location: str) -> str | None:
    try:
        return urlsplit(location).hostname
    except ValueError:
        return None


def _to_login(case: Case) -> bool:
    """A login page at this very host, without Jupyter's own header."""
    if case.reply.status not in REDIRECTS or case.reply.csp_base_url is not None:
        return False
    return _names_login(case)


def _names_login(case: Case) -> bool:
    """A login has its word in host or path of where the answer leads, and the URL itself has not that word."""
    try:
        place = urlsplit(case.reply.location)
    except ValueError:
        return False
    words = _LOGIN.findall(f"{place.hostname or ''} {place.path}".lower())
    return not set(words) <= set(_LOGIN.findall(case.endpoint.url.lower()))


def _unanswered(case: Case) -> bool:
    status = case.reply.status
    return status in _BEHIND or (status in _CLOUD and "cloudflare" in case.reply.server.lower())


RULES: tuple[Rule, ...] = (
    Rule(
        "gateway-error: JupyterHub without a server",
        lambda c: c.reply.hub and (c.reply.status >= 500 or c.reply.status == _NOT_RUNNING),
        _hub_gateway,
    ),
    Rule(
        "base-url: nothing of JupyterHub",
        lambda c: c.reply.hub and c.reply.status == 404 and c.reply.csp_base_url in {None, c.base},
        _hub_nothing,
    ),
    Rule("gateway-error: 502, 503, 504", lambda c: _unanswered(c) and not _from_tornado(c), _gateway),
    Rule("gateway-error: a network's portal", lambda c: c.reply.status == 511, _portal),
    Rule("gateway-error: an HTTP login", lambda c: c.reply.basic and not c.reply.hub, _basic),
    Rule(
        "gateway-error: led to another host",
        lambda c: led_away(c) and not c.reply.hub and _names_login(c),
        _led_away,
    ),
    Rule("gateway-error: led on to another host", lambda c: led_away(c) and not c.reply.hub, _led_on),
    Rule("gateway-error: a login page in front", lambda c: _to_login(c) and not c.reply.hub, _login_page),
)
