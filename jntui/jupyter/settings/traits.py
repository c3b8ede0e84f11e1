"""Every trait of a Jupyter and of its classes: asked once of its own Python, kept by version in jntui's state."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jntui.jupyter.managed import make_private_dir
from jntui.jupyter.settings.folders import folders_of, stamp
from jntui.jupyter.settings.places import is_file
from jntui.model import TraitsUnknown
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.jupyter.settings.subject import Subject
    from jntui.process import Processes

TIMEOUT_S = 30.0
"""Importing JupyterLab takes two seconds, on a cold disk ten."""
TRAITS_LIMIT = 4000
CLASSES_LIMIT = 1000
FILE_LIMIT = 4 * 1024 * 1024
"""Bytes of one kept answer: that of JupyterLab 4 has 130,000."""
FILES_LIMIT = 20
"""Kept answers; the oldest go first."""
_FORM = 1
"""Changes when what is kept does."""
_BOOT = (
    "import json,sys;request=json.loads(sys.stdin.buffer.read().decode());"
    "exec(compile(request['source'],'jntui_lister','exec'),{'__name__':'jntui_lister','request':request})"
)
_SERVER = (
    "jupyter_server.serverapp:ServerApp",
    "jupyter_server.auth.identity:LegacyIdentityProvider",
    "jupyter_server.services.contents.largefilemanager:AsyncLargeFileManager",
    "jupyter_server_terminals:TerminalsExtensionApp",
    "jupyter_server.terminal.terminalmanager:TerminalManager",
    "jupyterlab.labapp:LabApp",
    "notebook.app:JupyterNotebookApp",
    "nbclassic.notebookapp:NotebookApp",
)
"""The application, what it makes without naming it among its classes, and the applications that run inside it."""
_NOTEBOOK6 = ("notebook.notebookapp:NotebookApp",)
_GATEWAY = ("kernel_gateway.gatewayapp:KernelGatewayApp", *_SERVER[:2])


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait of one class, as that Jupyter has it."""

    cls: str
    """The class that it belongs to, not those that inherit it."""
    name: str
    kind: str
    """As `Setting.type`."""
    default: str
    """As Python writes it; empty where it has no text."""
    at_start: bool
    """Its default is worked out by code at each start."""
    help: str
    choices: tuple[str, ...] = ()
    """What it takes, as Python writes it; empty where that is no list."""
    none: bool = False
    """It takes None."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What one Jupyter has."""

    traits: tuple[Trait, ...]
    classes: Mapping[str, tuple[str, ...]]
    """Class -> the sections of a config that it reads, the last decides (`Configurable.section_names`)."""


def listed(subject: Subject, processes: Processes, state: Path, *, keep: bool = True) -> Listed:
    """Every trait; one child process at most, for at most 30 s. Raises TraitsUnknown.

    `state`: where jntui keeps it, if it is to `keep` anything.
    """
    if subject.environ is None:
        raise TraitsUnknown(subject.reason or "its environment cannot be read")
    python, uid = _python_of(subject)
    path = state / "traits" / f"{_key(subject, processes, python, uid)}.json"
    kept = _kept(path)
    if kept is not None:
        return kept
    answer = _ask(subject, processes, python, uid)
    found = _read(answer)
    if found is None:
        raise TraitsUnknown(f"{visible(python, 200)} has no Jupyter that loads")
    if keep:
        _keep(path, answer)
    return found


def _python_of(subject: Subject) -> tuple[str, int | None]:
    """The interpreter, and as whom it runs: root runs another user's as that user. Raises TraitsUnknown."""
    me = os.geteuid() if hasattr(os, "geteuid") else None
    named = subject.server.python if subject.server is not None else None
    if me != 0 or not subject.uid:
        if subject.python is None:
            raise TraitsUnknown(subject.reason or "no Python is known that has this Jupyter")
        return subject.python, None
    if not named or not Path(named).is_absolute() or not is_file(named):
        raise TraitsUnknown(subject.reason or "its Python is not known")
    for place in (named, os.path.realpath(named)):
        if Path(place).lstat().st_uid not in {0, subject.uid}:
            raise TraitsUnknown(f"its Python {visible(named, 200)} belongs to a third user: it is not run")
    return named, subject.uid


