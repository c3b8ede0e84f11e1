"""Values: of the wrong type, refused by Jupyter, or other than they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.jupyter.doctor.patient import NAME_LIMIT, place, written
from jntui.jupyter.doctor.traits import is_catalogued
from jntui.jupyter.settings.refusals import WILL_NOT
from jntui.model import ConfigChange, ConfigFinding
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.doctor.patient import Patient
    from jntui.jupyter.settings.assignment import Assignment
    from jntui.model import Setting

_STOPS = "Jupyter does not start with it."
_REFUSED = f"{WILL_NOT}: "
_TOLD_ELSEWHERE = frozenset({"certfile", "keyfile"})
_WORDS = {"integer": "a number", "seconds": "a number", "text": "text", "path": "text", "secret": "text"}


def refused(patient: Patient) -> Iterator[ConfigFinding]:
    """What `config show` knows of values with which Jupyter does not start."""
    for setting in patient.found.settings:
        note = setting.note
        if not note.startswith(WILL_NOT) or (setting.name in _TOLD_ELSEWHERE and "no such file" in note):
            continue
        words = visible(note.removeprefix(_REFUSED), 200)
        if words.startswith(f"{setting.name} is "):
            yield _wrong_type(setting, words)
        else:
            yield _impossible(setting, words)


def _wrong_type(setting: Setting, words: str) -> ConfigFinding:
    path, line = place(setting.source)
    name = written(setting.source)
    wanted = words.removeprefix(f"{setting.name} is ")
    message = f"{name} is {visible(setting.shown, 100)}; it takes {wanted}."
    change = None
    value = setting.value if setting.value is not None else _literal(setting)
    if path is not None and not setting.secret and isinstance(value, str):
        value = value.strip()
        if setting.type in {"integer", "seconds"} and value.isdecimal() and value.isascii():
            change = ConfigChange(setting.source.name, value, path)
        elif setting.type == "yes or no" and value.lower() in {"true", "false"}:
            change = ConfigChange(setting.source.name, value.capitalize(), path)
    fix = f"Write {change.value} without quotes." if change is not None else f"Write {wanted} there."
    return ConfigFinding("wrong-type", "error", path, line, message, _STOPS, fix, change)


def _literal(setting: Setting) -> object:
    """The text that is quoted where the value was refused."""
    import ast

    try:
        return ast.literal_eval(setting.shown)
    except (ValueError, SyntaxError):
        return None  # cut off, or no literal: then no change is offered


def _impossible(setting: Setting, words: str) -> ConfigFinding:
    path, line = place(setting.source)
    code = {"ip": "ip-impossible", "root_dir": "no-such-directory", "port": "port-impossible"}.get(setting.name)
    change, fix = None, "Change the value, or remove the line so that the default counts."
    if setting.name == "ip" and "brackets" in words and isinstance(setting.value, str):
        code, bare = "ip-brackets", setting.value.strip("[]")
        # Nobody who writes [::] wants IPv6 alone.
        bare = "*" if bare == "::" else bare
        fix = f"Write '{bare}'." if bare != "*" else "Write '*', which is every address of IPv4 and IPv6."
        change = ConfigChange(setting.source.name, bare, path) if path is not None else None
    elif setting.name == "root_dir":
        fix = "Make the directory, or name one that is there."
    elif setting.name == "password_required":
        fix = "Set a password with `jntui password`, or remove the line."
    shown = visible(setting.shown, 100)
    message = f"{written(setting.source)} is {shown}: {words}."
    return ConfigFinding(code or "refused-value", "error", path, line, message, _STOPS, fix, change)


def wrong_types(patient: Patient) -> Iterator[ConfigFinding]:
    """Literals that a trait outside the catalogue does not take, by the type that its own Jupyter names."""
    for one in patient.assignments():
        cls = one.cls.rpartition(".")[2]
        if one.computed or not cls or is_catalogued(cls, one.trait):
            continue
        kind, takes_none = (patient.traits.known() or {}).get(cls, {}).get(one.trait, ("", True))
        wanted = _unwelcome(kind, one, takes_none=takes_none)
        if wanted:
            name = visible(f"{one.cls}.{one.trait}", NAME_LIMIT)
            effect = _STOPS if cls == patient.application else f"Jupyter ends, or cannot make a {visible(cls, 60)}."
            message = f"{name} is {_kind_of(one.value)}; it takes {wanted}."
            change, fix = _without_quotes(one, kind), f"Write {wanted} there."
            fix = f"Write {change.value} without quotes." if change is not None else fix
            yield ConfigFinding("wrong-type", "error", one.path, one.line, message, effect, fix, change)


def _without_quotes(one: Assignment, kind: str) -> ConfigChange | None:
    """The number or the truth value that stands there as text."""
    text = one.value.strip() if isinstance(one.value, str) else ""
    if kind in {"Int", "Integer"} and text.isdecimal() and text.isascii():
        return ConfigChange(f"{one.cls}.{one.trait}", text, one.path)
    if kind == "Bool" and text.lower() in {"true", "false"}:
        return ConfigChange(f"{one.cls}.{one.trait}", text.capitalize(), one.path)
    return None


def _unwelcome(kind: str, one: Assignment, *, takes_none: bool) -> str:
    """What a trait of this type takes, if it refuses the literal; empty if it takes it, or nobody knows.

    Source: `validate` of traitlets' own types; a trait with a type of another name may take anything.
    """
    value = one.value
    if value is None:
        return "" if takes_none or kind not in _TAKES else _TAKES[kind][1]
    wanted = _TAKES.get(kind)
    if wanted is None or isinstance(value, wanted[0]):
        return ""
    if kind in {"Int", "Integer"} and isinstance(value, float) and value.is_integer():
        return ""  # newer ones take it
    if kind == "Bool" and value in (0, 1):
        return ""
    return wanted[1]


_TAKES: dict[str, tuple[tuple[type, ...], str]] = {
    "Int": ((int,), "an integer"),
    "Integer": ((int,), "an integer"),
    "Float": ((int, float), "a number"),
    "Bool": ((bool,), "True or False"),
    "Unicode": ((str, bytes), "text"),
    "List": ((list, tuple, set), "a list"),
    "Dict": ((dict,), "a dict"),
}


def _kind_of(value: object) -> str:
    kinds: dict[type, str] = {str: "text in quotes", bool: "True or False", int: "a number", float: "a number"}
    return kinds.get(type(value), "None" if value is None else f"a {type(value).__name__}")


def port(patient: Patient) -> Iterator[ConfigFinding]:
    """0, which the file that Jupyter generates shows as the default; numbers that no port has."""
    for setting in patient.settings("port"):
        path, line = place(setting.source)
        name = written(setting.source)
        if setting.value == 0 and path is not None:
            message = f"{name} is 0. The comment in Jupyter's own generated file calls that the default; 8888 is."
            effect = "The server takes another port at each start, so that bookmarks and tunnels lead nowhere."
            fix = "Remove the line for 8888, or write the port that you want."
            change = ConfigChange(setting.source.name, None, path)
            yield ConfigFinding("port-zero", "warning", path, line, message, effect, fix, change)
        elif isinstance(setting.value, int) and setting.value > 65535:
            message = f"{name} is {setting.value}, and ports end at 65535."
            effect = f"{visible(setting.note, 200)[:1].upper()}{visible(setting.note, 200)[1:]}."
            fix = "Write a port between 1024 and 65535."
            yield ConfigFinding("port-impossible", "error", path, line, message, effect, fix)
