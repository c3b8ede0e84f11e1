"""Any Python config file: after `set`, Jupyter's own loader gives the one change; `unset` takes it back."""

from __future__ import annotations

import re
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from jntui.jupyter.editing.python_edit import set_python
from jntui.jupyter.editing.python_unset import unset_python
from jntui.model import Edit, EditRefused
from tests.unit.jupyter_editing.judge import Truth, truth
from tests.unit.jupyter_editing.programs import TRAITS, programs, values

PATH = "/etc/jupyter/jupyter_server_config.py"
QUICK = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
EXEC = re.compile("runs other code|hands c|may replace|cannot be seen|only running it tells")
LONGEST = 40
"""Bytes of the longest value that the programs have."""


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("judge")
    return lambda raw: truth(raw, folder, "judged.py")


def names_of(trait: tuple[str, str]) -> tuple[str, ...]:
    return (*trait[0].split("."), trait[1])


def without(found: Truth, trait: tuple[str, str]) -> Truth:
    return {names: value for names, value in found.items() if names != names_of(trait)}


def touched(old: bytes, new: bytes) -> bytes:
    """What of the old bytes is not in the new ones."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return old[head : len(old) - tail]


@QUICK
@given(programs(), st.sampled_from(TRAITS), values)
def test_set(judge: Any, raw: bytes, trait: tuple[str, str], value: object) -> None:
    before = judge(raw)
    done = set_python(raw, PATH, *trait, value)
    edit = done.offer if isinstance(done, EditRefused) else done
    if before is None:
        # What only running it tells: a line that fails there, fails afterwards too.
        assert edit is None or judge(edit.raw) is None
        return
    if edit is None:
        assert isinstance(done, EditRefused)
        assert done.reason.endswith(("what is set in one is set in both", "jntui does not add to that")), done
        return
    after = judge(edit.raw)
    if edit.warnings and after != {**before, names_of(trait): repr(value)}:
        # Code that only running shows may do anything; that is said, and the edit is tried before it is written.
        assert EXEC.search(" ".join(edit.warnings)), edit
        return
    assert after is not None, edit
    assert after.get(names_of(trait)) == repr(value)
    assert without(after, trait) == without(before, trait)
    if edit.kind in {"unchanged", "appended"}:
        assert edit.raw.startswith(raw)
    else:
        assert len(touched(raw, edit.raw)) <= LONGEST + 2


@QUICK
@given(programs(), st.sampled_from(TRAITS), values)
def test_unset_is_the_inverse(judge: Any, raw: bytes, trait: tuple[str, str], value: object) -> None:
    before = judge(raw)
    if before is None or names_of(trait) in before:
        return
    done = set_python(raw, PATH, *trait, value)
    if isinstance(done, Edit) and done.kind == "appended" and not done.warnings:
        target(1.0)
        back = unset_python(done.raw, PATH, *trait)
        assert isinstance(back, Edit), back
        assert back.raw == raw


@QUICK
@given(programs(), st.sampled_from(TRAITS))
def test_unset(judge: Any, raw: bytes, trait: tuple[str, str]) -> None:
    before = judge(raw)
    done = unset_python(raw, PATH, *trait)
    if before is not None and isinstance(done, Edit):
        after = judge(done.raw)
        assert after is not None, done
        assert without(after, trait) == without(before, trait)
        if not done.warnings:
            assert names_of(trait) not in after
        if done.kind == "unchanged":
            assert done.raw == raw
