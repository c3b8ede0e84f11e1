"""One endpoint that is checked again and again, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from jntui.model.words import Verdict

MOST_SAMPLES = 20
"""Results that a watch keeps."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One result of a watched endpoint."""

    verdict: Verdict
    elapsed_ms: float | None
    """None where nobody could have worked: how long a failure took says nothing of how quick the server is."""
    at: datetime = field(compare=False)
    """When it ended, UTC."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The endpoint that is watched, with its last results."""

    server: str
    """The server's id."""
    url: str
    samples: tuple[Sample, ...] = ()
    """The oldest first, at most MOST_SAMPLES."""

    @property
    def median_ms(self) -> float | None:
        """Of the results that worked; None without one."""
        times = sorted(self._times())
        if not times:
            return None
        # Not `statistics`: it loads decimal, fractions and random.
        middle = len(times) // 2
        return times[middle] if len(times) % 2 else (times[middle - 1] + times[middle]) / 2

    @property
    def worst_ms(self) -> float | None:
        """Of the results that worked; None without one."""
        return max(self._times(), default=None)

    def _times(self) -> list[float]:
        return [sample.elapsed_ms for sample in self.samples if sample.elapsed_ms is not None]

    def with_sample(self, sample: Sample) -> Watch:
        """The watch with one more result; the oldest goes where there are too many."""
        return Watch(self.server, self.url, (*self.samples, sample)[-MOST_SAMPLES:])
