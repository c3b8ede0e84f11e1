"""`jntui keys`: what each key of the screen does now, and what is wrong with `[keys]` in config.toml."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from jntui.cli import documents, tables
from jntui.text import home_short, visible

if TYPE_CHECKING:
    import argparse

    from jntui.monitor.survey import Survey

GOOD, BAD = 0, 1


def keys(arguments: argparse.Namespace, survey: Survey) -> int:
    """Exit 1 if config.toml says something that cannot be followed."""
    # The table of actions loads no part of the screen.
    from jntui.tui.keymap import SLOTS
    from jntui.tui.wishes import wishes

    found = wishes()
    problems = [f"{found.path}{one}" for one in found.problems]
    if arguments.json:
        rows = [
            {"id": one.name, "keys": list(found.keys.of(one.name)), "default": one.own, "does": one.does}
            for one in SLOTS.values()
        ]
        documents.write({"path": str(found.path), "keys": rows, "problems": problems})
    else:
        rows_shown = [["action", "keys", "default", "does"]]
        for one in SLOTS.values():
            now = " ".join(found.keys.of(one.name)) or "-"
            rows_shown.append([one.name, now, one.own or "-", one.does])
        print(tables.columns(rows_shown))
        print(f'\nother keys: lines such as check = "f5" below [keys] in {_place(str(found.path), survey)}')
    for line in problems:
        print(f"jntui: {visible(line, 400)}", file=sys.stderr)
    return BAD if problems else GOOD


def _place(path: str, survey: Survey) -> str:
    return visible(home_short(path, survey.machine.home))
