"""Endpoints: every URL at which the selected server may answer, near to far, with its last verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from jntui.model.words import SCOPE_WORDS
from jntui.tui.cutting import cut_end, cut_middle, cut_url, split_url
from jntui.tui.ink import BLANK, ink, linked
from jntui.tui.lines import Column, LineTable, Record, matching, resolve
from jntui.tui.panes.seen import outside_at, seen_short
from jntui.tui.signs import group_of_row, sign_of, verdict_role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Check, Endpoint, Row, ServerView
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene
    from jntui.tui.shape import Shape

_LEAST_HOST = 8
"""Cells of a host below which it is not cut for its port and path."""

QUIET_MS = 10.0
"""Times below it are not shown: every local row has one, and it says nothing."""


def columns_for(shape: Shape) -> list[Column]:
    """What fits, in LOOK's order of dropping: cause, time, the mark of your ssh, interface, scheme and port."""
    if shape.form == "small":
        narrow = [Column("sign", "", 2), Column("scope", "from", 10), Column("url", "address")]
        return [*narrow, Column("verdict", "verdict", 14)]
    url = Column("url", "URL", 60 if shape.form == "large" else 0)
    columns = [Column("sign", "", 2), Column("scope", "from", 12), url, Column("verdict", "verdict", 14)]
    if shape.form == "large":
        columns.append(Column("cause", "cause"))
    if shape.bordered:
        columns += [Column("time", "time", 6, "right"), Column("interface", "interface", 17)]
    elif shape.columns >= 96:
        columns.append(Column("interface", "interface", 11))
    return columns


class EndpointsPane(LineTable):
    """One row an endpoint, in the snapshot's order."""

    def __init__(self) -> None:
        super().__init__("endpoints")
        self._drawn: dict[str, tuple[Endpoint, Check | None, bool, bool, Record]] = {}
        """What each record was made from: while hundreds of results arrive, only the new ones are worked out."""
        self._drawn_with: object = None

    def draw(self) -> None:
        """One record a row."""
        scene = self.scene
        if scene is None:
            return
        self.fixed = 0 if scene.shape.form == "small" else 1
        view = scene.view
        columns = columns_for(scene.shape)
        widths = resolve(columns, self.size.width)
        rows = view.rows if view else ()
        records = self._records(rows, scene, columns, widths)
        wanted = scene.filter_of("endpoints")
        shown = matching(records, wanted) if wanted else records
        if view:
            title = f"Endpoints of {view.server.label}"
            self.enframe("box" if scene.shape.bordered else "none", title, count(view, wanted, len(shown)))
        self.write_table(columns, shown, scene.signs.dots, self.unmatched(wanted) if wanted else BLANK)
        self.place(scene.selection.url)

    def _records(
        self, rows: Sequence[Row], scene: Scene, columns: list[Column], widths: dict[str, int]
    ) -> list[Record]:
        """The records of all rows; that of a row of which nothing changed is the same object as before."""
        clients = scene.view.clients if scene.view else ()
        day = scene.clock(scene.snapshot.changed) if clients else ""
        watched = (scene.snapshot.watch.server, scene.snapshot.watch.url) if scene.snapshot.watch else None
        drawn_with = (
            scene.selection.server,
            scene.shape,
            scene.environment,
            scene.tokens,
            clients,
            day,
            watched,
            widths,
        )
        if drawn_with != self._drawn_with:
            self._drawn, self._drawn_with = {}, drawn_with
        before, self._drawn = self._drawn, {}
        records = []
        for index, row in enumerate(rows):
            repeated = index > 0 and rows[index - 1].endpoint.scope == row.endpoint.scope
            old = before.get(row.endpoint.url)
            same = old is not None and old[0] is row.endpoint and old[1] is row.check
            if old is not None and same and old[2:4] == (row.checking, repeated):
                record = old[4]
            else:
                record = record_of(row, scene, columns, widths, repeated)
            self._drawn[row.endpoint.url] = (row.endpoint, row.check, row.checking, repeated, record)
            records.append(record)
        return records


def found(scene: Scene, width: int) -> int:
    """How many rows the filter leaves of the pane when it is so wide."""
    rows = scene.view.rows if scene.view else ()
    columns = columns_for(scene.shape)
    widths = resolve(columns, width)
    records = [record_of(row, scene, columns, widths, repeated=False) for row in rows]
    return len(matching(records, scene.filter_of("endpoints")))


def count(view: ServerView, wanted: str, shown: int, short: bool = False) -> str:
    """`5 of 10 reachable from here`; while nothing is known yet, the word checking."""
    if wanted:
        return f"filter {wanted}: {shown} of {len(view.rows)}"
    offered = [row for row in view.rows if row.endpoint.offered]
    if offered and all(row.check is None and row.checking for row in offered):
        return "checking"
    return f"{view.reachable} of {view.probed} reachable" + ("" if short else " from here")


