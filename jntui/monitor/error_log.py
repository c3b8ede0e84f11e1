"""Errors of jntui's own: one calm line for the user, the details in a file that only they can read."""

from __future__ import annotations

import os
import traceback
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from jntui import __version__
from jntui.jupyter.failure import masked, without
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from jntui.model import Secret

FILE_LIMIT = 256 * 1024
"""Bytes of the file; the oldest go first."""
MOST_LINES = 400
LINE_LIMIT = 1000
WORDS_LIMIT = 200


def told(
    error: BaseException,
    environ: Mapping[str, str],
    home: str,
    secrets: Iterable[Secret] = (),
    *,
    read_only: bool = False,
) -> str:
    """Writes the traceback down, unless `read_only`, and returns the line for the user. Never raises.

    The values of variables are left out: a URL with its token may be among them.
    """
    known = tuple(secrets)
    said = visible(without(_words(error), known).partition("\n")[0], WORDS_LIMIT)
    name = type(error).__name__
    words = f"an error of jntui's own: {masked(f'{name}: {said}' if said else name, WORDS_LIMIT)}"
    if read_only:
        return f"{words}; read-only, so its details are not written down"
    path = _path(environ, home)
    try:
        _append(path, _details(error, known))
    except Exception as trouble:  # noqa: BLE001 - the line is what counts
        why = trouble.strerror if isinstance(trouble, OSError) and trouble.strerror else _words(trouble)
        return f"{words}; its details cannot be written to {visible(str(path))}: {visible(why, WORDS_LIMIT)}"
    return f"{words}; details: {visible(str(path))}"


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an error that cannot be told; its name is
        return ""


def _path(environ: Mapping[str, str], home: str) -> Path:
    from jntui.jupyter.managed import state_dir

    return state_dir(environ, home) / "errors.log"


def _details(error: BaseException, secrets: tuple[Secret, ...]) -> str:
    now = datetime.now(timezone.utc).replace(microsecond=0).isoformat()
    lines = [line for part in traceback.format_exception(error) for line in part.splitlines()]
    shown = [masked(without(line, secrets), LINE_LIMIT) for line in lines[-MOST_LINES:]]
    return "\n".join([f"{now} jntui {__version__}", *shown, "", ""])


def _append(path: Path, text: str) -> None:
    from jntui.jupyter.managed import make_private_dir

    make_private_dir(path.parent)
    before = path.read_bytes()[-FILE_LIMIT:] if path.is_file() else b""
    data = (before + text.encode("utf-8", "replace"))[-FILE_LIMIT:]
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
    beside.replace(path)
