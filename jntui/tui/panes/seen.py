"""Clients seen, in words: the only proof from outside, and what a tunnel hides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.cutting import wrapped
from jntui.tui.ink import Span, ink, padded
from jntui.tui.signs import group_of_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Client, Row, ServerView
    from jntui.tui.ink import Line, Role
    from jntui.tui.scene import Scene

INDENT = 5
"""Cells of the labels why, fix and seen."""

_MOST = 3
"""Clients that are named of those who are connected, and of those who were."""


def labelled(label: str, text: str, width: int, role: Role = "plain") -> list[Line]:
    """A wrapped paragraph with its label and a hanging indent."""
    lines: list[Line] = []
    for index, part in enumerate(wrapped(text, width - INDENT)):
        head = ink(label, "muted") if index == 0 else Span("")
        lines.append((*padded((head,), INDENT), ink(part, role)))
    return lines


def outside_at(row: Row, view: ServerView) -> list[Client]:
    """Clients of other machines who arrived at this endpoint's address."""
    return [client for client in view.clients_at(row.endpoint) if not client.local_end]


def seen_lines(row: Row, scene: Scene, width: int) -> list[Line]:
    """Who is connected or was; first those who came by this endpoint's own address."""
    view = scene.view
    if view is None or view.server.state != "running":
        return []
    here = outside_at(row, view)
    if here:
        words = f"proof from outside: {_spoken(here, scene, ' here', 'got in here')}"
        return labelled("seen", words, width, "alarm-text" if group_of_row(row) == "alarm" else "works")
    if not row.endpoint.offered:
        return []
    inside = row.endpoint.scope == "this-machine" and row.endpoint.kind == "direct"
    tunnelled = [client for client in view.clients if client.local_end] if inside else []
    if tunnelled:
        shown = tunnelled[0].remote
        words = f"{_spoken(tunnelled, scene, '', 'was connected')}: behind a tunnel or proxy clients show as {shown}"
        return labelled("seen", words, width)
    elsewhere = [client for client in view.clients if not client.local_end]
    if elsewhere:
        role: Role = "alarm-text" if group_of_row(row) == "alarm" else "plain"
        return labelled("seen", _spoken(elsewhere, scene, None, "got in"), width, role)
    hidden = "; behind a tunnel or proxy clients show as 127.0.0.1" if inside else ""
    return labelled("seen", f"no other machine is connected to {view.server.label} now{hidden}", width, "muted")


def seen_short(row: Row, scene: Scene) -> str:
    """The latest of those who came by this endpoint's own address, in a few words; empty if nobody did."""
    here = outside_at(row, scene.view) if scene.view is not None else []
    if not here:
        return ""
    return (
        f"{here[0].remote} is connected"
        if here[0].now
        else f"seen {here[0].remote} at {scene.clock(here[0].last_seen)}"
    )


def seen_line(row: Row, scene: Scene, width: int) -> list[Line]:
    """The same in one line, for a pane of a few; none where nobody came by this address."""
    words = seen_short(row, scene).removeprefix("seen ")
    return labelled("seen", f"{words}: proof from outside", width)[:1] if words else []


def proof(scene: Scene) -> str:
    """For the answer's second line: who got in at an address that it names, though nobody is connected now."""
    view = scene.view
    if view is None or view.answer is None or view.server.peers or view.answer.tone not in {"works", "catch"}:
        return ""
    for row in view.rows:
        if row.endpoint.url in view.answer.sentence and row.endpoint.scope != "this-machine":
            here = outside_at(row, view)
            if here:
                return f"{here[0].remote} got in there at {scene.clock(here[0].last_seen)}: proof from outside."
    return ""


def _spoken(clients: Sequence[Client], scene: Scene, place: str | None, verb: str) -> str:
    """`A and B are connected here now; C got in here at 14:02`; without a place each says where it arrived."""
    there = [client for client in clients if client.now]
    gone = [client for client in clients if not client.now]
    parts = []
    if there:
        names = [_named(client, scene, place is None) for client in there[:_MOST]]
        verb_now = "is" if len(there) == 1 else "are"
        parts.append(f"{_listed(names, len(there))} {verb_now} connected{place or ''} now")
    words = f" {verb}"
    past = []
    for client in gone[:_MOST]:
        past.append(f"{_named(client, scene, place is None)}{words} at {scene.clock(client.last_seen)}")
        words = ""
    if past:
        parts.append(_listed(past, len(gone)))
    return "; ".join(parts)


def _named(client: Client, scene: Scene, with_place: bool) -> str:
    ssh = scene.snapshot.machine.ssh
    mine = " (your ssh comes from it)" if ssh and client.remote == ssh.peer and not client.local_end else ""
    through = f" through {client.through}" if client.through else ""
    place = f" (to {client.local})" if with_place else ""
    name = f" ({client.name})" if client.name and not mine else ""
    return f"{client.remote}{name}{mine}{through}{place}"


def _listed(names: Sequence[str], total: int) -> str:
    """`A, B and C`; `A, B, C and 4 more`."""
    more = total - len(names)
    if more > 0:
        return f"{', '.join(names)} and {more} more"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
