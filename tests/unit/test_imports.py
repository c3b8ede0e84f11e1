"""What a fresh process has loaded after a step: the start stays quick, and Jupyter stays another program."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

JUPYTER = {
    "notebook",
    "jupyter_server",
    "jupyterlab",
    "jupyter_core",
    "jupyter_client",
    "traitlets",
    "tornado",
    "IPython",
    "nbformat",
}
SCREEN = {"textual", "rich"}
SLOW = {"requests", "urllib3", "psutil", "ifaddr", "qrcode", "tomlkit", "platformdirs"}

IMPORT_ALL = """
import importlib, pkgutil, jntui
for module in pkgutil.walk_packages(jntui.__path__, "jntui."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def loaded(code: str, home: Path) -> set[str]:
    """The top-level modules that `code` loads in a fresh interpreter, beyond those of a bare one."""
    report = "\nimport json, sys\nprint(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    names = []
    for text in (code, ""):
        argv = [sys.executable, "-c", text + report]
        done = subprocess.run(argv, env=env, cwd=home, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        names.append(set(json.loads(done.stdout.splitlines()[-1])))
    return names[0] - names[1]


def test_the_report_sees_what_is_loaded(tmp_path: Path) -> None:
    assert {"textual", "rich"} <= loaded("import textual.app", tmp_path)


@pytest.mark.parametrize("module", ["jntui.model", "jntui.text"])
def test_the_ground_floor_is_the_standard_library(module: str, tmp_path: Path) -> None:
    assert loaded(f"import {module}", tmp_path) <= {*sys.stdlib_module_names, "jntui"}


def test_the_commands_load_nothing_slow(tmp_path: Path) -> None:
    assert not loaded("import jntui.cli", tmp_path) & (SCREEN | SLOW | JUPYTER)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_nothing_slow(option: str, tmp_path: Path) -> None:
    code = f"import contextlib, jntui.cli\nwith contextlib.suppress(SystemExit): jntui.cli.main(['{option}'])"
    assert not loaded(code, tmp_path) & (SCREEN | SLOW | JUPYTER)


@pytest.mark.parametrize("command", [["list"], ["list", "--json"], ["urls"], ["check"]])
def test_no_command_loads_the_screen_or_jupyter(command: list[str], tmp_path: Path) -> None:
    assert not loaded(f"import jntui.cli; jntui.cli.main({command!r})", tmp_path) & (SCREEN | JUPYTER | {"qrcode"})


def test_the_screen_opens_before_requests_is_loaded(tmp_path: Path) -> None:
    """Everything that stands before the first paint: the monitor and the application, made but not run."""
    code = (
        "from jntui.monitor.loop import Monitor\n"
        "from jntui.monitor.survey import Survey\n"
        "from jntui.tui.app import JntuiApp\n"
        "JntuiApp(Monitor(Survey(read_only=False)))"
    )
    assert not loaded(code, tmp_path) & (JUPYTER | {"requests", "urllib3", "qrcode", "tomlkit"})


def test_nothing_of_jupyter_is_ever_imported(tmp_path: Path) -> None:
    assert not loaded(IMPORT_ALL, tmp_path) & JUPYTER
