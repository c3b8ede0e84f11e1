"""What else a user of an endpoint should know: sentences beside the finding that change nothing in its verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose import certificate, firewall
from jntui.diagnose.case import WIDE_SCOPES, listed
from jntui.diagnose.websocket import logged_in, untestable
from jntui.model import GATEWAY, REACHABLE

if TYPE_CHECKING:
    from jntui.diagnose.case import Case
    from jntui.model import Finding

_NO_CONNECTION = frozenset({"bad-url", "unix-socket", "not-listening", "name-unknown"})


def notes(case: Case, finding: Finding) -> tuple[str, ...]:
    """The sentences, what matters most first."""
    works = finding.verdict in REACHABLE
    opens = works or finding.verdict == "page-only"
    return (
        *(_without_login(case) if finding.verdict == "page-only" else ()),
        *(_others(case, finding) if opens else ()),
        *(_inside(case) if opens else ()),
        *(certificate.notes(case) if opens else ()),
        *(_websocket(case) if works else ()),
        *(_gateway(case) if works else ()),
        *(_hairpin(case) if finding.verdict in {"timeout", "refused"} else ()),
        *(_environment(case) if finding.verdict not in _NO_CONNECTION else ()),
    )


def _without_login(case: Case) -> tuple[str, ...]:
    if case.probe.auth != "open":
        return ()
    return ("It asks for no token and no password. Whoever reaches it reads and writes its files. Set a password.",)


def _others(case: Case, finding: Finding) -> tuple[str, ...]:
    """What the firewall does with others: said only of the machine's own addresses, and not against better evidence.

    Of a plain success the cause says already what the firewall does: the note is only what that leaves out.
    """
    if not firewall.beyond(case) or case.probe.vantage:
        return ()
    told = finding.verdict == "ok"
    if firewall.blocks(case):
        return (_blocked(case, told),)
    if firewall.filtering(case) == "accepts":
        words = firewall.named(case)
        return () if told else (f"{words[:1].upper()}{words[1:]} lets the port in. {firewall.BETWEEN}",)
    return (*(() if told else (firewall.WHETHER,)), *firewall.unread(case))


def _blocked(case: Case, told: bool) -> str:
    """The rule that keeps others out, and what lets them in; `told`: that it does so stands in the cause already."""
    rule = firewall.rule(case)
    peers = case.server.peers if case.server is not None else ()
    still = f" {listed(peers[:3])} {'is' if len(peers) == 1 else 'are'} connected all the same." if peers else ""
    if told:
        return f"{f'The rule: {rule}.' if rule else ''}{still} {firewall.let_in(case)}".strip()
    said = firewall.sentence(case)
    return f"For other hosts {said[:1].lower()}{said[1:]}{f' ({rule})' if rule else ''}.{still} {firewall.let_in(case)}"


def _inside(case: Case) -> tuple[str, ...]:
    """jntui's own machine is a guest: what it calls its LAN is its host's."""
    around, port = case.around, case.port
    if not firewall.beyond(case) or case.probe.vantage:
        return ()
    if around.container:
        return (
            f"This is an address inside a container ({around.container}): other devices reach it only if the host "
            f"publishes the port when it starts the container (docker run -p {port}:{port}), and then at the host's "
            "own address.",
        )
    if around.wsl == 2 and case.endpoint.scope in WIDE_SCOPES:
        return (
            "This is an address inside WSL 2, behind a NAT of Windows: other devices reach it only by a forward, in an "
            f"administrator's PowerShell: netsh interface portproxy add v4tov4 listenport={port} "
            f"listenaddress=0.0.0.0 connectport={port} connectaddress={case.peer or case.host}, or with "
            "networkingMode=mirrored in .wslconfig. Windows' firewall decides as well.",
        )
    if around.wsl == 1:
        return ("This is WSL 1: the address is Windows' own, and Windows' firewall decides who gets in.",)
    if around.server_container:
        return (f"The server runs in a container ({around.server_container}) whose host passes this port on.",)
    return ()


def _websocket(case: Case) -> tuple[str, ...]:
    if untestable(case):
        which = "A Kernel Gateway" if _is_gateway(case) else f"Jupyter {case.reply.jupyter_version}"
        return (f"{which} has no WebSocket without a kernel, so whether cells run was not tested.",)
    socket = case.probe.websocket
    if socket is not None and socket.outcome == "forbidden" and not logged_in(case):
        return ("Whether cells run was not tested: Jupyter refuses a WebSocket without a login.",)
    return ()


def _is_gateway(case: Case) -> bool:
    return case.server is not None and case.server.app == GATEWAY


def _gateway(case: Case) -> tuple[str, ...]:
    if not _is_gateway(case):
        return ()
    return ("It is a Kernel Gateway: programs use it, and a browser finds no page there.",)


def _hairpin(case: Case) -> tuple[str, ...]:
    if case.server is None or case.local or case.endpoint.scope != "internet" or case.probe.vantage:
        return ()
    return (
        "If this is the public address of your own router: many routers do not lead back inside, so only a test from "
        "outside can tell.",
    )


def _environment(case: Case) -> tuple[str, ...]:
    """What would catch curl, requests and others on the way; jntui's own requests pass neither by."""
    around = case.around
    found = []
    if around.proxy:
        spare = f" Add {around.no_proxy} to no_proxy to spare it." if around.no_proxy else ""
        found.append(
            f"{around.proxy} is set: curl, requests and other programs go through that proxy to this address, jntui "
            f"does not.{spare}"
        )
    if around.netrc:
        found.append(
            f"{case.home(around.netrc)} has an entry for {case.host}: requests, and curl -n, send that login in place "
            "of the token (403). Take the entry out, or use trust_env=False in requests."
        )
    return tuple(found)
