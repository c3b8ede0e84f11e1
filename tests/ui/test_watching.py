"""Clients seen, the watched endpoint, announcements, and the check from another host."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from driver import Terminal, terminal

from jntui.model import (
    Certificate,
    Client,
    Finding,
    RemoteFailed,
    Row,
    Sample,
    Snapshot,
    Verdict,
    Watch,
)
from jntui.tui.ink import text_of
from jntui.tui.paper import Paper
from jntui.tui.signs import ASCII
from screenshots import canned
from screenshots.canned import NOW, TOKEN

LAN = "http://192.168.2.169:8888/"
SIZES = [(120, 40), (80, 24), (60, 20)]


def with_clients(*clients: Client, peers: tuple[str, ...] = ()) -> Snapshot:
    snapshot = canned.main()
    first = snapshot.views[0]
    answer = replace(first.answer, evidence="It answered on this machine; a firewall can still stop others.")
    view = replace(first, clients=clients, server=replace(first.server, peers=peers), answer=answer)
    return replace(snapshot, views=(view, *snapshot.views[1:]))


def with_row(snapshot: Snapshot, index: int, row: Row) -> Snapshot:
    view = snapshot.views[0]
    rows = (*view.rows[:index], row, *view.rows[index + 1 :])
    return replace(snapshot, views=(replace(view, rows=rows), *snapshot.views[1:]))


def turned(snapshot: Snapshot, verdict: Verdict, *indexes: int, short: str = "") -> Snapshot:
    """These endpoints of the first server have another verdict."""
    for index in indexes:
        row = snapshot.views[0].rows[index]
        found = Finding(verdict, "The page never loads.", "Nothing came back.", short_cause=short)
        snapshot = with_row(snapshot, index, replace(row, check=replace(row.check, finding=found)))
    return snapshot


def said(user: Terminal) -> str:
    """The words of Check, its line breaks and indents aside."""
    pane = user.app.main.query_one("#check", Paper)
    return " ".join(" ".join(text_of(line) for line in pane.lines_now()).split())


async def test_a_connected_client_is_proof_from_outside() -> None:
    async with terminal(canned.main()) as user:
        assert "seen proof from outside: 192.168.2.23 (your ssh" in user.screen()
        assert "comes from it) is connected here now; 192.168.2.31 got in here at 13:37" in said(user)
        await user.press("home")
        assert "seen 10.8.0.7 (to 10.8.0.3) and 192.168.2.23 (your ssh comes from it) (to 192.168.2.169)" in said(user)


async def test_the_smallest_screen_has_a_line_for_the_proof() -> None:
    async with terminal(canned.main(), (60, 20)) as user:
        assert " seen 192.168.2.23 is connected: proof from outside" in user.screen()


async def test_a_client_that_left_stays_with_its_time() -> None:
    left = Client("192.168.2.31", "192.168.2.169", NOW, NOW, now=False)
    async with terminal(with_clients(left)) as user:
        assert "seen proof from outside: 192.168.2.31 got in here at 14:02" in said(user)
        assert "▌   192.168.2.31 got in there at 14:02: proof from outside." in user.screen()
        assert "a firewall can still stop" not in user.screen()
    async with terminal(with_clients(left), (160, 50)) as user:
        assert "seen 192.168.2.31 at 14:02" in user.line_with(f"{LAN}  ")
        assert "seen" not in user.line_with("http://10.8.0.3:8888/")


UNTESTED = "Only a test from another device can tell more."
WHETHER = "Whether others get in, only a test from another device can tell."
MANY_NOTES = tuple(f"{which} note {'about what else a user of this address may want to know ' * 3}." for which in "AB")


def noted(snapshot: Snapshot) -> Snapshot:
    """The row that clients come to has notes, and words that hold until one came."""
    row = snapshot.views[0].rows[4]
    words = Finding(
        "ok",
        "Works: this server answers here and accepts its token.",
        f"Checked from this machine, whose firewall lets the port in. {UNTESTED}",
        notes=(WHETHER, *MANY_NOTES),
        untested=(UNTESTED, WHETHER),
    )
    return with_row(snapshot, 4, replace(row, check=replace(row.check, finding=words)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("now", [True, False])
async def test_the_proof_stands_before_the_notes_and_nothing_contradicts_it(size: tuple[int, int], now: bool) -> None:
    client = Client("192.168.2.31", "192.168.2.169", NOW, NOW, now=now)
    async with terminal(noted(with_clients(client)), size) as user:
        assert "proof from outside" in said(user)
        assert "another device" not in said(user)
        await user.press("2", "z")
        whole = said(user)
        assert whole.index("proof from outside") < whole.index("A note")
        assert "another device" not in whole
        assert "note A note" in whole, "the note that is over leaves no label behind"


async def test_without_a_client_only_a_test_from_another_device_can_tell() -> None:
    async with terminal(noted(with_clients())) as user:
        await user.press("2", "z")
        assert UNTESTED in said(user)
        assert WHETHER in said(user)


async def test_many_clients_are_counted_not_listed() -> None:
    many = tuple(Client(f"192.168.2.{n}", "192.168.2.169", NOW, NOW) for n in range(30, 40))
    async with terminal(with_clients(*many)) as user:
        await user.press("2", "z")
        assert "192.168.2.30, 192.168.2.31, 192.168.2.32 and 7 more are connected here now" in said(user)


@pytest.mark.parametrize(("through", "words"), [("sshd", " through sshd"), ("", "")])
async def test_behind_a_tunnel_clients_show_as_this_machine(through: str, words: str) -> None:
    tunnel = Client("127.0.0.1", "127.0.0.1", NOW, NOW, local_end=True, through=through)
    async with terminal(with_clients(tunnel)) as user:
        await user.press("home", "2", "z")
        assert f"127.0.0.1{words} is connected now: behind a tunnel or proxy clients show as 127.0.0.1" in user.screen()
        await user.press("z", "1", "end")
        assert "no other machine is connected to :8888 now" in user.screen()
        assert "tunnel" not in user.screen()


async def test_a_client_that_comes_draws_its_own_lines() -> None:
    async with terminal(with_clients()) as user:
        before = user.sent_cells()
        await user.arrives(with_clients(Client("192.168.2.31", "192.168.2.169", NOW, NOW)))
        assert "192.168.2.31 is connected here now" in said(user)
        assert user.sent_cells() - before < 4 * 120


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("signs", [None, ASCII])
async def test_the_watched_row_and_its_line(size: tuple[int, int], signs: object) -> None:
    async with terminal(canned.watched(), size, **({"signs": ASCII} if signs else {})) as user:
        line = "+++++++++xx++++++" if signs else "✓✓✓✓✓✓✓✓✓✗✗✓✓✓✓✓✓"
        assert f"w    {line}     median 12 ms, worst 48 ms" in user.screen()
        marked = [line for line in user.lines() if "192.168.2.169" in line and line.strip("│| ").startswith("w")]
        assert len(marked) == 1, user.screen()
        assert "w end the watch" in user.lines()[-1]
        await user.press("home")
        assert "median" not in user.screen()
        assert "end the watch" not in user.lines()[-1]


async def test_w_begins_and_ends() -> None:
    async with terminal(canned.main()) as user:
        await user.press("w")
        assert ("watch", "jpserver-4242", LAN) in user.source.asked
        assert f"checking {LAN} every 10 s: w ends it" in user.lines()[-1]
        await user.arrives(replace(canned.main(), watch=Watch("jpserver-4242", LAN)))
        assert "w    checked every 10 s from now on" in user.screen()
        await user.press("w")
        assert ("watch", "jpserver-4242", None) in user.source.asked
        await user.press("home", "w")
        assert ("watch", "jpserver-4242", "http://localhost:8888/") in user.source.asked
        assert "and the one before no longer" in user.lines()[-1]


async def test_a_result_that_says_the_same_draws_nothing_but_its_line() -> None:
    samples = tuple(Sample("ok", 12.0, NOW) for _each in range(20))
    snapshot = replace(canned.main(), watch=Watch("jpserver-4242", LAN, samples))
    async with terminal(snapshot) as user:
        before = user.sent_cells()
        later = tuple(Sample("ok", 12.2, NOW + timedelta(seconds=10)) for _each in range(20))
        await user.arrives(replace(snapshot, watch=Watch("jpserver-4242", LAN, later)))
        assert user.sent_cells() == before
        await user.arrives(
            replace(snapshot, watch=Watch("jpserver-4242", LAN, (*later[1:], Sample("timeout", None, NOW))))
        )
        assert 0 < user.sent_cells() - before < 60


@pytest.mark.parametrize("size", SIZES)
async def test_a_change_of_verdict_is_announced_once(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        broken = turned(canned.main(), "timeout", 4, short="no answer from there")
        await user.arrives(broken)
        url = LAN if size != (60, 20) else "http://192.168.…"
        assert "timeout: no answer from there" in user.lines()[-1]
        assert user.lines()[-1].startswith(f" {url[:10]}")
        await user.press("j")
        assert "timeout" not in user.lines()[-1]
        await user.arrives(replace(broken, changed=NOW))
        assert "timeout" not in user.lines()[-1]
        await user.arrives(canned.main())
        assert "is reachable again" in user.lines()[-1]


async def test_changes_that_come_one_by_one_are_told_together() -> None:
    async with terminal(canned.main()) as user:
        await user.arrives(turned(canned.main(), "timeout", 4, short="no answer"))
        await user.arrives(turned(canned.main(), "timeout", 3, 4, short="no answer"))
        await user.arrives(turned(canned.main(), "timeout", 0, 3, 4, short="no answer"))
        assert "3 endpoints of :8888 timeout: no answer" in user.lines()[-1]
        await user.arrives(canned.main())
        assert "3 endpoints of :8888 are reachable again" in user.lines()[-1]


async def test_what_nobody_listens_for_is_not_announced() -> None:
    async with terminal(canned.main()) as user:
        await user.arrives(turned(canned.main(), "timeout", 2))
        assert "c copy URL" in user.lines()[-1]
        first = canned.checking()
        await user.arrives(first)
        await user.arrives(canned.main())
        assert "c copy URL" in user.lines()[-1], "a first result is no change"


async def test_a_url_that_the_user_added_is_announced_too() -> None:
    main = canned.main()
    row = main.views[0].rows[4]
    added = with_row(main, 4, replace(row, endpoint=replace(row.endpoint, kind="custom", covered=None)))
    async with terminal(added) as user:
        await user.arrives(turned(added, "page-only", 4, short="no Upgrade"))
        assert "page-only: no Upgrade" in user.lines()[-1]


async def test_an_announcement_waits_for_what_is_being_said() -> None:
    async with terminal(canned.main()) as user:
        await user.press("c")
        await user.arrives(turned(canned.main(), "timeout", 4, short="no answer"))
        assert "sent with its token" in user.lines()[-1]
        await user.press("j")
        assert "timeout: no answer" in user.lines()[-1]
        await user.press("j")
        assert "c copy URL" in user.lines()[-1]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (200, "200 days left of the certificate, until 11 Jun 2027; issued by ada"),
        (1, "1 day left of the certificate"),
        (0, "less than a day left of the certificate"),
        (-3, "the certificate expired on 20 Nov 2026"),
    ],
)
async def test_the_certificate_has_days_left(days: int, words: str) -> None:
    row = canned.lab().rows[4]
    until = datetime(2026, 11, 23, 20, tzinfo=timezone.utc) + timedelta(days=days)
    found = Certificate(True, not_after=until, days_left=days, issuer="ada")
    notes = ("iPhone and iPad: the page loads, cells do not run.", "Chromium keeps this for 7 days.")
    check = replace(row.check, certificate=found, finding=replace(row.check.finding, notes=notes))
    async with terminal(with_row(canned.main(), 4, replace(row, check=check))) as user:
        assert f"tls {words}" in said(user)
        assert "note iPhone and iPad: the page loads, cells do not run. note Chromium keeps" in said(user)


async def test_without_tls_there_is_no_such_line() -> None:
    async with terminal(canned.main()) as user:
        assert "certificate" not in user.screen()


@pytest.mark.parametrize("size", SIZES)
async def test_check_from_another_host(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("v")
        assert "no token is sent" in " ".join(user.screen().split())
        assert "192.168.2.23" in user.line_with("ssh to"), "where the user's ssh comes from"
        await user.press("enter", "enter")
        await user.sees("From 192.168.2.23: 1 of 6 reachable")
        assert ("check from", "jpserver-4242", "192.168.2.23") in user.source.asked
        assert "Close" in user.screen()
        for _turn in range(30):
            await user.press("down")
        assert "timeout" in user.screen()
        await user.press("pageup", "pageup", "pageup", "pageup")
        assert "✗  timeout" in user.screen()
        assert "fix  Allow port 8888" in user.screen() or size == (60, 20)
        assert TOKEN not in user.screen()
        await user.press("escape")
        assert "timeout" not in user.line_with("10.8.0.3"), "the rows keep their own verdicts"


async def test_the_host_and_the_results_are_remembered() -> None:
    async with terminal(canned.main()) as user:
        await user.press("v", *["backspace"] * 12)
        await user.type("phone")
        await user.press("enter", "enter")
        await user.sees("From phone: 1 of 6 reachable")
        await user.press("escape", "v")
        assert "phone" in user.line_with("ssh to")
        assert "From phone: 1 of 6 reachable" in user.screen()
        await user.press("escape", "right_square_bracket", "v")
        assert "phone" in user.line_with("ssh to")
        assert "reachable" not in user.line_with("From ")


async def test_a_host_that_cannot_be_asked_says_so_in_one_line() -> None:
    async with terminal(canned.main()) as user:
        user.source.failure = RemoteFailed("phone: ssh asks for a password there: log in once by hand")
        await user.press("v", "enter", "enter")
        await user.sees("ssh asks for a password there")
        await user.press("escape")
        user.source.hang = True
        await user.press("v", "enter", "enter", "escape")
        user.source.release.set()
        await user.sees("not checked from 192.168.2.23: phone: ssh asks")


async def test_without_ssh_the_host_is_typed() -> None:
    snapshot = canned.main()
    async with terminal(replace(snapshot, machine=replace(snapshot.machine, ssh=None))) as user:
        await user.press("v", "enter", "enter")
        assert "type a host first" in user.screen()


async def test_a_check_goes_on_without_its_dialog() -> None:
    async with terminal(canned.main()) as user:
        user.source.hang = True
        await user.press("v", "enter", "enter")
        await user.sees("asking 192.168.2.23; esc closes this")
        await user.press("escape", "v")
        assert "asking 192.168.2.23" in user.screen(), "opened again it says what goes on"
        await user.press("escape")
        user.source.release.set()
        await user.sees("From 192.168.2.23: 1 of 6 reachable; v shows them")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (("4", "end", "w"), "w: :8889 is no server any more: nothing to check"),
        (("4", "end", "v"), "v: :8889 is no server any more: nothing to check"),
        (("end", "up", "up", "w"), "w: this endpoint is never checked: only curl opens such a URL"),
    ],
)
async def test_what_cannot_be_watched_says_why(keys: tuple[str, ...], words: str) -> None:
    async with terminal(canned.main()) as user:
        await user.press(*keys)
        assert words in user.lines()[-1]


@pytest.mark.parametrize("size", SIZES)
async def test_what_writes_warnings_is_not_watched(size: tuple[int, int]) -> None:
    blocked = turned(canned.main(), "host-blocked", 4)
    async with terminal(blocked, size) as user:
        assert "w watch" not in user.lines()[-1]
        await user.press("w")
        assert not any(asked[0] == "watch" for asked in user.source.asked)
        words = "w: each check of it writes warnings into the server's log: p asks once"
        assert words.startswith(user.lines()[-1].strip().rstrip("…"))


async def test_a_custom_url_that_writes_warnings_is_watched_and_says_so() -> None:
    snapshot = turned(canned.main(), "page-only", 4)
    row = snapshot.views[0].rows[4]
    added = replace(row.endpoint, kind="custom")
    row = replace(row, endpoint=added, check=replace(row.check, endpoint=added))
    async with terminal(with_row(snapshot, 4, row)) as user:
        await user.press("w")
        assert "each check writes a warning into its log" in user.lines()[-1]


async def test_a_watched_row_that_becomes_such_says_that_it_waits_and_w_ends_it() -> None:
    async with terminal(turned(canned.watched(), "host-blocked", 4)) as user:
        assert "paused: each check writes warnings into its log" in user.screen()
        await user.press("w")
        assert ("watch", "jpserver-4242", None) in user.source.asked


async def test_the_words_of_a_watch_go_with_its_first_result() -> None:
    async with terminal(canned.main()) as user:
        await user.press("w")
        await user.arrives(replace(canned.main(), watch=Watch("jpserver-4242", LAN)))
        assert "every 10 s: w ends it" in user.lines()[-1]
        await user.arrives(replace(canned.main(), watch=Watch("jpserver-4242", LAN, (Sample("ok", 1.0, NOW),))))
        assert "w end the watch" in user.lines()[-1]
