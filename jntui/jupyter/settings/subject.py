"""Whose settings are asked for: a server, or a start that the caller's own environment would make."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.command_line import GATEWAY, LAB, NOTEBOOK, SERVER, words_of_application
from jntui.jupyter.settings.places import is_file
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import Server
    from jntui.process import Processes, ProcessFacts


@dataclass(frozen=True, slots=True)
class Subject:
    """One start of Jupyter, real or possible: everything its settings hang on beside the files."""

    server: Server | None
    """None: what a start from the caller's own environment would have."""
    environ: Mapping[str, str] | None = field(repr=False)
    """None where it cannot be read."""
    home: str
    python: str | None
    """The interpreter to ask; None where it is not known or must not be run."""
    reason: str = ""
    """Why there is no interpreter to ask."""
    app: str | None = None
    """As in `Server.app`."""
    words: tuple[str, ...] = field(default=(), repr=False)
    """The command line after the application's name."""
    words_known: bool = True
    """False: the command line cannot be read, or it is another program's, which may set more."""
    cwd: str | None = None
    classic: bool = False
    """NbClassic rather than Notebook."""
    legacy: bool | None = None
    """Notebook 6 or older; None: not known."""
    version: str | None = None
    """Of Jupyter Server (of Notebook, up to 6), as the server says."""
    uid: int | None = None
    """The user whose directories they are; None: the one who asks."""
    chosen: str = ""
    """Why it is this Python, in words, where jntui chose it."""
    reaches_files: bool = True
    """Its process sees the same files as jntui."""
    search: str | None = ""
    """The first place where its Python looks for modules; empty: none of its own; None: not known."""
    silent: str | None = None
    """The interpreter that is meant and did not answer."""


def of_server(server: Server, processes: Processes) -> Subject:
    """The start that made this server, as far as its process can be read."""
    pid = server.pid
    facts = processes.look(pid) if pid is not None else None
    environ = processes.environ(pid) if pid is not None and facts is not None else None
    cwd = processes.cwd(pid) if pid is not None and facts is not None else None
    app, words = words_of_application(facts.argv) if facts is not None else (None, None)
    python, reason = _python(server, facts, processes, environ, cwd)
    return Subject(
        server,
        environ,
        _home(environ, facts),
        python,
        reason,
        server.app or app,
        tuple(words or ()),
        words is not None,
        cwd,
        any("nbclassic" in word for word in (facts.argv or ())[:4]) if facts is not None else False,
        _legacy(server),
        server.version,
        facts.uid if facts is not None else None,
        reaches_files=facts is None or processes.same_root(facts.pid) is not False,
        search=_search(facts.argv, environ, cwd) if facts is not None and words is not None else None,
    )


def _search(argv: tuple[str, ...] | None, environ: Mapping[str, str] | None, cwd: str | None) -> str | None:
    """`sys.path[0]` of a Python with this command line (python(1), Interface options); None where it is not clear."""
    if not argv or environ is None or cwd is None:
        return None
    if environ.get("PYTHONSAFEPATH"):
        return ""
    words = iter(argv[1:])
    for word in words:
        if not word.startswith("-"):
            return str(Path(cwd, word).parent)
        if word.startswith("--") or "I" in word or "P" in word:
            # Isolated: it does not look where PYTHONPATH points either, and the child that is asked would.
            return None
        if word[-1] in "mc":
            return cwd
        if word[-1] in "XW":
            next(words, None)
    return None


def _legacy(server: Server) -> bool | None:
    if server.info_file is not None:
        return Path(server.info_file).name.startswith("nbserver-")
    if server.app in {LAB, SERVER, GATEWAY}:
        return False
    major = (server.version or "").partition(".")[0]
    return int(major) >= 4 if server.app == NOTEBOOK and major.isdecimal() else None


def _home(environ: Mapping[str, str] | None, facts: ProcessFacts | None) -> str:
    """HOME of the process, else that of its user by the system's table; empty where nothing tells."""
    named = (environ or {}).get("HOME", "")
    if named or facts is None or facts.uid is None or os.name == "nt":
        return named
    import pwd

    try:
        return pwd.getpwuid(facts.uid).pw_dir
    except KeyError:
        return ""


def _python(
    server: Server,
    facts: ProcessFacts | None,
    processes: Processes,
    environ: Mapping[str, str] | None,
    cwd: str | None,
) -> tuple[str | None, str]:
    """The server's Python, or why it is not asked.

    The first word of the command line names the environment's own; /proc/PID/exe would be the one it was made from.
    Another user's Python is never run: whoever wrote it would act as us.
    """
    if facts is None:
        return None, "the server's process cannot be read"
    if hasattr(os, "geteuid") and facts.uid != os.geteuid():
        return None, f"it runs as {visible(facts.user or 'another user', 60)}, whose Python jntui does not run"
    if processes.net_namespace(facts.pid) == "other" or processes.same_root(facts.pid) is False:
        return None, "it runs in a container or a namespace of its own"
    if environ is None:
        return None, "its environment cannot be read"
    if not server.python:
        return None, "its command line names no Python"
    found = server.python
    if os.sep not in found:
        found = shutil.which(found, path=environ.get("PATH")) or ""
    elif not Path(found).is_absolute():
        found = str(Path(cwd, found)) if cwd is not None else ""
    if not found or not is_file(found):
        return None, f"its Python {visible(server.python, 200)} is not there"
    return found, ""


def of_caller(processes: Processes, environ: Mapping[str, str], home: str, cwd: str) -> Subject:
    """What `jntui start` without options would start from here, by the Python that it would choose."""
    from jntui.jupyter.interpreter import SilentPython, choose
    from jntui.model import StartRefused

    try:
        chosen, app = choose(None, None, processes, environ, home, looking=True)
    except SilentPython as unknown:
        # Another Python, which `jntui start` would pass on to, has other directories: those of this one are computed.
        return Subject(None, environ, home, None, unknown.message, SERVER, cwd=cwd, silent=unknown.path)
    except StartRefused as refused:
        return Subject(None, environ, home, None, refused.message, SERVER, cwd=cwd)
    label = {"lab": LAB, "notebook": NOTEBOOK, "server": SERVER}[app]
    legacy = chosen.legacy and app == "notebook"
    # `jntui start` runs it with `-m`, which looks in the working directory first.
    first = "" if environ.get("PYTHONSAFEPATH") else cwd
    return Subject(
        None, environ, home, chosen.path, app=label, cwd=cwd, legacy=legacy, chosen=chosen.chosen, search=first
    )
