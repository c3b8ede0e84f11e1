"""What may be typed of the commands for living with servers: their logs, their kernels, reports."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def add(command: Callable[[str, str, str], argparse.ArgumentParser], server: str) -> None:
    """Adds them; `command` makes one, `server` says how a server is named."""
    log = command("log", "the log of a server, secrets masked, or why there is none", "jntui log 8888 --follow")
    log.add_argument("server", nargs="?", metavar="SERVER", help=server)
    log.add_argument("--follow", action="store_true", help="go on with what is added, until ctrl+c")
    log.add_argument(
        "-n", dest="lines", type=_count, default=100, metavar="N", help="the last N lines (default 100, at most 10000)"
    )
    kernels = command("kernels", "what runs in a server: kernels, sessions, terminals", "jntui kernels 8888")
    kernels.add_argument("server", nargs="?", metavar="SERVER", help=server)
    does = "a diagnosis as Markdown for an issue: no secret, and no name of a user or host"
    report = command("report", does, "jntui report > report.md")
    report.add_argument("--names", action="store_true", help="leave the names of users and hosts in it")
    does = "what a shell reads to complete jntui's commands"
    completion = command("completion", does, "jntui completion bash > ~/.local/share/bash-completion/completions/jntui")
    completion.add_argument("shell", choices=["bash", "zsh", "fish"], help="whose completion it is")
    does = "what each key of the screen does, with the names that [keys] in config.toml takes"
    command("keys", does, "jntui keys")
    command("man", "the manual page, made from the commands", "jntui man | man -l -")


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 5 or not 0 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of lines between 0 and 10000")
    return int(text)
