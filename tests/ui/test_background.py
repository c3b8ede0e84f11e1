"""What goes wrong beside the screen: one sentence there; of what nobody foresaw it names the log with the details."""

from __future__ import annotations

import pytest
from driver import terminal

from jntui.model import StopFailed
from jntui.tui.background import run_aside, words_of
from screenshots import canned


@pytest.mark.parametrize(
    ("error", "own"),
    [
        (StopFailed("it does not stop"), False),
        (PermissionError(13, "Permission denied", "/x"), False),
        (ValueError("no such address"), False),
        (KeyError("row"), True),
        (AttributeError("no attribute"), True),
    ],
)
async def test_what_nobody_foresaw_is_written_down_and_nothing_else_is(
    error: Exception, own: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[BaseException] = []

    def fails() -> None:
        raise error

    async with terminal(canned.main()) as user:
        told: list[str] = []
        monkeypatch.setattr(user.source, "own_error", lambda problem: written.append(problem) or "details: errors.log")
        run_aside(user.app, "stop", fails, lambda _: None, lambda problem: told.append(words_of(problem)))
        await user.until(lambda: bool(told))
    assert written == ([error] if own else [])
    assert (told == ["details: errors.log"]) is own
