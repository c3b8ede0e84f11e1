"""Changes of verdict between two pictures, in one line: each is announced once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jntui.model.client import arrived
from jntui.tui.cutting import cut_url
from jntui.tui.signs import group_of_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jntui.model import Check, Row, Snapshot
    from jntui.tui.scene import Scene


MOST_CHANGES = 200
"""That are told together: nobody may press a key for days."""


@dataclass(frozen=True, slots=True)
class Change:
    """Another verdict of an endpoint whose verdict was known."""

    server: str
    label: str
    check: Check
    was_reachable: bool

    @property
    def url(self) -> str:
        """The endpoint's."""
        return self.check.endpoint.url


def changes(old: Snapshot, new: Snapshot) -> list[Change]:
    """Of endpoints that a listener takes or the user added, and of the one that is watched, between two pictures."""
    found = []
    for view in new.views:
        before = old.view(view.server.id)
        if before is None:
            continue
        known = {row.endpoint.url: row for row in before.rows}
        for row in view.rows:
            was = known.get(row.endpoint.url)
            watched = new.watch is not None and new.watch.url == row.endpoint.url
            if was is None or was.check is None or row.check is None or was.check.verdict == row.check.verdict:
                continue
            if (watched or (_counts(was) and _counts(row))) and group_of_row(was) != "unknown":
                found.append(Change(view.server.id, view.server.label, row.check, was.check.reachable))
    return found


def newcomers(old: Snapshot, new: Snapshot) -> str:
    """Who of other machines came between these two pictures, in one line; of a server that was looked at before."""
    found = []
    for view in new.views:
        before = old.view(view.server.id)
        if before is None or not any(row.check for row in before.rows):
            continue
        came = [client for client in arrived(before.clients, view.clients) if not client.local_end]
        found += [(view.server.label, client) for client in came]
    if not found:
        return ""
    label, client = found[0]
    name = f" ({client.name})" if client.name else ""
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{client.remote}{name} is connected to {label} at {client.local}{more}"


def _counts(row: Row) -> bool:
    """It is one that works or that the user added; that nothing listens at the others is no event."""
    return row.endpoint.offered and (row.endpoint.covered is True or row.endpoint.kind == "custom")


def merged(earlier: Sequence[Change], later: Sequence[Change]) -> list[Change]:
    """What is still to be said: of an endpoint that changed twice, the last."""
    kept = {(change.server, change.url): change for change in earlier}
    for change in later:
        kept.pop((change.server, change.url), None)
        kept[(change.server, change.url)] = change
    return list(kept.values())[-MOST_CHANGES:]


def words(found: Sequence[Change], scene: Scene) -> str:
    """One line for all of them."""
    last = found[-1]
    if len(found) == 1:
        url = cut_url(last.url, max(24, scene.shape.columns * 2 // 5), scene.signs.dots)
        return f"{url} {_one(last)}"
    good = [change for change in found if change.check.reachable]
    labels = {change.label for change in found}
    whose = f" of {last.label}" if len(labels) == 1 else ""
    count = f"{len(found)} endpoints{whose}"
    if len(good) == len(found):
        return f"{count} are reachable again" if not any(one.was_reachable for one in found) else f"{count} changed"
    if len({change.check.verdict for change in found}) == 1:
        return f"{count} {_one(last)}"
    return f"{count} changed, {len(found) - len(good)} of them do not work now"


def _one(change: Change) -> str:
    check = change.check
    if check.reachable and not change.was_reachable:
        return "is reachable again" + ("" if check.verdict == "ok" else f" ({check.verdict})")
    finding = check.finding
    return f"{check.verdict}: {(finding.short_cause or finding.headline).rstrip('.')}"


def worse(found: Sequence[Change]) -> bool:
    """At least one of them does not work now."""
    return any(not change.check.reachable for change in found)
