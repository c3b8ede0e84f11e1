"""Where a value of a setting comes from, in words: short for a column, long for a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.text import visible
from jntui.tui.file_names import file_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jntui.model import ConfigFile, Configuration, Level, Server, Setting, Source

_SHORT: Mapping[Level, str] = {"option": "--config", "environment": "CONFIG_DIR", "path": "CONFIG_PATH"}
"""The levels whose own word is not the clearest: the option and the ends of the variables that name the place."""


LONGEST = 16
"""Cells of the narrowest column for the short form."""


def place_of(level: Level) -> str:
    """The directory that a file is in, in at most 11 cells."""
    return _SHORT.get(level, level)


def is_set(source: Source) -> bool:
    """Somebody set it: it is neither a default nor worked out by Jupyter itself."""
    return source.kind in {"file", "env", "command line"} or (source.kind == "computed" and source.path is not None)


def short_origin(source: Source) -> str:
    """A level and a kind, not a path: `user py:12`, `command line`, `environment`, `default`, `computed from ip`."""
    if source.kind in {"file", "computed"} and source.path:
        kind = "json" if source.path.endswith(".json") else "py"
        line = f":{source.line}" if source.line else ""
        return f"{place_of(source.level)} {kind}{line}".strip()
    if source.kind == "computed":
        words = f"computed {source.text}".rstrip()
        return words if len(words) <= LONGEST else source.kind
    return "environment" if source.kind == "env" else source.kind


def long_origin(source: Source, path: Callable[[str], str]) -> str:
    """The place as one would look it up; `path` shortens a path."""
    if source.kind in {"file", "computed"} and source.path:
        return path(source.path) + (f":{source.line}" if source.line else "")
    if source.kind == "env":
        return f"{source.path or source.name} in the environment"
    if source.kind == "command line":
        return f"{source.name} on the command line" if source.name else "the command line"
    return f"computed {source.text}".rstrip() if source.kind == "computed" else source.kind


def differs(setting: Setting) -> bool:
    """The running server has another value, whether or not a restart would change that.

    Only numbers are compared here: `localhost` against 127.0.0.1 is no difference, and whoever read the settings knew.
    """
    if setting.needs_restart:
        return True
    value, running = setting.value, setting.running_value
    return isinstance(value, int) and isinstance(running, int) and value != running


def file_origin(source: Source, path: Callable[[str], str], cells: int, dots: str) -> str:
    """The file and its line in a column (`~/…server_config.py:12`); of other origins their short form."""
    if source.kind in {"file", "computed"} and source.path:
        return file_name(path(source.path), cells, dots, f":{source.line}" if source.line else "")
    return short_origin(source)


def changed_files(configuration: Configuration | None, server: Server | None) -> tuple[ConfigFile, ...]:
    """The files that were written after this server had read them."""
    if configuration is None or server is None or server.state == "stale":
        return ()
    return configuration.changed_after(server.started)


def standing(configuration: Configuration | None, server: Server | None, cells: int) -> str:
    """What waits and what changed since the start, in the longest form that has room."""
    waiting = waits(configuration.waiting) if configuration else ""
    names = [visible(file.path.rpartition("/")[2], 60) for file in changed_files(configuration, server)]
    if not names:
        return waiting
    count = "a file" if len(names) == 1 else f"{len(names)} files"
    forms = [f"{names[0] if len(names) == 1 else count} changed since the start", f"{count} changed since the start"]
    if waiting and configuration:
        forms = [
            *(f"{form}; {waiting}" for form in forms),
            f"changed since; {waiting}",
            f"changed, {configuration.waiting} waiting",
        ]
    forms = [f"! {form}" for form in (*forms, "changed since start")]
    return next((form for form in forms if len(form) <= cells), forms[-1])


def waits(count: int) -> str:
    """`1 waits for a restart`; empty for none."""
    return f"{count} wait{'s' if count == 1 else ''} for a restart" if count else ""
