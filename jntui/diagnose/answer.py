"""The one sentence that says where a server can be opened from the user's computer, and its best evidence."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from jntui.diagnose.case import WIDE_SCOPES, bound_hosts, cells, counted, fit, is_loopback, listed, ssh_line
from jntui.diagnose.firewall import BLOCKS
from jntui.model import SCOPES, Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Machine, Row, Scope, Server, Tone, Verdict

SCOPE_WORDS: dict[Scope, str] = {
    "this-machine": "this machine",
    "container": "containers",
    "link-local": "the link",
    "vpn": "VPN",
    "lan": "LAN",
    "carrier-nat": "the provider's network",
    "internet": "internet",
}

_FROM: dict[Scope, str] = {**SCOPE_WORDS, "lan": "the LAN", "vpn": "the VPN", "internet": "the internet"}

_NEAR_TO_FAR: tuple[Scope, ...] = ("lan", "vpn", "carrier-nat", "internet")

_SHORT = 56
"""Characters of a sentence on a narrow screen."""

_LONG = 100
"""Characters of a URL that a narrow screen shows in part, at most; a longer one has the row alone."""

_GOOD: tuple[Verdict, ...] = ("ok", "login", "open", "tls-untrusted")


def answer(server: Server, rows: Sequence[Row], machine: Machine) -> Answer:
    """The answer for one server. Its words claim no more than what was checked, and say from where."""
    by_state = _by_state(server, rows)
    # Slow to say who it is, and yet it answered a check: what was found counts.
    if by_state is not None and not (server.state == "unresponsive" and any(map(_reachable, rows))):
        return by_state
    alarm = _alarm(server, rows, machine)
    if alarm is not None:
        return alarm
    offered = [row for row in rows if row.endpoint.offered]
    if server.listeners and not bound_hosts(server) and not any(map(_reachable, rows)):
        return _socket_only(server, machine)
    if not any(row.check for row in offered):
        return _checking(server, offered)
    near = _best(rows, frozenset({"this-machine"}))
    wide = _best_wide(server, rows)
    if wide is not None and _kept_out(server, wide):
        return _behind_firewall(server, wide, near, machine)
    if wide is not None:
        return _open_wide(server, wide, near, machine)
    waiting = [row for row in offered if row.check is None and row.checking and row.endpoint.scope in WIDE_SCOPES]
    if waiting:
        return _checking(server, offered)
    page = _page_only(offered, near, machine)
    if page is not None:
        return _half_open(server, page, near, machine)
    if _from_elsewhere(machine):
        return _unreachable(server, rows, near, machine)
    return _here(server, near, rows)


def _by_state(server: Server, rows: Sequence[Row]) -> Answer | None:
    """For everything that does not run: there is nothing to open."""
    if server.state == "stale":
        left = "only its info file is left" if server.info_file else "nothing of it is left"
        why = server.reason.removeprefix("stale: ") or "its process is gone"
        return Answer("stale", f"Not a server any more: {why}, {left}", short=_brief(f"Not a server any more: {why}"))
    if server.state == "other-user":
        return Answer(
            "calm",
            f"{server.label} belongs to {server.user or 'another user'}: it cannot be looked into from here",
            evidence=server.reason,
            short=f"Belongs to {server.user or 'another user'}",
        )
    if server.state == "starting":
        return Answer(
            "checking",
            f"{server.label} is starting: nothing listens yet",
            evidence=server.reason,
            short="It is starting",
        )
    return _silent(server, rows) if server.state == "unresponsive" else None


def _silent(server: Server, rows: Sequence[Row]) -> Answer:
    """Where a check knows for certain what keeps it from answering, that is what the user has to read."""
    for row in sorted(rows, key=lambda row: not row.endpoint.your_ssh):
        finding = row.check.finding if row.check is not None else None
        own = row.endpoint.kind == "direct" and row.endpoint.covered is not False
        if own and finding is not None and finding.certain and finding.short_cause:
            cause = _inside(finding.short_cause.rstrip("."))
            named = f"{server.label}: {cause}"
            return Answer(
                "broken",
                f"{server.label} does not answer: {cause}",
                evidence=finding.short_fix or server.reason,
                short=named if len(named) <= _SHORT else cause[:_SHORT],
            )
    words = f"{server.label} does not answer as Jupyter"
    return Answer("broken", words, evidence=server.reason, short=words[:_SHORT])


def _inside(words: str) -> str:
    """As the second half of a sentence: a word that begins with one capital loses it, HTTP and I do not."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def _alarm(server: Server, rows: Sequence[Row], machine: Machine) -> Answer | None:
    open_scopes = {
        row.endpoint.scope
        for row in rows
        if row.endpoint.scope in WIDE_SCOPES
        and row.endpoint.kind != "file"
        and (
            (row.check is not None and row.check.verdict == "open")
            or (server.auth == "none" and row.endpoint.covered is True)
            or (server.auth == "none" and row.check is not None and row.check.verdict == "page-only")
        )
    }
    if not open_scopes:
        return None
    scopes = [scope for scope in ("lan", "vpn", "carrier-nat", "internet") if scope in open_scopes]
    over = listed(
        [_FROM[scope].removeprefix("the ") for scope in scopes[:-1]] + [_FROM[scopes[-1]].removeprefix("the ")]
    )
    over = over.replace(" and ", " or ")
    user = server.user or machine.user
    hosts = bound_hosts(server)
    everywhere = bool(set(hosts) & {"0.0.0.0", "::"})
    where = "every address" if everywhere else listed(hosts)
    return Answer(
        "alarm",
        f"No login: whoever reaches {server.label} over {over} can run code as {user}",
        evidence=f"It asks for no token and no password and listens on {where}: set a password and restart it.",
        short=_brief(f"No login: others can run code as {user}"),
    )


