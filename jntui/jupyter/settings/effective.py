"""Every setting of the catalogue for one start of Jupyter: its value, what decides it, what that hides."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.command_line import GATEWAY, NOTEBOOK
from jntui.jupyter.settings import hub
from jntui.jupyter.settings.applications import starter_of
from jntui.jupyter.settings.assignment import Veil
from jntui.jupyter.settings.catalogue import KERNELS, PASSWORD, SECTIONS, TOKEN, known_in
from jntui.jupyter.settings.classes import GATEWAY_VARIABLE
from jntui.jupyter.settings.decision import Decided
from jntui.jupyter.settings.defaults import Found, default_of, from_environment
from jntui.jupyter.settings.folders import folders_of
from jntui.jupyter.settings.listing import config_files, notes_of, unsure_of
from jntui.jupyter.settings.loading import Run, Start
from jntui.jupyter.settings.modules import Needs
from jntui.jupyter.settings.observed import observe
from jntui.jupyter.settings.options import read_options
from jntui.jupyter.settings.outside import DIRECTORY, ENVIRON
from jntui.jupyter.settings.places import is_folder
from jntui.jupyter.settings.pointing import covered_pieces, may_be_secret
from jntui.jupyter.settings.refusals import Circumstances, refused
from jntui.jupyter.settings.shelf import Shelf
from jntui.jupyter.settings.since import lasting_of
from jntui.jupyter.settings.values import UnsureError, WrongTypeError, read_value, secret_kind, shown, without_secrets
from jntui.model import Configuration, Secret, Setting, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from jntui.jupyter.settings.catalogue import Generation, Held, Known
    from jntui.jupyter.settings.folders import Folders
    from jntui.jupyter.settings.given import Given
    from jntui.jupyter.settings.subject import Subject
    from jntui.model import ConfigFile
    from jntui.process import Processes

_HANDING_ON = frozenset(
    {"ServerApp", "NotebookApp", "LabApp", "JupyterNotebookApp", "IdentityProvider", "PasswordIdentityProvider"}
)
"""Sections whose traits become the server's or its login's."""
_LOGIN = frozenset({TOKEN, PASSWORD, "password_required"})
"""What JupyterHub's own identity provider does not read from files (`jupyterhub.singleuser.extension`)."""
_NAME_A_CLASS = frozenset({"identity_provider_class", "login_handler_class", "kernel_manager_class", "url"})
"""Traits that decide which class holds others (`classes.sections_of`)."""
SHADOWED_LIMIT = 12
"""Hidden values that are named of one setting."""


def configuration(
    subject: Subject, processes: Processes, file: str | None = None, *, observed: bool = True
) -> Configuration:
    """All settings of the subject; asks its Python at most once, for at most 5 s, and runs nothing else.

    With `file`: what this file alone would set. Not `observed`: without what the running server has of it.
    """
    return Read(subject, processes, file).configuration(observed=observed)


def secret_of(subject: Subject, processes: Processes, name: str) -> Secret | None:
    """The token or hash itself that decides, to be compared with and never shown; None where it is not known."""
    for one in Read(subject, processes).decided:
        if one.known.name == name and isinstance(one.found.value, Secret):
            return one.found.value
    return None


