"""Whether people can edit together: by the files of the environment in which a server runs."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path

import pytest

from jntui.jupyter.collaboration import collaboration
from jntui.model import Server
from tests.contract.fake_processes import FakeProcesses

STARTED = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
BEFORE, AFTER = STARTED.timestamp() - 60, STARTED.timestamp() + 60


def look(tmp_path: Path, *installed: str, argv: str = "jupyter-lab", at: float = BEFORE) -> tuple[bool | None, str]:
    """A Python 3.11 in `env`, and what is installed: paths below `tmp_path`."""
    base, python = tmp_path / "base" / "python3.11", tmp_path / "env" / "bin" / "python"
    for folder in (base.parent, python.parent):
        folder.mkdir(parents=True, exist_ok=True)
    base.touch()
    python.symlink_to(base)
    for name in installed:
        folder = tmp_path / f"{name}.dist-info"
        folder.mkdir(parents=True)
        os.utime(folder, (at, at))
    processes = FakeProcesses()
    processes.add(7, argv)
    server = Server("jpserver-7", "running", pid=7, python=str(python), started=STARTED)
    return collaboration(server, processes, str(tmp_path / "home"))


@pytest.mark.parametrize(
    "place",
    ["env/lib/python3.11/site-packages", "env/lib/python3/dist-packages", "home/.local/lib/python3.11/site-packages"],
)
def test_it_is_found_wherever_that_python_looks(place: str, tmp_path: Path) -> None:
    found = look(tmp_path, f"{place}/jupyter_server_ydoc-2.1.0", f"{place}/jupyter_collaboration-4.1.0")
    assert found == (True, "jupyter-collaboration 4.1.0 is in its environment: it is on, unless a setting turns it off")


@pytest.mark.parametrize(
    "place", ["env/lib/python3.9/site-packages", "home/.local/lib/python3.10/site-packages", "env/lib/elsewhere"]
)
def test_what_another_python_has_is_not_taken_for_its_own(place: str, tmp_path: Path) -> None:
    shared, words = look(tmp_path, f"{place}/jupyter_collaboration-4.1.0")
    assert shared is False and "-m pip install jupyter-collaboration`, then restart it" in words


def test_a_virtual_environment_does_not_see_what_the_user_installed_outside(tmp_path: Path) -> None:
    (tmp_path / "env").mkdir()
    config = tmp_path / "env" / "pyvenv.cfg"
    config.write_text("home = /usr/bin\ninclude-system-site-packages = false\n")
    place = "home/.local/lib/python3.11/site-packages/jupyter_collaboration-4.1.0"
    assert look(tmp_path, place)[0] is False


def test_it_is_not_on_where_it_came_later_or_was_turned_off(tmp_path: Path) -> None:
    place = "env/lib/python3.11/site-packages/jupyter_collaboration-4.1.0"
    shared, words = look(tmp_path / "a", place, at=AFTER)
    assert shared is False and "takes effect when it restarts" in words
    shared, words = look(tmp_path / "b", place, argv="jupyter-lab --YDocExtension.disable_rtc=True")
    assert shared is False and "disable_rtc" in words
