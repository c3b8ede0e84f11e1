"""`covered` against the truth: every `ip` setting on a machine with a LAN, row by row, in a network namespace."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.live.namespaces import ROOT, Namespace, namespace, unavailable
from tests.live.servers import clean_environment, free_port, wait_for

HOSTS = "127.0.0.1 localhost\n::1 localhost\n127.0.1.1 labbox\n"
"""As Debian writes it: the host's own name leads to 127.0.1.1."""

SETTINGS = {
    "default": [],
    "127.0.0.1": ["--ip=127.0.0.1"],
    "::1": ["--ip=::1"],
    "*": ["--ip=*"],
    "empty": ["--ip="],
    "0.0.0.0": ["--ip=0.0.0.0"],
    "::": ["--ip=::"],
    "LAN4": ["--ip=10.77.0.1"],
    "LAN6": ["--ip=fd77::1"],
    "link-local": ["--ip=LINKLOCAL"],
    "hostname": ["--ip=labbox"],
}

COVERED = {
    "default": {"localhost", "127.0.0.1", "::1"},
    "127.0.0.1": {"localhost", "127.0.0.1"},
    "::1": {"localhost", "::1"},
    "*": {"localhost", "127.0.0.1", "::1", "labbox", "10.77.0.1", "fd77::1", "LINKLOCAL"},
    "empty": {"localhost", "127.0.0.1", "::1", "labbox", "10.77.0.1", "fd77::1", "LINKLOCAL"},
    "0.0.0.0": {"localhost", "127.0.0.1", "labbox", "10.77.0.1"},
    "::": {"localhost", "::1", "fd77::1", "LINKLOCAL"},
    "LAN4": {"10.77.0.1"},
    "LAN6": {"fd77::1"},
    "link-local": {"LINKLOCAL"},
    "hostname": {"labbox", "127.0.1.1"},
}
"""The truth table that FACTS measured with ss and curl."""


class Lab:
    """A namespace with a LAN, a Debian-style hosts file, and one server for each setting."""

    def __init__(self, space: Namespace, home: Path, stack: ExitStack) -> None:
        self.space, self.home = space, home
        self.link_local = ""
        self.pids: dict[str, int] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        stack.callback(self._stop)
        # Free on this machine as well: jntui sees the servers of all namespaces, and is asked for one by its port.
        self.port = {name: free_port() for name in SETTINGS}
        self._wire()
        for name, options in SETTINGS.items():
            self._start(name, options)

    def _wire(self) -> None:
        self.space.ip("link", "add", "lan0", "type", "veth", "peer", "name", "lan1")
        self.space.ip("link", "set", "lan1", "addrgenmode", "none")
        for word in ("lan0", "lan1"):
            self.space.ip("link", "set", word, "up")
        self.space.ip("addr", "add", "10.77.0.1/24", "dev", "lan0")
        self.space.ip("addr", "add", "fd77::1/64", "dev", "lan0", "nodad")

        def settled() -> str:
            shown = subprocess.run(
                [*self.inside(), "ip", "-j", "addr", "show", "dev", "lan0"], capture_output=True, text=True, check=True
            )
            for address in json.loads(shown.stdout)[0]["addr_info"]:
                if address["local"].startswith("fe80") and not address.get("tentative"):
                    return str(address["local"])
            return ""

        self.link_local = wait_for(settled, "the link-local address to be usable")

    def inside(self) -> list[str]:
        """What puts a command into the namespace, where the host is named labbox."""
        named = ["unshare", "--uts", "sh", "-c", 'hostname labbox && exec "$@"', "sh"]
        return ["ip", "netns", "exec", self.space.name, *named]

    def _stop(self) -> None:
        """All of them side by side: each takes its second."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(60)

    def _start(self, name: str, options: list[str]) -> None:
        words = [word.replace("LINKLOCAL", f"{self.link_local}%lan0") for word in options]
        argv = [sys.executable, "-m", "jupyter_server", f"--port={self.port[name]}", "--no-browser", "--allow-root"]
        argv = ["env", "-", *(f"{key}={value}" for key, value in self.environ().items()), *argv, *words]
        with (self.home / f"{self.port[name]}.log").open("wb") as log:
            process = subprocess.Popen([*self.inside(), *argv], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes[name] = process
        self.pids[name] = process.pid

    def environ(self) -> dict[str, str]:
        return {**clean_environment(self.home), "PYTHONPATH": str(ROOT)}

    def jntui(self, *words: str) -> Any:
        done = subprocess.run(
            [*self.inside(), sys.executable, "-m", "jntui", *words, "--json"],
            capture_output=True,
            text=True,
            timeout=240,
            env=self.environ(),
            check=False,
        )
        assert done.returncode in {0, 1}, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    if unavailable():
        pytest.skip(unavailable())
    home = tmp_path_factory.mktemp("lab")
    with ExitStack() as stack:
        space = stack.enter_context(namespace("reach"))
        folder = Path("/etc/netns") / space.name
        folder.mkdir(parents=True)
        stack.callback(folder.rmdir)
        (folder / "hosts").write_text(HOSTS)
        stack.callback((folder / "hosts").unlink)
        made = Lab(space, home, stack)

        def running() -> bool:
            states = {server["pid"]: server["state"] for server in made.jntui("list")["servers"]}
            return all(states.get(pid) == "running" for pid in made.pids.values())

        wait_for(running, "all servers to run")
        yield made


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", SETTINGS)
def test_covered_is_what_a_connection_finds(lab: Lab, name: str) -> None:
    port = str(lab.port[name])
    rows = [row for row in lab.jntui("urls", port)["endpoints"] if row["kind"] == "direct"]
    covered = {row["address"] for row in rows if row["covered"]}
    assert covered == {word.replace("LINKLOCAL", lab.link_local) for word in COVERED[name]}

    checks = {check["url"]: check for check in lab.jntui("check", port, "--all")["endpoints"]}
    for row in rows:
        if row["scope"] == "link-local":
            assert row["url"] not in checks, "no probe to what no browser opens"
            continue
        check = checks[row["url"]]
        connected = {stage["name"]: stage["ok"] for stage in check["stages"]}["connect"]
        assert connected is row["covered"], (row, check)
        assert check["covered"] is row["covered"]
        if not row["covered"]:
            assert check["verdict"] == "not-listening"
        else:
            expected = "host-blocked" if row["address"] == "labbox" and name == "hostname" else "ok"
            assert check["verdict"] == expected, check


@pytest.mark.timeout(240)
def test_without_all_only_the_covered_ones_are_probed(lab: Lab) -> None:
    port = str(lab.port["0.0.0.0"])
    rows = {row["url"]: row["covered"] for row in lab.jntui("urls", port)["endpoints"]}
    checked = lab.jntui("check", port)
    assert checked["total"] == checked["reachable"] == len(checked["endpoints"])
    assert all(rows[check["url"]] is True for check in checked["endpoints"])
