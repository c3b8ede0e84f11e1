"""Which running servers have a changed file only after a restart."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jntui.jupyter.command_line import SERVER
from jntui.jupyter.settings.effective import configuration
from jntui.jupyter.settings.subject import Subject
from jntui.monitor.changes import Changes
from jntui.process import Processes


def readers(
    home: Path, path: Path, name: str, *servers: tuple[str, ...], state: str = "running", **variables: str
) -> tuple[str, ...]:
    """Of servers that were started with these words, those that read the file."""
    environ = {"HOME": str(home), "JUPYTER_CONFIG_PATH": "", **variables}
    known = {
        f"jpserver-{number}": Subject(None, environ, str(home), None, "not asked", SERVER, words, cwd=str(home))
        for number, words in enumerate(servers)
    }
    survey: Any = SimpleNamespace(
        known=lambda: [SimpleNamespace(id=one, state=state) for one in known],
        subject=lambda one: known[one.id],
        configuration=lambda one: configuration(known[one.id], Processes()),
    )
    return Changes(survey)._readers(None, str(path), name)


def write(home: Path, name: str, text: str) -> Path:
    path = home / ".jupyter" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["port", ""])
def test_all_that_read_the_file_and_none_that_reads_another(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, "jupyter_server_config.py", "c.ServerApp.port = 1\n")
    other = tmp_path / "other.py"
    other.write_text("")
    assert readers(tmp_path, path, name, (), (f"--config={other}",), ()) == ("jpserver-0", "jpserver-2")
    assert readers(tmp_path, path, name, (), state="stale") == ()


def test_none_for_which_something_above_decides(tmp_path: Path) -> None:
    path = write(tmp_path, "jupyter_server_config.py", "c.ServerApp.port = 1\n")
    assert readers(tmp_path, path, "port", ("--port=5",), ()) == ("jpserver-1",)
    write(tmp_path, "jupyter_server_config.json", '{"ServerApp": {"port": 2}}')
    assert readers(tmp_path, path, "port", ()) == ()
    assert readers(tmp_path, path, "ip", ()) == ("jpserver-0",)


def test_a_file_that_a_config_file_loads(tmp_path: Path) -> None:
    write(tmp_path, "jupyter_server_config.py", "load_subconfig('part.py')\nc.ServerApp.ip = 'a'\n")
    part = write(tmp_path, "part.py", "c.ServerApp.port = 1\nc.ServerApp.ip = 'b'\n")
    assert readers(tmp_path, part, "port", (), ("--port=5",)) == ("jpserver-0",)
    assert readers(tmp_path, part, "ip", ()) == ()
    assert readers(tmp_path, part, "", ()) == ("jpserver-0",)
    assert readers(tmp_path, write(tmp_path, "unread.py", ""), "port", ()) == ()


def test_a_token_file_where_nothing_above_gives_a_token(tmp_path: Path) -> None:
    for name in ("token", "other"):
        (tmp_path / name).write_text("never-show-this\n")
    started = ((), ("--IdentityProvider.token=x",))
    assert readers(tmp_path, tmp_path / "token", "token", *started, JUPYTER_TOKEN_FILE="token") == ("jpserver-0",)
    assert readers(tmp_path, tmp_path / "other", "token", *started, JUPYTER_TOKEN_FILE="token") == ()
