"""A real ssh login that ends: what was said of its servers before is what happens to them."""

from __future__ import annotations

import shutil
import sys
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from jntui.model import Server, ServerView
from jntui.monitor.live import LiveMonitor
from jntui.monitor.survey import Survey
from tests.live import sshd as far
from tests.live.servers import clean_environment, free_port, wait_for
from tests.terminal import Terminal

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(far.unavailable()), reason=far.unavailable() or "-"),
]
ROOT = Path(__file__).resolve().parents[2]
RUN = f"{sys.executable} -m jupyter_server --allow-root --no-browser --ServerApp.port_retries=0 --port="
START = f"PYTHONPATH={ROOT} {sys.executable} -m jntui start --app server --port {{port}} -- --allow-root"
SOCKET = Path(f"/tmp/jntui-tmux-{uuid.uuid4().hex[:8]}")
"""Outside the test's own folder, whose path is too long for a socket."""
TMUX = f"tmux -S {SOCKET} -f /dev/null new-session -d '{RUN}{{port}}'"
WAYS = {
    "jntui start": (START, True),
    "&": (f"{RUN}{{port}} &", False),
    "& disown": (f"{RUN}{{port}} & disown", False),
    "nohup &": (f"nohup {RUN}{{port}} &", True),
    **({"tmux": (TMUX, True)} if shutil.which("tmux") else {}),
}
"""How it is started, what is typed, and whether it is said to outlive the login."""


@contextmanager
def login(sshd: far.Sshd) -> Iterator[Terminal]:
    env = {**sshd.environ, "TERM": "xterm", "LANG": "C.UTF-8"}
    with Terminal(["ssh", "-tt", sshd.alias], env, cwd=sshd.folder, columns=200) as terminal:
        # Whatever shell the account has: what is typed, and what follows from `exit`, is said of bash.
        terminal.press("exec bash --norc -i", "enter", "export SHELL=/bin/sh; echo logged $((40+2))", "enter")
        terminal.wait_for("logged 42")
        yield terminal


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[far.Sshd]:
    """Ends every server of its HOME at the end."""
    with far.start_sshd(tmp_path / "far") as found:
        try:
            yield found
        finally:
            for one in Survey(clean_environment(found.folder / "far-home")).servers():
                if one.pid is not None and _of(found, one):
                    with suppress(psutil.Error):
                        psutil.Process(one.pid).kill()
            SOCKET.unlink(missing_ok=True)


def _of(sshd: far.Sshd, server: Server) -> bool:
    """Others on this machine may have servers too."""
    return (server.info_file or "").startswith(str(sshd.folder))


def started(sshd: far.Sshd, terminal: Terminal, typed: dict[str, str]) -> dict[str, ServerView]:
    """By the way it was started: what the screen would show once all of them answer."""
    ports = {way: free_port() for way in typed}
    for way, line in typed.items():
        terminal.press(line.format(port=ports[way]), "enter")
        terminal.read(0.2)
    monitor = LiveMonitor(Survey(clean_environment(sshd.folder / "far-home")))

    def seen() -> dict[str, ServerView]:
        terminal.read(0)
        views = {view.server.port: view for view in monitor.snapshot.views if _of(sshd, view.server) and view.survival}
        return {way: views[port] for way, port in ports.items() if port in views}

    try:
        monitor.start(lambda _snapshot: None)
        wait_for(lambda: len(seen()) == len(ports), "all servers in the picture")
        return seen()
    finally:
        monitor.stop()


def lives(view: ServerView) -> Callable[[], bool]:
    """Whether the same process still answers."""
    process = psutil.Process(view.server.pid)

    def now() -> bool:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return False
        with urllib.request.urlopen(f"http://127.0.0.1:{view.server.port}/api", timeout=60) as reply:
            return bool(reply.status == 200)

    return now


def test_a_line_that_drops_ends_what_was_marked_and_nothing_else(sshd: far.Sshd) -> None:
    with login(sshd) as terminal:
        views = started(sshd, terminal, {way: typed for way, (typed, _) in WAYS.items()})
        said = {way: view.survival is not None and view.survival.outlives for way, view in views.items()}
        assert said == {way: outlives for way, (_, outlives) in WAYS.items()}
        assert {way for way, view in views.items() if view.mortal == "may end at logout"} == {"&", "& disown"}
        alive = {way: lives(view) for way, view in views.items()}
        assert all(one() for one in alive.values())
        shell = psutil.Process(psutil.Process(views["&"].server.pid).ppid())
        terminal.process.kill()
        terminal.process.wait(30)
        wait_for(lambda: not shell.is_running(), "the end of the login's shell")
        wait_for(lambda: not alive["&"](), "the end of the job in the background")
        assert {way for way, one in alive.items() if not one()} == {"&"}


def test_bash_leaves_a_job_in_the_background_at_a_plain_exit(sshd: far.Sshd) -> None:
    with login(sshd) as terminal:
        views = started(sshd, terminal, {"&": f"{RUN}{{port}} >/dev/null 2>&1 &"})
        survival = views["&"].survival
        assert survival is not None and not survival.sure and "bash leaves it alone at a plain `exit`" in survival.words
        alive = lives(views["&"])
        shell = psutil.Process(psutil.Process(views["&"].server.pid).ppid())
        terminal.press("exit", "enter")
        wait_for(lambda: not shell.is_running(), "the end of the login's shell")
        assert alive()
