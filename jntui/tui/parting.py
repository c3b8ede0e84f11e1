"""How the screen ends when nobody pressed a key: by a signal, or because its terminal is gone.

The terminal is given back as it was, and the program then ends by the signal itself, as a shell expects (128+n).
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from jntui.tui.awaited import LONGEST_END_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType
    from typing import Any

    from jntui.tui.awaited import UnderWay

GRACE_S = 5.0
"""How long the screen may take to close in order: a terminal that takes no more bytes holds it up for ever."""
LOOK_MS = 1000
"""How often the terminal is asked whether it is still there, beside the wake-up that it gives itself."""
_NAMES = ("SIGHUP", "SIGTERM", "SIGINT", "SIGQUIT")
_OFF = b"".join(b"\x1b[?%dl" % mode for mode in (2026, 2004, 1000, 1003, 1015, 1016, 1006, 1004, 2048))
_GIVE_BACK = _OFF + b"\x1b[0m\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h"
"""Held-back output, bracketed paste, reports of mouse, focus and size off, colours and line wrap as at first, keyboard
as before, first screen, cursor (xterm)."""


class Parting:
    """Of one screen. `leave` closes it from any thread; `under_way` tells what must not end half done."""

    def __init__(self, leave: Callable[[], None], under_way: Callable[[], Sequence[UnderWay]]) -> None:
        self._leave = leave
        self._under_way = under_way
        self._closed = threading.Event()
        self._over = threading.Event()
        self._number = 0
        self._fd = sys.__stdin__.fileno() if sys.__stdin__ is not None else 0
        self._attributes = _attributes(self._fd)
        self._before: dict[int, Any] = {}

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """While the screen is open: signals close it; one that is ignored (nohup) stays so."""
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is None or signal.getsignal(number) in {signal.SIG_IGN, None}:
                continue
            self._before[number] = signal.signal(number, self._came)
        if hasattr(select, "poll") and os.isatty(self._fd):
            threading.Thread(target=self._watch_terminal, name="jntui-terminal", daemon=True).start()
        try:
            yield
        finally:
            self._over.set()
            self.closed()
            for number, handler in self._before.items():
                signal.signal(number, handler)

    def closed(self) -> None:
        """The terminal is given back; ctrl+c is again what it is in a command."""
        self._closed.set()
        interrupt = self._before.pop(signal.SIGINT, None)
        if interrupt is not None:
            signal.signal(signal.SIGINT, interrupt)

    def end(self, status: int) -> int:
        """Ends the program by the signal that closed the screen; the exit status where there was none or it stays."""
        if not self._number:
            return status
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # the terminal is gone, and nobody reads it
                stream.flush()
        if signal.getsignal(self._number) is not signal.SIG_IGN:
            signal.signal(self._number, signal.SIG_DFL)
            signal.raise_signal(self._number)
        # Ignored, or the first process of a pid namespace, which no signal ends by itself.
        return 128 + self._number

    def _came(self, number: int, _frame: FrameType | None) -> None:
        # `kill %1` of a screen that ctrl+z stopped lets it go on as well: it must not turn to its screen again.
        if hasattr(signal, "SIGCONT"):
            signal.signal(signal.SIGCONT, signal.SIG_IGN)
        self._part(number)

    def _part(self, number: int) -> None:
        if not self._number:
            self._number = number
            threading.Thread(target=self._make_sure, name="jntui-parting", daemon=True).start()

    def _watch_terminal(self) -> None:
        """Its end of file, which is all there is where SIGHUP is ignored or reaches nobody."""
        gone = select.POLLHUP | select.POLLERR
        poll = select.poll()
        poll.register(self._fd, 0)
        while not self._over.is_set():
            came = poll.poll(LOOK_MS)
            if came and not came[0][1] & gone:
                return  # this system's poll knows nothing of terminals
            if came:
                self._part(signal.SIGHUP)
                return

    def _make_sure(self) -> None:
        """Closes the screen; if it will not, gives the terminal back and ends the program all the same.

        A terminal that is gone is not written to: closing in order may wait for it without end. Nor is one that the
        shell has taken back after ctrl+z, which was given back then.
        """
        if not self._gone() and not self._behind():
            self._leave()
            if self._closed.wait(GRACE_S):
                return
        latest = time.monotonic() + LONGEST_END_S
        for one in self._under_way():
            one.wait(max(0.0, latest - time.monotonic()))
        if not self._closed.is_set():
            self._give_back()
            os._exit(128 + self._number)

    def _gone(self) -> bool:
        if not hasattr(select, "poll"):
            return False
        poll = select.poll()
        poll.register(self._fd, 0)
        return any(came & (select.POLLHUP | select.POLLERR) for _, came in poll.poll(0))

    def _behind(self) -> bool:
        """Another process group is in the foreground of the terminal (tcsetpgrp(3))."""
        try:
            return os.tcgetpgrp(self._fd) not in {0, os.getpgrp()}
        except (AttributeError, OSError):
            return False  # no terminal of its own, or a system without process groups

    def _give_back(self) -> None:
        if self._attributes is None or self._behind():
            return
        import termios

        with contextlib.suppress(termios.error, OSError):  # it is gone
            termios.tcsetattr(self._fd, termios.TCSANOW, self._attributes)
        with contextlib.suppress(OSError, ValueError):
            if select.select([], [self._fd], [], 0)[1]:
                os.write(self._fd, _GIVE_BACK)


def _attributes(fd: int) -> list[Any] | None:
    try:
        import termios

        return termios.tcgetattr(fd)
    except (ImportError, OSError):
        return None  # no terminal, or a system without termios
    except termios.error:
        return None
