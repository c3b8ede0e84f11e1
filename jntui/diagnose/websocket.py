"""Rules for pages that open while their cells never run: the WebSocket that a browser needs does not come about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.case import Rule, fit, joined, price, written
from jntui.model import GATEWAY, Finding, WebSocket

if TYPE_CHECKING:
    from jntui.diagnose.case import Case

HEADLINE = "The page opens, but cells do not run."

NGINX_UPGRADE = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
"""What nginx leaves out of a request that it passes on, unless it is told (its documentation, WebSocket proxying)."""

_NO_EVENTS = frozenset({"1", "4", "5", "6"})
"""Jupyter Server 1 and Notebook up to 6: `api/events/subscribe` came with Jupyter Server 2."""


def _socket(case: Case) -> WebSocket:
    return case.probe.websocket or WebSocket("open")


def untestable(case: Case) -> bool:
    """This Jupyter has no WebSocket without a kernel, so a missing one says nothing."""
    gateway = case.server is not None and case.server.app == GATEWAY
    version = case.reply.jupyter_version or ""
    return _socket(case).outcome == "missing" and (gateway or version.split(".", 1)[0] in _NO_EVENTS)


def _fails(case: Case, *outcomes: str) -> bool:
    """HTTP works as far as a login goes, and the WebSocket ended in one of these ways (any, if none is named)."""
    socket = case.probe.websocket
    if socket is None or socket.outcome == "open" or untestable(case):
        return False
    if socket.outcome == "forbidden" and not logged_in(case):
        return False
    works = case.probe.auth in {"accepted", "open", "login", "hub", "not-sent"} or bool(case.probe.vantage)
    return works and (not outcomes or socket.outcome in outcomes)


def logged_in(case: Case) -> bool:
    """The WebSocket was asked for with what opens the server; without, Jupyter refuses it whatever stands between."""
    return case.probe.auth in {"accepted", "open"}


def _answer(case: Case) -> str:
    socket = _socket(case)
    server = f", Server: {socket.server}" if socket.server else ""
    status = f"status {socket.status}{server}" if socket.status else ""
    return joined(status, socket.detail)


def _no_upgrade(case: Case) -> Finding:
    return Finding(
        "page-only",
        HEADLINE,
        "The request for a WebSocket reached Jupyter without its Upgrade header: a proxy in front takes it away.",
        _answer(case),
        f"Let the proxy pass it on. In nginx's location: {NGINX_UPGRADE} then reload it.",
        short_cause="A proxy takes the Upgrade header away.",
        short_fix="Let the proxy pass Upgrade and Connection on.",
    )


def _cross_origin(case: Case) -> Finding:
    origin = _socket(case).origin or f"{case.scheme}://{case.endpoint.url.split('/', 3)[2]}"
    return Finding(
        "page-only",
        HEADLINE,
        "Jupyter refuses the WebSocket as cross-origin: the name that the browser opened (Origin) is not the one that "
        "reaches Jupyter (Host), so a proxy in front puts another Host in.",
        joined(_answer(case), f"Origin: {origin}", written(case, "allow_origin", "allow_origin_pat")),
        "Let the proxy pass Host on (nginx: proxy_set_header Host $http_host;), and set allow_remote_access to True, "
        f"as the Host check then sees that name. Or set allow_origin to '{origin}'. Restart it{price(case.server)}.",
        short_cause="Cross-origin: a proxy puts another Host in.",
        short_fix="Let the proxy pass Host, or set allow_origin.",
        settings=("allow_origin", "allow_remote_access"),
    )


def _from_tornado(case: Case) -> bool:
    return _socket(case).server.startswith("TornadoServer")


def _forbidden(case: Case) -> Finding:
    jupyter = _from_tornado(case)
    return Finding(
        "page-only",
        HEADLINE,
        "Jupyter refuses the WebSocket, though it answers the same login elsewhere: likely a proxy in front takes the "
        "login (Cookie, Authorization) out of the request."
        if jupyter
        else "The WebSocket is refused: likely by a proxy in front that lets none through or takes the login out.",
        _answer(case),
        "Let the proxy pass every header on under /api/ as well (Cookie, Authorization, Host), and allow WebSockets in "
        "it. Compare with an address that does not lead through it.",
        certain=False,
        short_cause="Likely a proxy takes the login out.",
        short_fix="Let the proxy pass Cookie and Authorization.",
    )


def _missing(case: Case) -> Finding:
    return Finding(
        "page-only",
        HEADLINE,
        f"The WebSocket's page is not found, though Jupyter {case.reply.jupyter_version or ''} has it: likely a proxy "
        "in front passes only some paths on.".replace("  ", " "),
        _answer(case),
        "Let the proxy pass everything below the base URL on, /api/ with it.",
        certain=False,
        short_cause="Likely a proxy passes only some paths on.",
        short_fix="Let the proxy pass /api/ on.",
    )


def _silent(case: Case) -> Finding:
    ended = _socket(case).outcome == "ended"
    seen = "The connection ends" if ended else "No answer comes"
    return Finding(
        "page-only",
        HEADLINE,
        f"{seen} when a WebSocket is asked for: likely a proxy, a tunnel or a virus scanner between lets none pass.",
        _answer(case),
        f"Go by an address without it, or let it pass WebSockets on. In nginx's location: {NGINX_UPGRADE}",
        certain=False,
        short_cause=fit(f"{seen}: likely WebSockets are blocked."),
        short_fix="Let what stands between pass WebSockets on.",
    )


def _other(case: Case) -> Finding:
    return Finding(
        "page-only",
        HEADLINE,
        "The WebSocket does not open: likely a proxy in front answers in Jupyter's place.",
        _answer(case),
        "Look into the logs of the proxy and of the server at this moment, and compare with an address that does not "
        "lead through the proxy.",
        certain=False,
        short_cause="Likely a proxy answers for the WebSocket.",
        short_fix="See the logs of the proxy and the server.",
    )


RULES: tuple[Rule, ...] = (
    Rule("page-only: no Upgrade header", lambda c: _fails(c, "no-upgrade"), _no_upgrade),
    Rule("page-only: another Host", lambda c: _fails(c, "cross-origin"), _cross_origin),
    Rule("page-only: refused", lambda c: _fails(c, "forbidden"), _forbidden),
    Rule("page-only: not found", lambda c: _fails(c, "missing"), _missing),
    Rule("page-only: no answer", lambda c: _fails(c, "silent", "ended"), _silent),
    Rule("page-only: anything else", _fails, _other),
)
