"""Config files, opened with care and read without running them: anybody may have written what lies there."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jntui.jupyter.settings.assignment import UNSEEN, Assignment, ReadFile, Span
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Assignment", "ReadFile", "Span", "read_config_file"]

SIZE_LIMIT = 2 * 1024 * 1024
"""Bytes that are read of one file; the file that Jupyter generates has 75 000."""
SUBCONFIG_LIMIT = 50
"""Files that one file may load, those that they load counted in."""


DENIED = "no permission to read it"
SHUT = "its directory cannot be entered: no permission"
"""The trouble of a file of which nobody here can say whether it is there."""


ELSEWHERE = "in the files of its own container, which jntui does not read"
"""The trouble of a file that only the server can reach."""


def elsewhere(path: str) -> ReadFile:
    """A file that may be there for the server, whatever is at this path for jntui."""
    kind: Literal["py", "json"] = "json" if path.endswith(".json") else "py"
    return ReadFile(path, exists=False, readable=False, kind=kind, trouble=ELSEWHERE, veils=UNSEEN)


class _Refused(Exception):
    """A file is not read; the reason in words is its text."""


class _PassedOver(_Refused):
    """Jupyter does not read it either: `traitlets.utils.filefind` asks `os.path.isfile`."""


class _Missing(Exception):
    """No file is there."""


@dataclass(frozen=True, slots=True)
class _Content:
    raw: bytes
    changed: datetime


class _Subconfigs:
    """Reads what a file loads with `load_subconfig`, and counts: files that load one another have no end."""

    def __init__(self) -> None:
        self._left = SUBCONFIG_LIMIT
        self.asked: dict[str, datetime | None] = {}
        """Path -> when the file was last written."""

    def __call__(self, path: str) -> bytes | str | None:
        """The bytes of the file, the reason in words why it is not read, or None where Jupyter finds no file."""
        if not self._left:
            return f"more than {SUBCONFIG_LIMIT} files are loaded"
        self._left -= 1
        self.asked[path] = None
        try:
            content = _content(path)
        except (_Missing, _PassedOver, NotADirectoryError):
            return None
        except _Refused as refused:
            return str(refused)
        except OSError as error:
            return _words(error)
        self.asked[path] = content.changed
        return content.raw


def read_config_file(path: str) -> ReadFile:
    """What the file says, as a JSON file if its name ends in `.json`, else as a Python file.

    Nothing of it is run. Whatever is wrong with it is `trouble`, never an exception.
    """
    file = ReadFile(path, kind="json" if path.endswith(".json") else "py")
    try:
        content = _content(path)
    except _Missing as missing:
        return replace(file, exists=False, readable=False, trouble=str(missing))
    except NotADirectoryError:
        return replace(file, exists=False, readable=False)
    except _PassedOver as passed:
        return replace(file, readable=False, trouble=str(passed))
    except _Refused as refused:
        return replace(file, readable=False, trouble=str(refused), veils=UNSEEN)
    except PermissionError as error:
        if _is_shut(path):
            return replace(file, exists=False, readable=False, trouble=SHUT, veils=UNSEEN)
        return replace(file, readable=False, trouble=_words(error), veils=UNSEEN)
    except OSError as error:
        # A name that is too long, links in a circle: no file for Jupyter either (`os.path.isfile`).
        veils = UNSEEN if os.path.isfile(path) else ()  # noqa: PTH113 - Path.is_file raises for some of these
        return replace(file, readable=False, trouble=_words(error), veils=veils)
    if file.kind == "json":
        from jntui.jupyter.settings.json_file import read_json

        return replace(read_json(content.raw, path), changed=content.changed)
    from jntui.jupyter.settings.python_file import read_python

    loader = _Subconfigs()
    file = read_python(content.raw, path, loader)
    return replace(file, changed=content.changed, loads=tuple(loader.asked.items()))


def _is_shut(path: str) -> bool:
    """Its directory cannot be entered: whether the file is there is not known."""
    try:
        os.lstat(path)
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def subconfigs() -> Callable[[str], bytes | str | None]:
    """What reads the files that one file loads with `load_subconfig`, as `read_python` asks for it."""
    return _Subconfigs()


def raw_bytes(path: str) -> bytes:
    """All of a config file, opened with the same care. Raises ValueError with the reason in words, OSError."""
    try:
        return _content(path).raw
    except _Missing as missing:
        raise ValueError(str(missing) or "it is not there any more") from missing
    except _Refused as refused:
        raise ValueError(str(refused)) from refused


def json_bytes(path: str) -> bytes:
    """The bytes of a file, none where Jupyter finds no file. Raises ValueError where it is not read, OSError."""
    try:
        return _content(path).raw
    except (_Missing, _PassedOver, NotADirectoryError):
        return b""
    except _Refused as refused:
        raise ValueError(str(refused)) from refused


def _words(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return DENIED
    return f"it cannot be read: {visible(error.strerror or str(error), 100)}"


def _content(path: str) -> _Content:
    """All of a regular file of at most `SIZE_LIMIT` bytes. Raises _Missing, _Refused, OSError.

    Looked at before it is opened, because opening a device may do something, and again behind the open descriptor,
    because it may have been replaced. Nothing blocks: a pipe without a writer would, for ever.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        link = os.lstat(path)
        _refuse_all_but_files(Path(path).stat() if stat.S_ISLNK(link.st_mode) else link)
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise _Missing("a link to a file that is not there" if Path(path).is_symlink() else "") from error
    except ValueError as error:
        raise _Missing("its name holds a zero byte") from error
    try:
        facts = os.fstat(descriptor)
        _refuse_all_but_files(facts)
        _refuse_strange_links(link, facts)
        raw = _read(descriptor)
    finally:
        os.close(descriptor)
    if len(raw) > SIZE_LIMIT:
        raise _Refused(f"Jupyter reads it; jntui does not: {_size(max(facts.st_size, len(raw)))}")
    # A file that is put back from a copy, or moved here, keeps the time of its writing: its inode tells when it came.
    # A link to it may have led elsewhere before.
    return _Content(raw, _moment(max(facts.st_mtime, facts.st_ctime, link.st_mtime, link.st_ctime)))


