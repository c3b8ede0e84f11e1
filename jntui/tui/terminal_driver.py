"""Textual's driver on the stream that is a terminal; loaded where there are such terminals only."""

from __future__ import annotations

import contextlib
import io
import os
import select
import sys
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from jntui.tui.pasted import Pasted, PasteReader

if TYPE_CHECKING:
    from collections.abc import Iterable

READ_BYTES = 4096
QUIET_S = 0.1
"""After so long without a byte an Esc is a key, and a paste without marks has ended."""
MOST_WAITING = 512
"""Keys and other messages that may wait to be answered before more are read."""
MOUSE_IN_PIXELS_OFF = "\x1b[?1016l"


@runtime_checkable
class HearsKeys(Protocol):
    """An app that knows of a key before it is that key's turn."""

    def key_read(self) -> None:
        """A key was read off the terminal. Called in the thread that reads."""
        ...


class PasteCut(Message):
    """The paste before this was longer than what is kept of one."""


def pasted(part: Pasted) -> list[Message]:
    """A paste as the app is told of it."""
    paste: Message = events.Paste(part.text)
    return [paste, PasteCut()] if part.cut else [paste]


class OnTheTerminal(LinuxDriver):
    """Tells pastes from keys, and does not fall over bytes that are no UTF-8 or a terminal that went away."""

    def __init__(self, *words: object, **named: object) -> None:
        super().__init__(*words, **named)  # type: ignore[arg-type]  # handed on as they come
        if sys.__stderr__ is None or not sys.__stderr__.isatty():
            self._file = sys.__stdout__
        if isinstance(self._file, io.TextIOWrapper):
            # The thread that writes would end at the first name that the locale's encoding lacks.
            self._file.reconfigure(errors="replace")

    def stop_application_mode(self) -> None:
        """Textual's, and the mode of the mouse that it forgets."""
        if self._mouse_pixels:
            self.write(MOUSE_IN_PIXELS_OFF)
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        """Reads keys and pastes until the screen closes; no faster than they are answered."""
        parser, pastes = XTermParser(self._debug), PasteReader()
        decode = getincrementaldecoder("utf-8")("replace").decode

        def hand_on(parts: Iterable[str | Pasted]) -> None:
            for part in parts:
                for message in pasted(part) if isinstance(part, Pasted) else parser.feed(part):
                    self.process_message(message)

        while not self.exit_event.is_set():
            if not select.select([self.fileno], [], [], QUIET_S)[0]:
                hand_on(pastes.quiet())
                for message in parser.tick():
                    self.process_message(message)
                continue
            try:
                data = os.read(self.fileno, READ_BYTES)
            except OSError:
                return  # the terminal is gone, which the watch on it sees too
            if not data:
                return
            if text := decode(data):
                hand_on(pastes.feed(text))
            while self._behind() and not self.exit_event.wait(0.01):
                pass

    def process_message(self, message: Message) -> None:
        """Textual's, without the empty pastes between the marks of real ones."""
        if isinstance(message, events.Key) and isinstance(self._app, HearsKeys):
            self._app.key_read()
        if not isinstance(message, events.Paste) or message.text:
            super().process_message(message)

    def _behind(self) -> bool:
        waiting = self._app.message_queue_size
        with contextlib.suppress(Exception):  # no screen yet, or none any more
            screen = self._app.screen
            waiting += screen.message_queue_size
            if screen.focused is not None:
                waiting += screen.focused.message_queue_size
        return waiting > MOST_WAITING
