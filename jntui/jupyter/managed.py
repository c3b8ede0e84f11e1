"""What jntui remembers of the servers it started: which process, which log. And where its logs are."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

START_S = 600.0
"""How long after its process a server writes its info file, at most."""
RECORDS_LIMIT = 200
"""Servers that are remembered; the oldest are forgotten first."""
FILE_LIMIT = 1024 * 1024
"""Bytes that are read of the record."""


@dataclass(frozen=True, slots=True)
class Record:
    """One server that jntui started."""

    pid: int
    create_time: float
    """Start of the process, seconds since 1970: tells it from a later one with the same pid."""
    log: str
    argv: tuple[str, ...]
    """The command; `launch` lets no secret into it."""


def state_dir(environ: Mapping[str, str], home: str, platform: str = sys.platform) -> Path:
    """Where jntui keeps state: `jntui` in platformdirs' user_state_dir, computed from this environment."""
    if platform in {"win32", "darwin"}:
        import platformdirs

        return Path(platformdirs.user_state_dir("jntui", appauthor=False))
    base = environ.get("XDG_STATE_HOME", "")
    return Path(base if base.strip() else Path(home) / ".local" / "state") / "jntui"


def make_private_dir(folder: Path) -> None:
    """Makes a directory that only its owner can read (0700). Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


class ManagedServers:
    """The record `managed.json`, read again only when it changed."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "managed.json"
        self._stamp: tuple[int, int] | None = None
        self._records: tuple[Record, ...] = ()

    def records(self) -> tuple[Record, ...]:
        """All records, oldest first; a missing or broken file holds none."""
        try:
            facts = self.path.stat()
            stamp = (facts.st_mtime_ns, facts.st_size)
            if stamp != self._stamp:
                self._records = _read(self.path)
                self._stamp = stamp
        except OSError:
            self._stamp, self._records = None, ()
        return self._records

    def find(self, pid: int, create_time: float) -> Record | None:
        """The record of this very process; two readings of one start differ by less than 2 s."""
        same = (entry for entry in self.records() if entry.pid == pid and abs(entry.create_time - create_time) < 2)
        return next(same, None)

    def of_file(self, pid: int, written: float) -> Record | None:
        """The record of the process of that pid which wrote its info file then, seconds since 1970; it may be gone."""
        same = (one for one in self.records() if one.pid == pid and -2 < written - one.create_time < START_S)
        return next(same, None)

    def add(self, record: Record) -> None:
        """Remembers a server: written beside, then renamed, mode 0600. Raises OSError."""
        kept = [entry for entry in self.records() if entry.pid != record.pid][-(RECORDS_LIMIT - 1) :]
        make_private_dir(self.path.parent)
        _write(self.path, [*kept, record])


def _read(path: Path) -> tuple[Record, ...]:
    """Raises OSError."""
    with path.open("rb") as stream:
        raw = stream.read(FILE_LIMIT)
    try:
        entries = json.loads(raw)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(entries, list):
        return ()
    return tuple(record for record in map(_record, entries[-RECORDS_LIMIT:]) if record is not None)


def _record(entry: object) -> Record | None:
    if not isinstance(entry, dict):
        return None
    pid, begin, log, argv = (entry.get(key) for key in ("pid", "create_time", "log", "argv"))
    if not isinstance(pid, int) or not isinstance(begin, (int, float)) or not isinstance(log, str):
        return None
    words = tuple(str(word) for word in argv) if isinstance(argv, list) else ()
    return Record(pid, float(begin), log, words)


def _write(path: Path, records: Iterable[Record]) -> None:
    entries = [
        {"pid": entry.pid, "create_time": entry.create_time, "log": entry.log, "argv": list(entry.argv)}
        for entry in records
    ]
    write_private(path, json.dumps(entries, indent=1))


def write_private(path: Path, text: str) -> None:
    """Replaces a file of jntui's own: written beside, flushed, renamed, mode 0600. Raises OSError."""
    import tempfile

    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(beside).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):  # the first error says more than that its leftover stays
            Path(beside).unlink()
        raise
