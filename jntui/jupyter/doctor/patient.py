"""What the rules look at: the settings that decide, what each file says, and what lies around them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.doctor.traits import Traits
from jntui.jupyter.settings import effective
from jntui.jupyter.settings.folders import folders_of
from jntui.jupyter.settings.reading import read_config_file
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jntui.jupyter.settings.assignment import Assignment, ReadFile
    from jntui.jupyter.settings.subject import Subject
    from jntui.model import ConfigFile, Configuration, Setting, Source
    from jntui.process import Processes

FILES_LIMIT = 100
"""Files that are there and are looked into."""
NAME_LIMIT = 80
"""Characters of a name out of a file."""


@dataclass(frozen=True, slots=True)
class Senses:
    """What others know: the network's part of jntui, which Jupyter's part does not import."""

    pair_problem: Callable[[str, str], str]
    """Why TLS cannot work with this certificate and key, in one line; empty where it can."""
    certificate: Callable[[str], bytes]
    """The first certificate of a file (DER); empty where there is none."""
    addresses: Callable[[str], tuple[str, ...] | None]
    """Where a name leads: empty if nowhere, None if no answer came in time."""


@dataclass(frozen=True, slots=True)
class Patient:
    """One start of Jupyter, or one file alone."""

    found: Configuration
    subject: Subject = field(repr=False)
    senses: Senses = field(repr=False)
    traits: Traits = field(repr=False)
    files: tuple[tuple[ConfigFile, ReadFile], ...] = field(repr=False)
    """Those that are there, the first decides over the others; what the second says counts unless the first says no."""
    packages: tuple[tuple[str, str], ...] | None = None
    """Jupyter's packages of that Python; None where it was not asked."""
    alone: bool = False
    """One file is looked at, without the environment and the other files."""

    @property
    def application(self) -> str:
        """The class that holds the port: ServerApp, NotebookApp, KernelGatewayApp."""
        port = self.found.setting("port")
        return port.cls if port is not None else "ServerApp"

    @property
    def hands_on_login(self) -> bool:
        """Token and password have classes of their own: Jupyter Server 2."""
        password = self.found.setting("hashed_password")
        return password is not None and password.cls == "PasswordIdentityProvider"

    @property
    def as_root(self) -> bool:
        """Whether the server would run as root."""
        uid = self.subject.uid if self.subject.uid is not None else getattr(os, "geteuid", lambda: None)()
        return uid == 0

    def assignments(self) -> Iterator[Assignment]:
        """All that count, of all files."""
        for file, read in self.files:
            if not file.dropped and not file.ends:
                yield from read.assignments

    def assignment(self, source: Source) -> Assignment | None:
        """What stands at this place."""
        for one in self.assignments():
            if (one.path, one.line) == (source.path, source.line) and f"{one.cls}.{one.trait}" == source.name:
                return one
        return None

    def absolute(self, path: str) -> str:
        """A path in a setting, as the server's working directory makes it; empty where that is not known."""
        if Path(path).is_absolute():
            return path
        return str(Path(self.subject.cwd, path)) if self.subject.cwd else ""

    def settings(self, *names: str) -> Iterator[Setting]:
        """Those of the settings that somebody set, in a file, a variable or an option."""
        for name in names:
            setting = self.found.setting(name)
            if setting is not None and setting.source.kind in {"file", "env", "command line"}:
                yield setting


def patient_of(subject: Subject, processes: Processes, senses: Senses, file: str | None = None) -> Patient:
    """Everything is read once; the subject's Python is asked at most twice, for at most 15 s each."""
    # What a running server still has says nothing of what is wrong in a file that was changed after its start.
    found = effective.configuration(subject, processes, file, observed=False)
    there = [one for one in found.files if one.exists and not one.because][:FILES_LIMIT]
    files = tuple((one, read_config_file(one.path)) for one in there) if subject.reaches_files or file else ()
    packages = folders_of(subject, processes).packages
    return Patient(found, subject, senses, Traits(subject, processes), files, packages, alone=file is not None)


def place(source: Source) -> tuple[str | None, int | None]:
    """File and line of a setting; nothing for what stands in no file."""
    return (source.path, source.line) if source.kind in {"file", "computed"} else (None, None)


def written(source: Source) -> str:
    """How a setting is named where it is set: `ServerApp.port`, `--port`, `JUPYTER_PORT`."""
    return visible(source.name or source.path or "it", NAME_LIMIT)


def plain_value(value: object) -> str | None:
    """A value as a command line gives it; None where none can be given so."""
    if isinstance(value, str):
        return None if any(char in value for char in "\r\n\0") else value
    return str(value) if isinstance(value, (bool, int, float)) else None
