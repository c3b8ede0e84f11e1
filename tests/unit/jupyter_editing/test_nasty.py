"""Files that somebody wrote to make an editor of config files fail, each with what has to come of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jntui.jupyter.editing.diff import as_text, diff
from jntui.model import Edit, EditRefused
from tests.unit.jupyter_editing.judge import names_of_setting, set_, truth, unset
from tests.unit.jupyter_editing.nasty_table import ROWS, Row

FILES = Path(__file__).resolve().parents[2] / "data" / "nasty"
BY_NAME = [pytest.param(row, id=row.name) for row in ROWS]
COMES_TO_LIGHT = {"json_repeated_section.json"}
"""What the last key hid counts again when it is gone."""


def done(row: Row) -> tuple[bytes, Edit | EditRefused]:
    raw = (FILES / row.name).read_bytes()
    return raw, set_(raw, row.name, row.trait, row.value)


def test_every_file_has_its_row() -> None:
    assert sorted(row.name for row in ROWS) == sorted(path.name for path in FILES.iterdir())
    assert len(ROWS) >= 60


@pytest.mark.parametrize("row", BY_NAME)
def test_outcome(row: Row) -> None:
    raw, found = done(row)
    if row.outcome in {"refused", "offered"}:
        assert isinstance(found, EditRefused), found
        assert row.words in found.reason
        assert (found.offer is None) == (row.outcome == "refused")
        if row.outcome == "refused":
            assert found.line == row.line
            return
        found = found.offer
    else:
        assert isinstance(found, Edit), found
        assert found.kind == row.outcome
        assert row.words in " ".join(found.warnings)
    assert found is not None
    assert found.line == row.line
    assert raw.count(row.old) == 1 or not row.old
    assert found.raw == (raw.replace(row.old, row.new) if row.old else raw + row.new)


@pytest.mark.parametrize("row", BY_NAME)
def test_the_loader_gives_the_one_change(row: Row, tmp_path: Path) -> None:
    raw, found = done(row)
    edit = found if isinstance(found, Edit) else found.offer
    if edit is None:
        return
    before, after = truth(raw, tmp_path, row.name), truth(edit.raw, tmp_path, row.name)
    assert after is not None
    changed = {names for names in {*(before or {}), *after} if (before or {}).get(names) != after.get(names)}
    assert len(changed) == (row.outcome != "unchanged")
    assert changed <= names_of_setting(row.trait)
    assert all(after[names] == repr(row.value) for names in changed)


@pytest.mark.parametrize("row", BY_NAME)
def test_unset(row: Row, tmp_path: Path) -> None:
    raw, found = done(row)
    if row.undone == "inverse":
        assert isinstance(found, Edit)
        back = unset(found.raw, row.name, row.trait)
        assert isinstance(back, Edit)
        assert back.raw == raw
        return
    if isinstance(found, Edit) and row.outcome in {"appended", "inserted"}:
        raw = found.raw
    back = unset(raw, row.name, row.trait)
    assert row.undone == (back.kind if isinstance(back, Edit) else "refused")
    if isinstance(back, EditRefused) or row.undone == "unchanged":
        return
    before, after = truth(raw, tmp_path, row.name), truth(back.raw, tmp_path, row.name)
    assert before is not None
    assert after is not None
    left = {names: value for names, value in before.items() if names not in names_of_setting(row.trait)}
    if row.name not in COMES_TO_LIGHT:
        assert after == left
    assert not after.keys() & names_of_setting(row.trait)


@pytest.mark.parametrize("row", BY_NAME)
def test_preview(row: Row) -> None:
    raw, found = done(row)
    edit = found if isinstance(found, Edit) else found.offer
    if edit is None or edit.kind == "unchanged":
        return
    lines = diff(raw, edit.raw)
    assert [line for line in lines if line.sign == "+"]
    assert all(text.isprintable() or not text for text in as_text(lines).split("\n"))


def test_what_ends_jupyter_itself(tmp_path: Path) -> None:
    """Why no line is added to such a file, before or behind: nothing catches it, so Jupyter never starts."""
    with pytest.raises(SystemExit):
        truth((FILES / "py_sys_exit.py").read_bytes(), tmp_path, "py_sys_exit.py")


def test_a_secret_is_not_in_the_words() -> None:
    for row in ROWS:
        _, found = done(replace(row, trait=("IdentityProvider", "token"), value="hunter2"))
        assert "hunter2" not in repr(found)
