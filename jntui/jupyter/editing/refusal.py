"""Why a file is not written: in words, with what to do, and who could."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.editing.place import Looked

_WORDS = {
    errno.ENOSPC: ("the disk is full", "free some space, then change it again"),
    errno.EDQUOT: ("your disk quota is used up", "free some space of yours, then change it again"),
    errno.EROFS: ("the file system is mounted read-only", "mount it writable, or change the setting in another file"),
    errno.ENAMETOOLONG: ("the name is too long for a backup beside it", "give the file a shorter name"),
    errno.EIO: ("the disk reports an error", "look at the system's log before anything is written there"),
    errno.EFBIG: ("it is larger than this account may write (ulimit -f)", "raise the limit"),
    errno.ELOOP: ("its links lead in a circle", "mend the link"),
    errno.ENOTDIR: ("a part of its path is not a directory", "look at the path"),
    errno.EMFILE: ("too many files are open", "close some programs, then change it again"),
}


class WriteRefused(Exception):
    """Nothing was changed. `str()` is the reason in one clause."""

    def __init__(self, reason: str, do: str = "", who: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.do = do
        """What to do about it, in one clause; empty where there is nothing."""
        self.who = who
        """The login name under which the same command would write it (`sudo -u WHO …`); None: nobody's."""


class ChangedMeanwhile(WriteRefused):
    """The file is not what it was when it was read: somebody else wrote it."""

    def __init__(self, now: Looked) -> None:
        super().__init__("it was changed by another program since it was read", "look at it as it is now")
        self.now = now
        """The file as it is now, to be shown again."""


def refusal(error: OSError) -> WriteRefused:
    """The system's error in words."""
    reason, do = _WORDS.get(error.errno or 0, ("", ""))
    if error.errno == errno.EACCES:
        reason, do = "no permission to write in its directory", "let the owner of the directory change it"
    if error.errno == errno.EPERM:
        # chattr(1): not even root replaces such a file.
        reason = "the system does not let it be replaced: it or its directory may be marked immutable"
        do = "look with lsattr"
    return WriteRefused(reason or f"it cannot be written: {visible(error.strerror or str(error), 100)}", do)


def user_name(uid: int) -> str:
    """The login name, or the number where the system knows no name."""
    if os.name == "nt":
        return str(uid)
    import pwd

    try:
        return visible(pwd.getpwuid(uid).pw_name, 64)
    except KeyError:
        return str(uid)


def group_name(gid: int) -> str:
    """The same for a group."""
    if os.name == "nt":
        return str(gid)
    import grp

    try:
        return visible(grp.getgrgid(gid).gr_name, 64)
    except KeyError:
        return str(gid)
