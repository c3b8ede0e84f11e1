"""Writing where it can go wrong: other users' files, a full disk, a read-only file system, several writers at once."""

from __future__ import annotations

import contextlib
import grp  # noqa: F401 - a user of the tests may not be able to load it later
import os
import stat
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

import pytest

from jntui.jupyter.editing.plan import plan_write
from jntui.jupyter.editing.refusal import WriteRefused
from jntui.jupyter.editing.undo import undo
from jntui.jupyter.editing.writing import write

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="needs root: other users' files and a file system of its own")
ADA, BOB = 54321, 54322
OLD, NEW = b"c.ServerApp.port = 1111\n" * 200, b"c.ServerApp.port = 2222\n" * 300
NAME = "jupyter_server_config.py"


@pytest.fixture
def shared():
    """A directory that every user can reach; those of pytest are their owner's alone."""
    with tempfile.TemporaryDirectory(prefix="jntui-writing-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def home_of(folder: Path, uid: int) -> Path:
    home = folder / str(uid)
    home.mkdir()
    home.chmod(0o755)
    os.chown(home, uid, uid)
    return home


def owned(path: Path, uid: int, content: bytes = OLD, mode: int = 0o644) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    os.chown(path, uid, uid)
    return path


def as_user(uid: int, act) -> None:
    """Runs it in a child with that user's ids; an assertion that fails there fails here."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            act()
            status = 0
        except BaseException:  # noqa: BLE001 - the parent fails with it
            traceback.print_exc()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def refused(path: Path) -> WriteRefused:
    with pytest.raises(WriteRefused) as found:
        write(plan_write(str(path), NEW))
    return found.value


@needs_root
def test_root_keeps_owner_and_group_and_gives_new_files_to_the_owner_of_the_directory(shared):
    home = home_of(shared, ADA)
    file = owned(home / NAME, ADA)
    done = write(plan_write(str(file), NEW))
    made = home / ".jupyter" / "jupyter_server_config.json"
    write(plan_write(str(made), b"{}", secret=True))
    for path in (file, Path(done.backup), made, made.parent):
        assert (path.stat().st_uid, path.stat().st_gid) == (ADA, ADA), path
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    as_user(ADA, lambda: undo(str(file)))
    assert (file.read_bytes(), file.stat().st_uid) == (OLD, ADA)


@needs_root
def test_root_follows_no_link_that_a_user_planted(shared):
    home, other = home_of(shared, ADA), home_of(shared, BOB)
    system = owned(shared / "system.py", 0)
    theirs = owned(other / NAME, BOB)
    for number, target in enumerate((system, theirs, shared / "new.py", other / "new.py")):
        link = home / f"{number}.py"
        link.symlink_to(target)
        os.chown(link, ADA, ADA, follow_symlinks=False)
        error = refused(link)
        assert f"is a link of {ADA} to what belongs to" in error.reason
    (home / "folder").symlink_to(other, target_is_directory=True)
    os.chown(home / "folder", ADA, ADA, follow_symlinks=False)
    refused(home / "folder" / NAME)
    assert (system.read_bytes(), theirs.read_bytes()) == (OLD, OLD)
    assert sorted(one.name for one in other.iterdir()) == [NAME]
    assert not (shared / "new.py").exists()


@needs_root
def test_root_follows_a_users_link_to_that_users_own_file_and_its_own_links(shared):
    home = home_of(shared, ADA)
    file = owned(home / "dotfile.py", ADA)
    link = home / NAME
    link.symlink_to(file)
    os.chown(link, ADA, ADA, follow_symlinks=False)
    (shared / "mine.py").symlink_to(file)
    write(plan_write(str(link), NEW))
    write(plan_write(str(shared / "mine.py"), OLD))
    assert file.read_bytes() == OLD and link.is_symlink()


@needs_root
def test_a_file_out_of_reach_says_who_could(shared):
    home = home_of(shared, ADA)
    file = owned(home / NAME, ADA)
    roots = owned(home / "root.py", 0)
    hidden = owned(home / "hidden.py", 0, mode=0o600)

    def tries():
        assert "belongs to" in refused(file).reason and refused(file).who == str(ADA)
        assert refused(home / "new.py").who == str(ADA)
        assert "no permission to write in" in refused(home / "new.py").reason

    as_user(BOB, tries)

    def own():
        assert refused(roots).who == "root"
        assert refused(roots).reason == "it belongs to root, and replacing it would make it yours"
        assert refused(hidden).reason == "no permission to read it: it belongs to root"

    as_user(ADA, own)
    assert roots.read_bytes() == OLD


@needs_root
def test_a_group_that_is_not_ours_is_said_and_gets_no_rights(shared):
    home = home_of(shared, ADA)
    file = owned(home / NAME, ADA, mode=0o664)
    os.chown(file, ADA, BOB)

    def change():
        plan = plan_write(str(file), NEW)
        assert plan.notes == (f"you are not in its group {BOB}: it gets the group {ADA}, which cannot read it",)
        write(plan)

    as_user(ADA, change)
    assert (file.stat().st_gid, stat.S_IMODE(file.stat().st_mode)) == (ADA, 0o604)


@needs_root
def test_a_directory_that_may_be_entered_and_not_listed(shared):
    home = home_of(shared, ADA)
    file = owned(home / NAME, ADA)
    home.chmod(0o300)

    def change():
        done = write(plan_write(str(file), NEW), state=shared / "state")
        assert done.notes and file.read_bytes() == NEW

    (shared / "state").mkdir(mode=0o777)
    (shared / "state").chmod(0o777)
    as_user(ADA, change)


@contextlib.contextmanager
def mounted(folder: Path, options: str):
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "jntui-test", str(folder)], check=True, timeout=20)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True, timeout=20)


@needs_root
@pytest.mark.parametrize("limit", ["size=32k", "nr_inodes=3"])
def test_a_full_disk_leaves_the_old_file_and_no_rubbish(tmp_path, limit):
    with mounted(tmp_path / "disk", limit) as disk:
        file = disk / NAME
        file.write_bytes(OLD)
        with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
            while limit.startswith("size"):
                filler.write(b"x" * 4096)
        before = sorted(one.name for one in disk.iterdir())
        error = refused(file)
        assert (error.reason, error.do) == ("the disk is full", "free some space, then change it again")
        assert (file.read_bytes(), sorted(one.name for one in disk.iterdir())) == (OLD, before)
        (disk / "filler").unlink(missing_ok=True)


@needs_root
def test_a_disk_that_fills_up_between_the_backup_and_the_file(tmp_path):
    """Room for the backup and not for the new file: every size of what is left is tried."""
    with mounted(tmp_path / "disk", "size=64k") as disk:
        outcomes = set()
        for pages in range(16):
            file = disk / NAME
            file.write_bytes(OLD)
            try:
                (disk / "filler").write_bytes(b"x" * 4096 * pages)
                write(plan_write(str(file), NEW))
            except WriteRefused as error:
                assert error.reason == "the disk is full"
                assert file.read_bytes() == OLD
                assert sorted(one.name for one in disk.iterdir()) == ["filler", NAME]
                outcomes.add("old")
            except OSError:
                break  # no room for the filler itself
            else:
                assert file.read_bytes() == NEW
                outcomes.add("new")
            for one in disk.iterdir():
                one.unlink()
        assert outcomes == {"old", "new"}


@needs_root
def test_a_read_only_file_system(tmp_path):
    with mounted(tmp_path / "disk", "size=64k") as disk:
        (disk / NAME).write_bytes(OLD)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, timeout=20)
        assert refused(disk / NAME).reason == "the file system is mounted read-only"
        assert refused(disk / "new.py").reason == "the file system is mounted read-only"


COUNTER = """
import sys
from jntui.jupyter.editing.place import look
from jntui.jupyter.editing.plan import plan_write
from jntui.jupyter.editing.refusal import ChangedMeanwhile
from jntui.jupyter.editing.writing import write
done = 0
while done < 10:
    seen = look(sys.argv[1])
    new = seen.raw + b"c.X.y = 1\\n"
    try:
        write(plan_write(seen, new), wait_s=60)
        done += 1
    except ChangedMeanwhile:
        pass
"""


def test_several_jntui_at_once_lose_no_edit(tmp_path):
    file = tmp_path / NAME
    file.write_bytes(b"")
    writers = [subprocess.Popen([sys.executable, "-c", COUNTER, str(file)]) for _ in range(4)]
    assert [one.wait(100) for one in writers] == [0] * 4
    assert file.read_bytes() == b"c.X.y = 1\n" * 40
    assert len(list(tmp_path.iterdir())) == 6
