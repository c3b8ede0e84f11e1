"""`jntui config doctor --mend`: the change of one finding, or why there is none."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from jntui.cli.doctor import doctor
from jntui.cli.errors import CallError
from jntui.model import ConfigFinding


class Survey:
    """Finds this, and changes nothing."""

    read_only = False

    def doctor(self, _server: object, _file: object) -> tuple[ConfigFinding, ...]:
        return (
            ConfigFinding("syntax-error", "error", "/c.py", 3, "m", "e", "Mend the line."),
            ConfigFinding("token-file-newline", "error", "/token", 1, "m", "e", "f", trim="/token"),
        )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mend": "nothing"}, "there is no finding nothing; what it can mend here: token-file-newline"),
        ({"mend": "syntax-error"}, r"no single change mends syntax-error: Mend the line\."),
        ({"preview": True}, "--preview and --unverified go with --mend CODE"),
        ({"unverified": True}, "--preview and --unverified go with --mend CODE"),
        ({"mend": "token-file-newline", "read_only": True}, "read-only: no config file is changed"),
    ],
)
def test_why_nothing_is_mended(given: dict[str, Any], said: str) -> None:
    named: dict[str, Any] = {"mend": None, "preview": False, "unverified": False, "json": False, **given}
    survey: Any = Survey()
    survey.read_only = named.pop("read_only", False)
    with pytest.raises(CallError, match=said):
        doctor(argparse.Namespace(server=None, file=None, **named), survey)
