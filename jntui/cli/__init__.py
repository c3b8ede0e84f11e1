"""The commands. `main` is the entry point of `jntui` and `jupyter-tui`; the screen is imported only to open it."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.cli.errors import CallError
from jntui.cli.screen import open_screen
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CALL_LIMIT = 8000
"""Characters of the line about a wrong call, which may repeat what was typed."""
EXIT_GOOD, EXIT_BAD, EXIT_CALL, EXIT_INTERRUPTED = 0, 1, 2, 130
UNWRITABLE = frozenset({errno.ENOSPC, errno.EIO, errno.EBADF})
"""What a write to standard output fails with; an error about a file names it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status: 0 good, 1 bad, 2 wrong call, 130 ctrl-c."""
    # A command ends before its garbage matters, and what the screen loads stays; the screen switches it on again.
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks must not end a command with a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        with _open_streams():
            return _run(words)
    except CallError as error:
        _say(visible(str(error), CALL_LIMIT))
        return EXIT_CALL
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader left (`jntui list | head -1`); nothing is wrong, and nothing can be said to it any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_GOOD
    except Exception as error:  # noqa: BLE001 - an error of our own is one line, and its details are in a file
        if isinstance(error, OSError) and error.errno in UNWRITABLE and not error.filename:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            _say(f"the answer cannot be written: {error.strerror}")
        else:
            _own_error(error, words)
        return EXIT_CALL


def _run(words: Sequence[str]) -> int:
    """Raises whatever the command raises."""
    if not words:
        # What is typed most: the screen opens without waiting for the parser of the commands.
        return open_screen()
    from jntui.cli.parser import parse

    arguments = parse(words)
    if arguments.command is None:
        return open_screen(arguments.selected, read_only=arguments.read_only)
    from jntui.cli import commands
    from jntui.cli.outlet import outlets
    from jntui.monitor.own_errors import told_of

    with outlets(), told_of(lambda error: _own_error(error, words)):
        return _flushed(commands.run(arguments))


@contextlib.contextmanager
def _open_streams() -> Iterator[None]:
    """Where the caller closed one (`2>&-`), Python has None for it, which nothing can be printed to."""
    if sys.stdout is not None and sys.stderr is not None:
        yield
        return
    if sys.stdout is None:
        raise CallError("standard output is closed, and the answer has nowhere to go")
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stderr(nowhere):
        yield


def _say(words: str) -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError):  # a full disk behind it: the exit status is all that is left to say it
            print(f"jntui: {words}", file=sys.stderr)


def _own_error(error: BaseException, words: Sequence[str]) -> None:
    from jntui.monitor.error_log import told

    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home() raises where there is none
    _say(told(error, os.environ, home, read_only="--read-only" in words))


def _flushed(status: int) -> int:
    """Writes what print still holds, so that a full disk is noticed here and not at the interpreter's end."""
    sys.stdout.flush()
    return status
