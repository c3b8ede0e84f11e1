"""How a running server was started: its command line, environment, directory, as its process still shows them."""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.command_line import interpreter_of, read_command_line, words_of_application
from jntui.model import StopFailed
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jntui.model import Server
    from jntui.process import Processes, ProcessFacts
    from jntui.process.bounds import Bounds

ADDED = "JNTUI_ADDED"
"""The variable that names what a restart added to the command line and to the environment: the next one begins by
taking it away, so that nothing of it is held for the user's own wish."""

DROPPED = "JNTUI_DROPPED"
"""The variable that names the options which a change of a setting took from the command line, secrets hidden: no
restart brings them back, and whoever takes the change back is told so."""


@dataclass(frozen=True, slots=True)
class Birth:
    """One start of a server, without what an earlier restart had added."""

    pid: int
    head: tuple[str, ...]
    """The first words of the argv, up to the application: `/venv/bin/python /venv/bin/jupyter-lab`."""
    words: tuple[str, ...] = field(repr=False)
    """The words after it, which may hold a secret."""
    environ: Mapping[str, str] = field(repr=False)
    cwd: str
    umask: int | None = None
    output: str | None = None
    """Where its errors go: a terminal, a file."""
    bounds: Bounds | None = None
    """What the system holds it to."""

    @property
    def python(self) -> str:
        """The program: the environment's own Python, or a launcher that finds it."""
        return self.head[0]


def birth_of(server: Server, processes: Processes) -> Birth:
    """What is needed to start it once more. Raises StopFailed: what of it cannot be read, or is gone."""
    if server.pid is None:
        raise StopFailed(f"{server.label} is not restarted: its process cannot be seen from here")
    facts = processes.look(server.pid)
    if facts is None or facts.zombie:
        raise StopFailed(f"{server.label} does not run any more")
    _refuse_others(server, facts)
    rest = words_of_application(facts.argv)[1]
    if facts.argv is None:
        raise StopFailed(f"{server.label} is not restarted: the command line of pid {facts.pid} cannot be read")
    if rest is None or read_command_line(facts.argv) is None:
        name = visible(facts.name, 64)
        raise StopFailed(
            f"{server.label} is not restarted: it runs inside another program (pid {facts.pid}, {name}): "
            "start that program again"
        )
    environ = processes.environ(facts.pid)
    if not environ:
        raise StopFailed(f"{server.label} is not restarted: the environment of pid {facts.pid} cannot be read")
    cwd = _directory(server, processes.cwd(facts.pid))
    head = facts.argv[: len(facts.argv) - len(rest)]
    _refuse_gone(server, head, environ, cwd)
    words, own = _without_added(rest, environ)
    umask, bounds = processes.umask(facts.pid), processes.bounds(facts.pid)
    return Birth(facts.pid, head, words, own, cwd, umask, processes.error_output(facts.pid), bounds)


def added_words(environ: Mapping[str, str] | None) -> tuple[str, ...]:
    """What a restart added: words of the command line, and names of variables."""
    try:
        return tuple(shlex.split((environ or {}).get(ADDED, "")))
    except ValueError:
        return ()


def with_dropped(environ: Mapping[str, str], words: Sequence[str]) -> Mapping[str, str]:
    """The environment of the next start, which remembers that these words left the command line."""
    if not words:
        return environ
    return {**environ, DROPPED: shlex.join([*dropped_words(environ), *words])}


def dropped_words(environ: Mapping[str, str] | None) -> tuple[str, ...]:
    """What `with_dropped` remembers."""
    try:
        return tuple(shlex.split((environ or {}).get(DROPPED, "")))
    except ValueError:
        return ()


def _refuse_others(server: Server, facts: ProcessFacts) -> None:
    """What one user starts belongs to that user: a server of somebody else would come back as ours."""
    if not hasattr(os, "geteuid") or facts.uid in {None, os.geteuid()}:
        return
    who = visible(facts.user or str(facts.uid), 64)
    raise StopFailed(
        f"{server.label} belongs to {who}, and jntui would start it as another user: "
        f"sudo -u {shlex.quote(who)} jntui restart {facts.pid}"
    )


def _directory(server: Server, cwd: str | None) -> str:
    if cwd is None:
        raise StopFailed(f"{server.label} is not restarted: its working directory cannot be read")
    if not Path(cwd).is_dir():
        shown = visible(cwd.removesuffix(" (deleted)"), 200)
        raise StopFailed(f"{server.label} is not restarted: its working directory {shown} is gone")
    return cwd


def _refuse_gone(server: Server, head: Sequence[str], environ: Mapping[str, str], cwd: str) -> None:
    """The Python and the script are still there: found out before anything is stopped."""
    program = head[0]
    if os.sep not in program and shutil.which(program, path=environ.get("PATH")) is None:
        raise StopFailed(f"{server.label} is not restarted: its program {visible(program, 200)} is not on its PATH")
    for word in head:
        if os.sep in word and not word.startswith("-") and not Path(cwd, word).exists():
            what = "Python" if word is program and interpreter_of(head) else "program"
            raise StopFailed(f"{server.label} is not restarted: its {what} {visible(word, 200)} is gone")


def _without_added(words: Sequence[str], environ: Mapping[str, str]) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """What was typed and set, without what a restart added."""
    added = added_words(environ)
    rest = list(words)
    for word in added:
        if word.startswith("-") and word in rest:
            rest.remove(word)
    gone = {ADDED, *(word for word in added if not word.startswith("-"))}
    return tuple(rest), {name: value for name, value in environ.items() if name not in gone}
