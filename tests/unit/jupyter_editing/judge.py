"""What Jupyter's own loaders make of the bytes of a config file, and the editors by the file's name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jntui.jupyter.editing.json_edit import set_json, unset_json
from jntui.jupyter.editing.python_edit import set_python
from jntui.jupyter.editing.python_unset import unset_python
from jntui.jupyter.editing.spellings import spellings_of
from jntui.model import Edit, EditRefused
from tests.unit.jupyter_settings.loader import loaded

Truth = dict[tuple[str, ...], str]


def truth(raw: bytes, folder: Path, name: str) -> Truth | None:
    """Every trait with its value, spelled so that 1, True and 1.0 differ; None where the loader raises."""
    path = folder / name
    path.write_bytes(raw)
    found = loaded(path)
    return None if found is None else {names: _spelled(value) for names, value in found.items()}


def _spelled(value: Any) -> str:
    # A function's address differs in each run.
    return "function" if callable(value) else repr(value)


def set_(raw: bytes, name: str, trait: tuple[str, str], value: object) -> Edit | EditRefused:
    change = set_json if name.endswith(".json") else set_python
    return change(raw, f"/etc/jupyter/{name}", *trait, value, also=spellings_of(*trait))


def unset(raw: bytes, name: str, trait: tuple[str, str]) -> Edit | EditRefused:
    change = unset_json if name.endswith(".json") else unset_python
    return change(raw, f"/etc/jupyter/{name}", *trait, also=spellings_of(*trait))


def names_of_setting(trait: tuple[str, str]) -> set[tuple[str, ...]]:
    """The trait and the other names of the same setting, as paths of keys."""
    return {(*cls.split("."), name) for cls, name in (trait, *spellings_of(*trait))}
