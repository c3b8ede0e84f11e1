"""From "runs here" to a cell run by a phone on another host, and back: the real thing in two network namespaces."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jntui.monitor.loop import Monitor
from jntui.monitor.opening import Opening
from jntui.monitor.survey import Survey
from tests.live.changing import jntui
from tests.live.netlab import BOX, Lab, connect, lab, unavailable
from tests.live.phones import Phone
from tests.live.servers import clean_environment, free_port
from tests.zbar import read_picture

pytestmark = [
    pytest.mark.timeout(280),
    pytest.mark.skipif(bool(unavailable()), reason=unavailable() or "there is a lab"),
]

PASSWORD = "correct horse battery"
CELL = "print(6 * 7)"
MINE = "# mine\r\nc.ServerApp.open_browser = False  # here\r\n"


@pytest.fixture(scope="module")
def wire() -> Iterator[Lab]:
    with lab("access") as made:
        yield made


class Box:
    """One server in the box, with a HOME of its own."""

    def __init__(self, wire: Lab, home: Path, *options: str) -> None:
        self.wire, self.home, self.port = wire, home, free_port()
        self.config = home / ".jupyter" / "jupyter_server_config.py"
        self.options = options

    def write(self, text: str) -> None:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_bytes(text.encode())

    def run(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return self.wire.box_runs(lambda: jntui(self.home, *words, given=given))

    def told(self, *words: str, given: str = "", status: int = 0) -> Any:
        done = self.run(*words, "--json", given=given)
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def _last(self) -> list[str]:
        root = ["--allow-root"] if os.geteuid() == 0 else []
        return ["--", *root, *self.options]

    def told_start(self, *words: str, given: str = "") -> Any:
        words = ("start", "--app", "server", "--port", str(self.port), *words, "--json", *self._last())
        done = self.run(*words, given=given)
        assert done.returncode == 0, (done.stdout, done.stderr)
        return json.loads(done.stdout)

    def logged(self) -> list[str]:
        """What the command log says was done, the oldest first."""
        entries = json.loads((self.home / ".local/state/jntui/commands.json").read_text())
        return [one["what"] for one in entries]

    def access(self, *words: str, given: str = "", status: int = 0) -> Any:
        return self.told("access", str(self.port), *words, given=given, status=status)

    def from_phone(self, family: str = "ip") -> str:
        return self.wire.phone_runs(lambda: connect_only(BOX[family], self.port))

    def backups(self) -> list[Path]:
        return sorted(self.config.parent.glob("*.jntui-*"))

    def state(self) -> Any:
        path = self.home / ".local/state/jntui/access.json"
        assert path.stat().st_mode & 0o777 == 0o600
        return json.loads(path.read_text())


def connect_only(host: str, port: int) -> str:
    """`open` where something takes the connection."""
    end = connect(host, port)
    return "open" if end in {"timeout", "closed", "greeted"} else end


@contextlib.contextmanager
def box(wire: Lab, home: Path, *options: str) -> Iterator[Box]:
    made = Box(wire, home, *options)
    try:
        yield made
    finally:
        made.run("stop", str(made.port), "--kill")


def close_all(home: Path) -> tuple[str, ...]:
    """As the palette's action does it."""
    survey = Survey(clean_environment(home))
    return Opening(survey, Monitor(survey)).close_all()


def journey(phone: Phone) -> tuple[int, str]:
    return phone.log_in(PASSWORD), phone.run_cell(CELL)


