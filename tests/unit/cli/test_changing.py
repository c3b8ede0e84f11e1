"""A change on the command line: worked out anew where another program was faster, and what standard input may hold."""

from __future__ import annotations

import argparse
import io
from typing import TYPE_CHECKING, Any

import pytest

from jntui.cli import changing
from jntui.cli.errors import CallError
from jntui.model import ChangedElsewhere, ChangePlan, ChangeRefused, ChangeRequest, RestartPlan, StopPlan, Work

if TYPE_CHECKING:
    from collections.abc import Callable


def failing(times: int) -> Callable[[ChangeRequest], str]:
    """Work that another program's write undoes so many times."""
    left = [times]

    def work(request: ChangeRequest) -> str:
        if left[0]:
            left[0] -= 1
            raise ChangedElsewhere("it was changed by another program meanwhile")
        return request.name

    return work


def test_what_another_program_changed_meanwhile_is_worked_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    request = ChangeRequest("port", "1")
    assert changing.or_offered(request, failing(7)) == "port"
    with pytest.raises(CallError, match="changed by another program"):
        changing.or_offered(request, failing(8))


def test_an_empty_line_is_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    survey: Any = None
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    with pytest.raises(CallError, match="an empty line came on standard input"):
        changing._value(argparse.Namespace(name="token", value="-"), survey)
    assert changing._value(argparse.Namespace(name="token", value=""), survey) == ""


@pytest.mark.parametrize(
    ("name", "is_secret"), [("GatewayClient.http_pwd", True), ("ServerApp.cookie_secret_file", False)]
)
def test_what_may_stand_on_the_command_line(name: str, is_secret: bool) -> None:
    survey: Any = None
    arguments = argparse.Namespace(name=name, value="x")
    if is_secret:
        with pytest.raises(CallError, match="everybody on this machine can read a command line"):
            changing._value(arguments, survey)
    else:
        assert changing._value(arguments, survey) == "x"


def test_a_value_that_a_plain_locale_could_not_read_is_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    survey: Any = None
    typed = "ä€".encode().decode("ascii", "surrogateescape")
    assert changing._value(argparse.Namespace(name="custom_display_url", value=typed), survey) == "ä€"
    kept = b"/a\xff".decode("utf-8", "surrogateescape")
    assert changing._value(argparse.Namespace(name="root_dir", value=kept), survey) == kept


class Answering(io.StringIO):
    """A terminal at which this is typed."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "goes"), [("y\n", True), ("n\n", False), ("", False)])
def test_a_restart_that_ends_kernels_is_asked_about(
    answer: str, goes: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Answering(answer))
    stop = StopPlan("jpserver-1", ":8888", 1, ("api",), kernels=(Work("k", "train.ipynb", busy=True),))
    restart = RestartPlan(stop, ("python",), "/", "python", 8888, "")
    plan = ChangePlan(ChangeRequest("ip", "*"), "ServerApp.ip", "/c.py", (), "appended", restart=restart)
    agreeing = changing.Agreeing(argparse.Namespace(unverified=False))
    if goes:
        agreeing(plan)
    else:
        with pytest.raises(CallError, match="nothing was changed, and nothing was restarted"):
            agreeing(plan)
    assert "1 kernel, 1 busy: train.ipynb — restart :8888? [y/N]" in capsys.readouterr().err


def test_who_sits_at_a_terminal_is_offered_the_restart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    offer = ChangeRequest("ip", "*", restart_without_option=True)

    def work(request: ChangeRequest) -> ChangeRequest:
        if request.restart_without_option:
            return request
        raise ChangeRefused("ip is decided by the command line: --ip=x", offer=offer, command="jntui config set")

    monkeypatch.setattr("sys.stdin", Answering("y\n"))
    assert changing.or_offered(ChangeRequest("ip", "*"), work) == offer
    assert "write the file, and restart it without that option? [y/N]" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CallError, match="to write the file and restart it without that: jntui config set"):
        changing.or_offered(ChangeRequest("ip", "*"), work)
