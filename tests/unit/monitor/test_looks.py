"""How often the monitor looks at the machine: own checks move the signs of a change with every connection."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from jntui.model import Server
from jntui.monitor import loop
from jntui.monitor.loop import Monitor
from jntui.monitor.survey import Survey
from jntui.process import Processes

WAIT_S = 20.0
ROUNDS = 6


class Restless(Processes):
    """Sockets come and go all the time, as they do while endpoints of this machine are checked."""

    turn = 0

    def socket_fingerprint(self) -> int | None:
        self.turn += 1
        return self.turn


class Counted(Survey):
    """Counts its looks."""

    looks = 0

    def servers(self) -> tuple[Server, ...]:
        self.looks += 1
        return super().servers()


@pytest.fixture
def survey(tmp_path: Path) -> Counted:
    return Counted({"HOME": str(tmp_path)}, processes=Restless())


class Calm(Processes):
    """No socket comes or goes."""

    def socket_fingerprint(self) -> int | None:
        return 1


class Failing(Survey):
    """Its first look fails."""

    looks = 0

    def servers(self) -> tuple[Server, ...]:
        self.looks += 1
        if self.looks == 1:
            raise OSError("not now")
        return super().servers()


def rounds(monitor: Monitor) -> threading.Semaphore:
    """Released at the end of each round of the loop."""
    ended = threading.Semaphore(0)
    publish = monitor._publish

    def publish_and_tell() -> None:
        publish()
        ended.release()

    monitor._publish = publish_and_tell  # type: ignore[method-assign]
    return ended


def test_results_of_checks_bring_no_look_of_their_own(survey: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "LOOK_S", 3600.0)
    monitor = Monitor(survey)
    ended = rounds(monitor)
    monitor.start(lambda _: None)
    for _ in range(ROUNDS):
        assert ended.acquire(timeout=WAIT_S)
        monitor.select(None)
    assert survey.looks == 1
    monitor.soon()
    for _ in range(ROUNDS):
        assert ended.acquire(timeout=WAIT_S)
        monitor.select(None)
    assert survey.looks == 2, "what the user did is looked at at once"
    monitor.stop()


def test_a_change_is_looked_at_within_the_round_after_the_pause(
    survey: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "LOOK_S", loop.PUBLISH_S)
    monitor = Monitor(survey)
    ended = rounds(monitor)
    monitor.start(lambda _: None)
    for _ in range(ROUNDS):
        assert ended.acquire(timeout=WAIT_S)
        monitor.select(None)
    assert survey.looks >= ROUNDS - 1
    monitor.stop()


def test_after_a_look_that_failed_the_next_round_looks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "LOOK_S", loop.PUBLISH_S)
    survey = Failing({"HOME": str(tmp_path)}, processes=Calm())
    monitor = Monitor(survey)
    ended = rounds(monitor)
    monitor.start(lambda _: None)
    assert ended.acquire(timeout=WAIT_S)
    assert "failed" in monitor.snapshot.trouble
    for _ in range(ROUNDS):
        monitor.select(None)
        assert ended.acquire(timeout=WAIT_S)
    assert survey.looks >= 2
    assert not monitor.snapshot.trouble
    monitor.stop()
