"""Canaries: secrets of known text, every form in which one could leak, and what watches where they could.

A `Canary` is a token or a password; `leaks` finds it in bytes, `Record` in what a process of jntui handed to its
children or put into files, also into those that were gone a moment later (tests/live/canary_hook.py notes both).
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

HOOK = Path(__file__).with_name("canary_hook.py")
RECORD = "JNTUI_CANARY_RECORD"
LEAST = 10
"""Characters of a canary that are a leak already: a cut does not make it harmless."""
_CONTROL = re.compile(rb"\x1b(?:\[[<=>?]?[0-9;:]*[ -/]*[@-~]|[()][0-9A-B]|[=>78])|[\x00-\x20\x7f]")
"""What stands between letters on a terminal: moves of the cursor, colours, ends of lines."""


@dataclass(frozen=True)
class Canary:
    """A secret: its name, and its text. `core` are letters and digits alone, which no quoting changes."""

    name: str
    core: str

    @property
    def text(self) -> str:
        """With what is quoted in URLs, in shells, in JSON and in Markdown."""
        return f"{self.core[:4]}+/&{self.core}"

    @cached_property
    def forms(self) -> dict[str, tuple[bytes, ...]]:
        """What to look for, by the way in which it is written."""
        core, whole = self.core.encode(), self.text.encode()
        pieces = [core[at : at + LEAST] for at in range(len(core) - LEAST + 1)]
        return {
            "plain": tuple(pieces),
            "backwards": (core[::-1],),
            "percent": ("".join(f"%{byte:02X}" for byte in core).encode(), quote(self.text, safe="").encode()),
            "hex": (core.hex().encode(), core.hex().upper().encode()),
            "base64": tuple(one for text in (core, whole) for one in _base64(text)),
            "utf-16": (self.core.encode("utf-16-le"),),
        }


def _base64(text: bytes) -> Iterator[bytes]:
    """Its letters at each of the three places in a triple, without those that depend on its neighbours."""
    for lead in range(3):
        whole = base64.b64encode(b"\0" * lead + text)
        first, last = (lead * 8 + 5) // 6, ((lead + len(text)) * 8) // 6
        yield whole[first:last]
        yield whole[first:last].replace(b"+", b"-").replace(b"/", b"_")


def leaks(data: bytes | str, canaries: Iterable[Canary], *, terminal: bool = False) -> list[str]:
    """Which canary stands in it in which form. `terminal`: also where moves and colours stand between its letters."""
    given = data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape")
    texts = [given, _CONTROL.sub(b"", given)] if terminal else [given]
    return sorted(
        {
            f"{canary.name}, {form}"
            for canary in canaries
            for form, pieces in canary.forms.items()
            if any(piece in text for piece in pieces for text in texts)
        }
    )


@dataclass(frozen=True)
class Kept:
    """A file: where, its permission bits, what it held."""

    path: str
    mode: int
    data: bytes = field(repr=False)


class Record:
    """What the jntui processes of one test did, as their hook wrote it down."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "hook").mkdir(parents=True)
        (folder / "record").mkdir()
        shutil.copy(HOOK, folder / "hook" / "sitecustomize.py")

    def environment(self, env: dict[str, str]) -> dict[str, str]:
        """The same, under which every jntui is watched."""
        path = f"{self.folder / 'hook'}:{env.get('PYTHONPATH', '')}".rstrip(":")
        return {**env, "PYTHONPATH": path, RECORD: str(self.folder / "record")}

    def events(self) -> list[dict[str, Any]]:
        """Every note, in no order."""
        files = (self.folder / "record").glob("*.jsonl")
        return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]

    def children(self) -> list[tuple[str, str]]:
        """Command line and environment of every child."""
        return [
            ("\0".join(one["argv"]), "\0".join(f"{name}={value}" for name, value in one["env"].items()))
            for one in self.events()
            if one["what"] == "child"
        ]

    def files(self) -> list[Kept]:
        """What files held when they were closed to the world: removed or put in another's place."""
        return [
            Kept(one["path"], one["mode"], Path(one["copy"]).read_bytes())
            for one in self.events()
            if one["what"] == "file"
        ]


def kept_in(folder: Path, besides: Iterable[Path] = ()) -> list[Kept]:
    """The regular files below a folder, but for those of some other folders in it."""
    away = tuple(besides)
    return [
        Kept(str(path), stat.S_IMODE(path.lstat().st_mode), path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and not any(path.is_relative_to(one) for one in away)
    ]
