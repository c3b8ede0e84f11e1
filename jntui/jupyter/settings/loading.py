"""One start of Jupyter, acted out: which files it loads in which order, and what every trait has in the end.

Nothing is decided by a list of precedences: the steps are those of Jupyter's own code, done on maps that keep the place
of every value. Source: `jupyter_core.application.JupyterApp`, `traitlets.config.application.Application`,
`jupyter_server.serverapp.ServerApp.initialize`, `jupyter_server.extension.application.ExtensionApp`,
`notebook_shim.shim.NotebookConfigShimMixin`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.settings.applications import (
    BASE_FILE,
    CONFIG_FILE,
    EXTENSION_TRAITS,
    EXTENSIONS,
    NEVER_HANDED_ON,
    OLD_NOTEBOOK_TRAITS,
    SERVER_TRAITS,
    Extension,
)
from jntui.jupyter.settings.catalogue import APPLICATION, SECTIONS
from jntui.jupyter.settings.classes import CLASS_TRAITS, DICT_TRAITS, is_own, sections_of
from jntui.jupyter.settings.enabling import TRAIT, WrongExtensionsError, extension_files, listed, said
from jntui.jupyter.settings.given import Given, Sections
from jntui.jupyter.settings.places import expanded
from jntui.jupyter.settings.values import read_text
from jntui.model import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.jupyter.settings.catalogue import Generation, Held
    from jntui.jupyter.settings.folders import Folders
    from jntui.jupyter.settings.options import Options
    from jntui.jupyter.settings.shelf import Shelf
    from jntui.model import Level

_MOVED: Mapping[str, tuple[str, str]] = {
    "password": ("PasswordIdentityProvider", "hashed_password"),
    "password_required": ("PasswordIdentityProvider", "password_required"),
    "token": ("IdentityProvider", "token"),
}
"""Traits of ServerApp that Jupyter Server 2 hands on (`ServerApp._warn_deprecated_config`)."""
_UNSET: Mapping[str, object] = {"password": "", "password_required": False, "token": "<DEPRECATED>"}
"""What they have before anybody sets them: setting the same is no change, and nothing is handed on."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a start hangs on beside the files."""

    generation: Generation
    starter: str | None
    """The package whose application starts the server."""
    folders: Folders
    options: Options = field(repr=False)
    home: str
    cwd: str
    reaches_files: bool = True
    """Paths lead it to the same files as jntui."""
    gateway: bool = False
    """A variable names a gateway for its kernels."""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    hub: tuple[Given, ...] = field(default=(), repr=False)
    """What JupyterHub's single-user server sets."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the files that keeps Jupyter, or an extension of it, from going on."""

    given: Given | None
    """Where it stands."""
    words: str
    effect: str = ""
    """What it does, where that is not the usual."""


@dataclass(slots=True)
class _App:
    """An application with its config and the traits that it has read from it."""

    names: tuple[str, ...]
    """Its section names, the last decides."""
    config: Sections = field(default_factory=Sections)
    traits: dict[str, Given] = field(default_factory=dict)
    cli: Sections = field(default_factory=Sections)

    def update(self, config: Sections) -> dict[str, Given | None]:
        """`Configurable.update_config`; what each trait that was set had before. Raises _LinkError."""
        _refuse_bare_dicts(self.config)
        self.refuse_voids(config)
        read = config.reaching(self.names)
        before = {name: self.traits.get(name) for name in read}
        self.traits.update(read)
        self.config.merge(config)
        return before

    def refuse_voids(self, config: Sections) -> None:
        """A section of its own that is no object cannot be read. Raises _LinkError."""
        for name, given in config.voids.items():
            if name in self.names:
                raise _LinkError(Problem(given, f"{name} holds no object"))


class _ServerApp(_App):
    """Jupyter Server 2: some traits are handed on to other classes when they change."""

    root_dir_set = False

    def update(self, config: Sections) -> dict[str, Given | None]:
        """The same, and what hangs on the changes; they are told before the new config is merged."""
        self.refuse_voids(config)
        read = config.reaching(self.names)
        before = {name: self.traits.get(name) for name in read}
        self.traits.update(read)
        for name, old in before.items():
            self._changed(name, old, read[name])
        self.config.merge(config)
        return before

    def _changed(self, name: str, old: Given | None, new: Given) -> None:
        if name == "root_dir":
            self.root_dir_set = True
        elif name == "notebook_dir" and not self.root_dir_set:
            self.traits["root_dir"] = new
            self.root_dir_set = True
        elif name in _MOVED and (new.computed or new.value != (old.value if old is not None else _UNSET[name])):
            cls, trait = _MOVED[name]
            if self.config.get(cls, trait) is None:
                self.config.put(new, cls, trait)


