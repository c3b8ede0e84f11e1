"""What the user wants of the screen: the theme and the keys of config.toml; what is wrong there is told."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from jntui import preferences
from jntui.text import home_short, visible
from jntui.tui.keymap import DEFAULT, SLOTS, resolved

if TYPE_CHECKING:
    from pathlib import Path

    from jntui.tui.keymap import Keys


@dataclass(frozen=True, slots=True)
class Wishes:
    """Of one run."""

    path: Path
    keys: Keys = DEFAULT
    theme: str = ""
    """A theme's name, empty if none is wished; whether there is such a theme only Textual knows."""
    theme_line: int | None = None
    problems: tuple[str, ...] = ()
    """What is wrong, one line each, without the file's name; that part of the file is left out."""

    def said(self, problem: str, home: str, width: int) -> str:
        """A problem with its file, in one line; the file's name alone where `width` cells do not hold its path."""
        place = visible(home_short(str(self.path), home))
        whole = f"{place}{problem}"
        return whole if len(whole) <= width else f"{self.path.name}{problem}"


def wishes(path: Path | None = None) -> Wishes:
    """What config.toml says; its defaults where it is not there or cannot be read."""
    path = path or preferences.default_path()
    try:
        found = preferences.read_looks(path)
    except preferences.PreferencesError as error:
        return Wishes(path, problems=(_at(error.line, error.message),))
    keys, wrong = resolved(found.keys)
    problems = [_at(found.lines.get(one.name), f"{visible(one.name, 40)} {one.words}") for one in wrong]
    theme = found.theme if isinstance(found.theme, str) else ""
    if theme != found.theme:
        problems.insert(0, _at(found.lines.get("theme"), 'theme takes the name of one: theme = "jntui-light"'))
    problems += [_at(line, f"{visible(name, 40)} {_strange(name)}") for name, line in found.strange.items()]
    return Wishes(path, keys, theme, found.lines.get("theme"), tuple(problems))


def _strange(name: str) -> str:
    """What is said of an entry that nothing reads."""
    if name in SLOTS:
        return "stands above [keys]: write it below that line"
    near = get_close_matches(visible(name, 40), ("theme", "keys"), 1)
    return f"is not read: is {near[0]} meant?" if near else "is not read: theme, [keys] and [[urls]] are"


def _at(line: int | None, words: str) -> str:
    return f", line {line}: {words}" if line else f": {words}"
