"""The other host's curl: what it is told, and what its exit status, its words and its output mean.

Its configuration comes on stdin, so that no URL stands in a command line. Of `--verbose` only the lines that begin
with `*` are taken: since curl 7.8x `errormsg` hides why a connection failed, and they do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING

from jntui.network.remote.exchange import DATA_LIMIT, Exchange, failed, kind_by_words, read_response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Failure, FailureKind
    from jntui.network.remote.exchange import Record, Request

SIDE_BY_SIDE = 32
"""Requests that are under way on the other host at once."""

DEFINITIONS = f"""
send() {{
  while IFS= read -r line || [ -n "$line" ]; do printf '%s %s %s %s\\n' "$m" "$1" "$2" "$line"; done
}}
hex() {{ od -An -v -tx1 | tr -d ' \\n' | fold -w 400; }}
one() {{
  {{
    {{
      {{ printf '%s\\n' "$2" | curl -q --config -; printf '\\n%s exit %s\\n' "$m" "$?" >&2; }} 2>&4 |
        head -c {DATA_LIMIT} | hex | send "$1" data >&3
    }} 4>&1 | LC_ALL=C sed -n "/^[*] /p;/^curl: /p;/^$m /p" | tail -n 80 | cut -c1-300 | hex | send "$1" log
  }} 3>&1
}}
"""
"""`one N CONFIG`: what curl wrote to stdout goes through fd 3, its words through fd 4, in lines below PIPE_BUF, so
that those of several never mix. No here-document: some shells write one to a file."""


def text(requests: Sequence[Request], mark: str) -> str:
    """The shell's lines for a round. Raises Unfit."""
    lines = [DEFINITIONS]
    for number, request in enumerate(requests):
        lines.append(f"one {number} {quote(_config(request, mark))} 2>/dev/null &")
        if number % SIDE_BY_SIDE == SIDE_BY_SIDE - 1:
            lines.append("wait")
    return "\n".join([*lines, "wait"])


def _config(request: Request, mark: str) -> str:
    """curl's configuration (curl(1), --config): no proxy, no redirect, no other protocol, no compression."""
    figures = "%{http_code} %{time_namelookup} %{time_connect} %{time_appconnect} %{time_total} %{remote_ip}"
    switches = ["silent", "show-error", "verbose", "include", "globoff", "no-buffer", "http1.1"]
    values = [
        ("url", request.url),
        ("noproxy", "*"),
        ("proto", "=http,https"),
        ("connect-timeout", f"{request.connect_s:.3f}"),
        ("max-time", f"{request.whole_s:.3f}"),
        ("write-out", f"\\n{mark} out {figures}\\n"),
        *(("header", header) for header in request.headers),
    ]
    if not request.verify:
        switches.append("insecure")
    return "\n".join([*switches, *(f'{name} = "{value}"' for name, value in values)])


_OUT = re.compile(
    r" out (\d{3})((?: \d{1,6}[.,]\d{1,9}){4}) ?([0-9A-Fa-f:.]{0,45})(?:%[\w.-]{1,20})?\s*",
)
_CONNECTED = re.compile(r"^\* (?:Connected to|Established connection to) \S{1,300} \(([0-9A-Fa-f:.]{2,45})[ )]", re.M)
_VERIFIED = re.compile(r"^\*\s+SSL certificate verify (?:ok|result: (.{1,200}?) \(\d{1,6}\))", re.M)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What curl told, as numbers and words."""

    status: int
    """Its exit status."""
    log: str
    words: str
    """Its own sentence on what failed."""
    data: bytes
    connected: bool
    tls: bool


def read(record: Record, request: Request, mark: str) -> Exchange | None:
    """What a request came to; None if the record is not whole."""
    log = record.get("log", b"").decode("utf-8", "replace")
    ended = re.search(rf"^{re.escape(mark)} exit (\d{{1,3}})$", log, re.M)
    if ended is None:
        return None
    data, _, out = record.get("data", b"").rpartition(f"\n{mark}".encode())
    figures = _OUT.fullmatch(out.decode("ascii", "replace"))
    if figures is None:
        # A long answer pushed the figures out.
        data = record.get("data", b"")
    exchange = _timed(figures, log, request)
    said = re.search(r"^curl: \(\d+\) (.*)$", log, re.M)
    words = said.group(1) if said else f"curl ended with status {ended.group(1)}"
    seen = _Seen(int(ended.group(1)), log, words, data, exchange.connected, exchange.tls)
    exchange = replace(exchange, certificate=_certificate(seen, request), bytes_read=len(data))
    failure = _failure(seen, request)
    if failure is not None:
        return replace(exchange, failure=failure)
    response = read_response(data, whole=seen.status == 0, chunked=False)
    if response is None:
        limit = f"more than {DATA_LIMIT} bytes of headers" if seen.status else "the answer is not HTTP"
        return replace(exchange, failure=failed("http", "not-http", limit))
    return replace(exchange, response=response)


def _timed(figures: re.Match[str] | None, log: str, request: Request) -> Exchange:
    """The stages' times; where the figures are missing, what the log tells."""
    https = request.target.scheme == "https"
    seen = _CONNECTED.findall(log)
    tls = https and "SSL connection using" in log
    if figures is None:
        return Exchange(peer=seen[-1] if seen else "", connected=bool(seen), tls=tls)
    named, joined, secured, total = (float(word.replace(",", ".")) * 1000 for word in figures.group(2).split())
    connected = joined > 0 or bool(seen)
    tls = tls or (https and secured > 0)
    return Exchange(
        peer=(figures.group(3) or (seen[-1] if seen else "")) if connected else "",
        connected=connected,
        tls=tls,
        resolve_ms=round(named, 1) if named else None,
        connect_ms=round(max(0.0, joined - named), 1) if joined else None,
        tls_ms=round(max(0.0, secured - joined), 1) if tls and secured else None,
        elapsed_ms=round(total, 1),
    )


