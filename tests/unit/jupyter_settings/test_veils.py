"""What jntui cannot see through is never called a default: code that sets traits unnamed, files that it cannot read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jntui.jupyter.command_line import LAB
from jntui.jupyter.settings.effective import configuration
from jntui.jupyter.settings.reading import SHUT, SIZE_LIMIT, read_config_file
from jntui.jupyter.settings.subject import Subject
from tests.contract.fake_processes import FakeProcesses

if TYPE_CHECKING:
    from jntui.model import Setting


def look(home: Path, *words: str, **files: str) -> dict[str, Setting]:
    folder = home / ".jupyter"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    subject = Subject(None, {"HOME": str(home)}, str(home), None, "no Python", LAB, words, cwd=str(home))
    return {setting.name: setting for setting in configuration(subject, FakeProcesses()).settings}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("exec('c.ServerApp.port = 9001')", 1),
        ("\nfor name in ('port', 'port_retries'):\n    setattr(c.ServerApp, name, 7)", 3),
        ("import json\njson.dump(c)", 2),
        ("from os import *", 1),
        ("c.ServerApp |= {'port': 9001}", 1),
    ],
)
def test_what_code_may_set_is_computed_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    port = look(tmp_path, jupyter_server_config__py=text)["port"]
    assert (port.value, port.shown, port.source.kind, port.source.line) == (None, "computed", "computed", line)
    assert port.source.path == str(tmp_path / ".jupyter" / "jupyter_server_config.py")


def test_what_is_set_after_it_or_above_it_is_certain(tmp_path: Path) -> None:
    found = look(
        tmp_path,
        "--port-retries=3",
        jupyter_server_config__py="exec('x = 1')\nc.ServerApp.port = 9\n",
        jupyter_server_config__json='{"ServerApp": {"quit_button": false}}',
    )
    assert (found["port"].value, found["port"].source.line) == (9, 2)
    assert found["port_retries"].value == 3, "the command line beats every file"
    assert found["quit_button"].value is False, "and the .json the .py"
    assert found["base_url"].source.kind == "computed"


def test_what_it_covers_is_named_as_hidden(tmp_path: Path) -> None:
    found = look(
        tmp_path,
        jupyter_server_config__py="exec('')",
        jupyter_config__py="c.ServerApp.port = 9",
    )
    (hidden,) = found["port"].shadowed
    assert (hidden.path, hidden.text) == (str(tmp_path / ".jupyter" / "jupyter_config.py"), "9")


def test_a_section_alone_veils_no_other(tmp_path: Path) -> None:
    found = look(tmp_path, jupyter_server_config__py="name = input()\nc.MappingKernelManager[name] = 1")
    assert found["cull_idle_timeout"].source.kind == "computed"
    assert (found["port"].value, found["port"].source.kind) == (8888, "default")


def test_a_file_too_big_for_jntui_may_set_anything(tmp_path: Path) -> None:
    port = look(tmp_path, jupyter_server_config__json="{}" + " " * SIZE_LIMIT)["port"]
    assert (port.value, port.shown, port.source.line) == (None, "not known", None)


@pytest.mark.parametrize(("whose", "said"), [(65534, "default"), (1, "computed")])
@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o700, 0o644), (0o755, 0o600)])
def test_what_its_user_cannot_read_jupyter_does_not_read(
    tmp_path: Path, whose: int, said: str, folder_mode: int, file_mode: int
) -> None:
    """As another user's: what another user of the machine may have in it is not known."""
    if os.geteuid() != 0:
        pytest.skip("only root can become the user nobody")
    from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    folder = tmp_path / ".jupyter"
    folder.mkdir()
    path = folder / "jupyter_server_config.py"
    path.write_text("c.ServerApp.port = 9")
    path.chmod(file_mode)
    folder.chmod(folder_mode)
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.setgid(65534)
        os.setuid(65534)
        try:
            PyFileConfigLoader(path.name, path=str(folder)).load_config()
            judge = "read"
        except (ConfigFileNotFound, PermissionError):
            judge = "not read"
        home = str(tmp_path)
        subject = Subject(None, {"HOME": home}, home, None, "no Python", LAB, (), cwd="/", uid=whose)
        port = configuration(subject, FakeProcesses()).setting("port")
        os.write(writer, f"{judge} {port.source.kind if port else None}".encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as stream:
        assert stream.read() == f"not read {said}"


def test_a_directory_that_cannot_be_entered(tmp_path: Path) -> None:
    folder = tmp_path / "shut"
    folder.mkdir()
    (folder / "jupyter_config.py").write_text("c.ServerApp.port = 9")
    folder.chmod(0)
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        if os.geteuid() == 0:
            os.setuid(65534)
        file = read_config_file(str(folder / "jupyter_config.py"))
        os.write(writer, f"{file.exists} {bool(file.veils)} {file.trouble}".encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as stream:
        assert stream.read() == f"False True {SHUT}"
    folder.chmod(0o700)
