"""Runs under the server's own Python, which has Jupyter and not jntui: every trait that a config file can set there.

Never imported by jntui: its text is handed to that Python, which may be as old as 3.6 with Notebook 6. What is asked
comes as `request`; the answer is one line of JSON behind the request's mark. Nothing is made and nothing is started:
classes alone are looked at.
"""

import importlib
import json
import os
import sys
from typing import Any

HELP_LIMIT = 4000
VALUE_LIMIT = 400
CHOICES_LIMIT = 40
WORDS_OF = (
    ("Bool", "yes or no"),
    ("Integer", "integer"),
    ("Float", "number"),
    ("Enum", "one of"),
    ("Bytes", "bytes"),
    ("ObjectName", "text"),
    ("DottedObjectName", "text"),
    ("Unicode", "text"),
    ("List", "list"),
    ("Set", "list"),
    ("Tuple", "list"),
    ("Dict", "dictionary"),
    ("Type", "class"),
    ("Instance", "object"),
    ("Callable", "function"),
)


def class_at(place: str) -> Any:
    """The class of `module:Class`; None where it is not there."""
    module, _, name = place.partition(":")
    try:
        return getattr(importlib.import_module(module), name, None)
    except Exception:  # a package that is not there, or one that does not load there
        return None


def kind_of(trait: Any, traitlets: Any) -> str:
    """What it takes, in the words of jntui."""
    for name, words in WORDS_OF:
        kind = getattr(traitlets, name, None)
        if kind is not None and isinstance(trait, kind):
            return words
    return "any"


def at_start(cls: Any, name: str) -> bool:
    """Its default is worked out by code."""
    if hasattr(cls, "_" + name + "_default"):
        return True
    for kind in cls.__mro__:
        for value in list(vars(kind).values()):
            if type(value).__name__ == "DefaultHandler" and getattr(value, "trait_name", "") == name:
                return True
    return False


def one_line(text: Any, limit: int) -> str:
    """Blanks for line breaks; a paragraph stays one."""
    paragraphs = [" ".join(part.split()) for part in str(text).split("\n\n")]
    return "\n".join(part for part in paragraphs if part)[:limit]


def told(cls: Any, name: str, trait: Any, traitlets: Any) -> Any:
    """One trait."""
    try:
        default = trait.default_value_repr()
    except Exception:  # a default that has no text
        default = ""
    if "Undefined" in default or " object at 0x" in default:
        default = ""
    choices = []  # type: Any
    if isinstance(trait, traitlets.Enum):
        values = trait.values or ()
        choices = [repr(value) for value in (values if isinstance(values, (list, tuple)) else sorted(values))]
    return {
        "cls": cls.__name__,
        "name": name,
        "kind": kind_of(trait, traitlets),
        "default": default[:VALUE_LIMIT],
        "at_start": at_start(cls, name),
        "help": one_line(trait.help or "", HELP_LIMIT),
        "choices": choices[:CHOICES_LIMIT],
        "none": bool(trait.allow_none),
    }


def main(request: Any) -> None:
    """Imports what is asked for, and tells every class once, the application's own first."""
    out = os.dup(1)
    silent = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silent, descriptor)
    sys.path[:] = [path for path in sys.path if path]
    # jsonschema 4.25 would read the grammar of IRIs: a second, and no class asks for it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    base = importlib.import_module("traitlets.config").Configurable
    traitlets = importlib.import_module("traitlets")
    named = [cls for cls in map(class_at, request["classes"]) if cls is not None]  # type: Any
    found = []  # type: Any
    mro = {}  # type: Any
    for top in named:
        for cls in [top, *(getattr(top, "classes", None) or [])]:
            for kind in cls.__mro__:
                if not (isinstance(kind, type) and issubclass(kind, base)) or kind.__name__ in mro:
                    continue
                mro[kind.__name__] = [one.__name__ for one in reversed(kind.__mro__) if issubclass(one, base)]
                own = getattr(kind, "class_own_traits")(config=True)  # noqa: B009 - no type is known of it here
                found += [told(kind, name, own[name], traitlets) for name in sorted(own)]
    text = json.dumps({"traits": found, "classes": mro})
    for line in (request["mark"] + text + "\n",):
        data = line.encode("utf-8", "replace")
        while data:
            data = data[os.write(out, data) :]


if __name__ == "jntui_lister":
    main(globals()["request"])
