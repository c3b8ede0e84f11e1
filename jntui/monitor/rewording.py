"""The command line of the next start: settings that the running one decides leave it, so that a file can."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jntui.jupyter.editing.deciding_option import command_without, deciding_option
from jntui.jupyter.restart import SAME, Rewording
from jntui.jupyter.secret_options import masked_words
from jntui.jupyter.settings.applications import ALIASES
from jntui.jupyter.settings.options import without_typed
from jntui.model import ChangeRefused, StopFailed
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jntui.jupyter.editing.change import Planned
    from jntui.jupyter.editing.destination import Wanted
    from jntui.jupyter.editing.whose import Whose
    from jntui.model import ChangePlan, ChangeRequest, Server
    from jntui.monitor.survey import Survey

SPELLINGS_LIMIT = 8
"""Names under which one command line sets one setting: `--ip`, `--ServerApp.ip`, `--LabApp.ip`."""


def without_options(survey: Survey, server: Server, names: Iterable[str]) -> tuple[Whose, Rewording, tuple[str, ...]]:
    """The next start without the options that decide these settings, and the words that go. Raises ChangeRefused."""
    whose = survey.changes.whose(server)
    words, wanted = whose.subject.words, tuple(names)
    typed: frozenset[str] = frozenset()
    for _ in range(SPELLINGS_LIMIT):
        sources = [deciding_option(name, whose.found, whose.subject.words) for name in wanted]
        deciding = {one.name for one in sources if one is not None}
        # What decides once an option is gone may be the next option: it goes too.
        if not without_typed(whose.subject.words, deciding)[1]:
            break
        typed |= deciding
        whose = survey.changes.whose(server, replace(whose.subject, words=without_typed(words, typed)[0]))
    rewording = Rewording(typed) if typed else SAME
    return whose, rewording, rewording.dropped(words)


@dataclass(frozen=True, slots=True)
class Reworded:
    """A change of a setting that an option decides: what is written, and the command line of the restart after it."""

    whose: Whose
    planned: Planned
    rewording: Rewording
    """SAME: no option decides it, and nothing restarts."""


def reworded_change(survey: Survey, server: Server, request: ChangeRequest) -> Reworded:
    """Works it out, and changes nothing. Raises ChangeRefused."""
    from jntui.jupyter.editing.change import plan_change
    from jntui.jupyter.editing.destination import wanted

    want = wanted(request.name, survey.changes.whose(server).found)
    whose, rewording, dropped = without_options(survey, server, (want.name,))
    planned = plan_change(whose, request)
    shown = planned.shown
    if not dropped:
        note = f"no option of {server.label} decides {want.name}: it is not restarted"
        return Reworded(whose, replace(planned, shown=replace(shown, notes=(*shown.notes, note))), SAME)
    words = tuple(visible(word, 200) for word in masked_words(dropped))
    rewording = replace(rewording, port=_port(whose, want, request))
    try:
        restart = survey.plan_restart(server, rewording)
    except StopFailed as error:
        decides = f"{want.name} is decided by the command line: {' '.join(words)}"
        raise _not_restarted(decides, want.name, request, whose, error) from error
    note = f"undo brings back the file, not {' '.join(words)}: no restart from jntui adds that again"
    waiting = tuple(one for one in shown.needs_restart if one != server.id)
    shown = replace(shown, notes=(*shown.notes, note), needs_restart=waiting, dropped=words, restart=restart)
    return Reworded(whose, replace(planned, shown=shown), rewording)


def _not_restarted(decides: str, name: str, request: ChangeRequest, whose: Whose, error: StopFailed) -> ChangeRefused:
    """The owner of the server can do it; else the option goes where the server is started."""
    uid = whose.subject.uid
    if uid is not None and hasattr(os, "geteuid") and uid != os.geteuid():
        from jntui.jupyter.editing.change import login
        from jntui.jupyter.editing.refusal import user_name

        who = user_name(uid)
        command = f"sudo -u {login(who)} {command_without(name, request, whose.found)}"
        words = f"{decides}, and only {visible(who, 64)} restarts that server: {command}"
        return ChangeRefused(words, command=command)
    return ChangeRefused(
        f"{decides}, and no restart from here takes that away: {error.message}; take the option out where it is started"
    )


def _port(whose: Whose, want: Wanted, request: ChangeRequest) -> int | None:
    """The port that is about to be written; None for another setting."""
    from jntui.jupyter.editing.change import value_for

    if want.trait != "port" or want.setting is None or request.value is None:
        return None
    value = value_for(whose, want, request.value)
    return value if isinstance(value, int) else None


def not_back(survey: Survey, shown: ChangePlan) -> tuple[str, ...]:
    """Of a change that is taken back: the options that had left a command line for it, and stay away."""
    from jntui.jupyter.birth import dropped_words

    changed = [line.text for line in shown.diff if line.sign in {"-", "+"}]
    notes = []
    for server in survey.known():
        if server.id not in shown.needs_restart or server.pid is None:
            continue
        facts = survey.processes.look(server.pid)
        gone = dropped_words(survey.processes.environ(server.pid))
        for word in gone:
            back = facts is not None and word in (facts.argv or ())
            if not back and word.startswith("-") and any(_trait(word) in line for line in changed):
                notes.append(
                    f"{visible(word, 200)} had left the command line of {server.label} and does not come back: set its "
                    "value, or start the server with it again"
                )
    return tuple(dict.fromkeys(notes))


def _trait(word: str) -> str:
    """What the option is called in a config file."""
    name = word.partition("=")[0].lstrip("-")
    return ALIASES["server2"].get(name, name).rpartition(".")[2]
