"""Servers that were started before, with what starts them again: `recents.json`, newest last."""

from __future__ import annotations

import contextlib
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from jntui.jupyter.rest import parse_time
from jntui.jupyter.secret_options import secret_options
from jntui.jupyter.state_file import read_entries, write_entries
from jntui.model import Recent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jntui.model import StartPlan

MOST = 20
MOST_WORDS = 100
"""Options of one start."""
_APPS = ("lab", "notebook", "server")


class Recents:
    """The state file `recents.json`; what it tells of a start is what `StartRequest` takes."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "recents.json"

    def all(self) -> tuple[Recent, ...]:
        """Newest first."""
        found = (_recent(entry) for entry in read_entries(self.path, MOST))
        return tuple(one for one in found if one is not None)[::-1]

    def add(self, plan: StartPlan) -> None:
        """Remembers a start that worked; the same one before is forgotten. A full disk loses it, and nothing else."""
        if any(True for _ in secret_options(plan.options)):
            return
        new = Recent(plan.app, plan.python, plan.port, plan.root_dir, plan.options, datetime.now(timezone.utc))
        kept = [one for one in self.all() if _key(one) != _key(new)][: MOST - 1]
        with contextlib.suppress(OSError):
            write_entries(self.path, [_entry(one) for one in [*kept[::-1], new]])


def _key(one: Recent) -> tuple[object, ...]:
    return (one.app, one.python, one.port, one.root_dir, one.options)


def _entry(one: Recent) -> dict[str, object]:
    return {
        "app": one.app,
        "python": one.python,
        "port": one.port,
        "root_dir": one.root_dir,
        "options": list(one.options),
        "at": one.at.isoformat(timespec="seconds"),
    }


def _usable(word: str) -> bool:
    """A program can be called with it."""
    return len(word) <= 4096 and "\0" not in word


def _recent(entry: Mapping[str, object]) -> Recent | None:
    app, python, port, root_dir = (entry.get(key) for key in ("app", "python", "port", "root_dir"))
    at, options = parse_time(entry.get("at")), entry.get("options")
    if not (isinstance(python, str) and isinstance(root_dir, str) and type(port) is int and at is not None):
        return None
    words = tuple(options) if isinstance(options, list) and all(isinstance(word, str) for word in options) else None
    if words is None or len(words) > MOST_WORDS or not 0 <= port < 65536:
        return None
    if any(not _usable(word) for word in (python, root_dir, *words)) or any(True for _ in secret_options(words)):
        return None
    for known in _APPS:
        if app == known:
            return Recent(known, python, port, root_dir, words, at)  # type: ignore[arg-type]
    return None
