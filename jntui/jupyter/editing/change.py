"""One setting changed: where to write, the edit, Jupyter's judgement, the preview, the write; or why nothing is."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jntui.jupyter.command_log import chmod_line
from jntui.jupyter.editing import undo as undoing
from jntui.jupyter.editing import writing
from jntui.jupyter.editing.backups import fingerprint
from jntui.jupyter.editing.deciding_option import (
    can_go,
    command_without,
    deciding_option,
    refused_by_option,
    spelled_option,
)
from jntui.jupyter.editing.destination import decided_elsewhere, own_file, place_to_set, place_to_unset, wanted
from jntui.jupyter.editing.diff import COMPARED, diff
from jntui.jupyter.editing.generate import generated
from jntui.jupyter.editing.json_edit import set_json, unset_json
from jntui.jupyter.editing.judging import (
    STILL_SET,
    NoEffectError,
    asked,
    judged_writes,
    meanwhile,
    read,
    spelled,
)
from jntui.jupyter.editing.modes import change_mode
from jntui.jupyter.editing.place import look
from jntui.jupyter.editing.plan import plan_write
from jntui.jupyter.editing.private import plan_private
from jntui.jupyter.editing.python_edit import set_python
from jntui.jupyter.editing.python_unset import unset_python
from jntui.jupyter.editing.refusal import ChangedMeanwhile, WriteRefused
from jntui.jupyter.editing.rename import renamed
from jntui.jupyter.editing.token_file import plan_ends, shell_line, write_ends
from jntui.jupyter.editing.value import type_of, typed_value, value_of
from jntui.jupyter.editing.verification import Expected
from jntui.jupyter.editing.waiting import waiting
from jntui.jupyter.settings.places import same_place
from jntui.jupyter.settings.reading import subconfigs
from jntui.model import Changed, ChangedElsewhere, ChangePlan, ChangeRefused, EditRefused
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jntui.jupyter.editing.destination import Wanted
    from jntui.jupyter.editing.generate import Generated
    from jntui.jupyter.editing.modes import ModePlan
    from jntui.jupyter.editing.place import Looked
    from jntui.jupyter.editing.plan import WritePlan
    from jntui.jupyter.editing.token_file import EndsPlan
    from jntui.jupyter.editing.undo import UndoPlan
    from jntui.jupyter.editing.whose import Whose
    from jntui.model import ChangeRequest, DiffLine, Edit, Source

SHOWN_PATH = 300
GENERATED_LINES = 10_000
"""Jupyter's own default file and what is made of it have 4000 together: half a second of comparing."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Planned:
    """A change that is worked out, and what writing it needs."""

    shown: ChangePlan
    writes: tuple[WritePlan, ...] = ()
    """In this order; all but the first are of `ChangePlan.also`."""
    undo: UndoPlan | None = None
    mode: ModePlan | None = None
    """Only the mode changes."""
    ends: EndsPlan | None = None
    """Only the line end, and blanks, around a token change."""
    whole: bool = False
    """All files or none: what was written already is taken back where a later one cannot be."""


