"""Files and directories made their owner's alone: shown before, kept, taken back, refused where it locks one out."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from jntui.jupyter.editing.change import carry_out, plan_change, same_as_shown
from jntui.jupyter.editing.going_back import plan_undo
from jntui.model import ChangeRefused, ChangeRequest
from tests.unit.jupyter_editing.test_change import PY, whose, write

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def private(path: Path) -> ChangeRequest:
    return ChangeRequest("", None, str(path), private=True)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_text("never-show-this")
    path.chmod(0o644)
    return path


def test_a_key_keeps_its_bytes_and_gets_no_copy_beside_it(tmp_path: Path) -> None:
    path, asked = key(tmp_path), whose(tmp_path)
    plan = plan_change(asked, private(path))
    assert (plan.shown.mode_before, plan.shown.mode, plan.shown.needs_restart) == (0o644, 0o600, ())
    assert plan.shown.writes
    done = carry_out(asked, plan)
    assert (mode(path), path.read_text(), done.backup, done.mode) == (0o600, "never-show-this", None, 0o600)
    assert [one.name for one in tmp_path.iterdir() if "key" in one.name] == ["key.pem"]
    assert not plan_change(asked, private(path)).shown.writes


def test_a_directory_is_closed_and_opened_again(tmp_path: Path) -> None:
    folder = tmp_path / "runtime"
    asked = whose(tmp_path, JUPYTER_RUNTIME_DIR=str(folder))
    folder.mkdir()
    folder.chmod(0o755)
    carry_out(asked, plan_change(asked, private(folder)))
    assert mode(folder) == 0o700
    back = plan_undo(asked, None)
    assert (back.shown.path, back.shown.mode_before, back.shown.mode) == (str(folder), 0o700, 0o755)
    assert "every user of this machine gets in again, as before" in back.shown.notes
    carry_out(asked, back)
    assert mode(folder) == 0o755
    with pytest.raises(ChangeRefused, match="nothing to take back"):
        plan_undo(asked, None)


def test_another_file_of_that_name_is_not_opened_by_an_undo(tmp_path: Path) -> None:
    path, asked = key(tmp_path), whose(tmp_path)
    carry_out(asked, plan_change(asked, private(path)))
    path.unlink()
    path.write_text("renewed-and-never-to-be-shown")
    path.chmod(0o600)
    with pytest.raises(ChangeRefused, match="jntui changed its mode, and it was replaced or its mode changed again"):
        plan_undo(asked, str(path))
    path.write_text("never-show-this")
    assert plan_undo(asked, str(path)).shown.mode == 0o644


@pytest.mark.skipif(not AS_ROOT, reason="root alone may change what is another's")
def test_root_changes_no_file_to_which_a_user_gave_a_second_name(tmp_path: Path) -> None:
    path, folder = key(tmp_path), tmp_path / "theirs"
    folder.mkdir()
    os.link(path, folder / "key.pem")
    os.chown(folder, 65534, 65534)
    with pytest.raises(ChangeRefused, match="it has other names, belongs to root"):
        plan_change(whose(tmp_path), private(folder / "key.pem"))
    assert mode(path) == 0o644


def test_undo_goes_through_modes_and_edits_in_their_order(tmp_path: Path) -> None:
    file = write(tmp_path, PY, "c.ServerApp.ip = 'localhost'\n")
    path = key(tmp_path)
    asked = whose(tmp_path, f"--ServerApp.keyfile={path}")
    carry_out(asked, plan_change(asked, ChangeRequest("port", "9000")))
    carry_out(asked, plan_change(asked, private(path)))
    carry_out(asked, plan_change(asked, ChangeRequest("port", "9001")))
    seen = []
    for _ in range(3):
        back = plan_undo(asked, None)
        seen.append(Path(back.shown.path).name)
        carry_out(asked, back)
    assert seen == [PY, "key.pem", PY]
    assert (file.read_text(), mode(path)) == ("c.ServerApp.ip = 'localhost'\n", 0o644)


def test_what_another_start_reads_is_taken_back_by_its_name_only(tmp_path: Path) -> None:
    path, asked = key(tmp_path), whose(tmp_path)
    carry_out(asked, plan_change(asked, private(path)))
    with pytest.raises(ChangeRefused, match="nothing to take back"):
        plan_undo(asked, None)
    for name, environ in (("certfile", {}), ("", {"JUPYTER_TOKEN_FILE": "key.pem"})):
        words = (f"--ServerApp.{name}=key.pem",) if name else ()
        assert plan_undo(whose(tmp_path, *words, **environ), None).shown.path == str(path)
    assert plan_undo(asked, str(path)).shown.mode == 0o644


def test_a_mode_that_somebody_changed_since_is_left_alone(tmp_path: Path) -> None:
    path, asked = key(tmp_path), whose(tmp_path)
    plan = plan_change(asked, private(path))
    path.chmod(0o640)
    assert not same_as_shown(plan.shown, plan_change(asked, private(path)).shown)
    with pytest.raises(ChangeRefused, match="its mode was changed by another program meanwhile"):
        carry_out(asked, plan)
    carry_out(asked, plan_change(asked, private(path)))
    path.chmod(0o400)
    with pytest.raises(ChangeRefused, match="nothing to take back"):
        plan_undo(asked, None)


def test_a_link_stays_and_what_it_leads_to_changes(tmp_path: Path) -> None:
    path, asked, link = key(tmp_path), whose(tmp_path), tmp_path / "privkey.pem"
    link.symlink_to("key.pem")
    plan = plan_change(asked, private(link))
    assert (plan.shown.path, plan.shown.notes) == (
        str(path),
        (f"{link} is a link and stays; what it leads to changes",),
    )
    carry_out(asked, plan)
    assert link.is_symlink()
    assert mode(path) == 0o600


def test_what_is_no_file_and_no_directory_is_left_alone(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ChangeRefused, match="it is a link, pipe or device"):
        plan_change(whose(tmp_path), private(pipe))


@pytest.mark.skipif(not AS_ROOT, reason="only root gives files away")
def test_a_server_is_not_locked_out_of_a_file_that_it_reads_as_one_of_the_others(tmp_path: Path) -> None:
    path, asked = key(tmp_path), whose(tmp_path)
    asked = replace(asked, subject=replace(asked.subject, uid=65534))
    with pytest.raises(ChangeRefused, match="could read it no more") as refused:
        plan_change(asked, private(path))
    assert refused.value.command.endswith(f"&& chmod 640 {path}")
    os.chown(path, 65534, 65534)
    carry_out(asked, plan_change(asked, private(path)))
    assert (mode(path), path.stat().st_uid) == (0o600, 65534)
