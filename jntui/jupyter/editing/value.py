"""What a user typed as the value of a setting, read as the trait reads its command line."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from jntui.jupyter.settings.given import Given
from jntui.jupyter.settings.values import WrongTypeError, hash_kind, read_value
from jntui.model import ChangeRefused, Source
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.settings.catalogue import Kind

_SECRET = ("token", "password", "passphrase", "secret", "api_key")
_PLAIN = frozenset({"password_required", "allow_password_change", "token_generated"})
TEXT_LIMIT = 100_000
"""Characters of a value."""


def is_secret(trait: str) -> bool:
    """The trait holds a token, a password or a hash: its value is shown to nobody and stands in no argument."""
    name = trait.rpartition(".")[2].lower()
    return name not in _PLAIN and any(word in name for word in _SECRET)


def value_of(name: str, kind: Kind | None, text: str, home: str) -> object:
    """The value that the trait `name` (`ServerApp.port`) makes of the text. Raises ChangeRefused with one line.

    A trait that jntui does not know (`kind` None) gets a number, a list, a dict, True, False or None where the text is
    one as Python writes it, else the text; Jupyter itself says afterwards whether it takes that. Source: `from_string`
    of the trait types of traitlets 5, and `traitlets.config.loader.DeferredConfigString` for the `~`.
    """
    trait = name.rpartition(".")[2]
    if len(text) > TEXT_LIMIT:
        raise ChangeRefused(f"the value for {name} has more than {TEXT_LIMIT} characters")
    if kind is None:
        return text if is_secret(trait) else _literal_or_text(text)
    given = Given("", trait, text, Source("command line"), typed=True)
    try:
        value = read_value(kind, given, home)
    except WrongTypeError as wrong:
        but = "" if is_secret(trait) else f", not {visible(repr(text), 80)}"
        raise ChangeRefused(f"{name} takes {wrong}{but}") from wrong
    if "password" in trait and kind == "secret" and hash_kind(str(value)).startswith("not a hash"):
        raise ChangeRefused(
            f"{name} holds the hash of a password, and this is none: `jntui password` makes one and writes it"
        )
    return value


def _literal_or_text(text: str) -> object:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
    plain = (str, int, float, bool, list, dict, tuple, type(None))
    return value if isinstance(value, plain) else text
