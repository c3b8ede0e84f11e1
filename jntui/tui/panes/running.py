"""Running values: what the running server itself reveals, until the settings of its files stand here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.cutting import cut_end, cut_path, wrapped
from jntui.tui.ink import Span, ink
from jntui.tui.paper import Paper

if TYPE_CHECKING:
    from jntui.model import Server
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

LABEL = 16
"""Cells of the names."""

_SETTINGS: dict[str, tuple[str, ...]] = {
    "bind address": ("ip",),
    "port": ("port", "port_retries"),
    "base URL": ("base_url",),
    "authentication": ("token", "password", "hashed_password"),
    "scheme": ("certfile", "keyfile"),
    "root directory": ("root_dir", "notebook_dir"),
}
"""The settings behind a value: a finding that names one marks it."""


class RunningPane(Paper):
    """Names and values; it scrolls, and has no cursor since nothing hangs on one."""

    def __init__(self) -> None:
        super().__init__("running", focusable=True)

    def draw(self) -> None:
        """One line a value, a list of values one line each."""
        scene = self.scene
        if scene is None or scene.view is None:
            self.write([])
            return
        server = scene.view.server
        self.enframe("box" if scene.shape.bordered else "rule", f"Running values of {server.label}")
        named = {name.rsplit(".", 1)[-1] for name in _settings_of(scene)}
        width = self.inner_width - 2 - LABEL
        lines: list[Line] = []
        for label, values in facts(server, scene, width):
            marked = bool(named.intersection(_SETTINGS.get(label, ())))
            for index, value in enumerate(values):
                name = ink(f"{label if index == 0 else '':<{LABEL}}", "catch" if marked else "muted")
                role: Role = "catch" if marked or (label == "authentication" and value == "none") else "plain"
                lines.append((Span(" "), name, ink(value, role)))
        self.write(lines)


def _settings_of(scene: Scene) -> tuple[str, ...]:
    row = scene.row
    return row.check.finding.settings if row and row.check else ()


def _own_version(server: Server) -> str:
    """The application's own version: Notebook up to 6 is its own server; others report jupyter_server's (0 to 2)."""
    major = (server.version or "").partition(".")[0]
    return server.version or "" if server.app == "Notebook" and major in {"3", "4", "5", "6"} else ""


def facts(server: Server, scene: Scene, width: int) -> list[tuple[str, list[str]]]:
    """What is known, in the order in which it matters for reaching the server; unknown things are left out."""
    dots = scene.signs.dots

    def path(value: str | None) -> list[str]:
        return [cut_path(scene.path(value), width, dots)] if value else []

    def text(value: object) -> list[str]:
        return [cut_end(ink(str(value)).text, width, dots)] if value not in (None, "") else []

    own = _own_version(server)
    since = scene.clock(server.started)
    process = ", ".join(
        part for part in (f"pid {server.pid}" if server.pid else "", f"since {since}" if since else "") if part
    )
    redirect = server.redirect_file
    known: list[tuple[str, list[str]]] = [
        ("bind address", [cut_end(listener.text, width, dots) for listener in server.listeners]),
        ("ip option", text(server.bind)),
        ("port", text(server.port)),
        ("base URL", text(server.base_url)),
        ("authentication", text(server.auth or ("unknown" if server.asked else "checking"))),
        ("scheme", text(server.scheme)),
        ("root directory", path(server.root_dir)),
        ("application", text(" ".join(part for part in (server.app, own) if part))),
        ("server version", text("" if own else server.version)),
        ("python", path(server.python)),
        ("user", text(server.user)),
        ("process", text(process)),
        ("started by", text("jntui" if server.managed else "")),
        ("info file", path(server.info_file)),
        ("redirect file", path(redirect.path if redirect else None)),
        ("log", path(server.log)),
        ("state", wrapped(f"{server.state}: {server.reason}", width) if server.reason else []),
    ]
    return [(label, values) for label, values in known if values]
