"""The clients of the last day, over a restart of jntui: `clients.json` in its state directory, 0600, bounded.

An entry belongs to one life of a server (its pid and start), so that nobody is shown at a server that was never met.
"""

from __future__ import annotations

import contextlib
import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from jntui.jupyter.managed import FILE_LIMIT, make_private_dir, write_private
from jntui.model import Client

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    Life = tuple[str, int, float]
    """The server's id, its pid, its start in seconds since 1970 (0: not known)."""

KEPT = timedelta(days=1)
SAME_START_S = 2.0
MOST = 512
"""Clients of all servers together, the latest."""


def life_of(server_id: str, pid: int | None, started: datetime | None) -> Life:
    """What tells one life of a server from another."""
    return server_id, pid or 0, started.timestamp() if started is not None else 0.0


def same_life(one: Life, other: Life) -> bool:
    """Two readings of one start differ by less than two seconds."""
    return one[:2] == other[:2] and abs(one[2] - other[2]) < SAME_START_S


class ClientStore:
    """Read once, written whole. What cannot be read holds nobody; what cannot be written is lost with jntui."""

    def __init__(self, state: Path) -> None:
        self.path = state / "clients.json"

    def read(self, now: datetime) -> dict[Life, tuple[Client, ...]]:
        """Everybody of the last day, as somebody who left."""
        try:
            with self.path.open("rb") as stream:
                entries = json.loads(stream.read(FILE_LIMIT))
        except (OSError, ValueError, RecursionError):
            return {}
        found: dict[Life, tuple[Client, ...]] = {}
        for entry in entries[:MOST] if isinstance(entries, list) else ():
            with contextlib.suppress(KeyError, TypeError, ValueError):  # one that somebody broke is none
                client = _client(entry)
                life = (str(entry["server"]), int(entry["pid"]), float(entry["started"]))
                if timedelta(0) <= now - client.last_seen <= KEPT:
                    found[life] = (*found.get(life, ()), client)
        return found

    def write(self, clients: Mapping[Life, Iterable[Client]], now: datetime) -> None:
        """Replaces the file. A full disk costs the list, and nothing else."""
        rows = [(life, one) for life, found in clients.items() for one in found]
        rows = [row for row in rows if row[1].now or now - row[1].last_seen <= KEPT]
        rows.sort(key=lambda row: now if row[1].now else row[1].last_seen, reverse=True)
        entries = [_entry(life, one, now) for life, one in rows[:MOST]]
        with contextlib.suppress(OSError):
            make_private_dir(self.path.parent)
            write_private(self.path, json.dumps(entries, indent=0))


def _entry(life: Life, one: Client, now: datetime) -> dict[str, object]:
    last = now if one.now else one.last_seen
    return {
        "server": life[0],
        "pid": life[1],
        "started": life[2],
        "remote": one.remote,
        "local": one.local,
        "first": one.first_seen.isoformat(),
        "last": last.isoformat(),
        "local_end": one.local_end,
        "through": one.through,
        "name": one.name,
    }


def _client(entry: dict[str, Any]) -> Client:
    """Raises KeyError, TypeError, ValueError."""
    first, last = (datetime.fromisoformat(entry[name]).astimezone(timezone.utc) for name in ("first", "last"))
    words = [str(entry[name])[:253] for name in ("remote", "local", "through", "name")]
    remote, local, through, name = words
    return Client(remote, local, first, last, False, bool(entry["local_end"]), through, name)
