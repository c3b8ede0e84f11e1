"""The first line: which machine this is, who asks, and when something last changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.ink import Span, cropped, ink, width_of
from jntui.tui.paper import Paper

if TYPE_CHECKING:
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene


class Heading(Paper):
    """One line, never focused."""

    def __init__(self) -> None:
        super().__init__("heading")

    def draw(self) -> None:
        """Takes the longest form that fits."""
        scene = self.scene
        if scene is None:
            return
        right = moment(scene)
        room = self.size.width - width_of(right) - 3
        left = next((form for form in forms(scene) if width_of(form) <= room), None)
        if left is None:
            left = cropped(forms(scene)[-1], max(0, room), scene.signs.dots)
        gap = Span(" " * max(1, self.size.width - width_of(left) - width_of(right) - 1))
        self.write([(*left, gap, *right)])


def forms(scene: Scene) -> list[Line]:
    """The left part, longest first."""
    machine = scene.snapshot.machine
    name: Line = (Span("  "), ink("jntui", "accent"), Span("   "), ink(machine.hostname, "bold"))
    if scene.environment.read_only:
        name = (*name, Span("   "), ink("read-only", "catch"))
    user: Line = (Span("   "), ink(machine.user, "muted"))
    ssh = machine.ssh
    if scene.snapshot.exposed:
        # Said until it is over: it is about the machine, whichever server is selected.
        alarm: Line = (Span("   "), ink(f" {scene.snapshot.exposed} ", "alarm"))
        short: Line = (
            Span("  "),
            ink(f" {scene.snapshot.exposed.partition(' beyond')[0]} to others, no login ", "alarm"),
        )
        return [(*name, *user, *alarm), (*name, *alarm), alarm[1:], short, short[1:]]
    if scene.snapshot.trouble:
        trouble: Line = (Span("   "), ink(scene.snapshot.trouble, "warning"))
        return [(*name, *user, *trouble), (*name, *trouble), name]
    if ssh is None:
        return [(*name, *user), name]
    arrow = ink(f" {scene.signs.arrow} ssh {scene.signs.arrow} ", "muted")
    route: Line = (Span("   "), ink("your computer ", "muted"), ink(ssh.peer), arrow, ink(ssh.address))
    origin: Line = (Span("   "), ink("ssh from ", "muted"), ink(ssh.peer))
    whole = [] if scene.shape.columns < 100 else [(*name, *user, *route)]
    return [*whole, (*name, *origin), name]


def moment(scene: Scene) -> Line:
    """When the snapshot last changed."""
    if scene.snapshot.changed is None:
        return (ink("looking", "muted"),)
    clock = scene.clock(scene.snapshot.changed)
    return (ink(clock if scene.shape.columns < 72 else f"changed {clock}", "muted"),)
