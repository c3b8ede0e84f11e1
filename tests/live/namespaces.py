"""A network namespace of its own, so that tests can make and unmake interfaces without touching the machine's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.live.servers import wait_for

ROOT = Path(__file__).resolve().parents[2]
COMMAND_S = 30.0


@cache
def unavailable() -> str:
    """Why no namespace can be made here; empty if one can."""
    if sys.platform != "linux":
        return "network namespaces exist on Linux only"
    if os.geteuid() != 0:
        return "making a network namespace takes root"
    if shutil.which("ip") is None:
        return "the `ip` command (iproute2) is not installed"
    name = f"jntui-test-{os.getpid()}-try"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, timeout=COMMAND_S, check=False)
    if made.returncode != 0:
        return f"this system makes no namespace: {made.stderr.strip()}"
    subprocess.run(["ip", "netns", "del", name], timeout=COMMAND_S, check=True)
    return ""


@dataclass(frozen=True)
class Namespace:
    name: str

    def ip(self, *words: str) -> None:
        """`ip` in this namespace; a failure is an error with ip's own words."""
        self._run("ip", *words)

    def can(self, *words: str) -> bool:
        """`ip` in this namespace, where the kernel may lack the kind of device."""
        return (
            subprocess.run(self._argv("ip", *words), capture_output=True, timeout=COMMAND_S, check=False).returncode
            == 0
        )

    def write(self, path: str, text: str) -> None:
        """A value under /proc/sys/net of this namespace."""
        self._run("sh", "-c", f"echo {text} > {path}")

    def python(self, code: str) -> Any:
        """What the code prints as JSON, run in this namespace by a fresh interpreter."""
        return json.loads(self._run(sys.executable, "-c", code))

    def _argv(self, *argv: str) -> list[str]:
        return ["ip", "netns", "exec", self.name, *argv]

    def _run(self, *argv: str) -> str:
        done = subprocess.run(
            self._argv(*argv),
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            # After a plain `su` the administrators' folders are not on root's PATH.
            env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"},
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(argv)[:200]}: {done.stderr.strip()}"
        return done.stdout


@contextmanager
def namespace(label: str) -> Iterator[Namespace]:
    """A namespace with its loopback interface up; it and all in it vanish at the end."""
    name = f"jntui-test-{os.getpid()}-{label}"
    subprocess.run(["ip", "netns", "add", name], timeout=COMMAND_S, check=True)
    try:
        made = Namespace(name)
        made.ip("link", "set", "lo", "up")
        yield made
    finally:
        subprocess.run(["ip", "netns", "del", name], timeout=COMMAND_S, check=True)


@contextmanager
def processes_apart(inside: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """What puts a command among processes of its own, where jntui sees no server of anybody else; needs root.

    `inside` puts a command into a network namespace first.
    """
    first = [*inside, "unshare", "--pid", "--fork", "--mount-proc", "--kill-child", "sleep", "infinity"]
    with subprocess.Popen(first) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        try:
            pid = wait_for(lambda: children.read_text(encoding="ascii").strip(), "the first process of a namespace")
            wait_for(lambda: Path(f"/proc/{pid}/comm").read_text(encoding="ascii") == "sleep\n", "its start")
            yield ("nsenter", "--target", pid, "--pid", "--mount", "--net", "--wd=.")
        finally:
            process.kill()
