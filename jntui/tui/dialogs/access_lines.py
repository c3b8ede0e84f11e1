"""What the access dialog says: the places to choose from with their price, the plan, the steps, the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from jntui.model.words import SCOPE_WORDS
from jntui.text import visible
from jntui.tui.cutting import cut_middle
from jntui.tui.dialogs.ending import kernel_lines, warning
from jntui.tui.dialogs.preview import diff_lines, server_labels
from jntui.tui.dialogs.sheet import hanging
from jntui.tui.ink import Span, cropped, fitting, ink, padded, width_of
from jntui.tui.signs import group_of, sign_of, verdict_role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jntui.model import AccessDone, AccessPlan, Check, Interface, Scope, ServerView
    from jntui.model.access import AccessReach
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene

INDENT = 9
"""Cells of the labels."""

MOST_ADDRESSES = 8
"""Addresses that are offered one by one."""

_ORDER: tuple[Scope, ...] = ("this-machine", "lan", "vpn", "carrier-nat", "internet", "container", "link-local")
"""What most people ask for first."""

GUARDS = {
    "none": "no authentication",
    "token": "token",
    "password": "password",
    "token+password": "token or password",
    "hub": "JupyterHub's login",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server could listen, and what that costs."""

    reach: AccessReach
    label: str
    price: str
    address: str | None = None
    shorter: tuple[str, ...] = ()
    """The price in fewer words, the longest first."""
    risk: str = ""
    """What stands beside the price in the warning colour."""


def places(interfaces: Sequence[Interface]) -> tuple[Place, ...]:
    """Every address, each one alone, this machine only."""
    own = [
        (one.name, address.ip, address.scope)
        for one in interfaces
        if one.up
        for address in one.addresses
        if address.scope not in {"this-machine", "link-local"}
    ]
    public = sorted({name for name, _ip, scope in own if scope == "internet"})
    near = _ordered(scope for _name, _ip, scope in own if scope not in {"container", "internet"})
    everywhere = ", ".join(SCOPE_WORDS[scope] for scope in near) or "all that it has or will have"
    risk = f"the internet by {', '.join(public)}" if public else ""
    found = [Place("lan", "every address", everywhere, shorter=("",) if risk else (), risk=risk)]
    ranked = sorted(own, key=lambda one: (one[2] == "container", one[2] == "internet", ":" in one[1]))
    for name, ip, scope in ranked[:MOST_ADDRESSES]:
        # The risk stands beside the price, and a scope that is one is said there.
        public_one = scope == "internet"
        only, ends = f"only {SCOPE_WORDS[scope]}", "localhost ends"
        price = f"by {name}; {ends}" if public_one else f"{only} by {name}; {ends}"
        shorter = (ends, "") if public_one else (f"{only}; {ends}", only, SCOPE_WORDS[scope])
        found.append(Place("address", ip, price, ip, shorter, "the internet" if public_one else ""))
    return (*found, Place("local", "this machine", "nobody else; ssh -L still works", shorter=("nobody else",)))


def _ordered(scopes: Iterable[Scope]) -> list[Scope]:
    found = set(scopes)
    return [scope for scope in _ORDER if scope in found]


def place_line(place: Place, chosen: bool, focused: bool, scene: Scene, width: int) -> Line:
    """`(•) every address   LAN, VPN   ! also from the internet`."""
    mark = scene.signs.picked if chosen else "( )"
    size = 16 if width < 72 else 24
    label = cut_middle(visible(place.label), size, scene.signs.dots)
    head = ink(f"{mark} {label}", ("chosen" if focused else "bold") if chosen else "plain")
    label_cells = padded((head,), size + 5)
    left = width - size - 5
    said = fitting((place.risk, "the internet", "internet"), left - 2) if place.risk else ""
    beside = f"{scene.signs.catch} {said}" if said else ""
    form = fitting((place.price, *place.shorter), left - (cell_len(beside) + 2 if beside else 0))
    price: Line = (ink(form, "plain" if chosen else "muted"),)
    if not place.risk:
        return cropped((*label_cells, *price), width, scene.signs.dots)
    risk: Line = (ink(beside, "catch"),)
    both = (*price, Span("  "), *risk) if form else risk
    # What does not fit loses the end of the price, never the risk.
    both = both if width_of(both) <= left else (*risk, Span("  "), *price)
    return cropped((*label_cells, *both), width, scene.signs.dots)


def now_words(view: ServerView | None) -> str:
    """`127.0.0.1:8888: this machine; token`."""
    if view is None:
        return "not read yet"
    bound = ", ".join(one.text for one in view.server.listeners)
    scopes = _ordered(row.endpoint.scope for row in view.rows if row.endpoint.covered and row.endpoint.offered)
    guard = GUARDS.get(view.server.auth or "", "authentication not known")
    guard += ", TLS" if view.server.scheme == "https" else ""
    return f"{', '.join(SCOPE_WORDS[one] for one in scopes) or 'not known'}; {guard}; {bound}"


def after_words(plan: AccessPlan) -> str:
    """The same, of what will be."""
    if plan.nothing:
        return "the same: it is so already"
    scopes = _ordered(one.scope for one in plan.endpoints if one.covered and one.offered)
    guard = GUARDS.get(plan.guard, plan.guard)
    guard += ", TLS" if any(one.url.startswith("https://") for one in plan.endpoints) else ""
    return f"{', '.join(SCOPE_WORDS[one] for one in scopes) or 'not known'}; {guard}; {', '.join(plan.after)}"


