"""New bytes beside the file, whole and on the disk, before they take its name; and what a killed jntui left behind."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import secrets
import stat
from typing import TYPE_CHECKING

from jntui.jupyter.editing.folder import NO_FOLLOW
from jntui.jupyter.editing.locking import hold, is_held
from jntui.jupyter.editing.place import ACL
from jntui.jupyter.editing.refusal import WriteRefused
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.editing.folder import Folder
    from jntui.jupyter.editing.place import Marks

_TEMPORARY = re.compile(r"\.jntui-[0-9a-f]{16}\.tmp")
"""No file that Jupyter reads, and short, whatever the file is called."""
_LISTED = 20000
"""Names of a directory that are looked at for leftovers."""


@contextlib.contextmanager
def staged(
    folder: Folder,
    content: bytes,
    mode: int | None,
    uid: int | None,
    gid: int | None,
    attributes: tuple[tuple[str, bytes], ...] = (),
) -> Iterator[str]:
    """A temporary file that holds these bytes; gone when the block ends unless it was renamed.

    `mode` None: by the umask and the directory's default list. Nobody else can open it before it has all its marks.
    Raises WriteRefused, OSError.
    """
    name = f".jntui-{secrets.token_hex(8)}.tmp"
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | NO_FOLLOW | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(name, flags, 0o666 if mode is None else 0o600, dir_fd=folder.fd)
    try:
        try:
            hold(descriptor)
            if uid is not None or gid is not None:
                os.fchown(descriptor, -1 if uid is None else uid, -1 if gid is None else gid)
            _write_all(descriptor, content)
            if mode is not None:
                os.fchmod(descriptor, mode)
            _give_attributes(descriptor, attributes)
            os.fsync(descriptor)
            # Some file systems tell only at a close that the disk is full (close(2)); any descriptor of the file will
            # do, and this one goes on to mark the file as in use.
            os.close(os.dup(descriptor))
            yield name
        finally:
            with contextlib.suppress(OSError):  # all was on the disk before the file got its name
                os.close(descriptor)
    finally:
        with contextlib.suppress(FileNotFoundError):  # it was renamed
            os.unlink(name, dir_fd=folder.fd)


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def _give_attributes(descriptor: int, attributes: tuple[tuple[str, bytes], ...]) -> None:
    """Raises WriteRefused where one that the user made cannot be kept."""
    for name, value in attributes:
        try:
            os.setxattr(descriptor, name, value)
        except OSError as error:
            if name == ACL or name.startswith("user."):
                if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                    raise
                raise WriteRefused(f"its attribute {visible(name, 60)} cannot be kept: {error.strerror}") from error
            # The others (security.*, trusted.*) are the system's own, which sets them anew.


def kept_attributes(marks: Marks | None, *, drop_acl: bool) -> tuple[tuple[str, bytes], ...]:
    """The attributes of the old file that the new one gets."""
    if marks is None:
        return ()
    return tuple((name, value) for name, value in marks.attributes if not (drop_acl and name == ACL))


def remove_leftovers(folder: Folder) -> tuple[str, ...]:
    """Removes temporary files of a jntui that was killed: ours by name, regular, and held by no process."""
    if not folder.readable:
        return ()
    removed = []
    with os.scandir(folder.fd) as entries:
        seen = itertools.islice(entries, _LISTED)
        names = [entry.name for entry in seen if _TEMPORARY.fullmatch(entry.name)]
    for name in names:
        if _is_left(folder, name):
            with contextlib.suppress(FileNotFoundError):  # another jntui was faster
                os.unlink(name, dir_fd=folder.fd)
                removed.append(name)
    return tuple(removed)


def _is_left(folder: Folder, name: str) -> bool:
    flags = os.O_RDONLY | NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(name, flags, dir_fd=folder.fd)
    except OSError:
        return False  # a link, somebody else's, or gone: not ours to remove
    try:
        facts = os.fstat(descriptor)
        mine = {os.geteuid()} if os.geteuid() else {0, folder.uid, facts.st_uid}
        return stat.S_ISREG(facts.st_mode) and facts.st_uid in mine and not is_held(descriptor)
    finally:
        os.close(descriptor)
