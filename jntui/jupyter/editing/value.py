"""What a user typed as the value of a setting, read as the trait reads its command line."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from jntui.jupyter.settings.given import Given
from jntui.jupyter.settings.values import WrongTypeError, hash_kind, read_value
from jntui.model import ChangeRefused, Source
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.editing.whose import Whose
    from jntui.jupyter.settings.catalogue import Kind

_SECRET = ("token", "passw", "pwd", "passphrase", "secret", "api_key")
_PLAIN = frozenset({"password_required", "allow_password_change", "token_generated"})
_KINDS: dict[str, Kind] = {
    "Int": "integer",
    "Integer": "integer",
    "CInt": "integer",
    "Bool": "yes or no",
    "CBool": "yes or no",
    "Unicode": "text",
    "CUnicode": "text",
    "ObjectName": "text",
    "DottedObjectName": "text",
    "Type": "text",
}
"""Types of traitlets that read their text as those of the catalogue do."""
TraitType = tuple[str, bool]
"""The name of the trait's type, and whether it takes None."""
TEXT_LIMIT = 100_000
"""Characters of a value."""


def is_secret(trait: str) -> bool:
    """The trait holds a token, a password or a hash: its value is shown to nobody and stands in no argument."""
    name = trait.rpartition(".")[2].lower()
    # `cookie_secret_file` is a path.
    return name not in _PLAIN and not name.endswith("_file") and any(word in name for word in _SECRET)


def value_of(name: str, kind: Kind | None, text: str, home: str) -> object:
    """The value that the trait `name` (`ServerApp.port`) makes of the text. Raises ChangeRefused with one line.

    `kind` None is a secret that the catalogue lacks. Source: `from_string` of the trait types of traitlets 5, and
    `traitlets.config.loader.DeferredConfigString` for the `~`.
    """
    trait = name.rpartition(".")[2]
    _refuse_length(name, text)
    if kind is None or kind == "secret":
        _refuse_untypable(name, text)
    if kind is None:
        return text
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


def typed_value(name: str, kind: TraitType | None, text: str, home: str) -> object:
    """The same for a trait that the catalogue lacks, by the type that its own Jupyter names. Raises ChangeRefused.

    Where the type is not known, or is one that reads its text in a way of its own, a number, a list, a dict, True,
    False or None is what Python writes so, and all else is text; Jupyter itself says whether it takes that.
    """
    _refuse_length(name, text)
    if kind is None:
        return _literal_or_text(text)
    type_name, takes_none = kind
    if takes_none and text == "None":
        return None
    known = _KINDS.get(type_name)
    if known is not None:
        return value_of(name, known, text, home)
    if type_name == "Float":
        return _float(name, text)
    if type_name in {"List", "Set", "Tuple"}:
        value = _literal_or_text(text)
        return value if isinstance(value, (list, tuple)) else [text]
    if type_name == "Dict":
        value = _literal_or_text(text)
        if isinstance(value, dict):
            return value
        key, sign, one = text.partition("=")
        if sign:
            return {key: one}
        raise ChangeRefused(f"{name} takes a dict, as {{'key': 'value'}} or key=value, not {visible(repr(text), 80)}")
    return _literal_or_text(text)


def type_of(whose: Whose, cls: str, trait: str) -> TraitType | None:
    """Asked of that Jupyter's own Python, which takes it two seconds; None where it does not answer."""
    from jntui.jupyter.doctor.traits import Traits

    known = Traits(whose.subject, whose.processes).known() or {}
    return known.get(cls.rpartition(".")[2], {}).get(trait)


def _float(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ChangeRefused(f"{name} takes a number, not {visible(repr(text), 80)}") from error


def _refuse_length(name: str, text: str) -> None:
    if len(text) > TEXT_LIMIT:
        raise ChangeRefused(f"the value for {name} has more than {TEXT_LIMIT} characters")


def _refuse_untypable(name: str, text: str) -> None:
    """A secret that no client can send. Raises ChangeRefused."""
    if any(char < " " or char == "\x7f" or "\ud800" <= char <= "\udfff" for char in text):
        raise ChangeRefused(f"what was given for {name} holds control characters or bytes that are no UTF-8")


def _literal_or_text(text: str) -> object:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
    plain = (str, int, float, bool, list, dict, tuple, type(None))
    return value if isinstance(value, plain) else text
