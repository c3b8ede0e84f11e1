"""Values with which Jupyter does not start although their type is right, as far as that is certain without running it.

Source: `ServerApp.init_webapp`, `_find_http_port`, `_validate_sock_mode`; `PasswordIdentityProvider.validate_security`;
`tornado.tcpserver.TCPServer`, getaddrinfo(3); Notebook 6's `NotebookApp.init_webapp` is the same in these.
"""

from __future__ import annotations

import ipaddress
import os
import re
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.jupyter.settings.catalogue import PASSWORD
from jntui.jupyter.settings.values import read_text
from jntui.model import Secret, Source
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jntui.jupyter.settings.catalogue import Generation
    from jntui.jupyter.settings.decision import Decided
    from jntui.jupyter.settings.given import Given

USUAL_PORT = 8888
WILL_NOT = "Jupyter will not start with it"
UNUSED = "unused: it listens on a socket file"
_NO_NAME = re.compile(r"[\[\]/\s@?#]")
_FOUR_NUMBERS = re.compile(r"(?:\d+\.){3}\d+\Z")
_LABEL_LIMIT = 63


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a refusal hangs on beside the settings."""

    generation: Generation
    option: Callable[[str], Given | None]
    """A trait of the application that is not in the catalogue."""
    home: str
    cwd: str | None
    """None where it is not known, or may change."""
    reaches_files: bool
    """The server sees the same files as jntui."""
    as_root: bool


class _Values:
    """The values that are known."""

    def __init__(self, decided: Mapping[str, Decided]) -> None:
        self._decided = decided

    def get(self, name: str) -> object:
        """None where it is not known, or this Jupyter has no such setting."""
        one = self._decided.get(name)
        return one.found.value if one is not None and one.found.known else None


def refused(decided: Mapping[str, Decided], now: Circumstances) -> dict[str, Decided]:
    """The same settings, with what Jupyter does about their values in the notes of those that have none."""
    values = _Values(decided)
    notes: dict[str, str] = {}
    for rule in _RULES:
        for name, words in rule(values, now).items():
            notes.setdefault(name, words)
    found = dict(decided)
    for name, words in notes.items():
        if name in found and not found[name].found.note:
            found[name] = replace(found[name], found=replace(found[name].found, note=words))
    return _on_a_socket(found, values)


def _on_a_socket(decided: dict[str, Decided], values: _Values) -> dict[str, Decided]:
    """`ServerApp.init_webapp`: a socket file instead of a port."""
    port = decided.get("port")
    if not values.get("sock") or port is None:
        return decided
    found = port.found
    if found.known and found.value == USUAL_PORT:
        source = Source("computed", name=found.source.name, text="from sock")
        given = found.source
        hidden = port.shadowed if given.kind == "default" else (given, *port.shadowed)
        decided["port"] = replace(port, found=replace(found, value=0, shown="0", source=source), shadowed=hidden)
    for name in ("port", "ip", "port_retries"):
        if name in decided and not decided[name].found.note:
            decided[name] = replace(decided[name], found=replace(decided[name].found, note=UNUSED))
    return decided


def _port(values: _Values, now: Circumstances) -> dict[str, str]:
    port, retries = values.get("port"), values.get("port_retries")
    notes: dict[str, str] = {}
    if isinstance(port, int) and port < 0:
        notes["port"] = f"{WILL_NOT}: no port has this number"
    elif isinstance(port, int) and port > 65535:
        notes["port"] = f"no port has this number: on Linux it listens on {port % 65536}, and its own URLs lead nowhere"
    if isinstance(retries, int) and retries < 0 and now.generation != "gateway":
        notes["port_retries"] = f"{WILL_NOT}: then it tries no port at all"
    return notes


def _ip(values: _Values, _now: Circumstances) -> dict[str, str]:
    text = values.get("ip")
    words = _no_address(text) if isinstance(text, str) else ""
    return {"ip": f"{WILL_NOT}: {words}"} if words else {}


def _no_address(text: str) -> str:
    """Why nothing can listen there, whatever the network; empty if something may."""
    if text in {"", "*"}:
        return ""
    try:
        ipaddress.ip_address(text.partition("%")[0] if ":" in text else text)
    except ValueError:
        pass  # no address: a name, or something that is neither
    else:
        return ""
    bare = text.strip("[]")
    if bare != text and ":" in bare:
        return f"an IPv6 address has no brackets here: '{visible(bare, 60)}'"
    if _NO_NAME.search(text) or ":" in text:
        return "it is neither an address nor a host name"
    if _FOUR_NUMBERS.match(text):
        return "it is no IPv4 address"
    labels = text.removesuffix(".").split(".")
    if any(not label or len(label) > _LABEL_LIMIT for label in labels):
        return "it is no host name"
    return ""


def _socket(values: _Values, now: Circumstances) -> dict[str, str]:
    sock = values.get("sock")
    if not sock:
        return {}
    port = values.get("port")
    if isinstance(port, int) and port != USUAL_PORT:
        return dict.fromkeys(("sock", "port"), f"{WILL_NOT}: sock and port exclude each other")
    opened = now.option("file_to_run")
    if opened is not None and not opened.computed and opened.value and now.generation != "notebook6":
        return {"sock": f"{WILL_NOT}: a file cannot be opened in a browser beside it"}
    mode = now.option("sock_mode")
    text = read_text(mode, now.home) if mode is not None else ""
    if text and not _is_mode(text):
        return {"sock": f"{WILL_NOT}: sock_mode {visible(text, 20)} is none; it must be octal and have 0600 in it"}
    return {}


def _is_mode(text: str) -> bool:
    try:
        return int(text, 8) & 0o600 == 0o600
    except ValueError:
        return False


def _tls(values: _Values, now: Circumstances) -> dict[str, str]:
    if now.option("ssl_options") is not None:
        return {}
    notes: dict[str, str] = {}
    certificate = values.get("certfile")
    if certificate == "":
        for name in ("keyfile", "client_ca"):
            if values.get(name):
                notes[name] = f"{WILL_NOT}: it goes with certfile, which is not set"
        return notes
    for name in ("certfile", "keyfile"):
        path = values.get(name)
        if isinstance(path, str) and path and certificate and _is_missing(path, now):
            notes[name] = f"{WILL_NOT}: there is no such file"
    return notes


def _is_missing(path: str, now: Circumstances) -> bool:
    """Certain to be absent. `~` is no home here: Jupyter does not expand it in a file's value."""
    if not now.reaches_files or (now.cwd is None and not Path(path).is_absolute()):
        return False
    try:
        os.stat(Path(now.cwd or os.sep, path))  # noqa: PTH116 - it raises, which is the answer
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        # No permission, a strange name: somebody else may see it.
        return False
    return False


def _password(values: _Values, _now: Circumstances) -> dict[str, str]:
    password = values.get(PASSWORD)
    if values.get("password_required") is True and isinstance(password, Secret) and not password:
        return {"password_required": f"{WILL_NOT}: no password is set"}
    return {}


def _origin(values: _Values, now: Circumstances) -> dict[str, str]:
    text = values.get("allow_origin_pat")
    if not isinstance(text, str) or not text or now.generation == "gateway":
        return {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        # Where flags may stand is another question to each Python.
        if "global flags" in str(error):
            return {}
        return {"allow_origin_pat": f"{WILL_NOT}: it is no regular expression: {visible(str(error), 80)}"}
    return {}


def _root(values: _Values, now: Circumstances) -> dict[str, str]:
    if now.as_root and values.get("allow_root") is False and now.generation != "gateway":
        return {"allow_root": "for the user root Jupyter ends at once with it"}
    return {}


_RULES: tuple[Callable[[_Values, Circumstances], dict[str, str]], ...] = (
    _port,
    _ip,
    _socket,
    _tls,
    _password,
    _origin,
    _root,
)
