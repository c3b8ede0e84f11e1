"""What one HTTP answer says about who gave it: a pure reading of status, headers and a bounded body."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from jntui.model import Reply
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.transport import Response

_REPORT = re.compile(r"report-uri\s+(\S*?)api/security/csp-report")
"""Jupyter's CSP names its base URL (jupyter_server base/handlers.py, content_security_policy)."""

_VERSION = re.compile(r"\d[\w.+-]{0,40}\Z", re.ASCII)

_ANONYMOUS = re.compile(r"(?:^|[,;\s])username-[^=;,\s]+=")
"""A server without authentication gives every stranger a user cookie at the first request
(jupyter_server auth/identity.py, IdentityProvider.get_user)."""


def read_reply(response: Response) -> Reply:
    """The facts of an answer to GET `api`. Never raises: what cannot be read is left empty."""
    headers = response.headers
    location = headers.get("location", "")
    csp = _REPORT.search(headers.get("content-security-policy", ""))
    body = _json(response)
    challenge = headers.get("www-authenticate", "").lower()
    return Reply(
        status=response.status,
        server=visible(headers.get("server", ""), 80),
        location=visible(location.split("?", 1)[0], 300),
        content_type=visible(headers.get("content-type", ""), 80),
        csp_base_url=visible(csp.group(1), 300) if csp else None,
        jupyter_version=_version(response.status, body),
        hub="x-jupyterhub-version" in headers or "/hub/api/oauth2/authorize" in location or "/hub/login" in location,
        basic=challenge.startswith(("basic", "digest", "negotiate")),
        message=_word(body, "message") or _word(body, "reason"),
        reason=_word(body, "reason"),
        truncated=response.truncated,
        anonymous=bool(_ANONYMOUS.search(headers.get("set-cookie", ""))),
    )


def _json(response: Response) -> Mapping[str, object] | None:
    if response.truncated or "json" not in response.headers.get("content-type", ""):
        return None
    try:
        body: object = json.loads(response.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _version(status: int, body: Mapping[str, object] | None) -> str | None:
    version = body.get("version") if body is not None and status == 200 else None
    return version if isinstance(version, str) and _VERSION.match(version) else None


def _word(body: Mapping[str, object] | None, name: str) -> str:
    """Jupyter answers `{"message", "reason"}`; the kernel gateway puts its word into `reason`."""
    word = body.get(name) if body is not None else None
    return visible(word, 200) if isinstance(word, str) else ""


def from_jupyter(reply: Reply) -> bool:
    """It bears a mark that only Jupyter and tornado leave: many a service answers `api` with a version."""
    return reply.csp_base_url is not None or reply.server.startswith("TornadoServer")


def guards_api(reply: Reply) -> bool:
    """A Hub, or a Kernel Gateway with a token: it guards even `api`, with its JSON error and no Basic challenge."""
    gateway = reply.status == 401 and not reply.basic and reply.reason == "Unauthorized" and from_jupyter(reply)
    return reply.hub or gateway


LoginPage = Literal["guarded", "unguarded", "foreign", "unknown"]
"""What GET `login` says: a form; that there is none; that this is no Jupyter; nothing that can be used."""


def read_login(response: Response, reply: Reply, base: str) -> LoginPage:
    """What the answer to GET `login` means, where `reply` was that to GET `api`.

    Jupyter Server without authentication has no such page, Notebook 6 leads away from it to its base URL
    (notebook auth/login.py).
    """
    if response.status == 404:
        return "unguarded"
    if 300 <= response.status < 400:
        path = urlsplit(response.headers.get("location", "")).path
        return "unguarded" if path in {base, f"{base}tree", "/"} else "unknown"
    if response.status != 200:
        return "unknown"
    known = from_jupyter(reply) or b"jupyter" in response.body.lower()
    return "guarded" if known else "foreign"
