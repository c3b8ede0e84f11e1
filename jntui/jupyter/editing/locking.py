"""One jntui at a time in a directory: the lock is on the open directory itself, so that nothing is left of it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.editing.refusal import WriteRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.jupyter.editing.folder import Folder

WAIT_S = 5.0
"""A write takes a few milliseconds; a disk that is asleep takes seconds."""
_POLL_S = 0.02
_UNABLE = {errno.EBADF, errno.ENOLCK, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS}
"""What network file systems say that lock files only, or nothing (flock(2))."""


@contextlib.contextmanager
def locked(folder: Folder, state: Path, wait_s: float = WAIT_S) -> Iterator[None]:
    """Holds the lock of this directory; it ends with the process too. Raises WriteRefused after `wait_s` seconds.

    `state` is jntui's own directory: where a directory cannot be locked, a file there stands for it.
    """
    if folder.readable:
        try:
            _take(folder.fd, wait_s)
        except OSError as error:
            if error.errno not in _UNABLE:
                raise
        else:
            try:
                yield
            finally:
                _release(folder.fd)
            return
    with _stand_in(folder, state, wait_s):
        yield


@contextlib.contextmanager
def _stand_in(folder: Folder, state: Path, wait_s: float) -> Iterator[None]:
    facts = os.fstat(folder.fd)
    name = hashlib.sha256(f"{facts.st_dev}:{facts.st_ino}".encode()).hexdigest()[:32]
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(Path(state, f"{name}.lock"), flags, 0o600)
    try:
        _take(descriptor, wait_s)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, wait_s: float) -> None:
    """Raises WriteRefused, OSError."""
    import fcntl

    end = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise WriteRefused("another jntui is writing in its directory", "try again when it is done") from None
            time.sleep(_POLL_S)
        else:
            return


def _release(descriptor: int) -> None:
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_UN)


def is_held(descriptor: int) -> bool:
    """Another process holds the lock of this file; True also where that cannot be told."""
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def hold(descriptor: int) -> None:
    """Marks a file of ours as in use, as long as it is open; where it cannot be locked it is only not marked."""
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
