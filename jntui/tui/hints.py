"""Which keys to name where: from the action table and the state, never an action that does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.actions import BY_ID
from jntui.tui.ink import Span, ink, width_of

if TYPE_CHECKING:
    from jntui.model import ServerView
    from jntui.tui.ink import Line
    from jntui.tui.keymap import Keys
    from jntui.tui.scene import Scene

Hint = tuple[str, str]
"""An action's id and the words beside its key."""

LOGIN = frozenset({"hashed_password", "password", "password_required", "token"})
"""Settings beside which the key for the password is named."""

_NORMAL = (
    *("copy", "qr", "check", "access", "connect", "tokens", "stop", "start", "restart", "filter"),
    *("watch", "check-from", "doctor", "password", "files", "add-url", "stages", "help", "quit"),
)
_CONFIG = (
    *("edit", "open", "every", "files", "doctor", "filter", "restart", "undo", "editor"),
    *("password", "stop", "copy", "check", "start", "help", "quit"),
)


def possible(scene: Scene, action_id: str) -> bool:
    """Whether the action could be done now."""
    return not BY_ID[action_id].why_not(scene.snapshot, scene.selection, scene.environment)


def answer_hints(view: ServerView, scene: Scene) -> list[Hint]:
    """The keys that belong to the answer, at most three."""
    answer = view.answer
    if answer is None:
        return []
    short = not scene.shape.bordered
    hints: list[Hint] = []
    if answer.tone == "stale":
        name = (view.server.info_file or "").rsplit("/", 1)[-1]
        hints = [("remove", "remove" if short else f"remove {name}"), ("start", again(view, scene, short))]
    elif answer.copy:
        opened = view.server.exposure not in {None, "this-machine"}
        hints = [("answer", "copies ssh -L" if short else "copy that line")]
        hints.append(("access", "access" if opened else "allow the LAN"))
    elif answer.url:
        hints = [("answer", "copy" if short else "copy the URL"), *_giving_hints(view, short)]
    if answer.tone == "alarm":
        hints.append(("password", "password" if short else "set a password"))
    if answer.tone == "broken":
        hints.append(("check", "again" if short else "check again"))
    return [hint for hint in hints if possible(scene, hint[0])][:3]


def _giving_hints(view: ServerView, short: bool) -> list[Hint]:
    """To others: the code and the strings; for what only this machine can open, what changes that."""
    if view.answer is not None and view.answer.tone == "alarm":
        return [("access", "access")]
    if view.server.exposure == "this-machine":
        return [("access", "allow the LAN"), *([] if short else [("connect", "connect from")])]
    return [("qr", "QR" if short else "QR code"), *([] if short else [("connect", "VS Code, curl, ssh -L")])]


def again(view: ServerView, scene: Scene, short: bool) -> str:
    """What `n` offers for a server that is gone: the same place again."""
    if short:
        return "start again"
    where = f" in {scene.path(view.server.root_dir)}" if view.server.root_dir else ""
    return f"start it again{where}" + (f" on port {view.server.port}" if view.server.port else "")


def state_hints(scene: Scene) -> list[Hint]:
    """The keys line for the present state: what can be done now, most wanted first."""
    view = scene.view
    if not scene.snapshot.views:
        ids: tuple[str, ...] = ("start", "help", "quit")
    elif view is not None and view.server.state == "stale":
        ids = ("remove", "start", "filter", "help", "quit")
    elif scene.selection.pane == "config":
        waiting = view is not None and view.configuration is not None and view.configuration.waiting > 0
        ids = ("restart", *(each for each in _CONFIG if each != "restart")) if waiting else _CONFIG
    else:
        ids = _NORMAL
    if is_about_login(scene):
        ids = ("password", *(each for each in ids if each != "password"))
    labels = {"remove": "remove info file" if view and view.server.state == "stale" else "remove URL"}
    if scene.selection.pane == "check" and scene.correction:
        ids, labels["open"] = ("open", *_NORMAL), "correct the URL"
    elif scene.selection.pane == "check" and _tells(scene):
        ids, labels["open"] = ("open", "edit", *_NORMAL), f"why {_tells(scene)} is so"
    elif scene.selection.pane == "config":
        labels["open"] = "its story"
    elif view is not None and scene.row is not None and scene.row.endpoint.kind == "custom":
        ids = ("copy", "remove", *(each for each in ids if each != "copy"))
    if scene.watch is not None and "watch" in ids:
        ids, labels["watch"] = ("watch", *(each for each in ids if each != "watch")), "end the watch"
    return [(each, labels.get(each, BY_ID[each].label)) for each in ids if possible(scene, each)]


def is_open(scene: Scene) -> bool:
    """Nothing guards the selected server."""
    return scene.view is not None and scene.view.server.auth == "none" and scene.view.server.state != "stale"


def is_about_login(scene: Scene) -> bool:
    """The user looks at what guards the server, or at a server that nothing guards."""
    on_row = scene.selection.pane == "config" and scene.setting in LOGIN
    return on_row or (is_open(scene) and scene.selection.pane != "config")


def _tells(scene: Scene) -> str:
    """The setting whose story Enter tells in Check; empty where Enter does something else there."""
    check = scene.row.check if scene.row else None
    named = scene.named()
    return named[0].name if check and named and check.finding.action not in BY_ID else ""


def fitted(hints: list[Hint], width: int, keys: Keys) -> Line:
    """The keys line in `width` cells: dropped from the right, but the key of the help always stays."""
    kept = list(hints)
    while kept and width_of(drawn(kept, keys)) > width:
        droppable = [index for index, hint in enumerate(kept) if hint[0] != "help"]
        if not droppable:
            break
        kept.pop(droppable[-1])
    return drawn(kept, keys)


def drawn(hints: list[Hint], keys: Keys) -> Line:
    """Keys in accent, labels muted, two spaces between."""
    spans: list[Span] = []
    for action_id, label in hints:
        lead = [Span("  ")] if spans else []
        spans += [
            *lead,
            ink(keys.shown(action_id), "accent", action_id),
            ink(f" {label}" if label else "", "muted", action_id),
        ]
    return tuple(spans)