def plan_change(whose: Whose, request: ChangeRequest) -> Planned:
    """What setting or unsetting it would write, judged by Jupyter. Raises ChangeRefused."""
    if request.private:
        shown, mode = _Refusing(whose, request, request.file or "").writing(lambda: plan_private(whose, request))
        return Planned(shown, mode=mode)
    if request.trim:
        shown, ends = _Refusing(whose, request, request.file or "").writing(lambda: plan_ends(whose, request))
        return Planned(shown, ends=ends)
    if request.drop and request.value is None:
        request = _with_kept_text(whose, request)
    want = wanted(request.name, whose.found)
    value = None if request.value is None else value_for(whose, want, request.value)
    chosen = place_to_unset if request.value is None else place_to_set
    path = chosen(want, request, whose.found, whose.home)
    refusing = _Refusing(whose, request, path)
    looked = refusing.writing(lambda: look(path))
    if looked.raw is None and request.value is None:
        raise ChangeRefused(f"there is no file {visible(path, SHOWN_PATH)}")
    made = generated(whose, path, looked.raw) if request.generate else None
    raw = made.raw if made is not None else looked.raw
    edit = refusing.editing(edit_of(path, raw, want, value, request), override=request.override)
    secret = want.secret and bool(value)
    write = refusing.writing(lambda: plan_write(looked, edit.raw, secret=secret))
    notes = (*edit.warnings, *write.notes, *_notes(whose, want, path, value))
    plan = _shown(whose, request, want, write, edit.did, notes)
    if made is not None:
        plan = _generated(plan, write, made, value if want.secret else "")
    expected = expected_of(path, edit, looked, want, request, value)
    if not write.changes:
        if request.value is None and edit.warnings and not request.override:
            _refuse_set_by_code(whose, write, edit, expected)
        # Nothing is written: nothing is to be judged.
        return Planned(plan, (write,))
    return Planned(_judged(whose, want, refusing, plan, write, expected), (write,))


def _judged(
    whose: Whose, want: Wanted, refusing: _Refusing, plan: ChangePlan, write: WritePlan, expected: Sequence[Expected]
) -> ChangePlan:
    """The same plan with what Jupyter's own loader says of it. Raises ChangeRefused."""
    request, path = refusing.request, refusing.path
    try:
        found = judged_writes(whose, (write,), expected, visible(path, SHOWN_PATH))
    except NoEffectError as shadowed:
        raise _shadowed(whose, want, request, path, str(shadowed)) from shadowed
    except ChangedElsewhere:
        raise
    except ChangeRefused as refused:
        raise refusing.still_set(refused) from refused
    unjudged = found.verified == "unverified" and request.value is not None
    above = decided_elsewhere(want, path, whose.found) if unjudged else None
    return replace(
        plan,
        verified=found.verified,
        reason=found.reason,
        notes=(*plan.notes, *found.notes),
        shadowed_by=_place(above) if above is not None else "",
    )


def _with_kept_text(whose: Whose, request: ChangeRequest) -> ChangeRequest:
    """The rename of a secret, whose text stands in no finding. Raises ChangeRefused."""
    path = request.file or ""
    looked = _Refusing(whose, request, path).writing(lambda: look(path))
    said = read(path, looked.raw)
    found = [one for one in (said.assignments if said else ()) if (one.cls, one.trait) == _split(request.drop)]
    if not found or found[-1].computed or not isinstance(found[-1].value, str):
        raise ChangeRefused(f"{visible(path, SHOWN_PATH)} holds no plain text for {visible(request.drop, 80)}")
    return replace(request, value=found[-1].value)


def value_for(whose: Whose, want: Wanted, text: str) -> object:
    """What the text is to this trait. Raises ChangeRefused."""
    if want.kind is not None or want.secret:
        return value_of(want.name, want.kind, text, whose.subject.home)
    return typed_value(want.name, type_of(whose, want.cls, want.trait), text, whose.subject.home)


def _refuse_set_by_code(whose: Whose, write: WritePlan, edit: Edit, expected: Sequence[Expected]) -> None:
    """No line of the file sets it, as far as can be seen; where Jupyter finds it all the same, code does.

    Raises ChangeRefused.
    """
    found = asked(whose, {write.path: write.new}, expected)
    if found.status != "verified":
        why = "it is set" if found.status == "refused" else f"whether it is set is not known ({found.reason})"
        path = visible(write.path, SHOWN_PATH)
        raise ChangeRefused(visible(f"{path} is not changed: {edit.warnings[0]}; {why}, and code is left alone", 700))


def edit_of(path: str, raw: bytes | None, want: Wanted, value: object, request: ChangeRequest) -> Edit | EditRefused:
    """The edit of one file, whatever its kind; the setting keeps the name that the file has for it."""
    if request.value is None:
        return unset_in(path, raw, want.cls, want.trait, want.also)
    if request.drop:
        return renamed(raw or b"", path, _split(request.drop), (want.cls, want.trait), value)
    return set_in(path, raw, want.cls, want.trait, value, want.also)


