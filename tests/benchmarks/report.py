"""The table that the benchmark prints: medians, ratios, and the goals beside them. It judges nothing by itself."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.benchmarks.screens import Sample


@dataclass(frozen=True)
class Figure:
    """One line: how to get the value of one run, and the goal, as a ratio to the minimal app or absolute."""

    name: str
    unit: str
    values: Callable[[Sample], Sequence[float | None]]
    ratio_goal: float | None = None
    goal: float | None = None
    percentile: int = 50


FIGURES = (
    Figure("start until the servers show", "ms", lambda s: [s.until_ms], ratio_goal=1.25),
    Figure("start until settled", "ms", lambda s: [s.settled_ms]),
    Figure("memory when settled", "MiB", lambda s: [s.rss_mb], ratio_goal=1.35),
    Figure("bytes until settled", "B", lambda s: [s.settled_bytes], ratio_goal=1.5),
    Figure("bytes while idle", "B", lambda s: [s.idle_bytes], goal=0),
    Figure("processor while idle", "%", lambda s: [s.idle_cpu], ratio_goal=3),
    Figure("key to first byte, median", "ms", lambda s: s.key_ms, ratio_goal=1.5),
    Figure("key to first byte, 99th", "ms", lambda s: s.key_ms, percentile=99),
    Figure("bytes per `down`", "B", lambda s: s.key_bytes, ratio_goal=1.5),
    Figure("the same in Servers, median", "ms", lambda s: s.more_key_ms or s.key_ms),
    Figure("the same in Servers, bytes", "B", lambda s: s.more_key_bytes or s.key_bytes),
    Figure("keys without an answer", "", lambda s: [s.unanswered], goal=0),
    Figure("`q` until the process is gone", "ms", lambda s: [s.exit_ms], ratio_goal=1.3),
)

LIST_GOAL = 1 / 8


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which so many percent lie, nearest rank; the median for 50."""
    if percent == 50:
        return statistics.median(values)
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def screen_table(base: Sequence[Sample], ours: Sequence[Sample]) -> str:
    """Minimal app against jntui, one line a figure."""
    lines = [f"{'':32} {'minimal':>9} {'jntui':>9} {'':3} {'ratio':>6} {'goal':>9}"]
    for figure in FIGURES:
        left, right = _value(figure, base), _value(figure, ours)
        if left is None or right is None:
            lines.append(f"{figure.name:32} not measured")
            continue
        ratio = right / left if left else None
        goal, met = _goal(figure, right, ratio)
        shown = f"{ratio:6.2f}" if ratio is not None else f"{'':6}"
        lines.append(f"{figure.name:32} {left:9.1f} {right:9.1f} {figure.unit:3} {shown} {goal:>9} {met}".rstrip())
    return "\n".join(lines)


def list_table(count: int, times: dict[str, list[float]]) -> str:
    """The two list commands and a bare interpreter, medians in milliseconds."""
    medians = {name: statistics.median(values) for name, values in times.items()}
    share = medians["jntui list"] / medians["jupyter server list"]
    bare = medians["jntui list"] / medians["python -c pass"]
    lines = [f"{count} real server{'s' if count > 1 else ''}, every one asked by jntui"]
    lines += [f"  {name:22} {value:9.1f} ms" for name, value in medians.items()]
    lines.append(f"  {'ratio':22} 1/{1 / share:.1f}, goal 1/{1 / LIST_GOAL:.0f} {_word(share <= LIST_GOAL)}")
    lines.append(f"  {'to a bare interpreter':22} {bare:.1f}")
    return "\n".join(lines)


def _value(figure: Figure, samples: Sequence[Sample]) -> float | None:
    values = [value for sample in samples for value in figure.values(sample) if value is not None]
    return percentile(values, figure.percentile) if values else None


def _goal(figure: Figure, value: float, ratio: float | None) -> tuple[str, str]:
    if figure.goal is not None:
        return f"{figure.goal:g} {figure.unit}".strip(), _word(value <= figure.goal)
    if figure.ratio_goal is not None and ratio is not None:
        return f"<= {figure.ratio_goal:g}", _word(ratio <= figure.ratio_goal)
    return "", ""


def _word(met: bool) -> str:
    return "met" if met else "MISSED"
