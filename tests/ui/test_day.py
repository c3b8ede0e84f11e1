"""A day of use in a few seconds: the real screen, monitor, pool and survey under a clock of the test's own.

Processes, sockets and replies are fakes at the two seams; info files, the log and config files are real ones.
"""

from __future__ import annotations

import functools
import gc
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual._styles_cache import StylesCache

from jntui.model import Connection, Sockets
from jntui.monitor import loop, pool, server_settings
from jntui.monitor.live import LiveMonitor
from jntui.monitor.survey import Survey
from jntui.network import reverse_names
from jntui.transport import Deadline, Response, Target
from jntui.tui import app as jntui_app
from jntui.tui.app import JntuiApp
from jntui.tui.following import MOST_REMEMBERED
from jntui.tui.scene import Environment
from jntui.tui.signs import UNICODE
from tests.contract.fake_http import FakeChannel, Handler, Request, reply
from tests.contract.fake_processes import FakeProcesses
from tests.ui.driver import Terminal

HOUR = 3600.0
STEP = 240.0
"""Between two turns of the monitor's loop, each of which checks every endpoint: with one a second it takes minutes."""
CHURN = 900.0
"""Between two changes of what runs."""
SPARE = 1500
"""Objects that caches of bounded size may still take after two hours; what each turn or dialog leaves is far more."""
MOST_KEPT = 30
"""Of anything that is kept for what runs: three servers with their endpoints and what is known of them."""
BEGAN = datetime(2026, 11, 23, tzinfo=timezone.utc)


@dataclass
class Clock:
    """The time of the monitor's modules, and what it sleeps by: it goes on when everything that waited is done."""

    now: float = 1_000_000.0
    until: float = 1_000_000.0
    idle: Callable[[], bool] = lambda: True
    tick: Callable[[float], None] = lambda _now: None
    ended: bool = False
    arrived: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, _seconds: float) -> None:
        time.sleep(0)

    def wait(self, _seconds: float) -> bool:
        """In place of the event that the loop waits for."""
        while not self.idle() and not self.ended:
            time.sleep(0.0005)
        if self.now >= self.until and not self.ended:
            self.arrived.set()
            self.go.wait(60)
            self.go.clear()
        self.now += STEP
        self.tick(self.now)
        return True

    def set(self) -> None:
        """Nobody wakes it: it is awake."""

    def clear(self) -> None:
        """As `set`."""


class Forgetful:
    """Answers by a plain function, and keeps nothing of it."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def open(self, target: Target, deadline: Deadline) -> FakeChannel:
        return FakeChannel(target, self.handler, [])


class Processes(FakeProcesses):
    connections: tuple[Connection, ...] = ()

    def sockets(self) -> Sockets:
        return Sockets(tuple(self.listeners), self.connections)

    def socket_fingerprint(self) -> int | None:
        return hash((tuple(self.listeners), self.connections))

    def holders(self, ends: object) -> Mapping[tuple[str, int], int | None]:
        return {}


class World:
    """Servers come and go, clients too, verdicts change, a log grows."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.runtime = home / ".local/share/jupyter/runtime"
        self.runtime.mkdir(parents=True)
        (home / ".jupyter").mkdir()
        self.config = home / ".jupyter/jupyter_server_config.py"
        self.processes = Processes()
        self.count = 0
        self.churned = 0.0
        self.survey = Survey(
            {"HOME": str(home)},
            processes=self.processes,
            transport=Forgetful(self.answer),  # type: ignore[arg-type]
        )

    def answer(self, request: Request) -> Response:
        turn = (request.target.port + self.count) % 4
        if request.path.endswith("/api"):
            return reply(200, {"version": f"2.21.{turn}"})
        if turn == 0:
            return reply(403, {"message": f"Forbidden since {self.count}"})
        if "login" in request.path:
            return reply(200, b'<input type="password" name="password"> Token authentication is enabled')
        if "status" in request.path:
            moments = {"started": "2026-11-23T04:00:00Z", "last_activity": "2026-11-23T05:00:00Z"}
            return reply(200, {"kernels": turn, **moments})
        return reply(403, {"message": "Forbidden"})

    def tick(self, now: float) -> None:
        if now - self.churned < CHURN:
            return
        self.churned = now
        self.count += 1
        pid, port = 5000 + self.count, 20_000 + self.count
        self.processes.add(pid, f"/venv/bin/python /venv/bin/jupyter-lab --port={port}", ports=(port,))
        self.processes.error_outputs[pid] = str(self.home / "log")
        info = {"pid": pid, "port": port, "base_url": "/", "token": "made-up", "root_dir": "/srv", "secure": False}
        (self.runtime / f"jpserver-{pid}.json").write_text(json.dumps({**info, "url": f"http://127.0.0.1:{port}/"}))
        peer = f"10.{self.count % 250}.{self.count // 250}.7"
        self.processes.connections = (Connection("127.0.0.1", port, peer, 40_000 + self.count, pid),)
        self.end(pid - 2)
        (self.runtime / f"jpserver-{pid - 3}.json").unlink(missing_ok=True)
        self.survey.living.commands.record(f"stopped :{port}", [f"kill {pid}"])
        self.config.write_text(f"c.ServerApp.port_retries = {self.count}\n")

    def end(self, pid: int) -> None:
        """Its info file stays, stale."""
        if pid in self.processes.known:
            self.processes.end(pid)
            self.processes.error_outputs.pop(pid, None)


