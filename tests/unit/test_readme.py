"""The README tells the truth: its commands exist, its keys are those of the action table, its pictures are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import get_args

import pytest

from jntui.cli.parser import build_parser, parse
from jntui.model.words import Verdict
from jntui.tui.actions import ACTIONS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
COMMANDS = [line for line in BLOCKS[2].splitlines() if line.startswith("jntui")]
INLINE = re.findall(r"`(jntui [a-z][^`]*)`", README)


def test_the_first_command_opens_jntui_and_the_second_runs_the_tests() -> None:
    first, second = (block.strip() for block in BLOCKS[:2])
    assert first == "python3 -m venv .venv && .venv/bin/pip install --quiet . && .venv/bin/jntui"
    assert second.startswith("python3 -m venv .venv && .venv/bin/pip install --quiet -e '.[test]' && ")
    assert second.endswith(".venv/bin/python -m pytest")


@pytest.mark.parametrize("command", COMMANDS + INLINE)
def test_every_command_is_one_that_the_parser_knows(command: str) -> None:
    words = shlex.split(command, comments=True)
    assert words[0] == "jntui"
    parse(words[1:])


def test_every_command_of_the_parser_is_shown() -> None:
    shown = {word for command in COMMANDS for word in shlex.split(command, comments=True)[1:2]}
    actions = build_parser()._subparsers
    assert actions is not None
    known = {name for group in actions._group_actions for name in (group.choices or ())}
    assert known
    assert known <= shown


def test_the_table_of_keys_is_the_table_of_actions() -> None:
    section = README.split("<!-- keys:", 1)[1].split("<!-- keys end -->", 1)[0]
    rows = re.findall(r"^\| (`.*`) \| (.*) \|$", section, re.MULTILINE)
    assert rows == [(f"`{action.shown}`", action.help) for action in ACTIONS], "\n".join(
        f"| `{action.shown}` | {action.help} |" for action in ACTIONS
    )


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    assert [name for name in pictures if not (ROOT / name).is_file()] == []


def test_links_lead_to_files() -> None:
    targets = re.findall(r"(?<!!)\[[^\]]+\]\(([^)#:]+)\)", README)
    assert targets
    assert [name for name in targets if not (ROOT / name).is_file()] == []


def test_the_table_of_verdicts_is_whole() -> None:
    """Every verdict in the model's order, each with what was found and what changes it."""
    section = README.split("<!-- verdicts:", 1)[1].split("<!-- verdicts end -->", 1)[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|]{10,}) \| ([^|]{10,}) \|$", section, re.MULTILINE)
    assert tuple(verdict for verdict, _found, _fix in rows) == get_args(Verdict)


def test_what_is_undone_is_named_for_every_change() -> None:
    """Each key and command that changes something stands in the table of changes."""
    section = README.split("## What jntui changes", 1)[1].split("## Security notes", 1)[0]
    keys = [action.keys[0] for action in ACTIONS if action.group == "Change" and action.keys]
    assert [key for key in keys if f"`{key}`" not in section and key != "E"] == []
