"""What goes wrong on the way to another host, each in one clear line: what, where, what to do.

OpenSSH ends with 255 for every failure of its own; only its words tell them apart. Pure.
"""

from __future__ import annotations

import re

from jntui.model import RemoteFailed
from jntui.text import visible

_LONGEST = 255

_UNKNOWN_KEY = (
    "the host key of {host} is not in known_hosts: run `ssh {host}` once yourself, compare the "
    "fingerprint and accept it"
)
_CLOSES = "{host} closes the SSH connection before a login: see its sshd's log"

SSH_WORDS: tuple[tuple[str, str], ...] = (
    (
        "REMOTE HOST IDENTIFICATION HAS CHANGED",
        "{host} shows another host key than the one in known_hosts: find out why, then forget the old one with "
        "ssh-keygen -R",
    ),
    ("Host key verification failed", _UNKNOWN_KEY),
    ("host key is known for", _UNKNOWN_KEY),
    (
        "Permission denied",
        "{host} does not let you in: nothing is asked here, so it takes a key without a passphrase or one that "
        "ssh-agent holds; `ssh -o BatchMode=yes {host} true` has to work",
    ),
    (
        "Too many authentication failures",
        "{host} does not let you in, as too many keys were offered: name the right one with IdentityFile and "
        "IdentitiesOnly in ~/.ssh/config",
    ),
    (
        "Could not resolve hostname",
        "the name {host} is unknown to ssh: write a name of ~/.ssh/config or DNS, or an address",
    ),
    ("Connection refused", "{host} refuses the SSH connection: start sshd there, or name its port in ~/.ssh/config"),
    ("timed out", "{host} does not answer to SSH: see whether it is on, and whether its firewall lets SSH in"),
    ("No route to host", "no way leads to {host}: see whether it is on, and which address it has now"),
    ("Network is unreachable", "no way leads to {host}: connect the network or the VPN that does"),
    ("Bad configuration option", "ssh refuses your ssh configuration: mend the line that it names"),
    ("Bad owner or permissions", "ssh refuses your ssh configuration: give that file to yourself alone (chmod 600)"),
    ("no matching", "ssh and {host} agree on no algorithm: see `ssh -v {host}`"),
    ("onnection closed", _CLOSES),
    ("onnection reset", _CLOSES),
)
"""Words of OpenSSH's stderr, and what they mean for a user. The first that occurs speaks."""


def check_host(host: str) -> None:
    """Raises RemoteFailed for what ssh would take for an option, or what no host is."""
    shown = visible(host, 80)
    if not host.strip():
        raise RemoteFailed("--from names no host: write one as ssh knows it, like phone or ada@192.168.2.31")
    if host.startswith("-"):
        raise RemoteFailed(f"{shown!r} begins with a hyphen, so it is no host: write one as ssh knows it")
    if visible(host, len(host)) != host or any(char.isspace() for char in host):
        raise RemoteFailed(f"{shown!r} holds a blank or a control character: write a host as ssh knows it")
    if len(host) > _LONGEST:
        raise RemoteFailed(f"the host has {len(host)} characters: more than {_LONGEST} are not accepted")


def no_ssh(error: OSError) -> RemoteFailed:
    """ssh could not be started."""
    why = visible(error.strerror or str(error), 120)
    return RemoteFailed(f"ssh cannot be run here ({why}): install OpenSSH's client (openssh-client)")


def ssh_failed(host: str, errors: str) -> RemoteFailed:
    """ssh ended with 255: its own words decide."""
    words = _last_line(errors)
    said = f" (ssh: {words})" if words else ""
    for phrase, meaning in SSH_WORDS:
        if phrase in errors:
            return RemoteFailed(meaning.format(host=host) + said)
    return RemoteFailed(f"ssh to {host} failed: see `ssh -v {host}`{said}")


def no_shell(host: str, status: int | None, noise: str, errors: str) -> RemoteFailed:
    """The login succeeded, and what answered is no shell that runs `sh`."""
    words = _last_line(errors) or _last_line(noise)
    said = f"it said: {words}" if words else "it said nothing"
    ended = f", exit status {status}" if status is not None else ""
    return RemoteFailed(f"{host} lets you in but runs no `sh`{ended} ({said}): name a host with a POSIX shell")


def silent(host: str, seconds: float, noise: str, errors: str) -> RemoteFailed:
    """No answer within the time; ssh was ended."""
    words = _last_line(errors) or _last_line(noise)
    said = f"; last it said: {words}" if words else ""
    return RemoteFailed(
        f"{host} gave no answer within {seconds:g} s{said}: see what `ssh {host} true` waits for (the way there, a "
        "question, a start-up file)"
    )


def broken_off(host: str, errors: str) -> RemoteFailed:
    """It ended in the middle of a check."""
    words = _last_line(errors)
    return RemoteFailed(
        f"the connection to {host} ended during the check{f' (ssh: {words})' if words else ''}: check again"
    )


def too_much(host: str, limit: int) -> RemoteFailed:
    """It sent more than was asked for."""
    return RemoteFailed(
        f"{host} sent more than {limit // 1024} KiB, so the check was ended: see what its start-up files print "
        f"(`ssh {host} true`)"
    )


def unreadable(host: str) -> RemoteFailed:
    """Its answers are not what they were asked to be."""
    return RemoteFailed(f"what {host} sent back is no whole answer: check again, or name another host")


def no_tool(host: str) -> RemoteFailed:
    """Nothing there can make a request."""
    return RemoteFailed(f"{host} has neither curl (7.33 or newer) nor python3 nor bash with sleep: install curl there")


def _last_line(text: str) -> str:
    """The last line that says something, without ssh's frame of @."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", text[-8192:])]
    told = [line for line in lines if line and not set(line) <= {"@", " "}]
    return visible(told[-1], 160) if told else ""
