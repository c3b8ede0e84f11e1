"""Errors that no caller sees, of threads and of what logs them: Python alone would print their tracebacks."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


@contextlib.contextmanager
def told_of(tell: Callable[[BaseException], object]) -> Iterator[None]:
    """While it is entered, `tell` gets each of them: what jntui logs, and what ends a thread."""
    log, handler, hook = logging.getLogger("jntui"), OwnErrors(tell), threading.excepthook

    def ended(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            tell(args.exc_value)

    log.addHandler(handler)
    threading.excepthook = ended
    try:
        yield
    finally:
        threading.excepthook = hook
        log.removeHandler(handler)
