"""Small JSON files in jntui's state folder: readable by their owner only, written whole, never longer than they may."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.managed import make_private_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE_LIMIT = 4 * 1024 * 1024
"""Bytes that are read of one."""


def read_entries(path: Path, limit: int) -> tuple[dict[str, object], ...]:
    """The last `limit` objects of the list that it holds; a missing or broken file holds none."""
    try:
        with path.open("rb") as stream:
            found = json.loads(stream.read(FILE_LIMIT))
    except (OSError, ValueError, RecursionError):
        return ()
    if not isinstance(found, list):
        return ()
    return tuple(entry for entry in found[-limit:] if isinstance(entry, dict))


def write_entries(path: Path, entries: Sequence[dict[str, object]]) -> None:
    """Written beside (0600), then renamed. Raises OSError."""
    make_private_dir(path.parent)
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(list(entries), stream, indent=1)
        Path(beside).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):  # the first error says more than that its leftover stays
            Path(beside).unlink()
        raise
