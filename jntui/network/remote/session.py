"""The whole check from another host: one ssh, a few rounds of requests, a probe for each endpoint."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from jntui.model import RemoteFailed
from jntui.network.remote import bash, curl, python3, trouble
from jntui.network.remote.exchange import NAMES
from jntui.network.remote.steps import steps
from jntui.process.conversation import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jntui.model import Endpoint, Probe, Server
    from jntui.network.remote.exchange import Exchange, Record, Request
    from jntui.network.remote.steps import Steps
    from jntui.process import Processes
    from jntui.process.conversation import Conversation

LOGIN_S = 20.0
"""How long ssh may take until the other host's shell answers."""
CONNECT_S = 10
"""Of it, for the connection itself."""
SLACK_S = 5.0
"""What a round may take beyond the limits of its requests: the way there and back, and starting the programs."""
MOST_ENDPOINTS = 256
_ROUNDS = 8
_FIELD_LIMIT = 64 * 1024
_NOISE_LIMIT = 1024 * 1024
_ANSWER_LIMIT = 96 * 1024
"""Bytes that one request's record may have on the wire: hexadecimal, its lines marked."""

OPTIONS = (
    "BatchMode=yes",
    f"ConnectTimeout={CONNECT_S}",
    "ServerAliveInterval=5",
    "ServerAliveCountMax=3",
    # A connection that the user shares is used, but none is left behind for others.
    "ControlMaster=no",
    "ControlPersist=no",
    "ClearAllForwardings=yes",
    "ForwardAgent=no",
    "ForwardX11=no",
    "PermitLocalCommand=no",
    "RemoteCommand=none",
    "RequestTTY=no",
    "Tunnel=no",
    "LogLevel=ERROR",
)
"""ssh_config(5): no question, no terminal, nothing of the user's configuration that would do more than connect."""

HELLO = """
LC_ALL=C LANGUAGE=C
export LC_ALL LANGUAGE
m=%s
have() { for c in "$@"; do command -v "$c" >/dev/null 2>&1 || return 1; done; }
tool=none
if have curl od tr fold head sed tail cut; then
  case "$(curl -q --version 2>/dev/null </dev/null)" in
    'curl '[0-6].*|'curl 7.'[0-9].*|'curl 7.'[12][0-9].*|'curl 7.'3[012].*) ;;
    'curl '*) tool=curl ;;
  esac
fi
if [ "$tool" = none ] && python3 -ISB -c 'import json, socket, threading' </dev/null >/dev/null 2>&1; then
  tool=python3
fi
if [ "$tool" = none ] && have bash sleep && bash --noprofile --norc -c : </dev/null >/dev/null 2>&1; then tool=bash; fi
printf '\\n%%s hello %%s\\n%%s end\\n' "$m" "$tool" "$m"
"""
"""Which program makes the requests over there. curl is used from 7.33 on, the first with `http1.1`."""


class Tool(Protocol):
    """A program on the other host that can make requests."""

    def text(self, requests: Sequence[Request], mark: str) -> str:
        """The shell's lines for one round. Raises Unfit."""

    def read(self, record: Record, request: Request, mark: str) -> Exchange | None:
        """What a request came to; None if the record is not whole."""


TOOLS: dict[str, tuple[Tool, int]] = {
    "curl": (curl, curl.SIDE_BY_SIDE),
    "python3": (python3, curl.SIDE_BY_SIDE),
    "bash": (bash, bash.SIDE_BY_SIDE),
}
"""By name, with how many requests each makes at once."""


@dataclass(slots=True)
class _Session:
    """An open conversation with the other host's shell."""

    host: str
    talk: Conversation
    mark: str
    limit: int
    tool: str = ""

    def ask(self, text: str, timeout_s: float) -> list[bytes]:
        """The marked lines that answer `text`. Raises RemoteFailed."""
        whole = f"{text}\nprintf '%s end\\n' \"$m\"\n" if self.tool else text
        try:
            return self.talk.ask(whole.encode("ascii"), b"end", timeout_s)
        except NoAnswer as error:
            raise self._explained(error, timeout_s) from error

    def _explained(self, error: NoAnswer, timeout_s: float) -> RemoteFailed:
        if error.how == "too-much":
            return trouble.too_much(self.host, self.limit)
        if error.how == "timeout":
            return trouble.silent(self.host, timeout_s, self.talk.noise, self.talk.errors)
        status = self.talk.status()
        if status == 255 and not self.tool:
            return trouble.ssh_failed(self.host, self.talk.errors)
        if not self.tool:
            return trouble.no_shell(self.host, status, self.talk.noise, self.talk.errors)
        return trouble.broken_off(self.host, self.talk.errors)


