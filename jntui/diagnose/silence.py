"""Rules for connections that come about and then bring no whole answer, or none of HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.diagnose.case import Rule, fit, is_loopback, joined
from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.diagnose.case import Case

_SEEN = {
    "silent": "It accepted the connection and then said nothing.",
    "too-slow": "It began to answer, but so slowly that no whole answer came in time.",
    "reset": "It accepted the connection and then reset it.",
    "closed": "It accepted the connection and closed it before a whole answer.",
    "tls-timeout": "It accepted the connection and then did not answer the TLS handshake.",
    "other": "It accepted the connection, and then the exchange failed.",
}

_SHORT = {
    "silent": "It says nothing",
    "too-slow": "It answers too slowly",
    "reset": "It resets the connection",
    "closed": "It closes the connection",
    "tls-timeout": "It answers no TLS handshake",
    "other": "The exchange fails",
}

_SSH = frozenset({"ssh", "sshd", "sshd-session", "autossh"})
_CONTAINER = frozenset({"docker-proxy", "rootlessport", "slirp4netns", "pasta", "pasta.avx2", "conmon", "podman"})

_ENDS = ("reset", "closed")


def _seen(case: Case) -> str:
    return _SEEN.get(case.failure.kind, _SEEN["other"])


def _short(case: Case, likely: str) -> str:
    return fit(f"{_SHORT.get(case.failure.kind, _SHORT['other'])}: likely {likely}.")


def _evidence(case: Case) -> str:
    holder = case.around.holder
    return joined(
        f"{case.failure.detail}, within {case.probe.timeout_s:g} s in all",
        f"port {case.port} is held by {holder}" if holder else "",
    )


def _ends(case: Case) -> bool:
    """It ends the connection, and not because it wants the other scheme."""
    if case.probe.other_scheme_works is True:
        return False
    return case.ended_at("http", *_ENDS) or case.ended_at("tls", *_ENDS)


def _stops(case: Case) -> bool:
    """It accepts and says nothing, and not because it waits for the other scheme."""
    if case.probe.other_scheme_works is True:
        return False
    return case.ended_at("http", "silent", "too-slow") or case.ended_at("tls", "tls-timeout")


def _in_container(case: Case) -> Finding:
    return Finding(
        "no-answer",
        "The way into a container ends without an answer.",
        f"{case.around.holder} takes the connection for a container and ends it: likely the server in there listens on "
        "the container's own 127.0.0.1 only, or does not run.",
        _evidence(case),
        "Set ip to '0.0.0.0' inside the container (--ip=0.0.0.0) and restart it; the published port then reaches it.",
        certain=False,
        short_cause="Likely it listens on the container's 127.0.0.1.",
        short_fix="Inside the container set ip to '0.0.0.0'.",
        settings=("ip",),
    )


def _dead_end(case: Case) -> Finding:
    remote = case.around.holder.startswith("sshd")
    other = "the computer that the tunnel comes from" if remote else "the machine that the tunnel leads to"
    return Finding(
        "no-answer",
        "The near end of a tunnel answers, and nothing behind it.",
        f"{case.around.holder} holds this port and ends the connection: likely nothing listens at the tunnel's far "
        f"end, on {other}.",
        _evidence(case),
        "Look whether the server runs there, and whether the last two parts of ssh -L (or -R) name its address and "
        "port: ssh prints `open failed: connect failed` where they do not.",
        certain=False,
        short_cause="A tunnel ends it: likely nothing at its far end.",
        short_fix="Start the server there, or mend ssh -L's target.",
    )


def _dead_tunnel(case: Case) -> Finding:
    return Finding(
        "no-answer",
        "The near end of a tunnel accepts, and then nothing comes.",
        f"{case.around.holder} holds this port: likely the ssh connection behind it is dead, or the server at its far "
        "end hangs. Without ServerAliveInterval ssh does not notice.",
        _evidence(case),
        "End that ssh and start the tunnel again with -o ServerAliveInterval=15.",
        certain=False,
        short_cause="Likely the tunnel behind this port is dead.",
        short_fix="Start the tunnel again, with ServerAliveInterval.",
    )


def _own(case: Case) -> bool:
    return case.server is not None and bool(case.endpoint.covered)


def _suspended(case: Case) -> Finding:
    pid = case.around.suspended
    return Finding(
        "no-answer",
        "It accepts the connection, but no answer comes: the program is suspended.",
        f"{case.around.holder} (pid {pid}), which has this port, was stopped by ctrl+z, by SIGSTOP or in a debugger: "
        "it answers nobody until it goes on.",
        _evidence(case),
        f"Let it go on: fg in the terminal where it was started (or bg), or kill -CONT {pid}.",
        short_cause=f"It is suspended (ctrl+z): pid {pid}.",
        short_fix=f"Let it go on: fg in its terminal, or kill -CONT {pid}",
    )


def _hangs(case: Case) -> Finding:
    return Finding(
        "no-answer",
        "It accepts the connection, but no whole answer comes.",
        f"{_seen(case)} Likely the server hangs or is very busy.",
        _evidence(case),
        "Look into its log; if it stays so, restart it.",
        certain=False,
        short_cause=_short(case, "it hangs"),
        short_fix="Look into its log; if it stays so, restart it.",
    )


def _somebody(case: Case) -> Finding:
    here = is_loopback(case.peer) or case.around.local
    where = "here" if here else "on that machine"
    return Finding(
        "no-answer",
        "It accepts the connection, but no whole answer comes.",
        f"{_seen(case)} Likely the program there hangs, is no web server, or is the near end of a tunnel whose far end "
        "is closed.",
        _evidence(case),
        f"See {where} which program has the port (ss -ltnp), and whether the tunnel's far end answers.",
        certain=False,
        short_cause=_short(case, "no web server"),
        short_fix="See which program has the port (ss -ltnp).",
    )


def _banner(case: Case) -> Finding:
    ssh = "SSH-" in case.failure.detail
    who = "an SSH server" if ssh else "another program"
    holder = f" ({case.around.holder})" if case.around.holder else ""
    return Finding(
        "not-jupyter",
        "Something else answers here, not a web server.",
        f"The answer is not HTTP, so {who}{holder} has this port.",
        case.failure.detail,
        f"See which program has port {case.port} (sudo ss -ltnp), and use the port that Jupyter printed.",
        short_cause=f"The answer is not HTTP: {who}.",
        short_fix="Use the port that Jupyter printed.",
        settings=("port",),
    )


HANDSHAKE: tuple[Rule, ...] = (
    Rule("no-answer: it is suspended", lambda c: _stops(c) and c.around.suspended > 0, _suspended),
    Rule("no-answer: a container's server", lambda c: _ends(c) and c.around.holder in _CONTAINER, _in_container),
    Rule("no-answer: a tunnel's far end", lambda c: _ends(c) and c.around.holder in _SSH, _dead_end),
    Rule("no-answer: a dead tunnel", lambda c: _stops(c) and c.around.holder in _SSH, _dead_tunnel),
    Rule(
        "no-answer: in the handshake",
        lambda c: c.ended_at("tls", "tls-timeout", "closed", "reset") and not c.endpoint.covered,
        _somebody,
    ),
)
"""In a TLS handshake too, so they come before the rules for one that fails."""

RULES: tuple[Rule, ...] = (
    Rule("not-jupyter: not HTTP", lambda c: c.ended_at("http", "not-http"), _banner),
    Rule("no-answer: the server hangs", lambda c: c.ended_at("http") and _own(c), _hangs),
    Rule("no-answer: another program", lambda c: c.ended_at("http"), _somebody),
)