@dataclass(frozen=True)
class Figures:
    threads: list[str]
    blocks: int
    objects: int
    kinds: Counter[str]


def figures() -> Figures:
    """What is alive that no cache of bounded size holds, but for the one that could hold whole dialogs."""
    gc.unfreeze()
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper) and one is not vars(StylesCache)["get_inner_outer"]:
            one.cache_clear()
    for _ in range(3):
        gc.collect()
    found = gc.get_objects()
    kinds = Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in found)
    size = len(found)
    del found
    # How many threads the pool has hangs on how busy the machine is; its limit has a test of its own.
    threads = sorted(one.name for one in threading.enumerate() if not one.name.startswith("probe-"))
    return Figures(threads, sys.getallocatedblocks(), size, kinds)


LOOKED_AT = ("L", "H", "question_mark", "F", "n", "U", "C", "W", "K", "D", "A", "ctrl+p")
"""The keys of the dialogs that are opened."""


async def pass_time(user: Terminal, clock: Clock, seconds: float) -> None:
    """Everything that happens meanwhile has happened, and is on the screen."""
    clock.until += seconds
    clock.arrived.clear()
    clock.go.set()
    await user.until(clock.arrived.is_set)
    await user.until(lambda: user.app.main.snapshot is user.app.source.snapshot)


async def look_in(user: Terminal, clock: Clock, world: World, keys: tuple[str, ...]) -> None:
    """Somebody comes by: opens these dialogs, moves, watches an endpoint, asks for checks."""
    app = user.app
    newest = f"jpserver-{5000 + world.count}"
    app.main.select_server(newest)
    await user.pilot.pause()
    await pass_time(user, clock, 3 * STEP)
    view = app.main.snapshot.view(newest) if app.main.snapshot is not None else None
    assert view is not None and view.configuration is not None and len(view.rows) >= 3
    for key in keys:
        await user.press(key)
        await user.until(lambda: app.screen is not app.main)
        with (world.home / "log").open("a") as log:
            log.write(f"[I] line of {world.count}\n" * 3000)
        await user.press("escape")
        await user.until(lambda: app.screen is app.main)
    await user.press("4", "down", "up", "1", "w", "down", "p")
    app.source.check_everything()


def collections(monitor: LiveMonitor, world: World, app: JntuiApp) -> dict[str, int]:
    """How much is kept by server, by endpoint, by client."""
    survey = world.survey
    return {
        "results": len(monitor._board.results),
        "asked": len(monitor._asked_at),
        "survivals": len(monitor._survivals),
        "configurations": len(monitor._configurations._known),
        "settings": len(survey._settings._known) + len(survey._settings._reading),
        "passwords": len(survey._passwords),
        "learned": len(survey.discovery._learned),
        "books": len(monitor._clients._books),
        "changes": len(app._changes),
        "screens": len(app.screen_stack),
    }


async def test_a_day_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, world = Clock(), World(tmp_path)
    fake = SimpleNamespace(monotonic=clock.monotonic, sleep=clock.sleep)
    for module in (loop, pool, server_settings):
        monkeypatch.setattr(module, "time", fake)
    monkeypatch.setattr(loop, "datetime", SimpleNamespace(now=lambda _zone: BEGAN + timedelta(seconds=clock.now)))
    monkeypatch.setattr(reverse_names, "_by_resolver", lambda ip: f"host-{ip}")
    monitor = LiveMonitor(world.survey)
    monitor._wake = clock  # type: ignore[assignment]
    works = monitor._pool
    clock.idle = lambda: not works._waiting and works._idle == works._threads
    clock.tick = world.tick
    world.tick(clock.now)
    monkeypatch.setattr(jntui_app, "TIDY_S", 0.01)
    app = JntuiApp(monitor, environment=Environment(signs=UNICODE, zone=timezone.utc), theme="jntui-dark")
    async with app.run_test(size=(120, 40)) as pilot:
        user = Terminal(app, pilot, None)  # type: ignore[arg-type]
        for hour in range(2, 25, 2):
            await pass_time(user, clock, 2 * HOUR - 3 * STEP)
            await look_in(user, clock, world, LOOKED_AT if hour == 2 else LOOKED_AT[hour // 2 % 3 :: 3])
            await pilot.pause()
            await user.until(lambda: app._tidying is None)
            if hour == 2:
                early = figures()
        late, kept = figures(), collections(monitor, world, app)
        clock.ended = True
        clock.go.set()
        monitor.stop()
    assert world.count > 80
    print(early.objects, late.objects, early.blocks, late.blocks)
    assert late.threads == early.threads
    more = f"{early.objects} to {late.objects} objects: {(late.kinds - early.kinds).most_common(12)}"
    assert late.objects - early.objects < SPARE, more
    assert late.blocks - early.blocks < 4 * SPARE, more
    assert not {name: size for name, size in kept.items() if size > MOST_KEPT}
    assert len(app.main._urls) <= MOST_REMEMBERED
