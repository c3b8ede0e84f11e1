"""Real Jupyter servers for tests: loopback only, a HOME of their own, stopped by their pid.

`start_jupyter` is a context manager; `Jupyter` is the handle it gives. Nothing here uses jntui's own code, so that a
test compares jntui with Jupyter and not with itself.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import http.client
import itertools
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MODULES = {
    "lab": ("jupyterlab",),
    "notebook": ("notebook",),
    "server": ("jupyter_server",),
    "gateway": ("kernel_gateway",),
    "hub": ("jupyterhub.singleuser",),
}
"""What `python -m` runs for each application."""

PATIENCE = 4
"""Times are given for a quiet machine; so many times longer a test waits before it fails, at no cost when it passes."""
READY_TIMEOUT_S = 60.0
"""For JupyterLab on two cores, several others starting beside it."""


PORTS = range(20000, 30000)
"""Below those that kernels choose by themselves (from 32768 on Linux, from 49152 elsewhere): nobody else takes one
between the choice and the start of the server, or while a server is down to be started again."""
WORKERS = 16
"""Each worker of a run has every 16th of them, from a place on that differs from run to run."""


@functools.cache
def _ports() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
    own = PORTS[worker::WORKERS]
    begin = random.randrange(len(own))
    return itertools.cycle([*own[begin:], *own[:begin]])


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that nobody has, on IPv4 and, where there is one, on IPv6 loopback, and that nobody else will take."""
    for port in itertools.islice(_ports(), 50):
        if _free(socket.AF_INET, host, port) and _free(socket.AF_INET6, "::1", port):
            return port
    raise RuntimeError("no free port in 50 tries")


def _free(family: int, host: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error.errno != errno.EADDRINUSE
    return True


def wait_for(condition: Callable[[], Any], what: str, timeout_s: float = READY_TIMEOUT_S) -> Any:
    """The first true value of `condition`, asked every 30 ms; AssertionError with `what` long after `timeout_s`."""
    end = time.monotonic() + timeout_s * PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.03)
    raise AssertionError(f"not within {timeout_s * PATIENCE:g} s: {what}")


def clean_environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment without the caller's Jupyter, Python and proxy settings, whose HOME is `home`."""
    keep = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT") if key in os.environ}
    return {**keep, "HOME": str(home), "PYTHONUNBUFFERED": "1", **(extra or {})}


def server_environment(
    home: Path, extra: Mapping[str, str] | None = None, python: str = sys.executable
) -> dict[str, str]:
    """The same for a server, with the programs of its Python's environment alone on its PATH.

    With a Node.js there, every start runs `yarn config` in it (jupyterlab.commands._yarn_config): for a build that
    nobody asks for, a seventh of the processor time of the start.
    """
    return {**clean_environment(home), "PATH": str(Path(python).parent), **(extra or {})}


