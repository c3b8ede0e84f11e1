"""Ready strings for one endpoint: browser, VS Code, JupyterLab Desktop, curl, and the ssh line. Pure."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from jntui.diagnose.case import ssh_line
from jntui.model import REACHABLE, Connect

if TYPE_CHECKING:
    from jntui.model import Check, Endpoint, Machine, Server

_NEAR = frozenset({"this-machine", "container"})


def connections(
    server: Server | None, endpoint: Endpoint, check: Check | None, machine: Machine, *, tokens_shown: bool = False
) -> tuple[Connect, ...]:
    """The strings for this endpoint, and the ssh line that needs none of its addresses.

    Tokens are in them only while they are shown; until then curl reads one from a variable. A socket file or the
    redirect file has no URL: then only the ssh line is left, if there is one.
    """
    found = []
    if endpoint.url.startswith(("http:", "https:")):
        proven = check is not None and check.verdict in REACHABLE
        words = _words(endpoint, check)
        plain, full = endpoint.url, _with_token(server, endpoint, tokens_shown=tokens_shown)
        hint = "" if full != plain or not _has_token(server, endpoint) else "; it asks for the token, which is hidden"
        # A browser lets its user through the warning, and curl is told to; what others do with it nobody tried.
        strict = proven and check is not None and check.verdict != "tls-untrusted"
        others = (
            words
            if strict or not proven
            else "unproven: the certificate is not trusted, and this program may refuse it"
        )
        found = [
            Connect("browser", "browser", full, proven, words + hint),
            Connect("vscode", "VS Code: Existing Jupyter Server", full, strict, others + hint),
            Connect("desktop", "JupyterLab Desktop", f"jlab {shlex.quote(full)}", strict, others + hint),
            Connect("curl", "curl", _curl(server, endpoint, check, tokens_shown=tokens_shown), proven, words),
        ]
    line = ssh_line(server, machine) if server is not None else ""
    if server is not None and line:
        found.append(Connect("ssh", "ssh, from your own computer", line, False, _ssh_words(server, machine)))
    return tuple(found)


def _words(endpoint: Endpoint, check: Check | None) -> str:
    if check is None:
        return "not checked yet"
    if check.verdict not in REACHABLE:
        return f"it does not work now: {check.verdict}"
    if endpoint.scope in _NEAR:
        return "proven from this machine, and only this machine can open it"
    return "proven from this machine; a firewall can still stop others"


def _has_token(server: Server | None, endpoint: Endpoint) -> bool:
    """A token is known that this endpoint takes; it goes into no URL that the user added."""
    if server is None or not server.token or endpoint.kind != "direct":
        return False
    return server.auth in {"token", "token+password", None}


def _with_token(server: Server | None, endpoint: Endpoint, *, tokens_shown: bool) -> str:
    if not tokens_shown or server is None or server.token is None or not _has_token(server, endpoint):
        return endpoint.url
    return f"{endpoint.url}?token={quote(server.token.reveal(), safe='')}"


def _curl(server: Server | None, endpoint: Endpoint, check: Check | None, *, tokens_shown: bool) -> str:
    """`api/status` answers only to somebody who may; a header keeps the token out of the server's log."""
    words = ["curl"]
    if check is not None and check.verdict == "tls-untrusted":
        words.append("--insecure")
    url = shlex.quote(f"{endpoint.url}api/status")
    if not _has_token(server, endpoint) or server is None or server.token is None:
        return " ".join([*words, url])
    if not tokens_shown:
        return " ".join([*words, "-H", '"Authorization: token $JUPYTER_TOKEN"', url])
    return " ".join([*words, "-H", shlex.quote(f"Authorization: token {server.token.reveal()}"), url])


def _ssh_words(server: Server, machine: Machine) -> str:
    path = urlsplit(f"http://x{server.base_url}").path
    url = f"{server.scheme}://127.0.0.1:{server.port}{path}"
    how = "user, host and port are those of your ssh" if machine.ssh is not None else "host and user are a guess"
    return f"unproven: your computer runs it; then open {url} there; {how}"
