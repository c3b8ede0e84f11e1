"""What a write would do, said before it is done: the preview, and all that `write` needs."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.editing.folder import opened
from jntui.jupyter.editing.place import ACL, look, words_for_errors
from jntui.jupyter.editing.refusal import WriteRefused, group_name, user_name
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.editing.folder import Folder
    from jntui.jupyter.editing.place import Looked, Marks

_READ_ONLY = 1
"""ST_RDONLY of statvfs(3)."""


@dataclass(frozen=True, slots=True)
class WritePlan:
    """One file, its bytes before and after, and what happens to what it has beside them."""

    looked: Looked
    new: bytes | None = field(repr=False)
    """All bytes of the file after it; None: the file is removed."""
    mode: int | None
    """Permission bits after it; None: a new file, by the umask."""
    uid: int | None = None
    gid: int | None = None
    """Owner and group after it; None: whoever writes."""
    drop_acl: bool = False
    """Its access control list goes, because it would let others read a secret."""
    notes: tuple[str, ...] = ()
    """What the preview says beside the diff, one sentence each."""
    backup: bool = True

    @property
    def path(self) -> str:
        """The file that is replaced, links followed."""
        return self.looked.target

    @property
    def changes(self) -> bool:
        """Anything would be different."""
        old = self.looked.marks
        return self.new != self.looked.raw or (old is not None and self.mode not in {None, old.mode})


def plan_write(
    looked: Looked | str, new: bytes | None, *, secret: bool = False, mode: int | None = None, backup: bool = True
) -> WritePlan:
    """What writing these bytes there would do; nothing is changed yet.

    `looked` is what `look` gave when the file was read for editing, so that a change by another program in between
    is found; a path is read now. `new` None removes the file. `secret`: the bytes hold a token or a hash that was not
    there before, so that nobody else may read them. `mode` asks for these permission bits (undo). Raises WriteRefused
    if it is known now that it cannot be done.
    """
    seen = look(looked) if isinstance(looked, str) else looked
    with words_for_errors(), opened(seen.path) as folder:
        _refuse_unwritable(folder, seen)
    notes = [f"{visible(link, 200)} is a link and stays; the file it leads to is replaced" for link in seen.links[-1:]]
    notes += [f"the directory {visible(str(Path(seen.target).parent), 200)} is made"] if seen.missing else []
    if seen.marks is None:
        wanted = 0o600 if secret else mode
        root = os.geteuid() == 0
        uid, gid = (seen.folder_uid, seen.folder_gid) if root else (None, None)
        return WritePlan(seen, new, wanted, uid, gid, notes=tuple(notes), backup=backup)
    return _replacing(seen, seen.marks, new, notes, secret, mode, backup)


def _replacing(
    seen: Looked, old: Marks, new: bytes | None, notes: list[str], secret: bool, mode: int | None, backup: bool
) -> WritePlan:
    wanted = old.mode if mode is None else mode
    has_acl = any(name == ACL for name, _value in old.attributes)
    uid, gid, lost = _kept_owner(old)
    if lost:
        notes.append(lost)
        wanted &= ~0o070
    drop = secret and (has_acl or bool(wanted & 0o077))
    if drop:
        notes.append(f"only its owner can read it afterwards: mode {wanted & 0o700 | 0o600:04o} (now {old.mode:04o})")
        wanted = wanted & 0o700 | 0o600
        if has_acl:
            notes.append("its access control list, which lets others read it, is removed; undo does not bring it back")
    if old.links > 1:
        others = "another name" if old.links == 2 else f"{old.links - 1} other names"
        notes.append(f"the file has {others} (hard links), under which the old bytes stay: only this name changes")
    return WritePlan(seen, new, wanted, uid, gid, drop and has_acl, tuple(notes), backup)


def _kept_owner(old: Marks) -> tuple[int | None, int | None, str]:
    """Owner and group that the new file gets, and what cannot be kept in words."""
    if os.geteuid() == 0:
        return old.uid, old.gid, ""
    if old.gid in {os.getegid(), *os.getgroups()}:
        return None, old.gid, ""
    mine = group_name(os.getegid())
    return None, None, f"you are not in its group {group_name(old.gid)}: it gets the group {mine}, which cannot read it"


def _refuse_unwritable(folder: Folder, seen: Looked) -> None:
    """Raises WriteRefused with who could."""
    if os.fstatvfs(folder.fd).f_flag & _READ_ONLY:
        raise WriteRefused("the file system is mounted read-only", "mount it writable, or use another file")
    old = seen.marks
    me = os.geteuid()
    if old is not None and me not in {0, old.uid}:
        who = user_name(old.uid)
        raise WriteRefused(f"it belongs to {who}, and replacing it would make it yours", f"run it as {who}", who)
    if old is not None and not old.mode & 0o200:
        raise WriteRefused(
            f"its owner marked it read-only (mode {old.mode:04o})", f"chmod u+w {visible(seen.target, 300)}"
        )
    if not os.access(".", os.W_OK | os.X_OK, dir_fd=folder.fd, effective_ids=os.access in os.supports_effective_ids):
        who = user_name(folder.uid)
        place = visible(folder.path, 200)
        if me == 0:
            raise WriteRefused(
                f"not even root may write in {place}", f"lsattr -d {place} tells whether it is immutable"
            )
        if me == folder.uid:
            raise WriteRefused(f"no permission to write in {place}, which is yours", f"chmod u+wx {place}")
        raise WriteRefused(f"no permission to write in {place}, which belongs to {who}", f"run it as {who}", who)
