"""An error of jntui's own: one line for the user, the details in a private file without secrets."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

import pytest

from jntui.cli import commands, main
from jntui.model import Secret
from jntui.monitor.error_log import FILE_LIMIT, told
from jntui.monitor.own_errors import OwnErrors

TOKEN = "Rotk/ehlchen&0815"


def fail(text: str) -> None:
    """Raises where a variable holds a URL with its token."""
    url = f"http://localhost:8888/?token={TOKEN}"
    raise ValueError(text or url)


def error(text: str) -> Exception:
    with pytest.raises(ValueError) as caught:
        fail(text)
    return caught.value


def test_the_line_and_the_file(tmp_path: Path) -> None:
    words = told(error(f"bad {TOKEN} and Rotk%2Fehlchen%260815\nsecond"), {}, str(tmp_path), [Secret(TOKEN)])
    path = tmp_path / ".local/state/jntui/errors.log"
    assert words == f"an error of jntui's own: ValueError: bad *** and ***; details: {path}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    details = path.read_text(encoding="utf-8")
    assert "test_error_log.py" in details
    assert TOKEN not in details


def test_no_variable_stands_in_it(tmp_path: Path) -> None:
    told(error("plain"), {}, str(tmp_path))
    assert "0815" not in (tmp_path / ".local/state/jntui/errors.log").read_text(encoding="utf-8")


def test_the_file_is_bounded_and_the_newest_stays(tmp_path: Path) -> None:
    path = tmp_path / ".local/state/jntui/errors.log"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"old " * FILE_LIMIT)
    told(error("the newest"), {}, str(tmp_path))
    assert path.stat().st_size == FILE_LIMIT
    assert "the newest" in path.read_text(encoding="utf-8")[-2000:]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    words = told(error("x"), {"XDG_STATE_HOME": str(tmp_path / "file")}, str(tmp_path))
    assert "its details cannot be written to" in words


@pytest.mark.parametrize("options", [[], ["--read-only"]])
def test_a_command_ends_with_one_line(
    options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> int:
        raise RuntimeError("token=very-secret")

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(commands, "_list", fails)
    assert main([*options, "list"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("jntui: an error of jntui's own: RuntimeError: token=***; ")
    assert err.count("\n") == 1
    assert (tmp_path / ".local/state/jntui/errors.log").exists() == (not options)


def test_what_a_thread_logs_is_told_once_and_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    found: list[BaseException] = []
    log = logging.Logger("a test's own")
    log.addHandler(OwnErrors(found.append))
    for _ in range(3):
        try:
            fail("bad")
        except ValueError:
            log.exception("a look failed")
    log.warning("no exception")
    assert [str(one) for one in found] == ["bad"]
    assert capsys.readouterr() == ("", "")
