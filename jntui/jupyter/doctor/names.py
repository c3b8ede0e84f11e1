"""Names: classes and traits that were renamed, that no longer do anything, that never were."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from jntui.jupyter.doctor.patient import NAME_LIMIT, plain_value
from jntui.jupyter.doctor.traits import TIMEOUT_S, is_catalogued
from jntui.jupyter.settings.applications import (
    EXTENSION_TRAITS,
    EXTENSIONS,
    NEVER_HANDED_ON,
    OLD_NOTEBOOK_TRAITS,
    SERVER_TRAITS,
)
from jntui.model import ConfigChange, ConfigFinding
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.doctor.patient import Patient
    from jntui.jupyter.settings.assignment import Assignment
    from jntui.model import Severity

OLD_CLASSES = ("NotebookApp", "LabApp", "JupyterNotebookApp")
"""What held the server's traits before Jupyter Server did (`notebook_shim.shim`)."""
MOVED = {
    "ServerApp.password": "PasswordIdentityProvider.hashed_password",
    "ServerApp.password_required": "PasswordIdentityProvider.password_required",
    "ServerApp.token": "IdentityProvider.token",
    "ServerApp.notebook_dir": "ServerApp.root_dir",
}
"""Traits of ServerApp that warn since Jupyter Server 2 (`ServerApp._warn_deprecated_config`)."""
_HIDDEN = ", but something else decides."
_CLOSE = 0.72
_CLOSE_CLASS = 0.87
"""Higher than for traits: extensions bring classes with similar names that nobody asked for here."""
_MOST_LETTERS = 2
_LIMIT = 60
"""Findings about names; a file of another program's has thousands."""


def renamed(patient: Patient) -> Iterator[ConfigFinding]:
    """An older name: handed on with a warning, or without any effect."""
    if patient.application != "ServerApp":
        yield from _of_later_times(patient)
        return
    for one in patient.assignments():
        name = f"{one.cls}.{one.trait}"
        if one.cls in OLD_CLASSES:
            finding = _old_class(patient, one)
            if finding is not None:
                yield finding
        elif name in MOVED and patient.hands_on_login:
            yield _moved(one, MOVED[name], "renamed-trait", "Jupyter hands it on and warns at each start.")


def _old_class(patient: Patient, one: Assignment) -> ConfigFinding | None:
    own = next((extension.traits for extension in EXTENSIONS.values() if extension.cls == one.cls), frozenset())
    if one.trait in NEVER_HANDED_ON or one.trait in own | EXTENSION_TRAITS:
        return None
    if one.trait in OLD_NOTEBOOK_TRAITS:
        return _dead(patient, one)
    if one.trait not in SERVER_TRAITS:
        return _no_trait(patient, one)
    new = f"ServerApp.{one.trait}"
    if patient.hands_on_login or one.trait == "notebook_dir":
        new = MOVED.get(new, new)
    effect, has_effect = _handed_on(patient, one)
    if has_effect and not effect.endswith(_HIDDEN):
        return _moved(one, new, "renamed-class", effect)
    return _moved(one, new, "renamed-class", effect, has_effect=has_effect, current=_in_same_file(patient, one, new))


def _handed_on(patient: Patient, one: Assignment) -> tuple[str, bool]:
    """What becomes of a trait of an older class, and whether it has any effect."""
    place = (one.path, one.line)
    warns = "Jupyter hands it on and warns at each start that a later release will not"
    if any((setting.source.path, setting.source.line) == place for setting in patient.found.settings):
        return f"{warns}.", True
    hidden = (source for setting in patient.found.settings for source in setting.shadowed)
    if any((source.path, source.line) == place for source in hidden):
        return f"{warns}{_HIDDEN}", True
    if patient.alone:
        return "Jupyter hands it on for now, with a warning, where JupyterLab, Notebook or NbClassic runs it.", True
    catalogued = any(one.trait in {setting.name, *setting.also} for setting in patient.found.settings)
    if catalogued or not _has_shim(patient):
        return "It has no effect: nothing that starts there hands it on.", False
    return f"{warns}.", True


def _in_same_file(patient: Patient, one: Assignment, name: str) -> Assignment | None:
    """What the file says under this name too; what it says there stays as it is."""
    same = [each for each in patient.assignments() if each.path == one.path and f"{each.cls}.{each.trait}" == name]
    return same[-1] if same else None


