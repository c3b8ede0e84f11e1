"""The end of the terminal, while something is under way that must not end half done."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """SIGHUP waits, and ends the process behind the block as it would have ended it before.

    Where it is ignored (nohup) or does not exist, and on another thread than the main one, nothing changes.
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
        waiting.append(number)

    signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)
        if waiting:
            signal.raise_signal(number)
