"""Which server extensions are enabled: each that is may read config files of its own.

Source: `jupyter_server.config_manager`, `ServerApp.find_server_extensions`, `traitlets.Dict.from_string_list`.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jntui.jupyter.settings.given import Given
from jntui.jupyter.settings.reading import json_bytes
from jntui.model import Source
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jntui.jupyter.settings.shelf import Shelf

TRAIT = "jpserver_extensions"
FILES = "jupyter_server_config"
"""`.json` and all in `.d`: `BaseJSONConfigManager.get`."""
FILES_LIMIT = 200
"""Files of one directory that are read."""


class WrongExtensionsError(Exception):
    """Jupyter does not start with it; the text says why."""


@dataclass(slots=True)
class Listed:
    """What the JSON files of all directories say together."""

    names: dict[str, object] = field(default_factory=dict)
    """Name of the extension -> what is said of it."""
    unknown: bool = False
    """A file could not be read by jntui."""
    wrong: Given | None = None
    """The file with which Jupyter ends, and why in its text."""


def extension_files(folder: str) -> list[str]:
    """The files of a directory in the order in which they are read: the last decides."""
    try:
        found = sorted(str(path) for path in Path(folder, f"{FILES}.d").iterdir() if path.suffix == ".json")
    except OSError:
        found = []
    return [
        *[path for path in found if not Path(path).name.startswith(".")][:FILES_LIMIT],
        str(Path(folder, f"{FILES}.json")),
    ]


def listed(folders: Iterable[str], shelf: Shelf) -> Listed:
    """What the files of the directories say, the first directory decides."""
    found = Listed()
    whole: dict[str, Any] = {}
    path = ""
    try:
        for folder in reversed(list(folders)):
            data: dict[str, Any] = {}
            for path in extension_files(folder):
                _add(data, path, shelf, found)
            _update(whole, data)
        section = whole.get("ServerApp", {}).get(TRAIT, {})
        found.names = {str(name): value for name, value in section.items()}
    except (AttributeError, TypeError, KeyError, RecursionError):
        found.wrong = found.wrong or _place(path, "it lists extensions in a way that Jupyter cannot read")
    return found


def _add(data: dict[str, Any], path: str, shelf: Shelf, found: Listed) -> None:
    """Raises AttributeError, TypeError, KeyError where Jupyter does, RecursionError."""
    shelf.file(path)
    try:
        raw = json_bytes(path) if shelf.reaches(path) else b""
    except (OSError, ValueError):
        found.unknown = True
        return
    if not raw:
        found.unknown = found.unknown or not shelf.reaches(path)
        return
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        found.wrong = found.wrong or _place(path, "it is not UTF-8")
        return
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return  # Jupyter warns, and passes over it
    try:
        _update(data, value)
    except (AttributeError, TypeError, KeyError):
        found.wrong = found.wrong or _place(path, "it holds something else than objects within objects")
        raise


def _place(path: str, words: str) -> Given:
    return Given("ServerApp", TRAIT, None, Source("file", path, 1, text=words), position=(path, 1))


def _update(target: dict[str, Any], new: dict[str, Any]) -> None:
    """`jupyter_server.config_manager.recursive_update`: null takes away."""
    for key, value in new.items():
        if isinstance(value, dict):
            if key not in target:
                target[key] = {}
            _update(target[key], value)
            if not target[key]:
                del target[key]
        elif value is None:
            target.pop(key, None)
        else:
            target[key] = value


def said(given: Given) -> dict[str, bool]:
    """What the trait's value says of each extension. Raises WrongExtensionsError."""
    value = given.value
    if given.typed:
        value = _typed([str(one) for one in (value if isinstance(value, list) else [value])])
    if not isinstance(value, dict):
        raise WrongExtensionsError(f"{TRAIT} is a dict of names and True or False")
    for name, on in value.items():
        if not isinstance(on, (bool, int)) or on not in (0, 1):
            raise WrongExtensionsError(f"{TRAIT} has something else than True or False for {visible(str(name), 60)}")
    return {str(name): bool(on) for name, on in value.items()}


def _typed(words: Sequence[str]) -> object:
    """Raises WrongExtensionsError."""
    if len(words) == 1 and words[0][:1] + words[0][-1:] == "{}":
        try:
            return ast.literal_eval(words[0])
        except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
            raise WrongExtensionsError(f"{TRAIT} is no dict") from error
    found: dict[str, bool] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or text.lower() not in {"true", "1", "false", "0"}:
            raise WrongExtensionsError(f"{TRAIT} is written NAME=True or NAME=False")
        found[name] = text.lower() in {"true", "1"}
    return found
