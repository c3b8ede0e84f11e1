"""The line end, and blanks, around the token of a token file: taken off, and put back. No byte of the token is shown.

What was taken off is kept in jntui's own directory. A backup beside the file would be one more copy of the token, and
its name holds a fingerprint of the new bytes, by which everybody who lists that directory could try tokens.
"""

from __future__ import annotations

import contextlib
import os
import shlex
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from jntui.jupyter.editing import writing
from jntui.jupyter.editing.backups import fingerprint
from jntui.jupyter.editing.place import look, words_for_errors
from jntui.jupyter.editing.plan import plan_write
from jntui.jupyter.editing.refusal import WriteRefused
from jntui.jupyter.settings.values import token_kind
from jntui.jupyter.state_file import read_entries, write_entries
from jntui.model import ChangePlan, ChangeRequest, DiffLine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jntui.jupyter.editing.plan import WritePlan
    from jntui.jupyter.editing.whose import Whose

KEPT = 20
"""Changes that can be taken back, the last first."""
_NAME = "token-files.json"
_MOMENT = "%Y%m%d-%H%M%S-%f"
_NO_END = "no line end at the end of the file"


@dataclass(frozen=True, slots=True)
class EndsPlan:
    """One change of a token file."""

    write: WritePlan
    head: bytes = field(repr=False)
    """What stands before the token, with `undoes` what comes back there."""
    tail: bytes = field(repr=False)
    undoes: str = ""
    """The moment of the change that it takes back; empty for a new one."""


def bare(raw: bytes) -> bytes | None:
    """The token alone; None where that is nothing, or more than one line: then nobody can say what it should be."""
    token = raw.strip()
    try:
        text = token.decode()
    except UnicodeDecodeError:
        return None
    return token if len(text.splitlines()) == 1 and text == text.strip() else None


def plan_ends(whose: Whose, request: ChangeRequest) -> tuple[ChangePlan, EndsPlan]:
    """What taking them off would do. Raises WriteRefused."""
    looked = look(request.file or "")
    if looked.raw is None:
        raise WriteRefused("it is not there")
    token = bare(looked.raw)
    if token is None:
        raise WriteRefused("it does not hold one line with a token", "write the token alone into it, with no line end")
    head, _, tail = looked.raw.partition(token)
    ends = EndsPlan(plan_write(looked, token, backup=False), head, tail)
    did = "nothing: its token ends where the file ends"
    if ends.write.changes:
        did = f"takes {_named(head, tail)} off: {_bytes(looked.raw)} become {len(token)}"
    return _shown(whose, request, ends, did), ends


def ends_undo(whose: Whose, ends: EndsPlan) -> ChangePlan:
    """What taking it back would do."""
    request = ChangeRequest("", None, ends.write.path, trim=True)
    new = ends.write.new or b""
    did = f"puts {_named(ends.head, ends.tail)} back: {_bytes(ends.write.looked.raw or b'')} become {len(new)}"
    return _shown(whose, request, ends, did)


def write_ends(plan: EndsPlan, state: Path) -> writing.Written:
    """Does it, and keeps how to take it back: before, so that no kill comes between. Raises WriteRefused."""
    path = state / _NAME
    entries = [one for one in read_entries(path, KEPT) if one.get("moment") != plan.undoes]
    if plan.undoes or not plan.write.changes:
        written = writing.write(plan.write, state=state)
        with contextlib.suppress(OSError):  # it stays in the list, and is passed over there: the file is another one
            write_entries(path, entries)
        return written
    made: dict[str, object] = {
        "path": plan.write.path,
        "head": plan.head.decode("latin-1"),
        "tail": plan.tail.decode("latin-1"),
        "content": _content(plan.write.new or b""),
        "moment": datetime.now().strftime(_MOMENT),
    }
    with words_for_errors():
        write_entries(path, [*entries, made][-KEPT:])
    try:
        return writing.write(plan.write, state=state)
    except BaseException:
        with contextlib.suppress(OSError):  # as above
            write_entries(path, entries)
        raise


