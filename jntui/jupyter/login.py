"""One real login with a password, as a browser does it; the session that it opens is closed again.

Source: `jupyter_server.auth.login.LoginFormHandler`, `auth.logout.LogoutHandler`; the same paths in Notebook 6.
"""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from jntui.jupyter.authorized import failure_words
from jntui.jupyter.discovery import target_of
from jntui.transport import TransportError

if TYPE_CHECKING:
    from jntui.jupyter.proof import Proof
    from jntui.model import Secret, Server
    from jntui.transport import Channel, Deadline, Response, Transport

Outcome = Literal["accepted", "refused", "broken", "no login", "unknown"]
"""`refused`: a wrong password (401); `broken`: a corrupt hash (500); `no login`: the server asks for none (404)."""

_XSRF = re.compile(r"(?:^|[,;\s])_xsrf=([^;,\s]+)")
_COOKIE = re.compile(r"(?:^|,\s*)([^=;,\s]+)=([^;,\s]*)")


@dataclass(frozen=True, slots=True)
class Login:
    """How it went."""

    outcome: Outcome
    words: str


def try_login(server: Server, proof: Proof, password: Secret, transport: Transport, deadline: Deadline) -> Login:
    """Logs in at the server's own listener, which `proof` found just before, and out again; never raises.

    The password goes into the body of one POST, to no other process, and over TLS only where the kernel names the
    listener as the server's.
    """
    if server.scheme == "https" and not proof.owned:
        return Login("unknown", "the password is not sent: who listens there cannot be read")
    target = target_of(proof.listeners, server.scheme, "")
    host = "localhost" if target.unix_path else f"127.0.0.1:{target.port}"
    try:
        channel = transport.open(target, deadline)
    except TransportError as error:
        return Login("unknown", f"it does not answer: {failure_words(error)}")
    try:
        return _Browser(channel, server.base_url, host, deadline).login(password)
    except TransportError as error:
        return Login("unknown", f"no answer: {failure_words(error)}")
    finally:
        channel.close()


@dataclass(slots=True)
class _Browser:
    """Cookies of one visit, forgotten with it."""

    channel: Channel
    base_url: str
    host: str
    deadline: Deadline

    def login(self, password: Secret) -> Login:
        """Raises TransportError."""
        page = self.channel.get(f"{self.base_url}login", self.deadline, {"Host": self.host})
        if page.status in {302, 404}:
            return Login("no login", "it asks for no login")
        if page.status != 200:
            return Login("unknown", f"its login page answers HTTP {page.status}")
        found = _XSRF.search(page.headers.get("set-cookie", ""))
        xsrf = found.group(1) if found else ""
        reply = self._post(password, xsrf)
        if reply.status == 302:
            self._logout(reply, xsrf)
            return Login("accepted", "it let the password in")
        if reply.status == 401:
            return Login("refused", "it refused the password (HTTP 401)")
        if reply.status == 500:
            return Login("broken", "its login fails (HTTP 500): the hash in its settings is corrupt")
        return Login("unknown", f"its login answers HTTP {reply.status}")

    def _post(self, password: Secret, xsrf: str) -> Response:
        form = {"password": password.reveal(), **({"_xsrf": xsrf} if xsrf else {})}
        headers = {"Host": self.host, "Content-Type": "application/x-www-form-urlencoded"}
        if xsrf:
            headers["Cookie"] = f"_xsrf={xsrf}"
        body = urllib.parse.urlencode(form).encode()
        return self.channel.post(f"{self.base_url}login", self.deadline, headers, body)

    def _logout(self, reply: Response, xsrf: str) -> None:
        """With the cookie that the login gave, so that the server can forget it."""
        cookies = dict(_COOKIE.findall(reply.headers.get("set-cookie", "")))
        cookies.pop("_xsrf", None)
        pairs = [f"{name}={value}" for name, value in cookies.items() if value] + ([f"_xsrf={xsrf}"] if xsrf else [])
        try:
            self.channel.get(f"{self.base_url}logout", self.deadline, {"Host": self.host, "Cookie": "; ".join(pairs)})
        except TransportError:
            return  # the cookie is forgotten here in any case, and nobody else has it
