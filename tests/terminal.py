"""A terminal for a program under test: a real pty, a screen in memory (pyte), every byte counted and timed."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyte

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b",
    "backspace": "\x7f",
    "ctrl+c": "\x03",
    "ctrl+o": "\x0f",
    "ctrl+p": "\x10",
    "ctrl+q": "\x11",
}
"""What xterm sends; any other key is the text itself."""

PATIENCE = 3
"""Times to wait for are those of a quiet machine: others may run beside the test."""

STRING = rb"\x1b(?:[P^_X]|\](?P<osc>\d+))(?P<text>[^\x07\x1b]*)(?:\x07|\x1b\\)"
CSI = rb"\x1b\[(?P<lead>[<=>?]?)(?P<numbers>[0-9;:]*)(?P<middle>[ -/]*)(?P<final>[@-~])"
SEQUENCE = re.compile(STRING + rb"|" + CSI)
UNFINISHED = re.compile(rb"\x1b(?:\[[<=>?]?[0-9;:]*[ -/]*|[P^_X\]][^\x07\x1b]*\x1b?)?\Z")

ANSWERS = {
    (b"", b"", b"c"): b"\x1b[?62;22c",  # primary device attributes: a VT220 with colours
    (b">", b"", b"c"): b"\x1b[>41;354;0c",
    (b"", b"6", b"n"): b"\x1b[1;1R",
    (b"?", b"2026", b"p"): b"\x1b[?2026;2$y",  # synchronised output: known, off
    (b"?", b"2048", b"p"): b"\x1b[?2048;0$y",  # sizes in band: unknown
}
"""What a common terminal answers to which control sequence (lead, numbers, final)."""


class Terminal:
    """Runs one program in a pty of its own session and plays its terminal."""

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        columns: int = 120,
        rows: int = 40,
        cwd: Path | str | None = None,
    ) -> None:
        self.written = 0
        """Bytes the program has written so far."""
        self.last = time.perf_counter()
        """When it last wrote something (perf_counter seconds)."""
        self.modes: dict[int, bool] = {}
        """DEC private modes as the program last set or reset them: 25 cursor, 1049 alternate screen, ..."""
        self.strings: list[tuple[bytes, bytes]] = []
        """OSC number and text of every such string."""
        self.raw = bytearray()
        """Everything it wrote."""
        self.chunks: list[tuple[float, int]] = []
        """When a read returned, and `written` after it."""
        self.ended = False
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._rendered = 0
        self._answered = 0
        self._fd, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.attributes = termios.tcgetattr(slave)
        """The line discipline before the program touched it."""
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            list(argv),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        self._slave = slave

    def read(self, timeout: float) -> bool:
        """Takes what the program writes within so many seconds; False if that is nothing."""
        if self.ended:
            return False
        readable, _, _ = select.select([self._fd], [], [], timeout)
        if not readable:
            return False
        try:
            data = os.read(self._fd, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        if not data:
            self.ended = True
            return False
        self.last = time.perf_counter()
        self.written += len(data)
        self.raw += data
        self.chunks.append((self.last, self.written))
        self._answer()
        return True

    def _answer(self) -> None:
        for match in SEQUENCE.finditer(self.raw, self._answered):
            self._answered = match.end()
            if match["osc"] is not None:
                self.strings.append((match["osc"], match["text"]))
            elif match["lead"] == b"?" and match["final"] in (b"h", b"l"):
                for number in match["numbers"].split(b";"):
                    self.modes[int(number)] = match["final"] == b"h"
            elif answer := ANSWERS.get((match["lead"], match["numbers"], match["final"])):
                os.write(self._fd, answer)

    def _render(self, until: int) -> None:
        data = bytes(self.raw[self._rendered : until])
        if unfinished := UNFINISHED.search(data):
            data = data[: unfinished.start()]
        self._rendered += len(data)
        self._stream.feed(SEQUENCE.sub(_known_to_pyte, data))

    @property
    def lines(self) -> list[str]:
        """The screen now, without trailing spaces."""
        self._render(len(self.raw))
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """The screen now, as one text."""
        return "\n".join(self.lines)

    @property
    def cells(self) -> list[list[tuple[str, str, str]]]:
        """Each cell of the screen now: its character, its colour and that behind it, as pyte names them."""
        self._render(len(self.raw))
        screen = self._screen
        rows = [[screen.buffer[row][column] for column in range(screen.columns)] for row in range(screen.lines)]
        return [
            [(one.data, one.bg, one.fg) if one.reverse else (one.data, one.fg, one.bg) for one in row] for row in rows
        ]

    def first_shown(self, shown: Callable[[str], bool]) -> float | None:
        """Replays what was read and not yet rendered; when (perf_counter) the screen first satisfied `shown`."""
        for moment, until in self.chunks:
            if until <= self._rendered:
                continue
            self._render(until)
            if shown("\n".join(self._screen.display)):
                return moment
        return None

    def wait_for(self, shown: str | Callable[[str], bool], timeout: float = 20.0) -> str:
        """Reads until the screen shows this text or satisfies this condition; returns the screen.

        Raises AssertionError with the screen, if it does not within so many seconds (and PATIENCE), or ends before.
        """
        fits = shown if callable(shown) else lambda text: shown in text
        end = time.monotonic() + timeout * PATIENCE
        while not fits(text := self.text):
            more = self.read(max(0.0, min(0.5, end - time.monotonic())))
            if not more and (self.ended or time.monotonic() >= end):
                raise AssertionError(f"not on the screen: {shown!r}\n{text}")
            while more and self.read(0):
                pass  # all that is there already, before the next look at the screen
        return text

    def settle(self, quiet: float, timeout: float) -> bool:
        """Reads until nothing came for `quiet` seconds; False if that did not happen within `timeout` seconds."""
        end = time.monotonic() + timeout
        while time.monotonic() < end and not self.ended:
            if not self.read(quiet):
                return True
        return self.ended

    def press(self, *keys: str) -> None:
        """Sends these keys, one after another, as a keyboard would."""
        for key in keys:
            os.write(self._fd, KEYS.get(key, key).encode())

    def paste(self, data: bytes) -> None:
        """Sends all of it, as much at a time as the pty takes, and reads meanwhile.

        Raises AssertionError, if the program ends before it is all sent.
        """
        os.set_blocking(self._fd, False)
        while data:
            if self.process.poll() is not None:
                raise AssertionError(f"it ended with {len(data)} bytes to go\n{self.text}")
            try:
                data = data[os.write(self._fd, data[:4096]) :]
            except BlockingIOError:
                select.select([self._fd], [self._fd], [], 1.0)
            self.read(0)
        os.set_blocking(self._fd, True)

    def resize(self, columns: int, rows: int) -> None:
        """Gives the pty another size and tells the program."""
        self._render(len(self.raw))
        self._screen.resize(rows, columns)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def wait(self, timeout: float) -> int:
        """Reads on until the program has ended; its exit status. Raises TimeoutError."""
        end = time.monotonic() + timeout
        while self.process.poll() is None:
            self.read(0.005)
            if time.monotonic() > end:
                raise TimeoutError(f"still there after {timeout} s\n{self.text}")
        while self.read(0):
            pass  # what it wrote at the very end
        return self.process.returncode

    def restored(self) -> bool:
        """The line discipline is what it was before the program began."""
        return termios.tcgetattr(self._slave) == self.attributes

    def hang_up(self) -> None:
        """Takes the terminal away, as a lost connection does: the kernel sends SIGHUP."""
        for descriptor in (self._slave, self._fd):
            if descriptor >= 0:
                os.close(descriptor)
        self._slave = self._fd = -1

    def close(self) -> None:
        """Ends the program if it still runs, and the pty."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.hang_up()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _known_to_pyte(match: re.Match[bytes]) -> bytes:
    """Drops what pyte would draw as text: strings, and control sequences with a lead or a middle it does not parse.

    The alternate screen, which pyte lacks, is empty whenever a program turns to it.
    """
    if match[0] == b"\x1b[?1049h":
        return b"\x1b[H\x1b[2J"
    plain_mode = match["lead"] == b"?" and match["final"] in (b"h", b"l")
    if match["final"] is None or match["middle"] or (match["lead"] and not plain_mode):
        return b""
    return match[0]
