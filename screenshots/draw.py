"""Draws the pictures of the README from the real screen with canned snapshots.

python screenshots/draw.py            writes the SVG files beside this script
python screenshots/draw.py --check    writes nothing; exits 1 and names what is stale
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timezone
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from jntui.model import Snapshot  # noqa: E402 - the project is found by its place
from jntui.tui.app import JntuiApp  # noqa: E402
from jntui.tui.scene import Environment  # noqa: E402
from jntui.tui.signs import ASCII, UNICODE  # noqa: E402
from screenshots import canned  # noqa: E402
from screenshots.source import CannedSource  # noqa: E402

if TYPE_CHECKING:
    from textual.pilot import Pilot


@dataclass(frozen=True)
class Picture:
    """One file: a snapshot at a size after some keys."""

    name: str
    snapshot: Callable[[], Snapshot]
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    theme: str = "jntui-dark"
    no_color: bool = False
    ascii: bool = False
    until: str = ""
    """What stands there at the end: the answer to a question that takes its time."""


PICTURES = (
    Picture("main-160x50", canned.main, (160, 50)),
    Picture("main-120x40", canned.main, (120, 40), ("down",)),
    Picture("main-80x24", canned.main, (80, 24), ("down",)),
    Picture("main-60x20", canned.main, (60, 20), ("down",)),
    Picture("main-120x40-light", canned.main, (120, 40), ("down",), theme="jntui-light"),
    Picture("main-120x40-nocolor", canned.main, (120, 40), ("down",), no_color=True),
    Picture("main-120x40-ascii", canned.main, (120, 40), ("down",), ascii=True),
    Picture("watched-120x40", canned.watched, (120, 40)),
    Picture("watched-60x20", canned.watched, (60, 20)),
    Picture("empty-120x40", canned.empty, (120, 40)),
    Picture("stale-120x40", canned.main, (120, 40), ("4", "end")),
    Picture("alarm-120x40", canned.alarm, (120, 40)),
    Picture("local-only-120x40", canned.local_only, (120, 40)),
    Picture("checking-120x40", canned.checking, (120, 40)),
    Picture("start-120x40", canned.main, (120, 40), ("n",)),
    Picture("config-tab-80x24", canned.main, (80, 24), ("3",)),
    Picture("config-alarm-120x40", canned.alarm, (120, 40), ("3",)),
    Picture("story-120x40", canned.main, (120, 40), ("3", "down", "down", "enter")),
    Picture("config-edit-120x40", canned.main, (120, 40), ("3", "e", "down")),
    Picture("files-120x40", canned.broken, (120, 40), ("F",)),
    Picture("stop-120x40", canned.main, (120, 40), ("s",)),
    Picture("restart-120x40", canned.main, (120, 40), ("S",)),
    Picture("access-120x40", canned.local_only, (120, 40), ("a",), until="12 + c.ServerApp.ip"),
    Picture("qr-120x40", canned.main, (120, 40), ("r",), until="ok 14:02"),
    Picture("local-only-80x24", canned.local_only, (80, 24)),
    Picture("help-120x40", canned.main, (120, 40), ("question_mark",)),
)


@contextmanager
def surroundings(no_color: bool) -> Iterator[None]:
    """Only the colours that the picture asks for, whatever terminal this runs in."""
    names = ("NO_COLOR", "TEXTUAL_THEME", "COLUMNS", "LINES")
    before = {name: os.environ.pop(name, None) for name in names}
    if no_color:
        os.environ["NO_COLOR"] = "1"
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


async def shown(pilot: Pilot[None], text: str) -> None:
    """Waits until the text is on the screen. Raises TimeoutError."""
    for _ in range(500):
        strips = pilot.app.screen._compositor.render_strips()
        if any(text in strip.text for strip in strips):
            return
        await pilot.pause(0.02)
    raise TimeoutError(f"not on the screen: {text}")


async def drawn(picture: Picture) -> str:
    """The SVG of a picture."""
    with surroundings(picture.no_color):
        environment = Environment(signs=ASCII if picture.ascii else UNICODE, zone=timezone.utc)
        app = JntuiApp(CannedSource(picture.snapshot()), environment=environment, theme=picture.theme)
        async with app.run_test(size=picture.size) as pilot:
            await pilot.pause()
            for key in picture.keys:
                await pilot.press(key)
                await pilot.pause()
            await shown(pilot, picture.until)
            # Rich derives the ids in the file from its text: the same screen gives the same bytes.
            return app.export_screenshot(title=f"jntui {picture.name}") + "\n"


def stale(picture: Picture) -> bool:
    """Whether the file differs from what the screen draws now."""
    path = HERE / f"{picture.name}.svg"
    return not path.exists() or path.read_text(encoding="utf-8") != asyncio.run(drawn(picture))


def main(arguments: list[str]) -> int:
    """Draws, or checks."""
    if "--check" in arguments:
        names = [picture.name for picture in PICTURES if stale(picture)]
        print("stale: " + ", ".join(names) if names else f"{len(PICTURES)} pictures are fresh")
        return 1 if names else 0
    for picture in PICTURES:
        (HERE / f"{picture.name}.svg").write_text(asyncio.run(drawn(picture)), encoding="utf-8")
    print(f"drew {len(PICTURES)} pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
