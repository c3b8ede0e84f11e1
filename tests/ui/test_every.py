"""All settings of a Jupyter: found by a word, told, changed, with a field for what the trait takes."""

from __future__ import annotations

import pytest
from driver import Terminal, terminal
from test_editing import asked, machine, request

from jntui.model import TraitsUnknown
from screenshots import settings

SIZES = [(120, 40), (80, 24), (60, 20)]
TOTAL = len(settings.every())


async def search(user: Terminal, text: str) -> None:
    """Opens the list, searches, and goes to the first row."""
    await user.press("3", "A")
    await user.sees(f"All settings of :8888: {TOTAL}")
    await user.press("slash")
    await user.type(text)
    await user.press("enter")


@pytest.mark.parametrize("size", SIZES)
async def test_the_key_stands_in_config_and_opens_the_list(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        await user.press("3")
        assert "A all settings" in user.lines()[-1] or size[0] == 60
        await user.press("end", *["up"] * 40, "A")
        await user.sees(f"All settings of :8888: {TOTAL}")
        screen = user.screen()
        assert "log_level" in screen
        assert "setting  Application.log_level" in screen
        assert "default  30  (one of 0, 10, 30, 'DEBUG'" in screen
        assert "means    Set the log level by value or name." in screen
        assert "/ searches, enter" in screen
        assert asked(user, "every setting") == [("every setting", "jpserver-4242")]
        await user.press("escape")
        assert "All settings of" not in user.screen()


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_found_by_a_word_of_its_name_class_or_help(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        await search(user, "seconds kernels")
        assert f"All settings of :8888: 1 of {TOTAL}" in user.screen()
        assert "setting  MappingKernelManager.cull_interval" in user.screen()
        await user.press("slash", "ctrl+u")
        await user.type("nothing of it")
        await user.sees("no setting speaks of nothing of it")
        await user.press("escape")
        assert f"All settings of :8888: {TOTAL}" in user.screen()
        await user.press("escape")
        assert "All settings of" not in user.screen()


async def test_a_filter_of_config_that_finds_nothing_leads_there() -> None:
    async with terminal(machine()) as user:
        await user.press("3", "slash")
        await user.type("news")
        assert "no row contains news  A searches all  esc shows all" in user.screen()
        await user.press("enter", "A")
        await user.sees("setting  LabApp.news_url")
        await user.press("escape", "escape", "escape", "slash")
        await user.type("cull")
        assert "A looks for cull in all settings" in user.screen()
        await user.press("enter", "end", "enter")
        await user.sees("setting  MappingKernelManager.cull_i")


@pytest.mark.parametrize("size", SIZES)
async def test_enter_tells_the_story_with_jupyters_own_help(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        await search(user, "cull_interval")
        await user.press("enter")
        assert "cull_interval of :8888" in user.screen()
        assert "means     Seconds between looks for idle kernels." in user.screen()
        await user.press("e")
        assert "Set cull_interval of :8888" in user.screen()
        assert "Seconds between looks for idle kernels." in user.screen()


@pytest.mark.parametrize(
    ("name", "field", "typed", "value"),
    [
        ("cull_interval", "value    300", "60", "60"),
        ("kernel_info_timeout", "value    60", "2.5", "2.5"),
        ("tornado_settings", "value    {}", "{'a': 1}", "{'a': 1}"),
        ("extra_static_paths", "value    names, with commas", "/srv, /opt", "['/srv', '/opt']"),
        ("hide_globs", "value    __pycache__, *.pyc", "['a,b']", "['a,b']"),
        ("untitled_notebook", "value    Untitled", "007", "'007'"),
        ("news_url", "value    https://example.org", "None", "None"),
        ("log_level", "value    30", "debug", "'DEBUG'"),
    ],
)
async def test_each_kind_of_trait_has_its_field(name: str, field: str, typed: str, value: str) -> None:
    async with terminal(machine()) as user:
        await search(user, name)
        await user.press("e")
        assert field in user.screen()
        await user.press("ctrl+a", "ctrl+k")
        await user.type(typed)
        await user.press("enter")
        await user.until(lambda: bool(asked(user, "plan change")))
        assert request(user, "plan change").value == value
        assert request(user, "plan change").name.endswith(f".{name}")


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("cull_interval", "soon", "cull_interval takes a whole number"),
        ("kernel_info_timeout", "1,5", "kernel_info_timeout takes a number"),
        ("tornado_settings", "{", "takes a dictionary as Python writes it"),
        ("hide_globs", "['a'", "the list is not closed"),
        ("log_level", "loud", "log_level takes one of 0, 10, 30, 'DEBUG'"),
    ],
)
async def test_what_a_kind_cannot_take_goes_no_further(name: str, typed: str, said: str) -> None:
    async with terminal(machine()) as user:
        await search(user, name)
        await user.press("e", "ctrl+a", "ctrl+k")
        await user.type(typed)
        await user.press("enter")
        assert said in user.sentence()
        assert not asked(user, "plan change")


@pytest.mark.parametrize("size", SIZES)
async def test_what_a_trait_takes_is_offered_and_none_is_a_third_word(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        await search(user, "log_level")
        await user.press("e")
        assert [one for one in user.dialog() if one.startswith("'DEBUG'")]
        assert "Jupyter's own" in user.screen()
        await user.press("down")
        assert "value    'DEBUG'" in user.screen()
        await user.press("escape", "slash", "ctrl+u")
        await user.type("limit_rate")
        await user.press("enter", "e")
        assert "(•) False  ( ) None" in user.screen()


async def test_what_only_a_file_can_hold_says_so_and_a_change_asks_again() -> None:
    async with terminal(machine()) as user:
        await search(user, "store_factory")
        await user.press("e")
        assert "store_factory takes a function, which only a .py file can hold" in user.screen()
        await user.press("slash", "ctrl+u")
        await user.type("cull_busy")
        await user.press("enter", "e", "space", "enter")
        await user.sees("took the new file")
        await user.press("tab", "enter")
        await user.until(lambda: len(asked(user, "every setting")) == 2)
        assert "setting  MappingKernelManager.cull_busy" in user.screen()


@pytest.mark.parametrize("size", SIZES)
async def test_keys_answer_while_it_asks_and_a_failure_is_said(size: tuple[int, int]) -> None:
    async with terminal(machine(), size) as user:
        user.source.hang = True
        await user.press("3", "A")
        assert "asking that Jupyter for its classes" in user.screen()
        await user.press("down", "enter", "e", "escape")
        assert "All settings of" not in user.screen()
        user.source.hang, user.source.failure = False, TraitsUnknown("/usr/bin/python3 has no Jupyter that loads")
        await user.press("A")
        await user.sees("/usr/bin/python3 has no Jupyter that loads")


async def test_the_list_keeps_its_place_on_a_resize() -> None:
    async with terminal(machine()) as user:
        await search(user, "cull")
        await user.press("down")
        for size in ((60, 20), (80, 24), (120, 40)):
            await user.resize(*size)
            assert "setting  MappingKernelManager.cull_interval" in user.screen()
            assert "All settings of :8888: 3 of" in user.screen()


async def test_read_only_shows_and_changes_nothing() -> None:
    async with terminal(machine(), read_only=True) as user:
        await search(user, "cull_busy")
        await user.press("e")
        assert "e: read-only" in user.screen()
