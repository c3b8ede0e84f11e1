"""What the panes say in the states that are easily got wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driver import terminal

from jntui.model import Check, Finding, Listener, Row, Server, ServerView, Snapshot, Stage
from screenshots import canned

UNRESPONSIVE = replace(
    canned.LAB, state="unresponsive", reason="it accepts connections and says nothing", auth=None, asked=True
)


def with_first(server: Server, **values: object) -> Snapshot:
    """The usual picture with another first server."""
    snapshot = canned.main()
    view = replace(snapshot.views[0], server=server, **values)
    return replace(snapshot, views=(view, *snapshot.views[1:]))


@pytest.mark.parametrize(
    ("server", "application", "version"),
    [
        (canned.LAB, "JupyterLab", "2.21.1"),
        (replace(canned.LAB, app="Notebook"), "Notebook", "2.21.1"),
        (replace(canned.LAB, app="Notebook", version="6.5.7"), "Notebook 6.5.7", ""),
    ],
)
async def test_a_version_stands_beside_what_it_is_the_version_of(
    server: Server, application: str, version: str
) -> None:
    async with terminal(with_first(server)) as user:
        await user.press("3", "end")
        assert user.line_with("application  ").split("││")[1].strip(" │┃") == f"application     {application}"
        assert f"server version  {version}" in user.screen() or not version
        assert ("server version" in user.screen()) == bool(version)


@pytest.mark.parametrize("size", [(80, 24), (100, 30)])
async def test_a_narrow_band_names_its_key_with_a_word(size: tuple[int, int]) -> None:
    async with terminal(canned.local_only(), size) as user:
        assert "Not reachable from your computer" in user.line_with("▌")
        assert "y copies ssh -L" in user.line_with("▌")
    answer = replace(canned.alarm().views[0].answer, copy="ssh -N -L 127.0.0.1:8890:127.0.0.1:8890 ada@192.168.2.169")
    alarm = canned.alarm()
    async with terminal(replace(alarm, views=(replace(alarm.views[0], answer=answer),)), size) as user:
        assert "No login" in user.line_with("▌")
        assert "y copies ssh -L" in user.line_with("▌")


async def test_the_band_never_ends_in_a_bare_key() -> None:
    alarm = canned.alarm()
    answer = replace(alarm.views[0].answer, url="", copy="ssh -L x")
    for columns in range(72, 116):
        async with terminal(replace(alarm, views=(replace(alarm.views[0], answer=answer),)), (columns, 24)) as user:
            assert not user.line_with("▌").rstrip().endswith(" y")


async def test_the_ssh_line_stands_whole_where_the_band_has_one_line() -> None:
    line = canned.local_only().views[0].answer.copy
    async with terminal(canned.local_only(), (80, 24)) as user:
        assert line in user.screen()
        await user.press("2")
        assert line in user.screen()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_all_stages_show_at_once_and_go_again(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("down")
        before = user.screen()
        await user.press("i")
        assert "✗  resolve" in user.screen()
        await user.press("i")
        assert user.screen() == before
        await user.press("2", "i")
        assert "✗  resolve" in user.screen()


async def test_where_all_stages_are_asked_for_their_details_are_whole() -> None:
    told = "nothing public tells two servers apart: a token would, and it goes to no URL that was added"
    snapshot = canned.main()
    first, *others = snapshot.views
    row = first.rows[0]
    assert row.check is not None
    stages = (Stage("http", True, 3.0, "200"), Stage("identity", None, None, told))
    rows = (replace(row, check=replace(row.check, stages=stages)), *first.rows[1:])
    async with terminal(replace(snapshot, views=(replace(first, rows=rows), *others)), (60, 20)) as user:
        await user.press("home", "2", "i")
        assert told in " ".join(line.strip(" ┃") for line in user.lines())


async def test_all_stages_say_where_they_are_if_check_is_not_shown() -> None:
    async with terminal(canned.main(), (80, 24)) as user:
        await user.press("3", "z", "i")
        assert "2 opens Check" in user.lines()[-1]


async def test_names_without_a_port_have_room() -> None:
    others = tuple(
        ServerView(Server(f"pid-61234{n}", "running", listeners=(Listener("", 0, f"/run/kernel-{n}.sock"),) * n))
        for n in (0, 1)
    )
    snapshot = canned.main()
    for size in ((80, 24), (120, 40)):
        async with terminal(replace(snapshot, views=(snapshot.views[0], *others)), size) as user:
            assert "pid-612340 " in user.screen()
            assert "kernel-1.sock " in user.screen()
            assert "internet" in user.lines()[2 if size == (120, 40) else 1]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_a_filter_without_a_match_says_so(size: tuple[int, int]) -> None:
    async with terminal(canned.main(), size) as user:
        await user.press("slash")
        await user.type("zzz")
        assert "no row contains zzz   esc shows all" in user.screen()
        await user.press("enter", "escape")
        assert "no row contains" not in user.screen()
        assert "localhost" in user.screen()


async def test_a_server_that_does_not_answer_promises_nothing() -> None:
    async with terminal(with_first(UNRESPONSIVE)) as user:
        line = user.line_with("✗ :8888")
        assert "unknown" in line
        assert "✓" not in line
        assert line.count("–") == 4
    starting = replace(UNRESPONSIVE, state="starting", reason="its process is there")
    async with terminal(with_first(starting)) as user:
        assert "✓" not in user.line_with(":8888")


async def test_another_users_server_shows_what_was_checked() -> None:
    other = replace(canned.LAB, state="other-user", reason="it belongs to bob", user="bob", auth=None)
    async with terminal(with_first(other)) as user:
        assert "✓" in user.line_with("– :8888")
    waiting = tuple(replace(row, check=None, checking=True) for row in canned.lab().rows)
    async with terminal(with_first(other, rows=waiting)) as user:
        assert user.line_with("– :8888").count("–") == 5


async def test_what_was_not_asked_has_the_calm_sign() -> None:
    view = canned.lab()
    row = view.rows[5]
    found = Finding("host-blocked", "Jupyter refuses this name.", "allow_remote_access is False.", certain=False)
    stages = (Stage("connect", None, None, "not asked"),)
    guessed = Row(row.endpoint, Check(row.endpoint, found, stages, None, canned.NOW))
    snapshot = with_first(view.server, rows=(*view.rows[:5], guessed, *view.rows[6:]))
    async with terminal(snapshot) as user:
        line = user.line_with("http://lab-box.lan")
        assert line.split()[1] == "–"
        assert "host-blocked" in line
    sure = replace(guessed, check=replace(guessed.check, finding=replace(found, certain=True)))
    async with terminal(with_first(view.server, rows=(*view.rows[:5], sure, *view.rows[6:]))) as user:
        assert user.line_with("http://lab-box.lan").split()[1] == "✗"


async def test_help_of_a_read_only_screen_keeps_its_columns() -> None:
    async with terminal(canned.main(), read_only=True) as user:
        await user.press("question_mark")
        column = user.line_with("From where").index("From where")
        assert user.line_with("Signs").index("Signs") == column
        lines = [line for line in user.lines() if ": read-only" in line]
        assert len(lines) >= 9
        assert all(": read-only" in line[:column] and len(line) <= 120 for line in lines)


async def test_a_long_finding_loses_its_evidence_before_its_sentences() -> None:
    snapshot = canned.main()
    view = snapshot.views[0]
    long = Finding(
        "tls-untrusted",
        "Works after a certificate warning in the browser.",
        "The browser does not trust the certificate: it expired on 2026-11-25, 1 day ago, and it is for localhost, "
        "127.0.0.1 and ::1, not for 192.168.77.1. It is the server's own file.",
        "unable to get local issuer certificate; " * 4,
        "Renew the certificate in certfile, then restart the server. Open https://localhost:8888/ if that name leads "
        "here. Or make a certificate that names 192.168.77.1.",
        notes=("A note that is as long as a note may be on a screen of this size, and longer. " * 3,),
        short_cause="Certificate: expired, wrong name.",
        short_fix="Renew the certificate and restart the server.",
    )
    rows = [replace(row, check=replace(row.check, finding=long)) if row.check else row for row in view.rows]
    shown = replace(snapshot, views=(replace(view, rows=tuple(rows)), *snapshot.views[1:]))
    async with terminal(shown, (120, 40)) as user:
        text = user.screen()
        assert "tls-untrusted  Works after a certificate" in text
        assert "The browser does not trust the certificate" in text and "Renew the certificate in certfile" in text
        assert "unable to get local issuer" not in text
