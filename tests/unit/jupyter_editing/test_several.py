"""Several settings in one go: one preview, one backup a file, one way back, all files or none."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jntui.jupyter.editing import undo, verification, writing
from jntui.jupyter.editing.change import carry_out
from jntui.jupyter.editing.diff import as_text
from jntui.jupyter.editing.refusal import WriteRefused
from jntui.jupyter.editing.several import plan_several
from jntui.jupyter.editing.verification import Verification
from jntui.model import ChangeRefused, ChangeRequest, Secret
from tests.unit.jupyter_editing.test_change import PY, whose, write

if TYPE_CHECKING:
    from collections.abc import Iterator

LAN = (ChangeRequest("ip", "*"), ChangeRequest("allow_remote_access", "true"))
PASSWORD = Secret("correct horse battery")
NOBODY = 65534


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What Jupyter's loader was asked; it takes everything."""
    calls: list[tuple[object, ...]] = []

    def verify(*arguments: object) -> Verification:
        calls.append(arguments)
        return Verification("verified")

    monkeypatch.setattr(verification, "verify", verify)
    return calls


def backups_of(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.jntui-*"))


def test_one_file_gets_all_of_it_at_once(tmp_path: Path, asked: list[tuple[object, ...]]) -> None:
    before = "# mine\nc.ServerApp.ip = '127.0.0.1'  # here\n# c.ServerApp.allow_remote_access = False\n"
    path = write(tmp_path, PY, before)
    path.chmod(0o644)
    start = whose(tmp_path)
    planned = plan_several(start, LAN, PASSWORD)
    assert [one.trait for one in asked[0][2]] == ["ip", "allow_remote_access", "hashed_password"]  # type: ignore[attr-defined]
    assert (planned.shown.path, planned.shown.also, planned.shown.mode) == (str(path), (), 0o600)
    assert "argon2id" not in as_text(planned.shown.diff)
    carry_out(start, planned)
    lines = [line for line in path.read_text().splitlines() if line]
    assert lines[:3] == ["# mine", "c.ServerApp.ip = '*'  # here", "c.ServerApp.allow_remote_access = True"]
    assert lines[3].startswith("c.PasswordIdentityProvider.hashed_password = 'argon2:")
    assert len(backups_of(path)) == 1
    undo.undo(str(path))
    assert (path.read_text(), path.stat().st_mode & 0o777, backups_of(path)) == (before, 0o644, [])


def test_a_file_that_is_made_is_gone_after_the_way_back(tmp_path: Path) -> None:
    start = whose(tmp_path)
    done = carry_out(start, plan_several(start, LAN))
    path = tmp_path / ".jupyter" / PY
    assert done.path == str(path)
    lines = [line for line in path.read_text().splitlines() if line]
    assert lines == ["c.ServerApp.ip = '*'", "c.ServerApp.allow_remote_access = True"]
    undo.undo(str(path))
    assert not path.exists()


def two_files(home: Path) -> tuple[Path, Path]:
    lab = write(home, "jupyter_server_config.json", '{"ServerApp": {"allow_remote_access": false}}\n')
    return write(home, PY, "c.ServerApp.ip = 'localhost'\n"), lab


def test_each_file_gets_its_own(tmp_path: Path, asked: list[tuple[object, ...]]) -> None:
    program, lab = two_files(tmp_path)
    start = whose(tmp_path)
    planned = plan_several(start, LAN)
    assert {planned.shown.path, *planned.shown.also} == {str(program), str(lab)}
    assert len(asked) == 1, "they are judged together"
    carry_out(start, planned)
    assert program.read_text() == "c.ServerApp.ip = '*'\n"
    assert lab.read_text() == '{"ServerApp": {"allow_remote_access": true}}\n'


def test_all_files_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, lab = two_files(tmp_path)
    before = program.read_bytes(), lab.read_bytes()
    start = whose(tmp_path)
    planned = plan_several(start, LAN)
    real, last = writing.write, planned.writes[-1].path

    def failing(plan: object, **more: object) -> object:
        if plan.path == last:  # type: ignore[attr-defined]
            raise WriteRefused("the disk is full", "make room")
        return real(plan, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "write", failing)
    with pytest.raises(ChangeRefused, match="the disk is full") as refused:
        carry_out(start, planned)
    assert "was written before" not in refused.value.message
    assert (program.read_bytes(), lab.read_bytes()) == before
    assert backups_of(program) == []
    assert backups_of(lab) == []


@pytest.fixture
def ordinary_home() -> Iterator[Path]:
    """A directory of whoever runs the test; root, who may write anywhere, becomes nobody meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        if os.geteuid() != 0:
            yield Path(name)
            return
        os.chown(name, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield Path(name)
        finally:
            os.seteuid(0)


def test_a_file_marked_read_only_names_the_command(ordinary_home: Path) -> None:
    path = write(ordinary_home, PY, "c.ServerApp.ip = 'localhost'\n")
    path.chmod(0o444)
    with pytest.raises(ChangeRefused, match=r"read-only.*chmod"):
        plan_several(whose(ordinary_home), LAN)
