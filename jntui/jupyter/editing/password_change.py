"""A password set where it counts, removed everywhere, or compared with the hash that decides."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from jntui.jupyter.editing.change import SHOWN_PATH, set_in, unset_in
from jntui.jupyter.editing.deciding_option import FLAG, can_go
from jntui.jupyter.editing.destination import NoFileSets, own_file
from jntui.jupyter.editing.draft import Draft
from jntui.jupyter.editing.refusal import WriteRefused
from jntui.jupyter.editing.spellings import other_names
from jntui.jupyter.editing.verification import Expected
from jntui.jupyter.passwords import hash_password, placement, warning
from jntui.model import ChangeRefused, ChangeRequest, EditRefused
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.editing.change import Planned
    from jntui.jupyter.editing.whose import Whose
    from jntui.jupyter.passwords import Placement
    from jntui.model import Configuration, Secret, Source


def plan_password(whose: Whose, password: Secret | None) -> Planned:
    """What a new password would write, or (None, or an empty one) what removing it would. Raises ChangeRefused."""
    place = _place(whose.found, remove=not password)
    draft = Draft(whose, f"jntui password{whose.option}")
    if password is None or not password.reveal():
        first = _remove_all(draft, place)
        return draft.planned(place.name, "removed the password", first)
    first, said = put_password(draft, password)
    return draft.planned(place.name, "set the password", first, said)


def put_password(draft: Draft, password: Secret) -> tuple[str, tuple[str, ...]]:
    """The hash under the name that decides over the others, and the older names gone: the file, and a warning.

    Raises ChangeRefused.
    """
    place = _place(draft.whose.found)
    try:
        hashed = hash_password(password).reveal()
    except ValueError as error:
        raise ChangeRefused(str(error)) from error
    own = next((one.path for one in _sources(draft, place) if one.name == place.name and one.path), None)
    path = own or own_file(draft.whose.found)
    edit = set_in(path, draft.read(path), place.cls, place.trait, hashed)
    if isinstance(edit, EditRefused):
        raise ChangeRefused(f"{visible(path, SHOWN_PATH)}: {edit.reason}", line=edit.line, caret=edit.caret)
    draft.take(path, edit, [Expected(place.cls, place.trait, hashed)], secret=hashed)
    for old in place.remove:
        _remove_older(draft, old)
    said = warning(password)
    return path, (said,) if said else ()


def command_of(remove: bool, found: Configuration) -> str:
    """What sets or removes it from a shell, with a restart without the option that decides; it is typed there."""
    return shlex.join(["jntui", "password", *(["--remove"] if remove else []), "--server", found.server or "", FLAG])


def _place(found: Configuration, *, remove: bool = False) -> Placement:
    """Raises ChangeRefused."""
    place = placement(found)
    if place is None:
        raise ChangeRefused("this application has no password: it takes a token only")
    if place.beaten_by is not None:
        whom = found.server or "it"
        words = f"{whom} was started with {place.beaten_by.name}, which decides over every file"
        if not found.server or not can_go(place.name, place.beaten_by):
            raise ChangeRefused(f"{words}: start it without that")
        # Of a password only that there is one: the request never holds it.
        offer = ChangeRequest(place.name, None if remove else "", restart_without_option=True)
        raise ChangeRefused(words, offer=offer, command=command_of(remove, found))
    return place


def _sources(draft: Draft, place: Placement) -> list[Source]:
    setting = draft.whose.found.setting(place.trait)
    sources = (setting.source, *setting.shadowed) if setting is not None else ()
    return [one for one in sources if one.path and one.kind in {"file", "computed"}]


def _remove_older(draft: Draft, old: Source) -> None:
    """One that cannot be removed stays: the new one decides over it."""
    path, (cls, _, trait) = old.path or "", old.name.rpartition(".")
    where = f"{visible(path, SHOWN_PATH)} line {old.line}"
    try:
        edit = unset_in(path, draft.read(path), cls, trait)
        if not isinstance(edit, EditRefused):
            draft.can_write(path, edit.raw)
    except (ChangeRefused, WriteRefused) as refused:
        draft.notes.append(f"{where} sets {old.name} too and stays: {refused}; the new one decides over it")
        return
    if isinstance(edit, EditRefused):
        draft.notes.append(f"{where} sets {old.name} too and stays: {edit.reason}; the new one decides over it")
        return
    draft.take(path, edit, [Expected(cls, trait, unset=True)], did=f"{edit.did} ({old.name})")


def _remove_all(draft: Draft, place: Placement) -> str:
    """No file sets a password afterwards; the first of those that did. Raises ChangeRefused."""
    paths = list(dict.fromkeys(one.path for one in _sources(draft, place) if one.path))
    if not paths:
        raise NoFileSets("there is no password to remove: no file sets one")
    also = other_names(place.cls, place.trait)
    expected = [Expected(*name, unset=True) for name in ((place.cls, place.trait), *also)]
    for path in paths:
        edit = unset_in(path, draft.read(path), place.cls, place.trait, also)
        if isinstance(edit, EditRefused):
            raise ChangeRefused(f"{visible(path, SHOWN_PATH)}: {edit.reason}", line=edit.line, caret=edit.caret)
        draft.take(path, edit, expected if path == paths[0] else ())
    return paths[0]
