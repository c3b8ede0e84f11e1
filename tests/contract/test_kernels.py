"""What runs in a server, over fakes at both seams: what is asked, and what is not asked again."""

from __future__ import annotations

from pathlib import Path

from jntui.jupyter import kernels
from jntui.transport import Deadline
from tests.contract.test_stop import World


def test_a_server_without_terminals_is_asked_for_them_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    path = tmp_path / ".local/share/jupyter/runtime/jpserver-4242.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"pid": 4242, "port": 8888, "base_url": "/", "token": "made-up", "root_dir": "/srv"}')
    server = world.server()
    without: set[object] = set()
    for _ in range(3):
        found, terminals = kernels.running(server, world.processes, world.transport, Deadline(5), without)
        assert [one.label for one in found] == ["train.ipynb", "ir"] and terminals is None
    asked = [request.path.partition("?")[0] for request in world.transport.requests]
    assert (asked.count("/api/kernels"), asked.count("/api/terminals")) == (3, 1), "each is a warning in its log"
    world.terminals = [{"name": "1"}]
    _, terminals = kernels.running(server, world.processes, world.transport, Deadline(5))
    assert terminals is not None and [one.name for one in terminals] == ["1"]