def _has_shim(patient: Patient) -> bool:
    """Each of the packages hands on what the two oldest classes set, and its own class."""
    return patient.packages is None or any(name in EXTENSIONS for name, _version in patient.packages)


def _moved(
    one: Assignment,
    new: str,
    code: str,
    effect: str,
    *,
    has_effect: bool = True,
    current: Assignment | None = None,
) -> ConfigFinding:
    """`current`: what decides already under the new name in the same file."""
    old = visible(f"{one.cls}.{one.trait}", NAME_LIMIT)
    message = f"{old} is an older name of {new}."
    said = current or one
    is_secret = new.endswith(("password", "token"))
    value = None if said.computed or is_secret else plain_value(said.value)
    # The text of a secret is not repeated here: it is moved as it stands in the file.
    moves = is_secret and current is None and not one.computed and isinstance(one.value, str)
    change = ConfigChange(new, value, one.path) if value is not None or moves else None
    fix = f"Write c.{new} there." if not one.path.endswith(".json") else f"Write it as {_in_json(new)} there."
    if current is not None:
        fix = f"Remove the line: line {current.line} sets {new} already."
    if new.endswith("hashed_password"):
        fix += " `jntui password` writes a new hash where it counts."
    severity: Severity = "note" if has_effect else "warning"
    return ConfigFinding(
        code, severity, one.path, one.line, message, effect, fix, change, f"{one.cls}.{one.trait}" if change else ""
    )


def _in_json(name: str) -> str:
    cls, _, trait = name.partition(".")
    return f'{{"{cls}": {{"{trait}": ...}}}}'


def _dead(patient: Patient, one: Assignment) -> ConfigFinding | None:
    """A trait of Notebook 6's own, which only NbClassic still reads."""
    if patient.packages is None or any(name == "nbclassic" for name, _version in patient.packages):
        return None
    name = visible(f"{one.cls}.{one.trait}", NAME_LIMIT)
    message = f"{name} is a setting of Notebook 6 and NbClassic."
    effect = "It has no effect: neither is in that Python."
    change = ConfigChange(f"{one.cls}.{one.trait}", None, one.path)
    return ConfigFinding("dead-trait", "warning", one.path, one.line, message, effect, "Remove the line.", change)


def _of_later_times(patient: Patient) -> Iterator[ConfigFinding]:
    """Notebook 6 and the Kernel Gateway read nothing of ServerApp."""
    for one in patient.assignments():
        if one.cls in {"ServerApp", "LabApp", "JupyterNotebookApp"}:
            name = visible(f"{one.cls}.{one.trait}", NAME_LIMIT)
            whose = "Notebook 6" if patient.application == "NotebookApp" else "The Kernel Gateway"
            message = f"{name} is a setting of Jupyter Server 1 and later."
            effect = f"{whose}, which runs here, has no such class: the line has no effect."
            new = f"{patient.application}.{visible(one.trait, NAME_LIMIT)}"
            value = None if one.computed or one.trait in {"token", "password"} else plain_value(one.value)
            known = value is not None and is_catalogued(patient.application, one.trait)
            change = ConfigChange(new, value, one.path) if known else None
            drop = f"{one.cls}.{one.trait}" if known else ""
            yield ConfigFinding(
                "later-class", "warning", one.path, one.line, message, effect, f"Write c.{new} there.", change, drop
            )


def unknown(patient: Patient) -> Iterator[ConfigFinding]:
    """A trait or a class that this Jupyter does not have, with the likely one meant."""
    said = 0
    for one in patient.assignments():
        finding = _unknown(patient, one)
        if finding is not None and said < _LIMIT:
            said += 1
            yield finding


def _unknown(patient: Patient, one: Assignment) -> ConfigFinding | None:
    cls = one.cls.rpartition(".")[2]
    if not cls:
        return _without_class(patient, one)
    later = patient.application != "ServerApp" and cls in {"ServerApp", "LabApp", "JupyterNotebookApp"}
    if is_catalogued(cls, one.trait) or later or (cls in OLD_CLASSES and patient.application == "ServerApp"):
        return None
    traits = patient.traits.of(cls)
    if traits is None:
        return _no_class(patient, one, cls)
    if one.trait in traits or f"{cls}.{one.trait}" in MOVED:
        return None
    return _no_trait(patient, one)


