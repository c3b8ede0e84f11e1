"""The empty screen: what to press, where was looked, and what cannot be seen from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from jntui.text import visible
from jntui.tui.cutting import wrapped
from jntui.tui.hints import possible
from jntui.tui.ink import BLANK, Span, ink
from jntui.tui.paper import Paper

if TYPE_CHECKING:
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene


LABEL = 12
"""Cells of the labels."""


class EmptyPane(Paper):
    """Stands alone when there is no server."""

    def __init__(self) -> None:
        super().__init__("empty")

    def draw(self) -> None:
        """Blank lines go where the screen is low."""
        scene = self.scene
        if scene is None:
            return
        self.enframe("box", "Servers")
        lines = lines_for(scene, self.inner_width - 4)
        low = len(lines) + 2 > self.inner_height
        lines = [line for line in lines if line] if low else [BLANK, BLANK, *lines]
        self.write([(Span("  "), *line) if line else BLANK for line in lines])


def lines_for(scene: Scene, width: int) -> list[Line]:
    """Before the first look that it is looked for, after it that there is none and what to do."""
    snapshot = scene.snapshot
    if snapshot.changed is None:
        return [(ink(f"Looking for Jupyter servers on {snapshot.machine.hostname}", "bold"),)]
    lines: list[Line] = [(ink(f"No Jupyter server of yours runs on {snapshot.machine.hostname}.", "bold"),), BLANK]
    if possible(scene, "start"):
        rest = ink(" with a token, on this machine only", "muted", "start")
        lines.append((ink(scene.keys.shown("start"), "accent", "start"), ink("  start one", "plain", "start"), rest))
    else:
        lines.append((ink("read-only: nothing can be started from here", "muted"),))
    lines += [(ink(scene.keys.shown("help"), "accent", "help"), ink("  help", "plain", "help")), BLANK]
    previous = ""
    for looked in snapshot.looked:
        label = "" if looked.label == previous else looked.label
        previous = looked.label
        lines += looked_lines(label, scene.path(looked.place), looked.found, width)
    return lines


def looked_lines(label: str, place: str, found: str, width: int) -> list[Line]:
    """A place and what was found there, beside one another where both fit, else below."""
    room = max(1, width - LABEL)
    head, place, found = ink(f"{label:<{LABEL}}", "muted"), visible(place), visible(found)
    if cell_len(place) + 3 + cell_len(found) <= room:
        return [(head, ink(place), Span("   "), ink(found, "muted"))]
    parts = [(ink(part),) for part in wrapped(place, room)]
    parts += [(ink(part, "muted"),) for part in wrapped(found, room)]
    return [(head if number == 0 else Span(" " * LABEL), *part) for number, part in enumerate(parts)]
