"""Secrets of a command line, moved to a config file that only their owner can read.

The file stands in a directory of its own in jntui's state directory. Jupyter reads it because JUPYTER_CONFIG_PATH
names that directory, before all others (`jupyter_core.paths.jupyter_config_path`): so it decides over the user's files,
as the command line did. It is removed when its server is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.managed import make_private_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jntui.model import Secret
    from jntui.process import Processes

FOLDERS_LIMIT = 200
UNCLAIMED_S = 24 * 3600.0
"""How long a directory stays whose server never began: the command to start it by hand names it."""
_BYTES = frozenset({"cookie_secret", "key"})
"""Traits that hold bytes (`ServerApp.cookie_secret`, `Session.key`)."""
_TEXTS = frozenset({"token", "password", "hashed_password", "auth_token", "api_token", "http_pwd"})
"""Traits that hold text."""
_READ = re.compile(r"None\Z|~|b['\"]")
"""How a text begins that traitlets makes something else of."""
_OWNER = "server.json"
SAME_START_S = 2.0
"""Two readings of one start differ by less."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One option that leaves the command line."""

    cls: str
    trait: str
    value: Secret

    @property
    def name(self) -> str:
        """`IdentityProvider.token`."""
        return f"{self.cls}.{self.trait}"


def folder_of_all(state: Path) -> Path:
    """Where the directories of all servers are; `state` is jntui's state directory."""
    return state / "options"


def write(folder: Path, names: Iterable[str], moved: Sequence[Moved]) -> None:
    """Writes the options as a config file (0600) under each of these names. Raises OSError."""
    lines = ["# Options of a Jupyter server that hold a secret; jntui moved them here from its command line."]
    given: dict[str, list[Moved]] = {}
    for one in moved:
        given.setdefault(one.name, []).append(one)
    if not all(_is_plain(ones) for ones in given.values()):
        lines += _READER
    lines += ["c = get_config()", *(f"c.{name} = {_value(ones)}" for name, ones in given.items())]
    make_private_dir(folder.parent.parent)
    make_private_dir(folder.parent)
    folder.mkdir(mode=0o700)
    for name in names:
        descriptor = os.open(folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write("\n".join([*lines, ""]))


_READER = (
    "try:",
    "    # The text is read by its trait, as that of a command line is.",
    "    from traitlets.config.loader import DeferredConfigList as given",
    "except ImportError:",
    "    def given(texts):",
    "        return texts[-1]",
)


def _is_plain(ones: Sequence[Moved]) -> bool:
    """What its trait makes of the text is certain, so that it can stand there as it is."""
    return len(ones) == 1 and ones[0].trait in _TEXTS | _BYTES and not _READ.match(ones[0].value.reveal())


def _value(ones: Sequence[Moved]) -> str:
    if _is_plain(ones):
        return _literal(ones[0])
    return f"given([{', '.join(ascii(one.value.reveal()) for one in ones)}])"


def _literal(one: Moved) -> str:
    """Both traits take the quotes of older versions from a text (`traitlets.Unicode.from_string`)."""
    text = one.value.reveal()
    if one.trait in _BYTES:
        return repr(os.fsencode(text))
    text = text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text
    return ascii(text)


def in_use(state: Path, words: Sequence[str], environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The directories of ours that this start reads."""
    top = folder_of_all(state)
    named = [Path(word.partition("=")[2]).parent for word in words if word.startswith("--config=")]
    named += [Path(entry) for entry in environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep) if entry]
    return tuple(dict.fromkeys(folder for folder in named if folder.parent == top))


def claim(folders: Iterable[Path], pid: int, processes: Processes) -> None:
    """Writes down whose directories they are; one that another server has inherited stays with the first."""
    facts = processes.look(pid)
    if facts is None:
        return
    owner = json.dumps({"pid": pid, "create_time": facts.create_time})
    for folder in folders:
        # What nobody claims stays a day; the server has read it by now.
        with contextlib.suppress(OSError):
            if not _owner_lives(folder, processes):
                (folder / _OWNER).write_text(owner, encoding="ascii")


def release(folders: Iterable[Path], processes: Processes) -> None:
    """Nobody's for now: they stay for a day, so that their server can also be started by hand."""
    for folder in folders:
        with contextlib.suppress(OSError):  # it is then held for its last server's, and goes when others are pruned
            if not _owner_lives(folder, processes):
                (folder / _OWNER).unlink(missing_ok=True)


def prune(state: Path, processes: Processes) -> None:
    """Removes the directories whose server is gone; what cannot be removed waits for the next time."""
    top = folder_of_all(state)
    try:
        folders = sorted(top.iterdir())[:FOLDERS_LIMIT]
    except OSError:
        return  # none was ever written
    for folder in folders:
        with contextlib.suppress(OSError):
            if not _belongs(folder, processes):
                remove(folder)


def remove(folder: Path) -> None:
    """Removes one directory with the files that were written there. Raises OSError."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            # Python keeps what it compiled of a config file that somebody imported.
            for inner in entry.iterdir():
                inner.unlink()
            entry.rmdir()
        else:
            entry.unlink()
    folder.rmdir()


def _belongs(folder: Path, processes: Processes) -> bool:
    """Its server lives, or may still be started by hand. Raises OSError."""
    lives = _owner_lives(folder, processes)
    return time.time() - folder.stat().st_mtime < UNCLAIMED_S if lives is None else lives


def _owner_lives(folder: Path, processes: Processes) -> bool | None:
    """None: it is nobody's. Raises OSError."""
    try:
        owner = json.loads((folder / _OWNER).read_text(encoding="ascii"))
        pid, begin = int(owner["pid"]), float(owner["create_time"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    facts = processes.look(pid)
    return facts is not None and not facts.zombie and abs(facts.create_time - begin) < SAME_START_S
