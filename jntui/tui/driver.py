"""What draws on the terminal: Textual's own driver, on the stream that is one."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver


def driver_class() -> type[Driver] | None:
    """None: Textual's choice, which draws on standard error; where that leads elsewhere, standard output's."""
    if os.name == "nt" or sys.__stdout__ is None or (sys.__stderr__ is not None and sys.__stderr__.isatty()):
        return None
    from textual.drivers.linux_driver import LinuxDriver

    class OnStandardOutput(LinuxDriver):
        """As under `jntui 2>log`."""

        def __init__(self, *words: object, **named: object) -> None:
            super().__init__(*words, **named)  # type: ignore[arg-type]  # handed on as they come
            self._file = sys.__stdout__

    return OnStandardOutput
