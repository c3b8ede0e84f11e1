"""The settings of the servers that the user looked at, read again when something that decides may have changed."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.monitor.board import life

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jntui.model import Configuration, Server
    from jntui.monitor.survey import Survey


class Configurations:
    """Guarded by its own lock; `read` takes a moment (it may ask a Python), everything else is quick."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._lock = threading.Lock()
        self._known: dict[str, tuple[object, Configuration]] = {}
        """Server id -> what its settings hung on when they were read, and what was read."""
        self._reading: set[str] = set()

    @property
    def shown(self) -> tuple[Configuration, ...]:
        """All of them: another tuple when any changed."""
        with self._lock:
            return tuple(found for _sign, found in self._known.values())

    def of(self, server_id: str) -> Configuration | None:
        """What is known of one server's settings."""
        with self._lock:
            known = self._known.get(server_id)
        return known[1] if known else None

    def take_due(self, server: Server | None) -> bool:
        """Whether this server's settings are to be read now; they count as being read from here on."""
        if server is None or not server.asked or server.state in {"stale", "starting"}:
            return False
        with self._lock:
            known = self._known.get(server.id)
            if server.id in self._reading:
                return False
        if known is not None and known[0] == _sign(server, known[1]):
            return False
        with self._lock:
            self._reading.add(server.id)
        return True

    def read(self, server: Server) -> None:
        """Reads the settings of one server."""
        began = time.time_ns()
        found = None
        try:
            found = self._survey.configuration(server)
        finally:
            if found is None:
                from jntui.model import Configuration

                # An error of ours: it is said and not met again every second.
                found = Configuration(server=server.id, notes=("the settings cannot be read: see jntui's log",))
            sign: object = _sign(server, found)
            if any(stamp is not None and began <= stamp[0] <= time.time_ns() for stamp in _stamps(found)):
                sign = None  # written while it was read: once more
            with self._lock:
                self._known[server.id] = (sign, found)
                self._reading.discard(server.id)

    def keep(self, servers: Iterable[Server]) -> None:
        """Forgets the settings of servers that are gone."""
        there = {server.id for server in servers}
        with self._lock:
            for gone in set(self._known) - there:
                del self._known[gone]


def _sign(server: Server, found: Configuration) -> object:
    """What the settings hang on: the server's life, and every file that is read or would be if it were there."""
    return (life(server), server.root_dir, _stamps(found))


def _stamps(found: Configuration) -> tuple[tuple[int, int] | None, ...]:
    """Time of the last change (ns) and size of each file; None where there is none."""
    stamps: list[tuple[int, int] | None] = []
    for file in found.files:
        try:
            facts = Path(file.path).stat()
        except (OSError, ValueError):
            stamps.append(None)
        else:
            stamps.append((facts.st_mtime_ns, facts.st_size))
    return tuple(stamps)
