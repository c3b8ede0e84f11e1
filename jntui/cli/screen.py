"""`jntui` without a command: the screen, or one line that says why it cannot be opened here."""

from __future__ import annotations

import os
import sys

from jntui.cli.errors import CallError

FIRST_LOOK_S = 0.5
"""How long the first look at the servers may hold back the screen."""


def open_screen(server: str | None = None, *, read_only: bool = False) -> int:
    """Opens the screen and returns its exit status. Raises CallError where there is no terminal for it."""
    if sys.stdin is None or not sys.stdin.isatty() or not sys.stdout.isatty():
        raise CallError("the screen needs a terminal; `jntui list` and `jntui check` work in a pipe")
    term = os.environ.get("TERM", "")
    if term in {"", "dumb"}:
        raise CallError(f"the screen cannot be drawn with TERM={term!r}; `jntui list` and `jntui check` work anywhere")
    from jntui.monitor.live import LiveMonitor
    from jntui.monitor.own_errors import told_of
    from jntui.monitor.survey import Survey

    survey = Survey(read_only=read_only)
    selected = None
    if server is not None:
        from jntui.cli.choose import choose

        selected = choose(survey.servers(), server).id
    monitor = LiveMonitor(survey)
    with told_of(monitor.own_error):
        monitor.look_first(FIRST_LOOK_S)
        from jntui.tui.app import run

        return run(monitor, server=selected, read_only=read_only)
