"""What a running server has beside what a start of today would have."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from jntui.jupyter.command_line import LAB
from jntui.jupyter.settings.effective import configuration
from jntui.jupyter.settings.since import way_to
from jntui.jupyter.settings.subject import Subject
from jntui.model import Configuration, Listener, Secret, Server, Setting
from jntui.text import visible
from tests.contract.fake_processes import FakeProcesses

STARTED = datetime(2026, 11, 24, 12, 0, tzinfo=timezone.utc)
V4, V6 = Listener("127.0.0.1", 8888), Listener("::1", 8888)
SERVER = Server(
    "jpserver-1",
    "running",
    pid=1,
    port=8888,
    app=LAB,
    version="2.21.1",
    auth="token",
    listeners=(V4, V6),
    started=STARTED,
    info_file="/run/jpserver-1.json",
    token=Secret("a" * 48),
)


def look(
    tmp_path: Path,
    text: str = "",
    server: Server = SERVER,
    *words: str,
    changed: bool = False,
    environ: dict[str, str] | None = None,
) -> Configuration:
    """The configuration with one file, written an hour before the server started or, if `changed`, an hour after."""
    path = tmp_path / ".jupyter" / "jupyter_server_config.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if server.started is not None:
        hour = timedelta(hours=-1 if changed else 1)
        server = replace(server, started=datetime.now(timezone.utc) + hour)
    variables = {"HOME": str(tmp_path), **(environ or {})}
    subject = Subject(server, variables, str(tmp_path), None, "no Python", LAB, words, cwd=str(tmp_path))
    return configuration(replace(subject, server=server), FakeProcesses())


def get(found: Configuration, name: str) -> Setting:
    setting = found.setting(name)
    assert setting is not None
    return setting


def listeners(*hosts: str) -> tuple[Listener, ...]:
    return tuple(Listener(host, 8888) for host in hosts)


IPS: list[tuple[str, tuple[str, ...], str, bool | None]] = [
    ("localhost", ("127.0.0.1", "::1"), "'localhost'", False),
    ("localhost", ("127.0.0.1",), "'localhost'", False),
    ("127.0.0.1", ("127.0.0.1", "::1"), "'127.0.0.1'", False),
    ("127.0.0.1", ("::1",), "'::1'", True),
    ("localhost", ("0.0.0.0",), "'0.0.0.0'", True),
    ("*", ("0.0.0.0", "::"), "'*'", False),
    ("", ("0.0.0.0", "::"), "'*'", False),
    ("*", ("0.0.0.0",), "'0.0.0.0'", True),
    ("0.0.0.0", ("0.0.0.0",), "'0.0.0.0'", False),
    ("::", ("::",), "'::'", False),
    ("0.0.0.0", ("127.0.0.1", "::1"), "'localhost'", True),
    ("192.0.2.7", ("192.0.2.7",), "'192.0.2.7'", False),
    ("2001:DB8:0::1", ("2001:db8::1",), "'2001:DB8:0::1'", False),
    ("my-box", ("192.0.2.7",), "'192.0.2.7'", None),
    ("my-box", ("0.0.0.0", "::"), "'*'", True),
]


@pytest.mark.parametrize(("wanted", "hosts", "running", "restart"), IPS)
def test_the_bind_address(
    tmp_path: Path, wanted: str, hosts: tuple[str, ...], running: str, restart: bool | None
) -> None:
    server = replace(SERVER, listeners=listeners(*hosts))
    ip = get(look(tmp_path, f"c.ServerApp.ip = {wanted!r}\n", server, changed=True), "ip")
    assert (ip.running, ip.needs_restart) == (running, restart)


def test_a_port_that_was_taken_needs_no_restart(tmp_path: Path) -> None:
    moved = replace(SERVER, port=8890)
    port = get(look(tmp_path, "c.ServerApp.port = 8888\n", moved), "port")
    assert (port.running_value, port.needs_restart, port.note) == (8890, False, "8888 was taken when it started")
    port = get(look(tmp_path, "c.ServerApp.port = 8888\n", moved, changed=True), "port")
    assert (port.running, port.needs_restart, port.note) == ("8890", True, "")
    port = get(look(tmp_path, "c.ServerApp.port = 8888\nc.ServerApp.port_retries = 0\n", moved), "port")
    assert port.needs_restart is True
    port = get(look(tmp_path, "c.ServerApp.port = 0\n", moved), "port")
    assert (port.running_value, port.needs_restart) == (8890, False)


def test_base_urls_are_compared_as_jupyter_writes_them(tmp_path: Path) -> None:
    server = replace(SERVER, base_url="/foo/")
    assert get(look(tmp_path, "c.ServerApp.base_url = 'foo'\n", server), "base_url").needs_restart is False
    other = get(look(tmp_path, "c.ServerApp.base_url = '/bar'\n", server), "base_url")
    assert (other.running, other.needs_restart) == ("'/foo/'", True)


def test_root_directories_are_compared_where_they_lead(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    server = replace(SERVER, root_dir=str(tmp_path / "real"))
    text = f"c.ServerApp.root_dir = {str(tmp_path / 'link')!r}\n"
    assert get(look(tmp_path, text, server), "root_dir").needs_restart is False
    assert get(look(tmp_path, "c.ServerApp.root_dir = '/'\n", server), "root_dir").needs_restart is True


def test_a_root_directory_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    server = replace(SERVER, root_dir=visible(str(tmp_path / "caf\udce9")))
    (tmp_path / "caf\udce9").mkdir()
    text = f"c.ServerApp.root_dir = {str(tmp_path / 'caf') + chr(0xDCE9)!a}\n"
    assert get(look(tmp_path, text, server), "root_dir").needs_restart is False


def test_what_cannot_be_observed_hangs_on_the_file(tmp_path: Path) -> None:
    before = get(look(tmp_path, "c.ServerApp.allow_origin = '*'\n"), "allow_origin")
    assert (before.running, before.needs_restart, before.note) == ("", False, "")
    after = look(tmp_path, "c.ServerApp.allow_origin = '*'\n", changed=True)
    origin = get(after, "allow_origin")
    assert (origin.running, origin.needs_restart) == ("", None)
    assert origin.note == "its file changed after the server started"
    # A default may have been another value while a line was still there; one sentence says it for all of them.
    assert (get(after, "quit_button").needs_restart, get(after, "quit_button").note) == (None, "")
    assert any("changed after the server started" in note for note in after.notes)


def test_options_cannot_change(tmp_path: Path) -> None:
    found = get(look(tmp_path, "", SERVER, "--ServerApp.allow_origin=x", changed=True), "allow_origin")
    assert (found.running_value, found.needs_restart) == ("x", False)


TOKENS: list[tuple[str, dict[str, Any], str, bool | None, str]] = [
    ("", {}, "a token guards it", False, ""),
    ("c.IdentityProvider.token = 'abc'\n", {"token": Secret("abc")}, "a token guards it", False, ""),
    ("c.IdentityProvider.token = 'abc'\n", {}, "a token guards it", True, "the running server has another token"),
    ("c.IdentityProvider.token = ''\n", {}, "a token guards it", True, ""),
    ("c.IdentityProvider.token = ''\n", {"token": None, "auth": "none"}, "no token", False, ""),
    ("c.IdentityProvider.token = 'abc'\n", {"token": None, "auth": "none"}, "no token", True, ""),
    ("c.IdentityProvider.token = 'abc'\n", {"token": None}, "a token guards it", False, ""),
    ("", {"token": None, "auth": "none"}, "no token", True, ""),
    ("", {"token": None, "auth": None}, "", False, ""),
]


@pytest.mark.parametrize(("text", "fields", "running", "restart", "note"), TOKENS)
def test_tokens_are_compared_and_not_shown(
    tmp_path: Path, text: str, fields: dict[str, Any], running: str, restart: bool | None, note: str
) -> None:
    token = get(look(tmp_path, text, replace(SERVER, **fields)), "token")
    assert (token.running, token.needs_restart, token.note) == (running, restart, note)
    assert token.running_value is None


def test_passwords_show_by_how_the_server_is_guarded(tmp_path: Path) -> None:
    text = "c.PasswordIdentityProvider.hashed_password = 'sha1:a:b'\n"
    guarded = get(look(tmp_path, text, replace(SERVER, auth="password", token=None)), "hashed_password")
    assert (guarded.running, guarded.needs_restart) == ("a password guards it", False)
    opened = get(look(tmp_path, text, replace(SERVER, auth="none", token=None)), "hashed_password")
    assert (opened.running, opened.needs_restart) == ("no password", True)
    removed = get(look(tmp_path, "", replace(SERVER, auth="password", token=None)), "hashed_password")
    assert removed.needs_restart is True


def test_tls_shows_by_the_scheme(tmp_path: Path) -> None:
    text = "c.ServerApp.certfile = '/c.pem'\n"
    plain = get(look(tmp_path, text), "certfile")
    assert (plain.running, plain.needs_restart) == ("''", True)
    tls = get(look(tmp_path, text, replace(SERVER, scheme="https")), "certfile")
    assert (tls.running, tls.running_value, tls.needs_restart) == ("it answers https", None, False)


def test_a_socket(tmp_path: Path) -> None:
    server = replace(SERVER, port=None, listeners=(Listener("", 0, path=str(tmp_path / "s.sock")),))
    found = look(tmp_path, f"c.ServerApp.sock = {str(tmp_path / 's.sock')!r}\n", server)
    assert (get(found, "sock").needs_restart, get(found, "port").running) == (False, "")


def test_a_stale_server_has_nothing(tmp_path: Path) -> None:
    found = look(tmp_path, "c.ServerApp.port = 1\n", replace(SERVER, state="stale"))
    assert {(one.running, one.running_value, one.needs_restart) for one in found.settings} == {("", None, None)}


def test_without_a_start_time_only_what_shows_is_said(tmp_path: Path) -> None:
    found = look(tmp_path, "c.ServerApp.port = 1\n", replace(SERVER, started=None))
    assert get(found, "port").needs_restart is True
    assert get(found, "allow_origin").needs_restart is None


def again(tmp_path: Path, server: Server) -> Configuration:
    subject = Subject(server, {"HOME": str(tmp_path)}, str(tmp_path), None, "no Python", LAB, (), cwd=str(tmp_path))
    return configuration(subject, FakeProcesses())


SOON = timedelta(minutes=5)


def starts_soon() -> Server:
    """A server that started after everything that is there now; the time of an inode cannot be set back."""
    return replace(SERVER, started=datetime.now(timezone.utc) + SOON)


def touch_later(*paths: Path) -> None:
    moment = (datetime.now(timezone.utc) + 2 * SOON).timestamp()
    for path in paths:
        os.utime(path, (moment, moment))


def test_a_file_that_is_gone_since_the_start_may_still_count(tmp_path: Path) -> None:
    folder = tmp_path / ".jupyter"
    folder.mkdir()
    server = starts_soon()
    assert get(again(tmp_path, server), "allow_origin").needs_restart is False
    touch_later(folder)
    found = again(tmp_path, server)
    assert get(found, "allow_origin").needs_restart is None
    assert [note for note in found.notes if "may still count" in note and ".jupyter" in note]
    assert get(found, "ip").needs_restart is False, "what is seen needs no file to tell"


NOT_THERE = "{} is not there; if it was when the server started, what its files said still counts"


def test_a_home_as_old_as_the_start_is_proof_that_nothing_is_gone(tmp_path: Path) -> None:
    found = again(tmp_path, starts_soon())
    assert (get(found, "allow_origin").needs_restart, found.unsure) == (False, "")


def test_of_a_home_that_changed_nobody_knows_whether_a_config_directory_is_gone(tmp_path: Path) -> None:
    """Said once and calmly: a home changes all day."""
    server = replace(starts_soon(), port=8889, listeners=listeners("127.0.0.1"))
    (tmp_path / ".local").mkdir()
    touch_later(tmp_path)
    found = again(tmp_path, server)
    assert (get(found, "allow_origin").needs_restart, get(found, "allow_origin").note) == (None, "")
    assert get(found, "port").note == "8888 was likely taken when it started"
    assert get(found, "base_url").needs_restart is False, "what is seen needs no file to tell"
    assert not [note for note in found.notes if str(tmp_path) in note]
    assert found.unsure == NOT_THERE.format(tmp_path / ".jupyter")


def test_a_directory_gone_with_the_one_above_it_shows_in_the_nearest_that_is_there(tmp_path: Path) -> None:
    (tmp_path / ".jupyter").mkdir()
    (tmp_path / ".local").mkdir()
    server = starts_soon()
    touch_later(tmp_path)
    assert get(again(tmp_path, server), "allow_origin").needs_restart is False
    touch_later(tmp_path / ".local")
    found = again(tmp_path, server)
    assert get(found, "allow_origin").needs_restart is None
    assert found.unsure == NOT_THERE.format(tmp_path / ".local" / "etc" / "jupyter")


def test_a_link_whose_end_is_gone_is_doubted_where_the_end_was(tmp_path: Path) -> None:
    """The home itself never changed."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / ".jupyter").symlink_to(elsewhere / "jupyter")
    server = starts_soon()
    assert get(again(tmp_path, server), "allow_origin").needs_restart is False
    touch_later(elsewhere)
    found = again(tmp_path, server)
    assert (get(found, "allow_origin").needs_restart, found.unsure) == (None, NOT_THERE.format(tmp_path / ".jupyter"))


