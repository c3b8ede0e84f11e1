"""The config files of a start in their order, and what stands above all settings."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.settings.applications import SERVER_TRAITS
from jntui.jupyter.settings.reading import ELSEWHERE, SHUT
from jntui.jupyter.settings.since import changed_after
from jntui.model import ConfigFile
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.jupyter.settings.assignment import ReadFile
    from jntui.jupyter.settings.catalogue import Generation
    from jntui.jupyter.settings.loading import Problem, Run
    from jntui.jupyter.settings.shelf import Shelf
    from jntui.jupyter.settings.since import Since
    from jntui.jupyter.settings.subject import Subject

FILES_LIMIT = 400
DOES_NOT_START = "Jupyter does not start with it"
_LOADED = "loaded by"
NOTES_LIMIT = 40


def config_files(shelf: Shelf, run: Run, only: str | None = None) -> tuple[ConfigFile, ...]:
    """Every file that was read or looked for, the first decides; with `only` that one."""
    names = list(run.files)
    # The application's own files beat the base files, and those what extensions read of their own.
    ordered = [*names[1:2], *names[:1], *names[2:]]
    paths = [path for name in ordered for path in run.files[name]] if only is None else [only]
    found: dict[str, str] = {}
    for path in paths:
        found.setdefault(path, "")
        # What it loads decides at the line that loads it.
        for loaded, _changed in shelf.file(path).loads:
            found.setdefault(loaded, f"{_LOADED} {visible(Path(path).name, 60)}")
    for path in run.extension_files if only is None else ():
        found.setdefault(path, "read for the extensions that it enables")
    kept = list(found.items())[:FILES_LIMIT]
    return tuple(_config_file(shelf, path, order, because) for order, (path, because) in enumerate(kept, 1))


def _config_file(shelf: Shelf, path: str, order: int, because: str) -> ConfigFile:
    file = shelf.file(path)
    loaded = because.startswith(_LOADED)
    return ConfigFile(
        path=path,
        exists=file.exists,
        readable=file.readable,
        order=order,
        level=shelf.levels.get(path, ""),
        kind=file.kind,
        assigns=len(file.assignments),
        changed=file.changed,
        trouble=file.trouble,
        line=file.line,
        caret=file.caret,
        # Where another file loads it on a condition, what is wrong with it does not always count: that file tells.
        dropped=file.dropped and not loaded,
        ends=file.ends and not loaded,
        because=because,
    )


def notes_of(
    shelf: Shelf,
    run: Run,
    subject: Subject,
    generation: Generation,
    files: Sequence[ConfigFile],
    found: Since,
) -> tuple[str, ...]:
    """What a reader must know before the settings."""
    notes: list[str] = []
    environ = subject.environ
    if environ is None:
        notes.append("its environment cannot be read: variables such as JUPYTER_TOKEN or JUPYTER_PORT may decide more")
    elif environ.get("JUPYTER_NO_CONFIG"):
        notes.append("JUPYTER_NO_CONFIG is set: Jupyter reads no config file")
    if not subject.words_known:
        notes.append("its command line is not one of Jupyter's: the program that runs it may set more")
    if run.named_file is not None and not any(
        shelf.file(run.named_file + ending).exists for ending in (".py", ".json")
    ):
        notes.append(f"{visible(run.named_file, 200)}.py, named by --config, is not there: Jupyter starts without it")
    if not subject.reaches_files and any(file.trouble == ELSEWHERE for file in files):
        notes.append("it runs in a container or another root directory: what its config files set is not known")
    fatal = {problem.given.position[0] for problem in run.fatal if problem.given is not None}
    for file in files:
        # Of what another file loads, that one tells.
        read = shelf.file(file.path)
        notes += _of_file(read, starts=file.path not in fatal) if not file.because else _of_extensions(read)
    shut = {str(Path(file.path).parent): shelf.file(file.path).veils for file in files if file.trouble == SHUT}
    for folder, veils in shut.items():
        words = "what its files set is not known" if veils else "Jupyter passes over it"
        notes.append(f"{visible(folder, 200)} cannot be entered: {words}")
    notes += _since_the_start(shelf, subject, found)
    notes += [_problem(problem, DOES_NOT_START) for problem in run.fatal]
    ignored = "because of it an extension leaves its files out"
    notes += [_problem(problem, ignored) for problem in run.ignored]
    if generation == "server2":
        notes += _misspelt(shelf, files)
    return tuple(dict.fromkeys(notes))[:NOTES_LIMIT]


def _since_the_start(shelf: Shelf, subject: Subject, found: Since) -> list[str]:
    """Files that changed, and directories in which one came or went; nothing where no server runs."""
    if subject.server is None:
        return []
    names = changed_after(subject.server, shelf.times())
    if names:
        said = "it" if len(names) == 1 else "they"
        changed = f"{visible(', '.join(names), 300)} changed after the server started"
        return [f"{changed}, which may still have what {said} said before"]
    came = "a file came or went after the server started; one that is gone may still count"
    gone = "is gone since the server started: what its files said may still count"
    return [
        *(f"{visible(folder, 200)}: {came}" for folder in found.stirred),
        *(f"{visible(folder, 200)} {gone}" for folder in found.gone),
    ]


def unsure_of(found: Since) -> str:
    """Why of what nothing shows is not known whether the server has it, where directories may be gone; else empty."""
    if not found.perhaps:
        return ""
    first = visible(found.perhaps[0], 200)
    more = len(found.perhaps) - 1
    if not more:
        return f"{first} is not there; if it was when the server started, what its files said still counts"
    others = f"{more} more director{'y' if more == 1 else 'ies'}"
    return f"{first} and {others} are not there; what was there when the server started still counts"


def _of_file(file: ReadFile, *, starts: bool) -> list[str]:
    """`starts`: nothing in it keeps Jupyter from starting."""
    name = visible(Path(file.path).name, 100)
    if file.ends:
        place = f"{name} line {file.line}" if file.line else name
        return [f"{place}: {file.trouble}; Jupyter does not start with it"]
    if file.dropped:
        place = f"{name} line {file.line}" if file.line else name
        end = "Jupyter leaves the whole file out"
        end += " and starts with defaults for what stands in it" if starts else ""
        return [f"{place}: {file.trouble}; {end}", *[f"{name}: {note}" for note in file.notes]]
    trouble = [f"{name}: {file.trouble}"] if file.trouble and file.exists else []
    return [*trouble, *[f"{name}: {note}" for note in file.notes]]


def _of_extensions(file: ReadFile) -> list[str]:
    """Of a file that only enables extensions; what is wrong with one that another loads is told there."""
    listing = Path(file.path).parent.name.endswith(".d") and file.dropped and file.trouble.startswith("broken JSON")
    name = visible(Path(file.path).name, 100)
    return [f"{name} line {file.line}: {file.trouble}; Jupyter passes over it"] if listing and file.line else []


def _problem(problem: Problem, effect: str) -> str:
    path, line = problem.given.position if problem.given is not None else ("", 0)
    place = f"{visible(Path(path).name, 100)} line {line}: " if path else "command line: " if problem.given else ""
    return f"{place}{visible(problem.words, 120)}; {problem.effect or effect}"


def _misspelt(shelf: Shelf, files: Sequence[ConfigFile]) -> list[str]:
    """Traits of ServerApp that do not exist and look like one that does; Jupyter warns and passes over them."""
    notes = []
    for file in files:
        for one in shelf.file(file.path).assignments:
            if one.cls != "ServerApp" or one.trait in SERVER_TRAITS or not one.trait:
                continue
            close = difflib.get_close_matches(one.trait, SERVER_TRAITS, 1, 0.7)
            if close:
                place = f"{visible(Path(one.path).name, 100)} line {one.line}"
                notes.append(f"{place}: ServerApp has no trait {visible(one.trait, 60)}; did you mean {close[0]}?")
            if len(notes) >= NOTES_LIMIT:
                return notes
    return notes
