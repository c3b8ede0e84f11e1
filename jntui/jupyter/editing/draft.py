"""Several settings changed in one go: each file is read once, edited in memory, judged with the others, written once.

So there is one preview, one judgement by Jupyter's own loader, one backup a file, and one way back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.jupyter.editing.backups import fingerprint
from jntui.jupyter.editing.change import (
    SHOWN_PATH,
    Planned,
    covered_diff,
    edit_of,
    expected_of,
    login,
    refused_write,
    value_for,
)
from jntui.jupyter.editing.destination import place_to_set, place_to_unset, wanted
from jntui.jupyter.editing.judging import Judged, NoEffectError, judged_writes
from jntui.jupyter.editing.place import look
from jntui.jupyter.editing.plan import plan_write
from jntui.jupyter.editing.refusal import WriteRefused
from jntui.jupyter.editing.waiting import waiting
from jntui.model import ChangePlan, ChangeRefused, ChangeRequest, EditRefused
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jntui.jupyter.editing.place import Looked
    from jntui.jupyter.editing.plan import WritePlan
    from jntui.jupyter.editing.verification import Expected
    from jntui.jupyter.editing.whose import Whose
    from jntui.model import Edit


class Draft:
    """The files as they would be. `command` is what somebody else would run where a file is theirs."""

    def __init__(self, whose: Whose, command: str) -> None:
        self.whose = whose
        self.notes: list[str] = []
        self._command = command
        self._looked: dict[str, Looked] = {}
        self._raw: dict[str, bytes | None] = {}
        self._expected: list[Expected] = []
        self._did: list[str] = []
        self._secret = ("", "")
        """The file that gets a hash or token, and that."""

    def read(self, path: str) -> bytes | None:
        """Its bytes with what was changed so far. Raises ChangeRefused."""
        if path not in self._looked:
            try:
                self._looked[path] = look(path)
            except WriteRefused as refused:
                raise self._refused(path, refused) from refused
        return self._raw.get(path, self._looked[path].raw)

    def can_write(self, path: str, raw: bytes) -> None:
        """Raises WriteRefused, ChangeRefused."""
        self.read(path)
        plan_write(self._looked[path], raw)

    def take(self, path: str, edit: Edit, expected: Iterable[Expected], *, did: str = "", secret: str = "") -> None:
        """Takes over an edit of what `read` gave, and what Jupyter is to make of it."""
        self._raw[path] = edit.raw
        self._did.append(did or edit.did)
        self.notes += edit.warnings
        self._expected += expected
        if secret:
            self._secret = (path, secret)

    def put(self, request: ChangeRequest) -> None:
        """Sets or unsets one setting where that counts. Raises ChangeRefused."""
        found, unset = self.whose.found, request.value is None
        want = wanted(request.name, found)
        value = None if request.value is None else value_for(self.whose, want, request.value)
        path = (place_to_unset if unset else place_to_set)(want, request, found, self.whose.home)
        raw = self.read(path)
        edit = edit_of(path, raw, want, value, request)
        if isinstance(edit, EditRefused) and edit.offer is not None and request.override:
            edit = edit.offer
        if isinstance(edit, EditRefused):
            raise ChangeRefused(f"{visible(path, SHOWN_PATH)}: {edit.reason}", line=edit.line, caret=edit.caret)
        expected = expected_of(path, edit, replace(self._looked[path], raw=raw), want, request, value)
        secret = str(value) if want.secret and value else ""
        self.take(path, edit, expected, did=f"{want.trait}: {edit.did}", secret=secret)

    def planned(
        self, name: str, did: str = "", first: str = "", said: Sequence[str] = (), unjudged: str = ""
    ) -> Planned:
        """The preview of all files, judged together; `first` is the one that is named. Raises ChangeRefused.

        `unjudged`: why Jupyter's loader cannot be asked yet; the change is then unverified.
        """
        order = sorted(self._raw, key=lambda path: path != first)
        writes = [self._write(path) for path in order]
        where = visible(writes[0].path, SHOWN_PATH)
        if not any(write.changes for write in writes):
            # Nothing is written: nothing is to be judged.
            return Planned(replace(self._shown(writes, name, did), notes=tuple(said)), tuple(writes), whole=True)
        try:
            found = Judged("unverified", unjudged)
            if not unjudged:
                found = judged_writes(self.whose, writes, self._expected, where)
        except NoEffectError as error:
            raise ChangeRefused(visible(f"{where}: {error}", 700)) from error
        plan = self._shown(writes, name, did)
        notes = [*said, *self.notes, *(note for write in writes for note in write.notes), *found.notes]
        if len(writes) > 1:
            notes.append(f"{len(writes)} files are written: undo takes them back one after the other, the last first")
        plan = replace(plan, notes=tuple(dict.fromkeys(notes)), verified=found.verified, reason=found.reason)
        return Planned(plan, tuple(writes), whole=True)

    def _shown(self, writes: Sequence[WritePlan], name: str, did: str) -> ChangePlan:
        first = writes[0]
        old = first.looked.marks
        steps = ", ".join(dict.fromkeys(self._did))
        readers = [one for each in writes for one in waiting(self.whose, each.path, each.looked.raw, each.new)]
        return ChangePlan(
            request=ChangeRequest(name, None, first.path),
            setting=name,
            path=first.path,
            diff=covered_diff(writes, self._secret[1]),
            did=f"{did}: {steps}" if did else steps,
            creates=old is None,
            mode=first.mode if old is None or first.mode != old.mode else None,
            mode_before=old.mode if old is not None else None,
            needs_restart=tuple(dict.fromkeys(readers)),
            also=tuple(write.path for write in writes[1:]),
            before="-".join(fingerprint(write.looked.raw) for write in writes),
        )

    def _write(self, path: str) -> WritePlan:
        """Raises ChangeRefused."""
        try:
            return plan_write(self._looked[path], self._raw[path], secret=path == self._secret[0])
        except WriteRefused as refused:
            raise self._refused(path, refused) from refused

    def _refused(self, path: str, refused: WriteRefused) -> ChangeRefused:
        found = refused_write(self.whose, ChangeRequest("", None, path), path, refused)
        command = f"sudo -u {login(refused.who)} {self._command}" if refused.who else ""
        return ChangeRefused(found.message.replace(found.command or "\0", command), command=command)
