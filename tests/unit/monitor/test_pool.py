"""The pool of daemon threads: order, bound, pace, and that closing it never waits."""

from __future__ import annotations

import threading
import time

import pytest

from jntui.monitor.pool import ANSWER_S, Pool, gather

WAIT_S = 20.0


def test_runs_the_lowest_priority_number_first() -> None:
    pool = Pool(limit=1)
    gate, done = threading.Event(), threading.Event()
    order: list[str] = []
    pool.submit(lambda: gate.wait(WAIT_S) and order.append("first"))
    pool.submit(lambda: order.append("late"), priority=5)
    pool.submit(lambda: order.append("soon"), priority=1)
    pool.submit(done.set, priority=9)
    gate.set()
    assert done.wait(WAIT_S)
    assert order == ["first", "soon", "late"]
    pool.close()


def test_never_more_threads_than_the_limit() -> None:
    pool = Pool(limit=3)
    lock, gate = threading.Lock(), threading.Event()
    running, most = 0, 0
    finished = threading.Semaphore(0)

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == 3:
                gate.set()
        gate.wait(WAIT_S)
        with lock:
            running -= 1
        finished.release()

    for _ in range(12):
        pool.submit(work)
    for _ in range(12):
        assert finished.acquire(timeout=WAIT_S)
    assert most == 3
    pool.close()


def test_closing_forgets_what_waits_and_does_not_wait_for_what_runs() -> None:
    pool = Pool(limit=1)
    began, gate = threading.Event(), threading.Event()
    ran: list[int] = []

    def hang() -> None:
        began.set()
        gate.wait(WAIT_S)

    pool.submit(hang)
    assert began.wait(WAIT_S)
    pool.submit(lambda: ran.append(1))
    pool.close()
    pool.submit(lambda: ran.append(2))
    gate.set()
    for thread in threading.enumerate():
        if thread.name.startswith("probe-") and thread is not threading.current_thread():
            thread.join(WAIT_S)
    assert ran == []


def test_threads_are_daemons() -> None:
    assert gather([lambda: threading.current_thread().daemon, lambda: threading.current_thread().daemon]) == [
        True,
        True,
    ]


def test_gather_keeps_the_order_and_hands_on_the_first_exception() -> None:
    assert gather([lambda i=i: i * i for i in range(40)]) == [i * i for i in range(40)]  # type: ignore[misc]

    def fail() -> int:
        raise ValueError("this one")

    with pytest.raises(ValueError, match="this one"):
        gather([lambda: 1, fail, lambda: 3])


def test_quick_work_needs_few_threads_and_hanging_work_gets_more() -> None:
    pool = Pool(limit=64)
    finished = threading.Semaphore(0)
    used: set[str] = set()

    def quick() -> None:
        used.add(threading.current_thread().name)
        finished.release()

    for _ in range(200):
        pool.submit(quick)
    for _ in range(200):
        assert finished.acquire(timeout=WAIT_S)
    assert len(used) < 16
    gate, running = threading.Event(), threading.Semaphore(0)

    def hang() -> None:
        running.release()
        gate.wait(WAIT_S)

    for _ in range(20):
        pool.submit(hang)
    for _ in range(20):
        assert running.acquire(timeout=WAIT_S), "all twenty hang at the same time"
    pool.submit(quick)
    assert finished.acquire(timeout=WAIT_S), "what is submitted while all hang is still served"
    gate.set()
    pool.close()


def test_work_that_hangs_in_paced_threads_does_not_keep_what_waits_from_starting() -> None:
    pool = Pool(limit=8, pace_s=0.05)
    gate, running = threading.Event(), threading.Semaphore(0)

    def hang() -> None:
        running.release()
        gate.wait(WAIT_S)

    for _ in range(5):
        pool.submit(hang)
    for _ in range(5):
        assert running.acquire(timeout=WAIT_S / 4), "each hangs in a thread of its own, a pace after the one before"
    gate.set()
    pool.close()


def test_what_is_wanted_now_goes_before_pieces_for_which_threads_wait_already() -> None:
    pool = Pool(limit=24, pace_s=0.03)
    order: list[str] = []
    done, began = threading.Semaphore(0), threading.Event()

    def work(name: str) -> None:
        order.append(name)
        began.set()
        done.release()

    warm = threading.Barrier(25)
    for _ in range(24):
        pool.submit(lambda: warm.wait(WAIT_S) and None)
    warm.wait(WAIT_S)  # all the threads are there, and idle in a moment
    for index in range(30):
        pool.submit(lambda index=index: work(f"calm {index}"))  # type: ignore[misc]
    assert began.wait(WAIT_S)
    pool.submit(lambda: work("wanted"), priority=-1)
    for _ in range(31):
        assert done.acquire(timeout=WAIT_S)
    assert order.index("wanted") < 16, order
    pool.close()


def test_while_the_user_types_pieces_begin_further_apart() -> None:
    pool = Pool()
    calm = pool.pace()
    pool.give_way(WAIT_S)
    assert pool.pace() > calm
    pool.give_way(0.0)
    assert pool.pace() == calm
    pool.close()


def test_nothing_begins_until_a_key_is_answered_and_keys_that_never_stop_hold_nothing_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = 0.0
    slept: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: clock)
    pool = Pool()
    monkeypatch.setattr(time, "sleep", slept.append)
    pool.let_key_pass()
    assert slept == []
    pool.give_way(0.3)
    pool.let_key_pass()
    assert slept == [ANSWER_S], "slept once, though the clock, and with it the key, stands still"
    clock = ANSWER_S
    pool.let_key_pass()
    assert slept == [ANSWER_S]
    pool.close()
