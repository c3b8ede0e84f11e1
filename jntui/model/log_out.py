"""Logging everybody out of a server: what would be done, what was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jntui.model.change import Changed, ChangePlan
    from jntui.model.server import Server
    from jntui.model.stop import Restarted, RestartPlan


@dataclass(frozen=True, slots=True)
class LogOutPlan:
    """What ends every session: a new cookie secret and a new token, and the restart that brings them about."""

    server: str
    label: str
    cookie_file: str
    """The file of the cookie secret, which is made anew."""
    token: str
    """What becomes of the token, in one sentence."""
    restart: RestartPlan
    change: ChangePlan | None = None
    """The config file that sets a token, where one does: it gets a new one."""
    notes: tuple[str, ...] = ()
    """What the user must know before, one sentence each: who else is logged out, what stays."""


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """What was done."""

    plan: LogOutPlan
    server: Server
    """As it runs now."""
    restarted: Restarted
    changed: Changed | None = None
