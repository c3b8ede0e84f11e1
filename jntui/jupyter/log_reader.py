"""Reads a log of any size in bounded memory: its last lines, then what is added, over truncation and rotation."""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from jntui.jupyter.failure import masked
from jntui.model import LogLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jntui.model import LogPlace, Secret
    from jntui.process import Processes

MOST_LINES = 10_000
LINE_LIMIT = 2000
"""Characters of one line that are shown."""
PART = 64 * 1024
TAIL_BYTES = 4 * 1024 * 1024
"""Bytes that are read for the last lines."""
STEP_BYTES = 1024 * 1024
"""Bytes that one `more` takes; what is further behind is left out, with a note."""
BLANK = b"\0"
"""What fills a file that was cut up to where a process writes on that did not open it to append."""
JOURNAL_S = 10.0
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]")
_LEVEL = re.compile(r"\s*\[([CEWID]) ")


class Lines:
    """Text to lines that may be shown: no token, no escape sequence, errors marked."""

    def __init__(self, token: Secret | None) -> None:
        text = token.reveal() if token else ""
        self._secrets = tuple({text, quote(text, safe="")}) if len(text) >= 4 else ()
        self._in_error = False

    def __call__(self, raw: str) -> LogLine:
        """One line."""
        text = _ANSI.sub("", raw).replace("\t", "    ").rstrip()
        for secret in self._secrets:
            text = text.replace(secret, "***")
        found = _LEVEL.match(text)
        if found:
            # What only begins a paragraph of level C is the one with the URLs, which Jupyter prints at every start.
            self._in_error = found.group(1) in "CE" and not text.endswith("App]")
            level = "error" if self._in_error else "warning" if found.group(1) == "W" else ""
        else:
            # What follows an error without a head of its own belongs to it: the traceback.
            self._in_error = self._in_error or text.startswith("Traceback (most recent call last)")
            level = "error" if self._in_error and text else ""
        return LogLine(masked(text, LINE_LIMIT), level)  # type: ignore[arg-type]  # one of its three words


class LogReader:
    """Follows one file. Every call is bounded in time and memory."""

    def __init__(self, source: str, token: Secret | None = None) -> None:
        self._source = source
        self._lines = Lines(token)
        self._stream: BinaryIO | None = None
        self._at = 0
        self._held = b""
        """The beginning of a line whose end is not written yet."""
        self._dropping = False
        """The rest of a line that is too long is thrown away: a secret in it could be cut in two."""

    def last(self, count: int) -> tuple[LogLine, ...]:
        """The last `count` lines, at most MOST_LINES. Raises OSError."""
        stream = self._open()
        size = os.fstat(stream.fileno()).st_size
        wanted = max(0, min(count, MOST_LINES))
        data, at = b"", size
        while at > 0 and len(data) < TAIL_BYTES and data.count(b"\n") <= wanted and not data.startswith(BLANK):
            step = min(PART, at)
            at -= step
            data = os.pread(stream.fileno(), step, at) + data
        if at > 0 and not data.startswith(BLANK):
            data = data.partition(b"\n")[2]
        whole, _, self._held = data.lstrip(BLANK).rpartition(b"\n")
        self._at = size
        shown = _split(whole)[-wanted:] if wanted and whole else []
        return tuple(self._lines(line) for line in shown)

    def more(self) -> tuple[LogLine, ...]:
        """What was added since, whole lines only. Raises OSError."""
        stream = self._stream if self._stream is not None else self._open()
        added = self._added(stream)
        if self._replaced(stream):
            stream.close()
            self._stream, self._at, self._held, self._dropping = None, 0, b"", False
            note = LogLine("the log was replaced: a new file begins here", "note")
            return (*added, note, *self._added(self._open()))
        return added

    def rest(self) -> tuple[LogLine, ...]:
        """The last line, whose end was never written; called when nothing more will come."""
        held, self._held = self._held, b""
        return tuple(self._lines(line) for line in _split(held)) if held.strip() else ()

    def close(self) -> None:
        """Lets go of the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _open(self) -> BinaryIO:
        """Raises OSError; also where it is no regular file, which could hold the reader up for ever."""
        self.close()
        descriptor = os.open(self._source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(0, "it is no regular file")
        self._stream = os.fdopen(descriptor, "rb", buffering=0)
        return self._stream

    def _replaced(self, stream: BinaryIO) -> bool:
        try:
            now = os.stat(self._source)  # noqa: PTH116 - beside fstat, whose twin it is
        except OSError:
            return False  # the process ended, or a new file is about to be made: what is open is all there is
        then = os.fstat(stream.fileno())
        return (now.st_dev, now.st_ino) != (then.st_dev, then.st_ino)

    def _added(self, stream: BinaryIO) -> tuple[LogLine, ...]:
        size = os.fstat(stream.fileno()).st_size
        notes: list[LogLine] = []
        if size < self._at:
            notes.append(LogLine("the log was cut: it begins anew", "note"))
            self._at, self._held, self._dropping = 0, b"", False
        self._at = _behind_a_hole(stream, self._at)
        if size - self._at > STEP_BYTES:
            left = size - self._at - STEP_BYTES
            notes.append(LogLine(f"{left} bytes are left out: the log grows faster than it is read", "note"))
            self._at, self._held, self._dropping = size - STEP_BYTES, b"", True
        data = os.pread(stream.fileno(), STEP_BYTES, self._at)
        self._at += len(data)
        return (*notes, *(self._lines(line) for line in self._whole(data)))

    def _whole(self, data: bytes) -> Iterable[str]:
        if data.startswith(BLANK):
            self._dropping = False
        if self._dropping:
            _, found, data = data.partition(b"\n")
            self._dropping = not found
        whole, found, rest = (self._held + data).rpartition(b"\n")
        self._held = rest.lstrip(BLANK)
        lines = _split(whole) if found else []
        if len(self._held) > PART:
            lines += _split(self._held[:PART])
            self._held, self._dropping = b"", True
        return lines


def _split(data: bytes) -> list[str]:
    """Lines of at most PART bytes."""
    return [line.lstrip(BLANK)[:PART].decode("utf-8", "replace") for line in data.split(b"\n")]


def _behind_a_hole(stream: BinaryIO, at: int) -> int:
    """Where something was written, from there on; `at` where the system does not tell (lseek(2), SEEK_DATA)."""
    try:
        return os.lseek(stream.fileno(), at, os.SEEK_DATA)
    except (OSError, AttributeError):
        return at  # nothing is there yet, or a system that knows no holes


_CURSOR = "-- cursor: "


def journal_lines(
    place: LogPlace,
    count: int,
    processes: Processes,
    environ: Mapping[str, str],
    token: Secret | None,
    after: str = "",
) -> tuple[tuple[LogLine, ...], str] | None:
    """The last lines of the journal of its unit, and where to go on `after` (journalctl(1), --show-cursor).

    None where it cannot be read.
    """
    since = (f"--after-cursor={after}",) if after else ()
    argv = [*place.command, "--show-cursor", *since, f"--lines={max(1, min(count, MOST_LINES))}"]
    printed = processes.output(argv, environ, os.sep, JOURNAL_S, TAIL_BYTES)
    if printed is None:
        return None
    raw = printed.rstrip("\n").split("\n")
    cursor = raw.pop().removeprefix(_CURSOR) if raw[-1].startswith(_CURSOR) else after
    line = Lines(token)
    return tuple(line(text) for text in raw if text), cursor
