"""Who is connected to a server and who was, the newest first: the only proof from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from jntui.tui.dialogs.sheet import SheetDialog, hanging
from jntui.tui.ink import BLANK, Span, cropped, ink, padded

if TYPE_CHECKING:
    from textual.binding import BindingType

    from jntui.model import Client
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene


class ClientsDialog(SheetDialog[None]):
    """`W`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,W,enter", "cancel", show=False)]

    def __init__(self, scene: Scene) -> None:
        label = scene.view.server.label if scene.view else ""
        super().__init__(f"Clients of {label}", "of the last day; esc closes", scene)

    def follow(self, scene: Scene) -> None:
        """A newer picture."""
        self.scene = scene
        self.rewrite()

    def lines_for(self, width: int) -> list[Line]:
        """One line each, then what a list of connections cannot tell."""
        clients = self.scene.view.clients if self.scene.view else ()
        ordered = sorted(clients, key=lambda one: (one.now, one.last_seen), reverse=True)
        lines = [self._line(client, width) for client in ordered]
        if not lines:
            lines = hanging("", "No other machine is connected, and none was in the last day.", width, 0)
        words = "Behind a tunnel or a proxy a client shows as this machine; a name is what its own network claims."
        return [*lines, BLANK, *hanging("", words, width, 0, "muted")]

    def _line(self, client: Client, width: int) -> Line:
        scene = self.scene
        sign = ink(scene.signs.running if client.now else scene.signs.calm, "works" if client.now else "muted")
        who = f"{client.remote} ({client.name})" if client.name else client.remote
        who += f" through {client.through}" if client.through else ""
        when = f"since {scene.clock(client.last_seen)}" if client.now else f"last {scene.clock(client.last_seen)}"
        name = padded((ink(who, "works-bold" if client.now else "plain"),), min(34, width // 2))
        words = ink(f"{when}, at {client.local}", "muted")
        return cropped((sign, Span(" "), *name, Span("  "), words), width, scene.signs.dots)
