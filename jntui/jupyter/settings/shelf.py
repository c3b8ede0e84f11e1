"""The config files of one look, each read once, and the values in them as `Given`s."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.jupyter.settings.catalogue import CATALOGUE
from jntui.jupyter.settings.classes import CLASS_TRAITS, DICT_TRAITS
from jntui.jupyter.settings.given import Given, Sections
from jntui.jupyter.settings.reading import elsewhere, read_config_file
from jntui.model import Source

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

    from jntui.jupyter.settings.assignment import Assignment, ReadFile
    from jntui.jupyter.settings.modules import Needs
    from jntui.model import Level

_WANTED = frozenset(
    {name for known in CATALOGUE for name in known.names}
    | {
        "config_file",
        "config_file_name",
        "jpserver_extensions",
        "file_to_run",
        "auth_token",
        "password",
        "notebook_dir",
    }
    | {"url", "sock_mode", *CLASS_TRAITS, *DICT_TRAITS}
)
_OLD_CLASSES = frozenset({"NotebookApp", "LabApp", "JupyterNotebookApp"})
"""Of these every trait counts: one that the shim does not know ends Jupyter."""


class Shelf:
    """Reads files when they are first asked for; with `only` no other file than that one counts."""

    def __init__(
        self, only: str | None = None, needs: Needs | None = None, *, reached: bool = True, every: bool = False
    ) -> None:
        self._only = only
        self._every = every
        """What the catalogue lacks counts as well."""
        self._reached = reached
        """False: paths lead the server to other files than jntui."""
        self._needs = needs
        """Says whether what a file needs is there; None: nobody does."""
        self._files: dict[str, ReadFile] = {}
        self._givens: dict[str, tuple[Given, ...]] = {}
        self._doubted: dict[Given, Given] = {}
        self._certain: dict[Given, Given] = {}
        self.levels: dict[str, Level] = {}
        """Path -> which kind of directory it is in; in the order in which they were first asked for."""

    def file(self, path: str) -> ReadFile:
        """What the file says."""
        if path not in self._files:
            file = read_config_file(path) if self._reached else elsewhere(path)
            self._files[path] = self._needs.settled(file) if self._needs is not None else file
        return self._files[path]

    def times(self) -> dict[str, datetime | None]:
        """When each file that was read was last written, also those that others load; None: no file was read."""
        found = {path: file.changed for path, file in self._files.items()}
        for file in self._files.values():
            for path, changed in file.loads:
                found[path] = found.get(path) or changed
        return found

    def sections(self, path: str, level: Level, without: Container[Given]) -> Sections:
        """What the file sets, but for some values; nothing where Jupyter leaves it out."""
        self.levels.setdefault(path, level)
        if self._only not in {None, path}:
            return Sections()
        file = self.file(path)
        if path not in self._givens:
            self._givens[path] = tuple(_given(one, level) for one in file.assignments if self._every or _is_wanted(one))
        found = Sections.of((given for given in self._givens[path] if given not in without), file.plain)
        for void in file.voids:
            source = Source("file", path, void.line, void.section, "", level)
            place = Given(void.section, "", None, source, computed=void.hard, position=(path, void.line))
            found.voids[void.section] = place
        return found

    def reaches(self, path: str) -> bool:
        """What is there for jntui is there for the server, and counts."""
        return self._reached and self._only in {None, path}

    @property
    def asks(self) -> bool:
        """The server's Python can be asked."""
        return self._needs is not None and self._needs.asks

    def is_there(self, name: str) -> bool | None:
        """A class is in that Python, by its module and behind a colon its name; None where that cannot be told."""
        return self._needs.is_there(name) if self._needs is not None else None

    def doubted(self, given: Given) -> Given:
        """The same value, of which nobody knows whether it counts; the same object each time."""
        if given.computed:
            return given
        if given not in self._doubted:
            source = replace(given.source, kind="computed")
            self._doubted[given] = replace(given, value=None, source=source, computed=True, typed=False)
            self._certain[self._doubted[given]] = given
        return self._doubted[given]

    def original(self, given: Given) -> Given:
        """What was doubted, or the value itself."""
        return self._certain.get(given, given)


def _is_wanted(one: Assignment) -> bool:
    return one.trait in _WANTED or one.cls in _OLD_CLASSES


def _given(one: Assignment, level: Level) -> Given:
    name = f"{one.cls}.{one.trait}"
    source = Source("computed" if one.computed else "file", one.path, one.line, name, one.text, level)
    return Given(one.cls, one.trait, one.value, source, one.computed, position=(one.path, one.line))
