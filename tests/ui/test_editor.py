"""`E`: the user's editor on the file that decides, and what jntui says afterwards."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from driver import Terminal, terminal

from jntui.model import ConfigFile, ConfigFinding, Load, Snapshot, Source
from jntui.tui.app import JntuiApp
from jntui.tui.editor import deciding_file, editor_command
from screenshots import canned, settings

PATH = "/usr/bin:/bin"


def program(folder: Path, name: str, body: str = "exit 0") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(stat.S_IRWXU)
    return path


@pytest.mark.parametrize(
    ("environ", "command"),
    [
        ({"VISUAL": "vim -u NONE", "EDITOR": "nano"}, ["vim", "-u", "NONE", "+12", "/x.py"]),
        ({"VISUAL": " ", "EDITOR": "nano"}, ["nano", "+12", "/x.py"]),
        ({"EDITOR": "code"}, ["code", "/x.py"]),
        ({}, ["nano", "+12", "/x.py"]),
    ],
)
def test_the_command(environ: dict[str, str], command: list[str], tmp_path: Path) -> None:
    for name in ("vim", "nano", "code", "vi"):
        program(tmp_path, name)
    assert editor_command({**environ, "PATH": str(tmp_path)}, "/x.py", 12) == command


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, "no editor: EDITOR is not set, and neither nano nor vi is on PATH"),
        ({"EDITOR": "gone -w"}, "no editor: EDITOR names gone, which is not on PATH"),
        ({"VISUAL": "vim 'x"}, "VISUAL cannot be read as a command: No closing quotation"),
    ],
)
def test_a_missing_editor_is_one_clear_line(environ: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        editor_command({**environ, "PATH": str(tmp_path)}, "/x.py", None)


def test_the_file_that_decides() -> None:
    found = settings.of_lab()
    assert deciding_file(found, found.setting("base_url")) == (settings.USER_JSON, 3)
    assert deciding_file(found, found.setting("port")) == (settings.USER_JSON, None), "the first of the user's own"
    assert deciding_file(replace(found, files=found.files[2:]), None) == (settings.PREFIX_JSON, None)
    assert deciding_file(replace(found, files=()), None) is None


def with_file(path: Path) -> Snapshot:
    """The usual picture, whose first server has its `ip` from this file."""
    snapshot = canned.main()
    first, *others = snapshot.views
    found = settings.of_lab()
    source = Source("file", str(path), 2, "ServerApp.ip", "'0.0.0.0'", "user")
    changed = tuple(replace(one, source=source) if one.name == "ip" else one for one in found.settings)
    files = (ConfigFile(str(path), True, True, 1, "user"),)
    view = replace(first, configuration=replace(found, settings=changed, files=files))
    return replace(snapshot, views=(view, *others))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config file, an editor named `ed-it` that adds a line to it, and a screen that can step aside."""
    path = tmp_path / "conf.py"
    path.write_text("c.ServerApp.port = 1\n", encoding="utf-8")
    program(tmp_path, "ed-it", 'echo "c.ServerApp.ip = 3" >> "$1"')
    program(tmp_path, "looks", "exit 3")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{PATH}")
    monkeypatch.setenv("EDITOR", "ed-it")
    monkeypatch.delenv("VISUAL", raising=False)

    @contextmanager
    def aside(_app: JntuiApp) -> Iterator[None]:
        yield

    monkeypatch.setattr(JntuiApp, "suspend", aside)
    return path


def last(user: Terminal) -> str:
    return user.lines()[-1]


async def test_a_file_that_is_gone_is_not_opened(tmp_path: Path, file: Path) -> None:
    async with terminal(with_file(tmp_path / "gone.py")) as user:
        await user.press("3", "E")
        assert "gone.py is not there" in last(user)
        assert not (tmp_path / "gone.py").exists()
    assert file.exists()


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_it_opens_reads_again_and_says_what_is_wrong_now(size: tuple[int, int], file: Path) -> None:
    async with terminal(with_file(file), size) as user:
        found = (ConfigFinding("type", "error", str(file), 2, "ip takes text", "it does not start", ""),)
        answers = {"": (), "c.ServerApp.ip = 3\n": found}
        before = file.read_text(encoding="utf-8")
        user.source.doctor = lambda _server: answers.get(file.read_text(encoding="utf-8").removeprefix(before), ())  # type: ignore[method-assign]
        await user.press("3", "E")
        await user.sees("line 2: ip takes text; D lists it")
        assert file.read_text(encoding="utf-8").endswith("c.ServerApp.ip = 3\n")
        assert ("select", "jpserver-4242") in user.source.asked[1:]
        await user.press("E")
        await user.sees("nothing wrong was found in conf.py now")


