"""Opening config files: whatever lies there instead of one, nothing blocks, nothing raises."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jntui.jupyter.settings.reading import SIZE_LIMIT, read_config_file

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def test_a_file_and_its_time(tmp_path: Path) -> None:
    path = tmp_path / "jupyter_server_config.py"
    path.write_text("c.ServerApp.port = 9000")
    before = datetime.now(timezone.utc) - timedelta(seconds=1)
    file = read_config_file(str(path))
    assert (file.path, file.exists, file.readable, file.kind) == (str(path), True, True, "py")
    assert file.changed is not None
    assert before <= file.changed <= before + timedelta(minutes=1)
    os.utime(path, (0, 86_400))
    kept = read_config_file(str(path)).changed
    assert kept is not None
    assert kept >= file.changed, "a copy that keeps the time of its writing came now all the same"
    os.utime(path, (0, 4_102_444_800))
    assert read_config_file(str(path)).changed == datetime(2100, 1, 1, tzinfo=timezone.utc)
    assert [one.path for one in file.assignments] == [str(path)]


def test_the_name_tells_the_kind(tmp_path: Path) -> None:
    for name, kind in (("x.json", "json"), ("x.py", "py"), ("x.cfg", "py"), ("missing.json", "json")):
        if "missing" not in name:
            (tmp_path / name).write_text("{}")
        assert read_config_file(str(tmp_path / name)).kind == kind


@pytest.mark.parametrize("name", ["not-there.py", "file.py/x.py", "no\0name.py", "x" * 300 + ".py", ""])
def test_what_is_not_there(name: str, tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text("")
    file = read_config_file(str(tmp_path / name) if name else "")
    assert (file.readable, file.dropped, file.assignments, file.changed) == (False, False, (), None)
    assert file.exists == (len(name) > 255)


def test_a_link_to_nothing_and_a_ring_of_links(tmp_path: Path) -> None:
    (tmp_path / "nothing.py").symlink_to(tmp_path / "gone.py")
    (tmp_path / "ring.py").symlink_to(tmp_path / "ring.py")
    file = read_config_file(str(tmp_path / "nothing.py"))
    assert (file.exists, file.trouble) == (False, "a link to a file that is not there")
    ring = read_config_file(str(tmp_path / "ring.py"))
    assert (ring.readable, ring.trouble.startswith("it cannot be read: ")) == (False, True)


@pytest.mark.parametrize("kind", ["a directory", "a pipe", "a socket", "a device"])
def test_what_is_no_file(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    with socket.socket(socket.AF_UNIX) as listener:
        if kind == "a directory":
            path.mkdir()
        elif kind == "a pipe":
            os.mkfifo(path)
        elif kind == "a socket":
            listener.bind(str(path))
        else:
            path.symlink_to("/dev/zero")
        file = read_config_file(str(path))
    assert (file.exists, file.readable) == (True, False)
    assert file.trouble == f"it is {kind}, not a file: Jupyter passes over it"


def test_the_largest_file_and_one_byte_more(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("#" * (SIZE_LIMIT - 12) + "\nc.A.x = 101")
    assert [one.value for one in read_config_file(str(path)).assignments] == [101]
    with path.open("a") as more:
        more.write("2")
    file = read_config_file(str(path))
    assert (file.readable, file.trouble, file.assignments) == (False, "Jupyter reads it; jntui does not: 2.0 MB", ())


def test_a_file_of_100_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    assert read_config_file(str(path)).trouble == "Jupyter reads it; jntui does not: 100 MB"


def test_a_file_without_permission() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "x.py"
        path.write_text("c.A.x = 1")
        path.chmod(0)
        if IS_ROOT:
            # Root reads every file; nobody does not.
            os.seteuid(65534)
        try:
            file = read_config_file(str(path))
        finally:
            if IS_ROOT:
                os.seteuid(0)
    assert (file.exists, file.readable, file.trouble) == (True, False, "no permission to read it")


def test_a_link_of_the_own_user_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text("c.A.x = 1")
    (tmp_path / "x.py").symlink_to(tmp_path / "real.py")
    assert len(read_config_file(str(tmp_path / "x.py")).assignments) == 1


@pytest.mark.parametrize(("target_uid", "followed"), [(4711, True), (0, False)])
def test_root_follows_links_of_others_to_their_own_files_only(target_uid: int, followed: bool, tmp_path: Path) -> None:
    real, link = tmp_path / "real.py", tmp_path / "x.py"
    real.write_text("c.A.x = 1")
    link.symlink_to(real)
    if IS_ROOT:
        os.chown(real, target_uid, 0)
        os.lchown(link, 4711, 0)
        file = read_config_file(str(link))
        assert bool(file.assignments) == followed
        assert (
            file.trouble == f"a link of user 4711 to a file of user {target_uid}: jntui does not follow it"
        ) != followed
    else:
        # Whoever is not root reads with their own rights, wherever a link leads.
        assert read_config_file(str(link)).assignments


def test_files_that_come_and_go_while_they_are_read(tmp_path: Path) -> None:
    path, other = tmp_path / "x.py", tmp_path / "y.py"
    done = threading.Event()

    def churn() -> None:
        for number in range(300):
            other.write_text(f"c.A.x = {number}\n" * (number % 50))
            other.replace(path)
            if number % 3 == 0:
                path.unlink()
        done.set()

    thread = threading.Thread(target=churn)
    thread.start()
    while not done.is_set():
        file = read_config_file(str(path))
        assert (file.trouble, file.dropped) == ("", False)
    thread.join()


def test_subconfigs_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    with (tmp_path / "huge.py").open("wb") as huge:
        huge.truncate(3 * 1024 * 1024)
    path = tmp_path / "x.py"
    path.write_text("load_subconfig('pipe.py')\nload_subconfig('huge.py')\nc.A.x = 1\n")
    file = read_config_file(str(path))
    assert file.notes == ("line 2 loads huge.py, which is not read: Jupyter reads it; jntui does not: 3.0 MB",)
    assert [one.value for one in file.assignments] == [1]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["random.py", "random.json"]))
def test_no_content_makes_it_raise(tmp_path_factory: pytest.TempPathFactory, raw: bytes, name: str) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(raw)
    assert read_config_file(str(path)).readable
