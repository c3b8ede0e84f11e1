"""The directories in which a Jupyter looks for config files, in its order, and which of its packages are there.

Asked of that Python; where this cannot be, computed as `jupyter_core.paths.jupyter_config_path` of jupyter_core 5 does.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jntui.jupyter.paths import home_dir
from jntui.jupyter.settings.places import expanded, is_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jntui.jupyter.settings.subject import Subject
    from jntui.model import Level
    from jntui.process import Processes

ASK_TIMEOUT_S = 5.0
"""A Python on a cold network file system takes seconds to begin; the directories can be computed without it."""
PACKAGES = ("jupyter_server", "jupyterlab", "notebook", "nbclassic", "notebook_shim", "traitlets")

_QUESTION = """
import importlib.metadata, importlib.util, json, sys
from jupyter_core.paths import jupyter_config_path
def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
names = sys.argv[1:]
found = {name: version(name) for name in names if importlib.util.find_spec(name) is not None}
print(json.dumps({"config": jupyter_config_path(), "prefix": sys.prefix, "packages": found}))
"""
_DECIDE = ("JUPYTER_", "PYTHON", "CONDA_", "XDG_", "LD_")
"""Beginnings of the variables that the answer may hang on."""
_KEPT = 32
"""Answers that are kept, so that a screen does not start a Python each time a file changes."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One directory."""

    path: str
    level: Level


@dataclass(frozen=True, slots=True)
class Folders:
    """All of them, the first decides over the others."""

    folders: tuple[Folder, ...]
    assumed: str = ""
    """Why they are computed and not asked for."""
    packages: tuple[tuple[str, str], ...] | None = None
    """Name and version of Jupyter's packages that are installed there; None where nobody was asked."""

    def has(self, package: str) -> bool:
        """The package is there; taken to be where nobody was asked."""
        return self.packages is None or any(name == package for name, _version in self.packages)

    def version(self, package: str) -> str:
        """Its version; empty where it is not known."""
        return dict(self.packages or ()).get(package, "")


def folders_of(subject: Subject, processes: Processes) -> Folders:
    """The directories of this subject's Jupyter; one child process at most, waited for at most 5 s."""
    environ = subject.environ or {}
    if environ.get("JUPYTER_NO_CONFIG"):
        # Jupyter makes an empty directory for itself then; asking would make another one.
        answer = _ask(subject, processes, without="JUPYTER_NO_CONFIG")
        return Folders((), "", _packages(answer))
    answer = _ask(subject, processes)
    paths = answer.get("config") if answer else None
    if not answer or not isinstance(paths, list):
        reason = subject.reason or "its Python did not answer"
        prefix = prefix_of(subject.server.python if subject.server is not None else subject.python or subject.silent)
        computed = config_path(environ, subject.home, prefix, uid=subject.uid)
        return Folders(_with_levels(computed, subject, prefix), reason)
    prefix = str(answer.get("prefix", ""))
    folders = _with_levels([str(path) for path in paths[:64]], subject, prefix)
    return Folders(folders, "", _packages(answer))


def _packages(answer: dict[str, Any] | None) -> tuple[tuple[str, str], ...] | None:
    found = answer.get("packages") if answer else None
    return tuple((str(name), str(version)) for name, version in found.items()) if isinstance(found, dict) else None


def _ask(subject: Subject, processes: Processes, without: str = "") -> dict[str, Any] | None:
    environ = {name: text for name, text in (subject.environ or {}).items() if name != without}
    environ_of = replace(subject, environ=None if subject.environ is None else environ)
    return asked(environ_of, processes, (_QUESTION, *PACKAGES))


def asked(
    subject: Subject,
    processes: Processes,
    question: tuple[str, ...],
    places: tuple[str, ...] = (),
    timeout_s: float = ASK_TIMEOUT_S,
) -> dict[str, Any] | None:
    """What the subject's Python answers to a program with arguments, which runs in `/`; None if it does not.

    An answer is kept until the interpreter, its packages or one of the `places` change.
    """
    if subject.python is None or subject.environ is None:
        return None
    environ = sorted(subject.environ.items())
    key = tuple(pair for pair in environ if pair[0] in {"HOME", "USERPROFILE"} or pair[0].startswith(_DECIDE))
    state = (key, _times(map(Path, places)))
    return _answers.ask(processes, subject.python, question, state, dict(environ), timeout_s)


class _Answers:
    """What Pythons answered, by their path and the variables that the answer hangs on."""

    def __init__(self) -> None:
        self._known: dict[object, dict[str, Any]] = {}

    def ask(
        self,
        processes: Processes,
        python: str,
        question: tuple[str, ...],
        key: object,
        environ: dict[str, str],
        timeout_s: float,
    ) -> dict[str, Any] | None:
        """The answer, asked again when the interpreter's file or its packages changed; None if there is none."""
        place = (python, question, key, stamp(python))
        if place not in self._known:
            output = processes.output([python, "-c", *question], environ, os.sep, timeout_s)
            try:
                found = json.loads(output or "")
            except ValueError:
                return None
            if not isinstance(found, dict):
                return None
            while len(self._known) >= _KEPT:
                del self._known[next(iter(self._known))]
            self._known[place] = found
        return self._known[place]


_answers = _Answers()


def stamp(python: str) -> tuple[int, ...]:
    """Times that change when an environment is made anew or packages come and go."""
    return _times((Path(python), *_site_packages(prefix_of(python))))


