"""Asks a server to shut itself down: `POST api/shutdown` (services/shutdown.py of jupyter_server and notebook).

With a token nothing more is needed. Without authentication the server wants its XSRF cookie back in a header, as a
browser would send it (jupyter_server base/handlers.py, `check_xsrf_cookie`); a page of it sets that cookie.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.jupyter.authorized import failure_words
from jntui.transport import TransportError

if TYPE_CHECKING:
    from jntui.jupyter.authorized import Authorized
    from jntui.transport import Channel, Deadline, Transport

_XSRF = re.compile(r"(?:^|[,;\s])_xsrf=([^;,\s]+)")
_PAGES = ("tree", "lab", "", "login")
"""Pages that may set the cookie: Notebook's, JupyterLab's, the bare server's; the last is there on no open server."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How the request went."""

    accepted: bool
    """It may be ending: it said yes, or the connection ended while it did."""
    words: str


def ask_shutdown(way: Authorized, transport: Transport, deadline: Deadline) -> Asked:
    """Asks once, within the deadline; never raises. The server answers after it has stopped its kernels."""
    try:
        channel = way.connect(transport, deadline)
    except TransportError as error:
        return Asked(False, f"it does not answer: {failure_words(error)}")
    try:
        more = xsrf_headers(way, channel, deadline) if way.needs_xsrf else {}
        reply = way.post(channel, "api/shutdown", deadline, more)
    except TransportError as error:
        ended = error.kind in {"closed", "reset"}
        return Asked(ended, f"the connection ended: {failure_words(error)}" if ended else failure_words(error))
    finally:
        channel.close()
    if reply.status in {200, 204}:
        return Asked(True, "it said yes")
    return Asked(False, f"it refused (HTTP {reply.status})")


def xsrf_headers(way: Authorized, channel: Channel, deadline: Deadline) -> dict[str, str]:
    """The cookie and the header that repeats it; empty if no page sets one (`disable_check_xsrf`).

    Raises TransportError.
    """
    for page in _PAGES:
        reply = way.get(channel, page, deadline)
        found = _XSRF.search(reply.headers.get("set-cookie", ""))
        if found:
            return {"Cookie": f"_xsrf={found.group(1)}", "X-XSRFToken": found.group(1)}
    return {}