def _certificate(seen: _Seen, request: Request) -> str | None:
    """What is known of the certificate: without verification OpenSSL's curl still tells what it thinks of the chain."""
    if request.target.scheme != "https":
        return None
    if request.verify:
        if seen.status in {51, 60}:
            return re.sub(r"^SSL certificate problem: |^SSL: ", "", seen.words) or "it does not verify"
        return "" if seen.tls else None
    verified = _VERIFIED.findall(seen.log)
    # A chain that verifies says nothing of the name yet: only a verifying request does.
    return verified[-1] if verified and verified[-1] else None


_AT_TLS = frozenset({35, 53, 54, 58, 59, 66, 77, 80, 82, 83, 90, 91})
_NOT_HTTP = frozenset({1, 8, 27, 43, 100})
"""HTTP/0.9 (1), a reply that is none (8), headers without end (27, 100)."""


def _failure(seen: _Seen, request: Request) -> Failure | None:
    """curl's exit status (curl(1), EXIT CODES) in the model's words; None where an answer may have come."""
    status = seen.status
    if status in {0, 23}:
        return None  # 23: it could not write on, because the rest of the answer was not wanted
    if status in {51, 60}:
        return failed("tls", "tls-alert", seen.words)
    if status == 3:
        return failed("resolve", "bad-url", seen.words)
    if status == 6:
        return failed("resolve", "name-unknown", seen.words)
    if status == 28:
        return _timeout(seen, request)
    if status == 7 or not seen.connected:
        why = _connect_words(seen)
        return failed("connect", kind_by_words(why), why)
    if status in _AT_TLS or (request.target.scheme == "https" and not seen.tls):
        return failed("tls", _tls_kind(seen.words), seen.words)
    if status in _NOT_HTTP or "too large response headers" in seen.words.lower():
        return failed("http", "not-http", seen.words)
    reset = kind_by_words(seen.words) == "reset"
    return failed("http", "reset" if reset else "closed" if status in {18, 52, 55, 56} else "other", seen.words)


def _timeout(seen: _Seen, request: Request) -> Failure:
    if seen.connected:
        if request.target.scheme == "https" and not seen.tls:
            return failed("tls", "tls-timeout", seen.words)
        return failed("http", "too-slow" if seen.data.strip() else "silent", seen.words)
    if "Resolving timed out" in seen.log or "Resolving timed out" in seen.words:
        return failed("resolve", "name-unknown", seen.words)
    return failed("connect", "timeout", seen.words)


def _connect_words(seen: _Seen) -> str:
    """The system's word on each address that was tried, else curl's own sentence."""
    tried = re.findall(r"^\* +(?:connect to|Immediate connect fail for) (.{1,200})$", seen.log, re.M)
    return "; ".join(tried[-4:]) or seen.words


def _tls_kind(words: str) -> FailureKind:
    low = words.lower()
    if "reset" in low:
        return "reset"
    if "eof" in low or "ssl_error_syscall" in low or "closed" in low:
        return "closed"
    return "tls-timeout" if "timed out" in low else "tls-alert"
