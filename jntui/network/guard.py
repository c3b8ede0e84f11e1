"""What guards a server, found out without a token: the same questions from here and from another host.

A generator: it yields the path of a page below the base URL, is given the answer, and returns what they add up to.
`login` is asked before `api/status`, which would write warnings into a guarded server's log.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.network.reply import from_jupyter, read_login

if TYPE_CHECKING:
    from jntui.model import AuthOutcome, Reply, Server
    from jntui.transport import Response

STATUS = "api/status?no_track_activity=1"
"""It needs authentication and does not count as activity."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What was found."""

    auth: AuthOutcome | None
    """None: it is no Jupyter, a version at `api` is all that it has of it."""
    words: str
    gateway: bool = False
    """It behaves as a Kernel Gateway."""
    answer: Response | None = None
    """The last answer."""

    @property
    def ok(self) -> bool | None:
        """Whether somebody without a login gets in; None where that cannot be said."""
        return True if self.auth == "open" else None


Questions = Generator[str, "Response", Guard]


def questions(server: Server | None, reply: Reply, base: str) -> Questions:
    """What to ask after `reply`, the answer to `api` below `base`."""
    if reply.status == 401:
        return Guard("login", "it asks for a token that is not known here")
    if (server is not None and server.auth == "none") or reply.anonymous:
        return (yield from _status(reply))
    answer = yield "login"
    page = read_login(answer, reply, base)
    if page == "unguarded":
        return (yield from _status(reply))
    if page == "guarded":
        return Guard("login", "it asks for a login that is not known here", answer=answer)
    if page == "unknown":
        return Guard("unknown", f"its login page answers {answer.status}", answer=answer)
    return _foreign("its login page is none of Jupyter's", answer)


def _status(reply: Reply) -> Questions:
    """Asked only where nothing seems to guard it."""
    answer = yield STATUS
    if answer.status == 200:
        return Guard("open", "api/status was read without any login", answer=answer)
    if answer.status != 404:
        return Guard("login", f"it asks for a login ({answer.status})", answer=answer)
    if not from_jupyter(reply):
        return _foreign("neither api/status nor a mark of Jupyter is there", answer)
    # Only a Kernel Gateway answers `api` and has neither page, and one that guards itself would not have answered.
    return Guard("open", "api was read without any login", gateway=True, answer=answer)


def _foreign(why: str, answer: Response) -> Guard:
    return Guard(None, f"not asked further: {why}", answer=answer)


def same_start(server: Server | None, answer: Response | None) -> bool | None:
    """`started` of `api/status` tells two servers apart where no listener can: behind a tunnel, at an added URL.

    None where either is not known.
    """
    known = server.api_started if server is not None else None
    if not known or answer is None:
        return None
    try:
        status: object = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    started = status.get("started") if isinstance(status, Mapping) else None
    return started == known if isinstance(started, str) else None


def start_words(same: bool) -> str:
    """The same for the identity stage."""
    return "this server (same start time)" if same else "another start time than this server's"
