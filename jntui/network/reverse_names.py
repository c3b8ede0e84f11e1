"""Names of other hosts, by their addresses: asked aside, and there when the resolver was quick."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable

QUICK_S = 2.0
"""An answer that takes longer is left out: a name that comes late would only make the list move."""
MOST_PENDING = 8
MOST_KEPT = 512


class ReverseNames:
    """Each address is asked once while jntui runs. Calls may come from any thread and never wait."""

    def __init__(self, ask: Callable[[str], str] | None = None) -> None:
        self._ask = ask or _by_resolver
        self._lock = threading.Lock()
        self._names: dict[str, str] = {}
        self._pending: set[str] = set()

    def of(self, ip: str) -> str:
        """The name, empty while it is not known, and where there is none."""
        with self._lock:
            known = self._names.get(ip)
            if known is not None or ip in self._pending or len(self._pending) >= MOST_PENDING:
                return known or ""
            if len(self._names) >= MOST_KEPT:
                self._names.clear()
            self._pending.add(ip)
        # gethostbyaddr cannot be interrupted: a resolver that hangs keeps its daemon thread.
        threading.Thread(target=self._look_up, args=(ip,), name="jntui-reverse", daemon=True).start()
        return ""

    def _look_up(self, ip: str) -> None:
        begin = time.monotonic()
        name = self._ask(ip)
        late = time.monotonic() - begin > QUICK_S
        with self._lock:
            self._names[ip] = "" if late or name == ip else visible(name, 253)
            self._pending.discard(ip)


def _by_resolver(ip: str) -> str:
    try:
        return socket.gethostbyaddr(ip)[0]
    except (OSError, UnicodeError):
        return ""  # it has no name
