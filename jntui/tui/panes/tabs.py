"""The tabs of a small screen: which pane is shown, and how many endpoints are reachable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.ink import BLANK, Span, ink, width_of
from jntui.tui.origins import standing
from jntui.tui.panes.endpoints import count, found
from jntui.tui.paper import Paper

if TYPE_CHECKING:
    from jntui.model import ServerView
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene

LABELS = (("endpoints", "Endpoints"), ("check", "Check"), ("config", "Config"))


class Tabs(Paper):
    """One line; a click on a label opens its pane."""

    def __init__(self) -> None:
        super().__init__("tabs")

    def draw(self) -> None:
        """Labels at the left, the count at the right."""
        scene = self.scene
        if scene is None or scene.view is None:
            self.write([])
            return
        spans: list[Span] = [Span(" ")]
        for number, (name, label) in enumerate(LABELS, 1):
            chosen = name == scene.tab
            words = f" {scene.keys.part(f'pane-{name}')} {label} "
            spans += [ink(words, "chosen" if chosen else "muted", f"pane {number}"), Span(" ")]
        left: Line = tuple(spans)
        said = _count(scene, scene.view, self.size.width, self.size.width - width_of(left) - 2)
        told: Line = (ink(said, "catch" if said.startswith("! ") else "muted"),)
        room = self.size.width - width_of(left) - 1
        whole: Line = (*_risk(scene, scene.view), *told)
        told = whole if width_of(whole) < room else told
        spare = room - width_of(told)
        self.write([(*left, Span(" " * spare), *told) if spare > 0 else left])


def _risk(scene: Scene, view: ServerView) -> Line:
    """`LAN, no TLS`: what the warning colour of its authentication means, where no frame says the whole badge."""
    badge = view.badge
    if badge is None or badge.tone != "catch" or scene.shape.form != "tabs":
        return BLANK
    words = badge.words.split(", ")
    return (ink(f"{words[0]}, {words[-1]}", "warning"), Span("   "))


def _count(scene: Scene, view: ServerView, width: int, cells: int) -> str:
    """What the frame of the tab's pane, which is as wide as the tabs, would say, if it had one."""
    if scene.tab == "config":
        sought = scene.filter_of("config")
        waiting = standing(view.configuration, view.server, cells)
        if sought or waiting:
            return f"filter {sought}" if sought else waiting
    wanted = scene.filter_of("endpoints")
    return count(view, wanted, found(scene, width) if wanted else 0, short=True)
