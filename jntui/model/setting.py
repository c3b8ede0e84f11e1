"""One Jupyter trait that matters for reaching a server, its value, and where the value comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

READ_AFTER = timedelta(seconds=1)
"""A server reads its files about so long after its process began."""

SourceKind = Literal["default", "file", "env", "command line", "computed"]
Level = Literal["option", "environment", "path", "prefix", "user", "system", "assumed", ""]


@dataclass(frozen=True, slots=True)
class Source:
    """Where one value of a setting stands; it never holds the text of a secret."""

    kind: SourceKind
    path: str | None = None
    """The file, for `file` and for `computed` in a file; the variable's name for `env`."""
    line: int | None = None
    """Counted from 1; in a JSON file the line of the key."""
    name: str = ""
    """As it is written there: `NotebookApp.ip`, `--port`, `JUPYTER_TOKEN`."""
    text: str = field(default="", repr=False)
    """The value as it is written there, in one line of at most 200 characters; of a secret only its kind.

    While the files are read it may still be the secret itself: it is in no repr."""
    level: Level = ""
    """Which directory a file is in: `--config`, JUPYTER_CONFIG_DIR, JUPYTER_CONFIG_PATH, sys.prefix, home, system."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One trait of the catalogue, as the files, the environment and the command line have it."""

    name: str
    """The trait: `port`."""
    cls: str
    """The class that holds it in this generation of Jupyter: `ServerApp`, `NotebookApp`, `IdentityProvider`."""
    type: str
    """In a word: `integer`, `text`, `yes or no`, `list of text`, `path`, `secret`, `seconds`; of a trait that the
    catalogue lacks also `number`, `list`, `dictionary`, `one of`, `bytes`, `class`, `object`, `function`, `any`."""
    help: str
    """One line in jntui's words."""
    default: str
    """The default as a person would write it; for a computed default, what it comes from."""
    value: object
    """What JSON can hold; None for a secret, for what only running a file would tell, and for None itself."""
    shown: str
    """The value in one line, as Python writes it; of a secret its kind: `argon2 hash`, `token, 48 characters`."""
    source: Source
    """What decides it."""
    shadowed: tuple[Source, ...] = ()
    """What it hides, the nearest first."""
    secret: bool = False
    running_value: object = None
    """What the running server was seen to have; None where nothing shows it, and always for a secret."""
    running: str = ""
    """The same in one line for people; empty where nothing shows it."""
    needs_restart: bool | None = None
    """The running server has another value; None: cannot be told, or no server."""
    note: str = ""
    """What a reader must know beside it, in one sentence: `its file changed after the server started`."""
    also: tuple[str, ...] = ()
    """What other generations of Jupyter call the trait: `root_dir` for `notebook_dir`."""
    catalogued: bool = True
    """One of those that matter for reaching a server; False: a trait that was asked of that Jupyter alone."""
    doc: str = ""
    """Jupyter's own help for the trait, a line each paragraph; empty where that Jupyter was not asked."""
    choices: tuple[str, ...] = ()
    """All that the trait takes, as Python writes it; empty where that is no list."""
    none: bool = False
    """The trait takes None as well, as far as that Jupyter was asked."""


class TraitsUnknown(Exception):
    """A Jupyter was not asked for all its traits: why, in one clear line."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file that this Jupyter reads, or would read if it were there."""

    path: str
    exists: bool
    readable: bool
    order: int
    """1 decides over 2, and so on."""
    level: Level = ""
    kind: Literal["py", "json"] = "py"
    assigns: int = 0
    """How many assignments it holds, of the catalogue or not."""
    changed: datetime | None = None
    """When it was last written, or came to this place, UTC."""
    trouble: str = ""
    """Why it does not count, or not wholly, in one line: a syntax error, no permission, not a file."""
    line: int | None = None
    """The line of the trouble, from 1."""
    caret: tuple[str, ...] = ()
    """The line itself and below it a caret; empty where there is no place to point at."""
    dropped: bool = False
    """Jupyter leaves the whole file out because of the trouble, and starts with defaults for what stands in it."""
    ends: bool = False
    """Jupyter ends when it reads the file."""
    because: str = ""
    """Why it is read at all, where it is not one of the files of every start: the file that loads it."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """Every setting of the catalogue for one server, or for the caller's own environment."""

    settings: tuple[Setting, ...] = ()
    """In the catalogue's order."""
    files: tuple[ConfigFile, ...] = ()
    """Highest order first; those that are missing are in it."""
    server: str | None = None
    """The server's id; None: the caller's own environment."""
    assumed: str = ""
    """Why the list of files is computed and not asked of that Python; empty where it was asked."""
    app: str | None = None
    """As in `Server.app`: whose start the settings are of."""
    python: str | None = None
    """The interpreter that was asked for the files' places; None where it was not."""
    chosen: str = ""
    """Why it is this one, in words, where jntui chose it."""
    notes: tuple[str, ...] = ()
    """What stands above all settings: a file that is left out, a variable that switches files off."""
    unsure: str = ""
    """Why it is not known whether the running server has what nothing of it shows; nothing that calls for a deed."""

    def setting(self, name: str) -> Setting | None:
        """The setting of this name, `port` or `ServerApp.port`; None if there is none."""
        cls, _, trait = name.rpartition(".")
        for one in self.settings:
            if one.name == trait and (not cls or one.cls == cls):
                return one
        return next((one for one in self.settings if not cls and trait in one.also), None)

    def changed_after(self, started: datetime | None) -> tuple[ConfigFile, ...]:
        """The files that were written after a server that began then had read them."""
        if started is None:
            return ()
        return tuple(file for file in self.files if file.changed is not None and file.changed > started + READ_AFTER)

    @property
    def waiting(self) -> int:
        """How many settings wait for a restart."""
        return sum(1 for setting in self.settings if setting.needs_restart)