def test_the_whole_way_and_back(wire: Lab, tmp_path: Path) -> None:
    with box(wire, tmp_path) as one:
        one.write(MINE)
        one.told_start()
        assert one.from_phone() == "ECONNREFUSED"
        assert "jntui access" in one.told("qr", str(one.port), status=1)["message"]
        preview = one.access("--lan", "--password", "-", "--preview", given=PASSWORD)
        assert one.config.read_bytes() == MINE.encode(), "a preview writes nothing"
        done = one.access("--lan", "--password", "-", given=PASSWORD)
        assert preview["diff"].splitlines()[0] == done["diff"].splitlines()[0]
        assert (done["before"], done["after"]) == (
            [f"127.0.0.1:{one.port}"],
            [f"0.0.0.0:{one.port}", f"[::]:{one.port}"],
        )
        assert {row["verdict"] for row in done["endpoints"] if row["scope"] == "lan"} == {"login"}
        assert done["badge"] == "LAN, password, no TLS"
        for family in ("ip", "ip6"):
            code = one.told("qr", str(one.port), "--address", BOX[family], "--png", str(tmp_path / f"{family}.png"))
            url = read_picture(Path(code["png"]))
            assert url == code["url"]
            assert (code["with_token"], code["address"]) == (False, BOX[family])
            assert wire.phone_runs(lambda url=url: journey(Phone(url))) == (302, "42")
        assert one.told("qr", str(one.port))["address"] == BOX["ip"]
        kept = [path for path in (one.home / ".local/state/jntui").rglob("*") if path.is_file()]
        argv = Path(f"/proc/{done['server']['pid']}/cmdline").read_text()
        held = argv + json.dumps(done) + "".join(path.read_text() for path in kept)
        assert PASSWORD not in held
        assert "argon2id" not in held
        back = one.access("--local")
        assert (back["exact"], back["badge"]) == (True, "this machine, token")
        assert one.config.read_bytes() == MINE.encode()
        assert one.backups() == []
        assert one.state() == []
        assert [one.from_phone(family) for family in ("ip", "ip6")] == ["ECONNREFUSED", "ECONNREFUSED"]
        label = f":{one.port}"
        way = [f"changed {one.config}", f"restarted {label}"]
        assert one.logged()[1:] == [*way, *(f"wrote {tmp_path / name}.png" for name in ("ip", "ip6")), *way]


def test_one_address_then_all_and_one_way_back_from_both(wire: Lab, tmp_path: Path) -> None:
    """The address of the command line leaves it, and comes back; a file that was not there is gone again."""
    with box(wire, tmp_path, "--ip=127.0.0.1") as one:
        one.told_start()
        done = one.access("--address", BOX["ip"])
        assert (done["after"], done["badge"]) == ([f"{BOX['ip']}:{one.port}"], "LAN, token, no TLS")
        assert "--ip=127.0.0.1 leaves the command line" in " ".join(done["notes"])
        assert (one.from_phone(), one.from_phone("ip6")) == ("open", "ECONNREFUSED")
        one.access("--lan")
        assert (one.from_phone(), one.from_phone("ip6")) == ("open", "open")
        assert len(one.state()) == 1
        code = one.told("qr", str(one.port), "--token")
        assert "?token=" in code["url"]
        assert (
            wire.phone_runs(lambda: Phone(code["url"]).status(f"/api/kernels?{code['url'].partition('?')[2]}")) == 200
        )
        back = one.access("--local")
        assert (back["exact"], back["after"]) == (True, [f"127.0.0.1:{one.port}"])
        assert not one.config.exists()
        assert one.from_phone() == "ECONNREFUSED"
        argv = Path(f"/proc/{back['server']['pid']}/cmdline").read_bytes().split(b"\0")
        assert argv.count(b"--ip=127.0.0.1") == 1


def test_what_somebody_edited_meanwhile_stays(wire: Lab, tmp_path: Path) -> None:
    with box(wire, tmp_path) as one:
        one.write(MINE)
        one.told_start()
        one.access("--lan")
        with one.config.open("ab") as stream:
            stream.write(b"c.ServerApp.base_url = '/'\r\n")
        back = one.access("--local")
        assert back["exact"] is False
        assert "edited since" in " ".join(back["notes"])
        lines = [line for line in one.config.read_text().splitlines() if line and ".ip = " not in line]
        assert lines == [*MINE.split("\r\n")[:2], "c.ServerApp.base_url = '/'"]
        assert one.from_phone() == "ECONNREFUSED"


