"""The directories of config files: asked of a Python, or computed as it would say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jntui.jupyter.settings.folders import config_path, folders_of
from jntui.jupyter.settings.subject import Subject
from jntui.process import Processes
from tests.contract.fake_processes import FakeProcesses

ENVIRONMENTS: dict[str, dict[str, str]] = {
    "nothing": {},
    "config dir": {"JUPYTER_CONFIG_DIR": "/somewhere/else"},
    "config path": {"JUPYTER_CONFIG_PATH": f"/a/{os.pathsep}/b"},
    "user first": {"JUPYTER_PREFER_ENV_PATH": "0"},
    "environment first": {"JUPYTER_PREFER_ENV_PATH": "yes"},
    "platform": {"JUPYTER_PLATFORM_DIRS": "1", "XDG_CONFIG_HOME": "/x/conf", "XDG_CONFIG_DIRS": "/x/one:/x/two"},
    "platform of its own": {"JUPYTER_PLATFORM_DIRS": "1"},
    "both": {"JUPYTER_CONFIG_PATH": "/a", "JUPYTER_CONFIG_DIR": "/d", "JUPYTER_PREFER_ENV_PATH": "false"},
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_what_is_computed_is_what_jupyter_says(name: str, tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], **ENVIRONMENTS[name]}
    argv = [sys.executable, "-m", "jupyter_core", "--paths", "--json"]
    output = subprocess.run(argv, env=environ, cwd="/", check=True, capture_output=True, timeout=240).stdout
    assert config_path(environ, str(tmp_path), sys.prefix) == json.loads(output)["config"]


def subject(environ: dict[str, str] | None, python: str | None = sys.executable, reason: str = "") -> Subject:
    return Subject(None, environ, "/home/ada", python, reason, cwd="/srv/ada")


def test_the_answer_of_its_own_python_counts_and_is_asked_for_once() -> None:
    class Counting(Processes):
        asked = 0

        def output(self, *arguments: object) -> str | None:  # type: ignore[override]
            self.asked += 1
            return super().output(*arguments)  # type: ignore[arg-type]

    processes = Counting()
    environ = {"HOME": "/home/ada", "PATH": os.environ["PATH"], "JUPYTER_CONFIG_PATH": "/only/this/test"}
    first = folders_of(subject(environ), processes)
    assert first.assumed == ""
    assert (first.folders[0].path, first.folders[0].level) == ("/only/this/test", "path")
    assert first.version("jupyter_server")
    assert first.has("jupyterlab")
    assert not first.has("nbclassic") or first.version("nbclassic")
    assert folders_of(subject({**environ, "COLUMNS": "80"}), processes) == first
    assert processes.asked == 1


def test_without_an_answer_they_are_assumed_and_the_reason_is_said() -> None:
    silent = folders_of(subject({"HOME": "/home/ada"}, "/env/bin/python"), FakeProcesses())
    assert silent.assumed == "its Python did not answer"
    assert silent.packages is None
    assert [folder.path for folder in silent.folders] == [
        "/home/ada/.jupyter",
        "/home/ada/.local/etc/jupyter",
        "/env/etc/jupyter",
        "/usr/local/etc/jupyter",
        "/etc/jupyter",
    ]
    assert [folder.level for folder in silent.folders] == ["user", "user", "prefix", "system", "system"]
    reason = "it runs as bob, whose Python jntui does not run"
    assert folders_of(subject({}, None, reason), FakeProcesses()).assumed == reason


@pytest.mark.parametrize("answer", ["", "{", "[]", '{"config": 7}', '{"config": null, "packages": []}'])
def test_an_answer_that_is_none_leaves_them_assumed(answer: str) -> None:
    processes = FakeProcesses(outputs={"/other/bin/python": answer})
    found = folders_of(subject({"HOME": f"/home/{len(answer)}"}, "/other/bin/python"), processes)
    assert found.assumed


def test_jupyter_no_config_switches_all_of_them_off() -> None:
    assert folders_of(subject({"JUPYTER_NO_CONFIG": "1", "HOME": "/home/ada"}), Processes()).folders == ()


def test_relative_directories_begin_at_the_servers_working_directory() -> None:
    found = folders_of(subject({"JUPYTER_CONFIG_DIR": "conf/../own"}, None, "why"), FakeProcesses())
    assert (found.folders[0].path, found.folders[0].level) == ("/srv/ada/own", "environment")


def test_an_environment_of_another_user_does_not_come_before_the_home_directory(tmp_path: Path) -> None:
    """`jupyter_core.paths._do_i_own`: a student on an admin's environment gets the opposite order."""
    prefix = tmp_path / "venv"
    prefix.mkdir()
    (prefix / "pyvenv.cfg").touch()
    own, home = str(prefix / "etc" / "jupyter"), str(tmp_path / ".jupyter")
    assert config_path({}, str(tmp_path), str(prefix))[:2] == [own, home]
    assert config_path({}, str(tmp_path), str(prefix), uid=os.geteuid() + 1)[:2] == [home, own]
