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
    from collections.abc import Mapping

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

_REMOVED = frozenset(
    {"notebook.auth", "notebook.auth.security", "notebook.services", "IPython.lib:passwd", "IPython.lib.security"}
)
"""What older releases had: where it is not found, no code of the package brings it back."""

_QUESTION = """
import ast, importlib.util, json, sys
from importlib.machinery import PathFinder
first, removed = sys.argv[1], sys.argv[2].split()
sys.path[:] = ([first] if first else []) + [path for path in sys.path if path]
def source(spec):
    if not (spec.origin or "").endswith(".py"):
        return None if spec.submodule_search_locations is None or spec.has_location else ""
    with open(spec.origin, "rb") as stream:
        return stream.read(2000000).decode("utf-8", "replace")
def may_make(spec):
    # Code of the parent can put modules in place that no finder knows.
    text = source(spec)
    return text is None or any(word in text for word in ("__path__", "sys.modules", "meta_path", "__import__"))
def find(name):
    parts = name.split(".")
    spec = importlib.util.find_spec(parts[0])
    for at in range(1, len(parts)):
        if spec is None:
            return None, False
        inner = PathFinder.find_spec(".".join(parts[: at + 1]), spec.submodule_search_locations or [])
        if inner is None:
            return None, may_make(spec)
        spec = inner
    return spec, False
def binds(spec, name):
    text = source(spec)
    if text is None:
        return None
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.alias) and (node.asname or node.name.partition(".")[0]) == name:
            return True
        if getattr(node, "name", None) == name or (isinstance(node, ast.Name) and node.id == name):
            return True
    return None
def is_there(wanted):
    module, _, name = wanted.partition(":")
    if not name and module in sys.modules:
        return True
    spec, unsure = find(module)
    if spec is None:
        return None if unsure and wanted not in removed else False
    if not name or binds(spec, name):
        return True
    if spec.submodule_search_locations and PathFinder.find_spec(module + "." + name, spec.submodule_search_locations):
        return True
    return False if wanted in removed else None
def answer(wanted):
    try:
        return is_there(wanted)
    except Exception:
        return None
print(json.dumps({"there": {name: answer(name) for name in sys.argv[3:]}}))
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
        there = self._there(frozenset(need.name for need in askable))
        answers = {need: self._is_missing(need, there if need in askable else {}) for need in file.needs}
        file = replace(file, notes=_notes(file, answers))
        for need, gone in answers.items():
            if gone and need.certain:
                return _left_out(file, need)
        if any(answers.values()):
            doubted = tuple(replace(one, computed=True, value=None) for one in file.assignments)
            return replace(file, assignments=doubted)
        return file

    @property
    def asks(self) -> bool:
        """That Python can be asked, and finds its modules where it did."""
        return self._subject.search is not None and self._subject.python is not None and not self._paths_changed

    def is_there(self, name: str) -> bool | None:
        """What one module has is there; None where that cannot be told."""
        if not self.asks:
            return None
        found = self._there(frozenset({name})).get(name)
        return found if isinstance(found, bool) else None

    def _is_ours(self) -> bool:
        uid = self._subject.uid
        return uid is None or (hasattr(os, "geteuid") and uid == os.geteuid())

    def _is_missing(self, need: Need, there: Mapping[str, object]) -> bool | None:
        """None where that cannot be told."""
        if need.kind == "code":
            return None
        if need.kind == "module":
            found = True if _is_always_there(need.name) else there.get(need.name)
            return None if found is None else not found
        environ = self._subject.environ
        if environ is None:
            return None
        if need.kind == "number":
            return not _is_number(environ.get(need.name, "0"), need.base)
        return need.name not in environ

    def _there(self, names: frozenset[str]) -> Mapping[str, object]:
        """Which of the modules its Python finds; those of which nobody can tell are left out, or None."""
        asking = sorted(name for name in names if not _is_always_there(name))
        if not asking:
            return {}
        subject = self._subject
        if subject.search is None:
            return {}
        environ = dict(subject.environ or {})
        paths = [str(Path(subject.cwd or os.sep, path)) for path in environ.get("PYTHONPATH", "").split(os.pathsep)]
        if environ.get("PYTHONPATH"):
            # The child runs elsewhere: what is relative there is made absolute here.
            environ["PYTHONPATH"] = os.pathsep.join(paths)
        question = (_QUESTION, subject.search, " ".join(sorted(_REMOVED)), *asking)
        answer = asked(replace(subject, environ=environ), self._processes, question, (subject.search, *paths))
        found = answer.get("there") if answer else None
        return found if isinstance(found, dict) else {}


def _is_number(text: str, base: int) -> bool:
    try:
        int(text, base)
    except ValueError:
        return False
    return True


def _is_always_there(name: str) -> bool:
    return name.partition(":")[0].partition(".")[0] in _THERE


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
        return f"imports {_dotted(need)}, which is not in that Python"
    if need.kind == "number":
        return f"takes the variable {visible(need.name, 60)} for a number, and it is none"
    return f"needs the variable {visible(need.name, 60)}, which is not set"


def _dotted(need: Need) -> str:
    return visible(need.name.replace(":", "."), 60)


def _left_out(file: ReadFile, need: Need) -> ReadFile:
    name = _dotted(need)
    words = (
        f"the {'name' if ':' in need.name else 'module'} {name} is not in that Python"
        if need.kind == "module"
        else f"the variable {name} is not {'a number' if need.kind == 'number' else 'set'}"
    )
    # What it does to the environment before it fails stays done.
    veils = tuple(one for one in file.veils if one.section.startswith("os.") and (one.line or 0) < need.line)
    words = f"{need.place}: {words}" if need.place else words
    return replace(
        file, assignments=(), plain=(), veils=veils, dropped=True, trouble=words, line=need.line, caret=need.caret
    )
