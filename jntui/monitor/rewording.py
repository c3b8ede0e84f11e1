"""The command line of the next start: settings that the running one decides leave it, so that a file can."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from jntui.jupyter.editing.deciding_option import command_without, deciding_option
from jntui.jupyter.editing.destination import NoFileSets
from jntui.jupyter.restart import SAME, Rewording
from jntui.jupyter.secret_options import masked_words
from jntui.jupyter.settings.applications import ALIASES
from jntui.jupyter.settings.options import without_typed
from jntui.model import ChangePlan, ChangeRefused, ChangeRequest, StopFailed
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jntui.jupyter.editing.change import Planned
    from jntui.jupyter.editing.destination import Wanted
    from jntui.jupyter.editing.whose import Whose
    from jntui.model import Configuration, Secret, Server
    from jntui.monitor.survey import Survey


def options_of(words: Iterable[str]) -> list[str]:
    """Words of a command line as one would say them: `--ip 0.0.0.0` is one option."""
    found: list[str] = []
    for word in words:
        shown = visible(word, 200)
        if word.startswith("-") or not found:
            found.append(shown)
        else:
            found[-1] += f" {shown}"
    return found


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
    from jntui.jupyter.editing.destination import wanted
    from jntui.monitor.pair import plan_told

    want = wanted(request.name, survey.changes.whose(server).found)
    whose, rewording, dropped = without_options(survey, server, (want.name,))
    try:
        planned = plan_told(whose, request)
    except NoFileSets:
        if not dropped:
            raise
        planned = _only_restarted(whose, request, want.name)
    rewording = replace(rewording, port=_port(whose, want, request, planned))
    command = partial(command_without, want.name, request)
    return _with_restart(survey, server, Reworded(whose, planned, rewording), dropped, want.name, command)


def reworded_password(survey: Survey, server: Server, password: Secret | None) -> Reworded:
    """The same of a password: written, or taken out, where it counts once no option decides. Raises ChangeRefused."""
    from jntui.jupyter.editing.password_change import command_of, plan_password

    found = survey.changes.whose(server).found
    setting = found.setting("hashed_password") or found.setting("password")
    name = f"{setting.cls}.{setting.name}" if setting is not None else ""
    whose, rewording, dropped = without_options(survey, server, (name,) if name else ())
    try:
        planned = plan_password(whose, password)
    except NoFileSets:
        if not dropped:
            raise
        planned = _only_restarted(whose, ChangeRequest(name, None), name)
    command = partial(command_of, not password)
    return _with_restart(survey, server, Reworded(whose, planned, rewording), dropped, name, command)


def _only_restarted(whose: Whose, request: ChangeRequest, name: str) -> Planned:
    """No file sets it: without the option the default decides, and no byte changes."""
    from jntui.jupyter.editing.change import Planned
    from jntui.jupyter.editing.destination import own_file

    setting = whose.found.setting(name)
    then = ""
    if setting is not None:
        which = f"{setting.source.name} in the environment" if setting.source.kind == "env" else "the default"
        then = f", and then {which} decides: {visible(setting.shown, 100)}"
    did = f"nothing in a file: none sets it{then}"
    return Planned(ChangePlan(request=request, setting=name, path=own_file(whose.found), diff=(), did=did))


def _with_restart(
    survey: Survey,
    server: Server,
    work: Reworded,
    dropped: tuple[str, ...],
    name: str,
    command: Callable[[Configuration], str],
) -> Reworded:
    """The change with the restart that comes with it, if an option goes. Raises ChangeRefused."""
    whose, planned, rewording = work.whose, work.planned, work.rewording
    shown = planned.shown
    if not dropped:
        note = f"no option of {server.label} decides {name}: it is not restarted"
        return Reworded(whose, replace(planned, shown=replace(shown, notes=(*shown.notes, note))), SAME)
    words = tuple(visible(word, 200) for word in masked_words(dropped))
    try:
        restart = survey.plan_restart(server, rewording)
    except StopFailed as error:
        decides = f"{name} is decided by the command line: {' '.join(words)}"
        raise _not_restarted(decides, command(whose.found), whose, error) from error
    back = "undo brings back the file, not" if shown.writes else "nothing brings back"
    note = f"{back} {' '.join(words)}: no restart from jntui adds that again"
    waiting = tuple(one for one in shown.needs_restart if one != server.id)
    shown = replace(shown, notes=(*shown.notes, note), needs_restart=waiting, dropped=words, restart=restart)
    return Reworded(whose, replace(planned, shown=shown), rewording)


def _not_restarted(decides: str, command: str, whose: Whose, error: StopFailed) -> ChangeRefused:
    """The owner of the server can do it; else the option goes where the server is started."""
    uid = whose.subject.uid
    if uid is not None and hasattr(os, "geteuid") and uid != os.geteuid():
        from jntui.jupyter.editing.change import login
        from jntui.jupyter.editing.refusal import user_name

        who = user_name(uid)
        command = f"sudo -u {login(who)} {command}"
        words = f"{decides}, and only {visible(who, 64)} restarts that server: {command}"
        return ChangeRefused(words, command=command)
    return ChangeRefused(
        f"{decides}, and no restart from here takes that away: {error.message}; take the option out where it is started"
    )


def _port(whose: Whose, want: Wanted, request: ChangeRequest, planned: Planned) -> int | None:
    """The port that is about to be written, or to decide once its line is gone; None for another setting."""
    from jntui.jupyter.editing.change import value_for

    if want.trait != "port" or want.setting is None:
        return None
    if request.value is None:
        return _port_below(whose, planned)
    value = value_for(whose, want, request.value)
    return value if isinstance(value, int) else None


def _port_below(whose: Whose, planned: Planned) -> int:
    """The port once the file's line is gone; 0 where only a start will tell."""
    setting = whose.found.setting("port")
    if setting is None:
        return 0
    gone = planned.shown.path if planned.shown.writes else ""
    if setting.source.path != gone or not gone:
        return setting.value if isinstance(setting.value, int) else 0
    below = next((one for one in setting.shadowed if one.path != gone), None)
    text = setting.default if below is None or below.kind == "default" else below.text
    return int(text) if text.isdecimal() and len(text) < 6 else 0


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
