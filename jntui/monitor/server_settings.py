"""The settings of servers for the rules of diagnosis: read when a check went wrong, and kept for a moment."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.monitor.board import life

if TYPE_CHECKING:
    from collections.abc import Callable, Set

    from jntui.model import Configuration, Server
    from jntui.process import Processes

KEEP_S = 15.0
"""How long they count as known: many endpoints of one server fail together."""

log = logging.getLogger("jntui")


class ServerSettings:
    """One object serves all threads; who asks while another reads the same server's settings waits for that one."""

    def __init__(self, read: Callable[[Server], Configuration], processes: Processes) -> None:
        self._read = read
        self._processes = processes
        self._lock = threading.Lock()
        self._reading: dict[str, threading.Lock] = {}
        self._known: dict[str, tuple[float, object, Configuration | None]] = {}

    def of(self, server: Server) -> Configuration | None:
        """Its settings; None where they cannot be read. It may ask the server's Python, bounded."""
        with self._lock:
            turn = self._reading.setdefault(server.id, threading.Lock())
        with turn:
            known = self._known.get(server.id)
            if known is not None and known[1] == life(server) and time.monotonic() - known[0] < KEEP_S:
                return known[2]
            found = None
            try:
                found = self._read(server)
            except Exception:
                log.exception("the settings of %s cannot be read", server.id)
            self._known[server.id] = (time.monotonic(), life(server), found)
            return found

    def keep(self, there: Set[str]) -> None:
        """Forgets the settings of all servers but those with these ids."""
        with self._lock:
            for gone in (self._known.keys() | self._reading.keys()) - there:
                self._known.pop(gone, None)
                self._reading.pop(gone, None)

    def known(self, server: Server) -> Configuration | None:
        """What was read of this server before, however long ago; nothing is read now."""
        known = self._known.get(server.id)
        return known[2] if known is not None and known[1] == life(server) else None

    def put(self, server: Server, found: Configuration) -> None:
        """Takes over what was read for another purpose."""
        self._known[server.id] = (time.monotonic(), life(server), found)

    def file(self, server: Server, name: str) -> str:
        """The path that a setting names (`certfile`), absolute; empty where it names none or that is not known."""
        found = self.of(server)
        setting = found.setting(name) if found is not None else None
        if setting is None or not isinstance(setting.value, str) or not setting.value:
            return ""
        cwd = self._processes.cwd(server.pid) if server.pid is not None else None
        path = Path(setting.value)
        return str(path) if path.is_absolute() else str(Path(cwd, path)) if cwd else ""
