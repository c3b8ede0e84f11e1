"""A command that waits for another program says for which, to whoever sits before it."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from jntui.process import Processes
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

QUIET_S = 1.0
"""How long a program may take before a word is said."""


class ToldProcesses(Processes):
    """Says on stderr which program is waited for, where it takes longer than one would expect.

    A pipe gets no such line: what a call has to say there is its own.
    """

    def output(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: str, timeout_s: float, limit: int = 1024 * 1024
    ) -> str | None:
        """As in `Processes`."""
        if not sys.stderr.isatty():
            return super().output(argv, env, cwd, timeout_s, limit)
        told = threading.Timer(QUIET_S, _tell, (argv[0], timeout_s))
        told.daemon = True
        told.start()
        try:
            return super().output(argv, env, cwd, timeout_s, limit)
        finally:
            told.cancel()


def _tell(program: str, timeout_s: float) -> None:
    print(f"jntui: waiting for {visible(program, 300)} to answer, at most {timeout_s:.0f} s", file=sys.stderr)
