"""The settings of looked-at servers: read once, and again when a file or the server changes."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from jntui.model import ConfigFile, Configuration, Server
from jntui.monitor.configurations import Configurations

if TYPE_CHECKING:
    from pathlib import Path

    from jntui.monitor.survey import Survey

SERVER = Server("jpserver-1", "running", pid=1, port=8888)


class Reader:
    """Reads a list of files, and counts how often."""

    def __init__(self, *paths: Path) -> None:
        self.paths = paths
        self.count = 0
        self.fails = False

    def configuration(self, server: Server) -> Configuration:
        self.count += 1
        if self.fails:
            raise RuntimeError("a mistake of ours")
        files = (ConfigFile(str(path), path.exists(), True, at) for at, path in enumerate(self.paths, 1))
        return Configuration(files=tuple(files), server=server.id)


def look(configurations: Configurations, server: Server = SERVER) -> bool:
    """One look of the monitor; True if the settings were read."""
    due = configurations.take_due(server)
    if due:
        configurations.read(server)
    return due


def made(*paths: Path) -> tuple[Reader, Configurations]:
    reader = Reader(*paths)
    return reader, Configurations(cast("Survey", reader))


def old(path: Path, text: str = "") -> None:
    """A file that was written long before it is looked at."""
    path.write_text(text)
    os.utime(path, (1_700_000_000, 1_700_000_000 + len(text)))


def test_settings_are_read_once_while_nothing_changes(tmp_path: Path) -> None:
    old(tmp_path / "a.py")
    reader, configurations = made(tmp_path / "a.py", tmp_path / "missing.json")
    assert look(configurations)
    assert not look(configurations)
    assert not look(configurations)
    found = configurations.of(SERVER.id)
    assert found is not None
    assert found.server == SERVER.id
    assert reader.count == 1


def test_a_file_that_changes_comes_or_goes_is_read_again(tmp_path: Path) -> None:
    first, second = tmp_path / "a.py", tmp_path / "b.json"
    old(first)
    _reader, configurations = made(first, second)
    assert look(configurations)
    old(first, "c.ServerApp.port = 1")
    assert look(configurations)
    old(second, "{}")
    assert look(configurations)
    second.unlink()
    assert look(configurations)
    assert not look(configurations)


def test_a_file_written_while_it_is_read_is_read_once_more(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    old(path)

    class Slow(Reader):
        def configuration(self, server: Server) -> Configuration:
            found = super().configuration(server)
            if self.count == 1:
                path.write_text("c.ServerApp.port = 2")
            return found

    configurations = Configurations(cast("Survey", Slow(path)))
    assert look(configurations)
    assert look(configurations)


def test_another_start_of_the_server_is_read_again() -> None:
    reader, configurations = made()
    assert look(configurations)
    assert look(configurations, replace(SERVER, port=8889))
    assert reader.count == 2


def test_nothing_is_read_of_servers_that_do_not_run_or_were_not_asked() -> None:
    _reader, configurations = made()
    assert not configurations.take_due(None)
    assert not configurations.take_due(replace(SERVER, state="stale"))
    assert not configurations.take_due(replace(SERVER, asked=False))


def test_a_server_that_is_gone_is_forgotten() -> None:
    _reader, configurations = made()
    look(configurations)
    configurations.keep([])
    assert configurations.of(SERVER.id) is None
    assert configurations.shown == ()


def test_a_mistake_of_ours_is_said_and_not_repeated_every_second() -> None:
    reader, configurations = made()
    reader.fails = True
    assert configurations.take_due(SERVER)
    with pytest.raises(RuntimeError):
        configurations.read(SERVER)
    found = configurations.of(SERVER.id)
    assert found is not None
    assert "cannot be read" in found.notes[0]
    assert not configurations.take_due(SERVER)
