"""Daemon threads for everything that waits: probes and questions to servers.

Started a little apart from one another: the interpreter's lock, not the network, is what makes keys late when many
probes begin at once. Daemon threads, so that quitting never waits for the network.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

Work = Callable[[], None]

Result = TypeVar("Result")

GROW_S = 0.01
"""How long work waits before one more thread is started for it: a thread that allocates costs 0.15 MiB for good."""


LIMIT = 160
"""Threads of one pool at most. Peers that never answer hold theirs for the whole time of a probe: of 1,000 endpoints a
fifth may, and each pace a thread is needed for the next one. With 64, the last of them began seconds late."""

PACE_S = 0.002
"""Between two starts: the interpreter's lock is what makes keys late (tests/benchmarks/keys.py measures it)."""

CALM_PACE_S = 0.005
"""The same while no more than `CALM` pieces wait: there is time enough for all of them, and keys go first."""

CALM = 256

TYPING_PACE_S = 0.02
"""The same while the user types: a check that begins later is not noticed, a key that comes late is."""

ANSWER_S = 0.008
"""From a key until its answer is on the screen, twice over: so long nothing new begins in any thread."""


class Pool:
    """Runs pieces of work, the lowest priority number first, at most `limit` at once, `pace_s` seconds apart."""

    def __init__(self, limit: int = LIMIT, pace_s: float = PACE_S, idle_s: float = 10.0) -> None:
        self._limit = limit
        self._pace_s = pace_s
        self._idle_s = idle_s
        self._changed = threading.Condition()
        self._waiting: list[tuple[int, int, Work]] = []
        self._count = itertools.count()
        self._threads = 0
        self._idle = 0
        self._pacing = 0
        """Threads that wait for their moment to begin; what each of them takes is decided only then."""
        self._next_start = 0.0
        self._closed = False
        self._typing_until = 0.0
        self._answered_at = float("-inf")

    def give_way(self, seconds: float) -> None:
        """A key came, and others will for so long: nothing begins until it is answered, and then further apart."""
        now = time.monotonic()
        self._typing_until = now + seconds
        self._answered_at = now + ANSWER_S

    def let_key_pass(self) -> None:
        """Waits until the last key is answered; at most `ANSWER_S` seconds, however fast they come."""
        left = self._answered_at - time.monotonic()
        if left > 0:
            time.sleep(left)

    @property
    def limit(self) -> int:
        """The most pieces of work at once."""
        return self._limit

    def submit(self, work: Work, priority: int = 0) -> None:
        """Queues `work`; it must catch its own exceptions. Ignored once closed."""
        with self._changed:
            if self._closed:
                return
            heapq.heappush(self._waiting, (priority, next(self._count), work))
            if self._idle == 0 and self._threads < self._limit:
                self._grow(GROW_S if self._threads else 0.0)
            self._changed.notify()

    def _grow(self, delay_s: float) -> None:
        """One more thread, which looks for work after `delay_s`: quick work never needs more than a few."""
        self._threads += 1
        self._idle += 1
        threading.Thread(target=self._serve, args=(delay_s,), name=f"probe-{self._threads}", daemon=True).start()

    def close(self) -> None:
        """Forgets what waits; what runs is left to its own deadline."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _take(self) -> Work | None:
        """The next piece of work; None when the thread may end. The thread counts as idle when it comes here."""
        with self._changed:
            self._changed.wait_for(lambda: self._untaken() > 0 or self._closed, self._idle_s)
            self._idle -= 1
            if self._closed or not self._untaken():
                self._threads -= 1
                return None
            now = time.monotonic()
            self._next_start = max(now, self._next_start + self.pace())
            pause = self._next_start - now
            self._pacing += 1
        if pause > 0:
            time.sleep(pause)
        self.let_key_pass()
        with self._changed:
            self._pacing -= 1
            if not self._waiting:  # closed meanwhile
                self._threads -= 1
                return None
            # Taken only now: what the user asked for meanwhile goes before what 160 threads have paces for.
            work = heapq.heappop(self._waiting)[2]
        self._relieve()
        return work

    def _untaken(self) -> int:
        """The pieces that no thread has a pace for."""
        return len(self._waiting) - self._pacing

    def pace(self) -> float:
        """Seconds between two starts as things are now."""
        if self._pace_s != PACE_S:
            return self._pace_s
        if time.monotonic() < self._typing_until:
            return TYPING_PACE_S
        return CALM_PACE_S if self._untaken() <= CALM else PACE_S

    def _relieve(self) -> None:
        """One more thread, if none is left for what waits: the caller is about to be busy for long, perhaps.

        While others sleep for the pace alone, more threads would not make it any quicker: the last of them to wake
        comes here as well, so that work which hangs in all of them never keeps what waits from starting.
        """
        with self._changed:
            others_sleep = self._next_start - time.monotonic() >= GROW_S
            if self._untaken() > 0 and self._idle == 0 and self._threads < self._limit and not others_sleep:
                self._grow(GROW_S)

    def _serve(self, delay_s: float) -> None:
        if delay_s:
            time.sleep(delay_s)
        while True:
            work = self._take()
            if work is None:
                break
            work()
            with self._changed:
                self._idle += 1


def gather(works: Sequence[Callable[[], Result]], limit: int = LIMIT) -> list[Result]:
    """The results of all `works`, in their order, run side by side. The first exception of one is raised here.

    Every piece must be bounded by itself; a single one runs in the caller's thread.
    """
    if len(works) == 1:
        return [works[0]()]
    results: list[Result | BaseException | None] = [None] * len(works)
    done = threading.Semaphore(0)
    pool = Pool(limit, idle_s=0.1)

    def run(index: int) -> None:
        try:
            results[index] = works[index]()
        except Exception as error:  # noqa: BLE001 - handed to the caller, who waits for it
            results[index] = error
        finally:
            done.release()

    for index in range(len(works)):
        pool.submit(partial(run, index))
    for _ in works:
        done.acquire()
    pool.close()
    failed = next((result for result in results if isinstance(result, BaseException)), None)
    if failed is not None:
        raise failed
    return cast("list[Result]", results)