def _brief(*wordings: str) -> str:
    """The first wording that fits in one short line; the end of the last one goes, and an ellipsis says so."""
    return next((words for words in wordings if cells(words) <= _SHORT), fit(wordings[-1], _SHORT))


def _checking(server: Server, offered: Sequence[Row]) -> Answer:
    words = f"Checking {counted(len(offered), 'endpoint')} of {server.label}"
    return Answer("checking", words, evidence="what is known so far is below", short=_brief(words))


def _reachable(row: Row) -> bool:
    return row.check is not None and row.check.reachable and row.endpoint.kind != "file" and row.endpoint.offered


def _rank(row: Row) -> tuple[int, int]:
    verdict = row.check.verdict if row.check is not None else "no-answer"
    return (_GOOD.index(verdict) if verdict in _GOOD else len(_GOOD), SCOPES.index(row.endpoint.scope))


def _best(rows: Sequence[Row], scopes: frozenset[str]) -> Row | None:
    """The reachable row to offer: the best verdict; among equals the first, as rows go from near to far."""
    fitting = [row for row in rows if _reachable(row) and row.endpoint.scope in scopes]
    return min(fitting, key=lambda row: _rank(row)[0], default=None)


def _best_wide(server: Server, rows: Sequence[Row]) -> Row | None:
    """Where the user's SSH arrived, if that works; else LAN before VPN before the rest, literals before names.

    What this machine's firewall keeps others from comes last.
    """
    fitting = [row for row in rows if _reachable(row) and row.endpoint.scope in WIDE_SCOPES]

    def order(row: Row) -> tuple[bool, bool, int, bool, int]:
        literal = _is_literal(row.endpoint.address or "")
        return (
            _kept_out(server, row),
            not row.endpoint.your_ssh,
            _NEAR_TO_FAR.index(row.endpoint.scope),
            not literal,
            _rank(row)[0],
        )

    return min(fitting, key=order, default=None)


def _kept_out(server: Server, row: Row) -> bool:
    """This machine's own firewall, as it was read, keeps others out; a client that is connected proves the contrary."""
    return not server.peers and row.check is not None and row.check.finding.others in BLOCKS


def _page_only(offered: Sequence[Row], near: Row | None, machine: Machine) -> Row | None:
    """A page that opens without cells that run, where nothing better answers the user."""
    if near is not None and not _from_elsewhere(machine):
        return None
    scopes = WIDE_SCOPES if _from_elsewhere(machine) else frozenset(SCOPES)
    pages = [row for row in offered if row.check is not None and row.check.verdict == "page-only"]
    fitting = [row for row in pages if row.endpoint.scope in scopes]
    return min(fitting, key=lambda row: not row.endpoint.your_ssh, default=None)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _from_elsewhere(machine: Machine) -> bool:
    """The user sits at another computer: an SSH connection that does not come from this machine itself."""
    return machine.ssh is not None and not is_loopback(machine.ssh.peer)


def _open_wide(server: Server, wide: Row, near: Row | None, machine: Machine) -> Answer:
    url = wide.endpoint.url
    warns = wide.check is not None and wide.check.verdict == "tls-untrusted"
    tone: Tone = "catch" if warns else "works"
    warning = ": the browser will warn about the certificate" if warns else ""
    evidence = _seen(server, wide, machine)
    if _from_elsewhere(machine) and (wide.endpoint.your_ssh or wide.endpoint.kind != "direct"):
        short = f"{url} on your computer" if len(url) <= _LONG else "Open the marked row on your computer"
        return Answer(tone, "Open ", url, f" on your computer{warning}", evidence, short=short)
    origin = f" from {_FROM[wide.endpoint.scope]}{warning}"
    if _from_elsewhere(machine) or near is None:
        return Answer(
            tone, "Open ", url, origin, evidence, short=_brief(f"{url}{origin}", f"{url}{origin.removesuffix(warning)}")
        )
    after = f" here, or {url}{origin}"
    return Answer(
        tone,
        "Open ",
        near.endpoint.url,
        after,
        evidence,
        short=_brief(f"{url}{origin}", f"{url}{origin.removesuffix(warning)}"),
    )