def test_a_server_that_does_not_come_up_comes_back_as_it_was(wire: Lab, tmp_path: Path) -> None:
    once = tmp_path / "once"
    fails = (
        "import os, sys\n"
        "server = sys.argv[0].endswith(('jupyter-server', 'jupyter_server/__main__.py'))\n"
        f"if os.path.exists({str(once)!r}) and server:\n"
        f"    os.remove({str(once)!r})\n"
        "    raise SystemExit('made to fail')\n"
    )
    with box(wire, tmp_path) as one:
        one.write(fails)
        before = one.told_start()["server"]
        once.touch()
        told = one.access("--lan", status=1)
        assert told["runs"] is True
        assert "runs again as it was" in told["message"]
        assert one.config.read_bytes() == fails.encode()
        assert one.backups() == []
        assert one.state() == []
        now = next(found for found in one.told("list")["servers"] if found["port"] == one.port)
        assert now["pid"] != before["pid"]
        assert now["listeners"] == before["listeners"]
        assert one.logged()[1:] == [f"changed {one.config}", f"put {one.config} back"]


def test_nobody_is_let_in_without_a_word(wire: Lab, tmp_path: Path) -> None:
    """No authentication; then a new server with a certificate of jntui's own, and the way back from its options."""
    with box(wire, tmp_path) as one:
        one.write("c.IdentityProvider.token = ''\n")
        one.told_start()
        done = one.run("access", str(one.port), "--lan")
        assert (done.returncode, done.stdout) == (2, "")
        assert "nothing would guard" in done.stderr
        assert "--password -" in done.stderr
        assert "never from the command line" in one.run("access", str(one.port), "--lan", "--password", "x").stderr
        assert one.run("start", "--lan").returncode == 2
        assert one.from_phone() == "ECONNREFUSED"
        opened = one.access("--lan", "--tls", "--password", "-", given=PASSWORD)
        assert {row["verdict"] for row in opened["endpoints"] if row["scope"] == "lan"} == {"tls-untrusted"}
        key = one.home / ".local/state/jntui/tls/jntui.key"
        assert key.stat().st_mode & 0o777 == 0o600
        certificate = opened["endpoints"][0]["certificate"]
        assert {BOX["ip"], BOX["ip6"], "localhost"} <= set(certificate["names"])
        assert certificate["days_left"] > 390
        code = one.told("qr", str(one.port))
        assert code["url"].startswith(f"https://{BOX['ip']}:")
        assert "iPad" in " ".join(code["notes"])
        assert wire.phone_runs(lambda: journey(Phone(code["url"]))) == (302, "42")
        assert opened["badge"] == "LAN, password, TLS"
        assert one.access("--local")["badge"] == "this machine, no authentication"
        assert one.config.read_text() == "c.IdentityProvider.token = ''\n"
        assert one.access("--lan", "--without-authentication")["badge"] == "LAN, no authentication, no TLS"


FIREWALL = "table inet filter { chain input { type filter hook input priority 0; policy drop; iif lo accept; }; }"


def shut_off(one: Box) -> None:
    """A code that the own firewall makes useless is not drawn; the plan names the command that opens the port."""
    if unavailable("nft"):
        return
    one.wire.sh(f"nft '{FIREWALL}'")
    try:
        message = one.told("qr", str(one.port), status=1)["message"]
        assert "this machine's firewall keeps others out of" in message
        firewall = one.access("--lan", "--preview")["firewall"]
        assert "keeps others out" in firewall["words"]
        assert firewall["commands"][0] in message
        for command in firewall["commands"]:
            one.wire.sh(command.removeprefix("sudo "))
        assert one.from_phone() == "open"
        assert one.told("qr", str(one.port))["address"] == BOX["ip"]
    finally:
        one.wire.flush()


def test_a_new_server_for_others(wire: Lab, tmp_path: Path) -> None:
    with box(wire, tmp_path) as one:
        started = one.told_start("--lan", "--password", "-", given=PASSWORD)
        assert started["server"]["exposure"] == "lan"
        code = one.told("qr", str(one.port))
        assert wire.phone_runs(lambda: Phone(code["url"]).log_in(PASSWORD)) == 302
        shut_off(one)
        told = wire.box_runs(lambda: close_all(tmp_path))
        assert told == (f":{one.port}: as it was before jntui opened it",)
        assert not one.config.exists()
        assert one.from_phone() == "ECONNREFUSED"
        assert wire.box_runs(lambda: close_all(tmp_path)) == ()
