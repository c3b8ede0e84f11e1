"""Info files: those of Jupyter itself, and everything that may lie there instead of one."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jntui.jupyter.info_file import FILES_LIMIT, InfoFile, Unreadable, list_info_files, read_info_file, redirect_of
from jntui.model import Secret

DATA = Path(__file__).parent.parent / "data" / "info_files"

JPSERVER: dict[str, Any] = {
    "base_url": "/",
    "hostname": "localhost",
    "password": False,
    "pid": 4242,
    "port": 8888,
    "root_dir": "/home/ada/work",
    "secure": False,
    "sock": "",
    "token": "made-up",
    "url": "http://localhost:8888/",
    "version": "2.21.1",
}


def write(folder: Path, content: object, name: str = "jpserver-4242.json") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def read(folder: Path, content: object) -> InfoFile | Unreadable:
    return read_info_file(str(write(folder, content)))


def test_jupyter_server_2(tmp_path: Path) -> None:
    found = read(tmp_path, JPSERVER)
    assert isinstance(found, InfoFile)
    assert (found.stem, found.pid, found.port, found.root_dir) == ("jpserver-4242", 4242, 8888, "/home/ada/work")
    assert (found.token, found.version, found.legacy) == (Secret("made-up"), "2.21.1", False)
    assert found.uid == os.getuid()
    assert "made-up" not in repr(found)


@pytest.mark.parametrize(
    ("name", "hostname", "token", "password"),
    [
        ("token", "localhost", True, False),
        ("password", "localhost", False, True),
        ("open", "localhost", False, False),
        ("any-address", "0.0.0.0", True, False),
        ("ipv6", "::", True, False),
    ],
)
def test_notebook_6_as_recorded(name: str, hostname: str, token: bool, password: bool) -> None:
    found = read_info_file(str(DATA / f"nbserver-4242-{name}.json"))
    assert isinstance(found, InfoFile)
    assert (found.pid, found.port, found.root_dir, found.legacy) == (4242, 8888, "/home/ada/work", True)
    assert (found.hostname, bool(found.token), found.password, found.version) == (hostname, token, password, None)
    redirect = redirect_of(found.path)
    assert redirect is not None
    assert redirect.has_token == token
    assert "?" not in redirect.target and redirect.target.endswith("8888/tree")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (json.dumps(JPSERVER).encode()[:-20], "cut short"),
        (b"\x00\xff\xfe\x01" * 50, "no text"),
        (b"\x00" * 50, "broken"),
        (b"[" * 60_000, "deep"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "deep"),
        ([1, 2], "list"),
        ("text", "string"),
        (None, "null"),
        (7, "number"),
        ({}, "pid is missing"),
        ({**JPSERVER, "pid": "4242"}, "pid is a string"),
        ({**JPSERVER, "pid": True}, "pid is a truth value"),
        ({**JPSERVER, "pid": 1.5}, "pid is a number"),
        ({**JPSERVER, "pid": -1}, "pid is out of range"),
        ({**JPSERVER, "pid": 0}, "pid is out of range"),
        ({**JPSERVER, "pid": 2**40}, "pid is out of range"),
        ({**JPSERVER, "port": 70000}, "port is out of range"),
        ({**JPSERVER, "port": [8888]}, "port is a list"),
        ({**JPSERVER, "port": 0, "sock": ""}, "neither a port nor a socket"),
        ({**JPSERVER, "token": 7}, "token is no text"),
        ({**JPSERVER, "root_dir": {"a": 1}}, "root_dir is no text"),
        ({**JPSERVER, "secure": "yes"}, "secure is no truth value"),
        ({**JPSERVER, "sock": "/a\0b"}, "characters that cannot be"),
        ({**JPSERVER, "root_dir": "\ud800"}, "characters that cannot be"),
        ({**JPSERVER, "token": "\udce9"}, "characters that cannot be"),
        (b'{"pid": NaN}', "pid is a number"),
        (b'{"pid": ' + b"9" * 5000 + b"}", ""),
    ],
)
def test_what_is_no_info_file_has_a_reason(tmp_path: Path, content: object, word: str) -> None:
    found = read(tmp_path, content)
    assert isinstance(found, Unreadable)
    assert word in found.reason
    assert (found.stem, found.pid) == ("jpserver-4242", 4242)


def test_a_directory_whose_name_is_not_utf_8_is_one(tmp_path: Path) -> None:
    folder, url = "/srv/caf\udce9", "http://localhost:8888/caf\udce9/"
    found = read(tmp_path, {**JPSERVER, "root_dir": folder, "url": url})
    assert isinstance(found, InfoFile)
    assert (found.root_dir, found.url) == (folder, url)


def test_a_hundred_megabytes_are_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, b"")
    os.truncate(path, 100 * 1024 * 1024)
    found = read_info_file(str(path))
    assert isinstance(found, Unreadable)
    assert "104857600 bytes" in found.reason


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_foreign_link(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("make", "word"),
    [(make_fifo, "a pipe"), (Path.mkdir, "a directory"), (make_foreign_link, "a device")],
    ids=["pipe", "directory", "link to a device"],
)
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, make: Callable[[Path], None], word: str) -> None:
    path = tmp_path / "jpserver-4242.json"
    make(path)
    found = read_info_file(str(path))
    assert isinstance(found, Unreadable)
    assert word in found.reason


def test_a_file_that_is_gone_has_a_reason(tmp_path: Path) -> None:
    found = read_info_file(str(tmp_path / "jpserver-7.json"))
    assert isinstance(found, Unreadable)
    assert "No such file" in found.reason
    assert found.pid == 7


def test_the_own_link_is_followed_but_in_other_users_directories_none_is(tmp_path: Path) -> None:
    real = write(tmp_path, JPSERVER, "real.json")
    link = tmp_path / "jpserver-4242.json"
    link.symlink_to(real)
    assert isinstance(read_info_file(str(link)), InfoFile)
    assert isinstance(read_info_file(str(link), os.getuid()), Unreadable)


def test_in_other_users_directories_the_owner_must_be_the_process_s(tmp_path: Path) -> None:
    path = write(tmp_path, JPSERVER)
    assert isinstance(read_info_file(str(path), os.getuid()), InfoFile)
    found = read_info_file(str(path), os.getuid() + 1)
    assert isinstance(found, Unreadable)
    assert "another user" in found.reason


def test_unknown_and_missing_keys_are_no_trouble(tmp_path: Path) -> None:
    found = read(tmp_path, {"pid": 7, "port": 8888, "more": [1], "token": None})
    assert isinstance(found, InfoFile)
    assert (found.base_url, found.root_dir, found.token) == ("/", None, Secret(""))


@pytest.mark.parametrize(("text", "expected"), [("", "/"), ("a", "/a/"), ("/a/b", "/a/b/"), ("/a/\n/", "/a/?/")])
def test_base_url_has_its_slashes(tmp_path: Path, text: str, expected: str) -> None:
    found = read(tmp_path, {**JPSERVER, "base_url": text})
    assert isinstance(found, InfoFile)
    assert found.base_url == expected


@settings(max_examples=200)
@given(
    st.binary(max_size=400)
    | st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x)).map(repr).map(str.encode)
)
def test_no_content_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = write(tmp_path_factory.getbasetemp(), content)
    assert isinstance(read_info_file(str(path)), (InfoFile, Unreadable))


JSON = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.lists(st.integers(), max_size=2)
)


@settings(max_examples=200)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(JPSERVER, JSON)))
def test_no_wrong_type_raises(tmp_path_factory: pytest.TempPathFactory, wrong: dict[str, object]) -> None:
    path = write(tmp_path_factory.getbasetemp(), {**JPSERVER, **wrong})
    assert isinstance(read_info_file(str(path)), (InfoFile, Unreadable))


def test_a_listing_takes_info_files_only_and_is_sorted(tmp_path: Path) -> None:
    for name in (
        "jpserver-9.json",
        "jpserver-10.json",
        "nbserver-3.json",
        "jpserver-9-open.html",
        "kernel-1.json",
        "x",
    ):
        (tmp_path / name).touch()
    names = [Path(path).name for path in list_info_files(str(tmp_path)).paths]
    assert names == ["jpserver-10.json", "jpserver-9.json", "nbserver-3.json"]


def test_a_listing_is_bounded(tmp_path: Path) -> None:
    for pid in range(FILES_LIMIT + 5):
        (tmp_path / f"jpserver-{pid}.json").touch()
    found = list_info_files(str(tmp_path))
    assert len(found.paths) == FILES_LIMIT
    assert "too many" in found.trouble


def test_a_missing_directory_holds_none_and_a_file_is_no_directory(tmp_path: Path) -> None:
    assert list_info_files(str(tmp_path / "none")).trouble == ""
    (tmp_path / "file").touch()
    found = list_info_files(str(tmp_path / "file"))
    assert found.paths == ()
    assert "cannot be read" in found.trouble


def redirect(folder: Path, mode: int) -> Path:
    info = write(folder, JPSERVER)
    shutil.copy(DATA / "nbserver-4242-token-open.html", folder / "jpserver-4242-open.html")
    (folder / "jpserver-4242-open.html").chmod(mode)
    return info


def test_a_redirect_file_that_anybody_can_read_says_so(tmp_path: Path) -> None:
    # pytest's own directories are 0700, so the way there is open only below them.
    info = redirect(tmp_path, 0o644)
    found = redirect_of(str(info))
    assert found is not None
    assert (found.mode, found.has_token, found.target) == (0o644, True, "http://localhost:8888/tree")
    way_is_open = all(folder.stat().st_mode & stat.S_IXOTH for folder in tmp_path.resolve().parents) and bool(
        tmp_path.stat().st_mode & stat.S_IXOTH
    )
    assert found.world_readable == way_is_open
    closed = redirect_of(str(redirect(tmp_path, 0o600)))
    assert closed is not None
    assert not closed.world_readable


def test_no_redirect_file_and_no_regular_one(tmp_path: Path) -> None:
    info = write(tmp_path, JPSERVER)
    assert redirect_of(str(info)) is None
    os.mkfifo(tmp_path / "jpserver-4242-open.html")
    assert redirect_of(str(info)) is None
