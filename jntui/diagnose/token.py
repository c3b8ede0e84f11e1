"""Rules for logins and tokens: refused, not needed, not known, not sent, accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose import certificate, firewall
from jntui.diagnose.case import WIDE_SCOPES, Rule, joined, price, running, written
from jntui.diagnose.front import server_word
from jntui.diagnose.moved import fix, moved_by_setting, why
from jntui.model import GATEWAY, Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case

ONLY_FROM_HERE = "Checked from this machine; a firewall can still stop others."


def _hub(case: Case) -> Finding:
    return Finding(
        "login",
        "Works, through JupyterHub's own login.",
        "JupyterHub stands in front and asks who you are; jntui cannot log in there.",
        server_word(case),
        "Open it in a browser and log in to the Hub.",
        short_cause="JupyterHub asks for its own login.",
        short_fix="Log in to the Hub in a browser.",
    )


def _rejected(case: Case, cause: str, way: str, short: tuple[str, str], *, certain: bool = True) -> Finding:
    return Finding(
        "token-rejected",
        "The server answers, but refuses the token.",
        cause,
        joined(case.stage_detail("auth"), written(case, "token")),
        way,
        certain=certain,
        short_cause=short[0],
        short_fix=short[1],
        settings=("token",),
    )


def _url_token(case: Case) -> Finding:
    return _rejected(
        case,
        "The token in the URL is not this server's.",
        "Take the token of the running server: `jntui urls --token` shows it.",
        ("The server refuses the URL's token.", "Take the token of the running server."),
    )


def _password_only(case: Case) -> Finding:
    return _rejected(
        case,
        f"The token in the URL is not this server's: {case.label} asks for a password and has no token.",
        "Leave the token out of the URL and log in with the password. Or set a token and restart it"
        f"{price(case.server)}.",
        ("It has a password and no token.", "Log in with the password, without a token."),
    )


def _other_port(case: Case) -> Finding:
    where = moved_by_setting(case)
    assert where is not None  # noqa: S101 - the rule looked
    return _rejected(
        case,
        f"The token is not that of the server at port {case.port}, likely because another one is there. "
        f"{why(case, where)}",
        fix(where),
        ("Likely another server has this port now.", f"Open {where.url}"[:53]),
        certain=False,
    )


def _line_end(case: Case) -> Finding:
    return _rejected(
        case,
        "Likely the server's token ends in a line end: it reads the token from JUPYTER_TOKEN_FILE and keeps the line "
        "end of that file, which no header and no URL can carry.",
        f"Write the file without one (printf %s TOKEN > FILE) and restart the server{price(case.server)}.",
        ("Likely the token file ends in a line end.", "Write it with printf %s, then restart."),
        certain=False,
    )


def _file_token(case: Case) -> Finding:
    return _rejected(
        case,
        "The token in its info file is refused: likely the file is older than the server, or was changed.",
        f"Take the token from the server's own log, or restart it{price(case.server)}.",
        ("Likely its info file is old: the token is refused.", "Take the token from its log, or restart it."),
        certain=False,
    )


def _from_token_file(case: Case) -> bool:
    setting = case.setting("token")
    return setting is not None and "JUPYTER_TOKEN_FILE" in {setting.source.name, setting.source.path}


def _open(case: Case) -> Finding:
    wide = case.endpoint.scope in WIDE_SCOPES
    token = running(case, "token")
    return Finding(
        "open",
        "Works for everyone who can reach this address." if wide else "Works without any login.",
        "It asks for no token and no password. What a login guards was read without any.",
        joined(case.stage_detail("auth"), written(case, "token", "hashed_password") if token is not None else ""),
        f"Set a password and restart it{price(case.server)}."
        + (
            " Until then, stop it or set ip to 'localhost'." if wide else " Other users of this machine can use it too."
        ),
        short_cause="It asks for no token and no password.",
        short_fix="Set a password and restart it.",
        settings=("token", "hashed_password", "ip") if wide else ("token", "hashed_password"),
    )


def _gateway_login(case: Case) -> Finding:
    return Finding(
        "login",
        "Works, with a token that jntui does not know.",
        "It is a Kernel Gateway, which asks every program for its token (auth_token).",
        server_word(case),
        "Send its token: Authorization: token TOKEN. A browser finds no page there.",
        short_cause="A Kernel Gateway asks for its token.",
        short_fix="Send its token in the Authorization header.",
        settings=("token",),
    )


def _login(case: Case) -> Finding:
    if case.endpoint.kind == "custom" and case.server is not None and case.server.token:
        return _kept_back(case)
    return Finding(
        "login",
        "Works, with a password or token that jntui does not know.",
        "The server answers and shows its login page.",
        server_word(case),
        "Log in with your password or token.",
        short_cause="It shows its login page.",
        short_fix="Log in with your password or token.",
    )


def _kept_back(case: Case) -> Finding:
    """At a URL that the user added: a token is known, and who would get it there is not."""
    return Finding(
        "login",
        "Works, with a password or token.",
        f"The server answers and shows its login page. The token of {case.label} was not sent: who answers at an added "
        "URL is not known.",
        server_word(case),
        "Log in with your password or token. To have it checked to the end, add the URL with ?token=TOKEN behind it.",
        short_cause="It shows its login page; no token was sent.",
        short_fix="Log in; added with ?token=TOKEN it is checked whole.",
    )


def _not_sent(case: Case) -> Finding:
    return Finding(
        "login",
        "Works, with a token that was not sent.",
        "The server answers; its token was not sent, so whether it fits was not checked.",
        joined(case.stage_detail("auth"), server_word(case)),
        "Open it with its token, or log in with your password.",
        short_cause="It answers; no token was sent to it.",
        short_fix="Open it with its token, or log in.",
    )


def _from_vantage(case: Case) -> Finding:
    return Finding(
        "login",
        f"Works from {case.probe.vantage}: Jupyter answers there.",
        f"{case.probe.vantage} got Jupyter's answer. No token leaves this machine for such a check, so the login was "
        "not tried.",
        server_word(case),
        f"Open it on {case.probe.vantage} with its token or password.",
        short_cause="Jupyter answers there; no token was sent.",
        short_fix="Open it there with its token or password.",
    )


def _unproven(case: Case) -> Finding:
    if "login page answers" in case.stage_detail("auth"):
        return Finding(
            "no-answer",
            "A Jupyter server answers, but its login page does not.",
            f"It named its version, but {case.stage_detail('auth')}: likely something in front keeps that page back.",
            server_word(case),
            "Let the proxy in front pass every page on; without one, look into the server's log.",
            certain=False,
            short_cause="Likely something in front keeps its login back.",
            short_fix="Let the proxy pass every page on.",
        )
    return Finding(
        "no-answer",
        "A Jupyter server answers first, and then no more.",
        "It named its version, but the answer to the login question did not come. Likely it is very busy.",
        case.stage_detail("auth"),
        "Check again.",
        certain=False,
        short_cause="Likely very busy: the login got no answer.",
        short_fix="Check again.",
    )


def _ok(case: Case) -> Finding:
    vantage = case.probe.vantage
    short = "" if case.endpoint.scope == "this-machine" else ONLY_FROM_HERE
    cause = short
    if vantage:
        cause = short = f"Checked from {vantage}."
    elif firewall.beyond(case) and firewall.blocks(case):
        its = firewall.named(case).replace("the firewall of this machine", "its firewall")
        cause = f"Checked from this machine; {its} {firewall.does(case)} what comes from others."
        short = f"Works here; the firewall {firewall.does(case)} others."
    elif firewall.beyond(case) and firewall.filtering(case) == "accepts":
        cause = f"Checked from this machine, whose firewall lets the port in. {firewall.MORE}"
        short = "Checked from this machine; its firewall lets it in."
    elif cause:
        short = "Checked from this machine only."
    return Finding(
        "ok",
        f"Works from {vantage}: this server answers and accepts its token."
        if vantage
        else "Works: this server answers here and accepts its token.",
        cause,
        short_cause=short,
    )


def _gateway(case: Case) -> bool:
    own = case.server is not None and case.server.app == GATEWAY
    return case.probe.auth == "login" and (own or (case.reply.status == 401 and not case.reply.basic))


def _warns(case: Case) -> bool:
    return case.probe.certificate is not None and not case.probe.certificate.trusted


def _refuses(case: Case) -> bool:
    return case.probe.auth == "rejected"


HUB: tuple[Rule, ...] = (Rule("login: JupyterHub", lambda c: c.reply.hub and c.reply.status != 404, _hub),)

REJECTED: tuple[Rule, ...] = (
    Rule(
        "token-rejected: a server with a password",
        lambda c: _refuses(c) and c.probe.token_in_url and c.server is not None and c.server.auth == "password",
        _password_only,
    ),
    Rule("token-rejected: its port was taken", lambda c: _refuses(c) and moved_by_setting(c) is not None, _other_port),
    Rule("token-rejected: the URL's", lambda c: _refuses(c) and c.probe.token_in_url, _url_token),
    Rule("token-rejected: a token file", lambda c: _refuses(c) and _from_token_file(c), _line_end),
    Rule("token-rejected: the info file's", _refuses, _file_token),
)

WORKS: tuple[Rule, ...] = (
    Rule("open", lambda c: c.probe.auth == "open", _open),
    Rule("tls-untrusted", _warns, certificate.untrusted),
    Rule("login: a Kernel Gateway", _gateway, _gateway_login),
    Rule("login", lambda c: c.probe.auth == "login", _login),
    Rule(
        "login: from another host",
        lambda c: bool(c.probe.vantage) and c.probe.auth in {"not-sent", None},
        _from_vantage,
    ),
    Rule("login: the token was not sent", lambda c: c.probe.auth == "not-sent", _not_sent),
    Rule("login: a Hub", lambda c: c.probe.auth == "hub", _hub),
    Rule("no-answer: to the login question", lambda c: c.probe.auth in {"unknown", None}, _unproven),
    Rule("ok", lambda c: c.probe.auth == "accepted", _ok),
)
