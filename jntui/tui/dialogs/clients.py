"""Who is connected to a server and who was, the newest first: the only proof from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding

from jntui.text import visible
from jntui.tui.cutting import cut_end
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
        widest = max((cell_len(self._who(client)) for client in ordered), default=0)
        lines = [self._line(client, widest, width) for client in ordered]
        if not lines:
            lines = hanging("", "No other machine is connected, and none was in the last day.", width, 0)
        words = "Behind a tunnel or a proxy a client shows as this machine; a name is what its own network claims."
        return [*lines, BLANK, *hanging("", words, width, 0, "muted")]

    def _who(self, client: Client) -> str:
        who = f"{client.remote} ({client.name})" if client.name else client.remote
        return visible(f"{who} through {client.through}" if client.through else who)

    def _line(self, client: Client, widest: int, width: int) -> Line:
        """The time and the address here stand whole, as long as the name keeps half of the line."""
        scene = self.scene
        sign = ink(scene.signs.running if client.now else scene.signs.calm, "works" if client.now else "muted")
        when = f"since {scene.clock(client.last_seen)}" if client.now else f"last {scene.clock(client.last_seen)}"
        words = ink(f"{when}, at {client.local}", "muted")
        room = min(widest, max(width // 2, width - 4 - cell_len(words.text)))
        name = cut_end(self._who(client), room, scene.signs.dots)
        cells = padded((ink(name, "works-bold" if client.now else "plain"),), room)
        return cropped((sign, Span(" "), *cells, Span("  "), words), width, scene.signs.dots)
