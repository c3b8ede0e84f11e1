"""The browser of this machine's own screen: whether there is one, and how it is told where to go."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import Server

_OPENERS = {"darwin": ("open",), "win32": ("explorer",)}
_OTHERWISE = ("xdg-open", "gio", "firefox", "chromium", "google-chrome")


def barred(environ: Mapping[str, str]) -> str:
    """Why no browser can be opened here, in a few words; empty if one can."""
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return "over SSH a browser would open on the other machine"
    if sys.platform.startswith("linux") and not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return "this machine has no screen"
    return "" if _opener() else "no browser was found here"


def _opener() -> tuple[str, ...]:
    for name in _OPENERS.get(sys.platform, _OTHERWISE):
        found = shutil.which(name)
        if found:
            return (found, "open") if name == "gio" else (found,)
    return ()


def place_of(server: Server, url: str) -> str:
    """What is opened: a URL without its token, or the file that Jupyter made for this, in which the token stands.

    Every user of the machine can read a command line.
    """
    redirect = server.redirect_file
    if redirect is not None and redirect.has_token and redirect.target and url.startswith(_origin(redirect.target)):
        return f"file://{redirect.path}"
    return url


def _origin(url: str) -> str:
    scheme, _mark, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/"


def open_at(place: str) -> None:
    """Returns at once. Raises OSError."""
    command = _opener()
    if not command:
        raise OSError("no browser was found here")
    subprocess.Popen(
        [*command, place],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