def _key(subject: Subject, processes: Processes, python: str, uid: int | None) -> str:
    """Tells one Jupyter from another: its Python, its packages' versions, who runs it."""
    packages = folders_of(subject, processes).packages if uid is None else None
    # Of a Python that is not asked for versions the times of its files tell as much.
    versions: object = packages if packages is not None else stamp(python)
    said = json.dumps([_FORM, python, versions, uid, _classes(subject)], default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _classes(subject: Subject) -> tuple[str, ...]:
    from jntui.jupyter.command_line import GATEWAY

    if subject.legacy:
        return _NOTEBOOK6
    return _GATEWAY if subject.app == GATEWAY else _SERVER


def _ask(subject: Subject, processes: Processes, python: str, uid: int | None) -> bytes:
    """The line of the answer. Raises TraitsUnknown."""
    mark = secrets.token_hex(16)
    source = resources.files("jntui.jupyter.settings").joinpath("trait_lister.py").read_text("utf-8")
    given = json.dumps({"source": source, "mark": mark, "classes": _classes(subject)}).encode()
    try:
        ended = processes.run_bounded([python, "-c", _BOOT], given, subject.environ or {}, TIMEOUT_S, uid)
    except (OSError, KeyError) as error:
        raise TraitsUnknown(f"{visible(python, 200)} cannot be run: {error}") from error
    for line in ended.output.splitlines():
        if line.startswith(mark.encode()):
            return line[len(mark) :]
    if ended.timed_out:
        raise TraitsUnknown(f"{visible(python, 200)} gave no answer within {TIMEOUT_S:.0f} s")
    raise TraitsUnknown(f"{visible(python, 200)} has no Jupyter that loads")


def _read(answer: bytes) -> Listed | None:
    """What a Python said of which nothing is certain; None if it is no list of traits."""
    try:
        said = json.loads(answer)
        traits, classes = said["traits"][:TRAITS_LIMIT], list(said["classes"].items())[:CLASSES_LIMIT]
        found = [_trait(one) for one in traits]
        known = {visible(str(name), 100): tuple(visible(str(part), 100) for part in mro[:50]) for name, mro in classes}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return Listed(tuple(found), known) if found else None


def _trait(one: Any) -> Trait:  # noqa: ANN401 - what another program said
    """Raises KeyError, TypeError."""
    return Trait(
        visible(str(one["cls"]), 100),
        visible(str(one["name"]), 100),
        visible(str(one["kind"]), 20),
        visible(str(one["default"]), 400),
        bool(one["at_start"]),
        "\n".join(visible(part, 2000) for part in str(one["help"])[:4000].split("\n")),
        tuple(visible(str(value), 80) for value in one["choices"][:40]),
        bool(one["none"]),
    )


def _kept(path: Path) -> Listed | None:
    """What was said before; None if there is nothing, or nothing that can be read: then it is asked again."""
    try:
        with path.open("rb") as stream:
            return _read(stream.read(FILE_LIMIT))
    except OSError:
        return None


def _keep(path: Path, answer: bytes) -> None:
    """Writes it beside, then renames it, 0600; what cannot be kept is asked again the next time."""
    if len(answer) > FILE_LIMIT:
        return
    with contextlib.suppress(OSError):
        make_private_dir(path.parent.parent)
        make_private_dir(path.parent)
        descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".traits-")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(answer)
            Path(beside).replace(path)
        except OSError:
            Path(beside).unlink(missing_ok=True)
        found = sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime_ns)
        for old in found[:-FILES_LIMIT]:
            old.unlink(missing_ok=True)
