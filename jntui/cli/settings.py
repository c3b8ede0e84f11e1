"""`jntui config show | get | doctor`: the settings that decide, for a server or for the caller's own environment."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.cli import documents
from jntui.cli.choose import choose
from jntui.cli.errors import CallError
from jntui.cli.tables import columns
from jntui.text import home_short, visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

    from jntui.cli.documents import Document
    from jntui.model import ConfigFile, Configuration, Server, Setting, Source
    from jntui.monitor.survey import Survey

GOOD = 0


def run(arguments: argparse.Namespace, survey: Survey) -> int:
    """`show`, `get`, `doctor`, or what changes a file. Raises CallError for an unknown server, file or setting."""
    commands: dict[str, Callable[[argparse.Namespace, Survey], int]] = {
        "show": _show,
        "get": _get,
        "doctor": _doctor,
    }
    if arguments.what not in commands:
        from jntui.cli import changing

        return changing.run(arguments, survey)
    return commands[arguments.what](arguments, survey)


def _configuration(arguments: argparse.Namespace, survey: Survey) -> Configuration:
    check_file(arguments.file)
    return survey.configuration(server_of(arguments.server, survey), arguments.file)


def check_file(name: str | None) -> None:
    """Raises CallError for a file that no Jupyter would read."""
    if name is None:
        return
    path = Path(name)
    if path.suffix not in {".py", ".json"}:
        raise CallError(f"{visible(name, 300)} is neither a .py nor a .json file: Jupyter reads no other")
    if not path.exists():
        raise CallError(f"there is no file {visible(name, 300)}: `jntui config show` lists those read")


def _doctor(arguments: argparse.Namespace, survey: Survey) -> int:
    from jntui.cli import doctor

    return doctor.doctor(arguments, survey)


def server_of(text: str | None, survey: Survey) -> Server | None:
    """The named server, asked who it is; None is the caller's own environment, never a server by guess."""
    if text is None:
        return None
    server = choose(survey.servers(), text)
    if server.state == "stale":
        raise CallError(f"{visible(server.id)} is no running server: {visible(documents.reason(server), 300)}")
    return survey.ask(server) if server.state not in {"other-user", "starting"} else server


def _every(arguments: argparse.Namespace, survey: Survey, found: Configuration) -> Configuration:
    """With what the catalogue lacks. Raises CallError."""
    from jntui.model import TraitsUnknown

    if arguments.file is not None:
        raise CallError(
            "--all and --file do not go together: a file alone says nothing of the settings it does not set"
        )
    try:
        return replace(found, settings=survey.every_setting(server_of(arguments.server, survey)))
    except TraitsUnknown as unknown:
        raise CallError(f"this Jupyter was not asked for all its settings: {unknown.message}") from unknown


def _show(arguments: argparse.Namespace, survey: Survey) -> int:
    if arguments.all and arguments.file is not None:
        raise CallError("--all and --file do not go together: one file says nothing of what it does not set")
    found = _configuration(arguments, survey)
    if arguments.all:
        found = _every(arguments, survey, found)
    if arguments.json:
        documents.write(
            {
                "server": found.server,
                "assumed": found.assumed or None,
                "app": found.app,
                "python": found.python,
                "chosen": found.chosen or None,
                "notes": list(found.notes),
                "unsure": found.unsure or None,
                "files": [file_document(file) for file in found.files],
                "settings": [setting_document(setting) for setting in found.settings],
            }
        )
        return GOOD
    print(configuration_text(found, survey.home))
    return GOOD


def _get(arguments: argparse.Namespace, survey: Survey) -> int:
    found = _configuration(arguments, survey)
    setting = found.setting(arguments.name) or _elsewhere(arguments.name, found)
    if setting is None:
        raise CallError(_unknown(arguments.name, found.settings))
    if arguments.json:
        unsure = found.unsure if setting.needs_restart is None else ""
        beside = {"assumed": found.assumed or None, "unsure": unsure or None}
        asked = {"python": found.python, "chosen": found.chosen or None}
        documents.write({**setting_document(setting), **beside, **asked})
        return GOOD
    for note in found.notes:
        print(f"jntui: {visible(note, 400)}", file=sys.stderr)
    print(story(setting, survey.home, found.unsure))
    if found.server is None and found.python and found.chosen:
        print(columns([["asked", visible(f"{home_short(found.python, survey.home)} ({found.chosen})", 400)]], "  "))
    if found.assumed:
        print(columns([["assumed", f"where its files are: {visible(found.assumed, 400)}"]], "  "))
    return GOOD


def _elsewhere(name: str, found: Configuration) -> Setting | None:
    """A trait under the name of a class that hands it on (`NotebookApp.port`): the setting that it becomes."""
    cls, _, trait = name.rpartition(".")
    return found.setting(trait) if cls.endswith("App") or cls.endswith("IdentityProvider") else None


