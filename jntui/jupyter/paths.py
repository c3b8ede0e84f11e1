"""Where Jupyter puts its info files, computed as jupyter_core 5.9 does (`jupyter_core/paths.py`), without importing it.

Pure: the environment, the home directory and the platform are arguments, so that another process's directories can be
computed from its own environment.
"""

from __future__ import annotations

import ntpath
import os
import posixpath
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_OFF = frozenset({"no", "n", "false", "off", "0", "0.0"})
"""What jupyter_core's `envset` takes for false."""


def _join(platform: str, *parts: str) -> str:
    return ntpath.join(*parts) if platform == "win32" else posixpath.join(*parts)


def _is_set(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name)
    return value is not None and value.lower() not in _OFF


def home_dir(environ: Mapping[str, str], fallback: str) -> str:
    """The home directory that a process with this environment has: HOME, else `fallback`, links resolved.

    Source: `jupyter_core.paths.get_home_dir`, which resolves links (FreeBSD's /home is one).
    """
    named = environ.get("HOME") or fallback
    return str(Path(named).resolve()) if named else named


def data_dir(environ: Mapping[str, str], home: str, platform: str = sys.platform) -> str:
    """Jupyter's data directory: JUPYTER_DATA_DIR, else what the platform says (`jupyter_data_dir`).

    `home` is the home directory with its links resolved. JUPYTER_PLATFORM_DIRS asks for platformdirs' place.
    """
    named = environ.get("JUPYTER_DATA_DIR")
    if named:
        return named
    if platform == "darwin":
        if _is_set(environ, "JUPYTER_PLATFORM_DIRS"):
            return _join(platform, home, "Library", "Application Support", _mac_name(environ))
        return _join(platform, home, "Library", "Jupyter")
    if platform == "win32":
        return _windows_data_dir(environ, home)
    # platformdirs and jupyter_core agree here but for blanks around XDG_DATA_HOME, which only platformdirs ignores.
    base = environ.get("XDG_DATA_HOME", "")
    if _is_set(environ, "JUPYTER_PLATFORM_DIRS"):
        base = base if base.strip() else ""
    return _join(platform, base or _join(platform, home, ".local", "share"), "jupyter")


def _mac_name(environ: Mapping[str, str]) -> str:
    """jupyter_core writes its name in lower case if its own Python is Homebrew's; here only the environment tells."""
    prefix = environ.get("VIRTUAL_ENV") or environ.get("CONDA_PREFIX") or ""
    return "jupyter" if prefix.startswith("/opt/homebrew") else "Jupyter"


def _windows_data_dir(environ: Mapping[str, str], home: str) -> str:
    if _is_set(environ, "JUPYTER_PLATFORM_DIRS"):
        local = environ.get("LOCALAPPDATA") or ntpath.join(home, "AppData", "Local")
        return ntpath.join(local, "Jupyter")
    appdata = environ.get("APPDATA")
    if appdata:
        return ntpath.join(appdata, "jupyter")
    return ntpath.join(environ.get("JUPYTER_CONFIG_DIR") or ntpath.join(home, ".jupyter"), "data")


def runtime_dir(environ: Mapping[str, str], home: str, platform: str = sys.platform) -> str:
    """Jupyter's runtime directory: JUPYTER_RUNTIME_DIR, else `runtime` in the data directory (`jupyter_runtime_dir`).

    XDG_RUNTIME_DIR is ignored, as Jupyter itself does since jupyter_core 4.4.
    """
    named = environ.get("JUPYTER_RUNTIME_DIR")
    if named:
        return named
    return _join(platform, data_dir(environ, home, platform), "runtime")


def own_runtime_dir(environ: Mapping[str, str] | None = None) -> str:
    """The runtime directory of jntui's own environment."""
    chosen = os.environ if environ is None else environ
    return runtime_dir(chosen, home_dir(chosen, str(Path("~").expanduser())))
