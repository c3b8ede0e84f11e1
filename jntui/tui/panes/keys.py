"""The last line: keys that can be pressed now, or what jntui has to say until the next key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.cutting import cut_end
from jntui.tui.hints import fitted, state_hints
from jntui.tui.ink import Span, ink
from jntui.tui.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.model import Snapshot
    from jntui.tui.ink import Role


class KeysLine(Paper):
    """One line; a click on a key presses it."""

    def __init__(self) -> None:
        super().__init__("keys")
        self._said: Span | None = None
        self._over: Callable[[Snapshot], bool] | None = None

    def say(self, words: str, role: Role = "bold", over: Callable[[Snapshot], bool] | None = None) -> None:
        """Shows one line of words in place of the keys, until `hush`, or until `over` holds for a newer snapshot."""
        self._said, self._over = ink(words, role), over
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
            self.write([(Span(" "), *fitted(state_hints(scene), self.size.width - 2))])
