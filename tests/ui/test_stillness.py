"""Nothing moves when nothing changed, and what changed moves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import terminal
from hypothesis import given
from hypothesis import strategies as st

from jntui.tui.ink import Span, cells_of, changed_ranges
from screenshots import canned


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_an_equal_picture_draws_nothing(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        before = user.sent_cells()
        for _turn in range(3):
            await user.arrives(canned.main())
        assert user.sent_cells() == before


async def test_one_new_verdict_draws_its_cells() -> None:
    async with terminal(canned.main()) as user:
        before = user.sent_cells()
        snapshot = canned.main()
        view = snapshot.views[0]
        rows = list(view.rows)
        rows[0] = canned.row(canned.LAB, "localhost", "lo", "this-machine", "not-listening")
        await user.arrives(replace(snapshot, views=(replace(view, rows=tuple(rows)), *snapshot.views[1:])))
        assert "not-listening" in user.line_with("http://localhost")
        assert 0 < user.sent_cells() - before < 2 * 120


async def test_a_step_of_the_cursor_draws_two_rows_and_the_finding() -> None:
    async with terminal(canned.main()) as user:
        await user.press("home")
        before = user.sent_cells()
        await user.press("down")
        assert user.sent_cells() - before < 3 * 120


async def test_more_and_fewer_rows() -> None:
    async with terminal(canned.main()) as user:
        snapshot = canned.main()
        view = snapshot.views[0]
        fewer = replace(view, rows=view.rows[:2])
        await user.arrives(replace(snapshot, views=(fewer, *snapshot.views[1:])))
        assert "10.8.0.3:8888/" not in user.screen()
        await user.arrives(snapshot)
        assert "http://10.8.0.3:8888/" in user.screen()


async def test_forty_endpoints_scroll_under_their_header() -> None:
    snapshot = canned.main()
    view = snapshot.views[0]
    more = tuple(canned.row(canned.LAB, f"10.1.0.{n}", "eth1", "lan", "ok") for n in range(40))
    async with terminal(replace(snapshot, views=(replace(view, rows=(*view.rows, *more)),)), (80, 24)) as user:
        await user.press("end")
        assert "10.1.0.39" in user.screen()
        assert "verdict" in user.screen()
        assert "┃" in user.screen()
        await user.press("home")
        assert "http://localhost:8888/" in user.screen()


@given(st.text(max_size=30), st.text(max_size=30), st.integers(1, 40))
def test_the_changed_ranges_cover_every_difference(old: str, new: str, width: int) -> None:
    before, after = (Span(old, "works"),), (Span(new, "works"),)
    touched = {x for start, size in changed_ranges(before, after, width) for x in range(start, start + size)}
    first, second = cells_of(before, width), cells_of(after, width)
    assert {x for x in range(width) if first[x] != second[x]} <= touched
    assert all(0 <= x < width for x in touched)
