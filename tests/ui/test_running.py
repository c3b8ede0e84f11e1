"""What runs in a server, on the screen: kernels, who is connected to them, terminals, and the questions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import Terminal, terminal

from jntui.model import KernelRefused, Running
from jntui.tui.dialogs.running_lines import connected
from jntui.tui.paper import Paper
from screenshots import canned
from screenshots.living import RUNNING

SIZES = [(120, 40), (80, 24), (60, 20)]


def sent(user: Terminal) -> int:
    return sum(paper.sent_cells for paper in user.app.screen.query(Paper))


def words(user: Terminal) -> str:
    """What the dialog says, its columns closed up."""
    return " ".join(user.sentence().split())


async def looked_again(user: Terminal) -> None:
    """A look ended that began after this call."""
    before = user.source.looks
    await user.press("p")
    await user.until(lambda: user.source.looks > before)
    await user.pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_kernels_terminals_and_who_is_connected(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("K")
        await user.sees("Running in :8888: 3 kernels, 1 terminal")
        row = user.line_with("train.ipynb")
        assert "busy" in row and "13:41" in row and " 2" in row
        said = words(user)
        assert "kernel work/train.ipynb" in said
        assert "state busy, last activity 13:41, python3" in said, "of a cell that prints, this is its last line"
        assert "activity" in user.line_with("connections") and "since" not in said
        assert "pid 4711, 3.1 GiB, CPU 100 % of one core, 21 min of processor time" in said
        assert "2 connections: 2 tabs show it, of one person or of several" in said
        assert "pip install jupyter-collaboration`, then restart it" in said
        assert "i interrupt, r restart, s shut down" in user.screen()
        await user.press("j")
        said = words(user)
        assert "state idle since 12:05, python3" in said
        assert "plots.ipynb, and 1 more session" in said and "1 connection: one tab shows it" in said
        await user.press("j")
        assert "no tab shows it" in words(user) and "cannot be seen from here" in words(user)
        await user.press("end")
        assert "terminal 1, last used 22 Nov" in words(user)
        await user.press("K")
        assert "Running in" not in user.screen()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("key", "verb", "word"),
    [("i", "interrupt", "Interrupt"), ("r", "restart", "Restart"), ("s", "shutdown", "Shut down")],
)
async def test_each_is_done_after_a_question(size: tuple[int, int], key: str, verb: str, word: str) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("K")
        await user.sees("train.ipynb")
        await user.press(key, "enter")
        assert user.source.touched == [], "Enter by habit does nothing"
        await user.press(key)
        assert f"{word} train.ipynb" in user.screen()
        assert "2 tabs show it: whoever sits there sees that." in words(user)
        await user.press("tab", "enter")
        await user.until(lambda: "train.ipynb was" in words(user))
        assert user.source.touched == [("jpserver-4242", RUNNING.kernels[0].id, verb)]


async def test_a_terminal_can_only_be_ended() -> None:
    async with terminal(canned.main()) as user:
        await user.press("K")
        await user.sees("train.ipynb")
        await user.press("end", "i")
        assert "a terminal has no interrupt" in words(user)
        await user.press("s")
        assert "Shut down terminal 1" in user.screen() and "What runs in it ends." in words(user)
        await user.press("tab", "enter")
        await user.until(lambda: user.source.touched == [("jpserver-4242", "1")])


@pytest.mark.parametrize("size", SIZES)
async def test_read_only_touches_nothing(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size, read_only=True) as user:
        await user.press("K")
        await user.sees("train.ipynb")
        for key in "irs":
            await user.press(key)
            assert "read-only: no kernel and no terminal is touched" in words(user)
        assert user.source.touched == []


@pytest.mark.parametrize("size", SIZES)
async def test_a_refusal_is_a_line_and_what_was_seen_stays(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        user.source.runs = KernelRefused(":8888 does not answer: timed out")
        await user.press("K")
        await user.sees(":8888 does not answer: timed out")
        user.source.runs = RUNNING
        await looked_again(user)
        await user.sees("train.ipynb")
        assert "does not answer" not in user.screen()
        user.source.runs = KernelRefused(":8888 does not answer: timed out")
        await looked_again(user)
        await user.sees("does not answer")
        assert "train.ipynb" in user.screen()
        user.source.refusal = KernelRefused(":8888 refused it (HTTP 500)")
        await user.press("i", "tab", "enter")
        await user.until(lambda: "train.ipynb: :8888 refused it (HTTP 500)" in words(user))


@pytest.mark.parametrize("size", SIZES)
async def test_an_equal_look_draws_nothing_and_flicker_neither(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("K")
        await user.sees("train.ipynb")
        await looked_again(user)
        before = sent(user)
        await looked_again(user)
        first = RUNNING.kernels[0]
        flicker = replace(first, cpu_percent=101.0, rss_bytes=first.rss_bytes + 4096, cpu_s=1270.0)
        user.source.runs = replace(RUNNING, kernels=(flicker, *RUNNING.kernels[1:]))
        await looked_again(user)
        assert sent(user) == before
        user.source.runs = replace(RUNNING, kernels=(replace(first, state="idle"), *RUNNING.kernels[1:]))
        await looked_again(user)
        await user.until(lambda: "idle" in user.line_with("train.ipynb"))


async def test_the_cursor_stays_on_its_kernel_and_goes_on_where_that_is_gone() -> None:
    async with terminal(canned.main()) as user:
        await user.press("K")
        await user.sees("train.ipynb")
        await user.press("j")
        user.source.runs = replace(RUNNING, kernels=RUNNING.kernels[1:])
        await looked_again(user)
        await user.sees("2 kernels, 1 terminal")
        assert "kernel plots.ipynb" in words(user)
        user.source.runs = replace(RUNNING, kernels=(), terminals=None)
        await looked_again(user)
        await user.sees("no kernel and no terminal runs in it")
        await user.press("i")
        assert user.source.touched == []


@pytest.mark.parametrize("size", SIZES)
async def test_text_of_the_server_turns_nothing_round(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        nasty = "a\x1b[31m\u202egnp.ipynb\n"
        kernel = replace(RUNNING.kernels[0], path=nasty, spec=nasty, state=nasty, id=nasty)
        user.source.runs = Running("jpserver-4242", (kernel,), (), None, nasty)
        await user.press("K", "i")
        await user.sees("a?[31m?gnp.ipynb?")
        assert not {"\x1b", "\u202e"} & set(user.screen())
        await user.press("i")
        assert not {"\x1b", "\u202e"} & set(user.screen())


def test_the_key_that_names_clients_is_the_one_that_was_chosen() -> None:
    assert connected(2, "f4").endswith("; f4 names their machines")
