"""The end of a token file taken off and put back: shown without the token, its owner's alone, never an empty token."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jntui.cli import changing
from jntui.jupyter.editing import writing
from jntui.jupyter.editing.change import carry_out, plan_change, same_as_shown
from jntui.jupyter.editing.going_back import plan_undo
from jntui.jupyter.editing.refusal import WriteRefused
from jntui.jupyter.editing.token_file import bare, shell_line
from jntui.jupyter.editing.whose import Whose
from jntui.model import ChangedElsewhere, ChangeRefused, ChangeRequest
from tests.unit.jupyter_editing.test_change import whose

TOKEN = b"never-show-this"


def token_file(folder: Path, raw: bytes) -> Path:
    path = folder / "token"
    path.write_bytes(raw)
    path.chmod(0o640)
    return path


def trim(path: Path) -> ChangeRequest:
    return ChangeRequest("", None, str(path), trim=True)


def asking(folder: Path) -> Whose:
    return whose(folder, JUPYTER_TOKEN_FILE=str(folder / "token"))


@pytest.mark.parametrize(
    ("raw", "alone", "says"),
    [
        (TOKEN + b"\n", TOKEN, "takes the line end off: 16 bytes become 15"),
        (TOKEN + b"\r\n", TOKEN, "takes the line end off: 17 bytes become 15"),
        (TOKEN + b"\n\n", TOKEN, "takes the line ends off: 17 bytes become 15"),
        (b"\t" + TOKEN + b" \n", TOKEN, "takes the blanks and line ends around it off: 18 bytes become 15"),
        ("pässwort\n".encode(), "pässwort".encode(), "takes the line end off: 10 bytes become 9"),
        (TOKEN, TOKEN, "nothing: its token ends where the file ends"),
        (b"\n", None, ""),  # nothing would be left, and an empty token lets everybody in
        (b"", None, ""),
        (b"one\ntwo\n", None, ""),
        (b"\xff\n", None, ""),
        ("never\u00a0\n".encode(), None, ""),
    ],
)
def test_what_is_taken_off_and_put_back_byte_for_byte(
    raw: bytes, alone: bytes | None, says: str, tmp_path: Path
) -> None:
    assert bare(raw) == alone
    path, asked = token_file(tmp_path, raw), asking(tmp_path)
    if alone is None:
        with pytest.raises(ChangeRefused, match="does not hold one line with a token"):
            plan_change(asked, trim(path))
        assert path.read_bytes() == raw
        return
    plan = plan_change(asked, trim(path))
    assert (plan.shown.did, plan.shown.writes, plan.shown.taken) == (says, raw != alone, None)
    done = carry_out(asked, plan)
    assert (path.read_bytes(), path.stat().st_mode & 0o777, done.backup) == (alone, 0o640, None)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("token")] == ["token"]
    if raw != alone:
        back = plan_undo(asked, None)
        assert (back.shown.path, back.shown.taken) == (str(path), None)
        carry_out(asked, back)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (raw, 0o640)
    with pytest.raises(ChangeRefused, match="nothing to take back"):
        plan_undo(asked, None)


def test_the_preview_says_what_goes_and_no_byte_of_the_token(tmp_path: Path) -> None:
    path, asked = token_file(tmp_path, TOKEN + b"\r\n"), asking(tmp_path)
    there = [("-", "token, 15 characters, and the line end (17 bytes)"), ("+", "token, 15 characters (15 bytes)")]
    plan = plan_change(asked, trim(path))
    assert [(one.sign, one.text) for one in plan.shown.diff] == [*there, ("\\", "no line end at the end of the file")]
    done = carry_out(asked, plan)
    back = plan_undo(asked, str(path))
    assert back.shown.did == "puts the line end back: 15 bytes become 17"
    shown = [repr(one) + str(changing.change_document("", None, one, ())) for one in (plan.shown, back.shown)]
    kept = (tmp_path / "state" / "token-files.json").read_text()
    assert TOKEN.decode() not in "".join([*shown, repr(done), repr(plan), repr(back), kept])
    assert (tmp_path / "state" / "token-files.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("key", "value"), [("moment", "some day"), ("moment", "9" * 40), ("head", "x"), ("tail", 7)])
def test_a_record_that_somebody_edited_is_none(tmp_path: Path, key: str, value: object) -> None:
    path, asked = token_file(tmp_path, TOKEN + b"\n"), asking(tmp_path)
    carry_out(asked, plan_change(asked, trim(path)))
    kept = tmp_path / "state" / "token-files.json"
    kept.write_text(json.dumps([{**one, key: value} for one in json.loads(kept.read_text())]))
    with pytest.raises(ChangeRefused, match="nothing to take back"):
        plan_undo(asked, None)


def test_a_link_stays_and_the_file_behind_it_changes(tmp_path: Path) -> None:
    real = token_file(tmp_path, TOKEN + b"\n").rename(tmp_path / "real")
    (tmp_path / "token").symlink_to("real")
    asked = asking(tmp_path)
    plan = plan_change(asked, trim(tmp_path / "token"))
    assert "token is a link and stays" in plan.shown.notes[0]
    carry_out(asked, plan)
    assert ((tmp_path / "token").readlink(), real.read_bytes()) == (Path("real"), TOKEN)
    carry_out(asked, plan_undo(asked, None))
    assert ((tmp_path / "token").readlink(), real.read_bytes()) == (Path("real"), TOKEN + b"\n")


def test_what_somebody_else_wrote_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, asked = token_file(tmp_path, TOKEN + b"\n"), asking(tmp_path)
    plan = plan_change(asked, trim(path))
    path.write_bytes(b"renewed-never-show\n")
    assert not same_as_shown(plan.shown, plan_change(asked, trim(path)).shown)
    with pytest.raises(ChangedElsewhere):
        carry_out(asked, plan)
    assert path.read_bytes() == b"renewed-never-show\n"
    carry_out(asked, plan_change(asked, trim(path)))
    path.write_bytes(b"another")
    with pytest.raises(ChangeRefused, match="took the line end off its token, and it was written again since"):
        plan_undo(asked, str(path))
    assert path.read_bytes() == b"another"
    path.write_bytes(b"another\n")

    def full(*_arguments: object, **_more: object) -> None:
        raise WriteRefused("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(writing, "write", full)
        with pytest.raises(ChangeRefused, match="the disk is full"):
            carry_out(asked, plan_change(asked, trim(path)))
    path.write_bytes(b"another")
    with pytest.raises(ChangeRefused):
        plan_undo(asked, None)  # what was not done is not taken back


def test_who_waits_for_a_restart(tmp_path: Path) -> None:
    path = token_file(tmp_path, TOKEN + b"\n")
    now = datetime.now().astimezone()
    began = {"old": now - timedelta(days=1), "new": now + timedelta(days=1)}
    readers = {(str(path), "token"): ("old", "new")}
    asked = replace(asking(tmp_path), readers=lambda file, name: readers[(file, name)], started=began.get)
    plan = plan_change(asked, trim(path))
    assert plan.shown.needs_restart == ("old", "new")
    carry_out(asked, plan)
    # The old one has the line end still.
    assert plan_undo(asked, None).shown.needs_restart == ("new",)


def test_what_the_owner_would_type(tmp_path: Path) -> None:
    path = token_file(tmp_path, TOKEN + b"\n").rename(tmp_path / "to ken")
    shell = shutil.which("sh") or "sh"
    subprocess.run([shell, "-c", shell_line(str(path))], check=True, timeout=60)
    assert path.read_bytes() == TOKEN
