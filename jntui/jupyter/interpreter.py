"""Which Python runs a new server, and which Jupyter applications that Python has."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jntui.model import StartRefused
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jntui.process import Processes

App = Literal["lab", "notebook", "server"]
APPS: tuple[App, ...] = ("lab", "notebook", "server")
"""In the order in which one is chosen when none was named."""
PACKAGES: Mapping[App, str] = {"lab": "jupyterlab", "notebook": "notebook", "server": "jupyter_server"}
ASK_TIMEOUT_S = 5.0
"""A Python on a cold network file system takes seconds to begin."""

_QUESTION = """
import importlib.metadata, importlib.util, json, os, sys, sysconfig
def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
folders = [sysconfig.get_path("scripts"), os.path.dirname(sys.executable)]
if hasattr(sysconfig, "get_preferred_scheme"):
    folders.append(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
names = ("jupyterlab", "notebook", "jupyter_server")
found = [name for name in names if importlib.util.find_spec(name) is not None]
print(json.dumps({"found": found, "notebook": version("notebook"), "folders": folders}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python and the Jupyter that it has."""

    path: str
    chosen: str
    """Where it comes from, in words."""
    apps: tuple[App, ...] = ()
    legacy: bool = False
    """Its Notebook is of version 6 or older: other option names, other info files."""
    folders: tuple[str, ...] = ()
    """Where its scripts lie."""

    def command(self, app: App) -> list[str]:
        """What starts an application so that the process keeps its pid.

        The script, run by this very Python, rather than `-m`: that would put the working directory before Jupyter's
        own modules, and a `json.py` there would end the server.
        """
        name = {"lab": "jupyter-lab", "notebook": "jupyter-notebook", "server": "jupyter-server"}[app]
        for folder in self.folders:
            script = Path(folder) / name
            if _is_script(script):
                return [self.path, str(script)]
        return [self.path, "-m", PACKAGES[app]]


class SilentPython(StartRefused):
    """The first Python in the contract's order does not answer in time: what it has is not known."""

    def __init__(self, path: str, chosen: str, timeout_s: float) -> None:
        super().__init__(f"{chosen} ({visible(path, 300)}) {_no_answer(timeout_s)}")
        self.path = path


def _no_answer(timeout_s: float) -> str:
    return f"gave no answer within {timeout_s:.0f} s"


def _is_script(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(2) == b"#!"
    except OSError:
        return False


def choose(
    named: str | None,
    app: App | None,
    processes: Processes,
    environ: Mapping[str, str],
    home: str,
    *,
    looking: bool = False,
) -> tuple[Interpreter, App]:
    """The Python that starts a server, and the application: the named one, else the first that this Python has.

    The order is the contract's: `named` (a file or an environment's folder), VIRTUAL_ENV, CONDA_PREFIX, the `jupyter`
    on PATH, jntui's own Python; the environments count only if they have the application. `looking`: nothing will be
    started, so one that is silent is not passed over. Raises StartRefused, SilentPython.
    """
    missing: list[str] = [] if named else _bare(environ)
    first = ""
    for path, chosen in _choices(named, environ, home):
        first = first or path
        asked = time.monotonic()
        found = _examine(path, chosen, processes, environ, ASK_TIMEOUT_S)
        if found is None:
            silent = time.monotonic() - asked >= ASK_TIMEOUT_S
            if silent and (looking or named):
                raise SilentPython(path, chosen, ASK_TIMEOUT_S)
            if named:
                raise StartRefused(f"--python {visible(named)} is no Python that runs: name an interpreter")
            missing.append(f"{chosen} ({visible(path)}) {_no_answer(ASK_TIMEOUT_S) if silent else 'does not run'}")
            continue
        wanted = app if app is not None else next(iter(found.apps), None)
        if wanted is not None and wanted in found.apps:
            if missing:
                found = Interpreter(path, f"{chosen}; {missing[0]}", found.apps, found.legacy, found.folders)
            return found, wanted
        missing.append(f"{chosen} has no {PACKAGES[app] if app else 'Jupyter'}")
    what = PACKAGES[app] if app else "jupyterlab"
    where = f"; {', '.join(missing)}" if missing else ""
    advice = f"install it with `{visible(first)} -m pip install {what}`"
    raise StartRefused(f"no Python with {what} was found{visible(where, 300)}: {advice}")


def _choices(named: str | None, environ: Mapping[str, str], home: str) -> Iterator[tuple[str, str]]:
    """Paths of interpreters in the contract's order, each with where it comes from. Raises StartRefused."""
    if named:
        path = Path(named.replace("~", home, 1) if named.startswith("~/") else named)
        inside = python_of(path) if path.is_dir() else path
        if inside is None or not inside.is_file():
            raise StartRefused(f"--python {visible(named)}: there is no Python")
        yield str(inside.absolute()), "--python"
        return
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        folder = environ.get(name)
        inside = python_of(Path(folder)) if folder else None
        if inside is not None:
            yield str(inside), name
    script = shutil.which("jupyter", path=environ.get("PATH"))
    python = python_of_script(Path(script), environ) if script else None
    if script and python:
        yield python, f"the jupyter on PATH ({visible(script)})"
    yield sys.executable, "jntui's own Python"


def _bare(environ: Mapping[str, str]) -> list[str]:
    """The environments that are active and have no interpreter, in words: another Python stands in for them."""
    active = [(name, environ.get(name)) for name in ("VIRTUAL_ENV", "CONDA_PREFIX")]
    return [
        f"{name} ({visible(folder)}) has no Python" for name, folder in active if folder and not python_of(Path(folder))
    ]


def python_of(folder: Path) -> Path | None:
    """The interpreter of an environment's folder, or of its `bin`; None if there is none."""
    names = ("bin/python", "bin/python3", "python", "python3", "Scripts/python.exe", "python.exe")
    return next((folder / name for name in names if (folder / name).is_file()), None)


def python_of_script(script: Path, environ: Mapping[str, str]) -> str | None:
    """The interpreter that runs a script, by its first lines; None where they do not tell.

    pip writes `#!/path/python`, or where that is too long or holds a blank `#!/bin/sh` and then an `exec` line;
    otherwise the Python beside the script is taken.
    """
    try:
        with script.open("rb") as stream:
            lines = os.fsdecode(stream.read(2048)).splitlines()
    except OSError:
        return None
    words = _words(lines[0][2:]) if lines and lines[0].startswith("#!") else []
    if words and Path(words[0]).name == "env" and len(words) > 1:
        words = [shutil.which(words[-1], path=environ.get("PATH")) or ""]
    if words and Path(words[0]).name == "sh" and len(lines) > 1 and "exec" in lines[1]:
        words = _words(lines[1].partition("exec")[2].lstrip("' "))
    if words and "python" in Path(words[0]).name and Path(words[0]).is_file():
        return words[0]
    beside = python_of(script.resolve().parent)
    return str(beside) if beside is not None else None


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line.strip())
    except ValueError:
        return line.strip().strip("'\"").split('"')[:1]


def _examine(
    path: str, chosen: str, processes: Processes, environ: Mapping[str, str], timeout_s: float
) -> Interpreter | None:
    """Asks a Python, in a child that is waited for at most so long, what it has; None if it does not run."""
    output = processes.output([path, "-c", _QUESTION], environ, os.sep, timeout_s)
    try:
        found = json.loads(output or "")
        version = str(found["notebook"] or "")
        apps = tuple(app for app in APPS if PACKAGES[app] in found["found"])
        folders = tuple(str(folder) for folder in found["folders"] if folder)
    except (ValueError, KeyError, TypeError):
        return None
    major = version.partition(".")[0]
    return Interpreter(path, chosen, apps, major.isdigit() and int(major) < 7, folders)
