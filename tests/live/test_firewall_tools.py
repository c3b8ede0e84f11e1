"""ufw and firewalld themselves, each in a network namespace with copies of its files.

What they are read to do, what a connection experiences, and whether jntui's own command lets the port in.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jntui.model import Firewall
from tests.live.namespaces import COMMAND_S
from tests.live.netlab import BOX, Lab, lab, listener, unavailable
from tests.live.servers import wait_for

PORT = 8888
COPIES = {"ufw": ("/etc/ufw", "/var/lib/ufw", "/run"), "firewalld": ("/etc/firewalld", "/run")}
"""Folders that the tool writes: in its mount namespace they are copies."""

READ = """
import json
from dataclasses import asdict
from ipaddress import ip_address
from jntui.network.firewall import Door, FirewallReader
from jntui.process import Processes
door = Door(8888, "eth0", tuple(ip_address(text) for text in OWN))
print(json.dumps(asdict(FirewallReader(Processes(), ENVIRON).read(door))))
"""

BUS = '<busconfig><type>system</type><listen>unix:path=PATH</listen><auth>EXTERNAL</auth><policy context="default">'
BUS += '<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>'


class Host:
    """The box with a shell whose file system holds the copies."""

    def __init__(self, wire: Lab, home: Path, tool: str) -> None:
        self.wire, self.home = wire, home
        self.environ: dict[str, str] = {}
        mounts = []
        for folder in COPIES[tool]:
            copy = home / folder.strip("/").replace("/", "-")
            copy.mkdir()
            if folder != "/run" and Path(folder).is_dir():
                subprocess.run(["cp", "-a", f"{folder}/.", str(copy)], check=True, timeout=COMMAND_S)
            mounts.append(f"mkdir -p {folder}; mount --bind {copy} {folder}")
        self.setup = "; ".join(mounts)

    def argv(self, script: str) -> list[str]:
        name = self.wire.box.name
        return ["ip", "netns", "exec", name, "unshare", "--mount", "sh", "-ec", f"{self.setup}; {script}"]

    def sh(self, script: str) -> str:
        environ = {**os.environ, **self.environ}
        done = subprocess.run(self.argv(script), capture_output=True, text=True, timeout=60, env=environ, check=False)
        assert done.returncode == 0, f"{script}: {done.stdout} {done.stderr}"
        return done.stdout

    def read(self) -> Firewall:
        code = READ.replace("ENVIRON", repr(self.environ)).replace("OWN", repr(tuple(BOX.values())))
        said = self.wire.box.python(code)
        return Firewall(**{**said, "allow": tuple(said["allow"])})

    def ends(self) -> list[str]:
        return self.wire.connect(*((host, PORT) for host in BOX.values()))


@contextmanager
def host(tool: str, program: str, home: Path) -> Iterator[Host]:
    why = unavailable("nft", program)
    if why:
        pytest.skip(why)
    with lab(tool) as wire, listener(wire.box, PORT):
        yield Host(wire, home, tool)


@pytest.fixture
def ufw(tmp_path: Path) -> Iterator[Host]:
    with host("ufw", "ufw", tmp_path) as made:
        made.sh("ufw --force enable")
        yield made


ALLOW, PREPEND = f"sudo ufw allow {PORT}/tcp", f"sudo ufw prepend allow {PORT}/tcp"


@pytest.mark.parametrize(
    ("before", "end", "commands"),
    [
        ("true", "timeout", (ALLOW,)),
        ("ufw reject 8000:8999/tcp", "ECONNREFUSED", (PREPEND, ALLOW)),
        ("ufw deny 8888", "timeout", (PREPEND, ALLOW)),
        ("ufw deny 8888/tcp", "timeout", (PREPEND, ALLOW)),
    ],
)
def test_ufw(ufw: Host, before: str, end: str, commands: tuple[str, ...]) -> None:
    ufw.sh(before)
    said = ufw.read()
    assert ufw.ends() == [end, end]
    assert said.tool == "ufw"
    assert said.ipv4 == said.ipv6 == {"timeout": "drops", "ECONNREFUSED": "rejects"}[end]
    assert said.allow == commands
    for command in commands:
        ufw.sh(command.removeprefix("sudo "))
    assert ufw.ends() == ["greeted", "greeted"]
    after = ufw.read()
    assert (after.ipv4, after.ipv6, after.rule) == ("accepts", "accepts", "")


@contextmanager
def running(made: Host, script: str, ready: Callable[[], bool]) -> Iterator[None]:
    """A daemon in the host's namespaces, ended by its pid."""
    with (made.home / "log").open("ab") as log:
        environ = {**os.environ, **made.environ}
        process = subprocess.Popen(made.argv(f"exec {script}"), stdout=log, stderr=log, env=environ)
    try:
        wait_for(ready, f"{script} to be ready")
        yield
    finally:
        process.terminate()
        process.wait(COMMAND_S)


@pytest.fixture
def firewalld(tmp_path: Path) -> Iterator[Host]:
    if unavailable("dbus-daemon"):
        pytest.skip(unavailable("dbus-daemon"))
    with host("firewalld", "firewalld", tmp_path) as made:
        socket = tmp_path / "bus"
        (tmp_path / "bus.conf").write_text(BUS.replace("PATH", str(socket)))
        made.environ["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={socket}"

        def answers() -> bool:
            done = subprocess.run(
                made.argv("firewall-cmd --state"), capture_output=True, env={**os.environ, **made.environ}, check=False
            )
            return done.returncode == 0

        bus = f"dbus-daemon --config-file={tmp_path / 'bus.conf'} --nofork"
        with running(made, bus, socket.exists), running(made, "firewalld --nofork --nopid", answers):
            made.sh("firewall-cmd --zone=public --change-interface=eth0")
            yield made


def test_firewalld(firewalld: Host) -> None:
    said = firewalld.read()
    assert firewalld.ends()[0] == "EHOSTUNREACH"
    assert (said.tool, said.zone, said.ipv4, said.ipv6) == ("firewalld", "public", "prohibits", "prohibits")
    assert said.rule == "inet firewalld filter_IN_public: reject with icmpx admin-prohibited"
    assert said.allow == (
        f"sudo firewall-cmd --zone=public --add-port={PORT}/tcp",
        f"sudo firewall-cmd --permanent --zone=public --add-port={PORT}/tcp",
    )
    for command in said.allow:
        firewalld.sh(command.removeprefix("sudo "))
    assert firewalld.ends() == ["greeted", "greeted"]
    firewalld.sh(f'firewall-cmd --zone=public --add-rich-rule=\'rule port port="{PORT}" protocol="tcp" drop\'')
    denied = firewalld.read()
    assert firewalld.ends() == ["timeout", "timeout"]
    assert (denied.ipv4, denied.ipv6) == ("drops", "drops")
    for command in denied.allow:
        firewalld.sh(command.removeprefix("sudo "))
    assert firewalld.ends() == ["greeted", "greeted"]
    assert firewalld.read().ipv6 == "accepts"