def _refuse_all_but_files(facts: os.stat_result) -> None:
    """Raises _PassedOver."""
    kinds = (
        (stat.S_ISREG, ""),
        (stat.S_ISDIR, "a directory"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
    )
    kind = next((word for test, word in kinds if test(facts.st_mode)), "a device")
    if kind:
        raise _PassedOver(f"it is {kind}, not a file: Jupyter passes over it")


def _refuse_strange_links(link: os.stat_result, facts: os.stat_result) -> None:
    """Root follows a link only to a file of the link's owner, or where root made the link. Raises _Refused.

    Another user's link could have root show the lines of a file that this user may not read.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not stat.S_ISLNK(link.st_mode):
        return
    if link.st_uid not in {0, facts.st_uid}:
        raise _Refused(f"a link of user {link.st_uid} to a file of user {facts.st_uid}: jntui does not follow it")


def _read(descriptor: int) -> bytes:
    """At most one byte more than the limit. Raises OSError."""
    parts: list[bytes] = []
    left = SIZE_LIMIT + 1
    while left and (part := os.read(descriptor, left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _size(count: int) -> str:
    mega = 1024 * 1024
    return f"{count / mega:.1f} MB" if count < 10 * mega else f"{count // mega} MB"


def _moment(seconds: float) -> datetime:
    """UTC; a time that no calendar holds (a broken clock, a strange file system) becomes the nearest that one does."""
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return datetime(1970, 1, 1, tzinfo=timezone.utc) if seconds < 0 else datetime(9999, 1, 1, tzinfo=timezone.utc)
