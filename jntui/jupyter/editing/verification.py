"""Before a file is replaced: does Jupyter itself, under the server's own Python, make of it what was meant?

The files are loaded twice there, as they are and as they would be, by the application that the server runs, with its
command line and environment, up to where it would listen. The config files are executed, as at every start of Jupyter.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jntui.jupyter.command_line import GATEWAY, HUB, LAB, NOTEBOOK
from jntui.jupyter.editing.judgement import judge, judge_as_it_is
from jntui.jupyter.editing.refusal import user_name
from jntui.jupyter.settings.places import is_file
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jntui.jupyter.editing.judgement import Judgement
    from jntui.jupyter.settings.subject import Subject
    from jntui.process import Processes
    from jntui.process.bounded import Ended

TIMEOUT_S = 10.0
"""For both loads together, the start of that Python and the import of Jupyter counted in."""
_BOOT = (
    "import json,sys;request=json.loads(sys.stdin.buffer.read().decode());"
    "exec(compile(request['source'],'jntui_loader','exec'),{'__name__':'jntui_loader','request':request})"
)
_LOADER = ("jupyter_traits.py", "jupyter_loader.py")
"""One text, in this order."""
Status = Literal["verified", "refused", "unverified"]


@dataclass(frozen=True, slots=True)
class Expected:
    """One setting that the change is about."""

    cls: str
    """As it is written in the file: `ServerApp`, `NotebookApp`, `PasswordIdentityProvider`."""
    trait: str
    value: object = field(default=None, repr=False)
    """What it is afterwards: a literal of Python."""
    unset: bool = False
    """It is not set in the replaced files afterwards; `value` says nothing."""
    open: bool = False
    """It may become anything: only running the file tells; `value` says nothing."""

    @property
    def name(self) -> str:
        """`ServerApp.port`; `port` where the file names no class."""
        return f"{self.cls}.{self.trait}" if self.cls else self.trait

    @property
    def wished(self) -> bool:
        """The value is known, and is to be the effective one."""
        return not (self.unset or self.open)


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of it."""

    status: Status
    """`verified`; `refused`: nothing is to be written; `unverified`: nobody knows, the user is asked."""
    reason: str = ""
    """One clause in jntui's words; empty where it is verified."""
    words: tuple[str, ...] = ()
    """Jupyter's or Python's own words, at most 20 lines."""
    warnings: tuple[str, ...] = ()
    """What Jupyter warns about with the new files and did not before."""
    consequences: tuple[str, ...] = ()
    """Values that follow: `ServerApp.allow_remote_access: False → True`."""
    notes: tuple[str, ...] = ()
    """What could not be tried, or what Jupyter makes of it, one sentence each."""
    python: str | None = None
    user: str | None = None
    """Under whose name it was loaded, where that is not the caller."""


@dataclass(frozen=True, slots=True)
class _Child:
    """How the files are loaded."""

    python: str
    app: str
    uid: int | None
    cwd: str
    from_cwd: bool


class _Unable(Exception):
    """They are not loaded; the reason is its text."""


def verify(
    subject: Subject,
    files: Mapping[str, bytes | None],
    expected: Sequence[Expected],
    processes: Processes,
    timeout_s: float = TIMEOUT_S,
) -> Verification:
    """Loads the files as they would be, for this server or start; changes nothing, never raises.

    `files`: path -> all of its new bytes, None for one that is removed. `expected`: the settings that change; every
    other one has to stay as it is. Source: `jupyter_core.application.JupyterApp.load_config_file`.
    """

    def compared(answers: Mapping[str, Any], ended: Ended, printed: bytes) -> Judgement:
        return judge(answers, files, expected, timed_out=ended.timed_out, timeout_s=timeout_s, output=printed)

    return _judged(subject, files, expected, processes, timeout_s, compared)


def verify_as_it_is(
    subject: Subject, path: str, raw: bytes, processes: Processes, timeout_s: float = TIMEOUT_S
) -> Verification:
    """The same of a file as it lies there: does Jupyter take it, and start with it? `raw` is all of it."""

    def alone(answers: Mapping[str, Any], ended: Ended, printed: bytes) -> Judgement:
        return judge_as_it_is(answers, path, timed_out=ended.timed_out, timeout_s=timeout_s, output=printed)

    return _judged(subject, {path: raw}, (), processes, timeout_s, alone)


def _judged(
    subject: Subject,
    files: Mapping[str, bytes | None],
    expected: Sequence[Expected],
    processes: Processes,
    timeout_s: float,
    judging: Callable[[Mapping[str, Any], Ended, bytes], Judgement],
) -> Verification:
    if (subject.environ or {}).get("JUPYTER_NO_CONFIG"):
        return Verification("refused", "JUPYTER_NO_CONFIG is set there: this Jupyter reads no config file at all")
    try:
        child = _child_of(subject, files, processes)
        mark = secrets.token_hex(16)
        request = _request(subject, child, files, expected, mark)
        ended = processes.run_bounded([child.python, "-c", _BOOT], request, subject.environ or {}, timeout_s, child.uid)
    except _Unable as unable:
        return Verification("unverified", str(unable), python=subject.python)
    except (OSError, KeyError, ValueError) as error:
        words = (visible(str(error), 300),)
        return Verification("unverified", "its Python cannot be run", words, python=subject.python)
    answers = _answers(ended.output, mark)
    user = None if child.uid is None else user_name(child.uid)
    printed = b"\n".join(line for line in ended.output.splitlines() if not line.startswith(mark.encode()))
    found = judging(answers, ended, printed)
    return Verification(
        found.status,
        found.reason,
        found.words,
        found.warnings,
        found.consequences,
        found.notes,
        child.python,
        user,
    )


