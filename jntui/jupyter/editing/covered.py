"""Secrets in the lines of a config file, covered by their kind: `'<argon2 hash>'`, `'<token, 48 characters>'`."""

from __future__ import annotations

import re

from jntui.jupyter.settings.pointing import covered_pieces
from jntui.jupyter.settings.values import hash_kind, token_kind

_NAME = re.compile(r"[\w-]*(?:token|passw|pwd|passphrase|secret|hash|credential|api_?key)[\w-]*", re.IGNORECASE)
_TEXT = re.compile(
    r"[A-Za-z]{0,2}(?:'''(?P<a>.*?)(?:'''|\Z)|\"\"\"(?P<b>.*?)(?:\"\"\"|\Z)"
    r"|'(?P<c>(?:\\.|[^'\\])*)(?:'|\Z)|\"(?P<d>(?:\\.|[^\"\\])*)(?:\"|\Z))"
)
_SIGN = re.compile(r"[\"'\]) ]*(?::[ \w.]*=|=(?!=)|:|,)[ \t]*")
_PLAIN = re.compile(r"(?:True|False|None|true|false|null|-?\d{1,9}(?:\.\d{0,9})?)(?=[\s,;)}\]#]|\Z)")
_TRIPLES = ("'''", '"""')
_OWN = re.compile(r"[a-z_]*required|allow_password_change|token_generated|.*_pat", re.IGNORECASE)


class Cover:
    """Goes through the lines of one file from the first to the last, as a value may begin in the line before."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        self._secrets = sorted((one for one in secrets if one), key=len, reverse=True)
        self._depth = 0
        """Brackets of a value that are open."""
        self._goes_on = False
        """The next line belongs to the value whatever it is."""
        self._until = ""
        """What ends the text that the lines before began."""

    def line(self, text: str) -> str:
        """The line with every text that belongs to a name of a secret covered."""
        for secret in self._secrets:
            text = text.replace(secret, "<hidden>")
        head = ""
        if self._until:
            at = text.find(self._until)
            if at < 0:
                return "<hidden>"
            head, text = "<hidden>" + self._until, text[at + 3 :]
            self._until = ""
        if self._depth > 0 or self._goes_on:
            self._goes_on = text.rstrip().endswith("\\")
            self._depth = max(0, self._depth + _opened(text))
            return head + _texts_covered(text, "token", other=True)
        return head + covered_pieces(self._values(text))

    def _values(self, text: str) -> str:
        done: list[str] = []
        at = 0
        while name := _NAME.search(text, at):
            sign = _SIGN.match(text, name.end())
            if sign is None or _OWN.fullmatch(name.group()):
                done.append(text[at : name.end()])
                at = name.end()
                continue
            done.append(text[at : sign.end()])
            at = self._value(text, sign.end(), name.group(), done)
        return "".join(done) + text[at:]

    def _value(self, text: str, at: int, name: str, done: list[str]) -> int:
        """Covers what stands behind the name; the place behind it."""
        rest = text[at:].rstrip()
        if not text.lstrip().startswith("#"):
            self._goes_on = not rest or rest.endswith("\\")
            self._depth = max(0, _opened(rest))
        value = _TEXT.match(text, at)
        if value is not None:
            opening = value.group().lstrip("rbufRBUF")[:3]
            if opening in _TRIPLES and (
                len(value.group().lstrip("rbufRBUF")) < 6 or not value.group().endswith(opening)
            ):
                self._until = opening
                done.append(f"{opening}<hidden>")
                return value.end()
            done.append(_covered(value, name))
            return value.end()
        is_sentence = text.lstrip().startswith("#") and "=" not in text[:at] and " " in rest
        if not rest or _PLAIN.match(text, at) or is_sentence:
            return at
        done.append(_texts_covered(text[at:], name, other=True))
        return len(text)


def _opened(text: str) -> int:
    bare = _TEXT.sub("", text).partition("#")[0]
    return sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))


def _texts_covered(text: str, name: str, *, other: bool) -> str:
    """`other`: a line that holds no text in quotes, but something else than brackets, is hidden."""
    if _TEXT.search(text):
        return _TEXT.sub(lambda value: _covered(value, name), text)
    return "<hidden>" if other and re.search(r"\w", text) else text


def _covered(value: re.Match[str], name: str) -> str:
    held = next((one for one in value.groups() if one is not None), "")
    if held in {"", "<DEPRECATED>", "<hidden>"} or held.startswith("<generated"):
        return value.group()
    kind = token_kind(held) if "passw" not in name.lower() and "hash" not in name.lower() else _kind_of_hash(held)
    quote = value.group().lstrip("rbufRBUF")[:1]
    return f"{quote}<{kind}>{quote}"


def _kind_of_hash(text: str) -> str:
    kind = hash_kind(text.replace("\\/", "/").replace("\\u0024", "$"))
    return kind.partition(":")[0]
