"""What is agreed to at a terminal: nothing ends that the question did not name."""

from __future__ import annotations

import io

import pytest

from jntui.cli.stopping import agreed
from jntui.model import StopPlan, Work

IDLE, BUSY, OTHER = Work("k", "train.ipynb"), Work("k", "train.ipynb", busy=True), Work("o", "plot.ipynb")


class Typed(io.StringIO):
    """A terminal at which this is typed."""

    def isatty(self) -> bool:
        return True


def plan(*kernels: Work, terminals: tuple[str, ...] = (), **more: str) -> StopPlan:
    return StopPlan("jpserver-1", ":8888", 1, ("api",), kernels=kernels, terminals=terminals, **more)


@pytest.mark.parametrize(
    ("typed", "seen", "goes", "questions"),
    [
        ("y\n", [plan(IDLE)], 0, 1),
        ("y\n", [plan()], 0, 1),  # what ended meanwhile is nobody's loss
        ("n\n", [], None, 1),
        ("y\nn\n", [plan(IDLE, OTHER)], None, 2),
        ("y\ny\n", [plan(BUSY), plan(BUSY)], 1, 2),
        ("y\ny\ny\n", [plan(IDLE, terminals=("1",)), plan(IDLE, OTHER, terminals=("1",)), plan(OTHER)], 2, 3),
        ("y\n", [plan(IDLE, OTHER)], None, 2),  # the terminal ended: nobody said yes to that
    ],
)
def test_what_began_during_the_question_is_named_and_asked_about(
    typed: str,
    seen: list[StopPlan],
    goes: int | None,
    questions: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", Typed(typed))
    looks = iter(seen)
    assert agreed(plan(IDLE), "stop", lambda: next(looks)) == (None if goes is None else seen[goes])
    said = capsys.readouterr().err
    assert said.count("stop :8888? [y/N]") == questions
    assert said.count("work began in it meanwhile, and nothing was done; this would end now:") == questions - 1
    for one in seen[: questions - 1]:
        assert f"{one.work} — stop :8888? [y/N]" in said


def test_somebody_elses_server_in_which_work_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Typed("y\nn\n"))
    assert agreed(plan(owner="bob"), "restart", lambda: plan(IDLE, owner="bob")) is None
    said = capsys.readouterr().err
    assert "bob's server — restart :8888? [y/N]" in said
    assert "1 kernel: train.ipynb — restart :8888? [y/N]" in said


@pytest.mark.parametrize("stdin", [io.StringIO("n\n"), Typed("")])
def test_where_no_question_is_asked_nobody_looks_again(stdin: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", stdin)
    first = plan() if stdin.isatty() else plan(IDLE)

    def look() -> StopPlan:
        raise AssertionError

    assert agreed(first, "stop", look) is first
