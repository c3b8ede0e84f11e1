"""Which running servers have what a file will say only after a restart.

A server read the file when it started. What it said then is in the oldest backup of jntui's that is younger than the
start: so a change that is taken back before any restart leaves nothing to wait for.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.editing.backups import backups
from jntui.jupyter.editing.folder import opened
from jntui.jupyter.editing.judging import read
from jntui.jupyter.editing.place import look, words_for_errors
from jntui.jupyter.editing.refusal import WriteRefused
from jntui.model import READ_AFTER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jntui.jupyter.editing.backups import Backup
    from jntui.jupyter.editing.whose import Whose

Name = tuple[str, str]
"""Class and trait."""


def waiting(
    whose: Whose, path: str, old: bytes | None, new: bytes | None, names: Iterable[Name] = ()
) -> tuple[str, ...]:
    """Their ids. `old` becomes `new`; `names` are looked at even if they say the same in both."""
    changed = _differing(path, old, new)
    asked = dict.fromkeys((*names, *(changed or ())))
    held: dict[str, list[Name]] = {}
    for name in asked:
        for each in whose.readers(path, _setting(whose, name)):
            held.setdefault(each, []).append(name)
    if changed is None:
        # Nobody sees what one of them says: whoever reads it may wait.
        held.update((each, []) for each in whose.readers(path, ""))
    loaded = _Loaded(path, old)
    return tuple(each for each, its in held.items() if _waits(path, loaded.by(whose.started(each)), new, its))


def _setting(whose: Whose, name: Name) -> str:
    """The name by which the settings have it; empty for what they lack."""
    from jntui.jupyter.editing.destination import same_setting

    full = f"{name[0]}.{name[1]}"
    found = whose.found.setting(full) or same_setting(full, whose.found)
    return found.name if found is not None else ""


class _Loaded:
    """What the file said when a server read it."""

    def __init__(self, path: str, old: bytes | None) -> None:
        self._old = old
        self._found: tuple[Backup, ...] = ()
        self._written: datetime | None = None
        try:
            with words_for_errors(), opened(path) as folder:
                self._found = backups(folder)
            if old is not None:
                self._written = datetime.fromtimestamp(Path(path).stat().st_mtime).astimezone()
        except (WriteRefused, OSError):
            pass  # then nobody knows, and `by` says so

    def by(self, started: datetime | None) -> tuple[bool, bytes | None]:
        """Whether it is known, and the bytes (None: there was no file)."""
        if started is None:
            return False, None
        since = [one for one in self._found if _moment(one) > started]
        if since and _moment(since[-1]) < started + READ_AFTER:
            return False, None  # it was just reading then
        if since:
            oldest = since[-1]
            try:
                return True, None if oldest.mode is None else look(oldest.path).raw
            except WriteRefused:
                return False, None
        return self._written is None or self._written <= started, self._old


def _moment(backup: Backup) -> datetime:
    return datetime.strptime(backup.moment, "%Y%m%d-%H%M%S-%f").astimezone()


def _waits(path: str, loaded: tuple[bool, bytes | None], new: bytes | None, names: list[Name]) -> bool:
    known, raw = loaded
    changed = _differing(path, raw, new) if known else None
    return changed is None or any(name in changed for name in names)


def _differing(path: str, old: bytes | None, new: bytes | None) -> set[Name] | None:
    """The names to which the two give another value; None where one of them cannot be seen through."""
    if old == new:
        return set()
    before, after = _said(path, old), _said(path, new)
    if before is None or after is None:
        return None
    return {name for name in (*before, *after) if before.get(name) != after.get(name)}


def _said(path: str, raw: bytes | None) -> dict[Name, str] | None:
    found = read(path, raw)
    if found is not None and (found.dropped or found.ends or found.veils):
        return None
    return {
        (one.cls, one.trait): f"{one.text} {one.computed}" if one.computed or one.conditional else repr(one.value)
        for one in (found.assignments if found is not None else ())
    }
