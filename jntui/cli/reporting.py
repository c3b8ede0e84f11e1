"""`jntui report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.cli import documents
from jntui.monitor.report import report as text_of

if TYPE_CHECKING:
    import argparse

    from jntui.monitor.survey import Survey

GOOD = 0


def report(arguments: argparse.Namespace, survey: Survey) -> int:
    """Prints it."""
    text = text_of(survey, names=arguments.names)
    if arguments.json:
        documents.write({"report": text, "names": arguments.names})
    else:
        print(text)
    return GOOD
