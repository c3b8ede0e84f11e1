"""The options of a command line as traitlets reads them: which traits they set, and the text that the trait reads.

Source: `traitlets.config.loader.KVArgParseConfigLoader` of traitlets 5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.settings.applications import ALIASES, FLAGS
from jntui.jupyter.settings.given import Given
from jntui.jupyter.settings.places import is_file, is_folder
from jntui.model import Source
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from jntui.jupyter.settings.catalogue import Generation

_TRAIT = re.compile(r"--?[A-Za-z]\w*(?:\.\w+)*\Z")
"""traitlets takes any such word for an option with a value."""
TEXT_LIMIT = 200
_ASKS = frozenset({"--version", "--help", "--help-all", "-h", "--generate-config", "list", "stop", "password"})
"""With these Jupyter starts no server."""
_ONCE = frozenset({"config_file"})
"""Of these Jupyter takes one; of the settings of the catalogue it is said where they are read."""


@dataclass(frozen=True, slots=True)
class _Option:
    """One option on the command line."""

    typed: str
    """As it was typed, without its value: `--port`."""
    target: str
    """`ServerApp.port`."""
    value: str


@dataclass(frozen=True, slots=True)
class Options:
    """What a command line sets."""

    givens: tuple[Given, ...] = ()
    opened: Given | None = None
    """The file or directory that it names without an option."""
    refused: tuple[str, ...] = ()
    """Why Jupyter ends with it."""


def read_options(words: Sequence[str], generation: Generation, cwd: str | None) -> Options:
    """What the words after the application's name set. `cwd` is the directory they are relative to."""
    options, flags, opened, refused = _split(words, ALIASES[generation], tuple(FLAGS[generation]))
    values: dict[str, list[_Option]] = {}
    for option in options:
        values.setdefault(option.target, []).append(option)
    givens = [_given(target, group) for target, group in values.items() if "." in target]
    for name in flags:
        for target, value in FLAGS[generation][name]:
            cls, _, trait = target.rpartition(".")
            source = Source("command line", name=f"--{name}", text=repr(value))
            givens.append(Given(cls, trait, value, source))
    file = _opened(opened, generation, cwd)
    if not _ASKS.isdisjoint(words):
        refused = []
    elif opened is not None and file is None and cwd is not None and generation in {"server1", "server2"}:
        refused.append(f"there is no file or directory {visible(opened, 100)}")
    refused += [f"{one.source.name} stands there twice" for one in givens if one.trait in _ONCE and _is_list(one)]
    return Options(tuple(givens), file, tuple(refused))


def _is_list(given: Given) -> bool:
    return isinstance(given.value, list)


def _given(target: str, group: list[_Option]) -> Given:
    cls, _, trait = target.rpartition(".")
    texts = [option.value for option in group]
    value: object = texts[0] if len(texts) == 1 else texts
    text = visible(" ".join(texts), TEXT_LIMIT)
    return Given(cls, trait, value, Source("command line", name=visible(group[-1].typed), text=text), typed=True)


def _split(
    words: Sequence[str], aliases: Mapping[str, str], flags: Sequence[str]
) -> tuple[list[_Option], list[str], str | None, list[str]]:
    """The options with a value, the flags, the first word that is neither, and what Jupyter ends with."""
    options: list[_Option] = []
    found: list[str] = []
    opened: str | None = None
    refused: list[str] = []
    waiting: tuple[str, str] | None = None
    for at, word in enumerate(words):
        if waiting is not None and not word.startswith("--"):
            options.append(_Option(*waiting, word))
            waiting = None
            continue
        if waiting is not None:
            refused.append(f"{visible(waiting[0], 60)} has no value")
        waiting = None
        if word == "--":
            opened = opened if opened is not None else next(iter(words[at + 1 :]), None)
            break
        if not word.startswith("-") or word == "-":
            opened = opened if opened is not None else word
            continue
        typed, equals, value = word.partition("=")
        # Behind a single dash only one letter, or a class with its trait, is an option.
        long = typed.startswith("--") or len(typed) == 2
        name = _full(typed.lstrip("-"), (*aliases, *flags)) if long else typed[1:]
        if long and name in flags and equals:
            refused.append(f"{visible(typed, 60)} takes no value")
        elif long and name in flags:
            found.append(name)
        elif not long and not equals and not _TRAIT.match(typed):
            refused.append(f"there is no option {visible(typed, 60)}")
        elif (long and name in aliases) or _TRAIT.match(typed):
            target = aliases.get(name, name) if long else name
            if equals:
                options.append(_Option(typed, target, value))
            else:
                waiting = (typed, target)
    if waiting is not None:
        refused.append(f"{visible(waiting[0], 60)} has no value")
    return options, found, opened, refused


def without_typed(words: Sequence[str], typed: AbstractSet[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words without the options that were typed so (`--ip`), each with its value; and the words that go."""
    left: list[str] = []
    gone: list[str] = []
    end = words.index("--") if "--" in words else len(words)
    at = 0
    while at < len(words):
        name, equals, _ = words[at].partition("=")
        going = at < end and name in typed
        valued = going and not equals and not is_flag(name) and at + 1 < end and not words[at + 1].startswith("--")
        last = at + (2 if valued else 1)
        (gone if going else left).extend(words[at:last])
        at = last
    return tuple(left), tuple(gone)


def is_flag(typed: str) -> bool:
    """It takes no value, in any Jupyter."""
    long = typed.startswith("--") or len(typed) == 2
    flags = {name for table in FLAGS.values() for name in table}
    return long and _full(typed.lstrip("-"), (*(name for one in ALIASES.values() for name in one), *flags)) in flags


def _full(name: str, known: Sequence[str]) -> str:
    """argparse takes a beginning for the whole where it is clear, but a word without a dash is a name of its own."""
    if name in known or "-" not in name:
        return name
    longer = [one for one in known if one.startswith(name)]
    return longer[0] if len(longer) == 1 else name


def _opened(word: str | None, generation: Generation, cwd: str | None) -> Given | None:
    """`ServerApp.parse_command_line`: a directory becomes the root directory, a file is opened."""
    if word is None or generation == "gateway" or (cwd is None and not Path(word).is_absolute()):
        return None
    path = Path(cwd or "/", word)
    notebook = generation == "notebook6"
    cls = "NotebookApp" if notebook else "ServerApp"
    source = Source("command line", name=visible(word), text=visible(word, TEXT_LIMIT))
    if is_folder(str(path)):
        return Given(cls, "notebook_dir" if notebook else "root_dir", str(path), source)
    return Given(cls, "file_to_run", str(path), source) if is_file(str(path)) else None
