"""Whether several people can edit one notebook together: jupyter-collaboration in the environment of a server.

Its files are looked at, and nothing of it is run: the server extension is `jupyter_server_ydoc` (from version 2 on; in
version 1 `jupyter_collaboration` itself), enabled by a file in `etc/jupyter/jupyter_server_config.d`.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jntui.model import Server
    from jntui.process import Processes

_DIST = re.compile(r"(jupyter_collaboration|jupyter_server_ydoc)-([0-9][^-]*)\.dist-info")
_OFF = re.compile(r"--YDocExtension\.disable_rtc=(?:True|true|1)$")
FOLDERS_LIMIT = 20


def collaboration(server: Server, processes: Processes) -> tuple[bool | None, str]:
    """Whether it is on, and in words why, and how to add it."""
    if server.pid is None or not server.python or not server.python.startswith("/"):
        return None, "in which environment it runs cannot be told"
    if processes.same_root(server.pid) is False:
        return None, "its environment lies in a container"
    facts = processes.look(server.pid)
    if facts is not None and any(_OFF.match(word) for word in facts.argv or ()):
        return False, "it was started with --YDocExtension.disable_rtc=True: real-time collaboration is off"
    found = dict(_installed(Path(server.python).parent.parent))
    if not found:
        add = f"`{shlex.quote(visible(server.python, 300))} -m pip install jupyter-collaboration`, then restart it"
        return False, f"no real-time collaboration: {add}"
    when = max(moment for _, moment in found.values())
    version = next(version for version, _ in found.values())
    if server.started is not None and when > server.started.timestamp():
        return False, f"jupyter-collaboration {version} was added after it started: it takes effect when it restarts"
    return True, f"jupyter-collaboration {version} is in its environment"


def _installed(prefix: Path) -> Iterator[tuple[str, tuple[str, float]]]:
    """Distribution -> its version, and when it was put there (seconds since 1970)."""
    for folder in sorted(prefix.glob("lib*/python3*/*-packages"))[:FOLDERS_LIMIT]:
        try:
            entries = [entry for entry in folder.iterdir() if (_DIST.fullmatch(entry.name))]
            for entry in entries:
                found = _DIST.fullmatch(entry.name)
                if found:
                    yield found.group(1), (visible(found.group(2), 40), entry.stat().st_mtime)
        except OSError:
            continue  # a folder that may not be read holds nothing for us
