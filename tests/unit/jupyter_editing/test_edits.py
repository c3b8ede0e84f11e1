"""Edits beyond the table of nasty files: other names of a setting, several lines, limits, files that load others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jntui.jupyter.editing.json_edit import set_json, unset_json
from jntui.jupyter.editing.python_edit import set_python
from jntui.jupyter.editing.python_unset import PLACES_LIMIT, unset_python
from jntui.jupyter.editing.spellings import spellings_of
from jntui.jupyter.settings.reading import SIZE_LIMIT
from jntui.model import Edit, EditRefused

PATH = "/etc/jupyter/jupyter_server_config.py"
IP = ("ServerApp", "ip")


def edited(found: Edit | EditRefused) -> Edit:
    assert isinstance(found, Edit), found
    return found


def refused(found: Edit | EditRefused) -> EditRefused:
    assert isinstance(found, EditRefused), found
    return found


@pytest.mark.parametrize(
    ("name", "others"),
    [
        (IP, {("NotebookApp", "ip"), ("LabApp", "ip"), ("JupyterNotebookApp", "ip")}),
        (("ServerApp", "root_dir"), {("NotebookApp", "notebook_dir"), ("ServerApp", "notebook_dir")}),
        (("ServerApp", "token"), {("IdentityProvider", "token"), ("PasswordIdentityProvider", "token")}),
        (("NotebookApp", "password"), {("PasswordIdentityProvider", "hashed_password"), ("ServerApp", "password")}),
    ],
)
def test_other_names_of_a_setting(name: tuple[str, str], others: set[tuple[str, str]]) -> None:
    assert others <= set(spellings_of(*name))
    assert name not in spellings_of(*name)


def test_another_program_or_an_unknown_trait_has_no_other_names() -> None:
    assert spellings_of("KernelGatewayApp", "ip") == ()
    assert ("KernelGatewayApp", "ip") not in spellings_of(*IP)
    assert spellings_of("FileContentsManager", "root_dir") == ()


def test_unset_takes_all_names_and_all_places() -> None:
    raw = b"c.NotebookApp.ip = 'a'\nx = 1\nc.ServerApp.ip = 'b'\nc.ServerApp.ip = 'c'\nc.LabApp.ip = 'd'; y = 2\n"
    found = edited(unset_python(raw, PATH, *IP, also=spellings_of(*IP)))
    assert found.raw == b"# c.NotebookApp.ip = 'a'\nx = 1\n# c.ServerApp.ip = 'b'\n# c.ServerApp.ip = 'c'\ny = 2\n"
    assert found.did == "commented out line 4, commented out line 3, commented out line 1, removed it from line 5"


@pytest.mark.parametrize(
    "value", ["f'a{1}'", "'a' if 1 else 'b'", "b'a'", "[*'ab']", "str(1)", "__name__", "'a'.upper()"]
)
def test_what_is_computed_is_not_taken_out(value: str) -> None:
    found = refused(unset_python(f"c.ServerApp.ip = {value}\n".encode(), PATH, *IP))
    assert found.line == 1


@pytest.mark.parametrize(
    ("old", "kind"), [("(3,)", "changed"), ("{3}", "changed"), ("[True]", "changed"), ("[3]", "unchanged")]
)
def test_what_is_the_same_value(old: str, kind: str) -> None:
    found = edited(set_python(f"c.A.x = {old}\n".encode(), PATH, "A", "x", [3]))
    assert (found.raw, found.kind) == (b"c.A.x = [3]\n", kind)


@pytest.mark.parametrize(
    ("source", "reader"),
    [
        ("print(c.ServerApp.ip)\nc.ServerApp.ip = 'a'\nx = 1\n", None),
        ("c.ServerApp.ip = 'a'\nprint(c.ServerApp.ip)\n", 2),
        ("def f():\n    return c['ServerApp']['ip']\nc.ServerApp.ip = 'a'\nc.A.x = f()\n", 2),
        ("import os\nc.ServerApp.ip = 'a'\nx = os.environ.get('ip')\n", None),
        ("c.ServerApp.ip = 'a'\nx = c.ServerApp.get('ip')\n", 2),
        ("c.ServerApp.ip = 'a'; x = getattr(c.ServerApp, 'ip')\n", 1),
    ],
)
def test_who_reads_the_value_afterwards(source: str, reader: int | None) -> None:
    done = set_python(source.encode(), PATH, *IP, "*")
    edit = done.offer if isinstance(done, EditRefused) else done
    assert edit is not None
    assert edit.kind == ("appended" if reader else "changed")
    taken = unset_python(source.encode(), PATH, *IP)
    if reader:
        assert f"line {reader} reads what line" in refused(taken).reason
    else:
        assert edited(taken).kind in {"removed", "commented out"}


def test_what_was_added_goes_from_the_middle_too() -> None:
    start = b"# mine\nc.A.x = 1  # why\n"
    first = edited(set_python(start, PATH, *IP, "*"))
    second = edited(set_python(first.raw, PATH, "ServerApp", "port", 9000))
    third = edited(set_python(second.raw, PATH, "ServerApp", "allow_root", True))
    assert edited(unset_python(third.raw, PATH, "ServerApp", "port")).raw == first.raw + third.raw[len(second.raw) :]
    without = edited(unset_python(third.raw, PATH, *IP))
    assert without.raw == start + third.raw[len(first.raw) :]
    assert edited(unset_python(third.raw, PATH, "ServerApp", "allow_root")).raw == second.raw


def test_a_secret_does_not_stay_as_a_comment() -> None:
    raw = b"# mine\nc.ServerApp.password = 'sha1:a:b'  # old\nc.A.x = 1\n"
    found = edited(unset_python(raw, PATH, "ServerApp", "password"))
    assert (found.raw, found.kind) == (b"# mine\nc.A.x = 1\n", "removed")


def test_uncommented_again_after_unset() -> None:
    raw = b"c.ServerApp.ip = 'a'  # mine\nc.A.x = 1\n"
    off = edited(unset_python(raw, PATH, *IP))
    on = edited(set_python(off.raw, PATH, *IP, "a"))
    assert (on.raw, on.kind) == (raw, "uncommented")


def test_a_file_that_loads_another() -> None:
    raw = b"load_subconfig('base.py')\n"
    files = {"/etc/jupyter/base.py": b"c.ServerApp.ip = 'a'\n"}
    found = edited(set_python(raw, PATH, *IP, "*", load=files.get))
    assert found.raw == raw + b"\nc.ServerApp.ip = '*'\n"
    assert found.warnings == ("line 1 loads /etc/jupyter/base.py, whose line 1 sets it",)
    assert "line 1" in refused(unset_python(raw, PATH, *IP, load=files.get)).reason


def test_the_line_and_a_caret_where_the_file_is_broken() -> None:
    found = refused(set_python(b"c.A.x = 1\nc.A.y = (\n", PATH, *IP, "*"))
    assert (found.broken, found.line, found.caret) == (True, 2, ("c.A.y = (", "        ^"))
    assert "Jupyter leaves the whole file out" in found.reason


@pytest.mark.parametrize("cls", ["", "serverApp", "ServerApp.", "Server App", "None", "A\nimport os"])
def test_no_class(cls: str) -> None:
    for change in (set_python, set_json):
        assert refused(change(b"", PATH, cls, "ip", "*")).reason.endswith("is no name of a class")


@pytest.mark.parametrize("trait", ["", "Ip", "i p", "class", "__class__", "a.b", "ip = 1; x"])
def test_no_trait(trait: str) -> None:
    for unset in (unset_python, unset_json):
        assert refused(unset(b"", PATH, "ServerApp", trait)).reason.endswith("is no name of a trait")


def test_limits() -> None:
    comments = b"# x\n" * (SIZE_LIMIT // 4 + 1)
    assert "more than 2 MB" in refused(set_python(comments, PATH, *IP, "*")).reason
    assert "more than 2 MB" in refused(set_json(b" {}" + b" " * SIZE_LIMIT, PATH, *IP, "*")).reason
    assert edited(set_python((b"#" + b" x" * 500 + b"\n") * 2000, PATH, *IP, "*")).kind == "appended"
    many = b"c.ServerApp.ip = 'a'; x = 1\n" * (PLACES_LIMIT + 1)
    assert "more than 100 places" in refused(unset_python(many, PATH, *IP)).reason
    assert "words of code" in refused(set_python(b"x = 1\n" * 40_000, PATH, *IP, "*")).reason


@pytest.mark.parametrize("raw", [b"[" * 200_000 + b"]" * 200_000, b'{"A":' * 3000 + b"1" + b"}" * 3000])
def test_json_that_is_nested_too_deeply(raw: bytes) -> None:
    whole = b'{"A": ' + raw + b"}"
    assert refused(set_json(whole, PATH, *IP, "*")).reason.startswith("its JSON is nested too deeply")
    assert refused(unset_json(whole, PATH, *IP)).reason.startswith("its JSON is nested too deeply")


def test_values_that_no_file_holds() -> None:
    assert "not finite" in refused(set_python(b"", PATH, *IP, float("nan"))).reason
    assert "not finite" in refused(set_json(b"{}", PATH, *IP, float("inf"))).reason
    assert "only texts as keys" in refused(set_json(b"{}", PATH, *IP, {1: 2})).reason


def test_the_file_that_jupyter_generates(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "jupyter_server", "--generate-config", "-y", "--allow-root"]
    env = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run(argv, env=env, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    raw = (tmp_path / "jupyter_server_config.py").read_bytes()
    now = edited(set_python(raw, PATH, *IP, "*")).raw
    now = edited(set_python(now, PATH, "ServerApp", "allow_remote_access", True)).raw
    now = edited(set_python(now, PATH, "PasswordIdentityProvider", "hashed_password", "argon2:x")).raw
    added = b"\nc.PasswordIdentityProvider.hashed_password = 'argon2:x'\n"
    assert now.endswith(added)
    before, after = raw.split(b"\n"), now.removesuffix(added).split(b"\n")
    assert [line for old, line in zip(before, after, strict=True) if old != line] == [
        b"c.ServerApp.allow_remote_access = True",
        b"c.ServerApp.ip = '*'",
    ]
    for name in (IP, ("ServerApp", "allow_remote_access"), ("PasswordIdentityProvider", "hashed_password")):
        now = edited(unset_python(now, PATH, *name)).raw
    assert now == raw
