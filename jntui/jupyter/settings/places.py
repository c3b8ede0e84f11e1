"""Paths that others wrote into settings: looked at without an exception for what they are."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_VARIABLE = re.compile(r"\$(?:(\w+)|\{([^}]*)\})", re.ASCII)


def expanded(path: str, environ: Mapping[str, str], home: str) -> str:
    """`~` and variables as a server with this environment takes them (`traitlets.utils.filefind`, `expand_path`).

    A variable that is not set stays as it is written. `home` counts where HOME is not set.
    """
    if path.startswith("~"):
        first, slash, rest = path.partition(os.sep)
        # Of another user, the list of users tells; that has nothing to do with the environment.
        path = (environ.get("HOME", home) if first == "~" else os.path.expanduser(first)) + slash + rest  # noqa: PTH111
    return _VARIABLE.sub(lambda found: environ.get(found[1] or found[2] or "", found[0]), path)


def is_folder(path: str) -> bool:
    """A directory is there; False also where that cannot be told."""
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False


def is_file(path: str) -> bool:
    """A regular file is there; False also where that cannot be told."""
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def same_place(one: str, other: str) -> bool:
    """Both paths lead to the same place, links followed."""
    try:
        return os.path.realpath(one) == os.path.realpath(other)
    except (OSError, ValueError):
        return one == other
