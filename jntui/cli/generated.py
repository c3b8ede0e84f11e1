"""`jntui completion` and `jntui man`: printed from the parser itself, so that nothing is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.cli import documents
from jntui.cli.grammar import commands

if TYPE_CHECKING:
    import argparse

GOOD = 0


def print_completion(arguments: argparse.Namespace) -> int:
    """For a shell to read."""
    from jntui.cli.completion import script
    from jntui.cli.parser import build_parser

    text = script(arguments.shell, tuple(commands(build_parser())))
    return _answer({"shell": arguments.shell, "script": text}, text, arguments.json)


def print_page(arguments: argparse.Namespace) -> int:
    """For man to read."""
    from jntui.cli.manual import page
    from jntui.cli.parser import build_parser

    text = page(tuple(commands(build_parser())))
    return _answer({"page": text}, text, arguments.json)


def _answer(document: documents.Document, text: str, as_json: bool) -> int:
    if as_json:
        documents.write(document)
    else:
        print(text)
    return GOOD
