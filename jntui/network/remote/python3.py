"""The other host's python3: the program that it gets on stdin, and what that program's report means."""

from __future__ import annotations

import json
import re
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from jntui.network.remote.exchange import DATA_LIMIT, Exchange, failed, read_response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Failure, FailureKind, StageName
    from jntui.network.remote.exchange import Record, Request
    from jntui.transport import Response


def text(requests: Sequence[Request], mark: str) -> str:
    """The shell's lines for a round. Raises Unfit."""
    program = Path(__file__).with_name("far_side.py").read_text(encoding="utf-8")
    jobs = json.dumps([_job(request) for request in requests])
    call = f"import json\nmain({mark!r}, json.loads({jobs!r}))"
    return f"printf '%s\\n' {quote(program + call)} | python3 -ISB - 2>/dev/null"


def _job(request: Request) -> dict[str, object]:
    request.url  # noqa: B018 - raises Unfit for what no URL may hold
    lines = [f"GET {request.path} HTTP/1.1", *request.headers, "Connection: close", "", ""]
    return {
        "host": request.target.host,
        "port": request.target.port,
        "tls": request.target.scheme == "https",
        "verify": request.verify,
        "connect_s": request.connect_s,
        "whole_s": request.whole_s,
        "head": "\r\n".join(lines),
        "limit": DATA_LIMIT,
    }


_TIMES = re.compile(r"(?:(?:all|connect|resolve|tls)=\d{1,7}\.\d ?){0,4}")

_STAGES: dict[str, StageName] = {"resolve": "resolve", "connect": "connect", "tls": "tls", "http": "http"}

_BY_NAME: dict[str, FailureKind] = {
    "ECONNREFUSED": "refused",
    "ETIMEDOUT": "timeout",
    "TIMEOUT": "timeout",
    "ENETUNREACH": "unreachable",
    "EADDRNOTAVAIL": "unreachable",
    "EHOSTUNREACH": "host-unreachable",
    "EACCES": "prohibited",
    "EPERM": "prohibited",
    "ECONNRESET": "reset",
    "EPIPE": "reset",
    "ECONNABORTED": "reset",
    "EOF": "closed",
    "TLS": "tls-alert",
}
"""Names instead of numbers: the other host may be another system."""


def read(record: Record, request: Request, mark: str) -> Exchange | None:
    """What a request came to; None if the record is not whole."""
    del mark
    words = {name: record.get(name, b"").decode("utf-8", "replace") for name in ("time", "fail", "end", "cert", "peer")}
    if not words["time"] and not words["fail"]:
        return None
    if not _TIMES.fullmatch(words["time"]):
        return None
    times = {name: float(value) for name, _, value in (pair.partition("=") for pair in words["time"].split())}
    data = record.get("data", b"")
    peer = words["peer"] if re.fullmatch(r"[0-9A-Fa-f:.]{2,45}", words["peer"]) else ""
    failure = _failure(words["fail"], data)
    response = None
    if failure is None and not request.verify:
        response, failure = answer(data, words["end"])
    return Exchange(
        peer=peer,
        connected="connect" in times,
        tls="tls" in times,
        resolve_ms=times.get("resolve"),
        connect_ms=_between(times, "resolve", "connect"),
        tls_ms=_between(times, "connect", "tls"),
        elapsed_ms=times.get("all", request.whole_s * 1000),
        failure=failure,
        response=response,
        certificate=_certificate(words["cert"]),
        bytes_read=len(data),
    )


def _between(times: dict[str, float], before: str, after: str) -> float | None:
    if before not in times or after not in times:
        return None
    return round(max(0.0, times[after] - times[before]), 1)


def _certificate(word: str) -> str | None:
    if word == "yes":
        return ""
    return word.removeprefix("no ") or "it does not verify" if word.startswith("no ") else None


def _failure(word: str, data: bytes) -> Failure | None:
    """`STAGE NAME words`, as the program over there writes it."""
    if not word:
        return None
    parts = [*word.split(" ", 2), "", ""]
    stage = _STAGES.get(parts[0], "http")
    if stage == "http" and not _begins_as_http(data):
        return failed("http", "not-http", "the answer is not HTTP")
    kind = _BY_NAME.get(parts[1], "other")
    if stage == "resolve":
        kind = "name-unknown"
    elif kind == "timeout" and stage == "tls":
        kind = "tls-timeout"
    elif kind == "timeout" and stage == "http":
        kind = "too-slow" if data else "silent"
    elif kind == "other" and stage == "tls":
        kind = "tls-alert"
    return failed(stage, kind, parts[2])


def answer(data: bytes, end: str) -> tuple[Response | None, Failure | None]:
    """The answer in the bytes that were read until their `end`, or why they are none."""
    response = read_response(data, whole=end == "eof", chunked=True)
    if response is not None and (not response.truncated or end == "limit"):
        return response, None
    if not _begins_as_http(data):
        return None, failed("http", "not-http", "the answer is not HTTP")
    if end == "limit":
        return None, failed("http", "not-http", f"more than {len(data)} bytes of headers")
    if end == "timeout":
        return None, failed("http", "too-slow" if data else "silent", "timed out")
    return None, failed("http", "closed", f"the connection ended after {len(data)} bytes")


def _begins_as_http(data: bytes) -> bool:
    """As far as it goes: the first bytes of a status line, or none at all."""
    return b"HTTP/1.".startswith(data[:7]) or data.startswith(b"HTTP/1.")
