"""The last line: keys that can be pressed now, or what jntui has to say until the next key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.cutting import cut_end
from jntui.tui.hints import fitted, state_hints
from jntui.tui.ink import Span, ink, width_of
from jntui.tui.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.model import Snapshot
    from jntui.tui.ink import Line, Role


class KeysLine(Paper):
    """One line; a click on a key presses it."""

    def __init__(self) -> None:
        super().__init__("keys")
        self._said: Span | None = None
        self._standing = ""
        self._over: Callable[[Snapshot], bool] | None = None

    def say(self, words: str, role: Role = "bold", over: Callable[[Snapshot], bool] | None = None) -> None:
        """Shows one line of words in place of the keys, until `hush`, or until `over` holds for a newer snapshot."""
        self._said, self._over = ink(words, role), over
        self.draw()

    def stand(self, words: str) -> None:
        """Shows these words before the keys from now on, whatever is pressed; empty: no longer."""
        self._standing = words
        self.draw()

    def hush(self) -> None:
        """Shows the keys again."""
        self._over = None
        if self._said is not None:
            self._said = None
            self.draw()

    def draw(self) -> None:
        """The words, or the keys that fit."""
        scene = self.scene
        if scene is None:
            return
        if self._over is not None and self._over(scene.snapshot):
            self._said = self._over = None
        if self._said is not None:
            words = cut_end(self._said.text, self.size.width - 2, scene.signs.dots)
            self.write([(Span(" "), self._said._replace(text=words))])
        else:
            lead: Line = ()
            if self._standing:
                words = cut_end(self._standing, self.size.width - 2, scene.signs.dots)
                lead = (ink(words, "bold"), Span("  "))
            room = self.size.width - 2 - width_of(lead)
            self.write([(Span(" "), *lead, *(fitted(state_hints(scene), room) if room > 0 else ()))])
