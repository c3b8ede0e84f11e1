"""Files: those that Jupyter leaves out, those that end it, those that hide one another."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.doctor.patient import NAME_LIMIT
from jntui.jupyter.doctor.traits import is_catalogued
from jntui.jupyter.settings.reading import DENIED
from jntui.model import ConfigChange, ConfigFinding
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.doctor.patient import Patient
    from jntui.jupyter.settings.assignment import Assignment
    from jntui.model import ConfigFile, Setting, Severity, Source

_UNREAD = "jntui does not: "
_LEFT_OUT = "Jupyter leaves the whole file out and starts with defaults for everything in it."


def broken(patient: Patient) -> Iterator[ConfigFinding]:
    """A file that does not count, or with which Jupyter does not start."""
    for file, read in patient.files:
        trouble = visible(file.trouble, 200)
        if file.ends:
            message = _sentence(trouble)
            effect = "Jupyter ends when it reads the file."
            yield ConfigFinding("ends-jupyter", "error", file.path, file.line, message, effect, "Remove that line.")
        elif file.dropped:
            yield _dropped(file, trouble)
        elif file.trouble and not file.readable and not file.trouble.startswith("Jupyter reads it"):
            message = f"The file cannot be used: {trouble}."
            effect = "What it says has no effect." if "passes over" in trouble else "What it sets is not known here."
            yield ConfigFinding("unusable-file", "warning", file.path, None, message, effect, "Put a file there.")
        elif _UNREAD in file.trouble:
            # No finding in it would be no clean bill.
            message = f"The file was not looked at: {trouble.partition(_UNREAD)[2]}."
            effect = "Jupyter reads it; what is wrong in it is not known here."
            yield ConfigFinding("not-looked-at", "note", file.path, None, message, effect, "Look through it yourself.")
        if file.kind == "json" and not file.dropped:
            yield from _notes(file, read.notes)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "?", "!")) else ".")


def _dropped(file: ConfigFile, trouble: str) -> ConfigFinding:
    code, fix = "file-left-out", "Mend that line."
    if file.trouble == DENIED:
        code, fix = "unreadable", "Give the file to the user who runs Jupyter, or let that user read it."
    elif trouble.startswith("syntax error"):
        code, fix = "syntax-error", "Mend the line; `jntui config show` points at the place."
    elif file.kind == "json":
        code, fix = "broken-json", "Mend the line; JSON has no comments, no trailing commas, and double quotes only."
    elif "module" in trouble:
        code, fix = "missing-module", "Install the module into that Python, or remove the line that imports it."
    elif "variable" in trouble:
        code, fix = "missing-variable", "Set the variable, or read it with os.environ.get(NAME, DEFAULT)."
    message = _sentence(trouble)
    return ConfigFinding(code, "error", file.path, file.line, message, _LEFT_OUT, fix)


def _notes(file: ConfigFile, notes: tuple[str, ...]) -> Iterator[ConfigFinding]:
    """Keys of a JSON file that are lost: the note begins with `line 3`."""
    for note in notes:
        words = note.split()
        line = int(words[1].rstrip(":")) if len(words) > 1 and words[1].rstrip(":").isdecimal() else None
        if "repeats" in words:
            effect = "Only the last of equal keys counts; what the first one holds is lost as a whole."
            code, fix = "repeated-key", "Put both into one object."
        elif "holds" in words and "no" in words:
            code, effect, fix = "no-section", "It sets nothing.", 'Write an object there: {"trait": value}.'
        else:
            continue
        yield ConfigFinding(code, "warning", file.path, line, _sentence(visible(note, 200)), effect, fix)


def hidden(patient: Patient) -> Iterator[ConfigFinding]:
    """A line that another file decides over: what it says has no effect."""
    for setting in patient.found.settings:
        decider = setting.source
        if decider.kind not in {"file", "computed"} or decider.path is None:
            continue
        for source in setting.shadowed:
            if source.kind == "file" and source.path is not None and _differs(setting, source):
                yield _hidden(f"{setting.cls}.{setting.name}", decider, source, secret=setting.secret)
    yield from _hidden_elsewhere(patient)


def _differs(setting: Setting, source: Source) -> bool:
    return setting.secret or source.text != setting.source.text


def _hidden(name: str, decider: Source, source: Source, *, secret: bool) -> ConfigFinding:
    code, why = "hidden", "which Jupyter puts above this one"
    if decider.path == source.path:
        same_name = decider.name == source.name
        code, why = "set-twice", "and the last one counts" if same_name else "which counts more"
    elif _are_twins(decider.path, source.path):
        code, why = "json-hides-py", "and of two files with one name in one directory the .json counts"
    elif decider.level == "prefix" and source.level in {"user", "environment"}:
        code, why = "prefix-hides-home", "and in a virtual environment its etc/jupyter counts more than the home"
    if secret and code != "set-twice" and name.endswith("password"):
        code = "password-hidden"
    place = _short(decider.path, source.path) + (f" line {decider.line}" if decider.line else "")
    told = visible(decider.name, NAME_LIMIT)
    message = f"{visible(source.name, NAME_LIMIT)} stands here and is set again as {told} in {place}, {why}."
    fix = f"Remove this line, or change {place} instead."
    severity: Severity = "note" if code == "set-twice" else "warning"
    effect = f"This line has no effect: {name} is what {place} says."
    # Where one file sets it twice, unsetting the name would take both.
    same = decider.path == source.path
    change = None if same or source.path is None else ConfigChange(source.name, None, source.path)
    return ConfigFinding(code, severity, source.path, source.line, message, effect, fix, change)


def _are_twins(json: str | None, py: str | None) -> bool:
    one, other = os.path.splitext(json or ""), os.path.splitext(py or "")  # noqa: PTH122 - a path, not its parts
    return one[0] == other[0] and (one[1], other[1]) == (".json", ".py")


def _short(path: str | None, beside: str | None) -> str:
    """The file's name where both are in one directory, else its path."""
    own, other = Path(path or ""), Path(beside or "")
    return visible(own.name if own.parent == other.parent else str(own), 300)


