"""Asks a server what it is, in at most three small requests that leave no warning in its log and move no activity.

`api` needs no credentials and answers only with a version. Jupyter Server 2 signs a login cookie for all when its
authentication is off (`IdentityProvider._get_user`), so the same answer tells `none`; with authentication on, `login`
is there and its form tells token from password; Notebook 6 without authentication leads away from `login` (302). With
a token, or where none is needed, `api/status` tells the rest; it is never asked without credentials otherwise, because
each such look writes two warnings into the server's log.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from jntui.text import visible
from jntui.transport import TransportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import Auth, Secret
    from jntui.transport import Channel, Deadline, Response, Target, Transport

_CSP = re.compile(r"report-uri\s+(/\S*?)api/security/csp-report")
_LOST = re.compile(r"[^\w./~%-]", re.ASCII)
"""What a client does not send as it stands, or a pattern does not take for itself."""
_LOGIN_COOKIE = re.compile(r'(?:^|,\s*)[^=;,\s]+="?2\|1:0\|')
"""A cookie with tornado's signature (`create_signed_value`, version 2): `_xsrf` has another form."""
_TOKEN_FORM = re.compile(rb"new_password|token_input|Token authentication is enabled")
_PASSWORD_FIELD = re.compile(rb"""<input[^>]+name=["']password["']""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """Whom to ask, and what is known already."""

    target: Target
    base_url: str = "/"
    token: Secret | None = None
    gateway: bool = False
    """A Kernel Gateway: its `api` needs the token, and it has neither `login` nor `api/status`."""
    password_proven: bool = False
    """A readable setting or option proves a password beside the token: the login page cannot tell."""
    auth: Auth | None = None
    """The authentication, where it was asked before: it does not change while a server runs."""


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """What was learned. `kind`: it is Jupyter, it is something else, or nobody answered."""

    kind: Literal["jupyter", "not", "none"]
    reason: str = ""
    """Why it is not Jupyter or what went wrong, in words."""
    version: str | None = None
    auth: Auth | None = None
    base_url: str | None = None
    """The base URL that the server itself names, where it answered at another one."""
    kernels: int | None = None
    last_activity: datetime | None = None
    api_started: str | None = None


def ask(question: Question, transport: Transport, deadline: Deadline) -> ServerAnswer:
    """Asks over one connection; never raises: what goes wrong is the answer's reason."""
    try:
        channel = transport.open(question.target, deadline)
    except TransportError as error:
        return ServerAnswer("none", f"{_at(question.target)} does not answer: {visible(str(error), 200)}")
    try:
        return _Conversation(question, channel, deadline).hold()
    finally:
        channel.close()


def is_jupyter(target: Target, base_url: str, transport: Transport, deadline: Deadline) -> bool:
    """A Jupyter server answers there: one request, no credentials."""
    return ask(Question(target, base_url, auth="hub"), transport, deadline).kind == "jupyter"


def _at(target: Target) -> str:
    return visible(target.unix_path) if target.unix_path else f"port {target.port}"


class _Conversation:
    """The requests of one `ask`, on one open connection."""

    def __init__(self, question: Question, channel: Channel, deadline: Deadline) -> None:
        self._question = question
        self._channel = channel
        self._deadline = deadline
        self._token = _sendable(question.token, channel)

    def hold(self) -> ServerAnswer:
        question = self._question
        try:
            first = self._get("api", with_token=question.gateway)
        except TransportError as error:
            return ServerAnswer("none", f"{_at(question.target)} does not answer: {visible(str(error), 200)}")
        answer = _first_answer(first, question)
        if answer.kind != "jupyter" or answer.base_url is not None:
            return answer
        proven = self._proven_by_token(first, answer)
        if proven is not None:
            return proven
        try:
            auth = question.auth or self._auth(first)
        except TransportError:
            # It is Jupyter, which is what was asked; the rest is null until the next time.
            return answer
        found = ServerAnswer("jupyter", version=answer.version, auth=auth)
        if question.gateway or auth in {"hub", "password", None}:
            return found
        return self._with_status(found)

    def _proven_by_token(self, first: Response, answer: ServerAnswer) -> ServerAnswer | None:
        """The server's own token, where `api/status` takes it, tells as much as `login` would: one request less."""
        question = self._question
        stranger = _LOGIN_COOKIE.search(first.headers.get("set-cookie", "")) or "x-jupyterhub-version" in first.headers
        if question.auth is not None or question.gateway or not self._token or first.status != 200 or stranger:
            return None
        auth: Auth = "token+password" if question.password_proven else "token"
        found = self._with_status(ServerAnswer("jupyter", version=answer.version, auth=auth))
        return found if found.kernels is not None else None

    def _get(self, path: str, with_token: bool) -> Response:
        """Raises TransportError."""
        target = self._question.target
        # The Host check knows 127.0.0.1 whatever the bind address is; another name would be refused with 3 warnings.
        headers = {"Host": "localhost" if target.unix_path else f"127.0.0.1:{target.port}"}
        if with_token and self._token:
            headers["Authorization"] = f"token {self._token}"
        return self._channel.get(self._question.base_url + path, self._deadline, headers)

    def _auth(self, first: Response) -> Auth | None:
        """The authentication mode, by the answer to `api` and, where that leaves it open, `login`."""
        if "x-jupyterhub-version" in first.headers:
            return "hub"
        if self._question.gateway:
            return "token" if first.status == 401 or self._token else "none"
        if _LOGIN_COOKIE.search(first.headers.get("set-cookie", "")):
            return "none"
        if first.status != 200:
            return None
        return self._auth_by_login()

    def _auth_by_login(self) -> Auth | None:
        page = self._get("login", with_token=False)
        if page.status == 302:
            location = page.headers.get("location", "")
            return "hub" if "/hub/" in location else "none" if location.startswith("/") else None
        if page.status != 200 or not _PASSWORD_FIELD.search(page.body):
            return None
        if _TOKEN_FORM.search(page.body):
            return "token+password" if self._question.password_proven else "token"
        return "password"

    def _with_status(self, found: ServerAnswer) -> ServerAnswer:
        """With what `api/status` tells, if it may be asked: with the token, or where none is needed."""
        if found.auth != "none" and not self._token:
            return found
        try:
            reply = self._get("api/status?no_track_activity=1", with_token=found.auth != "none")
        except TransportError:
            return found  # the answer to `api` stands: the numbers are null until the next time
        status = _json_object(reply) if reply.status == 200 else {}
        kernels, started = status.get("kernels"), status.get("started")
        return ServerAnswer(
            "jupyter",
            version=found.version,
            auth=found.auth,
            kernels=kernels if type(kernels) is int and 0 <= kernels < 10**6 else None,
            last_activity=parse_time(status.get("last_activity")),
            api_started=visible(started, 64) if isinstance(started, str) else None,
        )


def _sendable(token: Secret | None, channel: Channel) -> str:
    """The token's text if it may be sent here; empty if not.

    Not over TLS whose certificate does not verify, for somebody else may be listening in; and not if a header cannot
    hold it (JUPYTER_TOKEN_FILE keeps the end of the line).
    """
    if not token or (channel.certificate is not None and not channel.certificate.trusted):
        return ""
    text = token.reveal()
    return text if text.isascii() and text.isprintable() and text == text.strip() else ""


def _first_answer(reply: Response, question: Question) -> ServerAnswer:
    """What the answer to `api` proves."""
    found = _json_object(reply)
    version = found.get("version")
    if reply.status == 200 and isinstance(version, str):
        return ServerAnswer("jupyter", version=visible(version, 64))
    if "x-jupyterhub-version" in reply.headers:
        return ServerAnswer("jupyter", auth="hub")
    named = _CSP.search(reply.headers.get("content-security-policy", ""))
    if named and named.group(1) != question.base_url:
        base_url = visible(named.group(1), 512)
        return ServerAnswer("jupyter", f"its base URL is {base_url}", base_url=base_url)
    if named or (question.gateway and reply.status == 401):
        return ServerAnswer("jupyter", "" if question.gateway else f"it answers {reply.status} to api")
    server = visible(reply.headers.get("server", ""), 60)
    by = f" ({server})" if server else ""
    odd = lost_base_url(question.base_url) if reply.status == 404 else ""
    words = f"{_at(question.target)} answers HTTP {reply.status}{by}, but not as Jupyter"
    return ServerAnswer("not", f"{words}; {odd}" if odd else words)


def lost_base_url(base_url: str) -> str:
    """Why Jupyter finds no page under it, and what to write; empty where it does.

    It is part of a pattern, and what a client sends is compared with that as it comes (`tornado.routing.PathMatches`).
    """
    if not _LOST.search(base_url):
        return ""
    encoded = visible(quote(base_url, safe="/%"), 512)
    return f"Jupyter finds no page under the base URL {visible(base_url, 512)}: write it percent-encoded, {encoded}"


def _json_object(reply: Response) -> Mapping[str, object]:
    if reply.truncated or "json" not in reply.headers.get("content-type", ""):
        return {}
    try:
        found = json.loads(reply.body.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def parse_time(value: object) -> datetime | None:
    """`2026-11-22T18:05:11.123456Z` as UTC; None for anything else (the form of `jupyter_server._tz.isoformat`)."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return found.replace(tzinfo=timezone.utc) if found.tzinfo is None else found.astimezone(timezone.utc)
    except (ValueError, OverflowError):  # no time, or one that another zone moves out of the years 1 to 9999
        return None
