"""Everything a user can do, in one table: keys, the keys line, the help and the palette are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from jntui.model import Snapshot
    from jntui.tui.scene import Environment, Selection

    WhyNot: TypeAlias = Callable[[Snapshot, Selection, Environment], str]
    """Says in one line why an action is impossible now, empty if it is possible."""

GROUPS: tuple[str, ...] = ("Use", "Find out", "Change", "Move")


@dataclass(frozen=True, slots=True)
class Action:
    """Something a user can do."""

    id: str
    keys: tuple[str, ...]
    """As Textual names them; the first ones are shown."""
    shown: str
    """The keys as help and hints write them."""
    label: str
    """A few words, for the keys line."""
    help: str
    """A sentence without a full stop, for the help and the palette."""
    group: str
    why_not: WhyNot
    named: bool = True
    """False for what makes sense as a key only (moves): the palette leaves it out."""


def _always(_snapshot: Snapshot, _selection: Selection, _environment: Environment) -> str:
    return ""


def _needs_answer(snapshot: Snapshot, selection: Selection, _environment: Environment) -> str:
    view = selection.view(snapshot)
    if view is None:
        return "no server is selected"
    if view.answer is None or not (view.answer.copy or view.answer.url):
        return f"the answer for {view.server.label} names no URL"
    return ""


def _needs_row(snapshot: Snapshot, selection: Selection, _environment: Environment) -> str:
    return "" if selection.row(snapshot) else "no endpoint is selected"


def _needs_browser(snapshot: Snapshot, selection: Selection, environment: Environment) -> str:
    row = selection.row(snapshot)
    if row is None:
        return "no endpoint is selected"
    if snapshot.machine.ssh is not None:
        key = environment.keys.shown("connect")
        return f"over SSH it would open there: {key} has your computer's URLs"
    if environment.no_browser:
        return environment.no_browser + f": {environment.keys.shown('connect')} has the URL"
    return "" if row.check is not None and row.check.reachable else "this endpoint does not work now"


def _needs_token(snapshot: Snapshot, selection: Selection, _environment: Environment) -> str:
    view = selection.view(snapshot)
    if view is None:
        return "no server is selected"
    return "" if view.server.token else f"no token of {view.server.label} is known here"


def _needs_checkable(snapshot: Snapshot, selection: Selection, _environment: Environment) -> str:
    view, row = selection.view(snapshot), selection.row(snapshot)
    if view is None:
        return "no server is selected"
    if view.server.state == "stale":
        return f"{view.server.label} is no server any more: nothing to check"
    if row is None and selection.pane != "servers":
        return "no endpoint is selected"
    if row is not None and not row.endpoint.offered and selection.pane != "servers":
        return f"this endpoint is never checked: {row.endpoint.note or 'shown only'}"
    return ""


def _needs_watchable(snapshot: Snapshot, selection: Selection, environment: Environment) -> str:
    view, row = selection.view(snapshot), selection.row(snapshot)
    if view is not None and view.server.state != "stale" and row is None:
        return "no endpoint is selected"
    if row is not None and not row.endpoint.offered:
        return f"this endpoint is never checked: {row.endpoint.note or 'shown only'}"
    if row is not None and row.check is not None and row.check.noisy and not _is_watched(snapshot, selection):
        return f"each check of it writes warnings into the server's log: {environment.keys.shown('check')} asks once"
    return _needs_checkable(snapshot, selection, environment)


def _is_watched(snapshot: Snapshot, selection: Selection) -> bool:
    watch = snapshot.watch
    return watch is not None and (watch.server, watch.url) == (selection.server, selection.url)


def _needs_endpoints(snapshot: Snapshot, selection: Selection, _environment: Environment) -> str:
    view = selection.view(snapshot)
    if view is None:
        return "no server is selected"
    if view.server.state == "stale":
        return f"{view.server.label} is no server any more: nothing to check"
    return "" if view.probed else f"{view.server.label} has no endpoint that another host could check"


def _needs_servers(snapshot: Snapshot, _selection: Selection, _environment: Environment) -> str:
    return "" if snapshot.views else "there is no server"


def _needs_writing(_snapshot: Snapshot, _selection: Selection, environment: Environment) -> str:
    return "read-only" if environment.read_only else ""


def _needs_live_server(snapshot: Snapshot, selection: Selection, environment: Environment) -> str:
    if environment.read_only:
        return "read-only"
    view = selection.view(snapshot)
    if view is None:
        return "no server is selected"
    return "" if view.server.state != "stale" else f"{view.server.label} is no server any more"


def _needs_ending(snapshot: Snapshot, selection: Selection, environment: Environment) -> str:
    if environment.read_only:
        return "read-only"
    view = selection.view(snapshot)
    if view is None:
        return "no server is selected"
    if view.server.state != "stale":
        return ""
    return f"{view.server.label} is no server any more: {environment.keys.shown('remove')} removes its info file"


def _needs_open(snapshot: Snapshot, selection: Selection, environment: Environment) -> str:
    why = _needs_ending(snapshot, selection, environment)
    view = selection.view(snapshot)
    if not why and view is not None and view.server.state == "other-user":
        return f"{view.server.label} belongs to another user"
    return why


def _needs_configuration(snapshot: Snapshot, selection: Selection, _environment: Environment) -> str:
    view = selection.view(snapshot)
    if view is None:
        return "no server is selected"
    if view.server.state == "stale":
        return f"{view.server.label} is no server any more"
    return "" if view.configuration else f"the settings of {view.server.label} are not read yet"


def _needs_setting(snapshot: Snapshot, selection: Selection, environment: Environment) -> str:
    if environment.read_only:
        return "read-only"
    why = _needs_configuration(snapshot, selection, environment)
    if why or selection.pane == "config":
        return why
    row = selection.row(snapshot)
    named = row.check.finding.settings if row is not None and row.check else ()
    if named and selection.pane == "endpoints":
        return f"{environment.keys.part('pane-check')} opens Check, where it changes {named[0]}"
    if named and selection.pane == "check":
        return ""
    return f"{environment.keys.part('pane-config')} opens Config, where a setting is chosen"


def _needs_file(snapshot: Snapshot, selection: Selection, environment: Environment) -> str:
    return "read-only" if environment.read_only else _needs_configuration(snapshot, selection, environment)


def _needs_removable(snapshot: Snapshot, selection: Selection, environment: Environment) -> str:
    if environment.read_only:
        return "read-only"
    view, row = selection.view(snapshot), selection.row(snapshot)
    if view is None:
        return "no server is selected"
    if view.server.state == "stale":
        return "" if view.server.info_file else "it has no info file"
    if row is not None and row.endpoint.kind == "custom" and selection.pane != "servers":
        return ""
    return "only stale info files and added URLs can be removed"


def _needs_running(snapshot: Snapshot, selection: Selection, _environment: Environment) -> str:
    view = selection.view(snapshot)
    if view is None:
        return "no server is selected"
    server = view.server
    if server.state == "stale":
        return f"{server.label} is no server any more"
    return "" if server.state == "running" else f"{server.label} is {server.state}"


def _needs_selected(snapshot: Snapshot, selection: Selection, _environment: Environment) -> str:
    return "" if selection.view(snapshot) else "no server is selected"


ACTIONS: tuple[Action, ...] = (
    Action("answer", ("y",), "y", "copy the answer", "copy what the coloured band says", "Use", _needs_answer),
    Action("copy", ("c",), "c", "copy URL", "copy the URL of the row, with its token", "Use", _needs_row),
    Action("qr", ("r",), "r", "QR code", "a QR code for a phone, of what works now", "Use", _needs_running),
    Action("connect", ("C",), "C", "connect from", "strings for VS Code, curl, ssh -L and others", "Use", _needs_row),
    Action("browse", ("o",), "o", "browser", "open it in a browser here", "Use", _needs_browser),
    Action("tokens", ("t",), "t", "token", "show or hide the token in URLs", "Use", _needs_token),
    Action(
        "open",
        ("enter",),
        "enter",
        "open",
        "its check, its fix, the story of a setting",
        "Find out",
        _needs_servers,
    ),
    Action(
        "check",
        ("p",),
        "p",
        "check again",
        "check this again; in Servers, all of it",
        "Find out",
        _needs_checkable,
    ),
    Action("check-all", ("P",), "P", "check all", "check every endpoint of every server", "Find out", _needs_servers),
    Action("watch", ("w",), "w", "watch", "check this every 10 s; again: end that", "Find out", _needs_watchable),
    Action("check-from", ("v",), "v", "from a host", "check from another host, over ssh", "Find out", _needs_endpoints),
    Action("clients", ("W",), "W", "clients", "who is connected, and who was", "Find out", _needs_running),
    Action("stages", ("i",), "i", "all stages", "all stages of a check, or a summary", "Find out", _needs_row),
    Action("files", ("F",), "F", "files", "the config files that it reads, in order", "Find out", _needs_configuration),
    Action("every", ("A",), "A", "all settings", "every setting of this Jupyter", "Find out", _needs_configuration),
    Action("doctor", ("D",), "D", "doctor", "what is wrong with its configuration", "Find out", _always),
    Action("log", ("L",), "L", "log", "its log, followed while you look", "Find out", _needs_selected),
    Action("running", ("K",), "K", "running", "its kernels, terminals, who is on each", "Find out", _needs_running),
    Action("commands", ("H",), "H", "command log", "what jntui did, as commands", "Find out", _always),
    Action(
        *("report", (), "ctrl+p", "report for an issue"),
        *("a report to paste, without names or secrets", "Find out", _always),
    ),
    Action("edit", ("e",), "e", "edit setting", "change a setting, after a preview", "Change", _needs_setting),
    Action("undo", ("u",), "u", "undo", "take back the last change of a file", "Change", _needs_writing),
    Action("editor", ("E",), "E", "editor", "the file that decides, in your editor", "Change", _needs_file),
    Action("password", ("g",), "g", "set a password", "set the login password, or check it", "Change", _needs_writing),
    Action("access", ("a",), "a", "access", "who may open it: the LAN, or this machine", "Change", _needs_open),
    Action(
        *("close-all", (), "ctrl+p", "only this machine, all servers"),
        *("close all that jntui opened to others", "Change", _needs_writing),
    ),
    Action(
        *("log-out", (), "ctrl+p", "log everyone out"),
        *("log everyone out: new token, then a restart", "Change", _needs_open),
    ),
    Action(
        *("certificate", (), "ctrl+p", "make a certificate"),
        *("a certificate with all names of this machine", "Change", _needs_writing),
    ),
    Action("start", ("n",), "n", "new server", "start a new server", "Change", _needs_writing),
    Action("stop", ("s",), "s", "stop", "stop it, after naming what ends with it", "Change", _needs_ending),
    Action("restart", ("S",), "S", "restart", "stop it and start it again as it was", "Change", _needs_ending),
    Action("add-url", ("U",), "U", "add a URL", "add a URL to check", "Change", _needs_live_server),
    Action("remove", ("x",), "x", "remove", "remove a stale info file or an added URL", "Change", _needs_removable),
    Action(
        "move",
        ("up", "down", "home", "end", "pageup", "pagedown", "k", "j", "left", "right", "h", "l"),
        "h j k l",
        "move",
        "move; also arrows, home, end, page keys",
        "Move",
        _always,
        named=False,
    ),
    Action(
        "focus",
        ("tab", "shift+tab"),
        "tab",
        "next pane",
        "next pane; with shift, the one before",
        "Move",
        _always,
        named=False,
    ),
    Action(
        "pane",
        ("1", "2", "3", "4"),
        "1 2 3 4",
        "pane",
        "Endpoints, Check, Config, Servers",
        "Move",
        _needs_servers,
        named=False,
    ),
    Action(
        "server",
        ("left_square_bracket", "right_square_bracket"),
        "[ ]",
        "server",
        "previous, next server",
        "Move",
        _needs_servers,
        named=False,
    ),
    Action("zoom", ("z",), "z", "zoom", "this pane alone, or all again", "Move", _needs_servers),
    Action("filter", ("slash",), "/", "filter", "show only rows that contain a text", "Move", _needs_servers),
    Action("back", ("escape",), "esc", "back", "back: filter, zoom, tab", "Move", _always, named=False),
    Action("palette", (), "ctrl+p", "every action", "every action by name", "Move", _always, named=False),
    Action("help", ("question_mark",), "?", "help", "every key, sign and scope", "Move", _always),
    Action("suspend", (), "ctrl+z", "put aside", "put jntui aside; fg brings it back", "Move", _always, named=False),
    Action("quit", ("q",), "q", "quit", "quit; servers keep running", "Move", _always),
)

BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}
