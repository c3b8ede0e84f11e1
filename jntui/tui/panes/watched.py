"""The line of a watched endpoint: a sign for each of its last results, then how quick it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.tui.ink import Span, ink, padded
from jntui.tui.panes.seen import INDENT
from jntui.tui.signs import group_of, sign_of

if TYPE_CHECKING:
    from jntui.model import Row, Watch
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene

QUICK_MS = 10.0
"""Times below it are not told apart: they differ from check to check and say nothing."""


def watch_lines(row: Row, scene: Scene) -> list[Line]:
    """One line, as wide from the first result on as it stays; none if this endpoint is not watched."""
    watch = scene.watch_of(row.endpoint.url)
    if watch is None:
        return []
    from jntui.model import MOST_SAMPLES

    key = ink(scene.keys.shown("watch"), "accent", "watch")
    head = padded((key,), max(INDENT, len(key.text) + 1))
    if row.check is not None and row.check.noisy:
        return [(*head, ink("paused: each check writes warnings into its log", "muted"))]
    if not watch.samples:
        return [(*head, ink("checked every 10 s from now on", "muted"))]
    signs = [sign_of(group_of(sample.verdict, row.endpoint.scope), scene.signs) for sample in watch.samples]
    line = padded(tuple(sign._replace(text=sign.text[:1]) for sign in signs), MOST_SAMPLES)
    return [(*head, *line, Span("  "), ink(times(watch), "muted"))]


def times(watch: Watch) -> str:
    """`median 12 ms, worst 48 ms`, of the results that worked."""
    middle, worst = watch.median_ms, watch.worst_ms
    if middle is None or worst is None:
        return "none of them worked"
    return f"median {_rounded(middle)}, worst {_rounded(worst)}"


def _rounded(elapsed_ms: float) -> str:
    """To two digits: what is not seen need not be sent."""
    if elapsed_ms < QUICK_MS:
        return "<10 ms"
    if elapsed_ms >= 995:
        return f"{elapsed_ms / 1000:.1f} s"
    return f"{elapsed_ms:.0f} ms" if elapsed_ms < 100 else f"{round(elapsed_ms, -1):.0f} ms"
