"""What came or went in the directories of config files after a server had read them.

A directory keeps when something last came or went in it. Of one that is not there, only the nearest one above it can
tell: where that one is as old as the start, nothing is gone; where it is not, nobody knows.
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
    if server.started is None or server.state == "stale":
        return []
    deadline = server.started + READ_AFTER
    return [path for path, changed in times.items() if changed is not None and changed > deadline]


def changed_after(server: Server, times: Times) -> list[str]:
    """Names of the files that were written after the server read them."""
    return list(dict.fromkeys(path.rpartition(os.sep)[2] for path in written_after(server, times)))


def since(server: Server, times: Times, lasting: Collection[str]) -> Since:
    """What became of the directories of these files; `lasting`: such that are certain to have been there."""
    if server.started is None:
        return Since()
    deadline = (server.started + READ_AFTER).timestamp()
    ready = _ready(server)
    stirred: list[str] = []
    gone: list[str] = []
    perhaps: list[str] = []
    folders = dict.fromkeys(Path(path).parent for path in times)
    inner = [Path(folder, _EXTENSIONS) for folder in folders]
    for folder in dict.fromkeys((*folders, *inner)):
        moment = _written(folder)
        if moment is not None:
            if max(moment, _links(folder)) > deadline and not _marked(folder, moment, ready):
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


def _ready(server: Server) -> float:
    """When the server wrote its info file, once, after it had read its config files; 0 where that is not known."""
    try:
        written = Path(server.info_file).stat().st_mtime if server.info_file else 0.0
    except (OSError, ValueError):
        return 0.0
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


def _lost(folder: Path, deadline: float, ready: float) -> bool:
    """This directory, which is not there, may have been there when the server started."""
    if _links(folder) > deadline:
        return True
    try:
        above = Path(os.path.realpath(folder))
        while not above.exists() and above != above.parent:
            above = above.parent
    except (OSError, ValueError):
        return True
    moment = _written(above)
    return moment is None or (moment > deadline and not (moment <= ready and _came(above, moment)))


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


def _links(folder: Path) -> float:
    """When the youngest link on the way to a directory was made; 0 without one."""
    youngest = 0.0
    for one in (folder, *folder.parents):
        try:
            facts = one.lstat()
        except (OSError, ValueError):
            continue
        if stat.S_ISLNK(facts.st_mode):
            youngest = max(youngest, facts.st_mtime, facts.st_ctime)
    return youngest


def _written(path: Path) -> float | None:
    """Seconds since 1970 of its last change; None where it is not there or cannot be seen.

    What is moved to a name keeps the time of its writing: the inode tells.
    """
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return None
    return max(facts.st_mtime, facts.st_ctime)
