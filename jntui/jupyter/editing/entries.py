"""A dictionary as Python prints it, entry by entry: it may hold what no literal is, such as `PROTOCOL_TLS`."""

from __future__ import annotations

_OPEN, _CLOSE, _QUOTES = "([{<", ")]}>", "'\""


def entries(text: str) -> dict[str, str] | None:
    """Its keys and values, each as printed; None for what is no dictionary, or not whole."""
    if not (text.startswith("{") and text.endswith("}")):
        return None
    found = {}
    for piece in _cut(text[1:-1], ","):
        parts = _cut(piece, ":")
        if not piece.strip():
            continue
        if len(parts) < 2:
            return None  # a set, or cut off
        found[parts[0].strip()] = piece[len(parts[0]) + 1 :].strip()
    return found


def _cut(text: str, mark: str) -> list[str]:
    """At each mark that stands in no quotes and no brackets."""
    pieces, depth, quote, begin, at = [], 0, "", 0, 0
    while at < len(text):
        char = text[at]
        if quote:
            at += char == "\\"  # what is escaped ends nothing
            quote = "" if char == quote else quote
        elif char in _QUOTES:
            quote = char
        elif char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth -= 1
        elif char == mark and depth == 0:
            pieces.append(text[begin:at])
            begin = at + 1
        at += 1
    return [*pieces, text[begin:]]
