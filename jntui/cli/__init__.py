"""The commands. `main` is the entry point of `jntui` and `jupyter-tui`; the screen is imported only to open it."""

from __future__ import annotations

import errno
import gc
import os
import sys
from typing import TYPE_CHECKING

from jntui.cli.errors import CallError
from jntui.cli.screen import open_screen
from jntui.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

CALL_LIMIT = 8000
"""Characters of the line about a wrong call, which may repeat what was typed."""
EXIT_GOOD, EXIT_BAD, EXIT_CALL, EXIT_INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status: 0 good, 1 bad, 2 wrong call, 130 ctrl-c."""
    # A command ends before its garbage matters, and what the screen loads stays; the screen switches it on again.
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks must not end a command with a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        words = list(sys.argv[1:] if argv is None else argv)
        if not words:
            # What is typed most: the screen opens without waiting for the parser of the commands.
            return open_screen()
        from jntui.cli.parser import parse

        arguments = parse(words)
        if arguments.command is None:
            return open_screen(arguments.selected, read_only=arguments.read_only)
        from jntui.cli import commands
        from jntui.cli.outlet import outlets

        with outlets():
            return _flushed(commands.run(arguments))
    except CallError as error:
        print(f"jntui: {visible(str(error), CALL_LIMIT)}", file=sys.stderr)
        return EXIT_CALL
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader left (`jntui list | head -1`); nothing is wrong, and nothing can be said to it any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_GOOD
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EIO, errno.EBADF}:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        print(f"jntui: the answer cannot be written: {error.strerror}", file=sys.stderr)
        return EXIT_CALL
    except Exception as error:  # noqa: BLE001 - an error of our own is one line, and its details are in a file
        return _own_error(error, list(sys.argv[1:] if argv is None else argv))


def _own_error(error: Exception, words: Sequence[str]) -> int:
    from jntui.monitor.error_log import told

    home = os.path.expanduser("~")  # noqa: PTH111 - Path.home() raises where there is none
    print(f"jntui: {told(error, os.environ, home, read_only='--read-only' in words)}", file=sys.stderr)
    return EXIT_CALL


def _flushed(status: int) -> int:
    """Writes what print still holds, so that a full disk is noticed here and not at the interpreter's end."""
    sys.stdout.flush()
    return status
