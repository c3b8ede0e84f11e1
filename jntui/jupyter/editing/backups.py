"""Backups beside the file: the bytes before each change, in a name that tells what the change was.

`NAME.jntui-20261123-140211-482913-0644-1a2b3c4d5e6f7081`: when (local time, microseconds), the mode that the file had
(`none`: there was no file, and the backup is empty), and the SHA-256, shortened, of the bytes that replaced it (`none`:
it was removed). No record elsewhere can be lost or disagree. The name ends in neither `.py` nor `.json`: Jupyter never
reads it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.editing.staging import staged

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from jntui.jupyter.editing.folder import Folder
    from jntui.jupyter.editing.plan import WritePlan

KEPT = 5
"""Backups of one file that are kept."""
_NONE = "none"
_TAIL = re.compile(r"\.jntui-(\d{8}-\d{6}-\d{6})-(none|[0-7]{4})-(none|[0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup, as its name tells."""

    path: str
    moment: str
    """`20261123-140211-482913`, local time."""
    mode: int | None
    """Permission bits of the file before the change; None: there was no file."""
    made: str = field(repr=False)
    """What replaced it, as `fingerprint` gives it."""

    @property
    def name(self) -> str:
        """The name in its directory."""
        return Path(self.path).name


def fingerprint(raw: bytes | None) -> str:
    """Tells one content of a file from another; `none` for no file."""
    return _NONE if raw is None else hashlib.sha256(raw).hexdigest()[:16]


def back_up(folder: Folder, plan: WritePlan, moment: datetime) -> Backup:
    """Writes the old bytes beside the file, 0600, whole or not at all. Raises WriteRefused, OSError."""
    old = plan.looked.marks
    bits = None if old is None else old.mode_without_list if plan.drop_acl else old.mode
    mode = _NONE if bits is None else f"{bits:04o}"
    when = moment.strftime("%Y%m%d-%H%M%S-%f")
    name = f"{folder.name}.jntui-{when}-{mode}-{fingerprint(plan.new)}"
    with staged(folder, plan.looked.raw or b"", 0o600, plan.uid, plan.gid) as temporary:
        os.rename(temporary, name, src_dir_fd=folder.fd, dst_dir_fd=folder.fd)
    return Backup(str(Path(folder.path, name)), when, bits, fingerprint(plan.new))


def backups(folder: Folder) -> tuple[Backup, ...]:
    """The backups of this file, the newest first."""
    if not folder.readable or folder.missing:
        return ()
    found = []
    with os.scandir(folder.fd) as entries:
        for entry in entries:
            match = _TAIL.fullmatch(entry.name[len(folder.name) :]) if entry.name.startswith(folder.name) else None
            if match and entry.is_file(follow_symlinks=False):
                when, mode, made = match.groups()
                bits = None if mode == _NONE else int(mode, 8)
                found.append(Backup(str(Path(folder.path, entry.name)), when, bits, made))
    return tuple(sorted(found, key=lambda backup: backup.moment, reverse=True))


def prune(folder: Folder, needed: Collection[str] = ()) -> None:
    """Removes all backups of this file but the newest five, and but those of these paths."""
    for backup in backups(folder)[KEPT:]:
        if backup.path not in needed:
            remove(folder, backup)


def remove(folder: Folder, backup: Backup) -> None:
    """Removes one; one that cannot be removed only stays longer."""
    with contextlib.suppress(OSError):
        facts = os.stat(backup.name, dir_fd=folder.fd, follow_symlinks=False)
        if stat.S_ISREG(facts.st_mode):
            os.unlink(backup.name, dir_fd=folder.fd)
