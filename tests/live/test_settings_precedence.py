"""Which value of a setting decides: what jntui works out beside what Jupyter's own application has, start by start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jntui.jupyter.command_line import LAB, NOTEBOOK, SERVER
from jntui.jupyter.settings.effective import configuration
from jntui.jupyter.settings.subject import Subject
from jntui.model import Configuration, Setting
from jntui.process import Processes
from tests.live.environments import borrowed
from tests.live.servers import clean_environment
from tests.live.settings_random import random_row
from tests.live.settings_rows import NAMES, ROWS, Row, old, py, server
from tests.live.settings_rows6 import NOTEBOOK6_ROWS

APPS = {"lab": LAB, "notebook": NOTEBOOK, "server": SERVER, "nb6": NOTEBOOK}
NOTEBOOK6 = os.environ.get("JNTUI_NOTEBOOK6", "")
"""A Python that has Notebook 6, which installs on few Pythons of today."""


@dataclass
class Oracle:
    """Jupyter itself, imported once in a Python of its own whose prefix a test may write to."""

    process: subprocess.Popen[str]
    python: str
    prefix: Path

    def ask(self, start: dict[str, Any]) -> dict[str, Any]:
        """What Jupyter has after that start."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(start) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the oracle ended"
        found: dict[str, Any] = json.loads(line)
        return found