async def test_what_only_running_the_file_tells_is_told(file: Path) -> None:
    async with terminal(with_file(file)) as user:
        user.source.findings = ()
        await user.press("3", "E")
        await user.sees("nothing wrong was found in conf.py now: Jupyter took it")
        assert ("load", "jpserver-4242", str(file)) in user.source.asked
        user.source.loads = Load(False, "Jupyter leaves the file out: ValueError: no number")
        await user.press("E")
        await user.sees("Jupyter leaves the file out: ValueError: no number")
        user.source.loads = Load(None, "its environment cannot be read")
        await user.press("E")
        await user.sees("unverified: its environment cannot be read; nothing wrong was found in conf.py otherwise")


async def test_a_file_that_was_not_written_is_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "looks")
    async with terminal(with_file(file)) as user:
        await user.press("3", "E")
        assert "conf.py is as it was; the editor ended with status 3" in last(user)
        assert len([one for one in user.source.asked if one[0] == "doctor"]) < 2


async def test_what_was_wrong_before_is_not_told_as_new(file: Path, tmp_path: Path) -> None:
    old = ConfigFinding("type", "error", str(file), 1, "port takes a number", "it does not start", "")
    new = ConfigFinding("type", "error", str(file), 2, "ip takes text", "it does not start", "")
    async with terminal(with_file(file)) as user:
        source = user.source
        # The editor saves once it was looked at; the later look finds another.
        program(tmp_path, "ed-it", f'while [ ! -e {tmp_path}/looked ]; do sleep 0.01; done; echo "#" >> "$1"')
        answers = iter([(old,), (old, new), (old,), (replace(old, line=3),)])

        def doctor(_server: str | None) -> tuple[ConfigFinding, ...]:
            found = next(answers)
            (tmp_path / "looked").touch()
            return found

        source.doctor = doctor  # type: ignore[method-assign]
        await user.press("3", "E")
        await user.sees("line 2: ip takes text; D lists them")
        (tmp_path / "looked").unlink()
        await user.press("E")
        await user.sees("line 3: port takes a number, as before; D lists it")


async def test_without_an_editor_there_is_one_clear_line(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "gone")
    async with terminal(with_file(file)) as user:
        await user.press("3", "E")
        assert "E: no editor: EDITOR names gone, which is not on PATH" in last(user)


async def test_from_the_list_of_files_and_from_a_finding(file: Path) -> None:
    async with terminal(with_file(file)) as user:
        user.source.findings = (ConfigFinding("type", "error", str(file), 2, "ip takes text", "it does not start", ""),)
        await user.press("F", "E")
        assert file.read_text(encoding="utf-8").count("ip = 3") == 1
        await user.press("escape", "D")
        await user.sees("ip takes text")
        await user.press("E")
        assert file.read_text(encoding="utf-8").count("ip = 3") == 2


async def test_what_is_not_there_is_made_where_a_finding_says_so(file: Path, tmp_path: Path) -> None:
    made, gone = tmp_path / "made.py", tmp_path / "link.py"
    gone.symlink_to("no/where.py")
    async with terminal(with_file(file)) as user:
        config = ConfigFinding("config-missing", "error", str(made), None, "it is not there", "no effect", "")
        user.source.findings = (config, replace(config, code="dangling-link", path=str(gone)))
        await user.press("D")
        await user.sees("it is not there")
        assert "enter opens your editor, which makes the file, esc closes" in user.screen()
        await user.press("down", "enter")
        assert "E: make the directory" in user.screen()
        await user.press("up", "enter")
        assert made.read_text(encoding="utf-8") == "c.ServerApp.ip = 3\n"
        (tmp_path / "no").mkdir()
        await user.press("down", "enter")
        assert gone.read_text(encoding="utf-8") == "c.ServerApp.ip = 3\n"


async def test_a_terminal_that_cannot_be_lent_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", str(program(tmp_path, "ed-it")))
    (tmp_path / "conf.py").touch()
    async with terminal(with_file(tmp_path / "conf.py")) as user:
        await user.press("3", "E")
        assert "E: this terminal cannot be lent to an editor" in last(user)