def _hidden_elsewhere(patient: Patient) -> Iterator[ConfigFinding]:
    """The same for traits that are not in the catalogue: files with one name, from the first to the last."""
    from jntui.model import Source

    deciding: dict[tuple[str, str, str], tuple[Assignment, ConfigFile]] = {}
    for file, read in patient.files:
        if file.dropped or file.ends:
            continue
        for one in read.assignments:
            if not one.cls or is_catalogued(one.cls, one.trait) or isinstance(one.value, dict):
                continue
            first, whose = deciding.setdefault((Path(file.path).stem, one.cls, one.trait), (one, file))
            if whose is file or first.computed or one.computed or first.value == one.value:
                continue
            name = f"{one.cls}.{one.trait}"
            decider = Source("file", first.path, first.line, name, level=whose.level)
            source = Source("file", one.path, one.line, name, level=file.level)
            if not _is_known_hidden(patient, source):
                yield _hidden(name, decider, source, secret=False)


def _is_known_hidden(patient: Patient, source: Source) -> bool:
    """The catalogue tells of it already, under the name that the trait has become."""
    places = ((one.path, one.line) for setting in patient.found.settings for one in (setting.source, *setting.shadowed))
    return (source.path, source.line) in places


def absent(patient: Patient) -> Iterator[ConfigFinding]:
    """Files that the start names and that are not there; files that a variable switches off."""
    if patient.alone:
        return
    if (patient.subject.environ or {}).get("JUPYTER_NO_CONFIG"):
        message = "JUPYTER_NO_CONFIG is set."
        effect = "Jupyter reads no config file at all."
        yield ConfigFinding("no-config", "warning", None, None, message, effect, "Unset the variable.")
    for file in patient.found.files:
        if not file.exists and file.trouble.startswith("a link"):
            message = f"It is {visible(file.trouble, 100)}."
            fix = "Let the link lead to the file, write the file, or remove the link."
            effect = "Jupyter passes over it without a word."
            yield ConfigFinding("dangling-link", "warning", file.path, None, message, effect, fix)
    for note in patient.found.notes:
        if note.endswith("is not there: Jupyter starts without it"):
            path = note.partition(", named by")[0]
            effect = "Jupyter starts without it, and reads none of the others of that name."
            message = "--config names a file that is not there."
            fix = "Write the file, or name one that is there."
            yield ConfigFinding("config-missing", "error", path, None, message, effect, fix)