def _behind_firewall(server: Server, wide: Row, near: Row | None, machine: Machine) -> Answer:
    finding = wide.check.finding if wide.check is not None else None
    verb = "drops" if finding is not None and finding.others == "drops" else "rejects"
    allow = " && ".join(finding.allow) if finding is not None else ""
    let_in = f"To let others in: {allow}" if allow else f"Allow TCP port {server.port} in it"
    if not _from_elsewhere(machine) and near is not None:
        after = f" here; for others this machine's firewall {verb} port {server.port}"
        return Answer(
            "catch", "Open ", near.endpoint.url, after, let_in, short=f"Open it here; the firewall {verb} others"
        )
    line = ssh_line(server, machine)
    subject = "Not reachable from your computer" if _from_elsewhere(machine) else "Not reachable from other devices"
    return Answer(
        "broken",
        f"{subject}: this machine's firewall {verb} port {server.port}",
        # What is copied stands first: the way that changes nothing. The other stands in the check's note as well.
        evidence=f"On your computer: {line}. {let_in}" if line and _from_elsewhere(machine) else let_in,
        short=_brief(f"Not reachable: the firewall {verb} port {server.port}"),
        copy=line if _from_elsewhere(machine) else "",
    )


def _half_open(server: Server, page: Row, near: Row | None, machine: Machine) -> Answer:
    finding = page.check.finding if page.check is not None else None
    cause = finding.short_cause if finding is not None else ""
    line = ssh_line(server, machine) if near is not None else ""
    return Answer(
        "catch",
        "The page opens at ",
        page.endpoint.url,
        ", but cells do not run",
        f"{cause} On your computer: {line}" if line else f"{cause} {finding.short_fix if finding is not None else ''}",
        short="The page opens, but cells do not run",
        copy=line,
    )


def _seen(server: Server, wide: Row, machine: Machine) -> str:
    if machine.ssh is not None and machine.ssh.peer in server.peers:
        return f"{machine.ssh.peer} is connected to it now."
    if server.peers:
        more = f" and {len(server.peers) - 1} more" if len(server.peers) > 1 else ""
        return (
            f"{server.peers[0]}{more} is connected to it now."
            if not more
            else f"{server.peers[0]}{more} are connected."
        )
    finding = wide.check.finding if wide.check is not None else None
    if finding is not None and finding.vantage:
        return f"{finding.vantage} opened it, asked over ssh."
    if finding is not None and finding.others == "accepts":
        return "It answered here, and this machine's firewall lets it in; only another device can prove more."
    return "It answered on this machine; a firewall can still stop others."


def _unreachable(server: Server, rows: Sequence[Row], near: Row | None, machine: Machine) -> Answer:
    line = ssh_line(server, machine)
    hosts = bound_hosts(server)
    short = "Not reachable from your computer"
    if hosts and all(is_loopback(host) for host in hosts):
        return Answer(
            "calm" if near is not None else "broken",
            f"{short}: {server.label} listens on this machine only",
            evidence=f"On your computer: {line}" if near is not None and line else _first_trouble(rows),
            short=short,
            copy=line if near is not None else "",
        )
    return Answer(
        "broken", f"{short}: {_first_trouble(rows)}", short=short, evidence=f"On your computer: {line}" if near else ""
    )


def _socket_only(server: Server, machine: Machine) -> Answer:
    path = server.listeners[0].path
    where = machine.ssh.address if machine.ssh is not None else machine.hostname
    line = f"ssh -L 127.0.0.1:8888:{path} {machine.user}@{where}"
    subject = "Not reachable from your computer" if _from_elsewhere(machine) else "No browser can open it"
    return Answer(
        "calm",
        f"{subject}: it listens on the socket {path} only",
        evidence=f"On your computer: {line}",
        short=_brief(f"{subject}: a socket file only"),
        copy=line,
    )


def _first_trouble(rows: Sequence[Row]) -> str:
    """The short cause of the row that matters most: where SSH arrived, else the first that should work."""
    ordered = sorted(rows, key=lambda row: not row.endpoint.your_ssh)
    for row in ordered:
        if row.check is not None and not row.check.reachable and row.endpoint.covered is not False:
            return (row.check.finding.short_cause or row.check.finding.headline).rstrip(".")
    for row in ordered:
        if row.check is not None and not row.check.reachable:
            return (row.check.finding.short_cause or row.check.finding.headline).rstrip(".")
    return "no address of it answers"


def _here(server: Server, near: Row | None, rows: Sequence[Row]) -> Answer:
    if near is None:
        trouble = _first_trouble(rows)
        return Answer("broken", f"Not reachable, not even here: {trouble}", short=_brief(f"Not reachable: {trouble}"))
    url = near.endpoint.url
    verdict = near.check.verdict if near.check is not None else "ok"
    hosts = bound_hosts(server)
    only = ", and only here" if hosts and all(is_loopback(host) for host in hosts) else ""
    warning = ": the browser will warn about the certificate" if verdict == "tls-untrusted" else ""
    tone: Tone = "catch" if verdict in {"tls-untrusted", "open"} else "works"
    evidence = (
        "It asks for no login: other users of this machine can use it too."
        if verdict == "open"
        else f"{server.label} listens on this machine only." if only else "It answered on this machine."
    )  # fmt: skip
    return Answer(tone, "Open ", url, f" here{only}{warning}", evidence, short=_brief(f"{url} here"))
