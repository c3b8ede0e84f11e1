"""Where a log is, and what is shown of it: whole lines, without secrets, whatever the file does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jntui.jupyter import log_reader
from jntui.jupyter.log_places import log_place
from jntui.jupyter.log_reader import LogReader, journal_lines
from jntui.model import Secret, Server
from tests.contract.fake_processes import FakeProcesses

UNIT = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/jupyter.service\n"


def texts(lines: object) -> list[str]:
    return [line.text for line in lines]  # type: ignore[attr-defined]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "server.log"
    path.write_text("".join(f"line {number}\n" for number in range(1000)), encoding="utf-8")
    return path


def test_the_last_lines_and_what_is_added(log: Path) -> None:
    reader = LogReader(str(log))
    assert texts(reader.last(3)) == ["line 997", "line 998", "line 999"]
    assert reader.more() == ()
    with log.open("a") as stream:
        stream.write("whole\nhalf")
        stream.flush()
        assert texts(reader.more()) == ["whole"]
        stream.write(" and half\n")
    assert texts(reader.more()) == ["half and half"]
    reader.close()


def test_a_log_that_is_cut_begins_anew(log: Path) -> None:
    reader = LogReader(str(log))
    reader.last(1)
    log.write_text("first\n", encoding="utf-8")
    assert texts(reader.more()) == ["the log was cut: it begins anew", "first"]
    reader.close()


@pytest.mark.parametrize("before", [100, 200_000, 6_000_000])
def test_what_a_server_leaves_blank_in_a_log_that_was_cut_is_not_shown(tmp_path: Path, before: int) -> None:
    # `jupyter lab > log`, and later `: > log`: it writes on where it was, and what is before that is zeros.
    path = tmp_path / "server.log"
    with path.open("wb") as stream:
        stream.write(b"x" * (before - 1) + b"\n")
        stream.flush()
        reader = LogReader(str(path))
        reader.last(1)
        os.truncate(path, 0)
        assert texts(reader.more()) == ["the log was cut: it begins anew"]
        stream.write(b"[E 12:00 ServerApp] after the cut\nhalf")
        stream.flush()
        assert texts(reader.more()) == ["[E 12:00 ServerApp] after the cut"]
        again = LogReader(str(path))
        (line,) = again.last(5)
        assert (line.text, line.level) == ("[E 12:00 ServerApp] after the cut", "error")
        stream.write(b" and half\n")
        stream.flush()
        assert texts(reader.more()) == texts(again.more()) == ["half and half"]
        reader.close()
        again.close()


def test_a_log_that_is_rotated_is_followed_to_the_new_file(log: Path) -> None:
    reader = LogReader(str(log))
    reader.last(1)
    with log.open("a") as stream:
        stream.write("the last of the old one\n")
    log.rename(log.with_suffix(".1"))
    assert texts(reader.more()) == ["the last of the old one"]
    log.write_text("new\n", encoding="utf-8")
    assert texts(reader.more())[-1] == "new"
    reader.close()


def test_a_log_of_any_size_takes_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.log"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)  # a terabyte of nothing
        stream.seek(0, os.SEEK_END)
        stream.write(b"\nthe end\n")
    reader = LogReader(str(path))
    assert texts(reader.last(1)) == ["the end"]
    with path.open("ab") as stream:
        stream.truncate((1 << 40) + (1 << 30))
        stream.write(b"token=c4n4ry\n")
    lines = reader.more()
    assert lines[0].level == "note" and "left out" in lines[0].text
    assert "c4n4ry" not in repr(lines)
    reader.close()


def test_no_secret_is_shown_and_no_control_character(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    secret = "c4n4ry/0123456789"
    path.write_text(
        f"[I] http://localhost:8888/lab?token={secret}\nplain {secret}\nquoted c4n4ry%2F0123456789\n"
        f"Authorization: token {secret}x\n\x1b[31mred\x1b[0m \x07\u202e end\t.\n"
        "password = 'c4n4ry'\nargon2:$argon2id$c4n4ry\n" + "x" * 70_000 + f"token={secret}\nafter\n",
        encoding="utf-8",
    )
    reader = LogReader(str(path), Secret(secret))
    lines = texts(reader.last(100))
    assert "c4n4ry" not in "".join(lines)
    assert "red ?? end    ." in lines
    assert lines[-1] == "after" and max(map(len, lines)) <= log_reader.LINE_LIMIT
    reader.close()


def test_errors_are_marked_with_what_belongs_to_them(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    path.write_text("[I 1] good\n[E 2] bad\n  File x\n[W 3] careful\nTraceback (most recent call last)\n  y\n[I 4] z\n")
    reader = LogReader(str(path))
    assert [line.level for line in reader.last(9)] == ["", "error", "error", "warning", "error", "error", ""]
    reader.close()


def test_the_urls_that_jupyter_prints_at_every_start_are_no_error(tmp_path: Path) -> None:
    """It prints them at its highest level, in a paragraph that begins on the line after its head."""
    path = tmp_path / "server.log"
    path.write_text("[C 1 ServerApp] \n    \n    To access the server, open it\n[C 2 ServerApp] Bad config\n  x\n")
    reader = LogReader(str(path))
    assert [line.level for line in reader.last(9)] == ["", "", "", "error", "error"]
    reader.close()


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError):
        LogReader(str(tmp_path / "fifo")).last(1)


def test_a_server_on_a_terminal_has_none_and_is_told_how() -> None:
    processes = FakeProcesses(error_outputs={7: "/dev/pts/3"})
    place = log_place(Server("jpserver-7", "running", pid=7, port=8888), processes, {})
    assert place.kind == "none"
    assert "it writes to the terminal /dev/pts/3, which" in place.words and "jntui restart 8888" in place.how
    processes.error_outputs[7] = "/dev/pts/3 (deleted)"
    place = log_place(Server("jpserver-7", "running", pid=7, port=8888), processes, {})
    assert place.words == "there is no log: it wrote to the terminal /dev/pts/3, which is gone"


def test_the_journal_of_its_unit(tmp_path: Path) -> None:
    tool = tmp_path / "journalctl"
    tool.write_text("")
    tool.chmod(0o755)
    processes = FakeProcesses(
        error_outputs={7: "socket:[123]"}, cgroups={7: UNIT}, outputs={str(tool): "one\ntoken=c4n4ry\n-- cursor: s=1\n"}
    )
    place = log_place(Server("jpserver-7", "running", pid=7), processes, {"PATH": str(tmp_path)})
    assert (place.kind, place.unit) == ("journal", "jupyter.service")
    assert place.command[1] == "--user-unit=jupyter.service"
    found = journal_lines(place, 5, processes, {}, None)
    assert found is not None
    assert (texts(found[0]), found[1]) == (["one", "token=***"], "s=1")
    assert log_place(Server("jpserver-7", "running", pid=7), processes, {}).kind == "none"
