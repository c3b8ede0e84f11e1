"""Text for the clipboard of the user's own terminal (OSC 52), also through the GNU screen in between."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PIECE = 512
"""Characters of one string that screen hands on; it drops those of more than 768 (MAXSTR in its screen.h)."""


def sequence(text: str, environ: Mapping[str, str]) -> str:
    """What is written to the terminal. tmux takes OSC 52 itself; screen hands on only what stands in a DCS string."""
    whole = f"\x1b]52;c;{base64.b64encode(text.encode('utf-8')).decode('ascii')}\a"
    if not _in_screen(environ):
        return whole
    pieces = (whole[at : at + _PIECE] for at in range(0, len(whole), _PIECE))
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def _in_screen(environ: Mapping[str, str]) -> bool:
    """It is the innermost one: in a tmux inside screen both have left their variable, and tmux has set TERM."""
    return bool(environ.get("STY")) and not (environ.get("TMUX") and environ.get("TERM", "").startswith("tmux"))