def _unknown(name: str, settings: Iterable[Setting]) -> str:
    import difflib

    trait = name.rpartition(".")[2]
    known = {setting.name: f"{setting.cls}.{setting.name}" for setting in settings}
    if trait in known:
        return f"{visible(name, 80)} is not what decides here: it is {known[trait]}"
    close = difflib.get_close_matches(trait.replace("-", "_"), known, 3, 0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else "`jntui config show` lists them"
    return f"jntui knows no setting {visible(name, 80)!r}: {hint}"


def source_document(source: Source) -> Document:
    """Where one value stands."""
    return {
        "kind": source.kind,
        "path": source.path,
        "line": source.line,
        "name": source.name or None,
        "text": source.text or None,
        "level": source.level or None,
    }


def setting_document(setting: Setting) -> Document:
    """One setting, as in `config show`."""
    return {
        "name": setting.name,
        "class": setting.cls,
        "value": None if setting.secret else _finite(setting.value),
        "secret": setting.secret,
        "source": source_document(setting.source),
        "shadowed": [source_document(source) for source in setting.shadowed],
        "running_value": None if setting.secret else setting.running_value,
        "needs_restart": setting.needs_restart,
        "shown": setting.shown,
        "running": setting.running or None,
        "note": setting.note or None,
        "type": setting.type,
        "default": setting.default,
        "help": setting.help,
    }


def _finite(value: object) -> object:
    """JSON has no word for NaN and the infinities, which a config file may hold."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    return {str(key): _finite(one) for key, one in value.items()} if isinstance(value, dict) else value


def file_document(file: ConfigFile) -> Document:
    """One file, as in `config show`."""
    return {
        "path": file.path,
        "exists": file.exists,
        "readable": file.readable,
        "order": file.order,
        "level": file.level or None,
        "kind": file.kind,
        "assigns": file.assigns,
        "changed": documents.moment(file.changed),
        "trouble": file.trouble or None,
        "because": file.because or None,
        "line": file.line,
        "caret": list(file.caret),
        "dropped": file.dropped,
        "ends": file.ends,
    }


def configuration_text(found: Configuration, home: str) -> str:
    """The files that are there, highest order first, then every setting in a line of its own."""
    whose = f"server {found.server}" if found.server else "your own environment"
    assumed = f" (its files are assumed: {found.assumed})" if found.assumed else ""
    lines = [visible(f"Settings of {whose}{assumed}")]
    if found.python:
        why = f" ({found.chosen})" if found.chosen else ""
        lines.append(visible(f"{found.app or 'Jupyter'} in {home_short(found.python, home)}{why}", 400))
    lines += [f"! {visible(note, 400)}" for note in found.notes]
    lines += ["", "files that are there, the first decides over the others:"]
    there = [file for file in found.files if file.exists]
    rows = [[f"{file.order}", home_short(file.path, home), _told(file)] for file in there]
    lines.append(columns(rows, "  ") if rows else "  none")
    for file in there:
        lines += [f"     {visible(line, 200)}" for line in file.caret]
    running = found.server is not None
    head = ["setting", "value", "from", *(["running"] if running else []), ""]
    table = [head]
    for setting in found.settings:
        name = setting.name if setting.catalogued else f"{setting.cls}.{setting.name}"
        row = [name, setting.shown, origin(setting.source, home)]
        table.append([*row, *([setting.running or "-"] if running else []), remark(setting, home)])
    below = ["", f"a restart may change more: {visible(found.unsure, 400)}"] if found.unsure else []
    return "\n".join([*lines, "", columns(table), *below])


def _told(file: ConfigFile) -> str:
    words = file.trouble or _count(file.assigns)
    return f"{words}, {file.because}" if file.because else words


def _count(assigns: int) -> str:
    return "sets nothing" if not assigns else f"{assigns} line{'s' if assigns > 1 else ''}"


def origin(source: Source, home: str) -> str:
    """`~/.jupyter/jupyter_server_config.py:12`, `command line`, `environment JUPYTER_PORT`, `default`."""
    if source.kind in {"file", "computed"} and source.path:
        place = home_short(source.path, home) + (f":{source.line}" if source.line else "")
        return place if source.kind == "file" else f"computed in {place}"
    if source.kind == "env":
        return f"environment {source.path or source.name}".rstrip()
    if source.kind == "computed":
        return f"computed {source.text}".rstrip()
    return source.kind


def remark(setting: Setting, home: str) -> str:
    """What a reader must not miss: waits for a restart, hides another value."""
    words = []
    if setting.needs_restart:
        words.append("waits for a restart")
    if setting.note:
        words.append(setting.note)
    if setting.shadowed:
        first = setting.shadowed[0]
        more = f" and {len(setting.shadowed) - 1} more" if len(setting.shadowed) > 1 else ""
        what = "what is" if first.kind == "computed" else f"{first.text or 'a value'} in"
        words.append(f"hides {what} {origin(first, home)}{more}")
    return "; ".join(words)


def _hidden(source: Source, home: str) -> str:
    """`9001 in ~/.jupyter/jupyter_server_config.py:3`; what is computed says so in its place."""
    if source.kind != "computed":
        return f"{source.text} in {origin(source, home)}".strip()
    return origin(source, home) if source.text in {"", "computed"} else f"{source.text}, {origin(source, home)}"


def story(setting: Setting, home: str, unsure: str = "") -> str:
    """One setting whole: its value, what decides it, what that hides, what the server has, its help.

    `unsure`: as in `Configuration`.
    """
    rows = [["value", setting.shown], ["from", origin(setting.source, home)]]
    if setting.source.name and setting.source.name != f"{setting.cls}.{setting.name}":
        rows[-1][1] += f" as {setting.source.name}"
    rows += [["hides", _hidden(hidden, home)] for hidden in setting.shadowed]
    if setting.running:
        rows.append(["running", setting.running])
    if setting.needs_restart is not None:
        rows.append(["restart", "waits for one" if setting.needs_restart else "not needed for it"])
    elif unsure:
        rows.append(["restart", f"not known: {unsure}"])
    if setting.note:
        rows.append(["note", setting.note])
    rows += [["default", setting.default], ["type", setting.type], ["means", setting.help]]
    return f"{setting.cls}.{setting.name}\n{columns(rows, '  ')}"
