"""Rules for whole answers: whose they are, and whether a browser could work with them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jntui.diagnose.case import WIDE_SCOPES, Rule, bound_hosts, is_loopback, listener_words, price
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case
    from jntui.model import Endpoint, Server

_GATEWAY = frozenset({502, 503, 504})

ONLY_FROM_HERE = "Checked from this machine; a firewall can still stop others."


def _from_tornado(case: Case) -> bool:
    return case.reply.server.startswith("TornadoServer")


def _server_word(case: Case) -> str:
    named = f", Server: {case.reply.server}" if case.reply.server else ""
    return f"status {case.reply.status}{named}"


def _host_blocked(case: Case) -> Finding:
    proven = case.probe.local_host_works is True
    it = "It" if proven else "Likely it"
    return Finding(
        "host-blocked",
        "The server refuses this name or address (Host check).",
        f"{it} answers only to local names, because allow_remote_access is False: the default when ip is a "
        "loopback address.",
        f"403 to Host: {case.host}" + ("; 200 to Host: 127.0.0.1 on the same connection" if proven else ""),
        f"Set allow_remote_access to True, or add {case.host} to local_hostnames (and keep localhost there), then "
        f"restart it{price(case.server)}.",
        certain=proven,
        short_cause="The Host check refuses this name (403).",
        short_fix="Set allow_remote_access = True and restart.",
        settings=("allow_remote_access", "local_hostnames"),
    )


def expect_host_block(server: Server, endpoint: Endpoint) -> Finding | None:
    """What a server on loopback addresses alone will say to a name that is not local; None where it may answer.

    jupyter_server's default of allow_remote_access is then False (serverapp.py), and each refused request writes three
    warnings into its log. So what looks by itself does not ask; the user can.
    """
    host = endpoint.address or ""
    hosts = bound_hosts(server)
    if endpoint.kind != "direct" or not endpoint.covered or host == "localhost" or is_loopback(host):
        return None
    if not hosts or not all(is_loopback(one) for one in hosts):
        return None
    return Finding(
        "host-blocked",
        "The server likely refuses this name (Host check).",
        "Likely it answers only to local names: it listens on this machine only, and allow_remote_access is then "
        "False by default. It was not asked, as each refusal writes warnings into its log.",
        listener_words(server),
        f"Press p to ask it all the same. To allow the name, set allow_remote_access to True, or add {host} to "
        f"local_hostnames (and keep localhost there), then restart it{price(server)}.",
        certain=False,
        short_cause="Likely the Host check refuses this name; not asked.",
        short_fix="p asks it; or set allow_remote_access = True.",
        action="check",
        settings=("allow_remote_access", "local_hostnames"),
    )


def _base_url(case: Case) -> Finding:
    base = case.reply.csp_base_url or "/"
    root = case.endpoint.url.split("/", 3)
    return Finding(
        "base-url",
        "A Jupyter server answers here, at another base URL.",
        f"Its base_url is {base!r}, which this URL lacks.",
        f"404, and its Content-Security-Policy names {base}api/security/csp-report",
        f"Open {'/'.join(root[:3])}{base} instead.",
        short_cause=f"Its base_url is {base!r}."[:53],
        short_fix="Add the base URL to the address.",
        settings=("base_url",),
    )


def _other_server(case: Case) -> Finding:
    pid = case.server.pid if case.server is not None else None
    return Finding(
        "other-server",
        "Another Jupyter server answers here.",
        f"It is not {case.label} (pid {pid}): another process listens on this address, or its start time differs.",
        next((stage.detail for stage in case.probe.stages if stage.name == "identity"), ""),
        "Use an address on which this server alone listens (127.0.0.1 instead of localhost), or another port.",
        short_cause="Another Jupyter server listens on this address.",
        short_fix="Use 127.0.0.1, or another port.",
        settings=("port", "ip"),
    )


def _gateway(case: Case) -> Finding:
    return Finding(
        "gateway-error",
        "A proxy answers, but the server behind it does not.",
        f"The answer {case.reply.status} comes from a proxy in front, not from Jupyter.",
        _server_word(case),
        "Start the server behind the proxy, or mend the address that the proxy passes on to.",
        short_cause=f"A proxy in front answers {case.reply.status}.",
        short_fix="Start the server behind it, or mend the proxy.",
    )


def _proxy_login(case: Case) -> Finding:
    where = case.reply.location or "an HTTP login (WWW-Authenticate)"
    return Finding(
        "gateway-error",
        "Something in front asks for a login of its own.",
        f"The request is answered with {where}, which is not Jupyter's: a proxy or a network's portal stands between.",
        _server_word(case),
        "Log in there first (in a browser), or use an address that does not lead through it.",
        short_cause="A proxy in front asks for its own login.",
        short_fix="Log in there first, or go another way.",
    )


def _not_jupyter(case: Case) -> Finding:
    kind = case.reply.content_type.split(";", 1)[0]
    return Finding(
        "not-jupyter",
        "A web server answers here, but it is not Jupyter.",
        f"The answer to api is {case.reply.status}{f' ({kind})' if kind else ''} and carries nothing of Jupyter's.",
        _server_word(case),
        f"See which program has port {case.port} (sudo ss -ltnp), and use the port and base URL that Jupyter printed.",
        short_cause=f"A web server, not Jupyter (status {case.reply.status}).",
        short_fix="Use the port that Jupyter printed.",
        settings=("port",),
    )


def _hub(case: Case) -> Finding:
    return Finding(
        "login",
        "Works, through JupyterHub's own login.",
        "JupyterHub stands in front and asks who you are; jntui cannot log in there.",
        _server_word(case),
        "Open it in a browser and log in to the Hub.",
        short_cause="JupyterHub asks for its own login.",
        short_fix="Log in to the Hub in a browser.",
    )


def _token_rejected(case: Case) -> Finding:
    if case.probe.token_in_url:
        cause, fix = (
            "The token in the URL is not this server's.",
            "Take the token of the running server: t shows it, and so does `jntui urls --token`.",
        )
    else:
        cause = "The token in its info file is refused: the file is older than the server, or was changed."
        fix = "Take the token from the server's own log, or restart it."
    return Finding(
        "token-rejected",
        "The server answers, but refuses the token.",
        cause,
        next((stage.detail for stage in case.probe.stages if stage.name == "auth"), ""),
        fix,
        short_cause="The server refuses this token.",
        short_fix="Take the token of the running server.",
        settings=("token",),
    )


def _open(case: Case) -> Finding:
    wide = case.endpoint.scope in WIDE_SCOPES
    return Finding(
        "open",
        "Works for everyone who can reach this address." if wide else "Works without any login.",
        "It asks for no token and no password: what a login guards was read without any.",
        next((stage.detail for stage in case.probe.stages if stage.name == "auth"), ""),
        f"Set a password and restart it{price(case.server)}."
        + (
            " Until then, stop it or set ip to 'localhost'." if wide else " Other users of this machine can use it too."
        ),
        short_cause="It asks for no token and no password.",
        short_fix="Set a password and restart it.",
        settings=("token", "hashed_password", "ip") if wide else ("token", "hashed_password"),
    )


def _untrusted(case: Case) -> Finding:
    problem = case.probe.certificate.problem if case.probe.certificate is not None else ""
    return Finding(
        "tls-untrusted",
        "Works after a certificate warning in the browser.",
        "The browser cannot verify the certificate. iPhones and iPads then open the page, but run no cells.",
        problem,
        "Accept the warning, or use a certificate that your devices trust and that names this address.",
        short_cause="The browser cannot verify the certificate.",
        short_fix="Accept the warning, or use a trusted certificate.",
        settings=("certfile",),
    )


def _login(case: Case) -> Finding:
    return Finding(
        "login",
        "Works, with a password or token that jntui does not know.",
        "The server answers and shows its login page.",
        _server_word(case),
        "Log in with your password or token.",
        short_cause="It shows its login page.",
        short_fix="Log in with your password or token.",
    )


def _unproven(case: Case) -> Finding:
    return Finding(
        "no-answer",
        "A Jupyter server answers first, and then no more.",
        "It named its version, but the answer to the login question did not come. Likely it is very busy.",
        next((stage.detail for stage in case.probe.stages if stage.name == "auth"), ""),
        "Check again.",
        certain=False,
        short_cause="The login question was not answered in time.",
        short_fix="Check again.",
    )


def _ok(case: Case) -> Finding:
    note = "" if case.endpoint.scope == "this-machine" else ONLY_FROM_HERE
    return Finding(
        "ok",
        "Works: this server answers here and accepts its token.",
        note,
        "",
        "",
        short_cause=note[:53] if len(note) <= 53 else "Checked from this machine only.",
        short_fix="",
    )


def _is_login(case: Case) -> bool:
    return case.reply.jupyter_version is not None or case.probe.auth in {"login", "accepted", "rejected"}


def _redirected(case: Case) -> bool:
    """A login that is not the server's: HTTP's own, or a page at another host. A page at this host may be anything."""
    host = urlsplit(case.reply.location).hostname if 300 <= case.reply.status < 400 else None
    return case.reply.basic or (host is not None and host != (case.endpoint.address or "").lower())


RULES: tuple[Rule, ...] = (
    Rule("other-server", lambda c: c.probe.identity is False, _other_server),
    Rule("login: JupyterHub", lambda c: c.reply.hub, _hub),
    Rule("host-blocked", lambda c: c.reply.status == 403 and c.reply.csp_base_url is not None, _host_blocked),
    Rule(
        "base-url",
        lambda c: c.reply.csp_base_url is not None and c.reply.jupyter_version is None and c.reply.status == 404,
        _base_url,
    ),
    Rule("gateway-error: 502, 503, 504", lambda c: c.reply.status in _GATEWAY and not _from_tornado(c), _gateway),
    Rule("gateway-error: a login in front", _redirected, _proxy_login),
    Rule("not-jupyter", lambda c: c.probe.reply is not None and not _is_login(c), _not_jupyter),
    Rule("token-rejected", lambda c: c.probe.auth == "rejected", _token_rejected),
    Rule("open", lambda c: c.probe.auth == "open", _open),
    Rule(
        "tls-untrusted",
        lambda c: c.probe.certificate is not None and not c.probe.certificate.trusted,
        _untrusted,
    ),
    Rule("login", lambda c: c.probe.auth == "login", _login),
    Rule("no-answer: to the login question", lambda c: c.probe.auth in {"unknown", "not-sent", None}, _unproven),
    Rule("ok", lambda c: c.probe.auth == "accepted", _ok),
)