@dataclass
class Jupyter:
    """One started server: the real process, its files and how to reach it."""

    process: subprocess.Popen[bytes]
    app: str
    home: Path
    port: int
    log: Path
    environ: dict[str, str]
    runtime_dir: Path
    scheme: str = "http"
    base_url: str = "/"
    sock: str = ""
    info: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def token(self) -> str:
        """The token of the info file; empty without one."""
        return str(self.info.get("token", ""))

    @property
    def info_file(self) -> Path:
        """Where its info file is or was; a server that writes none has none there."""
        stem = "nbserver" if self.app == "nb6" else "jpserver"
        return self.runtime_dir / f"{stem}-{self.pid}.json"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{self.base_url}"

    def log_text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def warnings(self) -> list[str]:
        """The lines of its log that are warnings or worse, as traitlets (`[W `) and Jupyter 1 mark them."""
        marks = ("[W ", "[E ", "[C ", "WARNING", "ERROR", "CRITICAL", "Traceback")
        return [line for line in self.log_text().splitlines() if any(mark in line for mark in marks)]

    def status(self, path: str = "api", headers: Mapping[str, str] | None = None) -> int:
        """The HTTP status of GET base URL + `path`; 0 where nothing answers yet."""
        try:
            connection = self._connection()
            with contextlib.closing(connection):
                connection.request("GET", self.base_url + path, headers={"Host": "localhost", **(headers or {})})
                return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0

    def json(self, path: str, token: str) -> Any:
        """The JSON of GET base URL + `path` with this token."""
        with contextlib.closing(self._connection()) as connection:
            headers = {"Host": "localhost", "Authorization": f"token {token}"}
            connection.request("GET", self.base_url + path, headers=headers)
            return json.loads(connection.getresponse().read())

    def _connection(self) -> http.client.HTTPConnection:
        if self.sock:
            connection = http.client.HTTPConnection("localhost", timeout=5)
            connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.sock.connect(str(self.home / self.sock))
            return connection
        host = _loopback(str(self.info.get("hostname", "")))
        if self.scheme == "https":
            context = ssl._create_unverified_context()
            return http.client.HTTPSConnection(host, self.port, timeout=5, context=context)
        return http.client.HTTPConnection(host, self.port, timeout=5)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL after 15 s; returns when the process is reaped."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """SIGKILL: the info file stays."""
        self.process.kill()
        self.process.wait(15)


def stop_all(servers: Collection[Jupyter]) -> None:
    """Stops several side by side: each takes its second."""
    for server in servers:
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGCONT)
            server.process.terminate()
    for server in servers:
        server.stop()


def answers(port: int) -> bool:
    """Something answers HTTP on this port of 127.0.0.1: an info file is there a moment before its server answers."""
    try:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/api")
            return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False


def _loopback(hostname: str) -> str:
    """Where a server that was told `hostname` as its `ip` listens, as seen from this machine."""
    if hostname in {"::", "::1"}:
        return "::1"
    return "127.0.0.1" if hostname in {"", "localhost", "0.0.0.0", "*"} else hostname


def _argv(app: str, python: str, port: int, sock: str, options: tuple[str, ...]) -> list[str]:
    root = [] if os.name == "nt" or os.geteuid() else ["--allow-root"]
    if app == "gateway":
        return [python, "-m", *MODULES[app], f"--KernelGatewayApp.port={port}", *options]
    place = [f"--sock={sock}"] if sock else [f"--port={port}"]
    if app == "nb6":
        return [python, "-m", "notebook", *place, "--NotebookApp.port_retries=0", "--no-browser", *root, *options]
    return [python, "-m", *MODULES[app], *place, "--ServerApp.port_retries=0", "--no-browser", *root, *options]


def launch_jupyter(
    app: str,
    *options: str,
    home: Path,
    python: str = sys.executable,
    port: int | None = None,
    sock: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Jupyter:
    """Starts a server and does not wait for it. `app`: lab, notebook, server, gateway, hub, nb6 (with its `python`)."""
    home.mkdir(parents=True, exist_ok=True)
    chosen = port or free_port()
    environ = server_environment(home, env, python)
    log = home / f"{app}-{chosen}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            _argv(app, python, chosen, sock, options),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=environ,
            cwd=cwd or home,
            start_new_session=True,
        )
    named = environ.get("JUPYTER_RUNTIME_DIR")
    data = environ.get("JUPYTER_DATA_DIR") or str(
        Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "jupyter"
    )
    runtime = Path(named) if named else Path(data) / "runtime"
    return Jupyter(process, app, home, 0 if sock else chosen, log, environ, runtime, sock=sock)


def wait_ready(server: Jupyter) -> Jupyter:
    """Waits for the info file (where the application writes one) and for an HTTP answer; fails with the log's end."""

    def ready() -> bool:
        assert server.process.poll() is None, f"{server.app} died:\n{server.log_text()[-3000:]}"
        if server.app != "gateway":
            if not server.info_file.exists():
                return False
            try:
                server.info = json.loads(server.info_file.read_text(encoding="utf-8"))
            except ValueError:
                return False
            server.port = server.info["port"]
            server.base_url = server.info["base_url"]
            server.scheme = "https" if server.info["secure"] else "http"
        return server.status("api") > 0

    wait_for(ready, f"{server.app} to answer; its log: {server.log}")
    return server


@contextlib.contextmanager
def start_jupyter(
    app: str,
    *options: str,
    home: Path,
    python: str = sys.executable,
    port: int | None = None,
    sock: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[Jupyter]:
    """A server that answers; stopped (by its own pid) when the block ends."""
    server = launch_jupyter(app, *options, home=home, python=python, port=port, sock=sock, env=env, cwd=cwd)
    try:
        yield wait_ready(server)
    finally:
        server.stop()
