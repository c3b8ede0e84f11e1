"""The other host's bash, where there is neither curl nor python3: plain HTTP over /dev/tcp, no TLS, whole seconds."""

from __future__ import annotations

import math
import re
from shlex import quote
from typing import TYPE_CHECKING

from jntui.network.remote.exchange import Exchange, failed, kind_by_words
from jntui.network.remote.python3 import answer
from jntui.transport import is_ip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Failure
    from jntui.network.remote.exchange import Record, Request

DATA_LIMIT = 4096
"""Bytes of one answer: bash puts them into hexadecimal one by one."""

SIDE_BY_SIDE = 16

NO_TLS = "bash speaks no TLS, and there is neither curl nor python3"

PROGRAM = f"""
LC_ALL=C
put() {{ # number, name, value: in lines of 200 bytes
  local line= place code
  for ((place = 0; place < ${{#3}}; place++)); do
    printf -v code '%d' "'${{3:place:1}}"
    printf -v code '%02x' $((code & 255))
    line+=$code
    ((place % 200 == 199)) && {{ printf '%s %s %s %s\\n' "$m" "$1" "$2" "$line"; line=; }}
  done
  [ -z "$line" ] || printf '%s %s %s %s\\n' "$m" "$1" "$2" "$line"
}}
work() {{ # number, host, port, seconds, request
  local line status length= got=0
  exec 5<>"/dev/tcp/$2/$3" || return
  put "$1" peer "connected ${{EPOCHREALTIME-}}"
  printf '%s' "$5" >&5
  while ((got < {DATA_LIMIT})); do # the head, a line at a time
    IFS= read -r -n $(({DATA_LIMIT} - got)) -t "$4" line <&5
    status=$?
    got=$((got + ${{#line}} + 1))
    if ((status)); then
      put "$1" data "$line"
      if ((status > 128)); then put "$1" end timeout; else put "$1" end eof; fi
      return
    fi
    put "$1" data "$line"$'\n'
    case "$line" in
      [Cc]ontent-[Ll]ength:*) length=${{line//[!0-9]/}} ;;
      '' | $'\r') break ;;
    esac
  done
  ((got >= {DATA_LIMIT})) && {{ put "$1" end limit; return; }}
  case "$length" in '' | ?????*) length={DATA_LIMIT} ;; esac
  ((length > {DATA_LIMIT} - got)) && length=$(({DATA_LIMIT} - got))
  line= status=0
  ((length)) && {{ IFS= read -r -d '' -n "$length" -t "$4" line <&5; status=$?; }}
  put "$1" data "$line"
  if ((status > 128)); then
    put "$1" end timeout
  elif ((status)); then
    put "$1" end eof
  elif ((${{#line}} < length)); then # it stops at a byte 0
    put "$1" end limit
  elif ((length == {DATA_LIMIT} - got)); then
    put "$1" end limit
  else
    put "$1" end whole
  fi
}}
one() {{
  local begin=${{EPOCHREALTIME-}}
  {{
    {{
      work "$@" 2>&4 >&3 &
      worker=$!
      {{ sleep "$4"; kill -9 "$worker"; }} >/dev/null 2>&1 3>&- 4>&- &
      timer=$!
      wait "$worker"
      put "$1" log "ended $?" >&3
      put "$1" time "$begin ${{EPOCHREALTIME-}}" >&3
      kill "$timer"
    }} 4>&1 2>/dev/null | {{ IFS= read -r -d '' -n 400 words; put "$1" fail "$words"; }}
  }} 3>&1
}}
"""
"""`one N HOST PORT SECONDS REQUEST`. A connection that nobody answers is ended by the timer."""


def text(requests: Sequence[Request], mark: str) -> str:
    """The shell's lines for a round; https is left out. Raises Unfit."""
    lines = [f"m={mark}", PROGRAM]
    for number, request in enumerate(requests):
        request.url  # noqa: B018 - raises Unfit for what no URL may hold
        if request.target.scheme == "https":
            continue
        head = "\r\n".join([f"GET {request.path} HTTP/1.1", *request.headers, "Connection: close", "", ""])
        words = [request.target.host, str(request.target.port), str(math.ceil(request.whole_s)), head]
        lines.append(f"one {number} {' '.join(quote(word) for word in words)} &")
        if number % SIDE_BY_SIDE == SIDE_BY_SIDE - 1:
            lines.append("wait")
    program = "\n".join([*lines, "wait"])
    return f"printf '%s\\n' {quote(program)} | bash --noprofile --norc 2>/dev/null"


def read(record: Record, request: Request, mark: str) -> Exchange | None:
    """What a request came to; None if the record is not whole."""
    del mark
    if request.target.scheme == "https":
        return Exchange(failure=failed("tls", "other", NO_TLS))
    if not re.fullmatch(rb"ended \d{1,3}", record.get("log", b"")):
        return None
    begin, end = _moments(record.get("time", b""), 2)
    elapsed_ms = request.whole_s * 1000 if begin is None or end is None else _between(begin, end)
    word = record.get("peer", b"")
    if not word.startswith(b"connected"):
        return Exchange(elapsed_ms=elapsed_ms, failure=_failure(record.get("fail", b"").decode("utf-8", "replace")))
    (connected,) = _moments(word.removeprefix(b"connected "), 1)
    data = record.get("data", b"")
    # Without an end it was the timer that ended it.
    response, problem = answer(data, record.get("end", b"timeout").decode("ascii", "replace"))
    return Exchange(
        peer=request.target.host if is_ip(request.target.host) else "",
        connected=True,
        connect_ms=None if begin is None or connected is None else _between(begin, connected),
        elapsed_ms=elapsed_ms,
        failure=problem,
        response=response,
        bytes_read=len(data),
    )


def _moments(text: bytes, count: int) -> tuple[float | None, ...]:
    """$EPOCHREALTIME in milliseconds (bash 5); older ones know none."""
    words = text.decode("ascii", "replace").split(" ")
    if len(words) != count or not all(re.fullmatch(r"[0-9]{1,12}[.,][0-9]{6}", word) for word in words):
        return (None,) * count
    return tuple(float(word.replace(",", ".")) * 1000 for word in words)


def _between(begin: float, end: float) -> float:
    return round(max(0.0, end - begin), 1)


def _failure(words: str) -> Failure:
    said = re.sub(r"^(?:(?:bash|main|line \d+): ?)+", "", words.split("\n", maxsplit=1)[0])
    if not said:
        return failed("connect", "timeout", "timed out")
    kind = kind_by_words(words)
    if kind == "other" and re.search(r"not known|name resolution|no address|lookup|hostname", words, re.I):
        return failed("resolve", "name-unknown", said)
    return failed("connect", kind, said)
