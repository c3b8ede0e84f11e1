"""While keys come, pictures wait for the moment after one was answered."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from driver import Terminal, terminal
from textual import events

import jntui.tui
from jntui.model import Snapshot
from jntui.tui import keys_first
from jntui.tui.terminal_driver import OnTheTerminal
from screenshots import canned

LONG_S = 3600.0


def named(hostname: str) -> Snapshot:
    snapshot = canned.main()
    return replace(snapshot, machine=replace(snapshot.machine, hostname=hostname))


def shown(user: Terminal) -> str:
    snapshot = user.app.main.snapshot
    assert snapshot is not None
    return snapshot.machine.hostname


async def test_without_keys_a_picture_is_shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_first, "TYPING_S", LONG_S)
    async with terminal(canned.main()) as user:
        user.source.push(named("newer"))
        await user.pilot.pause()
        assert shown(user) == "newer"


async def test_after_a_key_it_waits_for_the_next_one_and_the_newest_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_first, "TYPING_S", LONG_S)
    monkeypatch.setattr(keys_first, "LONGEST_S", LONG_S)
    async with terminal(canned.main()) as user:
        before = shown(user)
        await user.press("down")
        for name in ("older", "newer"):
            user.source.push(named(name))
            await user.pilot.pause()
            assert shown(user) == before
        row = user.app.main.selection.url
        await user.press("down")
        await user.until(lambda: shown(user) == "newer")
        assert user.app.main.selection.url != row


async def test_when_no_key_follows_it_is_shown_all_the_same() -> None:
    async with terminal(canned.main()) as user:
        await user.press("down")
        user.source.push(named("newer"))
        await user.until(lambda: shown(user) == "newer")


@pytest.mark.parametrize("opens", ["question_mark", "slash", "n", "ctrl+p", "P"])
async def test_a_key_that_closes_its_dialog_keeps_no_picture(opens: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_first, "TYPING_S", 1.0)
    async with terminal(canned.main()) as user:
        await user.press(opens)
        user.app.post_message(user.app.Fresh(replace(named("newer"), seq=10**6)))
        await user.pilot.press("escape")
        await user.until(lambda: shown(user) == "newer")


async def test_when_keys_never_stop_it_is_shown_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_first, "TYPING_S", LONG_S)
    monkeypatch.setattr(keys_first, "ANSWERED_S", LONG_S)
    monkeypatch.setattr(keys_first, "LONGEST_S", 0.2)
    async with terminal(canned.main()) as user:
        await user.press("down")
        user.source.push(named("newer"))
        for _ in range(1000):
            await user.press("down", "up")
            if shown(user) == "newer":
                break
        assert shown(user) == "newer"


async def test_each_key_asks_the_background_to_give_way_as_soon_as_it_is_read() -> None:
    async with terminal(canned.main()) as user:
        reader = OnTheTerminal(user.app)
        asked = user.source.ways_given
        reader.process_message(events.Paste("no key"))
        assert user.source.ways_given == asked
        reader.process_message(events.Key("down", None))
        assert user.source.ways_given == asked + 1


@pytest.mark.parametrize(("given", "period"), [(None, 1 / int(jntui.tui.PAINTS)), ("30", 1 / 30)])
def test_a_key_after_a_paint_is_painted_soon_unless_the_user_set_another_rate(given: str | None, period: float) -> None:
    words = "import os, jntui.tui.app, textual.screen as s; print(s.UPDATE_PERIOD, os.environ.get('TEXTUAL_FPS'))"
    env = {name: value for name, value in os.environ.items() if name != "TEXTUAL_FPS"}
    env |= {"TEXTUAL_FPS": given} if given else {}
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.split() == [str(period), str(given)]