def test_what_jupyter_makes_in_a_new_home_while_it_starts_is_no_doubt(tmp_path: Path) -> None:
    """Until its info file stands there it reads; what changes the home later may as well have gone."""
    share, info = tmp_path / ".local" / "share", tmp_path / "runtime" / "jpserver-1.json"
    for folder in (share, info.parent):
        folder.mkdir(parents=True)
    info.write_text("{}")
    began = datetime.now(timezone.utc) + SOON
    server = replace(SERVER, started=began, info_file=str(info))
    moment, ready = began.timestamp() + 3, began.timestamp() + 4
    os.utime(info, (ready, ready))
    os.utime(tmp_path, (moment, moment))
    assert get(again(tmp_path, server), "allow_origin").needs_restart is None, "nothing that is there came then"
    for path in (tmp_path / ".local", share):
        os.utime(path, (moment, moment))
    assert get(again(tmp_path, server), "allow_origin").needs_restart is False
    for path in (tmp_path, tmp_path / ".local"):
        os.utime(path, (ready + 1, ready + 1))
    assert get(again(tmp_path, server), "allow_origin").needs_restart is None


def test_a_config_directory_that_is_certain_to_be_gone_may_still_count(tmp_path: Path) -> None:
    server = starts_soon()
    (tmp_path / ".ipython" / "profile_default").mkdir(parents=True)
    touch_later(tmp_path)
    found = again(tmp_path, server)
    assert get(found, "allow_origin").needs_restart is None
    said = f"{tmp_path / '.jupyter'} is gone since the server started: what its files said may still count"
    assert said in found.notes


