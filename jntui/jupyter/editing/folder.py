"""The directory in which a file is written, held open: nobody can put another one in its place meanwhile.

Links are followed by hand, one part of the path after the other, so that each is known with its owner. Source:
open(2), path_resolution(7).
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.editing.refusal import WriteRefused, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

LINK_LIMIT = 40
"""Links that one path may lead through, as in Linux (path_resolution(7))."""
DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_PASS = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
"""A directory that may be entered and not read can still be passed through."""
_ABLE = os.open in os.supports_dir_fd and os.rename in os.supports_dir_fd
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True, slots=True)
class Link:
    """One symbolic link on the way."""

    path: str
    uid: int


@dataclass(slots=True)
class Folder:
    """Where a path leads: an open directory, and the name in it."""

    fd: int
    path: str
    """Of the directory, without links."""
    name: str
    links: tuple[Link, ...] = ()
    missing: tuple[str, ...] = ()
    """Directories below it that are not there; `name` lies in the last of them."""
    readable: bool = True
    """False: it may be entered only; it cannot be flushed to the disk or locked."""
    uid: int = 0
    gid: int = 0

    @property
    def target(self) -> str:
        """The path of the file, without links."""
        return str(Path(self.path, *self.missing, self.name))


@contextlib.contextmanager
def opened(path: str) -> Iterator[Folder]:
    """The directory of a file, its links followed. Raises WriteRefused, OSError."""
    if not _ABLE:
        raise WriteRefused("jntui writes config files on Linux and macOS only", "change the file with an editor")
    folder = _Walk(path).folder()
    try:
        yield folder
    finally:
        os.close(folder.fd)


@dataclass(slots=True)
class _Walk:
    """Follows one path."""

    path: str
    fd: int = -1
    trail: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def folder(self) -> Folder:
        """Raises WriteRefused, OSError."""
        if "\0" in self.path:
            raise WriteRefused("its name holds a zero byte")
        parts = list(Path.cwd().joinpath(self.path).parts[1:])
        self.fd = os.open(os.sep, _PASS)
        try:
            return self._follow(parts)
        except BaseException:
            os.close(self.fd)
            raise

    def _follow(self, parts: list[str]) -> Folder:
        while parts:
            name = parts.pop(0)
            if name == "..":
                self._enter(name)
                continue
            try:
                facts = os.stat(name, dir_fd=self.fd, follow_symlinks=False)
            except FileNotFoundError:
                return self._ended([name, *parts])
            if stat.S_ISLNK(facts.st_mode):
                parts = self._through(name, facts.st_uid) + parts
            elif parts:
                self._enter(name)
            else:
                return self._ended([name])
        raise WriteRefused("it is a directory, not a file")

    def _enter(self, name: str) -> None:
        deeper = os.open(name, _PASS | NO_FOLLOW, dir_fd=self.fd)
        os.close(self.fd)
        self.fd = deeper
        if name == "..":
            del self.trail[-1:]
        else:
            self.trail.append(name)

    def _through(self, name: str, uid: int) -> list[str]:
        """The parts of what a link holds."""
        if len(self.links) >= LINK_LIMIT:
            raise refusal(OSError(errno.ELOOP, os.strerror(errno.ELOOP)))
        self.links.append(Link(str(Path(os.sep, *self.trail, name)), uid))
        text = os.readlink(name, dir_fd=self.fd)
        if text.startswith(os.sep):
            top = os.open(os.sep, _PASS)
            os.close(self.fd)
            self.fd, self.trail = top, []
        return [part for part in Path(text).parts if part != os.sep]

    def _ended(self, rest: list[str]) -> Folder:
        if ".." in rest:
            raise WriteRefused("its path leads through a directory that is not there")
        readable = True
        try:
            fd = os.open(".", DIRECTORY, dir_fd=self.fd)
        except PermissionError:
            fd, readable = os.dup(self.fd), False
        facts = os.fstat(fd)
        os.close(self.fd)
        self.fd = fd
        place = str(Path(os.sep, *self.trail))
        return Folder(fd, place, rest[-1], tuple(self.links), tuple(rest[:-1]), readable, facts.st_uid, facts.st_gid)


def make_missing(folder: Folder) -> None:
    """Makes the directories that are not there, the last one 0700 as Jupyter does, and goes down into it.

    Root gives them to the owner of the directory that holds them. Source: `jupyter_core.paths.ensure_dir_exists`.
    Raises OSError.
    """
    for name in folder.missing:
        last = name is folder.missing[-1]
        # Somebody else may have made it meanwhile: then it is entered as it is.
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o700 if last else 0o777, dir_fd=folder.fd)
            if os.geteuid() == 0:
                os.chown(name, folder.uid, folder.gid, dir_fd=folder.fd, follow_symlinks=False)
        deeper = os.open(name, DIRECTORY | NO_FOLLOW, dir_fd=folder.fd)
        with contextlib.suppress(OSError):  # some file systems cannot flush a directory; the next step does what counts
            os.fsync(folder.fd)
        os.close(folder.fd)
        folder.fd = deeper
        facts = os.fstat(deeper)
        folder.path, folder.uid, folder.gid = str(Path(folder.path, name)), facts.st_uid, facts.st_gid
        folder.readable = True
    folder.missing = ()
