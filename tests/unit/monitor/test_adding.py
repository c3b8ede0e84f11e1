"""URLs of the user's own: a wrong one is put right in its place, and its token goes no further than it may."""

from __future__ import annotations

from pathlib import Path

import pytest

from jntui import preferences
from jntui.model import Endpoint, Server
from jntui.monitor.loop import Monitor
from jntui.monitor.survey import Survey

PLAIN, TLS = "http://box.example:8888/", "https://box.example:8888/"


@pytest.fixture
def monitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Monitor:
    monkeypatch.setattr(preferences, "default_path", lambda: tmp_path / "config.toml")
    made = Monitor(Survey({"HOME": str(tmp_path)}))
    made._board.put_servers([Server("one", "running", pid=1, port=8888)])
    return made


@pytest.mark.parametrize(
    ("typed", "instead", "token"),
    [
        (PLAIN, TLS, True),
        (PLAIN, f"{PLAIN}lab-of-ada/", True),
        (TLS, PLAIN, False),
        (PLAIN, "https://other.example:8888/", False),
        (PLAIN, "https://box.example:8889/", False),
    ],
)
def test_the_right_url_takes_the_place_of_the_typed_one(
    monitor: Monitor, typed: str, instead: str, token: bool
) -> None:
    monitor.add_url("one", f"{typed}?token=abc")
    monitor.correct_url("one", typed, instead)
    assert preferences.list_urls(8888) == (instead,)
    assert (instead in monitor._tokens) is token


def test_what_is_no_url_leaves_the_row_as_it_is(monitor: Monitor) -> None:
    monitor.add_url("one", PLAIN)
    with pytest.raises(ValueError, match="scheme"):
        monitor.correct_url("one", PLAIN, "file:///etc/passwd")
    assert preferences.list_urls(8888) == (PLAIN,)


def test_what_is_there_already_is_not_kept_beside_itself(monitor: Monitor) -> None:
    monitor._board.put_endpoints("one", [Endpoint("one", PLAIN, "eth0", "box.example", "lan", True)])
    with pytest.raises(ValueError, match="there already: it is one of the server's own"):
        monitor.add_url("one", PLAIN)
    assert preferences.list_urls(8888) == ()
