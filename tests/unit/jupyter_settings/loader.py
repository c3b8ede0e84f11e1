"""What Jupyter's own loaders make of a config file: the truth that the readers are held against."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from traitlets.config.loader import Config, JSONFileConfigLoader, LazyConfigValue, PyFileConfigLoader

from jntui.jupyter.settings.assignment import ReadFile
from jntui.jupyter.settings.literals import is_section

CHANGED = object()
"""Stands for a value that `append` and the like would make out of the trait's default."""


def loaded(path: Path) -> dict[tuple[str, ...], Any] | None:
    """Every trait that the file sets, by its names; None where the loader raises, and Jupyter leaves the file out."""
    loader = JSONFileConfigLoader if path.suffix == ".json" else PyFileConfigLoader
    try:
        config = loader(path.name, path=str(path.parent)).load_config()
    except Exception:  # noqa: BLE001
        # Just what `traitlets.config.Application._load_config_files` catches.
        return None
    return dict(flat(config, ()))


def flat(section: Any, names: tuple[str, ...], around: tuple[int, ...] = ()) -> Any:
    if id(section) in around:
        return  # a section that holds itself
    for key, value in section.items():
        if "." in key:
            # No class and no trait has such a name, so it sets nothing.
            continue
        if isinstance(value, LazyConfigValue):
            if value.to_dict():
                yield (*names, key), CHANGED
        elif isinstance(value, Config) or (is_section(key) and isinstance(value, dict)):
            yield from flat(value, (*names, key), (*around, id(section)))
        elif not is_section(key):
            yield (*names, key), value


def said(file: ReadFile) -> dict[tuple[str, ...], Any]:
    """What the reader says of each trait: a list of one value, or None for computed. The last one of a trait counts."""
    return {
        (*filter(None, one.cls.split(".")), one.trait): None if one.computed else [one.value]
        for one in file.assignments
    }


def same(read: Any, true: Any) -> bool:
    """Equal, and of equal type; the reader gives tuples and sets as lists."""
    if isinstance(true, (set, frozenset)):
        return isinstance(read, list) and len(read) == len(true) and all(one in true for one in read)
    if isinstance(true, (list, tuple)):
        return isinstance(read, list) and len(read) == len(true) and all(map(same, read, true))
    if isinstance(true, dict):
        return isinstance(read, dict) and list(read) == list(true) and all(same(read[key], true[key]) for key in true)
    return type(read) is type(true) and (read == true or (read != read and true != true))


def wrong(file: ReadFile, path: Path) -> list[str]:
    """Where the reader is certain of something that is not so, or leaves out what it does not even hint at."""
    true = loaded(path)
    if file.dropped or true is None:
        return [] if file.dropped and true is None else [f"dropped: {file.dropped}, by Jupyter: {true is None}"]
    read = said(file)
    found = [
        f"{names}: read {value[0]!r}, is {true.get(names, 'not set')!r}"
        for names, value in read.items()
        if value is not None and not (names in true and same(value[0], true[names]))
    ]
    if not file.notes and not file.trouble:
        found += [f"{names}: not seen" for names in true if names not in read]
    return found
