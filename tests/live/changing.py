"""`jntui config set` and its like as a user runs them: a process of its own, a HOME of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.live.servers import clean_environment

ROOT = Path(__file__).resolve().parents[2]
_PATIENT = (
    "import sys, jntui.jupyter.editing.verification as v; v.TIMEOUT_S = 90.0; "
    "from jntui.cli import main; sys.exit(main(sys.argv[1:]))"
)
"""A loaded machine imports JupyterLab for half a minute; what is tried here is not the time."""


def jntui(home: Path, *words: str, given: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """One command, with this text as its standard input."""
    return subprocess.run(
        [sys.executable, "-c", _PATIENT, *words],
        input=given,
        capture_output=True,
        text=True,
        timeout=240,
        env={**clean_environment(home), "PYTHONPATH": str(ROOT), **environ},
        cwd=home,
        check=False,
    )


def changed(home: Path, *words: str, given: str = "", **environ: str) -> Any:
    """The JSON of a command that is carried out."""
    done = jntui(home, *words, "--json", given=given, **environ)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refused(home: Path, *words: str, given: str = "", **environ: str) -> str:
    """The one line of a command that is not."""
    done = jntui(home, *words, given=given, **environ)
    assert (done.returncode, done.stdout) == (2, ""), (done.stdout, done.stderr)
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("jntui: ")
    return done.stderr.removeprefix("jntui: ").strip()
