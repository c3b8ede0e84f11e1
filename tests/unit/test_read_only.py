"""Read-only: every action of the table that changes anything refuses, with words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jntui.tui.actions import ACTIONS, Action
from jntui.tui.scene import PANES, Environment, Selection
from screenshots import canned

LOOKS = frozenset(
    [
        *("answer", "copy", "qr", "connect", "browse", "tokens"),
        *("open", "check", "check-all", "watch", "check-from", "clients", "stages"),
        *("files", "every", "doctor", "log", "commands", "running", "report"),
        *("move", "focus", "pane", "server", "zoom", "filter", "back", "palette", "help", "suspend", "quit"),
    ]
)
"""What only looks. An action that is in neither list has not been thought about."""


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_what_changes_refuses_and_what_looks_does_not(action: Action) -> None:
    snapshot = canned.main()
    reasons = set()
    for view in snapshot.views:
        rows = [None, *(row.endpoint.url for row in view.rows)]
        for pane in PANES:
            for url in rows:
                selection = replace(Selection(), server=view.server.id, url=url, pane=pane)
                reasons.add(action.why_not(snapshot, selection, Environment(read_only=True)))
    if action.id in LOOKS:
        assert "read-only" not in reasons
    else:
        assert reasons == {"read-only"}
        assert action.group == "Change"