class _LinkError(Exception):
    """What ends an extension's reading, or the server itself."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.words)
        self.problem = problem


class _UnknownTraitError(_LinkError):
    """The shim ends with an error: a trait of an older name that no class has."""


def _refuse_bare_dicts(config: Sections) -> None:
    """A section that is a bare dict cannot be copied, which every update begins with (`Config.__deepcopy__`)."""
    for name in sorted(config.plain):
        given = next(iter(config.found.get(name, {}).values()), None)
        raise _LinkError(Problem(given, f"{name} is given as a bare dict"))
    for name, given in config.voids.items():
        raise _LinkError(Problem(given, f"{name} holds no object"))


class Run:
    """A start, acted out without some of the values: then what they hide decides."""

    def __init__(self, start: Start, shelf: Shelf, without: frozenset[Given] = frozenset()) -> None:
        self._start = start
        self._shelf = shelf
        self._without = without
        self.fatal: list[Problem] = []
        """What ends Jupyter at the start."""
        self.ignored: list[Problem] = []
        """What keeps an extension from handing on what its files say."""
        self._reads_anew = False
        """`find_server_extensions` put a lazy value into the server's config."""
        self.unnamed: list[Given] = []
        """What names other config files, and only running it tells which."""
        self.extension_files: list[str] = []
        """Those that only enable extensions, the first decides."""
        self.named_file: str | None = None
        """The file of `--config`, without its ending."""
        self.files: dict[str, list[str]] = {}
        """Name of the file without ending -> paths, the first decides."""
        self.generation = start.generation
        names = SECTIONS[APPLICATION[start.generation]]
        self._app = _ServerApp(names) if start.generation == "server2" else _App(names)
        self._initialize()
        if start.generation in {"server1", "server2"}:
            self._extend()
            self._look_for_classes()

    def decider(self, held: Held) -> Given | None:
        """What decides a trait; None: its default does."""
        if held.cls == APPLICATION[self._start.generation]:
            return self._app.traits.get(held.trait)
        sections = sections_of(
            held, self._start.generation, self.option, self.elsewhere, self._start.home, self._start.gateway
        )
        if isinstance(sections, Given):
            return sections
        return self._app.config.reaching(sections, self._app.names).get(held.trait)

    def elsewhere(self, cls: str, trait: str) -> Given | None:
        """A trait of another class, None if nothing sets it."""
        return self._app.config.reaching(SECTIONS[cls], self._app.names).get(trait)

    def among(self, sections: tuple[str, ...], trait: str) -> Given | None:
        """A trait of an object that reads these sections, the last decides; None if nothing sets it."""
        return self._app.config.reaching(sections, self._app.names).get(trait)

    def option(self, trait: str) -> Given | None:
        """Any other trait of the application's class."""
        return self._app.traits.get(trait)

    def _initialize(self) -> None:
        """`JupyterApp.initialize`: the command line, the files, the command line again."""
        app, options = self._app, self._start.options
        source = Source("command line")
        self.fatal += [Problem(Given("", "", None, source), words) for words in options.refused]
        app.cli = Sections.of(given for given in options.givens if given not in self._without)
        app.update(app.cli.copy())
        if options.opened is not None and options.opened not in self._without:
            self._serve(Sections.of((options.opened,)))
        command_line = app.config.copy()
        self._load_files(app, CONFIG_FILE[self._start.generation])
        self._serve(command_line)

    def _load_files(self, app: _App, own: str, extension: Extension | None = None) -> None:
        """`JupyterApp.load_config_file`: the base file of all directories, then the application's own."""
        try:
            self._update(app, self._merged(BASE_FILE, app), extension)
        except _LinkError as error:
            if extension is not None:
                raise
            self.fatal.append(error.problem)
        named = app.traits.get("config_file")
        other = app.traits.get("config_file_name")
        if other is not None and other.computed:
            self.unnamed.append(other)
        elif other is not None:
            own = os.path.splitext(read_text(other, self._start.home))[0]  # noqa: PTH122 - as traitlets does
        text = read_text(named, self._start.home) if named is not None else ""
        level: Level | None = None
        if text:
            head, tail = os.path.split(text)
            stem = str(Path(head, os.path.splitext(tail)[0]))  # noqa: PTH122 - as traitlets does
            stem = expanded(stem, self._start.environ, self._start.home)
            place = os.path.normpath(Path(self._start.cwd, stem))
            self.named_file = self.named_file or place
            own, level = place, "option"
        elif own == BASE_FILE:
            return
        try:
            self._update(app, self._merged(own, app, level), extension)
        except _LinkError as error:
            # `JupyterApp.load_config_file` warns and goes on.
            self.ignored.append(replace(error.problem, effect=f"because of it Jupyter leaves all {Path(own).name} out"))

    def _merged(self, name: str, app: _App, level: Level | None = None) -> Sections:
        """`Application.load_config_file`: from the last directory to the first, .py before .json."""
        new = Sections()
        if level is not None:
            places = [(name, level)]
        else:
            places = [(str(Path(folder.path, name)), folder.level) for folder in self._start.folders.folders]
        for place, kind in reversed(places):
            before = Sections()
            for ending in (".py", ".json"):
                part = self._shelf.sections(place + ending, kind, self._without)
                clash = before.clash(part)
                before = part
                if clash is not None:
                    raise _LinkError(Problem(clash, f"{clash.cls} holds no object, which the .py has too"))
                new.merge(part)
        self.files.setdefault(name, [place + ending for place, _kind in places for ending in (".json", ".py")])
        new.merge(app.cli)
        return new

    def _update(self, app: _App, config: Sections, extension: Extension | None) -> None:
        if extension is None:
            self._serve(config)
            return
        try:
            app.update(_shimmed(config, extension) if extension.shim else config)
        except _UnknownTraitError as error:
            self.fatal.append(error.problem)

    def _serve(self, config: Sections) -> None:
        """Updates the server; what would end it is noted, and the rest worked out as if it did not."""
        try:
            _refuse_bare_dicts(self._app.config)
        except _LinkError as error:
            self.fatal.append(error.problem)
            self._app.config.plain.clear()
            self._app.config.voids.clear()
        self._app.update(config)

    def _extend(self) -> None:
        """`ServerApp.init_server_extensions`, then what the starting extension sets."""
        starter: _App | None = None
        for extension, enabled in self._extensions():
            app = _App(extension.sections)
            if extension.package == self._start.starter:
                starter = app
            before = dict(self._app.traits), self._app.config.copy()
            self._link(app, extension)
            if not enabled:
                self._doubt(*before)
        if self._start.starter is None or self._start.starter == "jupyterhub":
            return
        opens = starter.traits.get("open_browser") if starter is not None else None
        opens = opens or self._app.config.get("ServerApp", "open_browser")
        if opens is None:
            source = Source("default", name="ServerApp.open_browser", text="True")
            opens = Given("ServerApp", "open_browser", True, source)
        handed = Sections()
        handed.put(opens, "ServerApp", "open_browser")
        self._serve(handed)

    def _look_for_classes(self) -> None:
        """Classes that the config names are imported at the start; and what is not a setting may be of a wrong type."""
        for trait in CLASS_TRAITS:
            given = self._app.traits.get(trait)
            if given is None or given.computed or given.value == "":
                continue
            text = given.value if isinstance(given.value, str) else ""
            module, dot, name = text.rpartition(".")
            there = self._shelf.is_there(f"{module}:{name}") if dot else False
            if there is False:
                self.fatal.append(Problem(given, f"{trait} names no class that is there"))
            elif there is None and self._shelf.asks and not is_own(text):
                effect = "Jupyter may not start with it"
                self.ignored.append(Problem(given, f"whether the class of {trait} is there cannot be told", effect))
        for trait in DICT_TRAITS:
            given = self._app.traits.get(trait)
            known = given is not None and not given.computed and not given.typed
            if given is not None and known and not isinstance(given.value, dict) and given.value is not None:
                self.fatal.append(Problem(given, f"{trait} is a dict"))
        url = self.elsewhere("GatewayClient", "url")
        address = url.value if url is not None and not url.computed else None
        if isinstance(address, str) and address and not address.lower().startswith("http"):
            self.fatal.append(Problem(url, "the url of a gateway begins with http"))

    def _doubt(self, traits: dict[str, Given], config: Sections) -> None:
        """What has come since then comes from an extension that may not be enabled."""
        for name, given in self._app.traits.items():
            if traits.get(name) is not given:
                self._app.traits[name] = self._shelf.doubted(given)
        for cls, section in self._app.config.found.items():
            for trait, given in section.items():
                if config.get(cls, trait) is not given:
                    section[trait] = self._shelf.doubted(given)

    def _link(self, app: _App, extension: Extension) -> None:
        """`ExtensionApp._link_jupyter_server_extension`; what ends it ends this extension only."""
        try:
            self._exchange(app, extension)
        except _LinkError as error:
            self.ignored.append(error.problem)

    def _exchange(self, app: _App, extension: Extension) -> None:
        """What the extension reads, then what the server has, then all of it for the server. Raises _LinkError."""
        server = self._app
        if extension.package == "jupyterhub":
            for given in self._start.hub:
                if given not in self._without:
                    app.config.put(server.cli.get("ServerApp", given.trait) or given)
            self._serve(app.config.copy())
        else:
            self._load_files(app, extension.file, extension)
        # The shim takes its sections out of the server's own config; they come back at the end.
        app.update(_shimmed(server.config, extension) if extension.shim else server.config)
        if self._reads_anew:
            # Its command line, though empty, is one more update, and that begins with a copy of the config. The lazy
            # value in it is not equal to its copy, which counts as a change: everything is read again.
            app.traits.update(app.config.reaching(app.names))
        self._serve(app.config.copy())

    def _extensions(self) -> list[tuple[Extension, bool]]:
        """Those that are there and may be enabled, in the order in which Jupyter links them; True: it is enabled."""
        start = self._start
        enabled = self._named_extensions()
        for folder in start.folders.folders:
            self.extension_files += reversed(extension_files(folder.path)[:-1])
        found = listed([folder.path for folder in start.folders.folders], self._shelf)
        if found.wrong is not None:
            self.fatal.append(Problem(found.wrong, found.wrong.source.text))
        computed = None in enabled.values()
        self._reads_anew = self._app.traits.get(TRAIT) is None and bool(found.names)
        for name, value in found.names.items():
            on = isinstance(value, (bool, int)) and value == 1
            enabled.setdefault(name, None if computed or found.unknown else on)
        if computed or found.unknown:
            enabled.update((name, None) for name in EXTENSIONS if not enabled.get(name))
        if start.starter is not None:
            enabled[start.starter] = True
        linked = []
        for name, state in sorted(enabled.items()):
            extension = EXTENSIONS.get(name) or Extension(name, "ExtensionApp", f"jupyter_{name}_config", shim=False)
            there = (
                name == "jupyterhub" or (name in EXTENSIONS and start.folders.has(name)) or self._has_file(extension)
            )
            if state is not False and there:
                linked.append((extension, state is True))
        return linked

    def _named_extensions(self) -> dict[str, bool | None]:
        """Those that the config itself names; None: nobody knows whether they are enabled."""
        given = self._app.traits.get(TRAIT)
        if given is None:
            return {}
        if given.computed:
            return dict.fromkeys(EXTENSIONS)
        try:
            return {**said(given)}
        except WrongExtensionsError as wrong:
            self.fatal.append(Problem(given, str(wrong)))
            return {}

    def _has_file(self, extension: Extension) -> bool:
        """An extension that jntui does not know counts if there is a file that would be its own."""
        if extension.package in EXTENSIONS or not extension.package.isidentifier():
            return False
        places = [str(Path(folder.path, extension.file)) for folder in self._start.folders.folders]
        return any(self._shelf.file(place + ending).exists for place in places for ending in (".py", ".json"))


