"""Any JSON config file: after `set`, Jupyter's own loader gives the one change; `unset` takes it back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jntui.jupyter.editing.json_edit import set_json, unset_json
from jntui.jupyter.editing.json_tree import tree_of
from jntui.model import Edit, EditRefused
from tests.unit.jupyter_editing.documents import TRAITS, documents
from tests.unit.jupyter_editing.judge import Truth, truth
from tests.unit.jupyter_editing.programs import values

PATH = "/etc/jupyter/jupyter_server_config.json"
QUICK = settings(max_examples=500, deadline=None)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("judge")

    def found(raw: bytes) -> Truth:
        said = truth(raw, folder, "judged.json")
        assert said is not None
        return said

    return found


def names_of(trait: tuple[str, str]) -> tuple[str, ...]:
    return (*trait[0].split("."), trait[1])


def without(found: Truth, trait: tuple[str, str]) -> Truth:
    return {names: value for names, value in found.items() if names != names_of(trait)}


def is_subsequence(part: bytes, whole: bytes) -> bool:
    rest = iter(whole)
    return all(byte in rest for byte in part)


def has_key(raw: bytes, trait: tuple[str, str]) -> bool:
    """The last of each section on the way there holds the next."""
    found = tree_of(raw.decode())
    for name in names_of(trait):
        member = found.last(name) if found is not None else None
        if member is None:
            return False
        found = member.value
    return True


@QUICK
@given(documents(), st.sampled_from(TRAITS), values)
def test_set(judge: Any, raw: bytes, trait: tuple[str, str], value: object) -> None:
    before = judge(raw)
    edit = set_json(raw, PATH, *trait, value)
    if isinstance(edit, EditRefused):
        assert edit.reason.endswith(("so no trait can be set in it", "the number is too long")), edit
        return
    after = judge(edit.raw)
    assert after[names_of(trait)] == repr(value)
    assert without(after, trait) == without(before, trait)
    assert edit.kind != "inserted" or is_subsequence(raw, edit.raw)
    assert b"\n" in raw or b"\r" in raw or not (b"\n" in edit.raw or b"\r" in edit.raw)


@QUICK
@given(documents(), st.sampled_from(TRAITS), values)
def test_unset_is_the_inverse(raw: bytes, trait: tuple[str, str], value: object) -> None:
    edit = set_json(raw, PATH, *trait, value)
    if isinstance(edit, Edit) and not has_key(raw, trait):
        back = unset_json(edit.raw, PATH, *trait)
        assert isinstance(back, Edit)
        assert back.raw == raw


@QUICK
@given(documents(), st.sampled_from(TRAITS))
def test_unset(judge: Any, raw: bytes, trait: tuple[str, str]) -> None:
    before = judge(raw)
    edit = unset_json(raw, PATH, *trait)
    assert isinstance(edit, Edit), edit
    after = judge(edit.raw)
    assert after == without(before, trait)
    assert is_subsequence(edit.raw, raw)
    assert (edit.raw == raw) == (edit.kind == "unchanged")


def test_of_two_keys_both_go() -> None:
    edit = unset_json(b'{"A": {"x": 1, "x": 2, "y": 3}}', PATH, "A", "x")
    assert isinstance(edit, Edit)
    assert json.loads(edit.raw) == {"A": {"y": 3}}