def probe_from(
    host: str,
    targets: Sequence[tuple[Server | None, Endpoint]],
    timeout_s: float,
    processes: Processes,
    environ: Mapping[str, str],
    *,
    login_s: float = LOGIN_S,
) -> list[Probe]:
    """Probes the endpoints from `host`, `timeout_s` seconds each, side by side. At most 256 endpoints.

    Raises RemoteFailed when the host cannot be asked; what an endpoint does is never an exception. ssh and all that it
    started are ended before this returns.
    """
    trouble.check_host(host)
    if len(targets) > MOST_ENDPOINTS:
        raise RemoteFailed(f"{len(targets)} endpoints are too many for one check from {host}: name one server")
    mark = f"jntui-{secrets.token_hex(12)}"
    limit = _NOISE_LIMIT + _ANSWER_LIMIT * 2 * len(targets)
    # What Jupyter reads from the environment may be a token; a SendEnv of the user's would take it along.
    env = {name: value for name, value in environ.items() if not name.startswith("JUPYTER")}
    argv = ["ssh", "-T", *(word for option in OPTIONS for word in ("-o", option)), "--", host, "sh", "-s"]
    try:
        talk = processes.converse(argv, env, f"{mark} ".encode(), limit)
    except (OSError, ValueError) as error:
        raise trouble.no_ssh(error if isinstance(error, OSError) else OSError(str(error))) from error
    with talk:
        session = _Session(host, talk, mark, limit)
        session.tool = _tool(session.ask(HELLO % mark, login_s))
        if session.tool not in TOOLS:
            raise trouble.no_tool(host)
        return _rounds(session, [steps(endpoint, server, host, timeout_s) for server, endpoint in targets])


def _tool(lines: Sequence[bytes]) -> str:
    said = [line.removeprefix(b"hello ").decode("ascii", "replace") for line in lines if line.startswith(b"hello ")]
    return said[0] if len(said) == 1 else ""


def _rounds(session: _Session, running: list[Steps]) -> list[Probe]:
    """Advances all probes together: the requests that each wants next make up one round."""
    probes: dict[int, Probe] = {}
    given: dict[int, Exchange | None] = dict.fromkeys(range(len(running)))
    for _ in range(_ROUNDS):
        wanted: list[tuple[int, Request]] = []
        for place, exchange in given.items():
            try:
                request = next(running[place]) if exchange is None else running[place].send(exchange)
            except StopIteration as done:
                probes[place] = done.value
            else:
                wanted.append((place, request))
        if not wanted:
            break
        exchanges = _round(session, [request for _, request in wanted])
        given = {place: exchange for (place, _), exchange in zip(wanted, exchanges, strict=True)}
    return [probes[place] for place in range(len(running))]


def _round(session: _Session, requests: Sequence[Request]) -> list[Exchange]:
    tool, at_once = TOOLS[session.tool]
    waves = -(-len(requests) // at_once)
    # bash counts whole seconds.
    longest_s = max(request.whole_s for request in requests) + 1.0
    lines = session.ask(tool.text(requests, session.mark), waves * longest_s + SLACK_S)
    records = read_records(lines, len(requests))
    if records is None:
        raise trouble.unreadable(session.host)
    exchanges = []
    for record, request in zip(records, requests, strict=True):
        exchange = tool.read(record, request, session.mark)
        if exchange is None:
            raise trouble.unreadable(session.host)
        exchanges.append(exchange)
    return exchanges


_LINE = re.compile(rb"(\d{1,3}) ([a-z]{1,8}) ((?:[0-9a-f]{2}){0,200})")


def read_records(lines: Sequence[bytes], count: int) -> list[Record] | None:
    """What was sent for each of `count` requests; None if a line is not `NUMBER NAME HEX` or not asked for."""
    found: list[dict[str, bytearray]] = [{} for _ in range(count)]
    for line in lines:
        matched = _LINE.fullmatch(line)
        if matched is None:
            return None
        number, name = int(matched.group(1)), matched.group(2).decode("ascii")
        if number >= count or name not in NAMES:
            return None
        value = found[number].setdefault(name, bytearray())
        value += bytes.fromhex(matched.group(3).decode("ascii"))
        if len(value) > _FIELD_LIMIT:
            return None
    return [{name: bytes(value) for name, value in record.items()} for record in found]