def _shimmed(config: Sections, extension: Extension) -> Sections:
    """`shim_config_from_notebook_to_jupyter_server`: takes its sections out of `config`. Raises _LinkError."""
    nested = {name: section for name, section in config.found.items() if name.startswith("ServerApp.")}
    old = config.take("NotebookApp")
    server = config.take("ServerApp")
    own = {} if extension.cls == "NotebookApp" else config.take(extension.cls)
    _refuse_bare_dicts(config)
    new = config.copy()
    notebook_traits = OLD_NOTEBOOK_TRAITS | EXTENSION_TRAITS
    to_server, to_old, to_own = dict(server), dict[str, Given](), dict[str, Given]()
    for name, given in old.items():
        if name in NEVER_HANDED_ON or name in notebook_traits:
            to_old[name] = given
        elif name in SERVER_TRAITS:
            to_server[name] = given
        else:
            raise _UnknownTraitError(Problem(given, f"{given.cls} has no trait {given.trait}"))
    for name, given in own.items():
        if name in NEVER_HANDED_ON or name in EXTENSION_TRAITS or name in extension.traits:
            to_own[name] = given
        elif name in SERVER_TRAITS:
            to_server[name] = given
        elif name in notebook_traits:
            to_old[name] = given
        else:
            raise _UnknownTraitError(Problem(given, f"{given.cls} has no trait {given.trait}"))
    new.found.update({"NotebookApp": to_old, "ServerApp": to_server, **nested})
    if to_own:
        new.found[extension.cls] = to_own
    return new
