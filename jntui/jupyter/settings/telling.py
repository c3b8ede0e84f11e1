"""Which names and texts in a config file tell of a secret, and what may be said of one that is covered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jntui.jupyter.settings.values import hash_kind, token_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jntui.jupyter.settings.assignment import Assignment

HIDDEN = "···"

_SECRET = re.compile(
    r"token|passw|passphrase|secret|hash|credential|api[_ -]?key|auth|pwd|bearer|(?:\b|_)pw(?:\b|_)|(?:\b|_)headers\b",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"\b\w+_(?:class|algorithm|scheme|file|header_key)\b(?!\s*\()"
    r"|(?:(?<=_class = )|(?<=_class\": )|(?<=Default: ))(?P<quote>['\"])(?:[a-z_]\w*\.)+[A-Z]\w*(?P=quote)"
    r"|(?P<none>['\"])\{\}(?P=none)"
    r"|(?P<made>['\"])<(?:DEPRECATED|generated)>(?P=made)"
)
"""Names that hold a class, a way or a place of secrets and never one; names of classes; what Jupyter's generated
files say instead of a token."""
_CLASS = re.compile(r"(?P<quote>['\"]?)(?:[a-z_]\w*\.)+[A-Z]\w*(?P=quote)\Z")


_WORDS = re.compile(
    r"(?<![=:] )(?P<quote>['\"])(?:true|false|yes|no|disabled|token|auth|key|code|state|xsrf|Authorization|hmac-HASH"
    r"|\[secret\])(?P=quote)"
)
"""In the comments of a generated file: quoted words of a sentence."""


def telling(text: str) -> re.Match[str] | None:
    """Where a line, a name or a text names a secret; None if it does not."""
    return _SECRET.search(without_harmless(text))


def without_harmless(text: str) -> str:
    """The same number of characters, with blanks for what has the name of a secret and is none."""
    if not _SECRET.search(text):
        return text
    if _CLASS.match(text):
        return " " * len(text)
    return _HARMLESS.sub(lambda found: " " * len(found.group()), text)


def harmless_comment(text: str) -> str:
    """The comment without what only looks like a secret; as many characters."""
    return _WORDS.sub(lambda found: " " * len(found.group()), without_harmless(text))


def kinds_of(assignments: Iterable[Assignment]) -> dict[str, str]:
    """The texts that traits with a telling name get -> what stands instead of them wherever they are in the file."""
    found: dict[str, str] = {}
    for one in assignments:
        if telling(one.trait):
            for text in _texts(one.value):
                found.setdefault(text, _cover(one.trait, text) if text is one.value else HIDDEN)
    return {text: found[text] for text in sorted(found, key=len, reverse=True) if len(text) > 2}


def _cover(trait: str, text: str) -> str:
    """With the kind where the trait's name makes it certain; of a password in plain text not even the length."""
    if trait == "token":
        return f"{HIDDEN} {token_kind(text)}"
    return cover_of(text)


def cover_of(text: str) -> str:
    """What stands instead of a text that may be a secret: what it is, if it shows by itself."""
    kind = hash_kind(text)
    return f"{HIDDEN} {kind}" if kind.endswith(" hash") else HIDDEN


def _texts(value: object) -> Iterator[str]:
    """The texts in a value; of a dictionary not the keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from _texts(one)