def _times(paths: Iterable[Path]) -> tuple[int, ...]:
    stamps = []
    for path in paths:
        try:
            stamps.append(path.stat().st_mtime_ns)
        except OSError:
            stamps.append(0)
    return tuple(stamps)


@functools.lru_cache(maxsize=64)
def _site_packages(prefix: str) -> tuple[Path, ...]:
    try:
        return tuple(sorted(Path(prefix, "lib").glob("python3.*/site-packages"))[:8])
    except OSError:
        return ()


def prefix_of(python: str | None) -> str:
    """`sys.prefix` of an interpreter, by its place: the directory above the one it is in; empty without one."""
    path = Path(python) if python else None
    return str(path.parent.parent) if path is not None and path.is_absolute() else ""


def config_path(
    environ: Mapping[str, str], home: str, prefix: str, platform: str = sys.platform, uid: int | None = None
) -> list[str]:
    """`jupyter_config_path`, computed: the first decides. `prefix` is `sys.prefix`, empty where it is not known."""
    paths = [path.rstrip(os.sep) for path in environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep) if path]
    user = [environ.get("JUPYTER_CONFIG_DIR") or _user_dir(environ, home, platform)]
    base = environ.get("PYTHONUSERBASE") or str(Path(home, ".local"))
    if not environ.get("PYTHONNOUSERSITE") and not _is_virtual(prefix):
        user.append(str(Path(base, "etc", "jupyter")))
    system = _system(environ, platform)
    own = [path for path in ([str(Path(prefix, "etc", "jupyter"))] if prefix else []) if path not in system]
    ordered = [*own, *user] if _prefers_environment(environ, prefix, uid) else [*user, *own]
    return list(dict.fromkeys([*paths, *ordered, *system]))


def _user_dir(environ: Mapping[str, str], home: str, platform: str) -> str:
    real = home_dir(environ, home)
    if not _on(environ, "JUPYTER_PLATFORM_DIRS"):
        return str(Path(real, ".jupyter"))
    if platform == "darwin":
        return str(Path(real, "Library", "Application Support", "Jupyter"))
    if platform == "win32":
        return str(Path(environ.get("LOCALAPPDATA") or Path(real, "AppData", "Local"), "Jupyter"))
    return str(Path(environ.get("XDG_CONFIG_HOME", "").strip() or Path(real, ".config"), "jupyter"))


def _system(environ: Mapping[str, str], platform: str) -> list[str]:
    if platform == "win32":
        data = environ.get("PROGRAMDATA", "")
        return [str(Path(data, "jupyter"))] if data and _on(environ, "JUPYTER_USE_PROGRAMDATA") else []
    if _on(environ, "JUPYTER_PLATFORM_DIRS"):
        if platform == "darwin":
            return ["/Library/Application Support/Jupyter"]
        named = environ.get("XDG_CONFIG_DIRS", "").strip() or "/etc/xdg"
        return [str(Path(path, "jupyter")) for path in named.split(os.pathsep) if path]
    return ["/usr/local/etc/jupyter", "/etc/jupyter"]


def _on(environ: Mapping[str, str], name: str) -> bool:
    """`jupyter_core.paths.envset`."""
    return environ.get(name, "no").lower() not in {"no", "n", "false", "off", "0", "0.0"}


def _is_virtual(prefix: str) -> bool:
    """venv(1): an environment has this file; a conda environment has none."""
    return bool(prefix) and is_file(str(Path(prefix, "pyvenv.cfg")))


def _prefers_environment(environ: Mapping[str, str], prefix: str, uid: int | None) -> bool:
    """`jupyter_core.paths.prefer_environment_over_user`."""
    if "JUPYTER_PREFER_ENV_PATH" in environ:
        return _on(environ, "JUPYTER_PREFER_ENV_PATH")
    conda = environ.get("CONDA_PREFIX", "")
    in_conda = bool(conda) and prefix.startswith(conda) and environ.get("CONDA_DEFAULT_ENV", "base") != "base"
    return bool(prefix) and (_is_virtual(prefix) or in_conda) and _is_owned(prefix, uid)


def _is_owned(path: str, uid: int | None) -> bool:
    """The server's user owns it (None: ours); jupyter_core asks first for the one who logged in, mostly the same."""
    try:
        return not hasattr(os, "geteuid") or Path(path).stat().st_uid == (os.geteuid() if uid is None else uid)
    except OSError:
        return False


def _with_levels(paths: list[str], subject: Subject, prefix: str) -> tuple[Folder, ...]:
    """The directories as absolute paths, each with what brings it into the list."""
    environ, base = subject.environ or {}, subject.cwd or os.sep
    named = {path.rstrip(os.sep) for path in environ.get("JUPYTER_CONFIG_PATH", "").split(os.pathsep) if path}
    own = str(Path(prefix, "etc", "jupyter")) if prefix else ""
    found: list[Folder] = []
    for path in paths:
        level: Level = "user"
        if path in named:
            level = "path"
        elif path == environ.get("JUPYTER_CONFIG_DIR"):
            level = "environment"
        elif path == own:
            level = "prefix"
        elif path.startswith(("/etc/", "/usr/", "/Library/")) or path in _system(environ, sys.platform):
            level = "system"
        folder = Folder(os.path.normpath(Path(base, expanded(path, environ, subject.home))), level)
        if all(one.path != folder.path for one in found):
            found.append(folder)
    return tuple(found)
