"""Removes the info file that a dead server left behind, and its redirect file, which may hold a token."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Collection

    from jntui.jupyter.discovery import Discovery
    from jntui.model import Server


def remove_info_file(server: Server, discovery: Discovery, folders: Collection[str] = ()) -> tuple[str, ...]:
    """Removes `jpserver-PID.json` and `jpserver-PID-open.html` of a stale server; returns what is gone.

    `folders` are runtime directories known from an earlier look, beside those of the last one. Whether it is stale is
    decided anew just before. Raises ValueError with one clear line, OSError.
    """
    if server.info_file is None:
        raise ValueError(f"{server.label} has no info file")
    path = Path(server.info_file)
    if str(path.parent) not in {*discovery.runtime_dirs, *folders}:
        raise ValueError(f"{visible(str(path))} is not in a runtime directory of Jupyter")
    state, reason = discovery.recheck(str(path))
    if state != "stale":
        raise ValueError(f"{visible(path.name)} stays: its server is {state}{f' ({reason})' if reason else ''}")
    files = [one for one in (path, path.with_name(f"{path.stem}-open.html")) if _removable(one)]
    if not files:
        raise ValueError(f"{visible(path.name)} is gone already")
    for one in files:
        one.unlink(missing_ok=True)
    return tuple(str(one) for one in files)


def _removable(path: Path) -> bool:
    """A regular file of the caller's own (root: of the directory's owner). Raises ValueError, OSError."""
    try:
        facts = path.lstat()
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(facts.st_mode):
        raise ValueError(f"{visible(str(path))} is no regular file: remove it by hand")
    if hasattr(os, "geteuid") and facts.st_uid not in {os.geteuid(), path.parent.stat().st_uid}:
        raise ValueError(f"{visible(str(path))} belongs to another user")
    return True