def test_a_port_near_the_wanted_one_is_no_proof_where_a_file_may_be_gone(tmp_path: Path) -> None:
    folder = tmp_path / ".jupyter"
    folder.mkdir()
    moved = replace(starts_soon(), port=8889, listeners=listeners("127.0.0.1"))
    port = get(again(tmp_path, moved), "port")
    assert (port.needs_restart, port.note) == (False, "8888 was taken when it started")
    touch_later(folder)
    assert get(again(tmp_path, moved), "port").needs_restart is None


def test_an_older_file_put_in_its_place_has_changed(tmp_path: Path) -> None:
    folder = tmp_path / ".jupyter"
    folder.mkdir()
    server = replace(SERVER, started=datetime.now(timezone.utc) - SOON)
    copy = tmp_path / "backup.py"
    copy.write_text("c.ServerApp.allow_origin = 'NEW'\n")
    os.utime(copy, (1_600_000_000, 1_600_000_000))
    copy.rename(folder / "jupyter_server_config.py")
    origin = get(again(tmp_path, server), "allow_origin")
    assert (origin.value, origin.needs_restart) == ("NEW", None)
    assert origin.note == "its file changed after the server started"


def test_the_mark_that_jupyter_itself_leaves_at_its_first_start_is_no_change(tmp_path: Path) -> None:
    folder, run = tmp_path / ".jupyter", tmp_path / "run"
    folder.mkdir()
    run.mkdir()
    began = datetime.now(timezone.utc) - timedelta(seconds=60)
    (folder / "migrated").write_text("2026-11-24")
    # What comes last into the home has the home's own time, however slow the machine is: it was made in one step.
    (tmp_path / ".ipython").mkdir()
    assert get(again(tmp_path, replace(SERVER, started=began)), "allow_origin").needs_restart is None, "another start's"
    info = run / "jpserver-1.json"
    info.write_text("{}")
    server = replace(SERVER, started=began, info_file=str(info))
    assert get(again(tmp_path, server), "allow_origin").needs_restart is False
    (folder / "migrated").touch()
    os.utime(folder / "migrated", (1_700_000_000, 1_700_000_000))
    assert get(again(tmp_path, server), "allow_origin").needs_restart is None, "something else came after it"