class Read:
    """One start acted out, and what decides each setting of it; with `every` also what the catalogue lacks counts."""

    def __init__(self, subject: Subject, processes: Processes, file: str | None = None, *, every: bool = False) -> None:
        folders = folders_of(subject, processes)
        self._generation = _generation(subject, folders)
        if file is not None:
            subject, folders = _alone(subject, folders, file)
        self._subject, self._folders = subject, folders
        cwd = subject.cwd or os.sep
        only = None if file is None else os.path.normpath(Path(file).absolute())
        options = read_options(subject.words if only is None else ["--config", only], self._generation, cwd)
        if subject.server is not None:
            # It has started with them.
            options = replace(options, refused=())
        starter = starter_of(subject.app, self._generation, classic=subject.classic)
        from_hub = hub.givens(subject.environ or {}) if starter == "jupyterhub" else ()
        gateway = bool((subject.environ or {}).get(GATEWAY_VARIABLE))
        reached = subject.reaches_files
        self.start = Start(
            self._generation,
            starter,
            folders,
            options,
            subject.home,
            cwd,
            reached,
            gateway,
            environ=subject.environ or {},
            hub=from_hub,
        )
        self.shelf = Shelf(only, Needs(subject, processes), reached=reached or only is not None, every=every)
        self.run = Run(self.start, self.shelf)
        self._files = config_files(self.shelf, self.run, only)
        self.veils = _veils(self.shelf, self.run, self._files)
        self.decided = _decide(self.start, self.shelf, self.run, subject, self.veils)

    @property
    def times(self) -> Mapping[str, datetime | None]:
        """When each file that was read was last written."""
        return self.shelf.times()

    def configuration(self, *, doubting: bool = True, observed: bool = True) -> Configuration:
        """In the words of the model; `doubting`: what may have stood in a directory that is not there counts.

        Not `observed`: what a start would have now, whatever the running server has.
        """
        subject, folders, files = self._subject, self._folders, self._files
        told = [_setting(one, self.start) for one in self.decided]
        lasting = lasting_of(subject, folders)
        running = subject.server if observed else None
        settings, found = observe(told, self.decided, running, self.times, lasting, doubting=doubting)
        if subject.server is not None and not subject.words_known:
            settings = [_of_another_program(one) for one in settings]
        notes = notes_of(self.shelf, self.run, subject, self._generation, files, found)
        server = subject.server.id if subject.server is not None else None
        python = None if folders.assumed else subject.python
        return Configuration(
            tuple(settings),
            files,
            server,
            folders.assumed,
            subject.app,
            python,
            subject.chosen,
            notes,
            unsure_of(found),
        )


def _veils(shelf: Shelf, run: Run, files: Sequence[ConfigFile]) -> list[tuple[str, tuple[Veil, ...]]]:
    """What cannot be seen through, the file that decides over the others first."""
    unnamed = [one.position for one in run.unnamed if one.position[0]]
    named = [(path, (Veil("", line),)) for path, line in unnamed]
    return [*named, *((one.path, shelf.file(one.path).veils) for one in files if not one.because)]


def _of_another_program(setting: Setting) -> Setting:
    """A server inside another program: what that one sets in its own code, nobody but it knows."""
    if setting.source.kind not in {"default", "file", "computed"} or setting.needs_restart is False:
        return setting
    note = setting.note or "the program that the server runs in may set it, which cannot be seen"
    return replace(setting, needs_restart=None, note=note)


def password_proven(subject: Subject, processes: Processes) -> bool:
    """A password guards this server, by a setting that it read when it started; its Python is not asked.

    For what its login page cannot tell: a password beside a token. In which order the directories come makes no
    difference to whether there is one, and a file that is as old as the server was there.
    """
    found = Read(replace(subject, python=None, reason="not asked"), processes).configuration(doubting=False)
    setting = found.setting(PASSWORD)
    return setting is not None and setting.needs_restart is False and setting.shown.endswith(" hash")


def _alone(subject: Subject, folders: Folders, file: str) -> tuple[Subject, Folders]:
    """The start without directories, variables and options."""
    bare = replace(subject, server=None, environ={}, words=(), words_known=True)
    return bare, replace(folders, folders=(), assumed="")


def _generation(subject: Subject, folders: Folders) -> Generation:
    """Which Jupyter it is: by the application, its info file, the version it names, the packages beside it."""
    if subject.app == GATEWAY:
        return "gateway"
    if subject.legacy or (subject.legacy is None and subject.app == NOTEBOOK and _is_old_notebook(folders)):
        return "notebook6"
    version = subject.version or folders.version("jupyter_server")
    major = version.partition(".")[0]
    return "server1" if major in {"0", "1"} else "server2"


