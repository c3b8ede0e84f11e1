"""The mode of a file or directory changed where it lies, no byte of it; and taken back.

What was changed is kept in jntui's own directory: a backup beside the file would be one more copy of a private key.
"""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jntui.jupyter.editing.backups import fingerprint
from jntui.jupyter.editing.folder import NO_FOLLOW, opened
from jntui.jupyter.editing.place import Marks, refuse_planted, words_for_errors
from jntui.jupyter.editing.refusal import WriteRefused, user_name
from jntui.jupyter.state_file import read_entries, write_entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

COMPARED_BYTES = 1024 * 1024
KEPT = 20
"""Changes that can be taken back, the last first."""
_NAME = "modes.json"
_OPEN = os.O_RDONLY | NO_FOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


@dataclass(frozen=True, slots=True)
class ModePlan:
    """One change of a mode; `old` is what it was made from."""

    path: str
    """Links followed."""
    old: int
    new: int
    directory: bool = False
    uid: int = 0
    """Whose it is."""
    links: tuple[str, ...] = ()
    """The links on the way."""
    undoes: str = ""
    """The moment of the change that it takes back; empty for a new one."""


def plan_mode(path: str, new: int | None = None) -> ModePlan:
    """Its owner's alone (0600; 0700 for a directory), or the mode `new`. Raises WriteRefused."""
    with words_for_errors(), _held(path) as (_descriptor, found):
        alone = 0o700 if found.directory else 0o600
        return ModePlan(found.path, found.old, alone if new is None else new, found.directory, found.uid, found.links)


def change_mode(plan: ModePlan, state: Path) -> None:
    """Does it, and keeps how to take it back. Raises WriteRefused, also where the mode is not what was looked at."""
    with words_for_errors(), _held(plan.path) as (descriptor, found):
        if (found.path, found.old) != (plan.path, plan.old):
            raise WriteRefused("its mode was changed by another program meanwhile", "look at it as it is now")
        content = None if found.directory else _content(descriptor)
        os.fchmod(descriptor, plan.new)
    entries = [one for one in read_entries(state / _NAME, KEPT) if one.get("moment") != plan.undoes]
    if not plan.undoes:
        moment = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        entries.append({"path": plan.path, "old": plan.old, "new": plan.new, "moment": moment, "content": content})
    # Where the disk takes no record the mode is changed all the same; its old one stands in the command log.
    with contextlib.suppress(OSError):
        write_entries(state / _NAME, entries[-KEPT:])


def last_mode(state: Path, paths: Iterable[str]) -> ModePlan | None:
    """What takes back the last change that still stands, of one of these; None if there is none.

    A file with other bytes is another one (a renewed key): who might read the old one says nothing of it.
    """
    wanted = {os.path.realpath(path) for path in paths}
    for one in reversed(read_entries(state / _NAME, KEPT)):
        where, old, new, moment = (one.get(key) for key in ("path", "old", "new", "moment"))
        if not (isinstance(where, str) and isinstance(old, int) and isinstance(new, int) and isinstance(moment, str)):
            continue
        if where not in wanted or not 0 <= old <= 0o7777:
            continue
        try:
            facts = os.lstat(where)
            if stat.S_IMODE(facts.st_mode) == new and _has_content(where, facts, one.get("content")):
                return ModePlan(where, new, old, undoes=moment)
        except (OSError, ValueError):
            continue  # it is gone: nothing is left to take back
    return None


def knows(state: Path, path: str) -> bool:
    """Whether its mode was changed and not taken back, whatever lies there now."""
    real = os.path.realpath(path)
    return any(one.get("path") == real for one in read_entries(state / _NAME, KEPT))


def _has_content(path: str, facts: os.stat_result, content: object) -> bool:
    """Raises OSError."""
    if content is None:
        return True
    if not stat.S_ISREG(facts.st_mode):
        return False
    descriptor = os.open(path, _OPEN)
    try:
        return _content(descriptor) == content
    finally:
        os.close(descriptor)


def _content(descriptor: int) -> str:
    """What tells one content of a file from another."""
    return f"{os.fstat(descriptor).st_size}-{fingerprint(os.pread(descriptor, COMPARED_BYTES, 0))}"


@contextlib.contextmanager
def _held(path: str) -> Iterator[tuple[int, ModePlan]]:
    """The file or directory, open, as it is now; only its owner and root get that far. Raises WriteRefused, OSError."""
    with opened(path) as folder:
        if folder.missing:
            raise WriteRefused("it is not there")
        try:
            facts = os.stat(folder.name, dir_fd=folder.fd, follow_symlinks=False)
        except FileNotFoundError as error:
            raise WriteRefused("it is not there") from error
        # Looked at first: opening a device may do something.
        if not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):
            raise WriteRefused("it is a link, pipe or device")
        _refuse_foreign(facts.st_uid)
        descriptor = os.open(folder.name, _OPEN, dir_fd=folder.fd)
        try:
            now = os.fstat(descriptor)
            mode = stat.S_IMODE(now.st_mode)
            if (now.st_dev, now.st_ino) != (facts.st_dev, facts.st_ino):
                raise WriteRefused("another one was put in its place meanwhile", "look at it as it is now")
            refuse_planted(folder, Marks(mode, now.st_uid, now.st_gid, now.st_nlink))
            _refuse_second_name(folder.uid, now)
            links = tuple(link.path for link in folder.links)
            yield descriptor, ModePlan(folder.target, mode, mode, stat.S_ISDIR(now.st_mode), now.st_uid, links)
        finally:
            os.close(descriptor)


def _refuse_second_name(uid: int, facts: os.stat_result) -> None:
    """A name that a user gave to somebody else's file: root would change that one. Raises WriteRefused."""
    if os.geteuid() == 0 and uid not in {0, facts.st_uid} and stat.S_ISREG(facts.st_mode) and facts.st_nlink > 1:
        whose = user_name(facts.st_uid)
        raise WriteRefused(f"it has other names, belongs to {whose}, and its directory to {user_name(uid)}")


def _refuse_foreign(uid: int) -> None:
    """Raises WriteRefused with who could."""
    if os.geteuid() not in {0, uid}:
        who = user_name(uid)
        raise WriteRefused(f"it belongs to {who}", f"run it as {who}", who)