OTHERS = {
    "a file that comes before it": ("jupyter_server_config.json", "{}"),
    "a file that comes after it": ("jupyter_config.py", ""),
    "what extensions put there": ("jupyter_server_config.d/one.json", "{}"),
    "what another file loads": ("sub.py", ""),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_file_that_changed_may_have_decided(tmp_path: Path, name: str) -> None:
    path, text = OTHERS[name]
    folder = tmp_path / ".jupyter"
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_text(text)
    own = "c.ServerApp.allow_origin = 'x'\nload_subconfig('sub.py')\n"
    (folder / "jupyter_server_config.py").write_text(own)
    server = starts_soon()
    assert get(again(tmp_path, server), "allow_origin").needs_restart is False
    touch_later(folder / path)
    found = get(again(tmp_path, server), "allow_origin")
    assert (found.needs_restart, found.note) == (None, "its files changed after the server started")


def test_a_file_that_another_loads_has_changed(tmp_path: Path) -> None:
    folder = tmp_path / ".jupyter"
    folder.mkdir()
    (folder / "jupyter_server_config.py").write_text("load_subconfig('sub.py')\n")
    (folder / "sub.py").write_text("c.ServerApp.allow_origin = 'x'\n")
    touch_later(folder / "sub.py")
    found = again(tmp_path, starts_soon())
    origin = get(found, "allow_origin")
    assert (origin.needs_restart, origin.note) == (None, "its file changed after the server started")
    assert any(note.startswith("sub.py changed after the server started") for note in found.notes)


def test_a_link_that_leads_elsewhere_now_may_have_led_to_other_files(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / ".jupyter").symlink_to("new")
    server = starts_soon()
    assert get(again(tmp_path, server), "allow_origin").needs_restart is False
    moment = (datetime.now(timezone.utc) + 2 * SOON).timestamp()
    os.utime(tmp_path / ".jupyter", (moment, moment), follow_symlinks=False)
    assert get(again(tmp_path, server), "allow_origin").needs_restart is None


def _flipped(home: Path) -> Path:
    """`current` leads to a release, and the config file or its directory through `current`."""
    for name in ("one", "two"):
        (home / name / "jupyter").mkdir(parents=True)
        (home / name / "jupyter" / "jupyter_server_config.py").write_text("c.ServerApp.allow_origin = 'x'\n")
    (home / "current").symlink_to("one")
    return home / "current"


@pytest.mark.parametrize("whole", [True, False])
def test_a_link_on_the_way_of_a_link_may_have_led_to_other_files(tmp_path: Path, whole: bool) -> None:
    link = _flipped(tmp_path)
    own = tmp_path / ".jupyter"
    if whole:
        own.symlink_to("current/jupyter")
        # The mark of a first start long ago excuses the directory, not the link.
        (own / "migrated").write_text("")
    else:
        own.mkdir()
        (own / "jupyter_server_config.py").symlink_to("../current/jupyter/jupyter_server_config.py")
    server = starts_soon()
    assert get(again(tmp_path, server), "allow_origin").needs_restart is False
    moment = (datetime.now(timezone.utc) + 2 * SOON).timestamp()
    os.utime(link, (moment, moment), follow_symlinks=False)
    assert get(again(tmp_path, server), "allow_origin").needs_restart is None


def test_a_config_file_that_is_a_link_to_nothing_is_doubted_where_its_end_was(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / ".jupyter").mkdir()
    (tmp_path / ".jupyter" / "jupyter_server_config.py").symlink_to("../real/conf.py")
    server = starts_soon()
    assert get(again(tmp_path, server), "allow_origin").needs_restart is False
    touch_later(tmp_path / "real")
    assert get(again(tmp_path, server), "allow_origin").needs_restart is None


def test_a_directory_above_that_got_its_name_later_may_hold_other_files(tmp_path: Path) -> None:
    """What is moved keeps the times of its entries; only its inode and the directory above tell."""
    (tmp_path / "new" / "etc").mkdir(parents=True)
    old = datetime.now(timezone.utc).timestamp() - 7200
    way = way_to(tmp_path / "new" / "etc")
    # What stands above belongs to all tests: one that gives another user the way in changes it just now.
    way = replace(way, passed={path: facts for path, facts in way.passed.items() if path.is_relative_to(tmp_path)})
    assert not way.altered(old), "made there, not moved there"
    os.utime(tmp_path / "new", (old, old))
    (tmp_path / "new").rename(tmp_path / "release")
    way = way_to(tmp_path / "release" / "etc")
    assert way.altered(old + 3600)
    assert not way.altered(datetime.now(timezone.utc).timestamp() + 3600), "before the start"


def test_a_clock_that_was_set_forward_since_is_told_by_the_info_file(tmp_path: Path) -> None:
    """The process seems to have started after the file was written, and after its own info file."""
    (tmp_path / ".jupyter").mkdir()
    path, info = tmp_path / ".jupyter" / "jupyter_server_config.py", tmp_path / "jpserver-1.json"
    path.write_text("c.ServerApp.allow_origin = 'x'\n")
    info.write_text("{}")
    server = replace(starts_soon(), info_file=str(info))
    earlier = (datetime.now(timezone.utc) - SOON).timestamp()
    os.utime(info, (earlier, earlier))
    found = get(again(tmp_path, server), "allow_origin")
    assert (found.needs_restart, found.note) == (None, "its file changed after the server started")
    later = (datetime.now(timezone.utc) + 2 * SOON).timestamp()
    os.utime(info, (later, later))
    assert get(again(tmp_path, server), "allow_origin").needs_restart is False