def plan_parts(plan: AccessPlan, scene: Scene, width: int, roomy: bool) -> list[list[Line]]:
    """Settings and files, what ends, what to know, the firewall, what comes then."""
    if plan.nothing:
        return [hanging("", "Nothing is to be done.", width, 0, "muted")]
    parts = [_setting_lines(plan, scene, width), _file_lines(plan, scene, width, roomy)]
    if plan.restart is not None:
        parts.append(kernel_lines(plan.restart.stop, scene, width))
    parts += [_note_lines(plan, scene, width), firewall_lines(plan, scene, width)]
    local = plan.wish.reach == "local"
    looks = "looks that nobody else can open it" if local else "checks every address; a firewall can still stop others"
    then = f"it restarts, and jntui {looks}" if plan.restart is not None else f"nothing restarts; jntui {looks}"
    return [*parts, hanging("then", then, width, INDENT, "muted")]


def _setting_lines(plan: AccessPlan, scene: Scene, width: int) -> list[Line]:
    arrow = scene.signs.arrow
    lines: list[Line] = []
    for number, step in enumerate(plan.settings):
        words = f"{step.name}: {step.before or 'not set'} {arrow} {step.after}"
        lines += hanging("sets" if number == 0 else "", words, width, INDENT)
    names = {step.name for step in plan.settings}
    if plan.wish.reach != "local" and "ip" in names and "allow_remote_access" not in names:
        lines += hanging("", "allow_remote_access follows from ip: every Host name is taken", width, INDENT, "muted")
    if plan.exact:
        words = "what jntui opened: the files are byte for byte as before"
        lines = hanging("undoes", words, width, INDENT, "works") + lines
    return lines


def _file_lines(plan: AccessPlan, scene: Scene, width: int, roomy: bool) -> list[Line]:
    change = plan.change
    if change is None:
        return hanging("file", "no file changes", width, INDENT, "muted")
    made = " (a new file)" if change.creates else ", with a backup beside it"
    made = "" if plan.exact else made
    lines = hanging("file", f"{scene.path(change.path)}{made}", width, INDENT, "bold")
    for path in change.also:
        lines += hanging("also", scene.path(path), width, INDENT)
    lines += diff_lines(change.diff, width, scene.signs.dots, roomy)
    if change.verified == "unverified":
        words = f"unverified: {change.reason or 'Jupyter was not asked'}; the button writes it all the same"
        lines += warning(words, scene, width)
    return lines


def _note_lines(plan: AccessPlan, scene: Scene, width: int) -> list[Line]:
    change, restart = plan.change, plan.restart
    notes = [*plan.remarks, *(restart.lost if restart else ())]
    others = tuple(one for one in (change.needs_restart if change else ()) if one != plan.server)
    if others:
        notes.append(f"{server_labels(others, scene)} reads the same file and has it after a restart")
    return [line for note in dict.fromkeys(notes) for line in warning(note, scene, width)]


def firewall_lines(plan: AccessPlan, scene: Scene, width: int) -> list[Line]:
    """What is known of it, and what is to be typed."""
    if plan.wish.reach == "local":
        return []
    lines = hanging("firewall", plan.firewall_words, width, INDENT + 1) if plan.firewall_words else []
    for number, command in enumerate(plan.firewall):
        lines += hanging("type" if number == 0 else "", command, width, INDENT + 1, "bold")
    if plan.firewall:
        lines += hanging("", "ctrl+y sends that to your terminal's clipboard", width, INDENT + 1, "muted")
    return lines


def done_parts(done: AccessDone, scene: Scene, width: int) -> list[list[Line]]:
    """The outcome in a sentence, then each address with its verdict, then what still keeps others out."""
    local = done.plan.wish.reach == "local"
    label = done.server.label
    if local:
        good, bad = f"Only this machine can open {label} now.", f"{label} runs, and others can still open it."
        good += " The files are byte for byte as before." if done.plan.exact else ""
    else:
        good = f"{label} can be opened at each of these addresses: checked from this machine."
        bad = f"{label} runs again, and not each of these addresses works."
    head = hanging("", good if done.works else bad, width, 0, "works-bold" if done.works else "broken-bold")
    rows = [_check_line(check, scene, width) for check in done.checks]
    parts = [head, rows]
    if not local:
        parts.append(firewall_lines(done.plan, scene, width))
        known = any(check.finding.others is not None for check in done.checks)
        words = "A firewall can still stop others; a client that is seen is the proof."
        parts.append([] if known and not done.plan.firewall else hanging("", words, width, 0, "muted"))
    return parts


def _check_line(check: Check, scene: Scene, width: int) -> Line:
    group = group_of(check.verdict, check.endpoint.scope)
    scope = padded((ink(SCOPE_WORDS[check.endpoint.scope], "muted"),), 13)
    sign = padded((sign_of(group, scene.signs),), 3)
    verdict: Line = (ink(check.verdict, verdict_role(group)), ink(f"  {scene.clock(check.at)}", "muted"))
    shown = check.endpoint.url
    if len(shown) > width - 17 - width_of(verdict):
        # The address says more than the scheme before it, which is the same in each line.
        verdict, shown = verdict[:1], shown.partition("://")[2].rstrip("/")
    room = width - 17 - width_of(verdict)
    url = cropped((ink(shown, "bold"),), max(1, room), scene.signs.dots)
    return (*sign, *scope, *padded(url, max(1, room)), Span(" "), *verdict)
