"""The secret with which a server signs its login cookies: where it is, and a new one in its place.

Source: `jupyter_server.serverapp.ServerApp._default_cookie_secret`: the file `jupyter_cookie_secret` (Notebook 6:
`notebook_cookie_secret`) in the runtime directory, unless `cookie_secret_file` or `cookie_secret` is set. All servers
of one user share it; each has read it once, at its start.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.managed import write_private
from jntui.jupyter.secret_options import options_of
from jntui.jupyter.settings.reading import read_config_file
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.jupyter.settings.subject import Subject
    from jntui.model import Configuration, Server

_NAMES = {"jpserver": "jupyter_cookie_secret", "nbserver": "notebook_cookie_secret"}
_TRAITS = ("cookie_secret", "cookie_secret_file")


@dataclass(frozen=True, slots=True)
class CookieSecret:
    """Where the secret of one server is."""

    path: str
    """Empty where it is in no file of its own."""
    why_not: str = ""
    """Why it cannot be made anew from here, in one line."""


def cookie_secret_of(server: Server, subject: Subject, found: Configuration) -> CookieSecret:
    """Nothing is run and the secret itself is not read."""
    if any(option.trait in _TRAITS for option in options_of(subject.words)):
        return CookieSecret("", "its command line sets the cookie secret: start it without that")
    for file in found.files:
        for one in read_config_file(file.path).assignments if file.exists else ():
            if one.trait in _TRAITS:
                line = f" line {one.where.line}" if one.where.line else ""
                where = f"{visible(file.path, 300)}{line}"
                return CookieSecret("", f"{where} sets {one.trait}: change it there, then restart")
    if server.info_file is None:
        return CookieSecret("", "it has no info file that would tell where its runtime directory is")
    info = Path(server.info_file)
    name = _NAMES.get(info.name.partition("-")[0])
    return CookieSecret(str(info.parent / name)) if name else CookieSecret("", f"{visible(info.name, 80)} is not known")


def shares_cookie(server: Server, path: str) -> bool:
    """Its runtime directory, as its info file tells it, is where this secret is."""
    info = Path(server.info_file) if server.info_file is not None else None
    name = _NAMES.get(info.name.partition("-")[0]) if info is not None else None
    return info is not None and name is not None and info.parent / name == Path(path)


def renew(path: str) -> None:
    """Puts a new random secret there, whole or not at all, 0600. Raises OSError."""
    write_private(Path(path), base64.encodebytes(secrets.token_bytes(32)).decode("ascii"))
