"""What stays selected when the picture changes: by id and by URL, never by position unless the thing itself is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.scene import Selection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jntui.model import ServerView, Snapshot
    from jntui.tui.keymap import Keys
    from jntui.tui.scene import PaneName


MOST_REMEMBERED = 100


def first_server(snapshot: Snapshot) -> str | None:
    """The server to begin with: the first that runs, else the first."""
    running = [view.server.id for view in snapshot.views if view.server.state == "running"]
    ids = running or [view.server.id for view in snapshot.views]
    return ids[0] if ids else None


def first_url(view: ServerView | None) -> str | None:
    """The endpoint to begin with: where the user's ssh arrived, else the one the answer names, else the first."""
    if view is None or not view.rows:
        return None
    urls = [row.endpoint.url for row in view.rows]
    mine = [row.endpoint.url for row in view.rows if row.endpoint.your_ssh and row.endpoint.offered]
    if mine:
        return mine[0]
    if view.answer is not None and view.answer.url in urls:
        return view.answer.url
    return urls[0]


def custom_urls(view: ServerView | None) -> list[str]:
    """The URLs that the user added."""
    return [row.endpoint.url for row in view.rows if row.endpoint.kind == "custom"] if view else []


def followed(selection: Selection, old: Snapshot, new: Snapshot) -> Selection:
    """The selection in a new snapshot."""
    server = selection.server
    if server is None:
        server = first_server(new)
    elif new.view(server) is None:
        ids = [view.server.id for view in old.views]
        server = _renamed(old.view(server), new) or _neighbour(ids, [view.server.id for view in new.views], server)
    view = new.view(server)
    urls = [row.endpoint.url for row in view.rows] if view else []
    if server != selection.server or selection.url is None or not urls:
        return Selection(server, first_url(view), selection.pane)
    if selection.url in urls:
        return Selection(server, selection.url, selection.pane)
    before = old.view(server)
    gone = [row.endpoint.url for row in before.rows] if before else []
    return Selection(server, _neighbour(gone, urls, selection.url), selection.pane)


def _renamed(gone: ServerView | None, new: Snapshot) -> str | None:
    """The same process under another id: a server that starts has that of its info file as soon as it writes one."""
    if gone is None or gone.server.pid is None:
        return None
    life = (gone.server.pid, gone.server.started)
    return next((one.server.id for one in new.views if (one.server.pid, one.server.started) == life), None)


def _neighbour(before: list[str], after: list[str], gone: str) -> str | None:
    """What stands now where `gone` stood."""
    if not after:
        return None
    index = before.index(gone) if gone in before else 0
    return after[min(index, len(after) - 1)]


def pane_order(form_small: bool, stale: bool) -> tuple[PaneName, ...]:
    """The panes that Tab visits: from top to bottom, without those that are not there."""
    if stale:
        return ("servers",) if not form_small else ()
    order: tuple[PaneName, ...] = ("servers", "endpoints", "check", "config")
    return order[1:] if form_small else order


def why_no_pane(pane: PaneName, order: tuple[PaneName, ...], view: ServerView | None, keys: Keys) -> str:
    """Why a pane cannot be gone to, empty if it can; `order` are the panes that are there."""
    if pane in order or view is None:
        return ""
    if pane == "servers":
        both = f"{keys.part('server-previous')} and {keys.part('server-next')}"
        return f"here Servers is the line above; {both} change it"
    return f"{view.server.label} is no server any more: it has no {pane.capitalize()}"


def remember(urls: dict[str, str], server: str, url: str) -> None:
    """The endpoint at which a server is left; of servers that come and go for days only the last are kept."""
    urls.pop(server, None)
    urls[server] = url
    while len(urls) > MOST_REMEMBERED:
        del urls[next(iter(urls))]


def remembered(urls: Mapping[str, str], view: ServerView | None) -> str | None:
    """The endpoint that was last selected of this server, if it is still there."""
    if view is None:
        return None
    last = urls.get(view.server.id)
    return last if any(row.endpoint.url == last for row in view.rows) else first_url(view)
