"""How much code a Python file holds and how deep it is nested, measured before Python's own parser sees it.

That parser is written for files that one trusts: 200 kB of dense code become 130 MB of syntax tree, and a chain of
100 000 operators ends a Python 3.10 with a segmentation fault.
"""

from __future__ import annotations

import re

WORDS_LIMIT = 60_000
"""Names, numbers, texts and signs that a file may have; comments and blanks do not count."""
CHAIN_LIMIT = 1000
"""Operators in one expression; Python's compiler gives up at about as many."""

_TOKEN = re.compile(
    rb"""(?P<skip>[ \t\f]+|\#[^\r\n]*|\\\r?\n)
    |(?P<text>[A-Za-z]{0,2}(?:\"{3}(?:\\.?|[^\\])*?(?:\"{3}|\Z)|'{3}(?:\\.?|[^\\])*?(?:'{3}|\Z)
      |"(?:\\.|[^"\\\r\n])*"?|'(?:\\.|[^'\\\r\n])*'?))
    |(?P<link>\b(?:not|lambda|if|else|await|yield|from)\b|[-+*/.%@&|^<>~!])
    |(?P<name>[A-Za-z0-9_\x80-\xff]+)
    |(?P<open>[\[({])|(?P<close>[\])}])|(?P<part>[,;])|(?P<line>[\r\n]+)|(?P<other>.)""",
    re.DOTALL | re.VERBOSE,
)


def too_much(raw: bytes) -> str:
    """Why the code is not given to the parser, in words; empty if it may be."""
    words = 0
    chains = [0]
    """How many operators the expression has so far: one number for each open bracket."""
    for found in _TOKEN.finditer(raw):
        kind = found.lastgroup
        if kind == "skip":
            continue
        words += 1
        if kind == "text":
            # An f-string is code as well: each of its fields is an expression.
            words += found.group().count(b"{")
        elif kind == "open":
            chains.append(0)
        elif kind == "close":
            chains = chains[:-1] or [0]
            chains[-1] += 1
        elif kind == "part" or (kind == "line" and len(chains) == 1):
            chains[-1] = 0
        elif kind == "link":
            chains[-1] += 1
        if words > WORDS_LIMIT:
            return f"Jupyter reads it; jntui does not: more than {WORDS_LIMIT} words of code"
        if chains[-1] > CHAIN_LIMIT:
            return "nested too deeply to be read"
    return ""
