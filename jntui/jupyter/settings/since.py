"""What came or went in the directories of config files after a server had read them.

A directory keeps when something last came or went in it. Of one that is not there, only the nearest one above it can
tell: where that one is as old as the start, nothing is gone; where it is not, nobody knows. What stands above one
that is there counts where it was put there since: by a link, or under another name.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.model import READ_AFTER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from jntui.jupyter.settings.folders import Folders
    from jntui.jupyter.settings.subject import Subject
    from jntui.model import Server

    Times = Mapping[str, datetime | None]
    """Path of a config file -> when it was last written; None where none was read."""

_EXTENSIONS = "jupyter_server_config.d"
_LONGEST_START_S = 120.0
"""An info file that is younger than this after the process began is no proof of when the files were read."""
_SAME_S = 0.05
"""A file system's clock has steps of some milliseconds, and who makes a directory mostly makes more in it."""
_MOST_ENTRIES = 1000
_MOST_LINKS = 40
"""As many as Linux follows."""


@dataclass(frozen=True, slots=True)
class Since:
    """Directories in which config files are looked for, by what became of them since the start."""

    stirred: tuple[str, ...] = ()
    """A file came or went."""
    gone: tuple[str, ...] = ()
    """It was there and is not any more."""
    perhaps: tuple[str, ...] = ()
    """It is not there; whether it was when the server started, nothing tells."""

    def __bool__(self) -> bool:
        """What the server read may not be what is there now."""
        return bool(self.stirred or self.gone or self.perhaps)


def written_after(server: Server, times: Times) -> list[str]:
    """The files that were written after the server read them."""
    deadline = _deadline(server)
    if deadline is None or server.state == "stale":
        return []
    return [path for path, changed in times.items() if changed is not None and changed.timestamp() > deadline]


def changed_after(server: Server, times: Times) -> list[str]:
    """Names of the files that were written after the server read them."""
    return list(dict.fromkeys(path.rpartition(os.sep)[2] for path in written_after(server, times)))


def since(server: Server, times: Times, lasting: Collection[str]) -> Since:
    """What became of the directories of these files; `lasting`: such that are certain to have been there."""
    deadline = _deadline(server)
    if deadline is None:
        return Since()
    ready = _ready(server)
    stirred: list[str] = []
    gone: list[str] = []
    perhaps: list[str] = []
    aside = {Path(path).parent for path, changed in times.items() if _led_away(Path(path), changed, deadline, ready)}
    folders = dict.fromkeys(Path(path).parent for path in times)
    inner = [Path(folder, _EXTENSIONS) for folder in folders]
    for folder in dict.fromkeys((*folders, *inner)):
        moment = _written(folder)
        if moment is not None:
            came = moment > deadline and not _marked(folder, moment, ready)
            if came or folder in aside or way_to(folder).altered(deadline):
                stirred.append(str(folder))
        elif folder.name != _EXTENSIONS and _lost(folder, deadline, ready):
            # What is in such a directory comes and goes with the directory above, which is looked at itself.
            (gone if str(folder) in lasting else perhaps).append(str(folder))
    return Since(tuple(stirred), tuple(gone), tuple(perhaps))


def lasting_of(subject: Subject, folders: Folders) -> frozenset[str]:
    """The user's config directory, where it is certain to have been there once the server had started.

    `jupyter_core.application.JupyterApp.migrate_config` makes it at every start that finds a directory of IPython.
    """
    server, environ = subject.server, subject.environ
    if server is None or server.started is None or environ is None:
        return frozenset()
    ipython = Path(environ.get("IPYTHONDIR") or Path(subject.home, ".ipython"))
    try:
        written = [one.stat().st_mtime for one in (ipython, *islice(ipython.iterdir(), 50))]
    except (OSError, ValueError):
        return frozenset()
    if min(written) >= server.started.timestamp():
        return frozenset()
    own = [one.path for one in folders.folders if one.level in {"environment", "user"}]
    return frozenset(path for path in own if Path(path).parts[-2:] != ("etc", "jupyter"))


def _deadline(server: Server) -> float | None:
    """What is younger was written after the server read its files; None where nothing tells when it started.

    The start of a process is told by the clock of today. Where that was set forward since, as on a machine that boots
    without one, or where a file server has another, the info file seems to be older than its process: its clock counts.
    """
    if server.started is None:
        return None
    read = (server.started + READ_AFTER).timestamp()
    written = _info_written(server)
    return read if written is None else min(read, written)


