"""Whether something starts a stopped server again: a loop in a shell, runit, supervisord, a program of the user's own.

Its parent tells before the stop who that might be, and a new child of it after the stop who it is.
"""

from __future__ import annotations

import os
import re
import shlex
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.command_line import words_of_application
from jntui.jupyter.proof import is_around_us
from jntui.text import visible
from jntui.transport import Deadline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.process import Processes, ProcessFacts

WAIT_S = 2.0
"""How long a parent that may start it again is looked at: runit waits a second, a loop not at all."""
_SLICE_S = 0.1
GENERATIONS = 4
"""How far below its parent the new server may be: a launcher, a shell between them."""
_SHELL = re.compile(r"-?(?:ba|z|fi|da|k|tc|c|a|)sh\Z|-?(?:xonsh|nu|elvish|pwsh)\Z")
_TERMINALS = ("tmux", "screen", "sshd", "login", "systemd", "init", "xterm", "konsole", "gnome-terminal", "zellij")
"""Programs that start what somebody types, once."""
_KEEPERS: Mapping[str, str] = {
    "runsv": "sv down {name}",
    "supervise": "svc -d {name}",
    "s6-supervise": "s6-svc -d {name}",
    "supervisord": "supervisorctl stop NAME",
    "circusd": "circusctl stop NAME",
    "pm2": "pm2 stop NAME",
}
"""Programs whose work it is to start others again, by their names in a listing, and what stops one of those."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """The parent of a server, before that is stopped."""

    process: ProcessFacts
    words: str
    """`bash run.sh (pid 77)`."""
    command: str
    """What stops the server for good; empty where that is not known."""
    before: frozenset[int]
    """The processes that there were."""


def keeper_of(process: ProcessFacts, processes: Processes) -> Keeper | None:
    """The parent that may start it again; None if it has none, or one that only runs what is typed."""
    parent = processes.look(process.ppid) if process.ppid and process.ppid > 1 else None
    if parent is None or parent.zombie or parent.pid == os.getpid() or is_around_us(parent.pid, processes):
        return None
    if parent.name.startswith(_TERMINALS) or _is_interactive(parent):
        return None
    before = frozenset(one.pid for one in processes.listing())
    return Keeper(parent, f"{_program(parent)} (pid {parent.pid})", _command(parent), before)


def likely(keeper: Keeper | None) -> str:
    """What a known name makes of it before the stop, in one sentence; empty for other programs."""
    if keeper is None or not keeper.command:
        return ""
    return f"{keeper.words} likely starts it again: `{keeper.command}` stops it for good"


def started_again(
    keeper: Keeper | None, old: ProcessFacts, processes: Processes, wait_s: float = WAIT_S
) -> ProcessFacts | None:
    """The new server below the same parent; None if there is none within `wait_s` seconds, or the parent ends."""
    if keeper is None:
        return None
    deadline = Deadline(wait_s)
    while True:
        now = processes.look(keeper.process.pid)
        if now is None or now.zombie or now.create_time != keeper.process.create_time:
            return None
        for facts in processes.listing():
            new = facts.pid not in keeper.before or (facts.pid == old.pid and facts.create_time > old.create_time)
            if new and not facts.zombie and _is_same(facts, old) and _is_below(facts, keeper.process.pid, processes):
                return facts
        if deadline.left() <= 0:
            return None
        time.sleep(min(_SLICE_S, max(0.01, deadline.left())))


def words_of(keeper: Keeper, again: ProcessFacts) -> str:
    """Who did it, and what to do, in one clause."""
    first = f"`{keeper.command}`" if keeper.command else f"end that first (`kill {keeper.process.pid}`)"
    return f"{keeper.words} started it again as pid {again.pid}: {first}"


def _is_interactive(process: ProcessFacts) -> bool:
    """A shell that reads what is typed: it has neither a script nor a command."""
    words = process.argv or ()
    if not words or not _SHELL.match(Path(words[0]).name):
        return False
    return all(word.startswith(("-", "+")) and not re.match(r"-\w*c\Z", word) for word in words[1:])


def _program(process: ProcessFacts) -> str:
    """`bash run.sh`: no more of the command line, which may hold a secret."""
    words = process.argv or (process.name,)
    script = words[1] if len(words) > 1 and not words[1].startswith("-") else ""
    return visible(f"{Path(words[0]).name} {Path(script).name if script else ''}".strip(), 100)


def _command(process: ProcessFacts) -> str:
    form = _KEEPERS.get(process.name.lower(), "") or (_KEEPERS["pm2"] if process.name.startswith("PM2 ") else "")
    words = process.argv or ("",)
    return form.format(name=shlex.quote(visible(Path(words[-1]).name, 60)))


def _is_same(facts: ProcessFacts, old: ProcessFacts) -> bool:
    app, words = words_of_application(old.argv)
    return facts.argv == old.argv or (app is not None and (app, words) == words_of_application(facts.argv))


def _is_below(facts: ProcessFacts, parent: int, processes: Processes) -> bool:
    above: ProcessFacts | None = facts
    for _ in range(GENERATIONS):
        if above is None or not above.ppid:
            return False
        if above.ppid == parent:
            return True
        above = processes.look(above.ppid)
    return False
