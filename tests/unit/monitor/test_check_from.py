"""What the screen asks for when it wants to know how a server looks from another host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from jntui.diagnose import no_tls_there
from jntui.model import Endpoint, Failure, Probe, RemoteFailed, Server, Stage
from jntui.monitor.loop import Monitor
from jntui.monitor.survey import Survey
from jntui.network.remote import session
from jntui.network.remote.bash import NO_TLS

SERVER = Server("jpserver-1", "running", pid=1, port=8888)


def row(url: str, scope: str, covered: bool | None) -> Endpoint:
    return Endpoint("jpserver-1", url, "eth0", "x", scope, covered)  # type: ignore[arg-type]


LAN = row("http://192.168.2.169:8888/", "lan", True)
SECURE = row("https://192.168.2.169:8888/", "lan", True)
ROWS = (row("http://127.0.0.1:8888/", "this-machine", True), LAN, SECURE, row("http://10.0.0.1:8888/", "vpn", False))


def monitor(monkeypatch: pytest.MonkeyPatch, rows: Sequence[Endpoint]) -> tuple[Monitor, list[Any]]:
    asked: list[Any] = []

    def probe_from(
        host: str, targets: Sequence[tuple[Server | None, Endpoint]], timeout_s: float, *_: object
    ) -> list[Probe]:
        asked.append((host, [endpoint.url for _, endpoint in targets], timeout_s))
        return [
            Probe(
                endpoint.url,
                (Stage("tls", False, None, NO_TLS),),
                5.0,
                timeout_s,
                Failure("tls", "other", NO_TLS) if endpoint is SECURE else Failure("connect", "timeout", "timed out"),
                vantage=host,
            )
            for _, endpoint in targets
        ]

    environ: Mapping[str, str] = {"HOME": "/nonexistent"}
    survey = Survey(environ)
    monkeypatch.setattr(session, "probe_from", probe_from)
    monkeypatch.setattr(survey, "endpoints", lambda server: tuple(rows))
    made = Monitor(survey)
    made._board.put_servers([SERVER])
    return made, asked


def test_the_rows_that_another_host_could_open_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = monitor(monkeypatch, ROWS)
    lan, secure = made.check_from("jpserver-1", "phone")
    assert asked == [("phone", [LAN.url, SECURE.url], 4.0)]
    assert (lan.verdict, lan.endpoint, lan.reachable) == ("timeout", LAN, False)
    assert secure.finding == no_tls_there("phone")
    assert not made._board.results, "the rows' own verdicts stay"


def test_a_row_that_that_host_could_not_open_is_checked_again_here(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = monitor(monkeypatch, ROWS)
    made._board.put_endpoints("jpserver-1", [LAN])
    (due,) = made._board.take_due(0.0)
    made._board.release(due.server, due.endpoint)
    assert made._board.take_due(1.0) == []
    made.check_from("jpserver-1", "phone")
    assert [one.endpoint for one in made._board.take_due(2.0)] == [LAN]


def test_a_check_that_nothing_answers_has_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = monitor(monkeypatch, ROWS)
    bare = made._survey.check_from("phone", SERVER, [row("http://[fd00::5]:8888/", "lan", False)])
    assert [(one.verdict, one.elapsed_ms) for one in bare] == [("not-listening", None)]


def test_what_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = monitor(monkeypatch, ROWS[:1])
    with pytest.raises(RemoteFailed, match="no address that another host could open"):
        made.check_from("jpserver-1", "phone")
    with pytest.raises(RemoteFailed, match="gone already"):
        made.check_from("jpserver-2", "phone")
    assert not asked
