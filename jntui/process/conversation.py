"""A child that is spoken to and answers in lines: bounded in bytes and time, ended with all that it started.

Every line of an answer begins with a mark that only the two sides know. What else comes (greetings, the noise of
somebody's start-up files) is counted against the bound, and its beginning is kept for messages.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import signal
import subprocess
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import IO

_LINE = 8192
"""Bytes of one line; a longer one is taken in pieces."""
_KEPT = 16 * 1024
"""Bytes that are kept of its errors and of what is not marked."""
_END_S = 2.0
"""How long a child that has closed its output is waited for."""


class NoAnswer(Exception):
    """The child gave no whole answer. `how`: it ended, it was silent too long, or it sent more than its bound."""

    def __init__(self, how: Literal["ended", "timeout", "too-much"]) -> None:
        super().__init__(how)
        self.how = how


class Conversation:
    """One child in a process group of its own, ended with `close`, or with the interpreter. Use it in a `with`."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], mark: bytes, limit: int) -> None:
        """Starts the child; it may send `limit` bytes altogether. Raises OSError (no such program)."""
        group: dict[str, Any] = {} if os.name == "nt" else {"start_new_session": True}
        self._process = subprocess.Popen(
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            close_fds=True,
            bufsize=0,
            **group,
        )
        atexit.register(self.close)
        self._mark = mark
        self._limit = limit
        self._changed = threading.Condition()
        self._lines: deque[bytes] = deque()
        self._noise = bytearray()
        self._errors = bytearray()
        self._over: Literal["ended", "too-much"] | None = None
        self._readers = [self._thread(self._read_lines), self._thread(self._read_errors)]

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def errors(self) -> str:
        """The beginning of what it wrote to stderr: text from outside."""
        return bytes(self._errors).decode("utf-8", "replace")

    @property
    def noise(self) -> str:
        """The beginning of what it wrote to stdout without the mark: text from outside."""
        return bytes(self._noise).decode("utf-8", "replace")

    def ask(self, text: bytes, end: bytes, timeout_s: float) -> list[bytes]:
        """Sends `text` and gives the marked lines, without mark and line end, that come before the line `end`.

        Raises NoAnswer after `timeout_s` seconds, at the child's end, or beyond its bound.
        """
        # A child that does not read must not hold us: the pipe takes 64 KiB, a request can be longer.
        self._thread(self._write, text)
        limit = time.monotonic() + timeout_s
        taken: list[bytes] = []
        with self._changed:
            while True:
                while self._lines:
                    line = self._lines.popleft()
                    if line == end:
                        return taken
                    taken.append(line)
                left = limit - time.monotonic()
                if self._over is not None:
                    raise NoAnswer(self._over)
                if left <= 0:
                    raise NoAnswer("timeout")
                self._changed.wait(left)

    def status(self) -> int | None:
        """The exit status of a child that has closed its output, negative for a signal; None if it stays all the same.

        All its errors are read then.
        """
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            return None
        self._readers[1].join(_END_S)
        return self._process.returncode

    def close(self) -> None:
        """Ends the child and everything in its process group at once; returns when it is reaped."""
        atexit.unregister(self.close)
        with contextlib.suppress(OSError):  # its end is closed already
            self._stream("stdin").close()
        if self._process.returncode is None:
            # Not reaped, so its pid, which is also its group's, still means this child.
            with contextlib.suppress(ProcessLookupError, PermissionError):  # it ended by itself
                if os.name == "nt":
                    self._process.kill()
                else:
                    os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for reader in self._readers:
            reader.join(_END_S)

    def _thread(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, name=f"talk-{self._process.pid}", daemon=True)
        thread.start()
        return thread

    def _stream(self, name: str) -> IO[bytes]:
        stream = getattr(self._process, name)
        assert stream is not None  # noqa: S101 - all three were asked for
        return stream  # type: ignore[no-any-return]

    def _write(self, text: bytes) -> None:
        view = memoryview(text)
        try:
            while view:
                view = view[self._stream("stdin").write(view) :]
        except (OSError, ValueError):
            pass  # it ended or was closed: whoever waits for the answer is told by its output's end

    def _read_lines(self) -> None:
        received = 0
        with io.BufferedReader(self._stream("stdout"), _LINE) as stream:  # type: ignore[type-var]
            while received <= self._limit:
                line = stream.readline(_LINE)
                if not line:
                    break
                received += len(line)
                self._take(line)
        with self._changed:
            self._over = "ended" if received <= self._limit else "too-much"
            self._changed.notify_all()

    def _take(self, line: bytes) -> None:
        if not line.startswith(self._mark):
            self._noise += line[: max(0, _KEPT - len(self._noise))]
            return
        with self._changed:
            self._lines.append(line[len(self._mark) :].strip())
            self._changed.notify_all()

    def _read_errors(self) -> None:
        with self._stream("stderr") as stream:
            while True:
                piece = stream.read(_LINE)
                if not piece:
                    return
                self._errors += piece[: max(0, _KEPT - len(self._errors))]