def _is_old_notebook(folders: Folders) -> bool:
    major = folders.version("notebook").partition(".")[0]
    return major.isdecimal() and int(major) < 7


def _decide(
    start: Start, shelf: Shelf, run: Run, subject: Subject, veils: Sequence[tuple[str, tuple[Veil, ...]]]
) -> list[Decided]:
    """In the catalogue's order; a default that hangs on other settings is worked out after those."""
    found: dict[str, Decided] = {}
    catalogue = known_in(start.generation)
    for known in sorted(catalogue, key=lambda one: one.name in {TOKEN, "allow_remote_access"}):
        held = known.held[start.generation]
        chain = [_found(known, held, given, start) for given in _chain(start, shelf, run, held)]
        chain += from_environment(known, held, subject.environ or {}, start.cwd if start.reaches_files else None)
        if start.starter == "jupyterhub" and known.name in _LOGIN:
            chain = [Found(None, "the hub decides", Source("computed", text="by JupyterHub"), known=False)]
        veiled = _veiled(held, chain[0].source if chain else None, veils)
        if not chain or chain[-1].source.kind != "default":
            others = {name: one.found for name, one in found.items()}
            opened = run.option("file_to_run") if known.name == "root_dir" else None
            if opened is not None:
                place = str(Path(str(opened.value)).parent)
                chain.append(Found(place, shown(place), opened.source))
            else:
                chain.append(default_of(known, held, start.generation, others, subject.cwd))
        if veiled is not None and not (start.starter == "jupyterhub" and known.name in _LOGIN):
            chain.insert(0, veiled)
        found[known.name] = Decided(known, held, chain[0], _hidden(chain))
    found = refused(found, _circumstances(start, run, subject))
    return [found[known.name] for known in catalogue]


def _circumstances(start: Start, run: Run, subject: Subject) -> Circumstances:
    """The user and the files that a start of this subject would have."""
    uid = subject.uid if subject.uid is not None else getattr(os, "geteuid", lambda: None)()
    return Circumstances(start.generation, run.option, start.home, subject.cwd, subject.reaches_files, as_root=uid == 0)


def _veiled(held: Held, decider: Source | None, veils: Sequence[tuple[str, tuple[Veil, ...]]]) -> Found | None:
    """What is said where code that jntui cannot see through comes before what decides a setting of the catalogue."""
    base = held.cls in {"ServerApp", "NotebookApp"} or held.cls.endswith("IdentityProvider")
    if held.cls == KERNELS:
        # Where it names a gateway, another class holds the kernels.
        decider = None if decider is not None and decider.kind in {"env", "default"} else decider
    covering = {"", *SECTIONS[held.cls], held.cls} | (_HANDING_ON if base else frozenset())
    if decider is None or decider.kind == "env":
        covering |= {ENVIRON, *(f"{ENVIRON}.{name}" for name in held.variables)} if held.variables else set()
    if held.cls == KERNELS:
        covering |= {ENVIRON, f"{ENVIRON}.{GATEWAY_VARIABLE}"}
    if held.trait in {"root_dir", "notebook_dir"} and (decider is None or decider.text[1:2] != os.sep):
        covering |= {DIRECTORY}
    return veil_over(covering, decider, veils)


def veil_over(
    covering: AbstractSet[str], decider: Source | None, veils: Sequence[tuple[str, tuple[Veil, ...]]]
) -> Found | None:
    """What is said where code or a file that jntui cannot see through comes before what decides; None if none does."""
    if decider is not None and decider.kind == "command line":
        return None
    for path, veiling in veils:
        # What the file that decides cannot be seen through is in the value already, but for its directory.
        covered = {DIRECTORY} & covering if decider is not None and decider.path == path else covering
        veil = next((one for one in veiling if one.section in covered), None)
        if veil is not None:
            text = "by code that jntui does not run" if veil.line else "in a file that jntui cannot read"
            source = Source("computed", path, veil.line, text=text)
            return Found(None, "computed" if veil.line else "not known", source, f"may be set {text}", known=False)
        if decider is not None and decider.path == path:
            return None
    return None


