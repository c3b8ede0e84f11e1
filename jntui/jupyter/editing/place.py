"""A file as it is before it is changed: its bytes, its marks, and where its links lead."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jntui.jupyter.editing.folder import NO_FOLLOW, opened
from jntui.jupyter.editing.refusal import WriteRefused, refusal, user_name
from jntui.jupyter.settings.reading import SIZE_LIMIT
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.editing.folder import Folder

ACL = "system.posix_acl_access"
"""Where Linux keeps the access control list of a file (acl(5), xattr(7))."""
_GROUP, _MASK = 0x04, 0x10
"""ACL_GROUP_OBJ and ACL_MASK of its entries: tag, bits, id, after a version (linux/posix_acl_xattr.h)."""
_ATTRIBUTE_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Marks:
    """What a file has beside its bytes."""

    mode: int
    """Permission bits, as in `stat.S_IMODE`."""
    uid: int
    gid: int
    links: int
    """Names it has (hard links)."""
    attributes: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """Extended attributes; the access control list is one of them."""

    @property
    def mode_without_list(self) -> int:
        """The mode that lets in nobody more once the access control list is gone.

        With one, the group's bits of the mode are the mask of all that the list lets in, not what the group may do.
        """
        raw = next((value for name, value in self.attributes if name == ACL), b"")
        entries = [struct.unpack_from("<HHI", raw, at) for at in range(4, len(raw) - 7, 8)]
        mode = self.mode
        for tag, bits, _id in entries:
            if tag in {_GROUP, _MASK}:
                mode &= ~0o070 | (bits & 7) << 3
        return mode


@dataclass(frozen=True, slots=True)
class Looked:
    """What lies at a path at one moment."""

    path: str
    """As it was asked for."""
    target: str
    """Where its links lead: the file that is replaced."""
    links: tuple[str, ...] = ()
    """The links on the way."""
    raw: bytes | None = field(default=None, repr=False)
    """All of it; None: there is no file."""
    marks: Marks | None = None
    missing: tuple[str, ...] = ()
    """Directories that are not there yet, the outermost first."""
    folder_uid: int = 0
    folder_gid: int = 0
    """Whose the directory is (with `missing`: the nearest one that is there)."""

    @property
    def exists(self) -> bool:
        """There is a file."""
        return self.raw is not None


def look(path: str) -> Looked:
    """Reads a file that is to be changed. Nothing of it is run. Raises WriteRefused."""
    with words_for_errors(), opened(path) as folder:
        return look_in(folder, path)


@contextlib.contextmanager
def words_for_errors() -> Iterator[None]:
    """An error of the system becomes a WriteRefused in words."""
    try:
        yield
    except OSError as error:
        raise refusal(error) from error


def look_in(folder: Folder, path: str) -> Looked:
    """The same, in a directory that is open. Raises WriteRefused, OSError."""
    found = None if folder.missing else _read(folder)
    raw, marks = found or (None, None)
    refuse_planted(folder, marks)
    return Looked(
        path,
        folder.target,
        tuple(link.path for link in folder.links),
        raw,
        marks,
        folder.missing,
        folder.uid,
        folder.gid,
    )


def _read(folder: Folder) -> tuple[bytes, Marks] | None:
    flags = os.O_RDONLY | NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        # Looked at first: opening a device may do something.
        _refuse_all_but_files(os.stat(folder.name, dir_fd=folder.fd, follow_symlinks=False))
        descriptor = os.open(folder.name, flags, dir_fd=folder.fd)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise _unreadable(folder) from error
    try:
        facts = os.fstat(descriptor)
        _refuse_all_but_files(facts)
        raw = _all_of(descriptor)
        mode = stat.S_IMODE(facts.st_mode)
        return raw, Marks(mode, facts.st_uid, facts.st_gid, facts.st_nlink, _attributes(descriptor))
    finally:
        os.close(descriptor)


def _unreadable(folder: Folder) -> WriteRefused:
    try:
        uid = os.stat(folder.name, dir_fd=folder.fd, follow_symlinks=False).st_uid
    except OSError:
        uid = folder.uid
    who = user_name(uid)
    return WriteRefused(f"no permission to read it: it belongs to {who}", f"run it as {who}", who)


def _refuse_all_but_files(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        kind = "a directory" if stat.S_ISDIR(facts.st_mode) else "a link, pipe or device"
        raise WriteRefused(f"it is {kind}, not a file")


def _all_of(descriptor: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := os.read(descriptor, SIZE_LIMIT + 1 - size):
        parts.append(part)
        size += len(part)
        if size > SIZE_LIMIT:
            raise WriteRefused(f"it has more than {SIZE_LIMIT // 1024 // 1024} MB", "change it with an editor")
    return b"".join(parts)


def _attributes(descriptor: int) -> tuple[tuple[str, bytes], ...]:
    if not hasattr(os, "listxattr"):
        return ()
    try:
        names = sorted(os.listxattr(descriptor))[:_ATTRIBUTE_LIMIT]
    except OSError as error:
        if error.errno in {errno.ENOTSUP, errno.ENOSYS}:
            return ()
        raise
    found = []
    for name in names:
        try:
            found.append((name, os.getxattr(descriptor, name)))
        except OSError as error:
            if name.startswith("user.") or error.errno not in {errno.ENODATA, errno.EPERM, errno.EACCES, errno.ENOTSUP}:
                raise
            # One that we may list and not read (security.*, trusted.*) is set by the system again, not by us.
    return tuple(found)


def refuse_planted(folder: Folder, marks: Marks | None) -> None:
    """Root writes where a user's link leads only if all of it is that user's own. Raises WriteRefused.

    Otherwise a link planted in a user's directory would have root write where that user may not.
    """
    if os.geteuid() != 0:
        return
    for link in folder.links:
        owners = {folder.uid} if marks is None else {folder.uid, marks.uid}
        if link.uid != 0 and owners != {link.uid}:
            whose = user_name(next(iter(owners - {link.uid})))
            raise WriteRefused(
                f"{visible(link.path, 200)} is a link of {user_name(link.uid)} to what belongs to {whose}: "
                "root does not follow it",
                f"run it as {user_name(link.uid)}",
                user_name(link.uid),
            )
    if marks is not None and marks.uid not in {0, folder.uid} and folder.uid != 0:
        raise WriteRefused(
            f"it belongs to {user_name(marks.uid)} and its directory to {user_name(folder.uid)}: "
            "root does not write there",
            "let one of them own both",
        )
