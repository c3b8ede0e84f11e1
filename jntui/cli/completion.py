"""Completions for bash, zsh and fish, from the commands as they are."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jntui.cli.grammar import Command, Option

SHELLS = ("bash", "zsh", "fish")

_SERVERS = (
    """list 2>/dev/null | awk 'NF == 0 || NR == 1 && $1 != "server" { exit } """
    """NR > 1 { split($1, at, "[:/]"); if (at[2] ~ /^[0-9]+$/) print at[2]; print $NF }'"""
)
"""Port and id of each server, out of the table of `jntui list`."""


def script(shell: str, commands: Sequence[Command]) -> str:
    """What that shell is to read."""
    made: dict[str, Callable[[Sequence[Command]], Iterator[str]]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    return "\n".join(made[shell](commands))


def _words(command: Command, commands: Sequence[Command]) -> list[tuple[str, str]]:
    """What can come next after a command, each with its help: parts, choices, options."""
    does = {one.path: one.does for one in commands}
    parts = [(name, does.get((*command.path, name), "")) for name in command.parts]
    places = [(choice, "") for one in command.options if not one.names for choice in one.choices]
    options = [(name, one.help) for one in command.options for name in one.names]
    return [*parts, *places, *options]


def _key(command: Command) -> str:
    return " ".join(command.path)


def _chosen(commands: Sequence[Command]) -> dict[str, tuple[str, ...]]:
    """Option -> what may follow it, where that is a closed set."""
    return {name: one.choices for command in commands for one in command.options if one.choices for name in one.names}


def _named(commands: Sequence[Command]) -> tuple[str, str]:
    """The commands that take a server by its place, and the options that take one, as patterns of a `case`."""
    places = [_key(one) for one in commands for option in one.options if option.of_server and not option.names]
    options = {name for one in commands for option in one.options if option.of_server for name in option.names}
    return " | ".join(map(shlex.quote, places)), " | ".join(sorted(options))


def _walk(commands: Sequence[Command], words: str, count: str) -> Iterator[str]:
    """Finds the command that is being typed; the same lines for bash and zsh."""
    known = " | ".join(shlex.quote(_key(one)) for one in commands if one.path)
    yield f"    for (( i = {count}; i < at; i++ )); do"
    yield f'        case "${{path:+$path }}${{{words}[i]}}" in'
    yield f'            {known}) path="${{path:+$path }}${{{words}[i]}}" ;;'
    yield "        esac"
    yield "    done"


def _bash(commands: Sequence[Command]) -> Iterator[str]:
    yield "# bash completion for jntui: . <(jntui completion bash)"
    yield f'_jntui_servers() {{ "${{COMP_WORDS[0]}}" {_SERVERS}; }}'
    yield "_jntui() {"
    yield '    local cur="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"'
    yield '    local path="" words="" i at="$COMP_CWORD"'
    yield from _walk(commands, "COMP_WORDS", "1")
    yield '    case "$path" in'
    for one in commands:
        words = " ".join(word for word, _ in _words(one, commands))
        yield f"        {shlex.quote(_key(one))}) words={shlex.quote(words)} ;;"
    yield "    esac"
    places, options = _named(commands)
    yield f"""    case "$path" in {places}) [[ $cur == -* ]] || words+=" $(_jntui_servers)" ;; esac"""
    yield '    case "$before" in'
    yield f'        {options}) words="$(_jntui_servers)" ;;'
    for name, choices in _chosen(commands).items():
        yield f"        {name}) words={shlex.quote(' '.join(choices))} ;;"
    yield "    esac"
    yield '    COMPREPLY=( $(compgen -W "$words" -- "$cur") )'
    yield "}"
    yield "complete -o default -F _jntui jntui"


def _zsh(commands: Sequence[Command]) -> Iterator[str]:
    yield "#compdef jntui"
    yield "# zsh completion for jntui: jntui completion zsh > a folder of $fpath, as _jntui"
    yield f'_jntui_servers() {{ "${{words[1]}}" {_SERVERS}; }}'
    yield "_jntui() {"
    yield '    local before="${words[CURRENT-1]}" path_="" i at="$CURRENT"'
    yield "    local -a found"
    yield from (line.replace("path", "path_") for line in _walk(commands, "words", "2"))
    yield '    case "$path_" in'
    for one in commands:
        found = " ".join(shlex.quote(_described(word, help_)) for word, help_ in _words(one, commands))
        yield f"        {shlex.quote(_key(one))}) found=({found}) ;;"
    yield "    esac"
    places, options = _named(commands)
    servers = '${(f)"$(_jntui_servers)"}'
    yield f"""    case "$path_" in {places}) [[ ${{words[CURRENT]}} == -* ]] || found+=({servers}) ;; esac"""
    yield '    case "$before" in'
    yield f"        {options}) found=({servers}) ;;"
    for name, choices in _chosen(commands).items():
        yield f"        {name}) found=({' '.join(map(shlex.quote, choices))}) ;;"
    yield "    esac"
    yield "    _describe 'jntui' found || _files"
    yield "}"
    yield 'if [ "$funcstack[1]" = "_jntui" ]; then _jntui "$@"; else compdef _jntui jntui; fi'


def _described(word: str, help_: str) -> str:
    return f"{word.replace(':', chr(92) + ':')}:{help_}" if help_ else word


def _fish(commands: Sequence[Command]) -> Iterator[str]:
    yield "# fish completion for jntui: jntui completion fish > ~/.config/fish/completions/jntui.fish"
    yield f"function __jntui_servers; jntui {_SERVERS}; end"
    yield "complete -c jntui -f"  # names of files only where one can stand
    for one in commands:
        condition = _condition(one, commands)
        for name in one.parts:
            does = next((part.does for part in commands if part.path == (*one.path, name)), "")
            yield f"complete -c jntui -n {condition} -a {name} -d {_fish_quoted(does)}"
        for option in one.options:
            yield f"complete -c jntui -n {condition} {_fish_option(option)}".rstrip()


def _condition(command: Command, commands: Sequence[Command]) -> str:
    if not command.path:
        first = " ".join(one.path[0] for one in commands if len(one.path) == 1)
        return _fish_quoted(f"not __fish_seen_subcommand_from {first}")
    tests = [f"__fish_seen_subcommand_from {name}" for name in command.path]
    if command.parts:
        tests.append(f"not __fish_seen_subcommand_from {' '.join(command.parts)}")
    return _fish_quoted("; and ".join(tests))


def _fish_option(option: Option) -> str:
    servers = " -a '(__jntui_servers)'" if option.of_server else ""
    if not option.names:
        return f"-a {_fish_quoted(' '.join(option.choices))}" if option.choices else f"-F{servers}"
    short = [f"-s {name[1:]}" for name in option.names if not name.startswith("--")]
    long = [f"-l {name[2:]}" for name in option.names if name.startswith("--")]
    choices = (
        [f"-x -a {_fish_quoted(' '.join(option.choices))}"]
        if option.choices
        else [f"-r -F{servers}"]
        if option.value
        else []
    )
    return " ".join([*short, *long, *choices, f"-d {_fish_quoted(option.help)}"])


def _fish_quoted(text: str) -> str:
    """In single quotes fish knows two escapes only."""
    inner = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{inner}'"
