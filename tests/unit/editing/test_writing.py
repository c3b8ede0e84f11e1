"""A file is replaced whole, keeps what it has beside its bytes, and comes back as it was."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
import struct
from datetime import datetime, timezone
from pathlib import Path

import pytest

from jntui.jupyter.editing import staging, writing
from jntui.jupyter.editing.place import ACL, look
from jntui.jupyter.editing.plan import plan_write
from jntui.jupyter.editing.refusal import ChangedMeanwhile, WriteRefused
from jntui.jupyter.editing.undo import EditedSince, NothingToUndo, plan_undo, undo
from jntui.jupyter.editing.writing import write
from jntui.jupyter.opened import OpenedServers
from jntui.model import KeptFile, Opened

OLD = b"# -*- coding: latin-1 -*-\r\nc.ServerApp.ip = 'h\xf6st'\n\x0cx"
NEW = b"c.ServerApp.ip = '*'"
NAME = "jupyter_server_config.py"


@pytest.fixture
def config(tmp_path):
    file = tmp_path / NAME
    file.write_bytes(OLD)
    file.chmod(0o640)
    return file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def beside(path: Path) -> list[Path]:
    return sorted(one for one in path.parent.iterdir() if one.name.startswith(f"{path.name}.jntui-"))


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def change(path: Path, new: bytes | None, **more) -> writing.Written:
    return write(plan_write(str(path), new, **more))


def test_the_bytes_are_replaced_the_mode_stays_and_the_old_bytes_lie_beside(config):
    before = config.stat()
    done = change(config, NEW)
    assert (config.read_bytes(), mode(config), done.created) == (NEW, 0o640, False)
    assert (config.stat().st_uid, config.stat().st_gid) == (before.st_uid, before.st_gid)
    assert [str(one) for one in beside(config)] == [done.backup]
    backup = Path(done.backup)
    assert (backup.read_bytes(), mode(backup)) == (OLD, 0o600)
    assert re.fullmatch(r".*\.jntui-\d{8}-\d{6}-\d{6}-0640-[0-9a-f]{16}", backup.name)
    assert not backup.name.endswith((".py", ".json")), "Jupyter would read it"
    assert len(names(config.parent)) == 2, "something else was left behind"


def test_a_secret_tightens_the_mode_and_the_plan_says_so(config):
    plan = plan_write(str(config), NEW, secret=True)
    assert plan.mode == 0o600
    assert plan.notes == ("only its owner can read it afterwards: mode 0600 (now 0640)",)
    write(plan)
    assert mode(config) == 0o600
    undo(str(config))
    assert (config.read_bytes(), mode(config)) == (OLD, 0o640)


@pytest.mark.parametrize(("secret", "expected"), [(False, 0o644), (True, 0o600)])
def test_a_missing_file_is_made_small_in_a_directory_as_jupyter_makes_it(tmp_path, secret, expected):
    file = tmp_path / ".jupyter" / NAME
    plan = plan_write(str(file), NEW, secret=secret)
    assert plan.notes == (f"the directory {file.parent} is made",)
    old = os.umask(0o022)
    try:
        assert write(plan).created
    finally:
        os.umask(old)
    assert (file.read_bytes(), mode(file), mode(file.parent)) == (NEW, expected, 0o700)
    undo(str(file))
    assert names(file.parent) == []


def test_undo_goes_back_step_by_step_and_ends(config):
    contents = [OLD, NEW, b"three", b""]
    for content in contents[1:]:
        change(config, content)
    for content in reversed(contents[:-1]):
        plan = plan_undo(str(config))
        assert (plan.plan.new, plan.path) == (content, str(config))
        undo(plan)
        assert config.read_bytes() == content
    assert (mode(config), names(config.parent)) == (0o640, [NAME])
    with pytest.raises(NothingToUndo):
        undo(str(config))


def test_undo_brings_back_a_file_that_was_removed(config):
    change(config, None)
    assert not config.exists()
    undo(str(config))
    assert (config.read_bytes(), mode(config)) == (OLD, 0o640)


def test_undo_after_somebody_elses_edit_is_refused_and_names_the_backup(config):
    done = change(config, NEW)
    config.write_bytes(NEW + b"\n# by hand")
    with pytest.raises(EditedSince) as refused:
        undo(str(config))
    assert (refused.value.now.raw, refused.value.backup) == (NEW + b"\n# by hand", done.backup)
    assert config.read_bytes() == NEW + b"\n# by hand"


def test_undo_of_a_file_that_somebody_removed_says_so_and_where_it_is(config):
    write(plan_write(str(config), NEW))
    config.unlink()
    with pytest.raises(EditedSince, match="it was removed after jntui wrote it") as refused:
        undo(str(config))
    assert refused.value.backup in refused.value.do
    assert not config.exists()


def test_undo_is_refused_if_the_file_changes_after_the_preview(config):
    change(config, NEW)
    plan = plan_undo(str(config))
    config.write_bytes(b"by hand")
    with pytest.raises(ChangedMeanwhile):
        undo(plan)
    assert config.read_bytes() == b"by hand"


def test_five_backups_are_kept(config):
    for count in range(8):
        change(config, b"%d" % count)
    kept = [one.read_bytes() for one in beside(config)]
    assert kept == [b"2", b"3", b"4", b"5", b"6"]


def test_the_backup_that_closes_a_server_again_stays(config, tmp_path):
    """However often it is opened anew: its bytes from before the first time are there."""
    state = tmp_path / "state"
    write(plan_write(look(str(config)), b"opened"), state=state)
    (first,) = beside(config)
    held = KeptFile(str(config), "before", "after", str(first))
    noon = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
    OpenedServers(state).put(Opened("jpserver-7", 8888, 7, 0.0, ":8888", "every address", noon, (held,)))
    for count in range(8):
        write(plan_write(look(str(config)), b"%d" % count), state=state)
    assert beside(config)[0] == first
    assert len(beside(config)) == 6


def test_backups_of_another_file_are_not_touched(config):
    other = config.with_name("jupyter_server_config.json")
    other.write_bytes(b"{}")
    change(other, b'{"a": 1}')
    for count in range(8):
        change(config, b"%d" % count)
    undo(str(other))
    assert other.read_bytes() == b"{}"


def test_a_write_that_changes_nothing_leaves_the_file_alone(config):
    before = config.stat()
    assert change(config, OLD).backup is None
    assert (config.stat().st_ino, names(config.parent)) == (before.st_ino, [NAME])


def _edit(file: Path) -> None:
    file.write_bytes(b"by hand")


def _same_size(file: Path) -> None:
    facts = file.stat()
    file.write_bytes(OLD.replace(b"x", b"y"))
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))


@pytest.mark.parametrize(
    "meddle",
    [_edit, _same_size, lambda file: file.chmod(0o600), Path.unlink],
    ids=["edited", "same size and time", "mode", "removed"],
)
def test_a_file_changed_since_it_was_read_is_not_overwritten(config, meddle):
    plan = plan_write(look(str(config)), NEW)
    meddle(config)
    expected = config.read_bytes() if config.exists() else None
    with pytest.raises(ChangedMeanwhile) as refused:
        write(plan)
    assert refused.value.now.raw == expected
    assert (config.read_bytes() if config.exists() else None) == expected
    assert beside(config) == []


def test_a_file_that_was_only_touched_is_written(config):
    plan = plan_write(str(config), NEW)
    os.utime(config)
    write(plan)
    assert config.read_bytes() == NEW


@pytest.mark.parametrize("there", [True, False], ids=["a file", "no file"])
def test_an_edit_in_the_last_moment_is_not_overwritten(config, monkeypatch, there):
    """The other program writes after the backup and the new bytes are on the disk."""
    if not there:
        config.unlink()
    plan = plan_write(str(config), NEW)
    real = staging._write_all

    def then_edited(descriptor, content):
        real(descriptor, content)
        if content == NEW:
            config.write_bytes(b"by hand")

    monkeypatch.setattr(staging, "_write_all", then_edited)
    with pytest.raises(ChangedMeanwhile):
        write(plan)
    assert (config.read_bytes(), names(config.parent)) == (b"by hand", [NAME])


def test_a_file_that_appears_between_the_last_look_and_the_naming_is_not_overwritten(config, monkeypatch):
    config.unlink()
    plan = plan_write(str(config), NEW)
    real = os.link

    def too_late(*args, **kwargs):
        config.write_bytes(b"by hand")
        real(*args, **kwargs)

    monkeypatch.setattr(os, "link", too_late)
    with pytest.raises(ChangedMeanwhile) as refused:
        write(plan)
    assert (config.read_bytes(), refused.value.now.raw) == (b"by hand", b"by hand")


def test_links_stay_and_their_target_is_replaced(tmp_path):
    dots = tmp_path / "dotfiles"
    dots.mkdir()
    real = dots / "server.py"
    real.write_bytes(OLD)
    (tmp_path / "middle").symlink_to("dotfiles/../dotfiles/server.py")
    home = tmp_path / "home"
    home.symlink_to(tmp_path, target_is_directory=True)
    link = home / NAME
    link.symlink_to("../" + tmp_path.name + "/middle")
    plan = plan_write(str(link), NEW)
    assert plan.path == str(real.resolve())
    assert plan.notes == (f"{tmp_path}/middle is a link and stays; the file it leads to is replaced",)
    write(plan)
    assert link.is_symlink() and (tmp_path / "middle").is_symlink() and not real.is_symlink()
    assert real.read_bytes() == NEW == link.read_bytes()
    assert [one.parent for one in beside(real)] == [dots]
    undo(str(link))
    assert real.read_bytes() == OLD


def test_a_link_to_nothing_stays_and_its_target_is_made(tmp_path):
    link = tmp_path / NAME
    link.symlink_to("dotfiles/server.py")
    change(link, NEW)
    assert link.is_symlink() and (tmp_path / "dotfiles" / "server.py").read_bytes() == NEW


def test_links_in_a_circle_a_directory_and_a_pipe_are_refused(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, words in [("a", "circle"), ("folder", "directory"), ("pipe", "pipe"), ("pipe/x", "not a directory")]:
        with pytest.raises(WriteRefused, match=words):
            plan_write(str(tmp_path / name), NEW)


def test_a_hard_link_is_said_and_keeps_the_old_bytes(config):
    twin = config.with_name("twin")
    os.link(config, twin)
    plan = plan_write(str(config), NEW)
    assert plan.notes == (
        "the file has another name (hard links), under which the old bytes stay: only this name changes",
    )
    write(plan)
    assert (config.read_bytes(), twin.read_bytes()) == (NEW, OLD)


def _set(path: Path, name: str, value: bytes) -> None:
    try:
        os.setxattr(path, name, value)
    except (OSError, AttributeError) as error:
        pytest.skip(f"no extended attributes here: {error}")


READABLE_BY_42 = bytes.fromhex(
    "0200000001000600ffffffff020004002a00000004000400ffffffff10000400ffffffff20000000ffffffff"
)
"""acl(5) as Linux stores it: owner rw-, user 42 r--, group r--, mask r--, others nothing."""


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="extended attributes are read on Linux only")
def test_attributes_and_the_access_control_list_stay(config):
    _set(config, "user.note", b"mine\0")
    _set(config, ACL, READABLE_BY_42)
    before = mode(config)
    change(config, NEW)
    assert (os.getxattr(config, "user.note"), os.getxattr(config, ACL)) == (b"mine\0", READABLE_BY_42)
    assert mode(config) == before


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="extended attributes are read on Linux only")
def test_a_secret_takes_the_access_control_list_away(config):
    _set(config, ACL, READABLE_BY_42)
    plan = plan_write(str(config), NEW, secret=True)
    words = "its access control list, which lets others read it, is removed; undo does not bring it back"
    assert words in plan.notes
    write(plan)
    assert ACL not in os.listxattr(config)
    assert mode(config) == 0o600


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="extended attributes are read on Linux only")
def test_undo_lets_in_no_group_that_only_the_mask_of_a_lost_list_named(config):
    """user::rw-, user:42:r--, group::---, mask::r--: the mode says 0640, and the group could read nothing."""
    entries = ((1, 6, 0xFFFFFFFF), (2, 4, 42), (4, 0, 0xFFFFFFFF), (0x10, 4, 0xFFFFFFFF), (0x20, 0, 0xFFFFFFFF))
    _set(config, ACL, struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *one) for one in entries))
    assert mode(config) == 0o640
    write(plan_write(str(config), NEW, secret=True))
    undo(str(config))
    assert (config.read_bytes(), mode(config)) == (OLD, 0o600)


def test_a_file_marked_read_only_is_refused_with_what_to_do(config):
    config.chmod(0o444)
    with pytest.raises(WriteRefused) as refused:
        plan_write(str(config), NEW)
    assert (refused.value.reason, refused.value.do) == (
        "its owner marked it read-only (mode 0444)",
        f"chmod u+w {config}",
    )


def test_a_name_too_long_for_a_backup_is_refused_and_the_file_stays(tmp_path):
    file = tmp_path / ("n" * 240 + ".py")
    file.write_bytes(OLD)
    plan = plan_write(str(file), NEW)
    with pytest.raises(WriteRefused, match="too long"):
        write(plan)
    assert (file.read_bytes(), names(tmp_path)) == (OLD, [file.name])


def test_two_at_once_wait_for_each_other_and_the_second_is_told(config):
    first, second = plan_write(str(config), b"first"), plan_write(str(config), b"second")
    write(first)
    with pytest.raises(ChangedMeanwhile):
        write(second)
    assert config.read_bytes() == b"first"


def test_a_directory_that_stays_locked_is_refused_after_a_bounded_wait(config):
    plan = plan_write(str(config), NEW)
    descriptor = os.open(config.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(WriteRefused, match="another jntui"):
            write(plan, wait_s=0.1)
    finally:
        os.close(descriptor)
    assert (config.read_bytes(), names(config.parent)) == (OLD, [NAME])


def test_where_a_directory_cannot_be_locked_a_file_of_jntui_stands_for_it(config, monkeypatch, tmp_path):
    real = fcntl.flock

    def no_directories(descriptor, operation):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EBADF, "a network file system")
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", no_directories)
    write(plan_write(str(config), NEW), state=tmp_path / "state")
    assert config.read_bytes() == NEW
    assert [one.suffix for one in (tmp_path / "state").iterdir()] == [".lock"]


def test_what_a_killed_jntui_left_is_removed_and_what_is_in_use_is_not(config):
    left = config.with_name(".jntui-0123456789abcdef.tmp")
    used = config.with_name(".jntui-fedcba9876543210.tmp")
    other = config.with_name(".jntui-notes.tmp")
    link = config.with_name(".jntui-0000000000000000.tmp")
    for one in (left, used, other):
        one.write_bytes(b"half")
    link.symlink_to(other)
    with used.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        change(config, NEW)
    assert (left.exists(), used.exists(), other.exists(), link.is_symlink()) == (False, True, True, True)


FAILURES = [
    ("write", errno.ENOSPC, "the disk is full"),
    ("write", errno.EDQUOT, "your disk quota is used up"),
    ("fsync", errno.ENOSPC, "the disk is full"),
    ("fsync", errno.EIO, "the disk reports an error"),
    ("close", errno.ENOSPC, "the disk is full"),
    ("open", errno.EROFS, "mounted read-only"),
    ("open", errno.EACCES, "no permission"),
    ("rename", errno.EPERM, "immutable"),
]


@pytest.mark.parametrize("file_number", [1, 2], ids=["the backup", "the file"])
@pytest.mark.parametrize(("call", "number", "words"), FAILURES)
def test_a_failing_system_call_leaves_the_old_file_and_nothing_else(
    config, monkeypatch, call, number, words, file_number
):
    """Once while the backup is written and once while the new file is."""
    plan = plan_write(str(config), NEW)
    fails = _Failing(call, number, file_number)
    with monkeypatch.context() as patched:
        for name in ("open", "write", "fsync", "dup", "close", "rename"):
            patched.setattr(os, name, fails.wrapped(name, getattr(os, name)))
        with pytest.raises(WriteRefused, match=words):
            write(plan)
    assert fails.done
    assert (config.read_bytes(), mode(config), names(config.parent)) == (OLD, 0o640, [NAME])


class _Failing:
    """One call on the n-th temporary file fails."""

    def __init__(self, call: str, number: int, which: int) -> None:
        self.call, self.number, self.which = call, number, which
        self.made = 0
        self.descriptor = -1
        self.done = False

    def wrapped(self, name, real):
        def call(*args, **kwargs):
            makes = name == "open" and args[1] & os.O_CREAT
            self.made += bool(makes)
            ours = makes or name == "rename" or (args and args[0] == self.descriptor and name != "open")
            if name == self.call and ours and self.made == self.which and not self.done:
                self.done = True
                if name == "close":
                    real(*args)
                raise OSError(self.number, os.strerror(self.number))
            result = real(*args, **kwargs)
            if makes or (name == "dup" and ours):
                self.descriptor = result
            return result

        return call
