"""Servers: every server with its state, who guards it, and from where it can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from jntui.text import visible
from jntui.tui.cutting import cut_end, cut_path
from jntui.tui.ink import BLANK, Span, cropped, ink, width_of
from jntui.tui.lines import Column, LineTable, Record, matching, resolve
from jntui.tui.paper import Paper
from jntui.tui.signs import REACH, reach_group, server_sign, sign_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jntui.model import Server, ServerView, Tone
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene
    from jntui.tui.shape import Shape
    from jntui.tui.signs import Group


_BADGES: dict[Tone, Role] = {"alarm": "alarm-text", "catch": "warning", "works": "works"}
"""The colours of a badge; what only this machine reaches has none."""

LEAST_NAME, MOST_NAME = 8, 16
"""Cells of the first column: a sign and a port fit into the least, a process id or a socket's name into the most."""


def columns_for(shape: Shape, names: Iterable[str] = ()) -> list[Column]:
    """What fits, in LOOK's order of dropping: running since, app, activity. The first column has room for `names`."""
    longest = max((cell_len(name) for name in names), default=0) + 2
    name = Column("server", "server", max(LEAST_NAME, min(MOST_NAME, longest)))
    columns = [name, Column("root", "root directory"), Column("auth", "authentication", 18 if shape.bordered else 14)]
    columns += [Column(label, label, len(label), "center") for label, _scopes in REACH]
    if shape.columns >= 96:
        columns.append(Column("activity", "activity", {"large": 30, "panes": 24}.get(shape.form, 23)))
    if shape.bordered:
        columns.insert(1, Column("app", "app", 10))
    if shape.form == "large":
        columns.append(Column("since", "running since", 13))
    return columns


class ServersPane(LineTable):
    """One row a server, in the snapshot's order."""

    def __init__(self) -> None:
        super().__init__("servers")
        self._known: dict[str, tuple[ServerView, Record]] = {}
        self._known_for: object = None

    def draw(self) -> None:
        """One record a view."""
        scene = self.scene
        if scene is None:
            return
        columns = columns_for(scene.shape, [visible(view.server.label) for view in scene.snapshot.views])
        widths = resolve(columns, self.size.width)
        records = self._records(scene, columns, widths)
        wanted = scene.filter_of("servers")
        shown = matching(records, wanted) if wanted else records
        counted = f"filter {wanted}: {len(shown)} of {len(records)}" if wanted else ""
        self.enframe("box" if scene.shape.bordered else "none", "Servers", counted or _exposure(scene))
        self.write_table(columns, shown, scene.signs.dots, self.unmatched(wanted) if wanted else BLANK)
        self.place(scene.selection.server)

    def _records(self, scene: Scene, columns: list[Column], widths: dict[str, int]) -> list[Record]:
        """A record a view; those of views that are the same objects as last time are kept."""
        day = scene.snapshot.changed.date() if scene.snapshot.changed else None
        surroundings = (tuple(widths.items()), scene.signs, scene.snapshot.machine.home, day)
        if surroundings != self._known_for:
            self._known, self._known_for = {}, surroundings
        old, self._known = self._known, {}
        for view in scene.snapshot.views:
            known = old.get(view.server.id)
            record = known[1] if known and known[0] is view else record_of(view, scene, columns, widths)
            self._known[view.server.id] = (view, record)
        return [record for _view, record in self._known.values()]


def record_of(view: ServerView, scene: Scene, columns: list[Column], widths: dict[str, int]) -> Record:
    """The cells of one server."""
    server, dots = view.server, scene.signs.dots
    stale = server.state == "stale"
    # Old results of a server that no longer runs would promise what nobody can open.
    told = server.state == "running" or (server.state == "other-user" and any(row.check for row in view.rows))
    name = cut_end(server.label, widths["server"] - 2, dots)
    cells: dict[str, Line] = {
        "server": (server_sign(server, scene.signs), Span(" "), ink(name, "muted" if stale else "bold")),
        "app": (ink(server.app or "", "muted" if stale else "plain"),),
        "root": root_cell(server, scene, widths, "activity" in widths),
        "auth": auth_cell(view, widths["auth"]),
        "activity": activity_cell(server, widths.get("activity", 0)),
        "since": (ink(scene.clock(server.started) if server.started and not stale else "", "muted"),),
    }
    for label, scopes in REACH:
        group: Group = reach_group(view.rows, scopes) if told else "unknown"
        cells[label] = (sign_of(group, scene.signs),)
    mark: Line = (ink(scene.signs.catch, "catch"),) if view.mortal else BLANK
    return Record(server.id, tuple(cells[column.name] for column in columns), mark=mark)


