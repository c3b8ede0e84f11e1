"""How the tests run side by side: how many workers, what stays together, and who must be alone on the machine."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

WORKERS_PER_CORE = 2
"""Many tests wait for a server to start or for a peer that never answers: one worker a core would leave cores idle."""
MOST_WORKERS = 8

# How long one example takes says how busy the machine is, and nothing about the code.
settings.register_profile("jntui", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("jntui")


class Room:
    """A lock between the workers of one run: many tests share the machine, or one has it alone.

    Whoever wants in holds the gate while waiting, so that those who come and go never keep the one that waits outside.
    """

    def __init__(self, folder: Path) -> None:
        self._gate = (folder / "gate").open("w")
        self._room = (folder / "room").open("w")
        self.held_alone = False

    def enter(self, alone: bool) -> None:
        """Waits until no other test runs, or until none that must be alone does."""
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        fcntl.flock(self._room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(self._gate, fcntl.LOCK_UN)
        self.held_alone = alone

    def leave(self) -> None:
        """Lets the others in."""
        fcntl.flock(self._room, fcntl.LOCK_UN)
        self.held_alone = False


FOLDER = "JNTUI_TESTS_ROOM"
"""Names the folder of the locks to the workers, which inherit this variable."""
ROOM = pytest.StashKey["Room | None"]()
"""None where the tests run one after another anyway."""


def pytest_configure(config: pytest.Config) -> None:
    # A shell without job control starts what is in the background with both ignored, and every child inherits that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGQUIT) is signal.SIG_IGN:
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    words = "alone: no other test runs meanwhile, because this one looks at what the whole machine does"
    config.addinivalue_line("markers", words)
    is_worker = hasattr(config, "workerinput")
    config.stash[ROOM] = Room(Path(os.environ[FOLDER])) if is_worker else None
    if not is_worker:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="jntui-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` means here."""
    return min(MOST_WORKERS, WORKERS_PER_CORE * (os.cpu_count() or 1))


class Groups(LoadScopeScheduling):
    """Hands out tests one by one, the quickest worker taking the most; those of one group go to one worker together.

    What `--dist loadgroup` does, from what the workers wrote down: that one renames tests, which pytest 9.2 ignores.
    """

    @cached_property
    def _groups(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((Path(os.environ[FOLDER]) / "groups").read_text(encoding="utf-8"))
        return found

    def _split_scope(self, nodeid: str) -> str:
        return self._groups.get(nodeid, nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Groups:
    return Groups(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Writes down which tests belong together, before xdist tells the scheduler that this worker has collected."""
    if getattr(session.config, "workerinput", {}).get("workerid") == "gw0":
        groups = {item.nodeid: group for item in session.items if (group := _group(item))}
        (Path(os.environ[FOLDER]) / "groups").write_text(json.dumps(groups), encoding="utf-8")


def _group(item: pytest.Item) -> str:
    """Tests that share a fixture of their module run in one worker, so that its servers are started once.

    So do those that must be alone: the others wait for all of them together, not for each.
    """
    if item.get_closest_marker("alone"):
        return "alone"
    if named := item.get_closest_marker("xdist_group"):
        return str(named.args[0])
    found = getattr(item, "_fixtureinfo", None)
    for name in found.names_closure if found else ():
        for known in found.name2fixturedefs.get(name, ())[-1:]:
            if known.baseid and known.scope in {"module", "package", "session"}:
                return str(item.path)
    return ""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test waits for its turn before its own time limit begins."""
    room = item.config.stash[ROOM]
    if room is None:
        return (yield)
    if not room.held_alone:
        room.enter(alone=item.get_closest_marker("alone") is not None)
    try:
        return (yield)
    finally:
        if not (room.held_alone and nextitem is not None and nextitem.get_closest_marker("alone")):
            room.leave()
