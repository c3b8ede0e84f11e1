"""jntui's own configuration file `config.toml`: the URLs that the user added, the theme, the keys.

A server gets a new id at each start, so a URL belongs to a port. The file is the user's: what jntui changes in it is
an entry `[[urls]]` with `port` and `url`, line by line; every other byte stays.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jntui.text import visible

_MOST_BYTES = 1024 * 1024
_READ = frozenset({"theme", "keys", "urls"})
"""All that is read of the file."""
MOST_URLS = 64
"""In the whole file."""

_HEADER = re.compile(r"[ \t]*\[\[[ \t]*(urls|\"urls\"|'urls')[ \t]*\]\][ \t]*(#.*)?\Z")
_ANY_HEADER = re.compile(r"[ \t]*\[")
_ANY_TABLE = re.compile(r"[ \t]*\[+([^\]#]*)\]")
_ENTRY = re.compile(r"[ \t]*(\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*=")


class PreferencesError(Exception):
    """config.toml cannot be read or changed: `str()` is one line with path and line; the file is as it was."""

    def __init__(self, path: Path, line: int | None, message: str) -> None:
        place = f"{path}, line {line}" if line else f"{path}"
        super().__init__(f"{visible(place)}: {visible(message, 300)}")
        self.path = path
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class AddedUrl:
    """A URL that the user added for the server on a port; it never holds a token."""

    port: int
    url: str


@dataclass(frozen=True, slots=True)
class Looks:
    """What the file says of the screen, as it stands there: `theme`, and the table `[keys]`."""

    theme: object = ""
    keys: object = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """Where an entry of the two stands, as far as that is seen; lines count from 1."""
    strange: dict[str, int | None] = field(default_factory=dict)
    """What stands beside `theme`, `keys` and `urls`, which nothing reads, and its line if that is seen."""


def default_path() -> Path:
    """Where the file is on this system (platformdirs); it need not exist."""
    import platformdirs

    return Path(platformdirs.user_config_dir("jntui", appauthor=False)) / "config.toml"


def read_urls(path: Path | None = None) -> tuple[AddedUrl, ...]:
    """Every added URL in the file's order; empty without a file. Quick if the file did not change.

    Raises PreferencesError if it cannot be read or understood.
    """
    path = path or default_path()
    try:
        status = path.stat()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise PreferencesError(path, None, f"cannot be read: {error.strerror}") from error
    return _cached(path, (status.st_ino, status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=4)
def _cached(path: Path, _status: tuple[int, int, int]) -> tuple[AddedUrl, ...]:
    return _added(path, _load(path, _read(path)))


def read_looks(path: Path | None = None) -> Looks:
    """Theme and keys; empty without a file. Raises PreferencesError if it cannot be read or understood."""
    path = path or default_path()
    text = _read(path)
    if not text.strip():
        return Looks()
    loaded = _load(path, text)
    keys = loaded.get("keys", {})
    lines: dict[str, int] = {}
    strange: dict[str, int | None] = {str(name): None for name in loaded if name not in _READ}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        header, entry = _ANY_TABLE.match(line), _ENTRY.match(line)
        if header:
            table = header[1].strip()
            lines.setdefault(table, number)
        name = table.split(".")[0].strip("\"' ") if header else entry[1].strip("\"'") if entry and not table else ""
        if name in strange:
            strange[name] = strange[name] or number
        elif entry and table in {"", "keys"}:
            name = entry[1].strip("\"'")
            if (name == "theme") if not table else name in keys:
                lines.setdefault(name, number)
    return Looks(loaded.get("theme", ""), keys, lines, strange)


def list_urls(port: int, path: Path | None = None) -> tuple[str, ...]:
    """The URLs added for this port. Raises PreferencesError."""
    return tuple(one.url for one in read_urls(path) if one.port == port)


def add_url(port: int, url: str, path: Path | None = None) -> bool:
    """Adds a URL for a port; False if it is there already.

    Raises ValueError if it holds a token, a password or a control character, or if 64 are there; PreferencesError if
    the file cannot be read, understood or written (it is then as it was).
    """
    _refuse_secret(url)
    path = path or default_path()
    text = _read(path)
    before = _load(path, text)
    urls = _added(path, before)
    if AddedUrl(port, url) in urls:
        return False
    if len(urls) >= MOST_URLS:
        raise ValueError(f"{MOST_URLS} URLs are in {path}: remove one first")
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text else newline if text.endswith("\n") else newline * 2
    entry = newline.join(("[[urls]]", f"port = {port}", f"url = {_quoted(url)}", ""))
    expected = {**before, "urls": [*before.get("urls", []), {"port": port, "url": url}]}
    _replace(path, f"{text}{gap}{entry}", expected)
    return True


def remove_url(port: int, url: str, path: Path | None = None) -> bool:
    """Removes an added URL; False if it is not there. Raises PreferencesError as `add_url` does."""
    path = path or default_path()
    if AddedUrl(port, url) not in read_urls(path):
        return False
    text = _read(path)
    before = _load(path, text)
    place = _added(path, before).index(AddedUrl(port, url))
    urls = [entry for index, entry in enumerate(before["urls"]) if index != place]
    expected = {key: value for key, value in before.items() if key != "urls"} | ({"urls": urls} if urls else {})
    _replace(path, _without(path, text, place), expected)
    return True


def _refuse_secret(url: str) -> None:
    parts = urlsplit(url)
    if parts.username is not None or any(key == "token" for key, _ in parse_qsl(parts.query, keep_blank_values=True)):
        raise ValueError("a URL with a token or password is not stored: leave that part out")
    if visible(url) != url:
        raise ValueError("a URL with control characters or of more than 4096 characters is not stored")


def _quoted(url: str) -> str:
    return '"' + url.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _without(path: Path, text: str, place: int) -> str:
    """The text without its n-th `[[urls]]` entry: header to last key, one empty line before it, comments after stay."""
    lines = text.splitlines(keepends=True)
    headers = [number for number, line in enumerate(lines) if _HEADER.match(line.rstrip("\r\n"))]
    if place >= len(headers):
        raise PreferencesError(path, None, "its urls are not written as [[urls]] entries: remove this one by hand")
    first = last = headers[place]
    for number in range(first + 1, len(lines)):
        line = lines[number].strip()
        if _ANY_HEADER.match(line):
            break
        if line and not line.startswith("#"):
            last = number
    if first and not lines[first - 1].strip():
        first -= 1
    return "".join(lines[:first] + lines[last + 1 :])


def _read(path: Path) -> str:
    """The file's text; empty if there is none. Raises PreferencesError."""
    try:
        # O_NONBLOCK: a FIFO in its place must not hang the program.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise PreferencesError(path, None, "is no regular file")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                data = file.read(_MOST_BYTES + 1)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise PreferencesError(path, None, f"cannot be read: {error.strerror}") from error
    if len(data) > _MOST_BYTES:
        raise PreferencesError(path, None, f"is larger than {_MOST_BYTES} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PreferencesError(path, line, "is not UTF-8: repair or remove it") from error


def _load(path: Path, text: str) -> dict[str, Any]:
    import tomlkit
    from tomlkit.exceptions import ParseError, TOMLKitError

    try:
        loaded: dict[str, Any] = tomlkit.parse(text).unwrap()
    except (TOMLKitError, ValueError, RecursionError) as error:
        line = error.line if isinstance(error, ParseError) else None
        raise PreferencesError(path, line, f"is not valid TOML ({error}): repair it, jntui leaves it alone") from error
    return loaded


def _added(path: Path, loaded: dict[str, Any]) -> tuple[AddedUrl, ...]:
    entries = loaded.get("urls", [])
    if not isinstance(entries, list):
        raise PreferencesError(path, None, "`urls` is no list of entries [[urls]] with port and url")
    found = []
    for number, entry in enumerate(entries[:MOST_URLS], 1):
        port, url = (entry.get("port"), entry.get("url")) if isinstance(entry, dict) else (None, None)
        if not isinstance(url, str) or isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
            raise PreferencesError(path, None, f"entry {number} of [[urls]] needs a port from 1 to 65535 and a url")
        found.append(AddedUrl(port, url))
    return tuple(found)


def _replace(path: Path, text: str, expected: dict[str, Any]) -> None:
    """Writes the text in one step, after it was read back and says what it must; links, mode and owner stay."""
    if _load(path, text) != expected:
        raise PreferencesError(path, None, "is written in a way that jntui cannot change safely: edit it by hand")
    real = Path(os.path.realpath(path))
    try:
        real.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(real, text.encode("utf-8"))
    except OSError as error:
        raise PreferencesError(path, None, f"cannot be written: {error.strerror}") from error


def _write(real: Path, data: bytes) -> None:
    owner = real.stat() if real.exists() else real.parent.stat()
    mode = stat.S_IMODE(owner.st_mode) if real.exists() else 0o600
    descriptor, name = tempfile.mkstemp(prefix=".config.toml.", dir=real.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        if hasattr(os, "chown") and os.geteuid() == 0:
            os.chown(name, owner.st_uid, owner.st_gid)
        Path(name).chmod(mode)
        Path(name).replace(real)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