def root_cell(server: Server, scene: Scene, widths: dict[str, int], has_activity: bool) -> Line:
    """The root directory; where there is no activity column, the reason of a server that does not run."""
    if server.state != "running" and not has_activity:
        return activity_cell(server, widths["root"])
    role: Role = "muted" if server.state == "stale" else "plain"
    return (ink(cut_path(scene.path(server.root_dir or ""), widths["root"], scene.signs.dots), role),)


def _exposure(scene: Scene) -> str:
    """The whole badge of the selected server, in words, and that it will not stay."""
    view = scene.view
    if view is None:
        return ""
    words = [view.badge.words] if view.badge and view.badge.words else []
    words += [f"{scene.signs.catch} {view.mortal}"] if view.mortal else []
    return f"{view.server.label}: {', '.join(words)}" if words else ""


def auth_cell(view: ServerView, cells: int = 14) -> Line:
    """The authentication, and TLS; `none` is never calm, nor is what others reach without TLS."""
    server = view.server
    if server.state == "stale":
        return BLANK
    if server.auth == "none":
        alarm = view.answer is not None and view.answer.tone == "alarm"
        return (ink("none", "alarm-text" if alarm else "catch"),)
    if server.auth is None:
        waiting = not server.asked and server.state == "running"
        return (ink("checking" if waiting else "unknown", "muted"),)
    badge = view.badge
    words: str = server.auth
    if badge is not None and badge.tls:
        short = words.replace("password", "pw")
        words = f"{words if len(words) + 4 <= cells else short} TLS"
    role = _BADGES.get(badge.tone, "plain") if badge is not None else "plain"
    return (ink(words, role),)


def activity_cell(server: Server, cells: int = 0) -> Line:
    """Kernels and clients, or why it is no running server: without the word for it, where both do not fit."""
    if server.state != "running":
        words = f"{server.state}: {server.reason}" if server.reason else server.state
        if server.state == "unresponsive" and server.reason and cell_len(visible(words)) > cells > 0:
            words = server.reason
        return (ink(words, "warning" if server.state in {"stale", "unresponsive"} else "muted"),)
    return (ink(activity(server)),)


def activity(server: Server) -> str:
    """`3 kernels, 2 clients`, as far as known."""
    parts = []
    for count, word in ((server.kernels, "kernel"), (server.clients, "client")):
        if count:
            parts.append(f"{count} {word}" + ("" if count == 1 else "s"))
    return ", ".join(parts)


def badge_words(view: ServerView) -> Line:
    """The badge in its colour."""
    badge = view.badge
    if badge is None:
        return BLANK
    return (ink(badge.words, _BADGES.get(badge.tone, "plain")),)


class ServerLine(Paper):
    """The selected server in one line, for the smallest screens."""

    def __init__(self) -> None:
        super().__init__("server-line")

    def draw(self) -> None:
        """Sign, port, app, root directory, authentication, and which of how many."""
        scene = self.scene
        if scene is None or scene.view is None:
            self.write([])
            return
        view = scene.view
        server = view.server
        ids = [each.server.id for each in scene.snapshot.views]
        place = (
            ink("[", "accent", "server left_square_bracket"),
            ink(f" {ids.index(server.id) + 1} of {len(ids)} ", "muted"),
            ink("]", "accent", "server right_square_bracket"),
        )
        head = (server_sign(server, scene.signs), Span(" "), ink(server.label, "bold"), Span(" "))
        if server.state == "running":
            root = cut_path(scene.path(server.root_dir or ""), 14, scene.signs.dots)
            auth = auth_cell(view)
            mortal: Line = (ink(view.mortal, "catch"), Span("  ")) if view.mortal else ()
            # What will be gone tomorrow says more than which application it is.
            app: Line = mortal or (ink(server.app or "", "muted"), Span(" "))
            left: Line = (*head, *app, ink(root, "muted"), Span("  "), *auth)
            whole: Line = (*head, *mortal, ink(root, "muted"), Span("  "), *badge_words(view))
            room = self.size.width - width_of(place) - 2
            left = whole if view.badge is not None and view.badge.words and width_of(whole) <= room else left
        else:
            left = (*head, *activity_cell(server))
        room = self.size.width - width_of(place) - 2
        left = cropped(left, max(0, room), scene.signs.dots)
        self.write([(*left, Span(" " * max(1, self.size.width - width_of(left) - width_of(place) - 1)), *place)])
