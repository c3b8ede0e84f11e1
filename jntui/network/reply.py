"""What one HTTP answer says about who gave it: a pure reading of status, headers and a bounded body."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

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
        message=_message(body),
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


def _message(body: Mapping[str, object] | None) -> str:
    """Jupyter answers `{"message", "reason"}`; the kernel gateway puts its word into `reason`."""
    if body is None:
        return ""
    for name in ("message", "reason"):
        word = body.get(name)
        if isinstance(word, str) and word:
            return visible(word, 200)
    return ""