def record_of(row: Row, scene: Scene, columns: list[Column], widths: dict[str, int], repeated: bool) -> Record:
    """The cells of one endpoint."""
    endpoint, group = row.endpoint, group_of_row(row)
    closed = group in {"calm", "unknown", "checking"}
    mine = endpoint.your_ssh and group == "works"
    role: Role = "bold" if mine else "muted" if closed else "plain"
    scope = SCOPE_WORDS[endpoint.scope]
    cells: dict[str, Line] = {
        "sign": (sign_of(group, scene.signs),),
        "scope": (ink(scope_short(scope, widths["scope"]), "muted" if repeated or closed else "plain"),),
        "url": url_cell(row, scene, widths["url"], role),
        "verdict": (ink(verdict_text(row), verdict_role(group)),),
        "cause": cause_cell(row, scene),
        "time": time_cell(row),
        "interface": interface_cell(row, scene, widths.get("interface", 0)),
    }
    # The key that ends the watch marks its row: the same letter in every character set, and no colour is needed.
    mark: Line = (ink(scene.keys.watch_mark, "accent", "watch"),) if scene.watch_of(endpoint.url) else BLANK
    return Record(endpoint.url, tuple(cells[column.name] for column in columns), mark=mark)


def url_cell(row: Row, scene: Scene, cells: int, role: Role) -> Line:
    """The URL; while somebody of another machine is connected there it is green, with who that is."""
    url = url_text(row, scene, cells)
    here = [client for client in outside_at(row, scene.view) if client.now] if scene.view is not None else []
    whole = scene.url(row.endpoint.url)
    if not here:
        return (linked(url, role, whole),)
    role = "alarm-text" if group_of_row(row) == "alarm" else "works-bold"
    forms = (f"  seen from {here[0].remote}", f" seen {here[0].remote}", "  seen")
    words = next((form for form in forms if cell_len(url) + len(form) <= cells), "")
    return (linked(url, role, whole), ink(words, role))


def scope_short(words: str, cells: int) -> str:
    """`machine` where `this machine` does not fit."""
    return words if len(words) <= cells else words.removeprefix("this ").removesuffix(" NAT")


def url_text(row: Row, scene: Scene, cells: int) -> str:
    """The URL as it fits; on the smallest screens its address, since the pane is of one server, and a port or a path
    that are not that server's."""
    if scene.shape.form == "small" and row.endpoint.kind != "file":
        scheme, host, rest = split_url(row.endpoint.url)
        own = _own_rest(scene, scheme, rest)
        room = cells - len(own)
        if own and room < min(len(host), _LEAST_HOST):
            return cut_end(host + own, cells, scene.signs.dots)
        return cut_middle(host, room, scene.signs.dots) + own
    return cut_url(scene.url(row.endpoint.url), cells, scene.signs.dots)


def _own_rest(scene: Scene, scheme: str, rest: str) -> str:
    """Port and path of a URL, as far as they are others than its server's."""
    server = scene.view.server if scene.view else None
    place, _, path = rest.partition("/")
    port = place.removeprefix(":") or ("443" if scheme == "https://" else "80")
    if server is None or scheme not in {"http://", "https://"}:
        return ""
    other_port = f":{port}" if port != str(server.port or "") else ""
    other_path = f"/{path}" if path.strip("/") != server.base_url.strip("/") else ""
    return other_port + other_path


def verdict_text(row: Row) -> str:
    """The verdict; an old one stays until the new one is there."""
    if row.check is not None:
        return row.check.verdict
    return "checking" if row.checking else "not checked"


def cause_cell(row: Row, scene: Scene) -> Line:
    """The short cause; where there is none, who got in there; for what is never checked, its note."""
    if row.check is None:
        return (ink(row.endpoint.note, "muted"),) if row.endpoint.note else BLANK
    words = row.check.finding.short_cause or row.endpoint.note
    return (ink(words or seen_short(row, scene), "muted"),)


def time_cell(row: Row) -> Line:
    """How long the check took, where that says something."""
    elapsed = row.check.elapsed_ms if row.check else None
    if elapsed is None or elapsed < QUIET_MS:
        return BLANK
    return (ink(f"{elapsed:.0f} ms" if elapsed < 1000 else f"{elapsed / 1000:.1f} s", "muted"),)


def interface_cell(row: Row, scene: Scene, cells: int) -> Line:
    """The interface and, where there is room, the mark of the user's own ssh."""
    kind = "" if row.endpoint.kind == "direct" else row.endpoint.kind
    name = row.endpoint.interface or kind
    if not row.endpoint.your_ssh or cells < 17:
        return (ink(name, "muted"),)
    mark = f"  {scene.signs.here} your ssh"
    return (ink(cut_end(name, cells - len(mark), scene.signs.dots), "muted"), ink(mark, "accent"))
