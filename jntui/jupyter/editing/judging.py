"""Asks Jupyter's own loader about a change, and says what it answered: refused, unverified, or what follows from it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jntui.jupyter.editing import verification
from jntui.jupyter.editing.place import look
from jntui.jupyter.editing.refusal import WriteRefused
from jntui.jupyter.editing.verification import Expected
from jntui.jupyter.settings.json_file import read_json
from jntui.jupyter.settings.python_file import read_python
from jntui.jupyter.settings.reading import subconfigs
from jntui.model import ChangedElsewhere, ChangeRefused, Load
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jntui.jupyter.editing.plan import WritePlan
    from jntui.jupyter.editing.verification import Verification
    from jntui.jupyter.editing.whose import Whose
    from jntui.jupyter.settings.assignment import Assignment, ReadFile
    from jntui.jupyter.settings.subject import Subject
    from jntui.model import VerifiedBy

NO_EFFECT = "would have no effect"
STILL_SET = "is still set in the file afterwards"
_ALLOW_ROOT = "--allow-root"


@dataclass(frozen=True, slots=True)
class Judged:
    """A change that may be written."""

    verified: VerifiedBy
    reason: str = ""
    notes: tuple[str, ...] = ()


class NoEffectError(Exception):
    """Something of higher order decides; the words are the loader's."""


def judged(whose: Whose, files: Mapping[str, bytes | None], expected: Sequence[Expected], about: str) -> Judged:
    """What Jupyter makes of the files as they would be. Raises ChangeRefused, beginning with `about`; NoEffectError."""
    found = asked(whose, files, expected)
    if found.status == "refused":
        if NO_EFFECT in found.reason:
            raise NoEffectError(found.reason)
        words = f" ({found.words[-1]})" if found.words else ""
        raise ChangeRefused(visible(f"{about} is not changed: {found.reason}{words}", 700))
    if found.status == "unverified":
        words = f" ({found.words[-1]})" if found.words else ""
        return Judged("unverified", visible(f"{found.reason}{words}", 500))
    return Judged("verified", "", _notes(found))


def judged_writes(whose: Whose, writes: Sequence[WritePlan], expected: Sequence[Expected], about: str) -> Judged:
    """The same of what was worked out. Raises ChangedElsewhere too: the loader saw other files than the edit."""
    try:
        return judged(whose, {write.path: write.new for write in writes}, expected, about)
    except (ChangeRefused, NoEffectError) as error:
        for write in writes:
            if not _is_as_read(write):
                raise ChangedElsewhere(f"{visible(write.path, 300)} {meanwhile()}") from error
        raise


def _is_as_read(write: WritePlan) -> bool:
    try:
        return look(write.looked.path).raw == write.looked.raw
    except WriteRefused:
        return False


def meanwhile() -> str:
    """What is said of a file that is not what the preview showed."""
    return "was changed by another program meanwhile: nothing was written over it, look at the change again"


def judged_undo(whose: Whose, path: str, old: bytes | None, new: bytes | None) -> Judged:
    """The same for what was there before: it can be had back whatever Jupyter says to it, which is then said."""
    found = asked(whose, {path: new}, _differences(path, old, new))
    if found.status == "verified":
        return Judged("verified", "", _notes(found))
    words = f" ({found.words[-1]})" if found.words else ""
    return Judged("unverified", visible(f"{found.reason}{words}", 500))


def asked(whose: Whose, files: Mapping[str, bytes | None], expected: Sequence[Expected]) -> Verification:
    """What Jupyter's own loader makes of the files, for the one whose they are."""
    subject = _as_started(whose.subject, expected)
    return verification.verify(subject, files, expected, whose.processes, verification.TIMEOUT_S)


def as_it_is(whose: Whose, path: str) -> Load:
    """What Jupyter's own loader makes of a file as it lies there. Raises ChangeRefused where it cannot be read."""
    try:
        raw = look(path).raw
    except WriteRefused as refused:
        raise ChangeRefused(f"{visible(path, 300)}: {refused.reason}") from refused
    if raw is None:
        return Load(None, "it is not there")
    subject = _as_started(whose.subject, ())
    found = verification.verify_as_it_is(subject, path, raw, whose.processes, verification.TIMEOUT_S)
    words = f": {found.words[-1]}" if found.words else ""
    taken = {"verified": True, "refused": False}.get(found.status)
    return Load(taken, visible(f"{found.reason}{words}", 500))


def _as_started(subject: Subject, expected: Sequence[Expected]) -> Subject:
    """Root can start Jupyter with this option only; without it no load would go on to the settings."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0 and subject.server is None
    if not as_root or any(one.trait == "allow_root" for one in expected):
        return subject
    return replace(subject, words=(*subject.words, _ALLOW_ROOT))


def _notes(found: Verification) -> tuple[str, ...]:
    follows = [f"with it {words}" for words in found.consequences]
    warns = [f"Jupyter will warn: {words.removeprefix('WARNING: ')}" for words in found.warnings]
    return (*follows, *warns, *found.notes)


def read(path: str, raw: bytes | None) -> ReadFile | None:
    """What a config file of these bytes says; None for no file."""
    if raw is None:
        return None
    return read_json(raw, path) if path.endswith(".json") else read_python(raw, path, subconfigs())


def spelled(path: str, raw: bytes, cls: str, trait: str, also: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The name under which the file sets the setting: this one, else the last of the others."""
    said = read(path, raw)
    used = [(one.cls, one.trait) for one in said.assignments] if said is not None else []
    if (cls, trait) in used:
        return cls, trait
    return next((name for name in reversed(used) if name in also), (cls, trait))


def _differences(path: str, old: bytes | None, new: bytes | None) -> list[Expected]:
    before, after = _last(read(path, old)), _last(read(path, new))
    found = [Expected(*name, unset=True) for name in before if name not in after]
    for name, one in after.items():
        was = before.get(name)
        if one.computed or one.conditional:
            found.append(Expected(*name, open=True))
        elif was is None or was.computed or was.conditional or repr(was.value) != repr(one.value):
            found.append(Expected(*name, one.value))
    return found


def _last(said: ReadFile | None) -> dict[tuple[str, str], Assignment]:
    return {(one.cls, one.trait): one for one in (said.assignments if said is not None else ())}
