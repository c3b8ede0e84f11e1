"""The user's own editor on a config file, while the screen steps aside."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jntui.model import Configuration, Setting

_LINE_FIRST = frozenset({"vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient", "kak", "joe", "ne", "mg"})
"""Editors that take `+12` before a file."""

_FALLBACKS = ("nano", "vi")


def editor_command(environ: Mapping[str, str], path: str, line: int | None) -> list[str]:
    """The argv: VISUAL, else EDITOR, else nano or vi. Raises ValueError with one clear line if there is none."""
    name = next((each for each in ("VISUAL", "EDITOR") if environ.get(each, "").strip()), "")
    if name:
        try:
            words = shlex.split(environ[name])
        except ValueError as error:
            raise ValueError(f"{name} cannot be read as a command: {error}") from error
        if not words or shutil.which(words[0], path=environ.get("PATH")) is None:
            raise ValueError(f"no editor: {name} names {words[0] if words else 'nothing'}, which is not on PATH")
    else:
        found = next((each for each in _FALLBACKS if shutil.which(each, path=environ.get("PATH"))), None)
        if found is None:
            raise ValueError("no editor: EDITOR is not set, and neither nano nor vi is on PATH")
        words = [found]
    jump = [f"+{line}"] if line and words[0].rpartition("/")[2] in _LINE_FIRST else []
    return [*words, *jump, path]


def run_editor(command: list[str]) -> int:
    """Runs it on this terminal until the user leaves it, and gives its exit status. Raises OSError."""
    with _undisturbed():
        return subprocess.call(command)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl+C is for the editor; a handler of ours is not inherited by it, unlike SIG_IGN."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def deciding_file(configuration: Configuration, setting: Setting | None) -> tuple[str, int | None] | None:
    """The file (with its line) that decides the setting, else the first of the user's own, else the first there is.

    What a package put into a folder of extensions is nobody's to edit.
    """
    if setting is not None and setting.source.kind in {"file", "computed"} and setting.source.path:
        return setting.source.path, setting.source.line
    there = [file for file in configuration.files if file.exists and "_config.d/" not in file.path]
    own = [file for file in there if file.level in {"user", "environment"}]
    best = next((file for file in (*own, *there)), None)
    return (best.path, best.line) if best is not None else None
