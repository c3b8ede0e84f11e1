"""Text for the clipboard of the user's own terminal (OSC 52), also through the GNU screen in between."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from jntui.tui.pasted import UNFIT

if TYPE_CHECKING:
    from collections.abc import Mapping

_PIECE = 512
"""Characters of one string that screen hands on; it drops those of more than 768 (MAXSTR in its screen.h)."""

_TMUX_S = 0.5


def sequence(text: str, environ: Mapping[str, str]) -> str:
    """What is written to the terminal. tmux takes OSC 52 itself; screen hands on only what stands in a DCS string.

    It may be pasted into a shell: of control characters only tabs and the ends of lines go there.
    """
    clean = UNFIT.sub("?", text).replace("\r", "?")
    whole = f"\x1b]52;c;{base64.b64encode(clean.encode('utf-8', 'replace')).decode('ascii')}\a"
    if not _in_screen(environ):
        return whole
    pieces = (whole[at : at + _PIECE] for at in range(0, len(whole), _PIECE))
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def dropped(environ: Mapping[str, str]) -> str:
    """Why it does not get through, as far as tmux says so; empty else. Waits for tmux, half a second at most.

    With `external`, its default, and with `off` it throws away what a program in it sends (tmux(1), set-clipboard).
    """
    import subprocess

    if not environ.get("TMUX"):
        return ""
    argv = ("tmux", "show-options", "-sv", "set-clipboard")
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, env=dict(environ), timeout=_TMUX_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""  # nothing is claimed
    value = done.stdout.decode("ascii", "replace").strip()
    if done.returncode or value not in {"external", "off"}:
        return ""
    return "tmux drops it; lets it in: tmux set -s set-clipboard on"


def _in_screen(environ: Mapping[str, str]) -> bool:
    """It is the innermost one: in a tmux inside screen both have left their variable, and tmux has set TERM."""
    return bool(environ.get("STY")) and not (environ.get("TMUX") and environ.get("TERM", "").startswith("tmux"))
