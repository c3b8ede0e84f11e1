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
        self._news: Span | None = None
        """An announcement: it waits for what is being said, and goes with the next key."""
        self._standing = ""
        self._over: Callable[[Snapshot], bool] | None = None

    def say(self, words: str, role: Role = "bold", over: Callable[[Snapshot], bool] | None = None) -> None:
        """Shows one line of words in place of the keys, until `hush`, or until `over` holds for a newer snapshot."""
        self._said, self._over = ink(words, role), over
        self.draw()

    @property
    def announcing(self) -> bool:
        """An announcement is shown or waits."""
        return self._news is not None

    def announce(self, words: str, role: Role = "bold") -> None:
        """Shows one line of words in place of the keys, or as soon as what stands there now is gone."""
        self._news = ink(words, role)
        self.draw()

    def stand(self, words: str) -> None:
        """Shows these words before the keys from now on, whatever is pressed; empty: no longer."""
        self._standing = words
        self.draw()

    def hush(self) -> None:
        """Shows what waits, else the keys again."""
        self._over = None
        if self._said is not None:
            self._said = None
            self.draw()
        elif self._news is not None:
            self._news = None
            self.draw()

    def draw(self) -> None:
        """The words, or the keys that fit."""
        scene = self.scene
        if scene is None:
            return
        if self._over is not None and self._over(scene.snapshot):
            self._said = self._over = None
        said = self._said or self._news
        if said is not None:
            words = cut_end(said.text, self.size.width - 2, scene.signs.dots)
            self.write([(Span(" "), said._replace(text=words))])
        else:
            lead: Line = ()
            if self._standing:
                words = cut_end(self._standing, self.size.width - 2, scene.signs.dots)
                lead = (ink(words, "bold"), Span("  "))
            room = self.size.width - 2 - width_of(lead)
            self.write([(Span(" "), *lead, *(fitted(state_hints(scene), room, scene.keys) if room > 0 else ()))])
