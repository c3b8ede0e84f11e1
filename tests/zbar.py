"""QR codes read by zbar, a reader of its own: from a picture, or from what a terminal would show of some lines."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

needs_zbar = pytest.mark.skipif(shutil.which("zbarimg") is None, reason="zbarimg (zbar-tools) is not installed")

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
Colour = tuple[int, int, int]
_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_CUBE = {16: BLACK, 231: WHITE}


def read_picture(path: Path) -> str:
    """What the one code in the picture says; fails where none is found."""
    done = subprocess.run(
        ["zbarimg", "--quiet", "--raw", path], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"no code in {path}: {done.stderr}"
    return done.stdout.rstrip("\n")


def cells_of(lines: Iterable[str], ink: Colour, paper: Colour) -> list[list[tuple[Colour, Colour]]]:
    """Upper and lower colour of each cell, as a terminal of these two colours shows the lines."""
    return [list(_cells(line, ink, paper)) for line in lines]


def _cells(line: str, ink: Colour, paper: Colour) -> Iterable[tuple[Colour, Colour]]:
    front, back, at = ink, paper, 0
    while at < len(line):
        found = _SGR.match(line, at)
        if found:
            front, back = _colours(found.group(1), front, back, (ink, paper))
            at = found.end()
            continue
        upper = front if line[at] in "▀█#" else back
        lower = front if line[at] in "▄█#" else back
        yield upper, lower
        at += 1


def _colours(text: str, front: Colour, back: Colour, own: tuple[Colour, Colour]) -> tuple[Colour, Colour]:
    words = [int(word or 0) for word in text.split(";")]
    if words == [0]:
        return own
    assert len(words) == 6 and (words[:2], words[3:5]) == ([38, 5], [48, 5]), words
    return _CUBE[words[2]], _CUBE[words[5]]


def read_cells(cells: Sequence[Sequence[tuple[Colour, Colour]]], folder: Path, paper: Colour) -> str:
    """What zbar reads from a screen of these cells, each twice as high as wide, with the terminal around them."""
    width, margin = max(map(len, cells)), 3
    rows: list[list[Colour]] = [[paper] * (width + 2 * margin) for _ in range(margin)]
    for line in cells:
        for half in (0, 1):
            row = [cell[half] for cell in line] + [paper] * (width - len(line))
            rows.append([*[paper] * margin, *row, *[paper] * margin])
    rows += [[paper] * (width + 2 * margin) for _ in range(margin)]
    path = folder / "screen.png"
    path.write_bytes(_png(rows, 6))
    return read_picture(path)


def read_lines(text: str, folder: Path, ink: Colour, paper: Colour) -> str:
    """The same of lines that a program printed."""
    return read_cells(cells_of(text.splitlines(), ink, paper), folder, paper)


def _png(rows: Sequence[Sequence[Colour]], scale: int) -> bytes:
    data = b"".join((b"\0" + b"".join(bytes(colour) * scale for colour in row)) * scale for row in rows)
    head = struct.pack(">IIBBBBB", len(rows[0]) * scale, len(rows) * scale, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(data)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
