"""A source that shows one canned snapshot and remembers what it was asked: the seam at which the screen is tested."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from jntui.model import Snapshot, Started, StartFailed, StartPlan, StartRequest
from screenshots.canned import TOKEN


class CannedSource:
    """Answers at once, unless `hang` is set: then blocking calls never return."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.asked: list[tuple[object, ...]] = []
        self.failure: Exception | None = None
        self.hang = False
        self.release = threading.Event()
        self._tell: Callable[[Snapshot], None] = lambda _snapshot: None

    def push(self, snapshot: Snapshot) -> None:
        """A newer picture arrives, from another thread as in real life."""
        self.snapshot = replace(snapshot, seq=self.snapshot.seq + 1)
        thread = threading.Thread(target=self._tell, args=(self.snapshot,), daemon=True)
        thread.start()
        thread.join(5)

    def start(self, on_snapshot: Callable[[Snapshot], None]) -> None:
        """Remembers whom to tell."""
        self._tell = on_snapshot

    def stop(self) -> None:
        """Is remembered."""
        self.asked.append(("stop",))

    def select(self, server_id: str | None) -> None:
        """Is remembered."""
        self.asked.append(("select", server_id))

    def check(self, server_id: str, url: str | None = None) -> None:
        """Is remembered."""
        self.asked.append(("check", server_id, url))

    def check_everything(self) -> None:
        """Is remembered."""
        self.asked.append(("check everything",))

    def _answer(self) -> None:
        if self.hang:
            self.release.wait()
        if self.failure is not None:
            raise self.failure

    def plan_start(self, request: StartRequest) -> StartPlan:
        """A plan, or the failure."""
        self.asked.append(("plan", request))
        if isinstance(self.failure, StartFailed) and self.failure.log is None:
            raise self.failure
        app, port, root = request.app or "lab", request.port or 8891, request.root_dir or "/home/ada/work"
        python = "/home/ada/.venv/bin/python"
        command = (python, "-m", f"jupyter{app}", f"--port={port}", f"--ServerApp.root_dir={root}")
        return StartPlan(app, python, "VIRTUAL_ENV", command, port, root, "/home/ada/.local/state/jntui/8891.log")

    def start_server(self, request: StartRequest) -> Started:
        """A started server, or the failure."""
        self.asked.append(("start", request))
        self._answer()
        plan = self.plan_start(request)
        return Started("jpserver-5000", 5000, plan.log, plan.python, plan.chosen, plan.command)

    def add_url(self, server_id: str, url: str) -> None:
        """Is remembered, or fails."""
        self.asked.append(("add", server_id, url))
        self._answer()

    def remove_url(self, server_id: str, url: str) -> None:
        """Is remembered, or fails."""
        self.asked.append(("forget", server_id, url))
        self._answer()

    def remove_info_file(self, server_id: str) -> tuple[str, ...]:
        """The name of the file, or the failure."""
        self.asked.append(("remove", server_id))
        self._answer()
        view = self.snapshot.view(server_id)
        return ((view.server.info_file if view else None) or "",)

    def url_with_token(self, server_id: str, url: str) -> str:
        """With the canned token."""
        view = self.snapshot.view(server_id)
        return f"{url}?token={TOKEN}" if view is not None and view.server.token else url
