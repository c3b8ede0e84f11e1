"""Standard output and standard error of a command: what is printed is shown, and nothing of it is executed."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, TextIO, cast

from jntui.process.charset import takes_ascii_alone
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator


_SIGNS = str.maketrans({"✓": "+", "✗": "x", "○": "o", "…": "...", "→": "->", "–": "-", "·": ".", "●": "*"})


class Outlet:
    """Every line passes `visible`, whoever printed it; all else is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._plain = takes_ascii_alone(stream)

    def write(self, text: str) -> int:
        """As the stream's; of control characters only the ends of lines are left."""
        shown = "\n".join(visible(line, len(line)) for line in text.split("\n"))
        self.stream.write(in_ascii(shown) if self._plain else shown)
        return len(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self.stream, name)


def in_ascii(text: str) -> str:
    """jntui's own signs by what stands for them on such a terminal's screen, everything else as `?`."""
    return text if text.isascii() else text.translate(_SIGNS).encode("ascii", "replace").decode()


@contextlib.contextmanager
def outlets() -> Iterator[None]:
    """Both of them, as long as it is entered."""
    out, err = (cast("TextIO", Outlet(stream)) for stream in (sys.stdout, sys.stderr))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield


def coloured(stream: TextIO) -> TextIO:
    """The stream behind it, for what jntui draws with escape sequences of its own, and nothing else."""
    return cast("TextIO", getattr(stream, "stream", stream))