def set_in(
    path: str, raw: bytes | None, cls: str, trait: str, value: object, also: Sequence[tuple[str, str]] = ()
) -> Edit | EditRefused:
    """The file with the trait, by the kind of the file."""
    if path.endswith(".json"):
        return set_json(raw or b"", path, cls, trait, value, also=also)
    return set_python(raw or b"", path, cls, trait, value, also=also, load=subconfigs())


def unset_in(
    path: str, raw: bytes | None, cls: str, trait: str, also: Sequence[tuple[str, str]] = ()
) -> Edit | EditRefused:
    """The file without it."""
    if path.endswith(".json"):
        return unset_json(raw or b"", path, cls, trait, also=also)
    return unset_python(raw or b"", path, cls, trait, also=also, load=subconfigs())


def _split(name: str) -> tuple[str, str]:
    cls, _, trait = name.rpartition(".")
    return cls, trait


def expected_of(
    path: str, edit: Edit, looked: Looked, want: Wanted, request: ChangeRequest, value: object
) -> list[Expected]:
    """Under which names the files have it: of what is unset, all that are gone."""
    if request.value is not None:
        gone = [Expected(*_split(request.drop), unset=True)] if request.drop else []
        return [Expected(*spelled(path, edit.raw, want.cls, want.trait, want.also), value), *gone]
    name = spelled(path, looked.raw or b"", want.cls, want.trait, want.also)
    names = [name, *(one for one in ((want.cls, want.trait), *want.also) if one != name)]
    # With an override something is known to stay, and what it gives only running the file tells.
    return [Expected(*one, unset=not request.override, open=request.override) for one in names]


def _shown(
    whose: Whose, request: ChangeRequest, want: Wanted, write: WritePlan, did: str, notes: Sequence[str]
) -> ChangePlan:
    """The preview; not judged yet."""
    hidden = request.value if want.secret and request.value else ""
    old = write.looked.marks
    option = deciding_option(want.name, whose.found, whose.subject.words) if request.value is None else None
    offered = option is not None and bool(whose.found.server) and can_go(want.name, option)
    mode = write.mode if old is None or write.mode != old.mode else None
    return ChangePlan(
        request=request,
        setting=want.name,
        path=write.path,
        diff=covered_diff((write,), hidden),
        did=did,
        creates=old is None,
        mode=mode,
        mode_before=old.mode if old is not None else None,
        notes=tuple(dict.fromkeys(notes)),
        needs_restart=waiting(whose, write.path, write.looked.raw, write.new, ((want.cls, want.trait),)),
        before=fingerprint(write.looked.raw),
        offer=replace(request, restart_without_option=True) if offered else None,
        command=command_without(want.name, request, whose.found) if offered else "",
    )


def _generated(plan: ChangePlan, write: WritePlan, made: Generated, secret: object) -> ChangePlan:
    """The preview of a generated file: what differs from Jupyter's own, instead of two thousand lines."""
    old = write.looked.raw
    goes = f", and the old file's {old.count(10)} lines go; the backup has them" if old else ""
    note = f"Jupyter's own default file is written, {made.default.count(10)} lines{goes}: shown is what differs from it"
    return replace(
        plan,
        diff=_diff([(made.default, write.new or b"")], str(secret or ""), GENERATED_LINES),
        did=f"generated Jupyter's default file, {plan.did}",
        notes=(note, *plan.notes),
    )


def covered_diff(writes: Sequence[WritePlan], secret: str) -> tuple[DiffLine, ...]:
    """The diffs of all files, secrets covered by their kind; this one in any case."""
    return _diff([(write.looked.raw or b"", write.new or b"") for write in writes], secret)


def _diff(parts: Sequence[tuple[bytes, bytes]], secret: str, compared: int = COMPARED) -> tuple[DiffLine, ...]:
    lines = tuple(line for old, new in parts for line in diff(old, new, compared=compared))
    if secret and any(secret in line.text for line in lines):
        return tuple(line for old, new in parts for line in diff(old, new, secrets=(secret,), compared=compared))
    return lines


