"""Every text of every value of the model is hostile: what the panes and dialogs make of it, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual.widgets import Input

from jntui.model import Snapshot
from jntui.text import visible
from jntui.tui.app import JntuiApp
from jntui.tui.scene import Environment
from jntui.tui.signs import UNICODE
from screenshots import canned
from screenshots.source import CannedSource
from tests.outside import HOSTILE, Poison, drawn_cells
from tests.ui.driver import Terminal
from tests.ui.test_every_dialog import BY_PALETTE, KEYS, SERVERS, open_dialog

TEXTS = frozenset({"report", "file_lines", "opened", "certificate", "own_certificate", "held_ports"})
"""Answers that are texts themselves."""
ANSWERS = TEXTS | frozenset(
    {
        *("log_place", "commands", "recents", "running", "doctor", "every_setting", "share", "connections"),
        *("plan_change", "plan_undo", "plan_password", "plan_access", "plan_restart", "plan_stop", "plan_start"),
        *("plan_log_out", "check_from"),
    }
)


class PoisonedSource(CannedSource):
    """Its own answers are hostile as well."""

    def __init__(self, snapshot: Snapshot, poison: Poison) -> None:
        super().__init__(snapshot)
        self.poison = poison

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in ANSWERS:
            return found
        return lambda *words, **more: self.poison(found(*words, **more), f"answer.{name}" if name in TEXTS else "")

    def follow_log(self, *words: Any) -> Iterator[Any]:
        yield self.poison(next(super().follow_log(*words)))


def harm(user: Terminal) -> list[str]:
    """What a terminal would not show as the screen believes."""
    found = []
    for strip in user.app.screen._compositor.render_strips():
        if visible(strip.text, 10_000) != strip.text:
            found.append(ascii(strip.text))
        elif drawn_cells(strip.text) != strip.cell_length:
            found.append(f"{drawn_cells(strip.text)} cells, not {strip.cell_length}: {strip.text!a}")
        links = [segment.style.link for segment in strip if segment.style and segment.style.link]
        found += [f"link {link!a}" for link in links if not link.isprintable()]
    return found


async def back(user: Terminal) -> None:
    """To the panes, also from a dialog over another one."""
    for _ in range(3):
        if user.app.screen is not user.app.main:
            await user.press("escape")
            await user.pilot.pause(0.02)
    await user.until(lambda: user.app.screen is user.app.main)


async def test_nothing_harmful_arrives_on_the_screen() -> None:
    poison, found = Poison(), {}
    source = PoisonedSource(poison(canned.main()), poison)
    app = JntuiApp(source, environment=Environment(signs=UNICODE), theme="jntui-dark")
    async with app.run_test(size=(120, 40)) as pilot:
        user = Terminal(app, pilot, source)
        found["panes"] = harm(user)
        for name in sorted({*KEYS, *BY_PALETTE} - {*SERVERS}):
            await open_dialog(user, name)
            found[name] = harm(user)
            await back(user)
        app.say(HOSTILE)
        await pilot.pause()
        found["last line"] = harm(user)
        await user.press("3", *["down"] * 9, "e")
        await user.sees("Set root_dir")
        assert "\x1b" in app.screen.query_one("#value", Input).value
        found["a field"] = harm(user)
        await back(user)
        await user.press("ctrl+p")
        await user.sees("copy URL")
        found["palette"] = harm(user)
        await back(user)
        await user.resize(60, 20)
        for key in "123":
            await user.press(key)
            found[f"tab {key}"] = harm(user)
        source.release.set()
    assert not {place: lines for place, lines in found.items() if lines}
    assert len(poison.fields) > 100  # it got everywhere
