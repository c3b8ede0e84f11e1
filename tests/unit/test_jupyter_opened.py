"""What jntui opened, remembered: found again by its process or its port, bounded, its owner's alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from jntui.jupyter.opened import RECORDS_LIMIT, OpenedServers
from jntui.model import KeptFile, KeptSetting, Opened, Server

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)
RECORD = Opened(
    "jpserver-7",
    8888,
    7,
    NOON.timestamp(),
    ":8888",
    "every address",
    NOON,
    (KeptFile("/home/ada/.jupyter/jupyter_server_config.py", "none", "1a2b", None),),
    (KeptSetting("ip", None),),
    ("--ip=127.0.0.1",),
    before=("127.0.0.1:8888",),
)
SERVER = Server("jpserver-7", "running", pid=7, port=8888, started=NOON)


def test_it_is_read_back_as_it_was(tmp_path: Path) -> None:
    kept = OpenedServers(tmp_path / "state")
    kept.put(RECORD)
    assert OpenedServers(tmp_path / "state").records() == (RECORD,)
    assert kept.path.stat().st_mode & 0o777 == 0o600


def test_a_server_is_found_by_its_process_then_by_its_port(tmp_path: Path) -> None:
    kept = OpenedServers(tmp_path)
    other = replace(RECORD, server="jpserver-8", pid=8, port=8889)
    kept.put(RECORD)
    kept.put(other)
    assert kept.of(SERVER) == RECORD
    assert kept.of(replace(SERVER, pid=8, port=9000)) == other
    assert kept.of(replace(SERVER, id="jpserver-9", pid=9)) == RECORD, "it was restarted, by whomever"
    assert kept.of(replace(SERVER, pid=9, port=9000)) is None


def test_another_takes_its_place_and_it_can_go(tmp_path: Path) -> None:
    kept = OpenedServers(tmp_path)
    kept.put(RECORD)
    newer = replace(RECORD, pid=9)
    kept.put(newer, RECORD)
    assert kept.records() == (newer,)
    kept.drop(newer)
    assert kept.records() == ()


def test_it_goes_whatever_was_learnt_of_its_files_meanwhile(tmp_path: Path) -> None:
    """Closing another server of the same file tells this one the way back from both."""
    kept = OpenedServers(tmp_path)
    kept.put(RECORD)
    kept.put(replace(RECORD, files=()), RECORD)
    kept.drop(RECORD)
    assert kept.records() == ()


def test_it_is_bounded(tmp_path: Path) -> None:
    kept = OpenedServers(tmp_path)
    for pid in range(RECORDS_LIMIT + 5):
        kept.put(replace(RECORD, pid=pid))
    assert len(kept.records()) == RECORDS_LIMIT
    assert kept.records()[-1].pid == RECORDS_LIMIT + 4


@pytest.mark.parametrize("text", ["", "{}", "[1, {}, null]", '[{"server": "x", "at": "never"}]', "[" * 100_000])
def test_a_broken_record_holds_nothing(tmp_path: Path, text: str) -> None:
    kept = OpenedServers(tmp_path)
    kept.path.write_text(text)
    assert kept.records() == ()
    kept.put(RECORD)
    assert kept.records() == (RECORD,)
