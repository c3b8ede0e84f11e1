"""Options of a command line that hold a secret: which they are, and the words without them. Pure.

Every user of a machine can read every command line (ps), so a secret that stands in one is public there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.jupyter.failure import holds_secret
from jntui.model import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SECRETS = frozenset({"token", "password", "hashed_password", "auth_token", "cookie_secret", "api_token", "http_pwd"})
"""Last parts of traits that hold a secret."""


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
        named = option.trait in _SECRETS or option.name == "Session.key"
        if (named and value.strip("'\"")) or holds_secret(value):
            yield option


def without(words: Sequence[str], matches: Callable[[Option], bool]) -> tuple[str, ...]:
    """The words without the options that match."""
    gone = {at for option in options_of(words) if matches(option) for at in range(option.start, option.end)}
    return tuple(word for at, word in enumerate(words) if at not in gone)
