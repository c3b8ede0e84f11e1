"""What the redirect file beside an info file means: it sends a browser on this machine to the server, with a token."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jntui.model import Finding

if TYPE_CHECKING:
    from jntui.model import RedirectFile, Server


def redirect_file(server: Server, file: RedirectFile) -> Finding:
    """The finding of a redirect file: does it lead to this server, and who else can read its token.

    Jupyter writes it as 0644 with the token in it; only the runtime directory's own mode protects it (FACTS of
    jupyter_server's serverapp.py, write_browser_open_file).
    """
    mode = f"mode {file.mode:04o}"
    if file.target.startswith("http+unix://"):
        return _to_socket(server, file, mode)
    try:
        target = urlsplit(file.target)
        port = target.port or (443 if target.scheme == "https" else 80)
    except ValueError:
        port = None
    if not file.target or port != server.port:
        return Finding(
            "other-server",
            "This file leads somewhere else.",
            f"It leads to {file.target or 'no address'}, and {server.label} listens on port {server.port}.",
            f"{file.path}, {mode}",
            "Do not use it; open one of the addresses above.",
            short_cause="The file leads somewhere else.",
            short_fix="Open one of the addresses above.",
        )
    if file.world_readable and file.has_token:
        return Finding(
            "ok",
            "Opens the server, and every user of this machine can read its token.",
            "The file holds the token and can be read by everybody, as can every directory that leads to it.",
            f"{file.path}, {mode}",
            f"chmod 700 {file.path.rsplit('/', 1)[0]}, then restart the server so that it makes a new token.",
            short_cause="Every user of this machine can read its token.",
            short_fix="chmod 700 the runtime directory, then restart.",
            settings=("token",),
        )
    return Finding(
        "ok",
        "Opens the server in a browser on this machine.",
        "The file leads to this server" + (" and holds its token; only you can read it." if file.has_token else "."),
        f"{file.path}, {mode}",
        "",
        short_cause="It leads to this server.",
    )


def _to_socket(server: Server, file: RedirectFile, mode: str) -> Finding:
    return Finding(
        "unix-socket",
        "The file leads to a socket, which no browser opens.",
        f"{server.label} listens on a socket file only, and the file names it.",
        f"{file.path}, {mode}",
        "Forward the socket with ssh -L as the answer above says, or start the server with --port.",
        short_cause="It leads to a socket file.",
        short_fix="Use ssh -L, or start the server with --port.",
    )
