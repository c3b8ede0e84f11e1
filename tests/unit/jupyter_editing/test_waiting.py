"""Who has a change only after a restart: also after it is taken back, told by what each server read at its start."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from jntui.jupyter.editing.change import carry_out, plan_change
from jntui.jupyter.editing.going_back import plan_undo
from jntui.jupyter.editing.whose import Whose
from jntui.model import ChangeRequest
from tests.unit.jupyter_editing.test_change import PY, whose, write

LAB = "jpserver-1"
NOW = datetime.now(timezone.utc)


def running(home: Path, started: datetime | None, *but: str) -> Whose:
    """One server that reads every file, and for which something else decides the settings `but`."""
    return replace(whose(home), readers=lambda _path, name: () if name in but else (LAB,), started=lambda _id: started)


def config(home: Path) -> Path:
    """Written long before anything started."""
    file = write(home, PY, "c.ServerApp.ip = 'localhost'\nc.ServerApp.port = 9000\n")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    return file


BEFORE = NOW - timedelta(days=1)
LATER = NOW + timedelta(days=1)
"""Far enough from the moment at which a test writes, which may be long after this file was loaded."""


@pytest.mark.parametrize(("started", "waits"), [(BEFORE, ()), (LATER, (LAB,)), (None, (LAB,))])
def test_a_change_taken_back_before_a_restart_leaves_nothing_to_wait_for(
    tmp_path: Path, started: datetime | None, waits: tuple[str, ...]
) -> None:
    config(tmp_path)
    asked = running(tmp_path, started)
    assert carry_out(asked, plan_change(asked, ChangeRequest("ip", "*"))).needs_restart == (LAB,)
    back = plan_undo(asked, None)
    assert back.shown.needs_restart == waits
    carry_out(asked, back)


def test_of_two_changes_only_the_first_taken_back_leaves_the_server_waiting(tmp_path: Path) -> None:
    config(tmp_path)
    asked = running(tmp_path, BEFORE)
    for value in ("*", "0.0.0.0"):
        carry_out(asked, plan_change(asked, ChangeRequest("ip", value)))
    back = plan_undo(asked, None)
    assert back.shown.needs_restart == (LAB,), "the file says '*' then, and the server has 'localhost'"
    carry_out(asked, back)
    back = plan_undo(asked, None)
    assert back.shown.needs_restart == ()


def test_setting_it_back_by_hand_is_the_same(tmp_path: Path) -> None:
    config(tmp_path)
    asked = running(tmp_path, BEFORE)
    carry_out(asked, plan_change(asked, ChangeRequest("ip", "*")))
    assert plan_change(asked, ChangeRequest("ip", "localhost")).shown.needs_restart == ()


def test_a_setting_that_something_else_decides_waits_for_nobody(tmp_path: Path) -> None:
    config(tmp_path)
    asked = running(tmp_path, LATER, "ip")
    carry_out(asked, plan_change(asked, ChangeRequest("ip", "*")))
    assert plan_undo(asked, None).shown.needs_restart == ()


def test_a_file_that_another_program_wrote_since_is_not_taken_for_what_the_server_read(tmp_path: Path) -> None:
    file = config(tmp_path)
    asked = running(tmp_path, BEFORE)
    file.write_text("c.ServerApp.ip = '*'\n")
    assert plan_change(asked, ChangeRequest("ip", "*")).shown.needs_restart == (LAB,)


def test_a_file_that_is_made_and_taken_back(tmp_path: Path) -> None:
    asked = running(tmp_path, BEFORE)
    made = plan_change(asked, ChangeRequest("ip", "*"))
    assert made.shown.needs_restart == (LAB,)
    carry_out(asked, made)
    assert plan_undo(asked, None).shown.needs_restart == ()
