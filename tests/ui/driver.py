"""A user at a terminal: presses keys, clicks, changes the size, and reads lines of text. Nothing else."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timezone

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from jntui.model import Snapshot
from jntui.tui.app import JntuiApp
from jntui.tui.keymap import DEFAULT, Keys
from jntui.tui.paper import Paper
from jntui.tui.scene import Environment
from jntui.tui.signs import UNICODE, Signs
from screenshots.source import CannedSource

PATIENCE_S = 30.0


class Terminal:
    """What a user can do and see."""

    def __init__(self, app: JntuiApp, pilot: Pilot[None], source: CannedSource) -> None:
        self.app = app
        self.pilot = pilot
        self.source = source

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def type(self, text: str) -> None:
        await self.press(*text)

    async def at_once(self, *keys: str) -> None:
        """Keys in one piece, as a fast hand or a slow line sends them: nothing is waited for between them."""
        for key in keys:
            single = len(key) == 1
            self.app.post_message(events.Key(_character_to_key(key) if single else key, key if single else None))
        await self.pilot.pause()

    async def click(self, column: int, line: int) -> None:
        await self.pilot.click(None, offset=(column, line))
        await self.pilot.pause()

    async def click_text(self, text: str) -> None:
        """Clicks the first character of a text on the screen."""
        for number, words in enumerate(self.lines()):
            if text in words:
                await self.click(words.index(text), number)
                return
        raise AssertionError(f"{text!r} is not on the screen:\n{self.screen()}")

    async def wheel_down(self, pane: str) -> None:
        """One notch of the wheel over a pane."""
        widget = self.app.main.query_one(f"#{pane}")
        x, y = widget.region.x + 2, widget.region.y + 2
        wheel = events.MouseScrollDown(widget, 2, 2, 0, 1, 0, False, False, False, screen_x=x, screen_y=y)
        widget.post_message(wheel)
        await self.pilot.pause()

    async def resize(self, columns: int, rows: int) -> None:
        await self.pilot.resize_terminal(columns, rows)
        await self.pilot.pause()

    async def arrives(self, snapshot: Snapshot) -> None:
        """A newer picture comes from the source's thread; after a key it is shown only when no other one follows."""
        self.source.push(snapshot)
        await self.until(lambda: self.app.main.snapshot is self.source.snapshot)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits for a condition, long enough for a machine that runs other tests beside this one."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if condition():
                return
            await self.pilot.pause(0.01)
        raise AssertionError(f"it never happened:\n{self.screen()}")

    async def sees(self, text: str) -> None:
        await self.until(lambda: text in self.screen())

    def lines(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def screen(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines())

    def dialog(self) -> list[str]:
        """The lines inside the frame of the dialog that is open."""
        box = self.app.screen.query_one("#box").region
        # A wide character of the screen behind takes one place in a line's text and two cells.
        strips = self.app.screen._compositor.render_strips()[box.y + 1 : box.bottom - 1]
        return [strip.crop(box.x + 1, box.right - 1).text.strip() for strip in strips]

    def sentence(self) -> str:
        """What the dialog says, as one line."""
        return " ".join(line for line in self.dialog() if line)

    def line_with(self, text: str) -> str:
        """The first line that contains the text."""
        return next((line for line in self.lines() if text in line), "")

    def colour(self, text: str, line: str = "") -> tuple[int, int, int]:
        """Red, green and blue of the first characters that read so, in the first line that has this in it, too."""
        for strip in self.app.screen._compositor.render_strips():
            if text not in strip.text or line not in strip.text:
                continue
            at = strip.text.index(text)
            cells = [segment for segment in strip for _character in segment.text]
            style = cells[at].style
            assert style is not None and style.color is not None and style.color.triplet is not None
            return tuple(style.color.triplet)
        raise AssertionError(f"{text!r} is not on the screen:\n{self.screen()}")

    def sent_cells(self) -> int:
        """Cells of all panes that were asked to be drawn again since the start."""
        return sum(paper.sent_cells for paper in self.app.main.query(Paper))

    @property
    def clipboard(self) -> str:
        return self.app.clipboard


@asynccontextmanager
async def terminal(
    snapshot: Snapshot,
    size: tuple[int, int] = (120, 40),
    *,
    read_only: bool = False,
    signs: Signs = UNICODE,
    server: str | None = None,
    keys: Keys = DEFAULT,
    theme: str = "jntui-dark",
) -> AsyncIterator[Terminal]:
    """jntui on a terminal of this size, showing this snapshot."""
    source = CannedSource(snapshot)
    environment = Environment(read_only=read_only, signs=signs, zone=timezone.utc, keys=keys)
    app = JntuiApp(source, server=server, environment=environment, theme=theme)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        try:
            yield Terminal(app, pilot, source)
        finally:
            source.release.set()
