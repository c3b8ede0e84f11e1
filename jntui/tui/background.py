"""Calls that may block, on daemon threads of their own: quitting never waits for one."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump

    from jntui.tui.app import JntuiApp

T = TypeVar("T")


class OwnError(Exception):
    """One that nobody foresaw: the line that names the log with its details."""


@dataclass
class Finished(Message, Generic[T]):
    """A call ended; `done` or `failed` is to be called with what came out, on the screen's own thread."""

    conclude: Callable[[], None]


def run_aside(
    pump: MessagePump,
    name: str,
    call: Callable[[], T],
    done: Callable[[T], None],
    failed: Callable[[Exception], None],
) -> None:
    """Runs `call` on a daemon thread named `name` and posts its outcome to `pump`.

    A Textual thread worker would run in the executor that quitting waits for. The name never holds a secret.
    """

    own_error = cast("JntuiApp", pump.app).source.own_error

    def body() -> None:
        try:
            value = call()
        except Exception as error:  # noqa: BLE001 - every failure becomes a sentence on the screen
            problem = error if _foreseen(error) else OwnError(own_error(error))
            pump.post_message(Finished(lambda: failed(problem)))
        else:
            pump.post_message(Finished(lambda: done(value)))

    threading.Thread(target=body, name=f"jntui-{name}", daemon=True).start()


def _foreseen(error: Exception) -> bool:
    """A refusal of ours, or what the system says of a file, a socket or a text: no error of jntui's own."""
    return isinstance(error, OSError | ValueError) or type(error).__module__.partition(".")[0] == "jntui"


def words_of(error: Exception) -> str:
    """One line for an error that nobody foresaw, or its own clear line."""
    text: Any = getattr(error, "message", None) or str(error)
    if isinstance(error, OSError) and error.filename and error.strerror:
        text = f"{error.filename}: {error.strerror}"
    return str(text).splitlines()[0] if str(text) else type(error).__name__
