"""Every dialog of the package on the smallest screen: inside it, whole, and readable in both own themes."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from rich.color import Color as Colour
from rich.segment import Segment
from textual.color import Color
from textual.containers import VerticalScroll
from textual.widgets import Button

from jntui.model import StartFailed
from jntui.tui import dialogs
from jntui.tui.dialogs.box import Dialog
from jntui.tui.ink import text_of, width_of
from jntui.tui.paper import Paper
from jntui.tui.signs import ASCII, UNICODE
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


def whole(user: Terminal, dialog: Dialog[object]) -> None:
    """Frame, title, keys line, buttons and every line of the sheets are inside the screen, and none of them is cut."""
    box = dialog.query_one("#box")
    assert dialog.region.contains_region(box.region), box.region
    lines = user.lines()
    top, bottom = lines[box.region.y], lines[box.region.bottom - 1]
    title, below = str(box.border_title), str(box.border_subtitle)
    assert title[:20] in top, (title, top)
    assert below in bottom, (below, bottom)
    for button in dialog.query(Button):
        if button.display and button.region and dialog.query_one("#buttons").display:
            assert box.region.contains_region(button.region), button
            assert str(button.label) in user.screen(), button
    for paper in (one for one in dialog.query(Paper) if one.region):
        too_long = [text_of(line) for line in paper.lines_now() if width_of(line) > paper.size.width]
        assert not too_long, (paper, too_long)


async def scrolled(user: Terminal, dialog: Dialog[object]) -> None:
    """The page keys lead to the end of whatever scrolls: the body, or a sheet or a table inside it."""
    body = dialog.query_one("#body", VerticalScroll)
    if body.max_scroll_y:
        await user.press(*["pagedown"] * (2 + body.virtual_size.height // max(1, body.size.height)))
        await user.until(lambda: body.scroll_y >= body.max_scroll_y)
    long = [paper for paper in dialog.query(Paper) if paper.region and len(paper.lines_now()) > paper.inner_height > 0]
    for paper in long[:1]:
        await user.press(*["pagedown"] * (2 + len(paper.lines_now()) // max(1, paper.inner_height - 2)))
        last = len(paper.lines_now()) - paper.inner_height
        await user.until(lambda paper=paper, last=last: paper.first >= last)


def unreadable(dialog: Dialog[object]) -> list[tuple[str, float]]:
    """Its cells that are too faint."""
    box = dialog.query_one("#box").region
    strips = dialog._compositor.render_strips()[box.y : box.bottom]
    found = [faint(segment) for strip in strips for segment in strip.crop(box.x, box.right)]
    return [one for one in found if one is not None]


def test_a_way_to_every_dialog_is_known() -> None:
    assert classes() == {*KEYS, *BY_PALETTE}


@pytest.mark.parametrize("name", sorted({*KEYS, *BY_PALETTE}))
async def test_it_fits_the_smallest_screen(name: str) -> None:
    async with terminal(canned.main(), SIZE, server=SERVERS.get(name)) as user:
        dialog = await open_dialog(user, name)
        whole(user, dialog)
        await scrolled(user, dialog)


@pytest.mark.parametrize("theme", ["jntui-dark", "jntui-light"])
@pytest.mark.parametrize("name", sorted({*KEYS, *BY_PALETTE}))
async def test_every_cell_can_be_read(name: str, theme: str) -> None:
    # The light one in the characters of a terminal that knows no others.
    signs = ASCII if theme == "jntui-light" else UNICODE
    async with terminal(canned.main(), SIZE, theme=theme, server=SERVERS.get(name), signs=signs) as user:
        dialog = await open_dialog(user, name)
        assert not unreadable(dialog)
        assert not signs.ascii or name == "QrDialog" or user.screen().isascii()


REFUSED = "ftp//x is no URL: write it like http://192.168.2.169:8888/"
DEAD = StartFailed(
    "it ended at once with status 1: port 8888 is in use",
    log="/home/ada/.local/state/jntui/8888.log",
    tail=tuple(
        f"[E 2026-11-23 14:02:{second} ServerApp] address already in use, in many words" for second in range(12)
    ),
)

LATER: dict[str, tuple[tuple[str, ...], str, dict[str, object]]] = {
    "stop, it still runs": (("s", "*Stop"), "Send SIGKILL", {"stubborn": True}),
    "restart, it still runs": (("S", "*Restart"), "Send SIGKILL", {"stubborn": True}),
    "access, done": (("a", "*Save and restart"), "r shows the QR code", {}),
    "access, not all works": (("a", "*Save and restart"), "not each of these", {"stubborn": True}),
    "access, failed": (("a", "*Save and restart"), "no space left", {"failure": OSError("no space left")}),
    "start, failed": (("n", "*Start"), "status 1", {"failure": DEAD}),
    "start, no number": (("n", "tab", *"x", "tab"), "no number from 1 to 65535", {}),
    "URL, refused": (("U", *"ftp", "enter", "*Add"), "is no URL", {"failure": ValueError(REFUSED)}),
    "from a host": (("v", "enter"), "1 of 6 reachable", {}),
    "from a host, failed": (("v", "enter"), "no route to it", {"failure": OSError("no route to it")}),
    "setting, preview": (("3", "e", "*Preview"), "Preview: ip", {}),
    "setting, failed": (("3", "e", "*Preview", "~Save", "*Save"), "no space", {"failure": OSError("no space")}),
    "password, two differ": (("g", *"abc", "tab", "*Preview"), "the two differ", {}),
    "doctor, mends": (("D", "enter"), "Mend: ", {}),
    "kernel, interrupted": (("K", "i"), "KeyboardInterrupt", {}),
    "all closed": (("@close-all",), "Close them", {}),
    "logged out": (("@log-out",), "Log everyone out", {}),
    "certificate": (("@certificate",), "Make it", {}),
    "settings, searched": (("A", "slash", *"token"), "1 of 38", {}),
    "settings, none found": (("A", "slash", *"zzz"), "0 of 38", {}),
    "log, filtered": (("L", "slash", *"zzz"), "no line contains", {}),
    "QR code with the token": (("r", "t"), "With the token", {}),
    "connect with the token": (("C", "t"), "?token=", {}),
}
"""What comes after the first page of some: how one comes there, what it says, how the source behaves."""


@pytest.mark.parametrize("name", sorted(LATER))
async def test_its_later_pages_fit_too(name: str) -> None:
    keys, words, behaviour = LATER[name]
    local = name.startswith("access")
    async with terminal(canned.local_only() if local else canned.main(), SIZE) as user:
        for attribute, value in behaviour.items():
            setattr(user.source, attribute, value)
        for key in keys:
            if key[0] == "@":
                user.app.perform(key[1:])
                await user.until(lambda: isinstance(user.app.screen, Dialog))
            elif key[0] == "~":
                await user.sees(key[1:])
            elif len(key) > 1 and key[0] == "*":
                await user.until(lambda: isinstance(user.app.screen, Dialog))
                label = key[1:]
                button = next(one for one in user.app.screen.query(Button) if str(one.label) == label)
                button.press()
                await user.pilot.pause()
            else:
                await user.press(key)
        await user.sees(words)
        await user.pilot.pause()
        dialog = user.app.screen
        assert isinstance(dialog, Dialog)
        whole(user, dialog)
        assert not unreadable(dialog)
        await scrolled(user, dialog)


async def test_the_keys_of_a_search_are_said_while_one_types() -> None:
    async with terminal(canned.main(), SIZE) as user:
        await user.press("A")
        await user.sees("/ searches, enter story")
        await user.press("slash", *"token")
        await user.sees("1 of 38")
        assert "enter and arrows go to the list, esc shows all" in user.screen()
        await user.press("enter")
        await user.sees("/ searches, enter story")
        await user.press("tab")
        await user.sees("esc shows all")


@pytest.mark.parametrize("theme", ["jntui-dark", "jntui-light"])
async def test_the_palette_can_be_read(theme: str) -> None:
    async with terminal(canned.main(), SIZE, theme=theme) as user:
        await user.press("ctrl+p")
        await user.sees("copy the answer")
        await user.pilot.pause()
        first = next(number for number, line in enumerate(user.lines()) if " a few letters" in line)
        strips = user.app.screen._compositor.render_strips()[first:]
        assert not [one for strip in strips for one in map(faint, strip) if one is not None]
        await user.type("zzz")
        await user.sees("No matches")
        strips = user.app.screen._compositor.render_strips()
        line = next(strip for strip in strips if "No matches" in strip.text)
        assert not [one for one in map(faint, line) if one is not None]


async def test_the_button_with_the_focus_can_be_read_in_16_colours() -> None:
    async with terminal(canned.main(), SIZE, theme="ansi-dark") as user:
        await user.press("s")
        await user.sees("Cancel")
        strips = user.app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if "Cancel" in segment.text]
        assert styles
        # Reversed, a colour of the letters becomes the ground of them, and the other way round.
        assert all(style and style.reverse and style.color.is_default and style.bgcolor.is_default for style in styles)


@pytest.mark.parametrize("theme", ["jntui-dark", "nord", "solarized-light", "ansi-dark"])
async def test_the_chosen_row_of_the_palette_stands_out(theme: str) -> None:
    async with terminal(canned.main(), SIZE, theme=theme) as user:
        await user.press("ctrl+p", "down")
        await user.until(lambda: len({ground for ground, _letters in options(user)}) > 1)
        # The terminal's own ground and letters have one name, and differ.
        assert all(ground != letters or ground.is_default for ground, letters in options(user))


def options(user: Terminal) -> list[tuple[Colour, Colour]]:
    """Ground and letters of the first word of each line in the palette's list."""
    lines = [list(strip) for strip in user.app.screen._compositor.render_strips()[9:]]
    styles = [
        next(one.style for one in line if one.text.strip()) for line in lines if any(s.text.strip() for s in line)
    ]
    return [(style.bgcolor, style.color) for style in styles if style and style.bgcolor and style.color]
