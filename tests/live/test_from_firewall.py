"""A box with a firewall and a phone beside it, in two network namespaces: what `--from phone` tells the box."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.live import sshd as far
from tests.live.namespaces import Namespace, namespace, unavailable
from tests.live.servers import Jupyter, clean_environment, launch_jupyter, wait_for
from tests.live.sshd import Sshd, start_sshd

ROOT = Path(__file__).resolve().parents[2]
BOX, PHONE = "10.77.31.1", "10.77.31.2"


def missing() -> str:
    return unavailable() or far.unavailable() or ("" if shutil.which("nft") else "nft is not installed (nftables)")


pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "-")


@dataclass
class Lab:
    """A server in the box, sshd in the phone, one cable between them."""

    box: Namespace
    server: Jupyter
    blocked: Jupyter
    sshd: Sshd

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """A command in the box."""
        env = {**clean_environment(self.server.home), "PYTHONPATH": str(ROOT), "PATH": self.sshd.path}
        words = ["ip", "netns", "exec", self.box.name, *argv]
        return subprocess.run(words, env=env, capture_output=True, text=True, timeout=90, check=False)

    def check(self, *words: str) -> tuple[int, Any]:
        done = self.run(sys.executable, "-m", "jntui", "check", *words, "--timeout", "2", "--json")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def firewall(self, rule: str) -> None:
        """What the box does with connections to the server that come over the cable; empty: nothing."""
        self.run("nft", "flush", "ruleset")
        if rule:
            chain = "add table inet lab; add chain inet lab i { type filter hook input priority 0; }"
            made = self.run("nft", f"{chain}; {rule}")
            assert made.returncode == 0, made.stderr


def in_namespace(folder: Path, space: Namespace) -> str:
    """A Python that runs in the namespace: `ip netns exec` becomes the program, so its pid is the server's."""
    script = folder / f"python-in-{space.name}"
    script.write_text(f'#!/bin/sh\nexec {shutil.which("ip")} netns exec {space.name} {sys.executable} "$@"\n')
    script.chmod(0o755)
    return str(script)


@contextmanager
def server(folder: Path, box: Namespace, *options: str) -> Iterator[Jupyter]:
    started = launch_jupyter("server", "--ip=0.0.0.0", *options, home=folder, python=in_namespace(folder.parent, box))
    try:
        wait_for(started.info_file.exists, f"the server; its log: {started.log}")
        started.info = json.loads(started.info_file.read_text())
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    with namespace("box") as box, namespace("phone") as phone:
        box.ip("link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", phone.name)
        for space, address in ((box, BOX), (phone, PHONE)):
            space.ip("address", "add", f"{address}/24", "dev", "cable")
            space.ip("link", "set", "cable", "up")
        prefix = ["ip", "netns", "exec", phone.name]
        with (
            server(folder / "home", box) as token,
            server(folder / "other", box, "--ServerApp.allow_remote_access=False") as blocked,
            start_sshd(folder / "sshd", prefix=prefix, address=PHONE) as sshd,
        ):
            yield Lab(box, token, blocked, sshd)


FIREWALLS = {
    "": ("login", ""),
    "drop": ("timeout", "drops new connections"),
    "reject with tcp reset": ("refused", "firewall"),
    "reject with icmp type admin-prohibited": ("no-route", "firewall"),
    "reject with icmp type host-unreachable": ("no-route", "firewall"),
}


@pytest.mark.parametrize("answer", FIREWALLS)
def test_what_the_firewall_does_is_seen_from_the_phone_alone(lab: Lab, answer: str) -> None:
    verdict, words = FIREWALLS[answer]
    port = lab.server.port
    lab.firewall(f"add rule inet lab i iif cable tcp dport {port} {answer}" if answer else "")
    status, here = lab.check(str(port))
    assert status == 0, here
    status, there = lab.check(str(port), "--from", "phone")
    (row,) = there["endpoints"]
    assert (row["url"], row["verdict"]) == (f"http://{BOX}:{port}/", verdict), row
    assert words in row["cause"], (row["cause"], row["evidence"], row["notes"])
    assert status == (0 if verdict == "login" else 1)
    assert there["reachable"] == (verdict == "login")
    assert f"http://127.0.0.1:{port}/" in there["left_out"]


def test_the_host_check_is_proven_from_there(lab: Lab) -> None:
    lab.firewall("")
    status, there = lab.check(f"http://{BOX}:{lab.blocked.port}/", "--from", "phone")
    (row,) = there["endpoints"]
    assert (status, row["verdict"], row["certain"]) == (1, "host-blocked", True)
    assert "200 to Host: 127.0.0.1" in row["evidence"]


def test_every_address_can_be_asked_and_the_servers_log_stays_quiet(lab: Lab) -> None:
    lab.firewall("")
    before = lab.server.warnings()
    status, there = lab.check(str(lab.server.port), "--all", "--from", "phone")
    verdicts = {row["url"]: row["verdict"] for row in there["endpoints"]}
    assert status == 0
    assert verdicts.pop(f"http://{BOX}:{lab.server.port}/") == "login"
    # A name of the box may lead nowhere or elsewhere from there.
    assert set(verdicts.values()) <= {"not-listening", "name-unknown", "refused"}, verdicts
    assert lab.server.warnings() == before
    assert lab.server.token not in json.dumps(there)
