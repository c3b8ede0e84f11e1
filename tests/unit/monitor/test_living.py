"""The log of a server that jntui started, when that server is gone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jntui.jupyter.managed import ManagedServers, Record
from jntui.monitor.survey import Survey

PID = 4_190_001
"""Above the highest pid that systems give out by themselves."""


@pytest.mark.parametrize("count", [2, 1])
def test_what_a_server_wrote_last_is_shown_to_its_last_word_and_without_its_token(tmp_path: Path, count: int) -> None:
    path = tmp_path / "runtime" / f"jpserver-{PID}.json"
    path.parent.mkdir()
    info = {"pid": PID, "port": 1, "base_url": "/", "token": "c4n4ry-token", "root_dir": "/srv", "secure": False}
    path.write_text(json.dumps(info))
    log = tmp_path / "jupyter.log"
    log.write_text("one\n[I] c4n4ry-token is known\nterminate called: c4n4ry-token")
    environ = {"HOME": str(tmp_path), "JUPYTER_RUNTIME_DIR": str(path.parent), "PATH": os.environ["PATH"]}
    ManagedServers(tmp_path / ".local" / "state" / "jntui").add(Record(PID, path.stat().st_mtime, str(log), ()))
    survey = Survey(environ)
    server = next(one for one in survey.servers() if one.pid == PID)
    place = survey.living.log_place(server)
    assert (server.state, place.kind, place.path) == ("stale", "jntui", str(log))
    lines = [one.text for one in survey.living.log_lines(server, place, count)]
    assert lines == ["[I] *** is known", "terminate called: ***"][-count:]
    followed = [one.text for lines in survey.living.follow(server, place, count) for one in lines]
    assert followed == [*lines, f"{server.label} has ended"]
    log.unlink()
    gone = survey.living.log_place(server)
    assert (gone.kind, gone.words) == ("none", f"there is no log: {log}, which jntui made for it, is gone")
