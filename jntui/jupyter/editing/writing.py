"""Replaces a file as planned: at every moment the old file or the new one lies there, whole.

The new bytes are written to a temporary file in the same directory, flushed to the disk and renamed (rename(2) is
atomic), then the directory is flushed. Before that the old bytes are kept in a backup, in the same way.
"""

from __future__ import annotations

import contextlib
import errno
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.editing.backups import back_up, prune, remove
from jntui.jupyter.editing.folder import make_missing, opened
from jntui.jupyter.editing.locking import WAIT_S, locked
from jntui.jupyter.editing.place import look_in, words_for_errors
from jntui.jupyter.editing.refusal import ChangedMeanwhile
from jntui.jupyter.editing.staging import kept_attributes, remove_leftovers, staged
from jntui.jupyter.managed import state_dir
from jntui.jupyter.opened import OpenedServers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from jntui.jupyter.editing.folder import Folder
    from jntui.jupyter.editing.place import Looked
    from jntui.jupyter.editing.plan import WritePlan


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was replaced, made or removed."""

    path: str
    """The file itself, links followed."""
    backup: str | None
    """Where the old bytes are; None where nothing was to be kept."""
    created: bool
    notes: tuple[str, ...] = ()
    """What went less well than planned, one sentence each."""


def write(plan: WritePlan, *, wait_s: float = WAIT_S, state: Path | None = None) -> Written:
    """Does what the plan says, or nothing.

    Waits at most `wait_s` seconds for another jntui that writes there. Raises ChangedMeanwhile if the file is no
    longer what the plan was made from, WriteRefused with the reason; the old file is there then as before.
    """
    needed = needed_backups(state)
    with words_for_errors(), changing(plan.looked.path, wait_s, state) as folder:
        return put(folder, plan, needed)


def needed_backups(state: Path | None) -> frozenset[str]:
    """However often a server is opened again: what closes it needs the bytes from before the first time."""
    return OpenedServers(state or state_dir(os.environ, str(Path.home()))).backups()


@contextlib.contextmanager
def changing(path: str, wait_s: float = WAIT_S, state: Path | None = None) -> Iterator[Folder]:
    """The directory of a file, made if it is missing, locked, and free of what a killed jntui left there.

    Raises WriteRefused, OSError.
    """
    with opened(path) as folder:
        make_missing(folder)
        with locked(folder, state or state_dir(os.environ, str(Path.home()))):
            remove_leftovers(folder)
            yield folder


def put(folder: Folder, plan: WritePlan, needed: Collection[str] = ()) -> Written:
    """The write itself, in a directory that `changing` gave; keeps these backups. Raises WriteRefused, OSError."""
    _refuse_changed(folder, plan)
    if not plan.changes:
        return Written(folder.target, None, created=False)
    backup = back_up(folder, plan, datetime.now()) if plan.backup else None
    try:
        _replace(folder, plan)
    except BaseException:
        if backup is not None:
            remove(folder, backup)
        raise
    notes = _flush(folder)
    prune(folder, needed)
    return Written(folder.target, backup.path if backup else None, not plan.looked.exists, notes)


def _replace(folder: Folder, plan: WritePlan) -> None:
    if plan.new is None:
        _refuse_changed(folder, plan)
        os.unlink(folder.name, dir_fd=folder.fd)
        return
    attributes = kept_attributes(plan.looked.marks, drop_acl=plan.drop_acl)
    with staged(folder, plan.new, plan.mode, plan.uid, plan.gid, attributes) as temporary:
        _refuse_changed(folder, plan)
        if plan.looked.exists or not _linked(folder, temporary):
            os.rename(temporary, folder.name, src_dir_fd=folder.fd, dst_dir_fd=folder.fd)


def _linked(folder: Folder, temporary: str) -> bool:
    """A new file gets its name by link(2), which never takes the place of one that came meanwhile.

    False where the file system has no hard links. Raises ChangedMeanwhile, OSError.
    """
    try:
        os.link(temporary, folder.name, src_dir_fd=folder.fd, dst_dir_fd=folder.fd, follow_symlinks=False)
    except FileExistsError as error:
        raise ChangedMeanwhile(look_in(folder, folder.target)) from error
    except OSError as error:
        if error.errno in {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}:
            return False
        raise
    return True


def _refuse_changed(folder: Folder, plan: WritePlan) -> None:
    """Raises ChangedMeanwhile if bytes, mode, owner or place differ from what was read."""
    now = look_in(folder, plan.looked.path)
    if _identity(now) != _identity(plan.looked):
        raise ChangedMeanwhile(now)


def _identity(looked: Looked) -> tuple[object, ...]:
    """A file that was only touched, or got another hard link, is the same."""
    marks = looked.marks
    return (looked.target, looked.raw, *((marks.mode, marks.uid, marks.gid) if marks is not None else ()))


def _flush(folder: Folder) -> tuple[str, ...]:
    """The rename reaches the disk; where it cannot be flushed the new file is there all the same."""
    if not folder.readable:
        return ("its directory may not be read, so the change reaches the disk when the system writes it",)
    try:
        os.fsync(folder.fd)
    except OSError as error:
        if error.errno in {errno.EINVAL, errno.ENOTSUP, errno.EBADF}:
            return ()  # this file system has nothing to flush for a directory
        return (f"the new file is there, but flushing its directory failed: {error.strerror}",)
    return ()
