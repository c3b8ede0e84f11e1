"""Options of a command line that hold a secret: which they are, and the words without them. Pure.

Every user of a machine can read every command line (ps), so a secret that stands in one is public there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.jupyter.failure import holds_secret
from jntui.model import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LOGINS = frozenset({"token", "password", "hashed_password", "auth_token", "cookie_secret", "api_token", "http_pwd"})
"""Last parts of traits that hold a secret, whatever it looks like."""
_NAMED = re.compile(
    r"token|passw|passphrase|secret|hash|credential|api_?key|pwd|(?:\b|_)pw(?:\b|_)|(?:\b|_)headers\Z|authorization",
    re.IGNORECASE,
)
"""In the name of a trait that holds a secret."""
_OF_A_KIND = re.compile(
    r"_(?:class|file|path|dir|url|required|name|type|scheme|algorithm|keys?)\Z|api_?keys?_\w+\Z", re.IGNORECASE
)
"""How the name of a trait ends that says where a secret is, or of which kind."""
_KEY = re.compile(r"api_?keys?\Z", re.IGNORECASE)
_PLAIN = re.compile(r"(?:true|false|none|-?[\d.]{1,3}|\{\s*\}|\[\s*\])\Z", re.IGNORECASE)
"""Switches and numbers; empty collections."""
_IN_URL = re.compile(r"(://[^/@:\s]*:)[^/@\s]+(?=@)")
_IN_TEXT = re.compile(
    r"(?i)(?:authorization|passphrase|credentials?|secret|api[_-]?key|pwd)\w*['\"]?\s*[=:]\s*['\"]?[^\s'\",}]|bearer\s+\S"
)
"""Headers and entries of a dictionary, beside those that the log of a server may hold."""
HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Option:
    """One option with a value, as traitlets takes it: `--name=value`, `--name value`, `-name=value`."""

    name: str
    """`ServerApp.port`, `port`."""
    value: Secret
    """Wrapped, as it may be one."""
    start: int
    """The first of its words."""
    end: int
    """The one after its last."""

    @property
    def trait(self) -> str:
        """`port` of `ServerApp.port`."""
        return self.name.rpartition(".")[2]

    @property
    def cls(self) -> str:
        """`ServerApp` of `ServerApp.port`; empty without one."""
        return self.name.rpartition(".")[0].rpartition(".")[2]


def options_of(words: Sequence[str]) -> Iterator[Option]:
    """Every option; one whose next word may be its value has that one, though it may be a flag before a file."""
    at = 0
    while at < len(words) and words[at] != "--":
        word, start = words[at], at
        at += 1
        if not word.startswith("-"):
            continue
        name, equals, value = word.lstrip("-").partition("=")
        end = at
        if not equals and at < len(words) and not words[at].startswith("-"):
            value, end = words[at], at + 1
        yield Option(name, Secret(value), start, end)


def secret_options(words: Sequence[str]) -> Iterator[Option]:
    """Those whose value is a secret or holds one; an empty value switches something off and is none."""
    for option in options_of(words):
        value = option.value.reveal()
        if (_is_named(option, value) and value.strip("'\"")) or tells(value):
            yield option


def tells(text: str) -> bool:
    """A secret stands in it, by its form: a hash, a named part, the password of a URL."""
    return holds_secret(text) or _IN_URL.search(text) is not None or _IN_TEXT.search(text) is not None


def _is_named(option: Option, value: str) -> bool:
    if option.trait in LOGINS or option.name == "Session.key":
        return True
    if _PLAIN.match(value.strip("'\"")) or not _NAMED.search(option.trait):
        return False
    return _KEY.search(option.trait) is not None or _OF_A_KIND.search(option.trait) is None


def masked_words(words: Sequence[str]) -> tuple[str, ...]:
    """The words as they may be shown: the values that hold a secret hidden, the user of a URL and its host not."""
    shown = list(words)
    for option in secret_options(words):
        value = option.value.reveal()
        named = _is_named(option, value) or holds_secret(value) or _IN_TEXT.search(value)
        hidden = HIDDEN if named else _IN_URL.sub(rf"\1{HIDDEN}", value)
        last = option.end - 1
        shown[last] = hidden if last > option.start else words[last].partition("=")[0] + f"={hidden}"
    return tuple(_IN_URL.sub(rf"\1{HIDDEN}", word) for word in shown)


def without(words: Sequence[str], matches: Callable[[Option], bool]) -> tuple[str, ...]:
    """The words without the options that match."""
    gone = {at for option in options_of(words) if matches(option) for at in range(option.start, option.end)}
    return tuple(word for at, word in enumerate(words) if at not in gone)
