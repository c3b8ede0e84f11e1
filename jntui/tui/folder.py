"""What is in a directory, for the field of a path: looked up beside the screen, bounded."""

from __future__ import annotations

import os
from itertools import islice

from jntui.tui.entry import Option

MOST_ENTRIES = 2000
"""Entries of a directory that are looked at; of a larger one the rest can be typed."""


def folder_of(text: str, home: str) -> str:
    """The directory that a typed path is in, with its last slash; empty for a relative path. Of nothing it is home."""
    if not text:
        return f"{home.rstrip('/')}/" if home else ""
    return text[: text.rindex("/") + 1] if text.startswith("/") else ""


def entries(folder: str) -> tuple[Option, ...]:
    """Its directories, then its files, hidden ones left out; blocks. Raises OSError."""
    found: list[tuple[bool, str]] = []
    with os.scandir(folder) as scan:
        for entry in islice(scan, MOST_ENTRIES):
            if entry.name.startswith(".") or not entry.name.isprintable():
                continue
            try:
                found.append((not entry.is_dir(), entry.name))
            except OSError:  # gone meanwhile, or a link that leads round: nothing to choose
                continue
    return tuple(Option(folder + name, "file" if file else "directory: / lists it") for file, name in sorted(found))
