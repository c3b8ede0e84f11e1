"""What a setting has when no file and no option sets it: an environment variable, a fixed value, or what others say."""

from __future__ import annotations

import codecs
import ipaddress
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.settings.catalogue import PASSWORD, TOKEN
from jntui.jupyter.settings.values import SHOWN_LIMIT, secret_kind, shown, token_kind
from jntui.model import Secret, Source
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.jupyter.settings.catalogue import Generation, Held, Known

_TOKEN_FILE = "JUPYTER_TOKEN_FILE"  # noqa: S105 - the name of a variable

TOKEN_FILE_LIMIT = 64 * 1024
"""Bytes of a token file; a longer one is none."""


@dataclass(frozen=True, slots=True)
class Found:
    """One value with its source, before it is shown."""

    value: object = field(repr=False)
    """What the trait has; a `Secret` for a secret; None where it is not known."""
    shown: str
    source: Source
    note: str = ""
    known: bool = True
    """False: only running Jupyter would tell."""


def from_environment(known: Known, held: Held, environ: Mapping[str, str], cwd: str | None) -> list[Found]:
    """What variables give this setting, the first decides.

    A path in them is relative to `cwd`; without one it leads to files that jntui does not see.
    """
    found = []
    for name in held.variables:
        text = environ.get(name)
        # Jupyter takes an empty port for a number and ends; the others count only if they are not empty.
        if text or (text is not None and known.kind == "integer") or (text is not None and name.startswith("KG_")):
            found.append(_variable(known, held, name, text or "", cwd))
    return found


def _variable(known: Known, held: Held, name: str, text: str, cwd: str | None) -> Found:
    if name == _TOKEN_FILE:
        return _token_file(text, cwd)
    if known.kind == "secret":
        kind = secret_kind(held.trait, text)
        return Found(Secret(text), kind, Source("env", name, name=name, text=kind))
    value: object = text
    note = ""
    if known.kind == "integer":
        try:
            value = int(text)
        except ValueError:
            note = "Jupyter will not start with it: it takes an integer"
    elif known.kind == "yes or no":
        value = text.lower() in ({"true"} if name.startswith("KG_") else {"true", "yes"})
    return Found(value, shown(value), Source("env", name, name=name, text=visible(text, SHOWN_LIMIT)), note)


_NO_TOKEN = (
    (FileNotFoundError, "there is no such file"),
    (NotADirectoryError, "there is no such file"),
    (IsADirectoryError, "it is a directory"),
    (UnicodeDecodeError, "it is not UTF-8"),
)
"""What ends Jupyter where it reads the token from a file."""


def _token_file(path: str, cwd: str | None) -> Found:
    """`IdentityProvider._token_default`: the whole file is the token, a line break at its end too."""
    try:
        if cwd is None:
            raise ValueError("another file system")  # noqa: TRY301 - one answer for all that cannot be read
        text = _read(str(Path(cwd, path)))
    except (OSError, ValueError) as error:
        source = Source("env", _TOKEN_FILE, name=_TOKEN_FILE, text=visible(path, SHOWN_LIMIT))
        note = next((words for kind, words in _NO_TOKEN if isinstance(error, kind)), "")
        note = f"Jupyter will not start with it: {note}" if note else ""
        return Found(None, "in a file that cannot be read", source, note, known=False)
    note = ""
    if text != text.strip():
        note = f"{visible(path, 80)} ends with a line break or blank, which becomes part of the token: it fits no URL"
    kind = token_kind(text)
    return Found(Secret(text), kind, Source("env", _TOKEN_FILE, name=_TOKEN_FILE, text=kind), note)


def _read(path: str) -> str:
    """A short regular file. Raises OSError, ValueError."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        facts = os.fstat(descriptor)
        if stat.S_ISDIR(facts.st_mode):
            raise IsADirectoryError(path)
        if not stat.S_ISREG(facts.st_mode):
            raise ValueError("not a regular file")
        whole = facts.st_size <= TOKEN_FILE_LIMIT
        text = codecs.getincrementaldecoder("utf-8")().decode(os.read(descriptor, TOKEN_FILE_LIMIT), final=whole)
        if not whole:
            raise ValueError("not a short file")
        return text
    finally:
        os.close(descriptor)


def default_of(known: Known, held: Held, generation: Generation, others: Mapping[str, Found], cwd: str | None) -> Found:
    """The default, from the values of the settings it hangs on."""
    name = f"{held.cls}.{held.trait}"
    if known.name == "root_dir":
        words = "from the working directory"
        source = Source("computed", name=name, text=words)
        return Found(cwd, shown(cwd) if cwd else "the directory it was started in", source, known=cwd is not None)
    if known.name == "allow_remote_access":
        return _remote(others["ip"], Source("computed", name=name, text="from ip"))
    if known.name == TOKEN and generation != "gateway":
        return _token(others[PASSWORD], name)
    value = known.default_in(generation)
    if known.kind == "secret":
        return Found(Secret(""), secret_kind(held.trait, ""), Source("default", name=name))
    return Found(value, shown(value), Source("default", name=name, text=shown(value)))


def _token(password: Found, name: str) -> Found:
    if not password.known:
        source = Source("computed", name=name, text="from hashed_password")
        return Found(None, "generated, unless a password is set", source, known=False)
    if isinstance(password.value, Secret) and password.value:
        source = Source("computed", name=name, text="from hashed_password")
        return Found(Secret(""), "none: a password is set", source)
    return Found(None, "generated at each start", Source("default", name=name), known=False)


def _remote(ip: Found, source: Source) -> Found:
    """`ServerApp._default_allow_remote`: off if it listens on loopback addresses only."""
    text = ip.value
    if not ip.known or not isinstance(text, str):
        return Found(None, "True unless ip is this machine only", source, known=False)
    if text in {"", "*", "localhost"}:
        value = text != "localhost"
        return Found(value, shown(value), source)
    try:
        value = not ipaddress.ip_address(text).is_loopback
    except ValueError:
        # Asking for the name could wait for a name server.
        return Found(None, f"False if {visible(text, 60)} is this machine only, else True", source, known=False)
    return Found(value, shown(value), source)
