"""Removes the info file that a dead server left behind, and its redirect file, which may hold a token."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from jntui.jupyter.discovery import Discovery
    from jntui.model import Server


def remove_info_file(server: Server, discovery: Discovery, folders: Collection[str] = ()) -> tuple[str, ...]:
    """Removes `jpserver-PID.json` and `jpserver-PID-open.html` of a stale server; returns what is gone.

    `folders` are runtime directories known from an earlier look, beside those of the last one. Whether it is stale is
    decided anew just before. Raises ValueError with one clear line, OSError.
    """
    if server.info_file is None:
        raise ValueError(f"{server.label} has no info file")
    path = Path(server.info_file)
    if str(path.parent) not in {*discovery.runtime_dirs, *folders}:
        raise ValueError(f"{visible(str(path))} is not in a runtime directory of Jupyter")
    state, reason = discovery.recheck(str(path))
    if state != "stale":
        raise ValueError(f"{visible(path.name)} stays: its server is {state}{f' ({reason})' if reason else ''}")
    with _opened(path.parent) as folder:
        names = [one for one in (path.name, f"{path.stem}-open.html") if _removable(path.with_name(one), folder)]
        if not names:
            raise ValueError(f"{visible(path.name)} is gone already")
        for name in names:
            with contextlib.suppress(FileNotFoundError):  # somebody was faster, and it is gone
                _unlink(path.with_name(name), folder)
    return tuple(str(path.with_name(name)) for name in names)


def remove_socket(path: Path, uid: int | None) -> bool:
    """Removes a unix socket of this user; False if it is none or another one's. Raises OSError."""
    with _opened(path.parent) as folder:
        facts = _lstat(path, folder)
        if not stat.S_ISSOCK(facts.st_mode) or facts.st_uid != uid:
            return False
        _unlink(path, folder)
    return True


_BY_FOLDER = {os.stat, os.unlink} <= os.supports_dir_fd and hasattr(os, "O_DIRECTORY")


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int | None]:
    """The directory, held open: its owner cannot put another one in its place between a look and what follows it.

    None where a system cannot do that. Raises OSError.
    """
    if not _BY_FOLDER:
        yield None
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lstat(path: Path, folder: int | None) -> os.stat_result:
    return path.lstat() if folder is None else os.stat(path.name, dir_fd=folder, follow_symlinks=False)


def _unlink(path: Path, folder: int | None) -> None:
    if folder is None:
        path.unlink()
    else:
        os.unlink(path.name, dir_fd=folder)


def _removable(path: Path, folder: int | None) -> bool:
    """A regular file of the caller's own (root: of the directory's owner). Raises ValueError, OSError."""
    try:
        facts = _lstat(path, folder)
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(facts.st_mode):
        raise ValueError(f"{visible(str(path))} is no regular file: remove it by hand")
    owner = path.parent.stat().st_uid if folder is None else os.fstat(folder).st_uid
    if hasattr(os, "geteuid") and facts.st_uid not in {os.geteuid(), owner}:
        raise ValueError(f"{visible(str(path))} belongs to another user")
    return True
