"""Help, made from the action table: keys by purpose, signs, scopes, and what a check proves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from jntui.tui.actions import ACTIONS, GROUPS
from jntui.tui.cutting import cut_end, wrapped
from jntui.tui.dialogs.sheet import SheetDialog, scene_of
from jntui.tui.ink import BLANK, Span, ink, padded
from jntui.tui.keymap import textual_name
from jntui.tui.signs import sign_of

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

    from jntui.model import Snapshot
    from jntui.tui.ink import Line, Role
    from jntui.tui.keymap import Keys
    from jntui.tui.scene import Environment, Selection
    from jntui.tui.signs import Group, Signs

_SIGNS: tuple[tuple[Group, str], ...] = (
    ("works", "works: ok, login"),
    ("catch", "works, with a catch: page-only, open, tls-untrusted"),
    ("alarm", "open to others without a login"),
    ("calm", "nobody listens there: not-listening"),
    ("broken", "should work and does not"),
    ("unknown", "not checked, or not reached"),
    ("checking", "being checked"),
)

_SCOPES = (
    ("this machine", "this machine itself, and ssh -L"),
    ("container", "docker and podman networks"),
    ("LAN", "the local network"),
    ("VPN", "tailscale, wireguard, tun"),
    ("internet", "public addresses, carrier NAT"),
)

_LEFT = 56
"""Cells of the left column."""

WIDE = 50
"""Cells from which every action's help fits in one line."""

_PROOF = (
    "Checks run on this machine. A check that works means that the server answers at this address. "
    "A firewall between can still stop others; a connected client is the only proof from outside."
)


class HelpDialog(SheetDialog[None]):
    """Two columns where there is room, else one that scrolls."""

    WIDTH = 110
    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,q", "cancel", show=False)]

    def __init__(self, snapshot: Snapshot, selection: Selection, environment: Environment) -> None:
        scene = scene_of(snapshot, selection, environment)
        super().__init__("Help", "esc closes, ctrl+p finds actions by name", scene)

    def on_key(self, event: events.Key) -> None:
        """The key that opened it closes it, whichever the user chose."""
        if event.key in map(textual_name, self.scene.keys.of("help")):
            event.stop()
            self.action_cancel()

    def lines_for(self, width: int) -> list[Line]:
        """Two columns from 100, else one."""
        scene = self.scene
        facts = (scene.snapshot, scene.selection, scene.environment)
        two = self.app.size.width >= 100
        left = key_lines(*facts, _LEFT - 1 if two else width + 1 if width >= WIDE else width)
        right = legend(scene.signs, scene.keys, _LEFT if two else width)
        if not two:
            return [*left, BLANK, *right]
        height = max(len(left), len(right))
        left += [BLANK] * (height - len(left))
        right += [BLANK] * (height - len(right))
        return [(*padded(first, _LEFT), *second) for first, second in zip(left, right, strict=True)]


def key_lines(snapshot: Snapshot, selection: Selection, environment: Environment, width: int) -> list[Line]:
    """Every action of the table, in `width` cells; what read-only forbids is muted with that reason."""
    lines: list[Line] = []
    for group in GROUPS:
        lines += [BLANK] if lines else []
        lines.append((ink(group, "bold"),))
        for action in ACTIONS:
            if action.group != group:
                continue
            why = action.why_not(snapshot, selection, environment)
            barred = environment.read_only and why == "read-only"
            key = ink(f"  {environment.keys.shown(action.id):<9}", "muted" if barred else "accent")
            reason = ": read-only" if barred else ""
            room = width - len(key.text)
            # Columns side by side keep their lines; a narrow one has no room for a sentence.
            whole = cut_end(action.help, room - len(reason), environment.signs.dots) + reason
            first, *rest = [whole] if width >= WIDE else wrapped(action.help + reason, room)
            role: Role = "muted" if barred else "plain"
            lines.append((key, ink(first, role)))
            lines += [(Span(" " * len(key.text)), ink(part, role)) for part in rest]
    return lines


def legend(signs: Signs, keys: Keys, width: int) -> list[Line]:
    """Signs, scopes, proof, in `width` cells."""
    lines: list[Line] = [(ink("Signs", "bold"),)]
    for group, meaning in _SIGNS:
        first, *rest = wrapped(meaning, min(38, width - 6))
        lines.append((Span("  "), *padded((sign_of(group, signs),), 4), ink(first)))
        lines += [(Span(" " * 6), ink(part)) for part in rest]
    mark = ink(keys.watch_mark, "accent")
    lines.append((Span("  "), *padded((mark,), 4), ink("before a row: it is watched")))
    lines += [BLANK, (ink("From where", "bold"),)]
    for scope, meaning in _SCOPES:
        first, *rest = wrapped(meaning, min(38, width - 16))
        lines.append((Span("  "), ink(f"{scope:<14}", "muted"), ink(first)))
        lines += [(Span(" " * 16), ink(part)) for part in rest]
    lines += [BLANK, (ink("What a check proves", "bold"),)]
    return lines + [(Span("  "), ink(part)) for part in wrapped(_PROOF, min(44, width - 2))]
