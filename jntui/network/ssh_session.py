"""Where the user's own SSH connection comes from and at which address of this machine it arrived."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.model import SshSession
from jntui.network.scope import parse

if TYPE_CHECKING:
    from collections.abc import Mapping


Run = Callable[[Sequence[str], float], "str | None"]
"""Runs an argv for at most so many seconds: its stdout, or None if it failed, hung or is not there."""

_TMUX_S = 0.5
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\$?")
"""A login name that can stand in a command line as it is."""


def session(environ: Mapping[str, str], run: Run | None = None) -> SshSession | None:
    """The SSH session that this environment belongs to; None if there is none, or it cannot be told.

    Inside tmux the program's own environment is that of whoever created the pane, so tmux is asked for the session's
    (it follows the client that attached last, tmux(1) update-environment). When tmux does not say, nothing is claimed.
    A jump host or a NAT can stand between: the peer is where the connection comes from, not who.
    """
    value = environ.get("SSH_CONNECTION", "")
    if environ.get("TMUX"):
        said = (run or _run)(("tmux", "show-environment", "SSH_CONNECTION"), _TMUX_S)
        name, _, value = (said or "").strip().partition("=")
        value = value if name == "SSH_CONNECTION" else ""
    found = parse_connection(value)
    login = environ.get("SUDO_USER", "")
    return replace(found, user=login) if found is not None and _USER.fullmatch(login) else found


def parse_connection(value: str) -> SshSession | None:
    """The value of SSH_CONNECTION (ssh(1): client address, its port, server address, its port); None if malformed."""
    words = value.split()
    if len(words) != 4:
        return None
    try:
        peer, address = str(parse(words[0])), str(parse(words[2]))
        ports = int(words[1]), int(words[3])
    except ValueError:
        return None  # sshd writes UNKNOWN where it could not tell; and anybody can set the variable
    if not all(0 < port < 65536 for port in ports):
        return None
    return SshSession(peer, address, ports[1])


def _run(argv: Sequence[str], timeout_s: float) -> str | None:
    import subprocess

    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s, check=False)
    except (OSError, subprocess.SubprocessError):
        return None  # tmux is not installed here, or does not answer: then nothing is claimed
    return done.stdout[:4096].decode("utf-8", "replace") if done.returncode == 0 else None
