"""Run inside a network namespace: a real Jupyter server, jntui's monitor, and clients that come and go. Prints JSON.

`python -m tests.live.box_of_clients PHONE ADDRESS HOME`: PHONE is the namespace of the other host, ADDRESS the box's
own on the link between them.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from jntui.model import ServerView, Snapshot
from jntui.monitor import board
from jntui.monitor.loop import Monitor
from jntui.monitor.survey import Survey
from tests.live.servers import Jupyter, start_jupyter, wait_for

CONNECT = "import socket, sys; s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 10); sys.stdin.read()"


@contextlib.contextmanager
def connected(*argv: str) -> Iterator[None]:
    """A process that holds a connection until the block ends."""
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as process:
        yield
        assert process.poll() is None, "it could not connect"
        process.communicate(timeout=20)


class Box:
    """The monitor's latest picture of one server."""

    def __init__(self, server: Jupyter) -> None:
        self.id = f"jpserver-{server.pid}"
        self.seqs: list[Snapshot] = []
        self.monitor = Monitor(Survey(server.environ))
        self.monitor.start(self.seqs.append)

    def view(self) -> ServerView | None:
        return self.monitor.snapshot.view(self.id)

    def until(self, condition: Callable[[ServerView], Any], what: str) -> Any:
        return wait_for(lambda: (view := self.view()) and condition(view), what, 40.0)

    def clients(self) -> list[list[Any]]:
        view = self.view()
        assert view is not None
        return [[one.remote, one.local, one.now, one.local_end, one.through] for one in view.clients]


def still(box: Box) -> bool:
    view = box.view()
    return view is not None and bool(view.rows) and not any(row.checking for row in view.rows)


def main(phone: str, address: str, home: Path) -> dict[str, Any]:
    """What was seen at each step."""
    python, told = sys.executable, {}
    carrier = home / "frpc"
    carrier.symlink_to(python)
    with start_jupyter("server", "--ServerApp.ip=0.0.0.0", home=home) as server:
        box, port, already = Box(server), str(server.port), len(server.warnings())
        url = f"http://{address}:{port}/"
        wait_for(lambda: still(box), "every endpoint to be checked", 60.0)
        told["before"] = box.clients()
        with connected("ip", "netns", "exec", phone, python, "-c", CONNECT, address, port):
            box.until(lambda view: view.server.peers and any(one.now for one in view.clients), "the phone to be seen")
            told["connected"] = box.clients()
            told["at"] = [row.endpoint.url for row in box.view().rows if box.view().clients_at(row.endpoint)]
        box.until(lambda view: not any(one.now for one in view.clients), "the phone to leave")
        told["left"] = box.clients()
        with connected(str(carrier), "-c", CONNECT, "127.0.0.1", port):
            box.until(lambda view: any(one.local_end for one in view.clients), "the tunnel to be seen")
            told["tunnel"] = box.clients()[:1]
        box.until(lambda view: not any(one.now for one in view.clients), "the tunnel to leave")
        told.update(watched(box, url))
        told["warnings"] = server.warnings()[already:]
        box.monitor.stop()
    return told


def watched(box: Box, url: str) -> dict[str, Any]:
    """A watch at a quick pace: its results come, and nothing else changes."""
    board.WATCH_S = 0.05
    box.monitor.watch(box.id, url)
    wait_for(lambda: (watch := box.monitor.snapshot.watch) and len(watch.samples) >= 2, "two results", 40.0)
    since = box.monitor.snapshot.seq
    # A slow moment of the machine may change a row: then the time of change moves, and rightly so.
    quiet = wait_for(lambda: quiet_results(box, since), "results that change nothing else", 40.0)
    last = box.monitor.snapshot
    box.monitor.watch(box.id, None)
    wait_for(lambda: box.monitor.snapshot.watch is None, "the end of the watch", 10.0)
    return {
        "verdicts": sorted({sample.verdict for sample in last.watch.samples}),
        "timed": last.watch.median_ms is not None,
        "one time of change": all(one.changed == another.changed for one, another in quiet),
    }


def quiet_results(box: Box, since: int) -> list[tuple[Snapshot, Snapshot]]:
    """Pictures that followed one another and differ in the watch alone, once there are three."""
    pairs = [(one, another) for one, another in pairwise(list(box.seqs)) if one.seq >= since]
    found = [(one, another) for one, another in pairs if replace(one, watch=another.watch) == another]
    return found if len(found) >= 3 else []


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
