"""What is in a directory, for the field of a path: looked up beside the screen, bounded, by what the setting wants."""

from __future__ import annotations

import os
import stat
from itertools import islice
from pathlib import Path
from typing import Literal

from jntui.tui.entry import Option

MOST_ENTRIES = 2000
"""Entries of a directory that are looked at; of a larger one the rest can be typed."""
MOST_READ = 100
"""Files of one directory that are opened to see what they hold."""
PEM_LIMIT = 64 * 1024
"""Bytes: a chain of certificates has a few thousand."""

Wants = Literal["certificate", "key", "directory", "any"]
"""What a path has to lead to."""

_WANTS: dict[str, Wants] = {
    **{"certfile": "certificate", "client_ca": "certificate", "keyfile": "key"},
    **{"root_dir": "directory", "notebook_dir": "directory"},
}
_DIRECTORY = "directory: enter opens it"
_TO_TAKE = "directory: / lists it"


def wants_of(name: str) -> Wants:
    """What the setting of this name wants."""
    return _WANTS.get(name, "any")


def folder_of(text: str, home: str) -> str:
    """The directory that a typed path is in, with its last slash; empty for a relative path. Of nothing it is home."""
    if not text:
        return f"{home.rstrip('/')}/" if home else ""
    return text[: text.rindex("/") + 1] if text.startswith("/") else ""


def entries(folder: str, wants: Wants = "any") -> tuple[Option, ...]:
    """Its directories, then its files, those that hold what is wanted first; blocks. Raises OSError.

    What cannot be read, or is neither, is left out where a certificate or a key is wanted.
    """
    found: list[tuple[int, str, str]] = []
    opened = 0
    with os.scandir(folder) as scan:
        for entry in islice(scan, MOST_ENTRIES):
            if not entry.name.isprintable():
                continue
            try:
                if entry.is_dir():
                    found.append((0, entry.name, _TO_TAKE if wants in {"directory", "any"} else _DIRECTORY))
                    continue
                if wants in {"certificate", "key"}:
                    opened += 1
                    words = _holds(entry) if opened <= MOST_READ else "file"
                    if words:
                        found.append((1 if wants in words else 2, entry.name, words))
                elif wants == "any":
                    found.append((2, entry.name, "file"))
            except OSError:  # gone meanwhile, not ours to read, or a link that leads round: nothing to choose
                continue
    return tuple(Option(folder + name, words) for _rank, name, words in sorted(found))


def _holds(entry: os.DirEntry[str]) -> str:
    """`certificate`, `certificate and key`, `private key`; `file` for what is neither; empty for no file.

    Raises OSError where it cannot be read.
    """
    facts = entry.stat()
    if not stat.S_ISREG(facts.st_mode):
        return ""
    with Path(entry.path).open("rb") as stream:
        head = stream.read(PEM_LIMIT)
    certificate, key = b"-----BEGIN CERTIFICATE-----" in head, b"PRIVATE KEY-----" in head
    if certificate:
        return "certificate and key" if key else "certificate"
    return "private key" if key else "file"


class Picker:
    """What is offered for one path, as it is typed."""

    def __init__(self, name: str, home: str) -> None:
        self.wants = wants_of(name)
        self._home = home
        self.folder = ""
        """The directory whose entries are offered, or asked for."""
        self.entries: tuple[Option, ...] | None = None
        self._chosen = ""
        """The path that was taken from what is offered: the others stay there."""
        self.options: tuple[Option, ...] = ()

    def full(self, text: str) -> str:
        """The typed path; `~` is the user's own home, as it is written into the file then."""
        text = text.strip()
        return self._home.rstrip("/") + text[1:] if text == "~" or text.startswith("~/") else text

    def take(self, path: str) -> None:
        """It was chosen among what is offered."""
        self._chosen = path

    def follow(self, text: str) -> str:
        """The text is another one: the directory that has to be read for it; empty if none."""
        text = self.full(text)
        folder = folder_of(text, self._home)
        asked = ""
        if folder != self.folder:
            self.folder, self.entries, asked = folder, None, folder
        if text != self._chosen or not text:
            self._chosen = ""
            hidden = text.rpartition("/")[2].startswith(".")
            self.options = tuple(
                one
                for one in self.entries or ()
                if one.value.startswith(text) and (hidden or not one.value.rpartition("/")[2].startswith("."))
            )
        return asked

    def looked(self, folder: str, found: tuple[Option, ...]) -> bool:
        """The directory was read; False for what was asked for an older text."""
        if folder == self.folder:
            self.entries = found
        return folder == self.folder

    def at(self, text: str) -> Option | None:
        """What is at the typed path, as far as its directory was read."""
        path = self.full(text).rstrip("/")
        return next((one for one in self.entries or () if one.value == path), None)

    def opens(self, text: str) -> bool:
        """Enter on it goes into the directory: it is none of the files that are wanted."""
        found = self.at(text)
        return found is not None and found.words == _DIRECTORY

    def remark(self, text: str) -> str:
        """Whether the path is there, as far as its directory could be read."""
        path = self.full(text)
        name = path[len(self.folder) :]
        if not path.startswith("/"):
            return "a relative path: it counts from the directory in which the server starts" if path else ""
        if not name:
            nothing = self.entries is not None and not self.options
            return "nothing in this directory can be chosen" if nothing else ""
        if self.entries is None:
            return ""
        found = self.at(path)
        if found is None:
            unread = self.wants in {"certificate", "key"} and Path(path).exists()
            return f"{name} cannot be read from here" if unread else f"{name} is not there now"
        wrong = self.wants in {"certificate", "key"} and found.words in {"file", "private key", "certificate"}
        if wrong and self.wants not in found.words:
            holds = "neither certificate nor key" if found.words == "file" else found.words
            return f"{name} holds {'no ' + self.wants}: {holds}"
        return ""
