"""Keys that come in one piece are done one after another, as if they had come one by one.

Textual hands each key to what has the focus at the moment when it is read. A slow line brings several in one piece:
`s`, tab and enter would then all reach the screen that stood there before the dialog which `s` opens.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from textual import events

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump
    from textual.screen import Screen
    from textual.timer import Timer
    from textual.widget import Widget

    Place: TypeAlias = tuple[Screen[object], Widget | None]
    """Where the next key would go."""

LONGEST_S = 2.0
"""No key waits longer for the one before it: what that one called may have closed and will never answer."""

ANSWERED_S = 0.02
"""From a key until it is asked whether it is done, if no other one comes: it has been painted by then."""

AT_ONCE = frozenset({"ctrl+c", "ctrl+q", "ctrl+z"})
"""Whoever wants to leave waits for nothing."""


class KeyOrder:
    """Keeps keys and pastes back until the one before has done all that it does without waiting for something.

    A key is done when messages went through every part that could see it and back to the app twice, and nothing
    changed on the way: no other screen, no other focus. What a key starts in a thread is not waited for.
    """

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._waiting: deque[events.Event] = deque()
        self._released: events.Event | None = None
        """The one that is on its way back to the app; no other may overtake it."""
        self._turn = 0
        """Counts the keys; a message about an older one says nothing."""
        self._busy = False
        self._asked = False
        """Whether the key is done is being found out."""
        self._timer: Timer | None = None

    def holds(self, event: events.Event) -> bool:
        """True if this one has to wait; it comes again as an event of the app."""
        if event is self._released:
            self._released = None
            return False
        if not self._busy or (isinstance(event, events.Key) and event.key in AT_ONCE):
            return False
        self._waiting.append(event)
        self._ask()
        return True

    def handed(self) -> None:
        """The app has handed one on to whom it is for."""
        self._busy, self._asked = True, False
        self._turn += 1
        self._stop()
        if self._waiting:
            self._ask()
        else:
            self._timer = self._app.set_timer(ANSWERED_S, self._ask)

    def _ask(self) -> None:
        if self._busy and not self._asked:
            self._asked = True
            self._stop()
            self._timer = self._app.set_timer(LONGEST_S, self._done)
            self._round(self._turn, None, 0)

    def _round(self, turn: int, before: Place | None, number: int) -> None:
        """At the app: over, or once more from what has the focus up to it."""
        if turn != self._turn:
            return
        now = self._place
        if now is None:
            self._done()
            return
        screen, focused = now
        # A part that was just added may take the focus as soon as it stands.
        if number >= 2 and now == before and all(part.is_mounted for part in screen.children):
            self._done()
            return
        self._up(focused or screen, turn, now, number + 1)

    @property
    def _place(self) -> Place | None:
        """None while the app closes."""
        stack = self._app.screen_stack
        return (stack[-1], stack[-1].focused) if stack else None

    def _up(self, pump: MessagePump | None, turn: int, before: Place, number: int) -> None:
        """Behind all that waits at this part and at those above it; what closes takes no more and is passed over."""
        while pump is not None and pump is not self._app:
            if pump.call_later(self._up, pump._parent, turn, before, number):
                return
            pump = pump._parent
        self._app.call_later(self._round, turn, before, number)

    def _done(self) -> None:
        self._stop()
        self._turn += 1
        self._busy = False
        if self._waiting:
            # What comes meanwhile stays behind the one that is released.
            self._busy = self._asked = True
            self._released = self._waiting.popleft()
            self._app.post_message(self._released)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
