"""QR codes: every way of drawing one is read back by zbar, on dark, light and colourless terminals."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from jntui.diagnose.sharing import login_words, phone_notes, ranked, remedies, why_none
from jntui.model import Check, Endpoint, Finding, Listener, Secret, Server
from jntui.model.qr import QrCode, fitted, too_small
from jntui.monitor.sharing import Wish, token_for
from jntui.network.qr_code import encode, png
from tests.zbar import BLACK, WHITE, needs_zbar, read_lines, read_picture

TOKEN = "3f9ac07be1d24f58a6c19be07d3f5a21c8e94b6f0a7d2e13"
URL = f"http://192.168.2.169:8888/?token={TOKEN}"
TERMINALS = {"dark": (WHITE, BLACK), "light": (BLACK, WHITE), "solarized": ((131, 148, 150), (0, 43, 54))}


@needs_zbar
@pytest.mark.parametrize("terminal", TERMINALS)
def test_a_terminal_with_colours_shows_a_code_that_is_read(tmp_path: Path, terminal: str) -> None:
    code = encode(URL)
    assert read_lines("\n".join(code.coloured_lines()), tmp_path, *TERMINALS[terminal]) == URL


@needs_zbar
def test_without_colours_each_polarity_has_its_way(tmp_path: Path) -> None:
    code = encode(URL)
    assert read_lines("\n".join(code.plain_lines()), tmp_path, WHITE, BLACK) == URL
    halved = [line[::2] for line in code.ascii_lines()]
    text = "\n".join("".join("▀▄█ "[_sign(a, b)] for a, b in zip(*two, strict=True)) for two in _pairs(halved))
    assert read_lines(text, tmp_path, BLACK, WHITE) == URL


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    lines = [*lines, " " * len(lines[0])]
    return [(lines[at], lines[at + 1]) for at in range(0, len(lines) - 1, 2)]


def _sign(upper: str, lower: str) -> int:
    return {("#", " "): 0, (" ", "#"): 1, ("#", "#"): 2, (" ", " "): 3}[upper, lower]


@needs_zbar
@pytest.mark.parametrize(
    "text", ["http://10.0.0.1:1/", URL, f"http://[fd00::1]:8888/ada/b%20c/?token={TOKEN}", "x" * 900]
)
def test_a_picture_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "code.png"
    path.write_bytes(png(encode(text)))
    assert read_picture(path) == text


def test_the_measures_are_those_of_the_cells() -> None:
    code = encode(URL)
    assert (code.columns, code.rows) == (37, 19), "33 squares"
    assert [len(row) for row in code.cells()] == [code.columns] * code.rows
    narrow = replace(code, quiet=1)
    assert (narrow.columns, narrow.rows) == (35, 18)
    assert len(code.ascii_lines()) == code.size
    assert {len(line) for line in code.ascii_lines()} == {2 * code.size}


@needs_zbar
def test_a_window_that_is_short_gets_a_thin_quiet_zone(tmp_path: Path) -> None:
    code = encode(URL)
    assert fitted(code, 37, 19) == code
    thin = fitted(code, 80, 18)
    assert thin is not None
    assert (thin.columns, thin.rows) == (35, 18)
    assert read_lines("\n".join(thin.coloured_lines()), tmp_path, WHITE, BLACK) == URL
    assert fitted(code, 34, 40) is None
    assert fitted(code, 80, 17) is None


def test_a_window_that_is_too_small_is_told_what_would_do() -> None:
    code = encode(URL)
    assert too_small(code, 35, 18) == ""
    assert "needs 35 columns and 18 rows, and there are 80 and 17" in too_small(code, 80, 17)


def test_what_is_too_long_is_refused_without_saying_it() -> None:
    with pytest.raises(ValueError, match="too long") as refused:
        encode(TOKEN * 100)
    assert TOKEN not in str(refused.value) + repr(refused.value.__cause__)


def test_no_repr_shows_the_text_or_the_squares() -> None:
    assert repr(QrCode(URL, ((True,),))) == "QrCode(quiet=2, blocks=True)"


def check(address: str, scope: str, verdict: str = "ok", **more: object) -> Check:
    endpoint = Endpoint("one", f"http://{address}:8888/", "eth0", address.strip("[]"), scope, True)  # type: ignore[arg-type]
    endpoint = replace(endpoint, **{k: v for k, v in more.items() if k in {"kind", "note", "your_ssh", "offered"}})
    finding = Finding(verdict, "", fix="set `ip`", others=more.get("others"), allow=("sudo ufw allow 8888/tcp",))  # type: ignore[arg-type]
    return Check(endpoint, finding, (), 1.0, datetime.now(timezone.utc))


def test_the_best_is_a_lan_address_of_version_4_that_answers() -> None:
    best = check("192.168.2.169", "lan")
    given = [
        check("127.0.0.1", "this-machine"),
        check("172.17.0.1", "container"),
        check("10.8.0.2", "vpn"),
        check("box.lan", "lan"),
        check("[fd00::1]", "lan"),
        best,
        check("192.168.2.170", "lan", "timeout"),
        check("[fe80::1]", "link-local", offered=False),
        check("192.168.9.1", "lan", others="drops"),
    ]
    hosts = [one.endpoint.address for one in ranked(given)]
    assert hosts == ["192.168.2.169", "fd00::1", "box.lan", "10.8.0.2", "172.17.0.1"]


def test_where_the_ssh_arrived_comes_first() -> None:
    arrived = check("192.168.2.3", "lan", your_ssh=True)
    assert ranked([check("192.168.2.2", "lan"), arrived])[0] == arrived


def test_why_there_is_none() -> None:
    server = Server("one", "running", port=8888, listeners=(Listener("127.0.0.1", 8888),))
    assert "jntui access 8888 --lan" in why_none(server, [check("127.0.0.1", "this-machine")])
    shut = why_none(server, [check("192.168.2.1", "lan", others="drops")])
    assert "firewall keeps others out" in shut
    assert "sudo ufw allow 8888/tcp" in shut
    assert "is host-blocked: set `ip`" in why_none(server, [check("192.168.2.1", "lan", "host-blocked")])
    socket = replace(server, listeners=(Listener("", 0, "/tmp/s"),))
    assert "socket file only" in why_none(socket, ())


def test_the_one_that_is_named_is_the_one_that_would_be_offered() -> None:
    server = Server("one", "running", port=8888, listeners=(Listener("0.0.0.0", 8888),))
    silent = [check("172.17.0.1", "container", "no-answer"), check("192.168.2.1", "lan", "no-answer")]
    assert "http://192.168.2.1:8888/ is no-answer" in why_none(server, silent)
    assert remedies(server, silent) == ("log", "restart"), "access changes nothing for a server that hangs"


def test_the_token_goes_into_no_code_of_a_url_that_was_added() -> None:
    server = Server("one", "running", port=8888, token=Secret(TOKEN))
    assert token_for(check("192.168.2.1", "lan"), server, Wish()) == server.token
    assert token_for(check("proxy.example", "internet", kind="custom"), server, Wish()) is None
    assert token_for(check("192.168.2.1", "lan"), server, Wish(token=False)) is None


def test_what_changes_it() -> None:
    server = Server("one", "running", port=8888, listeners=(Listener("127.0.0.1", 8888),))
    assert remedies(server, [check("127.0.0.1", "this-machine")]) == ("access",)
    assert remedies(server, [check("192.168.2.1", "lan", others="drops")]) == ("access",)
    assert remedies(server, [check("192.168.2.1", "lan", "host-blocked")]) == ("access",)
    assert remedies(replace(server, listeners=(Listener("", 0, "/tmp/s"),)), ()) == ()


def test_what_is_said_beside_it() -> None:
    server = Server("one", "running", auth="password")
    assert login_words(server, with_token=False, user="ada") == "Without a token: it asks for the password."
    assert "run code as ada" in login_words(server, with_token=True, user="ada")
    assert "asks for nothing" in login_words(replace(server, auth="none"), with_token=False, user="ada")
    assert "iPad" in " ".join(phone_notes(check("192.168.2.1", "lan", "tls-untrusted")))
