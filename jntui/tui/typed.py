"""What is typed for a setting, by what its trait takes: the field's form, its first text, its value, what is wrong."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from jntui.model import Setting

Form = Literal["line", "number", "toggle", "list", "hidden"]
"""What one types into: `toggle` is a choice of two words, three where the trait takes None as well."""

_FORMS: dict[str, Form] = {
    **{"integer": "number", "seconds": "number", "number": "number"},
    **{"yes or no": "toggle", "list of text": "list", "list": "list"},
}
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_NO_FIELD = {
    "bytes": "bytes, which only a .py file can hold",
    "object": "an object, which only a .py file can make",
    "function": "a function, which only a .py file can hold",
}
MOST_TEXT = 100_000
"""Characters that are read as Python."""


def form_of(setting: Setting) -> Form:
    """How its value is entered."""
    return "hidden" if setting.secret else _FORMS.get(setting.type, "line")


def no_field(setting: Setting) -> str:
    """Why its value cannot be typed here; empty if it can."""
    return f"{setting.name} takes {_NO_FIELD[setting.type]}" if setting.type in _NO_FIELD else ""


def toggle_words(setting: Setting) -> tuple[str, ...]:
    """The words of a toggle."""
    return ("True", "False", "None") if setting.none else ("True", "False")


def initial(setting: Setting) -> str:
    """What stands in the field at first: the present value as one would type it; nothing of a secret."""
    value = _present(setting)
    if setting.secret or (value is None and not setting.none):
        return ""
    if isinstance(value, list) and all(isinstance(part, str) and "," not in part for part in value):
        return ", ".join(str(part) for part in value)
    return repr(value) if setting.choices else str(value)


def _present(setting: Setting) -> object:
    """The value; of a trait whose default decides, that default."""
    if setting.catalogued or setting.source.kind != "default":
        return setting.value
    found = read(setting.default)
    return setting.value if found is _NOTHING else found


_NOTHING = object()


def read(text: str) -> object:
    """The literal of Python that stands there; a marker of its own if none does."""
    try:
        return ast.literal_eval(text) if len(text) < MOST_TEXT else _NOTHING
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return _NOTHING


def typed_value(setting: Setting, text: str) -> str:
    """What was typed, as the trait reads its command line; of a trait that the catalogue lacks, as Python writes it."""
    form = form_of(setting)
    if form in {"hidden", "toggle"}:
        return text
    stripped = text.strip()
    if setting.none and stripped == "None":
        return stripped
    if form == "list":
        found = read(stripped) if stripped[:1] in {"[", "("} else _NOTHING
        return stripped if found is not _NOTHING else repr([part.strip() for part in text.split(",") if part.strip()])
    if setting.catalogued or form == "number" or setting.type in {"dictionary", "any"}:
        return stripped
    if setting.choices:
        return _choice(setting, stripped) or stripped
    # Quoted, so that a text that looks like a number stays one.
    return repr(text if setting.type == "text" else stripped)


def _choice(setting: Setting, text: str) -> str:
    """The one that was typed, with quotes or without, in any case."""
    low = text.casefold()
    return next((one for one in setting.choices if low in {one.casefold(), one.strip("'\"").casefold()}), "")


def wrong_kind(setting: Setting, text: str) -> str:
    """Why no value of this kind stands there; empty if one may."""
    text = text.strip()
    if setting.none and text == "None":
        return ""
    form = form_of(setting)
    if setting.type == "number":
        return "" if _is_number(text) else f"{setting.name} takes a number"
    if form == "number" and not _NUMBER.fullmatch(text):
        return f"{setting.name} takes a whole number"
    if setting.choices and not _choice(setting, text):
        return f"{setting.name} takes one of {', '.join(setting.choices)}"
    if setting.type == "dictionary" and not isinstance(read(text), dict):
        return f"{setting.name} takes a dictionary as Python writes it: {{'name': 1}}"
    if form == "list" and text[:1] in {"[", "("} and read(text) is _NOTHING:
        return "the list is not closed, or something in it is no text or number"
    if form == "hidden" and not text:
        return "type a value, or choose Back to default"
    return ""


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def hint(setting: Setting) -> str:
    """What stands in the empty field."""
    kinds = {"list": "names, with commas between them", "number": "a whole number", "hidden": "is not shown"}
    if setting.type in {"number", "dictionary"}:
        return {"number": "a number", "dictionary": "{'name': 1}"}[setting.type]
    return kinds.get(form_of(setting), "a path" if setting.type == "path" else "empty")
