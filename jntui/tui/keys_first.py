"""While keys come, new pictures wait for the moment after one was answered, so that no key waits for a picture.

tests/benchmarks/keys.py measures what that is worth while 256 endpoints are checked.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.timer import Timer

Picture = TypeVar("Picture")

TYPING_S = 0.1
"""Keys closer to one another than this are a run of them: one that is held comes 20 to 30 times a second."""

GIVE_WAY_S = 0.3
"""After a key, so long new checks begin further apart: those of a look at many endpoints are a third of a processor."""

ANSWERED_S = 0.005
"""From the paint that answers a key until its bytes are written, by a thread that needs the interpreter's lock."""

LONGEST_S = 0.5
"""No picture waits longer, however fast keys come, and also where the paint that was waited for never came."""


class KeysFirst(Generic[Picture]):
    """Hands pictures on at once, but between two keys of a run only after the first one's paint. The newest counts."""

    def __init__(self, app: App[None], take: Callable[[Picture], None], give_way: Callable[[float], None]) -> None:
        self._app = app
        self._take = take
        self._give_way = give_way
        self._last_key = float("-inf")
        self._held: Picture | None = None
        self._held_since = float("-inf")
        self._timer: Timer | None = None

    def offer(self, picture: Picture) -> None:
        """A new picture: taken now, or after the next key of the run, or when the run has ended."""
        now = time.monotonic()
        if self._held is None:
            self._held_since = now
        self._held = picture
        self._release_in(self._last_key + TYPING_S - now)

    def comes(self) -> None:
        """A key was read. From any thread: until it is handed on, the interpreter's lock may change hands often."""
        self._give_way(GIVE_WAY_S)

    def key(self) -> None:
        """It was handed to whom it is for; its paint is still to come."""
        self._last_key = time.monotonic()
        if self._held is not None:
            # The bound first: a screen that closes with this key never paints again, and calls nobody back.
            self._release_in(LONGEST_S)
            self._app.screen.call_after_refresh(self._release_in, ANSWERED_S)

    def quiet(self, seconds: float) -> bool:
        """No key came for so long."""
        return time.monotonic() - self._last_key >= seconds

    def _release_in(self, seconds: float) -> None:
        """In so many seconds, or as soon as what is held has waited long enough."""
        self._stop()
        left = min(seconds, self._held_since + LONGEST_S - time.monotonic())
        if left <= 0:
            self._release()
        else:
            self._timer = self._app.set_timer(left, self._release)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _release(self) -> None:
        self._stop()
        picture, self._held = self._held, None
        if picture is not None:
            self._take(picture)
