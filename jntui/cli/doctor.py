"""`jntui config doctor`: what is wrong with the configuration, each with file, line, effect and fix."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from jntui.cli import changing, documents, settings
from jntui.cli.errors import CallError
from jntui.text import home_short, visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from jntui.cli.documents import Document
    from jntui.model import ConfigFinding, Server, Severity
    from jntui.monitor.survey import Survey

GOOD, BAD = 0, 1
_SIGNS: Mapping[Severity, str] = {"error": "x", "warning": "!", "note": "-"}
_WIDTH = 100


def doctor(arguments: argparse.Namespace, survey: Survey) -> int:
    """0 without findings, 1 with any; 0 once `--mend` did it. Raises CallError for an unknown server, file or code."""
    if (arguments.preview or arguments.unverified) and arguments.mend is None:
        raise CallError("--preview and --unverified go with --mend CODE: without it nothing is changed")
    settings.check_file(arguments.file)
    server = settings.server_of(arguments.server, survey)
    found = survey.doctor(server, arguments.file)
    if arguments.mend is not None:
        return _mend(arguments, survey, server, found)
    if arguments.json:
        documents.write({"findings": [finding_document(finding) for finding in found]})
    else:
        print(findings_text(found, survey.home))
    return BAD if found else GOOD


def _mend(arguments: argparse.Namespace, survey: Survey, server: Server | None, found: Sequence[ConfigFinding]) -> int:
    """The one change that mends the first finding of that code. Raises CallError where nothing is written."""
    changing.refuse_read_only(arguments, survey)
    code = visible(arguments.mend, 80)
    named = [one for one in found if one.code == arguments.mend]
    if not named:
        codes = ", ".join(dict.fromkeys(one.code for one in found if one.request is not None))
        which = f"what it can mend here: {codes}" if codes else "there is nothing here that it can mend"
        raise CallError(f"there is no finding {code}; {which}")
    request = next((one.request for one in named if one.request is not None), None)
    if request is None:
        raise CallError(f"no single change mends {code}: {visible(named[0].fix, 600)}")
    return changing.carry_out(arguments, survey, server, request)


def finding_document(finding: ConfigFinding) -> Document:
    """One finding, as in `config doctor`."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "path": finding.path,
        "line": finding.line,
        "message": finding.message,
        "effect": finding.effect,
        "fix": finding.fix,
    }


def findings_text(found: Sequence[ConfigFinding], home: str) -> str:
    """A block for each, the worst first, and how many there are."""
    if not found:
        return "Nothing is wrong that jntui knows of."
    return "\n\n".join([*(_block(finding, home) for finding in found), _count(found)])


def _block(finding: ConfigFinding, home: str) -> str:
    place = visible(home_short(finding.path, home), 300) if finding.path else "not in a file"
    place += f":{finding.line}" if finding.line else ""
    head = visible(f"{_SIGNS[finding.severity]} {finding.severity}  {place}  ({finding.code})")
    parts = [_wrapped("", finding.message), _wrapped("", finding.effect), _wrapped("fix: ", finding.fix)]
    return "\n".join([head, *parts])


def _wrapped(head: str, words: str) -> str:
    return textwrap.fill(
        head + visible(words, 1000), _WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False
    )


def _count(found: Sequence[ConfigFinding]) -> str:
    counts = {severity: sum(1 for one in found if one.severity == severity) for severity in _SIGNS}
    told = [f"{number} {word}{'s' if number > 1 else ''}" for word, number in counts.items() if number]
    return f"{', '.join(told)}."
