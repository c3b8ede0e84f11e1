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
CONFIG_LIMIT = 64 * 1024


def collaboration(server: Server, processes: Processes, home: str | None = None) -> tuple[bool | None, str]:
    """Whether it is on, and in words why, and how to add it; `home` is that of the server's user, if known."""
    if server.pid is None or not server.python or not server.python.startswith("/"):
        return None, "in which environment it runs cannot be told"
    if processes.same_root(server.pid) is False:
        return None, "its environment lies in a container"
    facts = processes.look(server.pid)
    if facts is not None and any(_OFF.match(word) for word in facts.argv or ()):
        return False, "it was started with --YDocExtension.disable_rtc=True: real-time collaboration is off"
    found = dict(_installed(Path(server.python), home))
    if not found:
        add = f"`{shlex.quote(visible(server.python, 300))} -m pip install jupyter-collaboration`, then restart it"
        return False, f"no real-time collaboration: {add}"
    when = max(moment for _, moment in found.values())
    version, _ = found.get("jupyter_collaboration") or next(iter(found.values()))
    if server.started is not None and when > server.started.timestamp():
        return False, f"jupyter-collaboration {version} was added after it started: it takes effect when it restarts"
    return True, f"jupyter-collaboration {version} is in its environment: it is on, unless a setting turns it off"


def _folders(python: Path, home: str | None) -> Iterator[Path]:
    """Where that Python looks for packages (site(3)): of its user, of the machine, its own."""
    prefix = python.parent.parent
    named = re.search(r"python(3\.\d+)$", str(python.resolve()))
    names = {"python3", f"python{named.group(1)}"} if named else None
    places = [prefix]
    if not _is_apart(prefix):
        places = [*([Path(home) / ".local"] if home else []), *([Path("/usr/local")] if prefix == Path("/usr") else [])]
        places.append(prefix)
    for place in places:
        for folder in sorted(place.glob("lib*/python3*/*-packages"))[:FOLDERS_LIMIT]:
            if names is None or folder.parent.name in names:
                yield folder


def _is_apart(prefix: Path) -> bool:
    """A virtual environment that does not see what is installed outside of it (venv, `pyvenv.cfg`)."""
    try:
        with (prefix / "pyvenv.cfg").open("rb") as stream:
            text = stream.read(CONFIG_LIMIT).decode("utf-8", "replace")
    except OSError:
        return False
    return not re.search(r"^include-system-site-packages\s*=\s*true\s*$", text, re.IGNORECASE | re.MULTILINE)


def _installed(python: Path, home: str | None) -> Iterator[tuple[str, tuple[str, float]]]:
    """Distribution -> its version, and when it was put there (seconds since 1970)."""
    for folder in _folders(python, home):
        try:
            entries = [entry for entry in folder.iterdir() if (_DIST.fullmatch(entry.name))]
            for entry in entries:
                found = _DIST.fullmatch(entry.name)
                if found:
                    yield found.group(1), (visible(found.group(2), 40), entry.stat().st_mtime)
        except OSError:
            continue  # a folder that may not be read holds nothing for us
