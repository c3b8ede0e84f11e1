"""How the tests run side by side: how many workers, what stays together, and who must be alone on the machine."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a fixture of their module run in one worker, so that its servers are started once.

    So do those that must be alone: the others wait for all of them together, not for each.
    """
    for item in items:
        if item.get_closest_marker("alone"):
            item.add_marker(pytest.mark.xdist_group("alone"))
        elif not item.get_closest_marker("xdist_group") and (shared := _shared_fixture(item)):
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}.{shared}"))


def _shared_fixture(item: pytest.Item) -> str:
    """The first fixture of the tests' own that outlives one test; empty if there is none."""
    found = getattr(item, "_fixtureinfo", None)
    for name in found.names_closure if found else ():
        for known in found.name2fixturedefs.get(name, ())[-1:]:
            if known.baseid and known.scope in {"module", "package", "session"}:
                return str(name)
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
