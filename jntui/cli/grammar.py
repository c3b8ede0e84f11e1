"""The commands and options as the parser defines them: what the manual page and the completions are made from."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Option:
    """One option, or what stands without one."""

    names: tuple[str, ...]
    """`-n`, `--server`; empty for what is given by its place."""
    value: str
    """What follows it, in words; empty for a switch."""
    help: str
    choices: tuple[str, ...] = ()
    repeated: bool = False
    needed: bool = True
    """Of what is given by its place: it cannot be left out."""

    @property
    def of_server(self) -> bool:
        """It takes what names a server."""
        return self.value.split()[:1] == ["SERVER"]


@dataclass(frozen=True, slots=True)
class Command:
    """One command; the program itself has an empty path."""

    path: tuple[str, ...]
    does: str
    description: str
    example: str
    options: tuple[Option, ...]
    parts: tuple[str, ...] = ()
    """The names of its own commands."""


def commands(parser: argparse.ArgumentParser, path: tuple[str, ...] = (), does: str = "") -> Iterator[Command]:
    """The program, then every command, in the parser's order."""
    options: list[Option] = []
    parts: dict[str, tuple[argparse.ArgumentParser, str]] = {}
    for action in parser._actions:  # argparse has no other way to ask a parser what it takes
        if isinstance(action, argparse._SubParsersAction):
            helps = {one.dest: one.help or "" for one in action._choices_actions}
            parts = {name: (one, helps.get(name, "")) for name, one in action.choices.items()}
        else:
            options.append(_option(action))
    description = (parser.description or "").replace("%%", "%")
    yield Command(path, does, description, parser.epilog or "", tuple(options), tuple(parts))
    for name, (part, words) in parts.items():
        yield from commands(part, (*path, name), words)


def _option(action: argparse.Action) -> Option:
    choices = tuple(map(str, action.choices)) if action.choices else ()
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    takes = action.nargs != 0
    value = (metavar or "|".join(choices) or action.dest.upper()) if takes else ""
    needed = action.nargs not in {"?", "*"}
    return Option(
        tuple(action.option_strings),
        value,
        (action.help or "").replace("%%", "%"),
        choices,
        action.nargs in {"*", "+"},
        needed,
    )
