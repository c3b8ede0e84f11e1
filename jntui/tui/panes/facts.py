"""What the running server itself shows and no setting says: its process, its version, its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.text import visible
from jntui.tui.cutting import cut_end, cut_path, wrapped
from jntui.tui.ink import ink

if TYPE_CHECKING:
    from jntui.model import Server, ServerView
    from jntui.tui.scene import Scene


def own_version(server: Server) -> str:
    """The application's own version: Notebook up to 6 is its own server; others report jupyter_server's (0 to 2)."""
    major = (server.version or "").partition(".")[0]
    return server.version or "" if server.app == "Notebook" and major in {"3", "4", "5", "6"} else ""


def facts(view: ServerView, scene: Scene, width: int) -> list[tuple[str, list[str]]]:
    """What is known, as names with one line or several of at most `width` cells; unknown things are left out."""
    server, dots = view.server, scene.signs.dots

    def path(value: str | None) -> list[str]:
        return [cut_path(scene.path(value), width, dots)] if value else []

    def text(value: object) -> list[str]:
        return [cut_end(ink(str(value)).text, width, dots)] if value not in (None, "") else []

    own = own_version(server)
    since = scene.clock(server.started)
    process = ", ".join(
        part for part in (f"pid {server.pid}" if server.pid else "", f"since {since}" if since else "") if part
    )
    redirect = server.redirect_file
    survival = view.survival
    lives = {True: "goes on: ", False: "", None: "unknown: "}[survival.outlives] if survival else ""
    known: list[tuple[str, list[str]]] = [
        ("listens on", [cut_end(listener.text, width, dots) for listener in server.listeners]),
        ("scheme", text(server.scheme)),
        ("authentication", text(server.auth or ("unknown" if server.asked else "checking"))),
        ("application", text(" ".join(part for part in (server.app, own) if part))),
        ("server version", text("" if own else server.version)),
        ("python", path(server.python)),
        ("user", text(server.user)),
        ("process", text(process)),
        ("started by", text("jntui" if server.managed else "")),
        ("at logout", wrapped(visible(f"{lives}{survival.words}"), width) if survival else []),
        ("to keep it", wrapped(visible(survival.keep), width) if survival and survival.keep else []),
        ("info file", path(server.info_file)),
        ("redirect file", path(redirect.path if redirect else None)),
        ("log", path(server.log)),
        ("state", wrapped(f"{server.state}: {server.reason}", width) if server.reason else []),
    ]
    return [(label, values) for label, values in known if values]