def last_ends(state: Path, paths: Iterable[str]) -> EndsPlan | None:
    """What takes back the last change that still stands, of one of these; None if there is none.

    A file with another token is left alone: who wrote it may have meant its end.
    """
    wanted = {os.path.realpath(path) for path in paths}
    for one in reversed(read_entries(state / _NAME, KEPT)):
        where, head, tail, moment = (one.get(key) for key in ("path", "head", "tail", "moment"))
        if not (isinstance(where, str) and isinstance(head, str) and isinstance(tail, str) and isinstance(moment, str)):
            continue
        if where not in wanted or (head + tail).strip(" \t\r\n\v\f") or _moment(moment) is None:
            continue
        with contextlib.suppress(WriteRefused):  # it is gone, or out of reach: nothing is left to take back
            looked = look(where)
            if looked.raw is not None and _content(looked.raw) == one.get("content"):
                before, behind = head.encode("latin-1"), tail.encode("latin-1")
                write = plan_write(looked, before + looked.raw + behind, backup=False)
                return EndsPlan(write, before, behind, moment)
    return None


def knows(state: Path, path: str) -> bool:
    """Whether something was taken off its ends and not put back, whatever lies there now."""
    real = os.path.realpath(path)
    return any(one.get("path") == real for one in read_entries(state / _NAME, KEPT))


def shell_line(path: str) -> str:
    """The same in a shell, which takes line ends off, and reads the file before it writes it."""
    name = shlex.quote(path)
    command = f'printf %s "$(cat {name})" > {name}'
    return f"sh -c {shlex.quote(command)}"


def _shown(whose: Whose, request: ChangeRequest, ends: EndsPlan, did: str) -> ChangePlan:
    write = ends.write
    marks = write.looked.marks
    changes = write.changes
    return ChangePlan(
        request=request,
        setting="",
        path=write.path,
        diff=_covered(write.looked.raw or b"", write.new or b"", _named(ends.head, ends.tail)) if changes else (),
        did=did,
        mode=write.mode if marks is not None and write.mode != marks.mode else None,
        mode_before=marks.mode if marks is not None else None,
        notes=write.notes,
        needs_restart=_waiting(whose, write.path, ends.undoes) if changes else (),
        before=fingerprint(write.looked.raw),
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _MOMENT).astimezone()
    except (ValueError, OverflowError):
        return None


def _waiting(whose: Whose, path: str, since: str) -> tuple[str, ...]:
    """The servers that have the other token. One that began before the change has what comes back with an undo."""
    changed = _moment(since)
    found = []
    for each in whose.readers(path, "token"):
        started = whose.started(each)
        if changed is None or started is None or started > changed:
            found.append(each)
    return tuple(found)


def _covered(old: bytes, new: bytes, ends: str) -> tuple[DiffLine, ...]:
    """Both contents in words: a secret, and what stands around it."""
    kind = token_kind(old.strip().decode("utf-8", "replace"))
    lines: list[DiffLine] = []
    for sign, raw, old_line, new_line in (("-", old, 1, None), ("+", new, None, 1)):
        with_ends = raw != raw.strip()
        text = f"{kind}, and {ends} ({_bytes(raw)})" if with_ends else f"{kind} ({_bytes(raw)})"
        lines.append(DiffLine("-" if sign == "-" else "+", old_line, new_line, text))
        if not raw.endswith((b"\n", b"\r")):
            lines.append(DiffLine("\\", None, None, _NO_END))
    return tuple(lines)


def _named(head: bytes, tail: bytes) -> str:
    if not head and tail in {b"\n", b"\r\n", b"\r"}:
        return "the line end"
    if not (head + tail).strip(b"\r\n"):
        return "the line ends"
    return "the blanks and line ends around it"


def _bytes(raw: bytes) -> str:
    return f"{len(raw)} byte{'' if len(raw) == 1 else 's'}"


def _content(raw: bytes) -> str:
    """What tells one content of a file from another."""
    return f"{len(raw)}-{fingerprint(raw)}"
