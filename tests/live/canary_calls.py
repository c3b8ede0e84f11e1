"""Runs commands of jntui one after another in one process, which spares the start of an interpreter for each.

Reads a JSON list of calls (`words`, `given` as standard input) and prints one of what each of them said.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

from jntui.cli import main


class _Given(io.StringIO):
    def fileno(self) -> int:
        raise io.UnsupportedOperation("no file")


def call(words: list[str], given: str) -> dict[str, object]:
    out, err = io.StringIO(), io.StringIO()
    before, sys.stdin = sys.stdin, _Given(given)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = main(words)
            except SystemExit as end:  # --help
                status = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdin = before
    return {"words": words, "status": status, "out": out.getvalue(), "err": err.getvalue()}


if __name__ == "__main__":
    print(json.dumps([call(one["words"], one["given"]) for one in json.load(sys.stdin)]))
