"""Every dialog of the package on the smallest screen: inside it, whole, and readable in both own themes."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from rich.segment import Segment
from textual.color import Color
from textual.containers import VerticalScroll
from textual.widgets import Button

from jntui.tui import dialogs
from jntui.tui.dialogs.box import Dialog
from screenshots import canned
from tests.ui.driver import Terminal, terminal
from tests.ui.test_themes import contrast

SIZE = (60, 20)

FRAMES = {"Dialog", "EndDialog", "ReadingDialog", "SheetDialog"}
"""Bases that are never opened themselves."""

KEYS = {
    "AccessDialog": ("a",),
    "ClientsDialog": ("W",),
    "CommandsDialog": ("H",),
    "ConfirmDialog": ("x",),
    "ConnectDialog": ("C",),
    "DoctorDialog": ("D",),
    "EditDialog": ("3", "e"),
    "EveryDialog": ("A",),
    "FilesDialog": ("F",),
    "HelpDialog": ("question_mark",),
    "LogDialog": ("L",),
    "PasswordDialog": ("g",),
    "PreviewDialog": ("u",),
    "QrDialog": ("r",),
    "RestartDialog": ("S",),
    "RunningDialog": ("K",),
    "StartDialog": ("n",),
    "StopDialog": ("s",),
    "StoryDialog": ("3", "enter"),
    "UrlDialog": ("U",),
    "VantageDialog": ("v",),
    "ViewerDialog": ("F", "enter"),
}
"""How a user comes to each."""

BY_PALETTE = {"ReportDialog": "report"}
"""The action of those that only the command palette opens."""

SERVERS = {"ConfirmDialog": "jpserver-4711"}
"""The server that is selected, where it is not the first: only a stale info file can be removed."""


def classes() -> set[str]:
    """The names of all dialogs, found in the package."""
    found = set()
    for module in pkgutil.iter_modules(dialogs.__path__):
        place = importlib.import_module(f"{dialogs.__name__}.{module.name}")
        found |= {name for name, one in vars(place).items() if isinstance(one, type) and issubclass(one, Dialog)}
    return found - FRAMES


async def open_dialog(user: Terminal, name: str) -> Dialog[object]:
    if name in BY_PALETTE:
        user.app.perform(BY_PALETTE[name])
    else:
        await user.press(*KEYS[name])
    await user.until(lambda: type(user.app.screen).__name__ == name)
    await user.pilot.pause()
    screen = user.app.screen
    assert isinstance(screen, Dialog)
    return screen


def faint(segment: Segment) -> tuple[str, float] | None:
    """What cannot be read well enough; a frame or a bar needs less than a letter."""
    style = segment.style
    if style is None or not segment.text.strip() or style.color is None or style.bgcolor is None:
        return None
    drawn = all(0x2500 <= ord(sign) < 0x25A0 or sign == " " for sign in segment.text)
    if drawn and style.color == style.bgcolor:
        return None  # a plain square of a QR code
    ratio = contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))
    return (segment.text, ratio) if ratio < (3.0 if drawn else 4.5) else None


def test_a_way_to_every_dialog_is_known() -> None:
    assert classes() == {*KEYS, *BY_PALETTE}


@pytest.mark.parametrize("name", sorted({*KEYS, *BY_PALETTE}))
async def test_it_fits_the_smallest_screen(name: str) -> None:
    async with terminal(canned.main(), SIZE, server=SERVERS.get(name)) as user:
        dialog = await open_dialog(user, name)
        box = dialog.query_one("#box")
        assert dialog.region.contains_region(box.region), box.region
        top = user.lines()[box.region.y]
        title = str(box.border_title)
        assert title[:20] in top, (title, top)
        for button in dialog.query(Button):
            if button.display and button.region and dialog.query_one("#buttons").display:
                assert box.region.contains_region(button.region), button
                assert str(button.label) in user.screen(), button
        body = dialog.query_one("#body", VerticalScroll)
        if body.max_scroll_y:
            await user.press(*["pagedown"] * (2 + body.virtual_size.height // max(1, body.size.height)))
            await user.until(lambda: body.scroll_y >= body.max_scroll_y)


@pytest.mark.parametrize("theme", ["jntui-dark", "jntui-light"])
@pytest.mark.parametrize("name", sorted({*KEYS, *BY_PALETTE}))
async def test_every_cell_can_be_read(name: str, theme: str) -> None:
    async with terminal(canned.main(), SIZE, theme=theme, server=SERVERS.get(name)) as user:
        dialog = await open_dialog(user, name)
        box = dialog.query_one("#box").region
        strips = dialog._compositor.render_strips()[box.y : box.bottom]
        found = [faint(segment) for strip in strips for segment in strip.crop(box.x, box.right)]
        assert not [one for one in found if one is not None]
