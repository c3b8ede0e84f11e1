"""Paths that others wrote into settings: looked at without an exception for what they are."""

from __future__ import annotations

import os
from pathlib import Path


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