def _notes(whose: Whose, want: Wanted, path: str, value: object) -> list[str]:
    """What a user must know of the place or the value before it is written."""
    notes = []
    if (whose.state / "options") in Path(path).parents:
        notes.append("the file is this server's alone and goes when the server is gone: a restart from jntui keeps it")
    if value is None and (then := _below(want, path)) is not None:
        notes.append(f"then {_place(then)} decides")
    option = deciding_option(want.name, whose.found, whose.subject.words) if value is None else None
    if option is not None:
        notes.append(f"no effect: {spelled_option(option)} on the command line decides before and after")
    if want.kind == "path" and isinstance(value, str) and value and not Path(value).is_absolute():
        notes.append("a relative path begins where Jupyter is started, not here")
    return notes


def _below(want: Wanted, path: str) -> Source | None:
    """What decides once the file at `path` no longer does; None if it does not decide, or no other file sets it."""
    if want.setting is None or not same_place(want.setting.source.path or "", path):
        return None
    others = (one for one in want.setting.shadowed if one.path and not same_place(one.path, path))
    return next(others, None)


def _place(source: Source) -> str:
    line = f" line {source.line}" if source.line else ""
    return f"{visible(source.path or source.name, SHOWN_PATH)}{line}"


def _shadowed(whose: Whose, want: Wanted, request: ChangeRequest, path: str, words: str) -> ChangeRefused:
    """Says by what, and offers to change that one."""
    option = deciding_option(want.name, whose.found, whose.subject.words)
    if option is not None and request.value is not None:
        return refused_by_option(want.name, option, request, whose.found)
    above = want.setting.source if want.setting is not None else None
    if above is None or above.path is None or above.kind not in {"file", "computed"} or same_place(above.path, path):
        return ChangeRefused(visible(f"{visible(path, SHOWN_PATH)}: {words}", 700))
    return ChangeRefused(
        f"{want.name} in {visible(path, SHOWN_PATH)} would have no effect: {_place(above)} decides over it; "
        f"change it there: --file {visible(shlex.quote(above.path), SHOWN_PATH)}",
        line=above.line,
        offer=replace(request, file=above.path),
    )


class _Refusing:
    """Turns what the parts refuse into one clear line, with what could be asked for instead."""

    def __init__(self, whose: Whose, request: ChangeRequest, path: str) -> None:
        self._whose, self.request, self.path = whose, request, path

    def writing(self, work: Callable[[], _T]) -> _T:
        """Raises ChangeRefused."""
        try:
            return work()
        except WriteRefused as refused:
            raise refused_write(self._whose, self.request, self.path, refused) from refused

    def editing(self, edit: Edit | EditRefused, *, override: bool) -> Edit:
        """Raises ChangeRefused."""
        if not isinstance(edit, EditRefused):
            return edit
        if edit.offer is not None and override:
            return edit.offer
        offer = replace(self.request, file=self.path, override=True) if edit.offer is not None else None
        instead = f"; {self._instead()}" if offer is not None else ""
        message = f"{visible(self.path, SHOWN_PATH)}: {edit.reason}{instead}"
        raise ChangeRefused(message, line=edit.line, caret=edit.caret, offer=offer)

    def _instead(self) -> str:
        if self.request.value is None:
            return "--override takes out what can be taken out, and what stays decides then"
        return "--override adds a line at the end, which decides over it"

    def still_set(self, refused: ChangeRefused) -> ChangeRefused:
        """Code of the file sets it too: what can be taken out may go all the same."""
        if self.request.value is not None or self.request.override or STILL_SET not in refused.message:
            return refused
        offer = replace(self.request, file=self.path, override=True)
        return ChangeRefused(f"{refused.message}, by code; {self._instead()}", offer=offer)


