"""Info files and redirect files, read as what they are: files that anybody may have written, cut short or replaced.

Source: `jupyter_server.serverapp.ServerApp.server_info` and `write_server_info_file`; for Notebook 6
`notebook.notebookapp.NotebookApp.server_info`, which has `notebook_dir` and no `version`.
"""

from __future__ import annotations

import html
import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jntui.model import RedirectFile, Secret
from jntui.text import visible

SIZE_LIMIT = 64 * 1024
"""Bytes that an info file may have; a real one has about 400."""
FILES_LIMIT = 1000
"""Info files that are taken of one directory."""
ENTRIES_LIMIT = 100_000
"""Directory entries that are looked at."""

_NAME = re.compile(r"(jpserver|nbserver)-(.{1,200})\.json\Z", re.DOTALL)
_REDIRECT = re.compile(r"""<meta[^>]*url=([^"'>]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InfoFile:
    """What an info file says; nothing of it is proven."""

    path: str
    stem: str
    """`jpserver-4242`."""
    pid: int
    port: int
    """0 for a unix socket."""
    mtime: float
    """When it was last written, seconds since 1970."""
    uid: int | None = None
    """The file's owner; None where the system has no such ids."""
    base_url: str = "/"
    hostname: str = ""
    url: str = ""
    secure: bool = False
    root_dir: str | None = None
    sock: str = ""
    password: bool = False
    """True proves a password (the deprecated trait); False proves nothing."""
    token: Secret = field(default_factory=lambda: Secret(""))
    version: str | None = None
    legacy: bool = False
    """Notebook 6 wrote it (`nbserver-*`)."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that cannot be taken for an info file, and why, in words."""

    path: str
    stem: str
    reason: str
    pid: int | None = None
    """The pid in its name, if there is one."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The info files of one directory, by path, sorted."""

    paths: tuple[str, ...] = ()
    trouble: str = ""
    """Why the directory could not be read, in words; empty if it could, or does not exist."""


class _Refused(Exception):
    """A file is not to be read; the reason in words is its text."""


def list_info_files(directory: str) -> Listing:
    """The paths of the info files in a runtime directory, at most 1000; a missing directory holds none."""
    paths: list[str] = []
    trouble = ""
    try:
        with os.scandir(directory) as entries:
            for count, entry in enumerate(entries):
                if count >= ENTRIES_LIMIT or len(paths) >= FILES_LIMIT:
                    trouble = f"{visible(directory)} holds too many files: some were left out"
                    break
                if _NAME.match(entry.name):
                    paths.append(str(Path(directory) / entry.name))
    except FileNotFoundError:
        return Listing()
    except (OSError, ValueError) as error:
        return Listing((), f"{visible(directory)} cannot be read: {_words(error)}")
    return Listing(tuple(sorted(paths)), trouble)


def read_info_file(path: str, owner_uid: int | None = None) -> InfoFile | Unreadable:
    """Reads one info file; whatever is wrong with it is a reason, never an exception.

    With `owner_uid` the file must belong to that user and must not be a link: for files in other users' directories.
    """
    stem = Path(path).name.removesuffix(".json")
    try:
        raw, facts = _read_regular(path, owner_uid)
        return _parse(path, stem, raw, facts)
    except _Refused as refused:
        reason = str(refused)
    except OSError as error:
        reason = f"the file cannot be read: {_words(error)}"
    named = stem.partition("-")[2]
    pid = int(named) if named.isascii() and named.isdigit() and len(named) < 10 else None
    return Unreadable(path, visible(stem), reason, pid)


def _words(error: Exception) -> str:
    return visible(getattr(error, "strerror", None) or str(error), 200)


def _read_regular(path: str, owner_uid: int | None) -> tuple[bytes, os.stat_result]:
    """At most `SIZE_LIMIT` bytes of a regular file, and its facts. Raises OSError, _Refused."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    follow = owner_uid is None and _own_link(path)
    if not follow:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags)
    except ValueError as error:
        raise _Refused("its name holds a zero byte") from error
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise _Refused(f"it is {_kind_of(facts.st_mode)}, not a file")
        if owner_uid is not None and facts.st_uid != owner_uid:
            raise _Refused(f"it belongs to another user (uid {facts.st_uid}) than the process")
        if facts.st_size > SIZE_LIMIT:
            raise _Refused(f"it has {facts.st_size} bytes: no info file is that long")
        raw = os.read(descriptor, SIZE_LIMIT + 1)
    finally:
        os.close(descriptor)
    if len(raw) > SIZE_LIMIT:
        raise _Refused("it grows while it is read")
    return raw, facts


def _own_link(path: str) -> bool:
    """`path` is a link that belongs to the caller: users do put their runtime files elsewhere."""
    try:
        facts = os.lstat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISLNK(facts.st_mode) and hasattr(os, "getuid") and facts.st_uid == os.getuid()


def _kind_of(mode: int) -> str:
    kinds = (
        (stat.S_ISDIR, "a directory"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISLNK, "a link"),
    )
    return next((word for test, word in kinds if test(mode)), "a device")


def _parse(path: str, stem: str, raw: bytes, facts: os.stat_result) -> InfoFile:
    """Raises _Refused."""
    if not raw.strip():
        raise _Refused("it is empty")
    try:
        found = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _Refused("it holds no text") from error
    except RecursionError as error:
        raise _Refused("its JSON is nested too deeply") from error
    except ValueError as error:
        raise _Refused(f"its JSON is broken or cut short: {visible(str(error), 100)}") from error
    if not isinstance(found, dict):
        raise _Refused(f"it holds a JSON {_json_kind(found)}, not an object")
    pid = _number(found, "pid", 1, 2**31 - 1)
    port = _number(found, "port", 0, 65535)
    sock = _text(found, "sock")
    if not port and not sock:
        raise _Refused("it names neither a port nor a socket")
    return InfoFile(
        path=path,
        stem=visible(stem),
        pid=pid,
        port=port,
        mtime=facts.st_mtime,
        uid=facts.st_uid if hasattr(os, "getuid") else None,
        base_url=_base_url(_text(found, "base_url")),
        hostname=_text(found, "hostname"),
        url=_text(found, "url", raw=True),
        secure=_flag(found, "secure"),
        root_dir=_text(found, "root_dir", raw=True) or _text(found, "notebook_dir", raw=True) or None,
        sock=sock,
        password=_flag(found, "password"),
        token=Secret(_text(found, "token")),
        version=_text(found, "version") or None,
        legacy=stem.startswith("nbserver-"),
    )


def _json_kind(value: object) -> str:
    kinds: dict[type, str] = {list: "list", str: "string", bool: "truth value", int: "number", float: "number"}
    return kinds.get(type(value), "null")


def _number(found: dict[str, Any], key: str, low: int, high: int) -> int:
    value = found.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Refused(f"its {key} is missing" if value is None else f"its {key} is a {_json_kind(value)}")
    if not low <= value <= high:
        raise _Refused(f"its {key} is out of range")
    return value


def _text(found: dict[str, Any], key: str, *, raw: bool = False) -> str:
    """A text of it; a lone surrogate, which JSON can spell but no file name or header can hold, is refused.

    `raw`: a name of a directory may stand in it; Python writes a byte of such a name that is not UTF-8 as one of
    U+DC80 to U+DCFF (`os.fsdecode`).
    """
    value = found.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Refused(f"its {key} is no text")
    if "\0" in value or any(
        "\ud800" <= char <= "\udfff" and not (raw and "\udc80" <= char <= "\udcff") for char in value
    ):
        raise _Refused(f"its {key} holds characters that cannot be")
    return value


def _flag(found: dict[str, Any], key: str) -> bool:
    value = found.get(key, False)
    if not isinstance(value, bool):
        raise _Refused(f"its {key} is no truth value")
    return value


def _base_url(text: str) -> str:
    """With one slash at each end, as `ServerApp.base_url` is validated; without characters that a URL cannot hold."""
    clean = visible(text).strip("/ ")
    return f"/{clean}/" if clean else "/"


def redirect_of(info_path: str) -> RedirectFile | None:
    """The `*-open.html` beside an info file; None if there is none that can be read."""
    path = info_path.removesuffix(".json") + "-open.html"
    try:
        facts = os.lstat(path)
        if not stat.S_ISREG(facts.st_mode):
            return None
        raw, _ = _read_regular(path, facts.st_uid)
    except (OSError, ValueError, _Refused):
        return None
    found = _REDIRECT.search(raw.decode("utf-8", "replace"))
    target, _, query = html.unescape(found.group(1)).partition("?") if found else ("", "", "")
    mode = stat.S_IMODE(facts.st_mode)
    return RedirectFile(
        path=path,
        mode=mode,
        world_readable=bool(mode & stat.S_IROTH) and leads_there(path),
        target=visible(target),
        has_token="token=" in query,
    )


def leads_there(path: str) -> bool:
    """Every directory on the way lets any local user through (path_resolution(7): search permission for others)."""
    try:
        return all(folder.stat().st_mode & stat.S_IXOTH for folder in Path(path).resolve().parents)
    except (OSError, RuntimeError):
        return False
