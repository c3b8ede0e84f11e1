"""Rules for whole answers: whose they are, and under which base URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.case import Rule, fit, is_ipv6, joined, listed, price, url_of, usable_host, written
from jntui.diagnose.front import server_word
from jntui.diagnose.moved import evidence, leads_there, moved_by_setting, why
from jntui.diagnose.tls import REDIRECTS
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case
    from jntui.model import Listener


def _base_url(case: Case) -> Finding:
    base = case.reply.csp_base_url or "/"
    lacks = "which this URL lacks" if base.startswith(case.base) else f"and this URL names {case.base!r}"
    return Finding(
        "base-url",
        "A Jupyter server answers here, at another base URL.",
        f"Its base_url is {base!r}, {lacks}.",
        joined(
            f"{case.reply.status}, and its Content-Security-Policy names {base}api/security/csp-report",
            written(case, "base_url"),
        ),
        f"Open {_root(case)}{base} instead.",
        short_cause=fit(f"Its base_url is {base!r}."),
        short_fix=fit(f"Open {_root(case)}{base}"),
        instead=f"{_root(case)}{base}",
        settings=("base_url",),
    )


def _root(case: Case) -> str:
    return "/".join(case.endpoint.url.split("/", 3)[:3])


def _stripped(case: Case) -> Finding:
    base = case.reply.csp_base_url or "/"
    return Finding(
        "base-url",
        "A Jupyter server answers here, but its pages lead elsewhere.",
        f"A proxy in front changes the path: this URL names {case.base!r}, the server answers as {base!r}, and its "
        "pages and redirects lead there.",
        joined(
            f"{server_word(case)}; its Content-Security-Policy names {base}api/security/csp-report",
            written(case, "base_url"),
        ),
        f"Set base_url to {case.base!r} and restart it{price(case.server)}, and let the proxy keep the path unchanged "
        "(nginx: proxy_pass with no path and no slash after the port).",
        short_cause=fit(f"A proxy changes the path {case.base!r} to {base!r}."),
        short_fix=fit(f"Set base_url to {case.base!r}; keep the path."),
        settings=("base_url",),
    )


def _stranger(case: Case) -> Listener | None:
    """The listener that took the connection, where it is another process's."""
    pid = case.server.pid if case.server is not None else None
    return next((one for one in case.takers if one.pid is not None and one.pid != pid), None)


def _own_url(case: Case) -> str:
    """Where this server alone answers."""
    if case.server is None:
        return ""
    theirs = {one.host for one in case.around.listeners if one.pid != case.server.pid}
    for listener in case.server.listeners:
        if not listener.path and listener.host not in theirs:
            return url_of(case.server, usable_host(listener))
    return ""


def _other_server(case: Case) -> Finding:
    pid = case.server.pid if case.server is not None else None
    stranger = _stranger(case)
    owner = case.owner(stranger) if stranger is not None else None
    detail = case.stage_detail("identity")
    own = _own_url(case)
    if stranger is None:
        cause = (
            f"It is not {case.label} (pid {pid}): another process listens on this address, or its start time differs."
        )
    elif case.server is not None and _split(case, stranger):
        family = "IPv6" if is_ipv6(stranger.host) else "IPv4"
        cause = (
            f"It is not {case.label} (pid {pid}): on {family} the same port belongs to "
            f"{owner.id if owner is not None else 'another server'} (pid {stranger.pid}). Both could start, because "
            "each took one IP family."
        )
    else:
        cause = (
            f"It is not {case.label} (pid {pid}): {owner.id if owner is not None else 'another process'} "
            f"(pid {stranger.pid}) listens on this address."
        )
    return Finding(
        "other-server",
        "Another Jupyter server answers here.",
        cause,
        joined(detail, f"listeners: {', '.join(one.text for one in case.around.listeners)}" if stranger else ""),
        f"Open {own} for {case.label}, or give it a port of its own."
        if own
        else "Use an address on which this server alone listens (127.0.0.1 instead of localhost), or another port.",
        short_cause="Another Jupyter server listens on this address.",
        short_fix=fit(f"Open {own}") if own else "Use 127.0.0.1, or another port.",
        settings=("port", "ip"),
    )


def _split(case: Case, stranger: Listener) -> bool:
    """Each of the two has its own IP family."""
    own = [one for one in case.server.listeners if not one.path] if case.server is not None else []
    return bool(own) and all(is_ipv6(one.host) != is_ipv6(stranger.host) for one in own)


def _at_another_port(case: Case) -> Finding:
    where = moved_by_setting(case)
    assert where is not None  # noqa: S101 - the rule looked
    own = where.server
    return leads_there(
        "other-server",
        "Another Jupyter server answers here.",
        f"It is not {own.label}, which runs at port {own.port}. {why(case, where)}",
        joined(case.stage_detail("identity"), evidence(case, where)),
        where,
        (f"Another server; {own.label} runs at port {own.port}.", f"Another server; likely {own.label} is meant."),
    )


def _running(case: Case) -> str:
    urls = [
        url_of(server, usable_host(server.listeners[0]))
        for server in case.known
        if server.state == "running" and server.port and server.port != case.port and server.listeners
        and not server.listeners[0].path
    ]  # fmt: skip
    return f" Jupyter runs at {listed(urls[:3])}." if urls and case.local else ""


def _held(case: Case) -> str:
    pid = next((one.pid for one in case.takers if one.pid), None)
    if not case.around.holder:
        return ""
    return f"port {case.port} is held by {case.around.holder}{f' (pid {pid})' if pid else ''}"


