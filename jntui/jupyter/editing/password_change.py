"""A password set where it counts, removed everywhere, or compared with the hash that decides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.jupyter.editing.backups import fingerprint
from jntui.jupyter.editing.change import SHOWN_PATH, Planned, covered_diff, login, refused_write, set_in, unset_in
from jntui.jupyter.editing.destination import own_file
from jntui.jupyter.editing.judging import NoEffectError, judged
from jntui.jupyter.editing.place import look
from jntui.jupyter.editing.plan import plan_write
from jntui.jupyter.editing.refusal import WriteRefused
from jntui.jupyter.editing.spellings import other_names
from jntui.jupyter.editing.verification import Expected
from jntui.jupyter.passwords import hash_password, placement, warning
from jntui.model import ChangePlan, ChangeRefused, ChangeRequest, EditRefused
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jntui.jupyter.editing.place import Looked
    from jntui.jupyter.editing.plan import WritePlan
    from jntui.jupyter.editing.whose import Whose
    from jntui.jupyter.passwords import Placement
    from jntui.model import Secret, Source


def plan_password(whose: Whose, password: Secret | None) -> Planned:
    """What a new password would write, or (None, or an empty one) what removing it would. Raises ChangeRefused."""
    place = placement(whose.found)
    if place is None:
        raise ChangeRefused("this application has no password: it takes a token only")
    if place.beaten_by is not None:
        whom = whose.found.server or "it"
        raise ChangeRefused(
            f"{whom} was started with {place.beaten_by.name}, which decides over every file: start it without that"
        )
    work = _Work(whose, place)
    if password is None or not password.reveal():
        work.remove_all()
        return work.planned("removed the password")
    try:
        hashed = hash_password(password)
    except ValueError as error:
        raise ChangeRefused(str(error)) from error
    work.put(hashed)
    said = warning(password)
    return work.planned("set the password", [said] if said else [])


class _Work:
    """The files that one password is about, each read once and written once."""

    def __init__(self, whose: Whose, place: Placement) -> None:
        self._whose, self._place = whose, place
        setting = whose.found.setting(place.trait)
        sources = (setting.source, *setting.shadowed) if setting is not None else ()
        self._sources = [one for one in sources if one.path and one.kind in {"file", "computed"}]
        self._looked: dict[str, Looked] = {}
        self._raw: dict[str, bytes | None] = {}
        self._expected: list[Expected] = []
        self._did: list[str] = []
        self._notes: list[str] = []
        self._first = ""
        self._hash = ""

    def put(self, hashed: Secret) -> None:
        """The hash under the name that decides over the others, and the older names gone. Raises ChangeRefused."""
        own = next((one.path for one in self._sources if one.name == self._place.name and one.path), None)
        path = self._first = own or own_file(self._whose.found)
        self._hash = hashed.reveal()
        edit = set_in(path, self._read(path), self._place.cls, self._place.trait, self._hash)
        if isinstance(edit, EditRefused):
            raise ChangeRefused(f"{visible(path, SHOWN_PATH)}: {edit.reason}", line=edit.line, caret=edit.caret)
        self._raw[path] = edit.raw
        self._did.append(edit.did)
        self._notes += edit.warnings
        self._expected.append(Expected(self._place.cls, self._place.trait, self._hash))
        for old in self._place.remove:
            self._remove_older(old)

    def _remove_older(self, old: Source) -> None:
        """One that cannot be removed stays: the new one decides over it."""
        path, (cls, _, trait) = old.path or "", old.name.rpartition(".")
        where = f"{visible(path, SHOWN_PATH)} line {old.line}"
        try:
            edit = unset_in(path, self._read(path), cls, trait)
            if not isinstance(edit, EditRefused):
                plan_write(self._looked[path], edit.raw)
        except (ChangeRefused, WriteRefused) as refused:
            self._notes.append(f"{where} sets {old.name} too and stays: {refused}; the new one decides over it")
            return
        if isinstance(edit, EditRefused):
            self._notes.append(f"{where} sets {old.name} too and stays: {edit.reason}; the new one decides over it")
            return
        self._raw[path] = edit.raw
        self._did.append(f"{edit.did} ({old.name})")
        self._expected.append(Expected(cls, trait, unset=True))

    def remove_all(self) -> None:
        """No file sets a password afterwards. Raises ChangeRefused."""
        if not self._sources:
            raise ChangeRefused("there is no password to remove: no file sets one")
        cls, trait = self._place.cls, self._place.trait
        also = other_names(cls, trait)
        for path in dict.fromkeys(one.path for one in self._sources if one.path):
            self._first = self._first or path
            edit = unset_in(path, self._read(path), cls, trait, also)
            if isinstance(edit, EditRefused):
                raise ChangeRefused(f"{visible(path, SHOWN_PATH)}: {edit.reason}", line=edit.line, caret=edit.caret)
            self._raw[path] = edit.raw
            self._did.append(edit.did)
            self._notes += edit.warnings
        self._expected = [Expected(*name, unset=True) for name in ((cls, trait), *also)]

    def _read(self, path: str) -> bytes | None:
        """Its bytes with what was changed so far. Raises ChangeRefused."""
        if path not in self._looked:
            try:
                self._looked[path] = look(path)
            except WriteRefused as refused:
                raise self._refused(path, refused) from refused
        return self._raw.get(path, self._looked[path].raw)

    def _refused(self, path: str, refused: WriteRefused) -> ChangeRefused:
        found = refused_write(self._whose, ChangeRequest("", None, path), path, refused)
        command = f"sudo -u {login(refused.who)} jntui password{self._whose.option}" if refused.who else ""
        return ChangeRefused(found.message.replace(found.command or "\0", command), command=command)

    def _readers(self, writes: Sequence[WritePlan]) -> tuple[str, ...]:
        found = [self._whose.readers(write.path, self._place.trait) for write in writes]
        return tuple(dict.fromkeys(one for ids in found for one in ids))

    def planned(self, did: str, said: Iterable[str] = ()) -> Planned:
        """The preview of all files, judged together. Raises ChangeRefused."""
        order = sorted(self._raw, key=lambda path: path != self._first)
        writes = []
        for path in order:
            try:
                secret = path == self._first and bool(self._hash)
                writes.append(plan_write(self._looked[path], self._raw[path], secret=secret))
            except WriteRefused as refused:
                raise self._refused(path, refused) from refused
        first = writes[0]
        notes = [*said, *self._notes, *(note for write in writes for note in write.notes)]
        old = first.looked.marks
        if len(writes) > 1:
            notes.append(f"{len(writes)} files are written: undo takes them back one after the other, the last first")
        files = {write.path: write.new for write in writes}
        try:
            found = judged(self._whose, files, self._expected, visible(first.path, SHOWN_PATH))
        except NoEffectError as error:
            raise ChangeRefused(visible(f"{first.path}: {error}", 700)) from error
        name = f"{self._place.cls}.{self._place.trait}"
        plan = ChangePlan(
            request=ChangeRequest(name, None, first.path),
            setting=name,
            path=first.path,
            diff=covered_diff(writes, self._hash),
            did=f"{did}: {', '.join(dict.fromkeys(self._did))}",
            creates=old is None,
            mode=first.mode if old is None or first.mode != old.mode else None,
            verified=found.verified,
            reason=found.reason,
            needs_restart=self._readers(writes),
            also=tuple(write.path for write in writes[1:]),
            before="-".join(fingerprint(write.looked.raw) for write in writes),
        )
        return Planned(replace(plan, notes=tuple(dict.fromkeys([*notes, *found.notes]))), tuple(writes))
