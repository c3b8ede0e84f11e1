"""A QR code for a phone: of an endpoint that is checked first, and of no other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jntui.model import Share
from jntui.monitor.pool import gather

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Check, Endpoint, Secret, Server
    from jntui.monitor.survey import Survey

CHECK_S = 4.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What the code should be of."""

    address: str | None = None
    """This address or name and no other, also one that only this machine can open; None: the best one."""
    token: bool = True
    """The token goes into the code, where one is known and the server takes it."""
    url: str | None = None
    """Rather the endpoint of this URL than the best one, if it works for others too."""
    keys: bool = False
    """Reasons name the keys of the screen, not commands."""


def share(survey: Survey, server: Server, wish: Wish) -> Share:
    """Checks the endpoints that are in question now, and makes the code of the best one that works.

    At most CHECK_S seconds and a moment. `why_not` says in one line why there is none.
    """
    from jntui.diagnose import sharing

    endpoints = [one for one in survey.endpoints(server) if _asked(one, wish)]
    if not endpoints:
        return Share(None, why_not=_no_such(survey, server, wish), remedies=sharing.remedies(server, ()))
    checks = gather([partial(survey.check, server, one, CHECK_S) for one in endpoints])
    if wish.address is not None:
        check = next((one for one in checks if one.reachable), checks[0])
        if not check.reachable:
            fix = f": {check.finding.fix}" if check.finding.fix else ""
            return Share(None, why_not=f"{check.endpoint.url} is {check.verdict}{fix}")
        return draw(survey, server, check, token_for(check, server, wish))
    best = sharing.ranked(checks)
    if not best:
        why = sharing.why_none(server, checks, keys=wish.keys)
        return Share(None, why_not=why, remedies=sharing.remedies(server, checks))
    chosen = next((check for check in best if check.endpoint.url == wish.url), best[0])
    others = [check for check in best if check is not chosen]
    return draw(survey, server, chosen, token_for(chosen, server, wish), others)


def token_for(check: Check, server: Server, wish: Wish) -> Secret | None:
    """The server's own token goes to its own addresses: who answers at a URL that was added is not proven by it."""
    return server.token if wish.token and check.endpoint.kind == "direct" else None


def draw(
    survey: Survey, server: Server | None, check: Check, token: Secret | None, others: Sequence[Check] = ()
) -> Share:
    """The code of an endpoint that was checked just now; the token goes in unless the server takes none."""
    from jntui.diagnose import sharing
    from jntui.network.qr_code import encode

    url = check.endpoint.url
    takes = server is None or server.auth in {"token", "token+password", None}
    used = token if token and takes else None
    try:
        code = encode(survey.with_token(url, used) if used else url)
    except ValueError as error:
        return Share(None, why_not=f"{url}: {error}")
    # What runs there runs as the server's user, who need not be the one at this screen.
    user = (server.user if server is not None else None) or survey.machine.user
    login = sharing.login_words(server, with_token=used is not None, user=user)
    return Share(check, code, url, used is not None, login, sharing.phone_notes(check), others=tuple(others))


def _asked(endpoint: Endpoint, wish: Wish) -> bool:
    if endpoint.kind == "file":
        return False
    if wish.address is not None:
        return wish.address.strip("[]") in {endpoint.address, urlsplit(endpoint.url).hostname}
    return endpoint.offered and endpoint.covered is not False


def _no_such(survey: Survey, server: Server, wish: Wish) -> str:
    from jntui.diagnose import sharing

    if wish.address is None:
        return sharing.why_none(server, (), keys=wish.keys)
    known = [one.address for one in survey.endpoints(server) if one.address and one.offered]
    return f"{server.label} has no endpoint at {wish.address!r}; there are {', '.join(dict.fromkeys(known))}"
