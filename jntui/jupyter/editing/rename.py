"""A setting under its newer name, and the older one gone, in one edit: in its own place where that is possible."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.jupyter.editing.effect import effects, names_of, of_trait
from jntui.jupyter.editing.json_edit import set_json, unset_json
from jntui.jupyter.editing.python_edit import set_python
from jntui.jupyter.editing.python_file import PythonFile
from jntui.jupyter.editing.python_unset import unset_python
from jntui.jupyter.settings.reading import subconfigs
from jntui.model.edit import Edit, EditRefused

if TYPE_CHECKING:
    Name = tuple[str, str]


def renamed(raw: bytes, path: str, old: Name, new: Name, value: object) -> Edit | EditRefused:
    """The file with `value` under the name `new` and without any assignment of `old`, class and trait each."""
    if path.endswith(".json"):
        done = set_json(raw, path, *new, value)
        return done if isinstance(done, EditRefused) else _both(done, unset_json(done.raw, path, *old))
    edit = _in_place(raw, path, old, new, value)
    if edit is not None:
        return edit
    done = set_python(raw, path, *new, value, load=subconfigs())
    return done if isinstance(done, EditRefused) else _both(done, unset_python(done.raw, path, *old, load=subconfigs()))


def _both(first: Edit, then: Edit | EditRefused) -> Edit | EditRefused:
    if isinstance(then, EditRefused):
        return then
    warnings = tuple(dict.fromkeys((*first.warnings, *then.warnings)))
    return replace(then, did=f"{first.did}, {then.did}", warnings=warnings)


def _in_place(raw: bytes, path: str, old: Name, new: Name, value: object) -> Edit | None:
    """Only the name changes, where one plain line sets the old one and nothing sets the new one; None elsewhere."""
    file = PythonFile.of(raw, path, subconfigs())
    if isinstance(file, EditRefused):
        return None
    said = of_trait(file.said, names_of(*old))
    if len(said) != 1 or of_trait(file.said, names_of(*new)) or file.tied(names_of(*new)):
        return None
    (one,) = said
    name = ".".join(filter(None, old))
    written = f"c.{name}"
    begin = file.source.place(one.statement.line, one.statement.column)
    end = begin + len(written)
    is_plain = file.source.text[begin:end] == written and file.source.text[end:].lstrip(" \t").startswith("=")
    if one.path != path or one.conditional or one.computed or repr(one.value) != repr(value) or not is_plain:
        return None
    changed = file.source.replaced(begin, end, f"c.{new[0]}.{new[1]}")
    after, wanted = file.then(changed), effects(file.said)
    wanted[names_of(*new)] = wanted.pop(names_of(*old))
    if after.trouble or effects(after) != wanted or set(after.plain) != set(file.said.plain):
        return None
    return Edit(changed, "changed", one.line, f"renamed {name} in line {one.line}", file.said.notes)
