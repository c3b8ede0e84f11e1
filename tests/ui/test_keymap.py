"""Keys that the user chose: they work, and everything that names a key names them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from driver import terminal
from textual.app import App
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from jntui.tui.actions import ACTIONS, BY_ID
from jntui.tui.app import JntuiApp
from jntui.tui.dialogs.help import key_lines
from jntui.tui.ink import text_of
from jntui.tui.keymap import Keys, resolved
from jntui.tui.scene import Environment
from jntui.tui.themes import LIGHT
from jntui.tui.wishes import wishes
from screenshots import canned
from screenshots.source import CannedSource


def other_keys() -> Keys:
    """Every action with a key of its own on another one."""
    plain = [action.id for action in ACTIONS if action.named and action.id != "open"]
    parts = ("pane-endpoints", "pane-check", "pane-config", "pane-servers", "server-previous", "server-next")
    moves = ("move-left", "move-down", "move-up", "move-right")
    free = [f"alt+{char}" for char in "acdeghijklmnopqrstuvwxyz0123456789"] + [f"f{n}" for n in range(1, 25)]
    keys, problems = resolved(dict(zip([*plain, *parts, *moves], free, strict=False)))
    assert not problems
    return keys


async def test_help_names_every_action_by_its_key() -> None:
    for keys in (Keys(), other_keys()):
        async with terminal(canned.main(), keys=keys) as user:
            environment = user.app.environment
            facts = (user.app.main.snapshot, user.app.main.selection, environment)
            lines = [text_of(line) for line in key_lines(*facts, 90)]
            for action in ACTIONS:
                assert f"  {keys.shown(action.id):<9}{action.help}" in lines
            assert len([line for line in lines if line.startswith("  ")]) == len(ACTIONS)


async def test_another_key_does_it_and_the_old_one_does_not() -> None:
    keys, _problems = resolved({"zoom": "f6", "help": "f1", "pane-config": "C", "connect": "f7", "move-down": "J"})
    async with terminal(canned.main(), keys=keys) as user:
        await user.press("z")
        assert not user.app.main.zoomed
        await user.press("f6")
        assert user.app.main.zoomed
        await user.press("f6", "C")
        assert user.app.main.selection.pane == "config"
        await user.press("escape")
        first = user.app.main.selection.url
        await user.press("j")
        assert user.app.main.selection.url == first
        await user.press("J")
        assert user.app.main.selection.url != first
        await user.press("f1")
        assert "Signs" in user.screen()
        await user.press("f1")
        assert "Signs" not in user.screen()


async def test_an_action_without_a_key_can_have_one() -> None:
    keys, _problems = resolved({"certificate": "f9"})
    async with terminal(canned.main(), read_only=True, keys=keys) as user:
        await user.press("f9")
        assert user.lines()[-1].strip() == "f9: read-only"


async def test_what_follows_the_key_of_the_filter_is_text() -> None:
    keys, _problems = resolved({"filter": "f3", "check": "ü"})
    async with terminal(canned.main(), keys=keys) as user:
        await user.at_once("f3", "l", "ü", "b")
        assert user.app.main.filters == {"endpoints": "lüb"}


LETTER = re.compile(r"(?<![\w'./+\-\[{(=])([b-zB-HJ-Z?])(?![\w'.\-:/=\]})…])")
"""A letter that stands alone as a key does; `a` and `I` are words, too."""


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
@pytest.mark.parametrize("picture", [canned.main, canned.local_only, canned.alarm, canned.empty, canned.watched])
async def test_no_text_names_a_key_that_does_nothing(size: tuple[int, int], picture) -> None:
    async with terminal(picture(), size, keys=other_keys()) as user:
        seen = user.screen()
        for key in ("alt+k", "alt+l", "alt+q", "alt+r", "alt+s", "alt+t", "f5"):
            await user.press(key)  # whatever cannot be done now says why, and which key helps
            if user.app.screen is user.app.main:  # the keys of a dialog are its own
                seen += "\n" + user.lines()[-1]
            await user.press("escape")
        lines = [line for line in seen.splitlines() if LETTER.search(line) and " w " not in line]
        assert [line for line in lines if not MARKS.search(line)] == []


MARKS = re.compile(r"^\W*w\W|\d s\b|\bo\b")
"""What is no key: the mark of the row that is watched, seconds, a sign in ASCII."""


async def test_a_wrong_file_is_told_and_the_screen_works(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('theme = "nrod"\n[keys]\ncheck = "w"\nzoom = "f6"\n', encoding="utf-8")
    wanted = wishes(path)
    app = JntuiApp(CannedSource(canned.main()), environment=Environment(keys=wanted.keys), wishes=wanted)
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.pause()
        said = app.screen._compositor.render_strips()[-1].text
        assert "config.toml, line 1: no theme is called 'nrod': ctrl+p, Theme lists them" in said
        assert "(and 1 more: `jntui keys` names them)" in said
        await pilot.press("f6")
        await pilot.pause()
        assert app.main.zoomed


@pytest.mark.parametrize("name", ["nord", "jntui-light", *(name for name in BUILTIN_THEMES if "ansi" in name)])
async def test_the_theme_of_the_user(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'theme = "{name}"\n', encoding="utf-8")
    wanted = wishes(path)
    assert JntuiApp(CannedSource(canned.main()), wishes=wanted).theme == name
    monkeypatch.setenv("TEXTUAL_THEME", "gruvbox")
    assert JntuiApp(CannedSource(canned.main()), wishes=wanted).theme == "gruvbox"


def test_every_action_of_the_table_can_be_called_by_its_id() -> None:
    assert len(BY_ID) == len(ACTIONS)


async def test_textual_theme_may_name_a_theme_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual takes the variable as its default at import, when it does not know the name yet."""
    monkeypatch.setenv("TEXTUAL_THEME", LIGHT.name)
    monkeypatch.setattr(App.__dict__["theme"], "_default", LIGHT.name)
    app = JntuiApp(CannedSource(canned.main()))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.main.styles.background == Color.parse(LIGHT.background)