def _child_of(subject: Subject, files: Mapping[str, bytes | None], processes: Processes) -> _Child:
    """Raises _Unable."""
    if not hasattr(os, "fork"):
        raise _Unable("this system cannot load config files aside")
    if subject.environ is None:
        raise _Unable(subject.reason or "its environment cannot be read")
    if not subject.words_known and subject.server is not None:
        raise _Unable("its command line cannot be read")
    if subject.app == HUB:
        raise _Unable("JupyterHub gives its servers settings that are known only when it starts them")
    uid = _uid_for(subject, files)
    python = subject.python or (_foreign_python(subject) if uid is not None else None)
    if python is None:
        raise _Unable(subject.reason or "no Python is known that has this Jupyter")
    _refuse_foreign_python(python, uid)
    cwd = subject.cwd or subject.home or os.sep
    return _Child(python, _application(subject), uid, cwd, _from_cwd(subject, processes))


def _uid_for(subject: Subject, files: Mapping[str, bytes | None]) -> int | None:
    """The user whose ids the child gets; None: the caller's own. Raises _Unable."""
    me = os.geteuid()
    if me != 0:
        if subject.uid not in {None, me}:
            raise _Unable(subject.reason or f"it runs as {user_name(subject.uid or 0)}, whose files jntui does not run")
        return None
    if subject.uid:
        return subject.uid
    owners = {_owner(path) for path in files} - {0}
    if not owners:
        return None
    if len(owners) > 1 or subject.uid == 0:
        raise _Unable(f"it runs as root and the file belongs to {user_name(min(owners))}: jntui does not execute it")
    return owners.pop()


def _owner(path: str) -> int:
    """Whose a file is; of one that is not there, whose the nearest directory is."""
    for place in (Path(path), *Path(path).parents):
        try:
            return place.lstat().st_uid
        except OSError:
            continue  # not there yet
    return 0


def _foreign_python(subject: Subject) -> str | None:
    """The server's own, which `Subject` does not name for other users' servers."""
    named = subject.server.python if subject.server is not None else None
    if not named:
        return None
    if os.sep not in named:
        named = shutil.which(named, path=(subject.environ or {}).get("PATH"))
    elif not Path(named).is_absolute():
        named = str(Path(subject.cwd or os.sep, named))
    return named if named and is_file(named) else None


def _refuse_foreign_python(python: str, uid: int | None) -> None:
    """Root runs no program that another user could have written, and a user's child only root's or its own."""
    if os.geteuid() != 0:
        return
    allowed = {0, uid or 0}
    for place in (Path(python), Path(os.path.realpath(python))):
        owner = _owner(str(place))
        if owner not in allowed:
            raise _Unable(f"its Python {visible(python, 200)} belongs to {user_name(owner)}: it is not run")


def _application(subject: Subject) -> str:
    if subject.legacy:
        return "notebook6"
    if subject.app == NOTEBOOK:
        return "classic" if subject.classic else "notebook"
    return {LAB: "lab", GATEWAY: "gateway"}.get(subject.app or "", "server")


def _from_cwd(subject: Subject, processes: Processes) -> bool:
    """`python -m jupyterlab` finds modules in its working directory, `jupyter-lab` does not; jntui starts it so."""
    if subject.server is None or subject.server.pid is None:
        return True
    facts = processes.look(subject.server.pid)
    return facts is not None and "-m" in (facts.argv or ())[1:4]


def _request(
    subject: Subject, child: _Child, files: Mapping[str, bytes | None], expected: Sequence[Expected], mark: str
) -> bytes:
    """All of it on standard input: a hash or token of the files stands in no argument and in no file."""
    wishes = [{"cls": one.cls, "trait": one.trait, "value": repr(one.value)} for one in expected if one.wished]
    folder = resources.files("jntui.jupyter.editing")
    request: dict[str, Any] = {
        "source": "".join(folder.joinpath(name).read_text("utf-8") for name in _LOADER),
        "mark": mark,
        "app": child.app,
        "argv": list(subject.words),
        "cwd": child.cwd,
        "from_cwd": child.from_cwd,
        "files": {path: None if new is None else base64.b64encode(new).decode() for path, new in files.items()},
        "wishes": wishes,
        "names": [one.name for one in expected],
    }
    return json.dumps(request).encode()


def _answers(output: bytes, mark: str) -> dict[str, Any]:
    """The lines behind the mark; what else was printed is not the loader's."""
    found: dict[str, Any] = {}
    for line in output.splitlines():
        if line.startswith(mark.encode()):
            try:
                kind, value = json.loads(line[len(mark) :])
            except (ValueError, TypeError, RecursionError):
                continue  # cut off: it was killed while it wrote
            found[str(kind)] = value
    return found