def _not_jupyter(case: Case) -> Finding:
    kind = case.reply.content_type.split(";", 1)[0]
    return Finding(
        "not-jupyter",
        "A web server answers here, but it is not Jupyter.",
        f"The answer to api is {case.reply.status}{f' ({kind})' if kind else ''} and carries nothing of Jupyter's.",
        joined(server_word(case), _held(case)),
        f"See which program has port {case.port} (sudo ss -ltnp), and use the port and base URL that Jupyter printed."
        + _running(case),
        short_cause=f"A web server, not Jupyter (status {case.reply.status}).",
        short_fix="Use the port that Jupyter printed.",
        settings=("port",),
    )


def _moved_away(case: Case) -> Finding:
    """The program that has the port is the reason why the server is at another one."""
    where = moved_by_setting(case)
    assert where is not None  # noqa: S101 - the rule looked
    own = where.server
    return leads_there(
        "not-jupyter",
        "A web server answers here, but it is not Jupyter.",
        why(case, where),
        joined(server_word(case), _held(case), evidence(case, where)),
        where,
        (f"{own.label} runs at port {own.port} instead.", f"Not Jupyter; likely {own.label} is meant."),
    )


def _leads_on(case: Case) -> Finding:
    return Finding(
        "not-jupyter",
        "A web server answers here and leads elsewhere.",
        f"The answer to api is {case.reply.status} and leads to {case.reply.location or 'no address'}; Jupyter leads "
        "away from api never.",
        joined(server_word(case), _held(case)),
        "Check the URL that it leads to, or use the port and base URL that Jupyter printed." + _running(case),
        short_cause=fit(f"It leads to {case.reply.location or 'no address'}."),
        short_fix="Check the URL that it leads to.",
    )


def _portal(case: Case) -> Finding:
    return Finding(
        "not-jupyter",
        "A page answers here, but it is not Jupyter's.",
        f"The answer to api is {case.reply.status} (text/html): likely another web server, or a network's portal that "
        "asks for a login before it lets anything through.",
        server_word(case),
        "Open it in a browser and look: log in to the network if that is what it asks. Else use the port and base URL "
        "that Jupyter printed.",
        certain=False,
        short_cause="Likely another web server or a network's portal.",
        short_fix="Open it in a browser and look.",
    )


def _maybe_portal(case: Case) -> bool:
    """A whole HTML page over plain http from a name or address that is not this machine's."""
    return (
        case.reply.status == 200
        and case.scheme == "http"
        and not case.local
        and not case.loopback
        and case.endpoint.scope in {"internet", "carrier-nat"}
        and case.reply.content_type.startswith("text/html")
    )


def _troubled(case: Case) -> Finding:
    return Finding(
        "no-answer",
        "A Jupyter server answers here, but not as it usually does.",
        f"Its answer to api is {case.reply.status} and names no version; its headers are Jupyter's. Likely it or an "
        "extension of it is broken.",
        joined(server_word(case), case.reply.message),
        "Look into its log, and restart it.",
        certain=False,
        short_cause=f"Jupyter answers {case.reply.status}: likely it is broken.",
        short_fix="Look into its log, and restart it.",
    )


def _unproven_jupyter(case: Case) -> bool:
    return case.reply.csp_base_url is not None and case.reply.jupyter_version is None


def _at_other_base(case: Case) -> bool:
    return _unproven_jupyter(case) and case.reply.csp_base_url != case.base and case.reply.status < 500


def _prefix_lost(case: Case) -> bool:
    base = case.reply.csp_base_url
    return case.reply.jupyter_version is not None and base is not None and base != case.base


def _is_login(case: Case) -> bool:
    return case.reply.jupyter_version is not None or case.probe.auth in {"login", "accepted", "rejected"}


def _nothing_of_jupyter(case: Case) -> bool:
    return case.probe.reply is not None and not _is_login(case)


def _elsewhere(case: Case) -> bool:
    return case.probe.identity is False and "no address of this machine" in case.stage_detail("identity")


def _other_machine(case: Case) -> Finding:
    own = _own_url(case)
    return Finding(
        "other-server",
        "This name leads to another machine.",
        f"The name {case.host} leads to {case.probe.peer}, which is no address of this machine; a Jupyter server "
        f"answers there, and it is not {case.label}. Its token was not sent.",
        case.stage_detail("identity"),
        (f"Open {own} for {case.label}" if own else "Use an address of this machine")
        + ", or mend the name in DNS or in /etc/hosts.",
        short_cause="The name leads to another machine.",
        short_fix="Use an address instead of the name.",
    )


IDENTITY: tuple[Rule, ...] = (
    Rule("other-server: another machine", _elsewhere, _other_machine),
    Rule(
        "other-server: its port was taken",
        lambda c: c.probe.identity is False and moved_by_setting(c) is not None,
        _at_another_port,
    ),
    Rule("other-server", lambda c: c.probe.identity is False, _other_server),
)
"""Before everything else that an answer may be: nothing it says is this server's."""

RULES: tuple[Rule, ...] = (
    Rule("base-url", _at_other_base, _base_url),
    Rule("base-url: a proxy strips it", _prefix_lost, _stripped),
    Rule("no-answer: a broken Jupyter", lambda c: _unproven_jupyter(c) and not _is_login(c), _troubled),
    Rule(
        "not-jupyter: its port was taken",
        lambda c: _nothing_of_jupyter(c) and moved_by_setting(c) is not None,
        _moved_away,
    ),
    Rule("not-jupyter: it leads on", lambda c: _nothing_of_jupyter(c) and c.reply.status in REDIRECTS, _leads_on),
    Rule("not-jupyter: a page of somebody", lambda c: _nothing_of_jupyter(c) and _maybe_portal(c), _portal),
    Rule("not-jupyter", _nothing_of_jupyter, _not_jupyter),
)