def refused_write(whose: Whose, request: ChangeRequest, path: str, refused: WriteRefused) -> ChangeRefused:
    """Why a file is not written, and what somebody else would run, or which file of one's own would do."""
    do = f"; {refused.do}" if refused.do else ""
    command = ""
    if refused.who is not None:
        command = f"sudo -u {login(refused.who)} {command_line(whose, request, path)}"
        do = f": {command}"
    message = f"{visible(path, SHOWN_PATH)} is not changed: {refused.reason}{do}"
    return ChangeRefused(visible(message, 1000), offer=_own_instead(whose, request, path, refused), command=command)


def login(who: str) -> str:
    """As `sudo -u` takes it: a number needs a sign before it."""
    return shlex.quote(f"#{who}" if who.isdecimal() else who)


def command_line(whose: Whose, request: ChangeRequest, path: str) -> str:
    """The command that does the same; a secret is read from standard input there."""
    if request.private:
        return chmod_line(path, 0o700 if Path(path).is_dir() else 0o600)
    if request.trim:
        return shell_line(path)
    if not request.name:
        return f"jntui config undo --file {shlex.quote(path)}"
    want = wanted(request.name, whose.found)
    words = ["jntui", "config", "unset" if request.value is None else "set", request.name]
    if request.value is not None:
        words.append("-" if want.secret else request.value)
    return f"{shlex.join(words)}{whose.option} --file {shlex.quote(path)}"


def _own_instead(whose: Whose, request: ChangeRequest, path: str, refused: WriteRefused) -> ChangeRequest | None:
    """A file of the user's own, where that decides over the one that is out of reach."""
    if request.value is None or refused.who is None or request.file is not None:
        return None
    try:
        own = own_file(whose.found)
    except ChangeRefused:
        return None
    orders = {file.path: file.order for file in whose.found.files}
    return replace(request, file=own) if orders.get(own, 999) < orders.get(path, 0) else None


def carry_out(whose: Whose, planned: Planned) -> Changed:
    """Writes what was planned just now. Raises ChangeRefused: nothing was written, or which file already was."""
    shown = planned.shown
    done: list[writing.Written] = []
    try:
        if planned.mode is not None:
            change_mode(planned.mode, whose.state)
        if planned.ends is not None:
            done.append(write_ends(planned.ends, whose.state))
        if planned.undo is not None:
            done.append(undoing.undo(planned.undo, state=whose.state))
        for write in planned.writes:
            done.append(writing.write(write, state=whose.state))
    except ChangedMeanwhile as changed:
        done = _taken_back(whose, done) if planned.whole else done
        words = f"{visible(changed.now.path, SHOWN_PATH)} {meanwhile()}"
        raise (ChangeRefused if done else ChangedElsewhere)(_so_far(done, words)) from changed
    except WriteRefused as refused:
        done = _taken_back(whose, done) if planned.whole else done
        raise _after(done, refused_write(whose, shown.request, shown.path, refused)) from refused
    notes = (*shown.notes, *(note for one in done for note in one.notes))
    backup = done[0].backup if done else None
    return Changed(shown.path, backup, shown.diff, shown.verified, shown.needs_restart, notes, shown.mode)


def _taken_back(whose: Whose, done: Sequence[writing.Written]) -> list[writing.Written]:
    """What is still written after everything was taken back that could be."""
    left = []
    for one in reversed(done):
        try:
            undoing.undo(one.path, state=whose.state)
        except WriteRefused:
            left.append(one)  # somebody changed it meanwhile: it is named as written
    return left


def _so_far(done: Sequence[writing.Written], words: str) -> str:
    written = ", ".join(visible(one.path, 200) for one in done)
    return f"{words}; {written} was written before that" if done else words


def _after(done: Sequence[writing.Written], refused: ChangeRefused) -> ChangeRefused:
    if not done:
        return refused
    return ChangeRefused(_so_far(done, refused.message), command=refused.command)


def same_as_shown(shown: ChangePlan, now: ChangePlan) -> bool:
    """The change is still the one that the user saw."""
    names = ("path", "before", "diff", "mode", "mode_before", "also", "dropped")
    return all(getattr(shown, name) == getattr(now, name) for name in names)
