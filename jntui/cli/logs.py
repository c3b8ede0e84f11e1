"""`jntui log`: the last lines of a server's log, what is added to it, or why there is none and how to have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.cli import documents
from jntui.cli.errors import CallError
from jntui.cli.stopping import find_server, tell

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from jntui.model import LogLine
    from jntui.monitor.survey import Survey

GOOD, BAD = 0, 1


def log(arguments: argparse.Namespace, survey: Survey) -> int:
    """Exit 1 if there is no log. Raises CallError."""
    from jntui.monitor.living import LogUnreadable

    if arguments.follow and arguments.json:
        raise CallError("--follow prints lines as they come and --json is one document: leave one of them out")
    server = find_server(arguments.server, survey)
    place = survey.living.log_place(server)
    there = place.kind != "none"
    try:
        if arguments.json:
            lines = survey.living.log_lines(server, place, arguments.lines) if there else ()
            documents.write(
                {
                    "server": server.id,
                    "kind": place.kind if there else None,
                    "path": place.path or None,
                    "unit": place.unit or None,
                    "words": place.words,
                    "how": place.how or None,
                    "lines": [{"text": one.text, "level": one.level or None} for one in lines],
                }
            )
            return GOOD if there else BAD
        tell(f"{server.label}: {place.words}")
        if not there:
            tell(place.how)
        elif arguments.follow:
            for lines in survey.living.follow(server, place, arguments.lines):
                _print(lines)
        else:
            _print(survey.living.log_lines(server, place, arguments.lines))
    except LogUnreadable as error:
        raise CallError(error.message) from error
    return GOOD if there else BAD


def _print(lines: Iterable[LogLine]) -> None:
    for line in lines:
        if line.level == "note":
            tell(line.text)
        else:
            print(line.text, flush=True)
