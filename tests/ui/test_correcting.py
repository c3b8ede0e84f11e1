"""A URL that the user typed wrong: Enter in Check puts the right one into its row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import Terminal, terminal

from jntui.model import Check, Endpoint, Finding, Row, Snapshot
from screenshots import canned

TYPED, RIGHT = "http://proxy.example.org/", "https://proxy.example.org/"
SIZES = [(120, 40), (80, 24), (60, 20)]


def wrong(instead: str = RIGHT) -> Snapshot:
    snapshot = canned.main()
    first, *others = snapshot.views
    endpoint = Endpoint("jpserver-4242", TYPED, None, "proxy.example.org", "internet", None, "custom")
    finding = Finding(
        *(
            "tls-expected",
            "The server speaks https here, not plain http.",
            "It spoke TLS.",
            "",
            f"Open {instead} instead.",
        ),
        short_cause="The port speaks TLS.",
        short_fix="Use https:// instead of http://.",
        instead=instead,
        settings=("certfile",),
    )
    row = Row(endpoint, Check(endpoint, finding, (), 3.0, canned.NOW))
    return replace(snapshot, views=(replace(first, rows=(*first.rows, row)), *others))


async def at_the_fix(user: Terminal) -> None:
    await user.press("end", "enter")
    await user.sees("puts it into this row")


@pytest.mark.parametrize("size", SIZES)
async def test_enter_puts_the_right_one_into_the_row(size: tuple[int, int]) -> None:
    async with terminal(wrong(), size) as user:
        await at_the_fix(user)
        assert "enter correct the URL" in user.lines()[-1]
        await user.press("enter")
        await user.sees(f"corrected: {RIGHT}")
        assert ("correct", "jpserver-4242", TYPED, RIGHT) in user.source.asked


async def test_a_url_that_has_a_row_already_is_selected() -> None:
    async with terminal(wrong()) as user:
        await user.press("home", "U", *TYPED, "?", "t", "enter", "enter")
        await user.sees(f"{TYPED} has a row already")
        assert user.app.main.selection.url == TYPED


async def test_where_the_right_one_has_a_row_the_typed_one_goes_to_it() -> None:
    other = canned.main().views[0].rows[0].endpoint.url
    async with terminal(wrong(other)) as user:
        await at_the_fix(user)
        await user.press("enter")
        await user.sees(f"{other} has a row already")
        assert ("forget", "jpserver-4242", TYPED) in user.source.asked
        assert user.app.main.selection.url == other


async def test_a_refusal_is_said_and_nothing_is_changed() -> None:
    async with terminal(wrong()) as user:
        await at_the_fix(user)
        user.source.failure = ValueError("config.toml cannot be written")
        await user.press("enter")
        await user.sees("not corrected: config.toml cannot be written")


async def test_read_only_offers_no_correction() -> None:
    async with terminal(wrong(), read_only=True) as user:
        await user.press("end", "enter")
        assert "puts it into this row" not in user.screen()
