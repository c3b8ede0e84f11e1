"""Restarting a server: the stop that comes first, the command that comes after it, what stays and what does not."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.tui.dialogs.ending import INDENT, EndDialog
from jntui.tui.dialogs.sheet import hanging

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.model import RestartPlan, StopPlan, Supervisor
    from jntui.tui.ink import Line
    from jntui.tui.scene import Scene


class RestartDialog(EndDialog):
    """`S`."""

    VERB = "Restart"
    GOING = "restarting: it is stopped, started and waited for until it answers"

    def __init__(self, scene: Scene, ask: Callable[[EndDialog], None], do: Callable[[EndDialog, bool], None]) -> None:
        super().__init__(scene, ask, do)
        self._restart: RestartPlan | None = None
        self._barred: StopPlan | None = None

    @property
    def plan(self) -> StopPlan | None:
        """The stop that comes first."""
        return self._restart.stop if self._restart else self._barred

    def planned(self, plan: RestartPlan) -> None:
        """The plan arrived."""
        self._restart = plan
        self.ready()

    def stops(self, plan: StopPlan) -> None:
        """The stop that comes first is another one."""
        if self._restart is not None:
            self._restart = replace(self._restart, stop=plan)

    def supervised(self, plan: StopPlan) -> None:
        """There is no plan, since something else looks after the server; this one says what."""
        self._barred = plan
        self.ready()

    def after(self) -> str:
        """What will be; which settings wait for it."""
        view = self.scene.view
        settings = view.configuration.settings if view and view.configuration else ()
        restart, port = self._restart, view.server.port if view else None
        known = {"port"} if restart else set()
        waiting = [setting.name for setting in settings if setting.needs_restart and setting.name not in known]
        changes = [f"{', '.join(waiting)} change{'s' if len(waiting) == 1 else ''}"] if waiting else []
        if restart and restart.port and port and restart.port != port:
            changes.append(f"port {restart.port}, as its settings say now")
        if any(setting.needs_restart is None and setting.name not in known for setting in settings):
            # What nothing outside shows may be another one since a file was written.
            changes.append("others may change too" if changes else "some may change")
        words = "the same server again, with the settings as they are now"
        return f"{words}: {'; '.join(changes)}" if changes else words

    def losses(self) -> tuple[str, ...]:
        """What could not be kept."""
        return self._restart.lost if self._restart else ()

    def command_of(self, supervisor: Supervisor) -> str:
        """Its own way to restart."""
        return supervisor.restart

    def plan_parts(self, plan: StopPlan, width: int) -> list[list[Line]]:
        """As for a stop, then the command, and what stays."""
        parts = super().plan_parts(plan, width)
        restart = self._restart
        if restart is None or plan.supervisor is not None or plan.why_not:
            return parts
        command = " ".join(shlex.quote(part) for part in restart.command)
        runs = hanging("runs", command, width, INDENT)
        runs += hanging("in", self.scene.path(restart.cwd), width, INDENT)
        runs += hanging("log", self.scene.path(restart.log), width, INDENT) if restart.log else []
        keeps = hanging("keeps", ", ".join(restart.kept), width, INDENT) if restart.kept else []
        if restart.port and any(word.endswith(".port_retries=0") for word in restart.command):
            words = f"with port_retries 0 it comes back on port {restart.port}, or says why not"
            keeps += hanging("" if keeps else "keeps", words, width, INDENT)
        return [*parts, runs, keeps]
