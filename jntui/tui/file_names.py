"""Names of config files in few cells: the directory by its telling part, then what tells one file from another.

Nearly every one is `jupyter_WHAT_config.py` or `.json` in `DIRECTORY/etc/jupyter`, so what they share goes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from jntui.tui.cutting import cut_start

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST = 8
"""Cells of a name's end below which its directory gives way."""
_FIRST, _LAST, _SHARED = "jupyter_", "_config", "/etc/jupyter"


def file_name(path: str, cells: int, dots: str, end: str = "") -> str:
    """A path, already short by `~`, in at most `cells` cells; `end` (`:12`) stands behind it and stays."""
    for form in _forms(path, dots):
        if cell_len(form) + cell_len(end) <= cells:
            return form + end
    folder, name = _split(path)
    root, short = _roots(folder, dots)[-1], _tails(name, dots)[1]
    room = cells - cell_len(root + end)
    if room < LEAST:
        root, room = "", cells - cell_len(end)
    return root + cut_start(dots + short, room, dots) + end


def _forms(path: str, dots: str) -> Iterator[str]:
    """From the whole to the shortest that still names one file."""
    folder, name = _split(path)
    where = path.removesuffix(name)
    yield path
    long, short = _tails(name, dots)
    if long != name:
        yield where + dots + long
    roots = _roots(folder, dots)
    yield f"{roots[0]}{dots}/{name}"
    for tail in dict.fromkeys((long, short)):
        for root in roots:
            yield f"{root}{dots}{tail}"


def _split(path: str) -> tuple[str, str]:
    """Directory and name; `jupyter_server_config.d/my.json` is one name."""
    folder, _, name = path.rpartition("/")
    if folder.endswith(".d"):
        folder, _, last = folder.rpartition("/")
        name = f"{last}/{name}"
    return folder, name


def _tails(name: str, dots: str) -> tuple[str, str]:
    """`server_config.py` and `server….py` of `jupyter_server_config.py`."""
    long = name.removeprefix(_FIRST)
    what, middle, end = long.partition(_LAST)
    return long, f"{what}{dots}{end}" if middle and what and long != name else long


def _roots(folder: str, dots: str) -> tuple[str, ...]:
    """`~/`, `/etc/`, `~/.venv/`, `…/data/` of an environment deep in a home; a shorter one where it still tells."""
    if folder in {"~/.jupyter", "~"}:
        return ("~/",)
    if folder == _SHARED:
        return ("/etc/",)
    parts = [part for part in folder.removesuffix(_SHARED).split("/") if part]
    if not parts:
        return ("/",)
    if len(parts) > 2:
        return (f"{dots}/{parts[-1]}/",)
    head = "" if parts[0] == "~" else "/"
    shorter = (f"/{parts[0]}/",) if head else ()
    return (f"{head}{'/'.join(parts)}/", *shorter)