def _hidden(chain: list[Found]) -> tuple[Source, ...]:
    """What stands behind the first, once each; a default, or a value that is worked out, is not hidden."""
    places = [one.source for one in chain[1:] if one.source.kind != "default"]
    placed = [source for source in places if source.kind != "computed" or source.path is not None]
    # One word on the command line may set several traits: `--no-browser`.
    return tuple(source for source in dict.fromkeys(placed) if source != chain[0].source)[:SHADOWED_LIMIT]


def _chain(start: Start, shelf: Shelf, run: Run, held: Held) -> list[Given]:
    """What decides, then what would if that were not there, and so on: each is found by another run without it."""
    chain: list[Given] = []
    while len(chain) <= SHADOWED_LIMIT:
        given = run.decider(held)
        if given is None or given in chain:
            break
        chain.append(given)
        if given.source.kind == "default" or (given.trait in _NAME_A_CLASS and given.trait != held.trait):
            break
        run = Run(start, shelf, frozenset(map(shelf.original, chain)))
    return chain


def _found(known: Known, held: Held, given: Given, start: Start) -> Found:
    """A value that somebody gave, as the trait reads it."""
    source = given.source
    if given.trait in _NAME_A_CLASS and given.trait != held.trait:
        text = f"by a class that jntui does not know: {given.cls}.{given.trait}"
        return Found(None, "computed", replace(source, kind="computed", text=text), text, known=False)
    if given.computed:
        hidden = known.kind == "secret" or known.name == "custom_display_url" or may_be_secret([source.text], 1)
        text = "computed" if hidden else covered_pieces(source.text)
        return Found(None, "computed", replace(source, text=text), "only running the file would tell", known=False)
    try:
        value = read_value(known.kind, given, start.home, start.folders.version("traitlets"))
    except UnsureError as unsure:
        return Found(None, shown(given.value), source, str(unsure), known=False)
    except WrongTypeError as wrong:
        note = f"Jupyter will not start with it: {held.trait} is {wrong}"
        kind = "not text" if known.kind == "secret" else shown(given.value)
        return Found(None, kind, replace(source, text=kind), note, known=False)
    if known.kind == "secret":
        kind = secret_kind(held.trait, str(value))
        return Found(Secret(str(value)), kind, replace(source, text=kind))
    if known.name == "custom_display_url":
        value = without_secrets(str(value))
        source = replace(source, text=without_secrets(source.text))
    value, note = _validated(known, value, start)
    return Found(value, shown(value), source, note)


def _validated(known: Known, value: object, start: Start) -> tuple[object, str]:
    """What the trait makes of a value of the right type, and what is wrong with it."""
    if known.name == "base_url":
        text = str(value)
        text = text if text.startswith("/") else f"/{text}"
        return text if text.endswith("/") else f"{text}/", ""
    if known.name == "root_dir":
        text = str(value)
        if text != os.sep:
            text = text.rstrip(os.sep)
        path = text if Path(text).is_absolute() else os.path.normpath(Path(start.cwd, text))
        missing = start.reaches_files and not is_folder(path)
        return path, "Jupyter will not start with it: there is no such directory" if missing else ""
    return value, ""


def _setting(one: Decided, start: Start) -> Setting:
    known, held, found = one.known, one.held, one.found
    secret = known.kind == "secret"
    default = known.default_in(start.generation)
    if known.name == "open_browser" and start.starter not in {None, "jupyterhub"}:
        default = True  # `ExtensionApp.open_browser`
    words = "empty" if secret and default == "" else shown(default)
    return Setting(
        name=held.trait,
        cls=held.cls,
        type=known.kind,
        help=known.help,
        default=known.origin if default is None else words,
        value=None if secret or not found.known else found.value,
        shown=found.shown,
        source=found.source,
        shadowed=one.shadowed,
        secret=secret,
        note=found.note,
        also=tuple(name for name in known.names if name != held.trait),
    )
