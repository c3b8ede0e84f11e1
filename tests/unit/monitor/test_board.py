"""What the monitor keeps: results stay with their endpoint, belong to one life of a server, and do not flicker."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from jntui.model import MOST_SAMPLES, Certificate, Check, Endpoint, Finding, Kind, Listener, Server, Stage, Verdict
from jntui.monitor.board import RECHECK_S, WATCH_S, Board, Due, same_outcome

NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
SERVER = Server("jpserver-7", "running", pid=7, port=8888, listeners=(Listener("127.0.0.1", 8888),), auth="token")
HERE = Endpoint("jpserver-7", "http://127.0.0.1:8888/", "lo", "127.0.0.1", "this-machine", True)
LINK = Endpoint("jpserver-7", "http://[fe80::1%25e]:8888/", "e", "fe80::1", "link-local", True, offered=False)


def board() -> Board:
    made = Board()
    made.put_servers([SERVER])
    made.put_endpoints(SERVER.id, [HERE, LINK])
    return made


def check(verdict: Verdict = "ok", elapsed_ms: float = 2.0) -> Check:
    return Check(HERE, Finding(verdict, "x"), (Stage("connect", True, elapsed_ms),), elapsed_ms, NOW)


def test_each_endpoint_is_taken_once_and_again_at_the_calm_pace() -> None:
    made = board()
    assert made.take_due(100.0) == [Due(SERVER, HERE, expect=True)]
    assert made.take_due(100.0) == []
    made.put_check(SERVER, check())
    assert made.take_due(101.0) == []
    assert made.take_due(100.0 + RECHECK_S) == [Due(SERVER, HERE, expect=False)]


def test_link_local_is_never_taken() -> None:
    made = board()
    made.ask_for(SERVER.id, None)
    assert [due.endpoint for due in made.take_due(0.0)] == [HERE]


def test_a_server_that_was_not_asked_yet_is_not_probed() -> None:
    made = Board()
    made.put_servers([replace(SERVER, asked=False)])
    made.put_endpoints(SERVER.id, [HERE])
    assert made.take_due(0.0) == []


def test_checking_is_shown_for_the_first_and_the_asked_for_check_only() -> None:
    made = board()
    assert made.rows(SERVER)[0].checking
    made.take_due(100.0)
    made.put_check(SERVER, check())
    assert not made.rows(SERVER)[0].checking
    made.take_due(100.0 + RECHECK_S)
    assert not made.rows(SERVER)[0].checking, "a quiet recheck shows nothing"
    made.put_check(SERVER, check())
    made.ask_for(SERVER.id, HERE.url)
    assert made.rows(SERVER)[0].checking


def test_a_quiet_result_that_says_the_same_leaves_the_old_one() -> None:
    made = board()
    made.take_due(0.0)
    first = check(elapsed_ms=2.0)
    made.put_check(SERVER, first)
    made.take_due(RECHECK_S)
    made.put_check(SERVER, check(elapsed_ms=9.0))
    assert made.rows(SERVER)[0].check is first
    made.ask_for(SERVER.id, HERE.url)
    made.take_due(RECHECK_S)
    made.put_check(SERVER, check(elapsed_ms=9.0))
    assert made.rows(SERVER)[0].check == check(elapsed_ms=9.0), "asked for by the user: the new time is shown"


def test_another_verdict_replaces_the_old_one() -> None:
    made = board()
    made.take_due(0.0)
    made.put_check(SERVER, check())
    made.take_due(RECHECK_S)
    made.put_check(SERVER, check("timeout"))
    shown = made.rows(SERVER)[0].check
    assert shown is not None
    assert shown.verdict == "timeout"


def test_a_result_about_an_earlier_life_of_the_server_is_dropped_and_asked_again() -> None:
    made = board()
    made.take_due(0.0)
    made.put_servers([replace(SERVER, pid=8)])
    made.put_check(SERVER, check())
    assert made.rows(SERVER)[0].check is None
    assert [due.endpoint for due in made.take_due(0.0)] == [HERE]


def test_what_ran_while_jntui_was_put_aside_is_checked_once_more() -> None:
    made = board()
    made.take_due(0.0)
    made.doubt_all()
    assert made.take_due(1.0) == [], "it is under way"
    made.put_check(SERVER, check("no-answer"))
    assert [due.endpoint for due in made.take_due(2.0)] == [HERE]
    made.put_check(SERVER, check())
    assert made.take_due(3.0) == []
    made.doubt_all()
    assert [due.endpoint for due in made.take_due(4.0)] == [HERE]


def test_the_rows_of_a_server_that_answers_again_are_checked_at_once() -> None:
    made = board()
    made.take_due(0.0)
    made.put_check(SERVER, check("no-answer"))
    hung = replace(SERVER, state="unresponsive")
    made.put_server(hung)
    assert [due.endpoint for due in made.take_due(1.0)] == [HERE]
    made.put_check(hung, check("no-answer"))
    assert made.take_due(2.0) == []
    made.put_server(SERVER)
    assert [due.endpoint for due in made.take_due(3.0)] == [HERE]


def test_a_server_that_is_gone_takes_its_results_along() -> None:
    made = board()
    made.take_due(0.0)
    made.put_servers([])
    made.put_check(SERVER, check())
    assert made.results == {}
    assert made.rows(SERVER) == []


def test_an_endpoint_that_changed_is_checked_again_at_once() -> None:
    made = board()
    made.take_due(0.0)
    made.put_check(SERVER, check())
    made.put_endpoints(SERVER.id, [replace(HERE, covered=False), LINK])
    assert [due.endpoint.covered for due in made.take_due(1.0)] == [False]


def test_an_answer_about_a_server_that_restarted_meanwhile_is_not_taken_over() -> None:
    made = board()
    made.put_servers([replace(SERVER, pid=8)])
    made.put_server(replace(SERVER, auth="none"))
    assert made.server(SERVER.id) == replace(SERVER, pid=8)


def test_an_interrupted_check_gives_its_turn_back() -> None:
    made = board()
    made.take_due(0.0)
    made.release(SERVER, HERE)
    assert not made.rows(SERVER)[0].checking or made.rows(SERVER)[0].check is None
    assert [due.endpoint for due in made.take_due(RECHECK_S)] == [HERE]


def test_what_writes_warnings_is_not_found_out_again_by_itself() -> None:
    made = board()
    made.take_due(0.0)
    made.put_check(SERVER, check("host-blocked"))
    assert made.take_due(10 * RECHECK_S) == []
    made.ask_for(SERVER.id, HERE.url)
    assert made.take_due(10 * RECHECK_S) == [Due(SERVER, HERE, expect=False, asked=True)]
    made.put_check(SERVER, check("host-blocked"))
    changed = replace(SERVER, auth="none")
    made.put_servers([changed])
    assert made.take_due(20 * RECHECK_S) == [Due(changed, HERE, expect=True)]


@pytest.mark.parametrize("kind", ["custom", "tunnel"])
def test_a_proxy_that_was_mended_is_found_out_at_the_calm_pace(kind: Kind) -> None:
    """What answers there is no setting that the server read when it started."""
    made = Board()
    made.put_servers([SERVER])
    ways = replace(HERE, kind=kind)
    made.put_endpoints(SERVER.id, [ways])
    made.take_due(0.0)
    made.put_check(SERVER, replace(check("page-only"), endpoint=ways))
    assert made.take_due(RECHECK_S - 1.0) == []
    assert made.take_due(RECHECK_S) == [Due(SERVER, ways, expect=False)]


def timed(elapsed_ms: float | None, verdict: Verdict = "ok", evidence: str = "") -> Check:
    finding = Finding(verdict, "x", "why", evidence)
    return Check(HERE, finding, (Stage("connect", True, elapsed_ms),), elapsed_ms, NOW)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (timed(2.0), timed(9.0), True),
        (timed(2.0), timed(12.0), False),
        (timed(12.0), timed(99.0), True),
        (timed(99.0), timed(100.0), False),
        (timed(1000.0), timed(3999.0), True),
        (timed(None), timed(2.0), False),
        (timed(2.0, evidence="12 bytes"), timed(2.0, evidence="13 bytes"), True),
        (timed(2.0), timed(2.0, "login"), False),
    ],
)
def test_what_says_the_same(old: Check, new: Check, same: bool) -> None:
    assert same_outcome(old, new) is same


def test_a_certificate_with_a_day_less_is_news() -> None:
    days = [replace(timed(2.0), certificate=Certificate(True, days_left=left)) for left in (30, 29)]
    assert not same_outcome(*days)
    assert same_outcome(days[0], days[0])


def test_the_watched_endpoint_is_checked_at_its_own_pace_and_every_result_is_kept() -> None:
    made = board()
    made.take_due(0.0)
    made.put_check(SERVER, check())
    made.begin_watch(SERVER.id, HERE.url)
    for turn in range(MOST_SAMPLES + 5):
        assert [due.endpoint for due in made.take_due(100.0 + turn * WATCH_S)] == [HERE]
        assert not made.rows(SERVER)[0].checking, "nothing flickers"
        assert made.take_due(101.0 + turn * WATCH_S) == []
        made.put_check(SERVER, check("ok" if turn % 2 else "timeout", float(turn)))
    assert made.watch is not None
    assert len(made.watch.samples) == MOST_SAMPLES
    assert made.watch.samples[-1].verdict == "timeout"
    assert made.watch.samples[-1].elapsed_ms is None, "how long a failure took is no time of the server's"
    assert (made.watch.median_ms, made.watch.worst_ms) == (14.0, 23.0)
    made.end_watch()
    last = 100.0 + (MOST_SAMPLES + 5) * WATCH_S
    made.take_due(last)
    made.put_check(SERVER, check())
    assert made.take_due(last + 2 * WATCH_S) == []
    assert made.watch is None


def test_a_watch_goes_on_after_a_restart() -> None:
    made = board()
    made.begin_watch(SERVER.id, HERE.url)
    made.take_due(0.0)
    made.put_check(SERVER, check())
    made.put_servers([])
    assert made.watch is not None, "it waits"
    again = replace(SERVER, id="jpserver-9", pid=9)
    made.put_servers([again])
    made.put_endpoints(again.id, [replace(HERE, server=again.id)])
    assert (made.watch.server, len(made.watch.samples)) == (again.id, 1)
    assert len(made.take_due(1.0)) == 1


def test_a_watch_does_not_move_to_another_server_while_its_own_is_there() -> None:
    made = board()
    made.begin_watch(SERVER.id, HERE.url)
    other = replace(SERVER, id="jpserver-8", pid=8)
    made.put_servers([SERVER, other])
    made.put_endpoints(SERVER.id, [LINK])
    made.put_endpoints(other.id, [replace(HERE, server=other.id)])
    assert made.watch is not None
    assert made.watch.server == SERVER.id


def test_the_checks_of_a_watch_pause_where_each_writes_warnings() -> None:
    made = board()
    made.begin_watch(SERVER.id, HERE.url)
    assert len(made.take_due(0.0)) == 1
    made.put_check(SERVER, check("host-blocked"))
    assert made.take_due(10 * WATCH_S) == []
    assert made.watch is not None, "it waits"
    changed = replace(SERVER, auth="none")
    made.put_servers([changed])
    assert made.take_due(11 * WATCH_S) == [Due(changed, HERE, expect=True)]


def test_a_custom_url_is_watched_whatever_it_answers() -> None:
    made = Board()
    made.put_servers([SERVER])
    added = replace(HERE, kind="custom")
    made.put_endpoints(SERVER.id, [added])
    made.take_due(0.0)
    made.put_check(SERVER, replace(check("page-only"), endpoint=added))
    made.begin_watch(SERVER.id, HERE.url)
    assert made.take_due(WATCH_S) == [Due(SERVER, added, expect=False)]
