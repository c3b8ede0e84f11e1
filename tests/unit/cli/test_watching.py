"""`jntui check --watch`: which endpoints of a server are asked again, and how often."""

from __future__ import annotations

import argparse
from datetime import datetime, timezone
from typing import TYPE_CHECKING, cast

import pytest

from jntui.cli.watching import CALM_TURNS, _server_works, _Target, _Watched
from jntui.model import NOISY, Check, Endpoint, Finding, Kind, Listener, Server, Verdict

if TYPE_CHECKING:
    from jntui.monitor.survey import Survey

SERVER = Server("jpserver-7", "running", pid=7, port=8888, listeners=(Listener("127.0.0.1", 8888),))


class Asked:
    """Instead of probes, the URLs that were asked for."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def check(self, _server: Server, endpoint: Endpoint, *_rest: object, **_more: object) -> None:
        self.urls.append(endpoint.url)


def turns_asked(kind: Kind, verdict: Verdict) -> list[int]:
    """In which of the turns after the first the endpoint is asked."""
    endpoint = Endpoint(SERVER.id, "http://box/jup/", None, "box", "lan", True, kind)
    found = Check(endpoint, Finding(verdict, "x"), (), None, datetime(2026, 11, 23, tzinfo=timezone.utc))
    target, watched = _Target(SERVER, SERVER, (endpoint,)), _Watched({endpoint.url: found})
    asked, turns = Asked(), []
    for turn in range(1, 2 * CALM_TURNS + 1):
        watched.turn = turn
        for work in _server_works(cast("Survey", asked), target, watched, argparse.Namespace(timeout=1.0, all=False)):
            work()
            turns.append(turn)
    assert asked.urls == [endpoint.url] * len(turns)
    return turns


@pytest.mark.parametrize("verdict", sorted(NOISY))
def test_what_hangs_on_settings_read_at_the_start_is_not_asked_again(verdict: Verdict) -> None:
    assert turns_asked("direct", verdict) == []


@pytest.mark.parametrize("kind", ["custom", "tunnel"])
@pytest.mark.parametrize("verdict", sorted(NOISY))
def test_a_proxy_may_be_mended_so_it_is_asked_again_calmly(kind: Kind, verdict: Verdict) -> None:
    assert turns_asked(kind, verdict) == [CALM_TURNS, 2 * CALM_TURNS]


@pytest.mark.parametrize("kind", ["direct", "custom", "tunnel"])
def test_what_writes_no_warnings_is_asked_each_time(kind: Kind) -> None:
    assert turns_asked(kind, "timeout") == list(range(1, 2 * CALM_TURNS + 1))