def _info_written(server: Server) -> float | None:
    """When the server wrote its info file, once, after it had read its config files; None where there is none."""
    try:
        return Path(server.info_file).stat().st_mtime if server.info_file else None
    except (OSError, ValueError):
        return None


def _ready(server: Server) -> float:
    """When it had read its config files for certain; 0 where that is not known."""
    written = _info_written(server) or 0.0
    began = server.started.timestamp() if server.started is not None else 0.0
    return written if began <= written <= began + _LONGEST_START_S else 0.0


def _marked(folder: Path, moment: float, ready: float) -> bool:
    """The last that came there is the mark which `JupyterApp.migrate_config` leaves at the first start in a home.

    This very start: another one may have made the directory anew, with the mark alone in it.
    """
    try:
        mark = Path(folder, "migrated").stat().st_mtime
    except (OSError, ValueError):
        return False
    return mark <= ready and abs(moment - mark) <= 1


def _led_away(path: Path, changed: datetime | None, deadline: float, ready: float) -> bool:
    """This name of a config file is a link, and what it led to when the server started may be another or gone."""
    if not path.is_symlink():
        return False
    return way_to(path).altered(deadline) or (changed is None and _lost(path, deadline, ready))


def _lost(path: Path, deadline: float, ready: float) -> bool:
    """This, which is not there, may have been there when the server started."""
    way = way_to(path)
    if way.shut or way.altered(deadline):
        return True
    moment = _written(way.end)
    return moment is None or (moment > deadline and not (moment <= ready and _came(way.end, moment)))


def _came(above: Path, moment: float) -> bool:
    """The last change of a directory was that something came, which is still there.

    In a new home Jupyter itself makes `.local` and `.ipython` while it starts.
    """
    try:
        return any(_near(one, moment) for one in islice(above.iterdir(), _MOST_ENTRIES))
    except OSError:
        return False


def _near(path: Path, moment: float) -> bool:
    written = _written(path)
    return written is not None and abs(written - moment) <= _SAME_S


@dataclass(frozen=True, slots=True)
class Way:
    """What is passed on the way to a path, through every link."""

    end: Path
    """How far it leads: what is there."""
    linked: float
    """When the youngest link was made; 0 without one."""
    passed: Mapping[Path, os.stat_result]
    """Real directories, from the root down."""
    shut: bool
    """What comes after `end` cannot be seen."""

    def altered(self, deadline: float) -> bool:
        """It may have led elsewhere before: a link is younger, or a directory got its name later."""
        return self.linked > deadline or any(self._named(one, deadline) for one in self.passed)

    def _named(self, one: Path, deadline: float) -> bool:
        """A directory keeps the time of its last entry when it gets another name, and the one above it has a new one.

        The last one tells by itself (`_written`).
        """
        facts, above = self.passed[one], self.passed.get(one.parent)
        if above is None or facts.st_ctime <= deadline or one == self.end:
            return False
        return facts.st_ctime > facts.st_mtime + _SAME_S and above.st_mtime >= facts.st_ctime - _SAME_S


def way_to(path: Path) -> Way:
    """Every step to it; a path without a link leads through its own parts."""
    at = Path(path.anchor or os.sep)
    todo = list(reversed(path.parts[1:]))
    linked, links, shut = 0.0, 0, False
    passed: dict[Path, os.stat_result] = {}
    try:
        passed[at] = at.stat()
        while todo:
            here = at / todo.pop()
            facts = here.lstat()
            if not stat.S_ISLNK(facts.st_mode):
                # Of `..` the name is the one that it stands for.
                at = here.parent.parent if here.name == ".." else here
                passed[at] = facts
                continue
            links += 1
            if links > _MOST_LINKS:
                break
            linked = max(linked, facts.st_mtime, facts.st_ctime)
            target = here.readlink()
            at = Path(target.anchor) if target.is_absolute() else at
            todo += reversed(target.parts[1:] if target.is_absolute() else target.parts)
    except (FileNotFoundError, NotADirectoryError):
        pass  # it ends here, which is what is asked
    except (OSError, ValueError):
        shut = True
    return Way(at, linked, passed, shut)


def _written(path: Path) -> float | None:
    """Seconds since 1970 of its last change; None where it is not there or cannot be seen.

    What is moved to a name keeps the time of its writing: the inode tells.
    """
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return None
    return max(facts.st_mtime, facts.st_ctime)
