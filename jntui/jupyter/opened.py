"""What jntui remembers of the servers that it opened to others, so that it can close exactly that again.

`access.json` in jntui's state directory, 0600: files, fingerprints, names of backups and of settings; no secret.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from jntui.jupyter.managed import FILE_LIMIT, make_private_dir, write_private
from jntui.model.access import KeptFile, KeptSetting, Opened

if TYPE_CHECKING:
    from pathlib import Path

    from jntui.model import Server

RECORDS_LIMIT = 100
SAME_START_S = 2.0


class OpenedServers:
    """The record; a missing or broken file holds nothing."""

    def __init__(self, state: Path) -> None:
        self.path = state / "access.json"

    def records(self) -> tuple[Opened, ...]:
        """Oldest first."""
        try:
            with self.path.open("rb") as stream:
                entries = json.loads(stream.read(FILE_LIMIT))
        except (OSError, ValueError, RecursionError):
            return ()
        found = []
        for entry in entries if isinstance(entries, list) else ():
            with contextlib.suppress(KeyError, TypeError, ValueError):  # one that somebody broke is none
                found.append(_read(entry))
        return tuple(found[-RECORDS_LIMIT:])

    def of(self, server: Server) -> Opened | None:
        """What was opened for this server: for this very process, else for the one that had its port."""
        records = self.records()
        for one in reversed(records):
            if is_process_of(one, server):
                return one
        return next((one for one in reversed(records) if one.port and one.port == server.port), None)

    def backups(self) -> frozenset[str]:
        """The backups that closing them needs."""
        return frozenset(file.backup for one in self.records() for file in one.files if file.backup)

    def put(self, record: Opened, instead: Opened | None = None) -> None:
        """Remembers it, in place of another. Raises OSError."""
        kept = [one for one in self.records() if instead is None or not same(one, instead)]
        kept = kept[-(RECORDS_LIMIT - 1) :]
        self._write([*kept, record])

    def drop(self, record: Opened) -> None:
        """Forgets it. Raises OSError."""
        kept = [one for one in self.records() if not same(one, record)]
        if len(kept) != len(self.records()):
            self._write(kept)

    def _write(self, records: list[Opened]) -> None:
        make_private_dir(self.path.parent)
        entries = [{**asdict(one), "at": one.at.isoformat()} for one in records]
        write_private(self.path, json.dumps(entries, indent=1))


def record_of(server: Server, reach: str, at: datetime) -> Opened:
    """This process, with nothing that was done for it."""
    return Opened(
        server=server.id,
        port=server.port or 0,
        pid=server.pid or 0,
        create_time=server.started.timestamp() if server.started is not None else 0.0,
        label=server.label,
        reach=reach,
        at=at,
    )


def same(one: Opened, other: Opened) -> bool:
    """One record, whatever was learnt meanwhile of its files."""
    return (one.server, one.at) == (other.server, other.at)


def is_process_of(record: Opened, server: Server) -> bool:
    """The process that the record names is that of this server."""
    if record.pid != server.pid or server.started is None:
        return False
    return abs(record.create_time - server.started.timestamp()) < SAME_START_S


def _read(entry: dict[str, Any]) -> Opened:
    """Raises KeyError, TypeError, ValueError."""
    at = datetime.fromisoformat(entry["at"])
    return Opened(
        server=str(entry["server"]),
        port=int(entry["port"]),
        pid=int(entry["pid"]),
        create_time=float(entry["create_time"]),
        label=str(entry["label"]),
        reach=str(entry["reach"]),
        at=at if at.tzinfo else at.replace(tzinfo=timezone.utc),
        files=tuple(KeptFile(**{**one, "between": tuple(one.get("between", ()))}) for one in entry["files"]),
        settings=tuple(KeptSetting(**one) for one in entry["settings"]),
        dropped=tuple(str(word) for word in entry["dropped"]),
        added=tuple(str(word) for word in entry["added"]),
        password=bool(entry["password"]),
        before=tuple(str(word) for word in entry["before"]),
        guard=str(entry.get("guard", "")),
        pending=bool(entry.get("pending", False)),
    )
