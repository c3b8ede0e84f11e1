"""The end of the terminal, while something is under way that must not end half done."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _always() -> bool:
    return True


def _nothing() -> None:
    """Whoever holds it back waits by itself."""


@contextlib.contextmanager
def held_back(busy: Callable[[], bool] = _always, came: Callable[[], None] = _nothing) -> Iterator[None]:
    """SIGHUP waits while `busy()`, and ends the process behind the block as it would have ended it before.

    `came` is called when it is held back, on the main thread, between any two steps of what runs there. Where SIGHUP is
    ignored (nohup) or does not exist, and on another thread than the main one, nothing changes.
    """
    number = getattr(signal, "SIGHUP", None)
    if number is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(number)
    if before in {signal.SIG_IGN, None}:
        yield
        return
    waiting: list[int] = []

    def handler(_number: int, _frame: object) -> None:
        if busy():
            waiting.append(number)
            came()
        else:
            signal.signal(number, before)
            signal.raise_signal(number)

    signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)
        if waiting:
            signal.raise_signal(number)
