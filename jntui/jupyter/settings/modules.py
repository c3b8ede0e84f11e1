"""Whether the modules that config files import are there: asked of the server's own Python, which imports none."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.settings.folders import asked
from jntui.jupyter.settings.reading import DENIED, SHUT
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.settings.assignment import Need, ReadFile
    from jntui.jupyter.settings.subject import Subject
    from jntui.process import Processes

_COME_AND_GO = (
    "aifc annotationlib asynchat asyncore audioop binhex cgi cgitb chunk compression crypt distutils ensurepip "
    "formatter graphlib idlelib imghdr imp lib2to3 macpath mailcap msilib nis nntplib ossaudiodev parser pipes smtpd "
    "sndhdr spwd sunau symbol telnetlib tkinter tomllib turtle uu venv xdrlib zoneinfo"
)
"""Parts of the standard library that some Python from 3.7 on has and another has not."""
_THERE = (sys.stdlib_module_names - frozenset(_COME_AND_GO.split())) | {"traitlets", "jupyter_core"}
"""What every Jupyter can import: that need not be asked."""

_QUESTION = """
import importlib.util, json, sys
first = sys.argv[1]
sys.path[:] = ([first] if first else []) + [path for path in sys.path if path]
def is_there(name):
    try:
        return name in sys.modules or importlib.util.find_spec(name) is not None
    except Exception:
        return True
print(json.dumps({"missing": [name for name in sys.argv[2:] if not is_there(name)]}))
"""


class Needs:
    """Settles what config files need; each question is asked once."""

    def __init__(self, subject: Subject, processes: Processes) -> None:
        self._subject = subject
        self._processes = processes
        self._paths_changed = False
        """A file before may have changed where modules come from."""

    def settled(self, file: ReadFile) -> ReadFile:
        """The file as Jupyter takes it, if what it needs is known to be there or not."""
        if file.trouble in {DENIED, SHUT} and self._is_ours():
            # Jupyter as this user cannot read it either: traitlets passes over what it does not find, and goes on
            # without what it cannot open.
            return replace(file, veils=(), dropped=file.trouble == DENIED)
        before = self._paths_changed
        self._paths_changed = before or file.paths_changed
        if not file.needs or file.dropped or file.ends:
            return file
        askable = [need for need in file.needs if need.kind == "module" and not (need.unsure or before)]
        missing = self._missing(frozenset(need.name for need in askable))
        answers = {need: self._is_missing(need, missing if need in askable else None) for need in file.needs}
        file = replace(file, notes=_notes(file, answers))
        for need, gone in answers.items():
            if gone and need.certain:
                return _left_out(file, need)
        if any(answers.values()):
            doubted = tuple(replace(one, computed=True, value=None) for one in file.assignments)
            return replace(file, assignments=doubted)
        return file

    def _is_ours(self) -> bool:
        uid = self._subject.uid
        return uid is None or (hasattr(os, "geteuid") and uid == os.geteuid())

    def _is_missing(self, need: Need, missing: frozenset[str] | None) -> bool | None:
        """None where that cannot be told."""
        if need.kind == "code":
            return None
        if need.kind == "module":
            return False if need.name in _THERE else None if missing is None else need.name in missing
        environ = self._subject.environ
        return None if environ is None else need.name not in environ

    def _missing(self, names: frozenset[str]) -> frozenset[str] | None:
        """Those of the modules that its Python does not find; None where it cannot be asked."""
        asking = sorted(names - _THERE)
        if not asking:
            return frozenset()
        subject = self._subject
        if subject.search is None:
            return None
        environ = dict(subject.environ or {})
        paths = [str(Path(subject.cwd or os.sep, path)) for path in environ.get("PYTHONPATH", "").split(os.pathsep)]
        if environ.get("PYTHONPATH"):
            # The child runs elsewhere: what is relative there is made absolute here.
            environ["PYTHONPATH"] = os.pathsep.join(paths)
        question = (_QUESTION, subject.search, *asking)
        answer = asked(replace(subject, environ=environ), self._processes, question, (subject.search, *paths))
        found = answer.get("missing") if answer else None
        return frozenset(map(str, found)) if isinstance(found, list) else None


def _notes(file: ReadFile, answers: dict[Need, bool | None]) -> tuple[str, ...]:
    """The notes of the file, and of its needs those that are not known to be met."""
    notes = list(file.notes)
    for need, gone in answers.items():
        if gone is None:
            notes.append(need.note)
        elif gone and not need.certain:
            notes.append(f"line {need.line} {_words(need)}: if that line runs, Jupyter leaves the whole file out")
    return tuple(dict.fromkeys(notes))


def _words(need: Need) -> str:
    if need.kind == "module":
        return f"imports {visible(need.name, 60)}, which is not in that Python"
    return f"needs the variable {visible(need.name, 60)}, which is not set"


def _left_out(file: ReadFile, need: Need) -> ReadFile:
    name = visible(need.name, 60)
    words = f"the module {name} is not in that Python" if need.kind == "module" else f"the variable {name} is not set"
    # What it does to the environment before it fails stays done.
    veils = tuple(one for one in file.veils if one.section.startswith("os.") and (one.line or 0) < need.line)
    words = f"{need.place}: {words}" if need.place else words
    return replace(
        file, assignments=(), plain=(), veils=veils, dropped=True, trouble=words, line=need.line, caret=need.caret
    )
