"""Whether a port can be taken, and who holds it."""

from __future__ import annotations

import errno
import os
import socket
from typing import TYPE_CHECKING

from jntui.jupyter.command_line import read_command_line
from jntui.model import StartRefused
from jntui.text import visible

if TYPE_CHECKING:
    from jntui.process import Processes


def holder_of(port: int, processes: Processes) -> str | None:
    """Who listens on a port, in words; None if nobody is seen to."""
    for entry in processes.sockets().listeners:
        if entry.port != port:
            continue
        process = processes.look(entry.pid) if entry.pid is not None else None
        if process is not None:
            command = read_command_line(process.argv)
            name = command.app if command is not None and command.app else visible(process.name, 64)
            return f"pid {process.pid} ({name}) holds it"
        return f"a process of another user (uid {entry.uid}) holds it" if entry.uid is not None else None
    return None


def can_bind(port: int) -> bool:
    """The port can be taken on both loopback addresses, as far as this machine has them. Raises StartRefused."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                if os.name != "nt":
                    # As tornado does: a port whose last connections are still dying is free.
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except PermissionError as error:
            raise StartRefused(f"port {port} may not be taken by this user: choose one above 1023") from error
        except OSError as error:
            if family == socket.AF_INET6 and error.errno != errno.EADDRINUSE:
                continue  # no IPv6 on this machine
            return False
    return True