def _without_class(patient: Patient, one: Assignment) -> ConfigFinding | None:
    trait = visible(one.trait, NAME_LIMIT)
    if one.trait not in SERVER_TRAITS:
        return None
    cls = patient.application
    message = f"c.{trait} names no class."
    effect = "It sets nothing: Jupyter passes over it without a word."
    value = None if one.computed or one.trait in {"token", "password"} else plain_value(one.value)
    change = ConfigChange(f"{cls}.{one.trait}", value, one.path) if value is not None else None
    fix = f"Write c.{cls}.{trait} there."
    drop = f".{one.trait}" if change is not None and one.path.endswith(".py") else ""
    return ConfigFinding("no-class", "warning", one.path, one.line, message, effect, fix, change, drop)


def _no_class(patient: Patient, one: Assignment, cls: str) -> ConfigFinding | None:
    """Only where a class of nearly this name is known: an extension may have classes that nobody here imported."""
    meant = next(iter(difflib.get_close_matches(cls, patient.traits.classes(), 1, _CLOSE_CLASS)), None)
    # With a word before it, it is a class of somebody's own: S3ContentsManager, CondaKernelSpecManager.
    if meant is None or cls.endswith(meant) or abs(len(cls) - len(meant)) > _MOST_LETTERS:
        return None
    message = f"{visible(cls, NAME_LIMIT)} is no class of this Jupyter as far as it is known; {meant} is one."
    effect = "It sets nothing: Jupyter passes over it without a word."
    return _with_change(one, "unknown-class", "warning", message, effect, f"{meant}.{one.trait}")


def _no_trait(patient: Patient, one: Assignment) -> ConfigFinding:
    cls = one.cls.rpartition(".")[2]
    old = cls in OLD_CLASSES and patient.application == "ServerApp"
    traits = (patient.traits.of(cls) or frozenset()) | (SERVER_TRAITS if old or cls == "ServerApp" else frozenset())
    trait = visible(one.trait, NAME_LIMIT)
    message = f"{visible(cls, NAME_LIMIT)} has no setting {trait}."
    severity, effect = _effect_of_unknown(patient, one)
    close = difflib.get_close_matches(one.trait.lower(), sorted(traits), 1, _CLOSE)
    if one.trait in MOVED_NAMES:
        new = MOVED_NAMES[one.trait]
    elif holders := [holder for holder in patient.traits.holders(one.trait) if holder != cls]:
        new = f"{holders[0]}.{one.trait}"
    elif close:
        new = f"{'ServerApp' if old else cls}.{close[0]}"
    else:
        fix = "Remove the line, or look the name up in that Jupyter's --help-all."
        change = ConfigChange(f"{one.cls}.{one.trait}", None, one.path)
        return ConfigFinding("unknown-trait", severity, one.path, one.line, message, effect, fix, change)
    return _with_change(one, "unknown-trait", severity, message, effect, new)


def _effect_of_unknown(patient: Patient, one: Assignment) -> tuple[Severity, str]:
    problem = f"{one.cls} has no trait {one.trait}; "
    told = next((note.partition(problem)[2] for note in patient.found.notes if problem in note), "")
    if "does not start" in told:
        return "error", "Jupyter does not start with it."
    if "leaves its files out" in told:
        return (
            "error",
            "Because of it nothing of the older names is handed on: their other lines have no effect either.",
        )
    return "warning", "It sets nothing: Jupyter warns and goes on without it."


MOVED_NAMES = {"hashed_password": "PasswordIdentityProvider.hashed_password"}
"""Traits that people look for in another class."""


def _with_change(one: Assignment, code: str, severity: Severity, message: str, effect: str, new: str) -> ConfigFinding:
    new = visible(new, 2 * NAME_LIMIT)
    secret = new.endswith(("password", "token", "secret"))
    value = None if one.computed or secret else plain_value(one.value)
    change = ConfigChange(new, value, one.path) if value is not None else None
    fix = f"Write {new} there, if that is meant."
    drop = f"{one.cls}.{one.trait}" if change else ""
    return ConfigFinding(code, severity, one.path, one.line, message, effect, fix, change, drop)


def unasked(patient: Patient) -> Iterator[ConfigFinding]:
    """The names that the catalogue lacks were not looked at: that must not look like a clean bill. After `unknown`."""
    python = patient.traits.silent
    if python:
        shown = visible(python, 300)
        yield ConfigFinding(
            "names-unchecked",
            "note",
            None,
            None,
            f"{shown} did not say within {TIMEOUT_S:g} s which traits its Jupyter has.",
            "Names that jntui does not know by itself were not looked at: one that is misspelt would not be found.",
            f"See whether {shown} -c 'import jupyter_server' works there, then look again.",
        )
