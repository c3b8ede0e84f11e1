"""The manual page, as man(7) reads it, from the commands as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jntui.cli.grammar import Command, Option

_STATUS = (
    ("0", "done, and the answer is good"),
    ("1", "done, and the answer is bad: an endpoint does not work, a server still runs, something is wrong"),
    ("2", "the call was wrong or could not be carried out; one line on standard error says what and what to do"),
    ("130", "ended by ctrl-c; another signal gives 128 and its number"),
)


def page(commands: Sequence[Command]) -> str:
    """The whole page."""
    program, *rest = commands
    lines = [
        f'.TH JNTUI 1 "" "jntui {__version__}" "User Commands"',
        ".SH NAME",
        "jntui \\- at which URL a Jupyter server can be opened, from where, and if not, why not",
        ".SH SYNOPSIS",
        f".B jntui\n{_synopsis(program)}",
        *(f".br\n.B jntui {' '.join(map(_plain, one.path))}\n{_synopsis(one)}" for one in rest if not one.parts),
        ".SH DESCRIPTION",
        _plain(program.description),
        "Without a command it opens its screen, in which ? shows the keys.",
        ".SH OPTIONS",
        *_options(program.options),
        ".SH COMMANDS",
    ]
    for one in rest:
        lines += [f".SS {' '.join(map(_plain, one.path))}", _plain(one.description), *_options(one.options)]
        if one.example:
            lines += [".PP", _plain(one.example)]
    lines += [".SH KEYS", *_keys()]
    lines.append(".SH EXIT STATUS")
    for number, words in _STATUS:
        lines += [".TP", f".B {number}", _plain(words)]
    return "\n".join(lines)


def _keys() -> Iterable[str]:
    """The screen's own; the table of actions loads no part of the screen."""
    from jntui.tui.actions import ACTIONS

    yield _plain(
        'The user\'s own keys stand in config.toml, below [keys], as in check = "f5"; jntui keys names them all.'
    )
    for action in ACTIONS:
        yield f".TP\n.B {_plain(action.shown)}\n{_plain(action.help)}"


def _options(options: Iterable[Option]) -> Iterable[str]:
    for one in options:
        names = ", ".join(f"\\fB{_plain(name)}\\fR" for name in one.names)
        value = f"\\fI{_plain(one.value)}\\fR" if one.value else ""
        yield f".TP\n{' '.join(part for part in (names, value) if part)}\n{_plain(one.help)}"


def _synopsis(command: Command) -> str:
    parts = []
    for one in command.options:
        if not one.names:
            word = f"\\fI{_plain(one.value)}\\fR{'...' if one.repeated else ''}"
            parts.append(word if one.needed else f"[{word}]")
        elif one.names != ("-h", "--help"):
            value = f" \\fI{_plain(one.value)}\\fR" if one.value else ""
            parts.append(f"[{_plain(one.names[-1])}{value}]")
    return " ".join([*parts, *(["\\fICOMMAND\\fR ..."] if command.parts else [])])


def _plain(text: str) -> str:
    """Text in which roff finds no request and no escape (groff(7))."""
    shown = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return f"\\&{shown}" if shown.startswith(".") else shown
