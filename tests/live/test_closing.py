"""Everything that jntui opened closed with one command, those servers too that are gone; and everybody logged out."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.netlab import BOX, Lab, lab, unavailable
from tests.live.phones import Phone
from tests.live.servers import wait_for
from tests.live.test_access import MINE, Box, box

pytestmark = [
    pytest.mark.timeout(280),
    pytest.mark.skipif(bool(unavailable()), reason=unavailable() or "there is a lab"),
]


@pytest.fixture(scope="module")
def wire() -> Iterator[Lab]:
    with lab("closing") as made:
        yield made


def server(one: Box) -> Any:
    """As it is listed, beside whatever else runs on this machine."""
    return next(row for row in one.told("list")["servers"] if row["port"] == one.port)


def dies(one: Box) -> None:
    os.kill(server(one)["pid"], signal.SIGKILL)
    wait_for(lambda: one.from_phone() == "ECONNREFUSED", "the end of the server")


def test_two_of_one_file_the_newest_first_and_one_of_them_gone(wire: Lab, tmp_path: Path) -> None:
    """The address of the second went into the file that the first had changed: both come out of it, byte for byte."""
    with box(wire, tmp_path) as gone, box(wire, tmp_path) as stays:
        stays.write(MINE)
        gone.told_start()
        stays.told_start()
        stays.access("--lan")
        gone.access("--address", BOX["ip"])
        dies(gone)
        assert "leave the server out" in stays.run("access", str(stays.port), "--local", "--all").stderr
        preview = stays.told("access", "--local", "--all", "--preview")
        assert [(row["label"], row["runs"], row["exact"]) for row in preview["closed"]] == [
            (f":{gone.port}", False, True),
            (f":{stays.port}", True, True),
        ]
        alone = gone.access("--local")
        assert (alone["runs"], alone["exact"]) == (False, True)
        assert stays.config.read_bytes() == MINE.encode(), "not the wider address that the first one had put there"
        assert stays.from_phone() == "open"
        (row,) = stays.told("access", "--local", "--all")["closed"]
        assert (row["label"], row["closed"], row["exact"]) == (f":{stays.port}", True, True)
        assert row["after"] == [f"127.0.0.1:{stays.port}"]
        assert stays.config.read_bytes() == MINE.encode()
        assert (stays.state(), stays.backups()) == ([], [])
        assert stays.from_phone() == "ECONNREFUSED"
        assert stays.told("access", "--local", "--all") == {"closed": []}


def test_two_of_one_file_are_closed_in_either_order(wire: Lab, tmp_path: Path) -> None:
    """The second found the file opened, so nothing was written for it: it closes, and so does the first."""
    with box(wire, tmp_path) as first, box(wire, tmp_path) as second:
        first.write(MINE)
        for one in (first, second):
            one.told_start()
        for reach, order in ((("--lan",), (second, first)), (("--address", BOX["ip"]), (first, second))):
            first.access("--lan")
            second.access(*reach)
            if len(reach) > 1:
                first.access("--lan")  # in turn: what the second one wrote is no edit of somebody else
            back = order[0].access("--local")
            assert (back["exact"], order[0].from_phone(), order[1].from_phone()) == (True, "ECONNREFUSED", "open")
            assert first.config.read_bytes() == MINE.encode()
            back = order[1].access("--local")
            assert (back["exact"], order[1].from_phone()) == (True, "ECONNREFUSED")
            assert first.config.read_bytes() == MINE.encode()
            assert (first.state(), first.backups()) == ([], [])


def test_one_that_is_gone_is_closed_by_its_port_and_other_edits_stay(wire: Lab, tmp_path: Path) -> None:
    with box(wire, tmp_path) as one:
        one.write(MINE)
        one.told_start()
        one.access("--lan")
        dies(one)
        with one.config.open("ab") as stream:
            stream.write(b"c.ServerApp.base_url = '/'\r\n")
        preview = one.access("--local", "--preview")
        assert (preview["runs"], preview["exact"], preview["restart"]) == (False, False, None)
        one.access("--local")
        lines = [line for line in one.config.read_text().splitlines() if line and ".ip = " not in line]
        assert lines == [*MINE.split("\r\n")[:2], "c.ServerApp.base_url = '/'"]
        assert one.state() == []
        assert one.run("access", str(one.port), "--local").returncode == 2, "nothing of it is left"


def test_everybody_is_logged_out_by_one_command(wire: Lab, tmp_path: Path) -> None:
    with box(wire, tmp_path) as one:
        one.told_start("--lan")
        code = one.told("qr", str(one.port), "--token")
        phone, query = Phone(code["url"].partition("?")[0].rstrip("/")), code["url"].partition("?")[2]

        def status(words: str = "") -> int:
            return wire.phone_runs(lambda: phone.status(f"/api/kernels{words}"))

        assert status(f"?{query}") == 200
        preview = one.told("logout-everyone", str(one.port), "--preview")
        assert (preview["preview"], preview["server"]) == (True, server(one)["id"])
        assert status(f"?{query}") == 200, "a preview does nothing"
        done = one.told("logout-everyone", str(one.port))
        assert done["server"]["state"] == "running"
        assert status(f"?{query}") == 403
        assert status() == 403, "the cookie"
        assert one.run("--read-only", "logout-everyone", str(one.port)).returncode == 2
        one.access("--local")
        again = one.told("logout-everyone", str(one.port), "--preview")
        assert again["token"] == preview["token"], "the restart kept the token in a variable, which the next one drops"