def _oracle(folder: Path, python: str, *arguments: str) -> Iterator[Oracle]:
    its_python = borrowed(folder, python)
    script = Path(__file__).with_name("settings_oracle.py")
    process = subprocess.Popen(
        [str(its_python), str(script), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=clean_environment(folder),
        cwd=folder,
    )
    try:
        yield Oracle(process, str(its_python), folder)
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    yield from _oracle(tmp_path_factory.mktemp("environment"), sys.executable)


@pytest.fixture(scope="module")
def oracle6(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    if not NOTEBOOK6:
        pytest.skip("JNTUI_NOTEBOOK6 names no Python with Notebook 6")
    yield from _oracle(tmp_path_factory.mktemp("environment6"), NOTEBOOK6, "nb6")


@dataclass
class Case:
    """One row for one application, laid out on disk."""

    row: Row
    app: str
    places: dict[str, Path]
    environ: dict[str, str]
    argv: list[str]
    oracle: Oracle

    def jupyter(self) -> dict[str, Any]:
        start = {"app": self.app, "argv": self.argv, "environ": self.environ, "cwd": str(self.places["cwd"])}
        return self.oracle.ask({**start, "log": str(self.places["home"].parent / "log")})

    def jntui(self) -> Configuration:
        return configuration(self.subject(), Processes())

    def subject(self) -> Subject:
        home, cwd = str(self.places["home"].parent), str(self.places["cwd"])
        legacy = self.app == "nb6"
        app, words = APPS[self.app], tuple(self.argv)
        return Subject(None, self.environ, home, self.oracle.python, "", app, words, cwd=cwd, legacy=legacy)


def lay_out(row: Row, app: str, oracle: Oracle, folder: Path) -> Case:
    """Writes the files of a row, those in the prefix included."""
    home = folder / "home"
    places = {name: folder / name for name in ("cwd", "path", "path2", "dir", "system")}
    places |= {
        "home": home / ".jupyter",
        "xdg": home / ".config" / "jupyter",
        "prefix": oracle.prefix / "etc" / "jupyter",
    }
    for left in [
        *places["prefix"].glob("*.py"),
        *places["prefix"].glob("*.json"),
        *places["prefix"].glob("*.d/?.json"),
    ]:
        left.unlink()
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    for key, text in row.files.items():
        name, _, path = key.partition("/")
        stem, dot, rest = path.partition(".")
        folder_of, _, last = stem.rpartition("/")
        target = places[name] / folder_of / (NAMES.get(last, last) + dot + rest)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def put(text: str) -> str:
        for name in sorted(places, key=len, reverse=True):
            text = text.replace(f"@{name}", str(places[name]))
        return text

    environ = clean_environment(home, {name: put(text) for name, text in row.environ.items()})
    return Case(row, app, places, environ, [put(word) for word in row.argv], oracle)


def kind_of_token(found: dict[str, Any], password: str) -> str:
    """What jntui says of the token that Jupyter has; written once more, so that it is compared."""
    if found["generated"]:
        return "generated at each start"
    text = found["token"]
    return f"token, {len(text)} characters".replace(" 1 characters", " 1 character") if text else password


def kind_of_hash(text: str) -> str:
    algorithm = text.partition(":")[0]
    if not text:
        return "empty: no password"
    return f"{algorithm} hash" if algorithm in {"argon2", "sha1", "sha256"} else "not a hash: no login works"


def difference(setting: Setting, found: dict[str, Any], computed: frozenset[str]) -> str:
    """In words what jntui says other than Jupyter; empty if nothing."""
    if setting.name in computed:
        marked = setting.source.kind == "computed" and setting.source.path and setting.value is None
        return "" if marked else f"{setting.name}: a value is claimed that only running the file tells: {setting.shown}"
    expected: Any
    if setting.name == "token":
        given = found["token"] == "" and setting.shown == "empty: no token"
        expected = setting.shown if given else kind_of_token(found, "none: a password is set")
        return "" if setting.shown == expected else f"token: {setting.shown}, Jupyter has {expected}"
    expected = found[setting.name]
    if setting.secret:
        expected = kind_of_hash(expected)
        return "" if setting.shown == expected else f"{setting.name}: {setting.shown}, Jupyter has {expected}"
    value = "" if setting.name == "ip" and setting.value == "*" else setting.value
    same = value == expected and type(value) is type(expected)
    return "" if same else f"{setting.name}: {value!r} by {setting.source}, Jupyter has {expected!r}"


def compare(case: Case) -> None:
    found, ours = case.jupyter(), case.jntui()
    assert ours.assumed == ""
    refused = any("will not start" in one.note for one in ours.settings) or any(
        "does not start" in n for n in ours.notes
    )
    if case.row.ends:
        assert "exit" in found, found
        assert refused, (ours.notes, [one.note for one in ours.settings])
        return
    assert "exit" not in found, found
    assert not refused, (ours.notes, [one.note for one in ours.settings])
    differences = [difference(setting, found, case.row.computed) for setting in ours.settings]
    assert [one for one in differences if one] == []
    folders = list(
        dict.fromkeys(str(Path(file.path).parent) for file in ours.files if file.level != "option" and not file.because)
    )
    cwd = str(case.places["cwd"])
    if "JUPYTER_NO_CONFIG" not in case.environ:
        home = str(case.places["home"].parent)
        named = [
            path.replace("~", home).replace("${JNTUI_AT}", cwd).replace("$JNTUI_AT", cwd) for path in found["paths"]
        ]
        assert folders == [os.path.normpath(Path(cwd, path)) for path in named]


STARTS = [(row, app) for at, row in enumerate(ROWS) for app in ("lab", ("notebook", "server")[at % 2])]
"""Every row starts JupyterLab, and in turn one of the others."""


@pytest.mark.parametrize(("row", "app"), STARTS, ids=lambda part: part if isinstance(part, str) else part.name)
def test_what_decides_is_what_jupyter_has(row: Row, app: str, oracle: Oracle, tmp_path: Path) -> None:
    compare(lay_out(row, app, oracle, tmp_path))


@pytest.mark.parametrize("seed", range(40))
def test_starts_drawn_at_random(seed: int, oracle: Oracle, tmp_path: Path) -> None:
    compare(lay_out(random_row(seed), ("lab", "notebook", "server")[seed % 3], oracle, tmp_path))


@pytest.mark.parametrize("row", NOTEBOOK6_ROWS, ids=lambda row: row.name)
def test_notebook_6_reads_its_own_files(row: Row, oracle6: Oracle, tmp_path: Path) -> None:
    compare(lay_out(row, "nb6", oracle6, tmp_path))


@pytest.mark.parametrize("row", NOTEBOOK6_ROWS, ids=lambda row: row.name)
def test_what_notebook_6_was_seen_to_have(row: Row, oracle: Oracle, tmp_path: Path) -> None:
    ours = lay_out(row, "nb6", oracle, tmp_path).jntui()
    shown = {setting.name: setting.shown for setting in ours.settings}
    assert {name: shown[name] for name in row.recorded} == row.recorded


def test_what_is_hidden_is_told_from_the_nearest_to_the_last(oracle: Oracle, tmp_path: Path) -> None:
    files = {
        "home/server.py": py(port=1) + py(port=2),
        "home/server.json": server('"port": 3'),
        "prefix/server.py": old(port=4),
        "home/base.py": py(port=5),
        "home/lab.py": "c.LabApp.port = 6\n",
    }
    case = lay_out(Row("hidden", files, ("--port=7",), {"JUPYTER_PORT": "8"}), "lab", oracle, tmp_path)
    port = case.jntui().setting("port")
    assert port is not None
    told = [(one.kind, one.text, one.line) for one in (port.source, *port.shadowed)]
    assert told == [
        ("file", "4", 1),  # by its old name even over the command line: what the shim hands on comes last
        ("command line", "7", None),
        ("file", "3", 1),
        ("file", "2", 2),
        ("file", "1", 1),
        ("file", "5", 1),
        ("file", "6", 1),
        ("env", "8", None),
    ]
    assert case.jupyter()["port"] == 4


def test_one_file_alone(oracle: Oracle, tmp_path: Path) -> None:
    files = {
        "home/server.py": py(port=1, token="abc"),
        "home/server.json": server('"port": 3'),
        "home/base.py": py(ip="*"),
    }
    case = lay_out(Row("alone", files, ("--port=7",), {"JUPYTER_PORT": "8"}), "lab", oracle, tmp_path)
    found = configuration(case.subject(), Processes(), str(case.places["home"] / "jupyter_server_config.py"))
    shown = {setting.name: setting.shown for setting in found.settings}
    assert (shown["port"], shown["ip"], shown["token"]) == ("1", "'localhost'", "token, 3 characters")
    assert [Path(file.path).name for file in found.files] == ["jupyter_server_config.py"]
