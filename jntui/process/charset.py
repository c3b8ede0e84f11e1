"""Whether the terminal shows more than ASCII, from its locale and its kind."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")


def as_started() -> dict[str, str]:
    """The environment without the LC_CTYPE that Python gives itself where the locale is C (PEP 538)."""
    env = dict(os.environ)
    if env.get("LC_CTYPE") in _COERCED:
        from jntui.process import Processes

        before = Processes().environ(os.getpid())
        if before is not None and "LC_CTYPE" not in before:
            del env["LC_CTYPE"]
    return env


def shows_ascii_alone(environ: Mapping[str, str] | None = None) -> bool:
    """The terminal has no more.

    The first of LC_ALL, LC_CTYPE and LANG that is set decides (POSIX); where none is, tmux shows ASCII only and
    other terminals are taken to be UTF-8. The Linux console has no glyph for most of jntui's signs.
    """
    env = as_started() if environ is None else environ
    if env.get("JNTUI_ASCII") or env.get("TERM") == "linux":
        return True
    locale = next((env[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if env.get(name)), "")
    return "utf" not in locale.lower() if locale else bool(env.get("TMUX"))


def takes_ascii_alone(stream: TextIO) -> bool:
    """This stream: its encoding has no more, or it is such a terminal. What is piped elsewhere is UTF-8."""
    try:
        "✓█→".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return True
    return stream.isatty() and shows_ascii_alone()
