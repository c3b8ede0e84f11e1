"""Errors of the monitor's threads, which log them: without a handler Python prints them where the screen is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_TOLD = 50
"""Different ones that are told; one that comes back with every look is told once."""


class OwnErrors(logging.Handler):
    """Tells of the exception of each record, if it has one."""

    def __init__(self, tell: Callable[[BaseException], object]) -> None:
        super().__init__()
        self._tell = tell
        self._told: set[tuple[str, str]] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """In the thread that logs it."""
        error = record.exc_info[1] if record.exc_info else None
        kind = (str(record.msg), type(error).__name__)
        if error is not None and kind not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(kind)
            self._tell(error)
