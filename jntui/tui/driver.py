"""What draws on the terminal and reads from it: Textual's own driver, on the stream that is one."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver


def driver_class() -> type[Driver] | None:
    """Textual draws on standard error; where that leads elsewhere, as under `jntui 2>log`, on standard output."""
    if os.name == "nt" or sys.__stdout__ is None:
        return None
    from jntui.tui.terminal_driver import OnTheTerminal

    return OnTheTerminal
