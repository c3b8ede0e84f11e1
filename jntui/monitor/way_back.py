"""A restart after a change of files that leaves nothing worse: if it fails, files and server become what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jntui.jupyter import restart
from jntui.model import AccessFailed, StartFailed, StopFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from jntui.jupyter.restart import Rewording
    from jntui.model import Restarted, Server
    from jntui.monitor.survey import Survey

_BY_HAND = "; to start it by hand"
AS_BEFORE = "the files are as before"


class WayBack:
    """What starts a server again as it is now; to be made before anything is changed. Raises StopFailed."""

    def __init__(self, survey: Survey, server: Server) -> None:
        self._survey = survey
        self._server = server
        self._prepared = restart.prepare(
            server, survey.discovery, survey.processes, survey.transport, survey.environ, survey.home
        )

    def restart(
        self, rewording: Rewording, put_back: Callable[[], str], *, kill: bool, told: Callable[[str], None]
    ) -> Restarted:
        """Restarts it with another command line; `put_back` undoes the files, and says in words which it could not.

        Raises AccessFailed; files and server are then as before, or the words say what is not.
        """
        try:
            return self._survey.restart_as(self._server, rewording, kill=kill, on_step=told)
        except StopFailed as error:
            raise AccessFailed(f"{error.message}; {put_back() or AS_BEFORE}") from error
        except StartFailed as error:
            left = put_back() or AS_BEFORE
            told("starting it again as it was")
            raise self._revived(error, left) from error

    def _revived(self, error: StartFailed, left: str) -> AccessFailed:
        """What is said once the old server was started again."""
        one = self._survey
        cause = error.message.partition(_BY_HAND)[0]
        try:
            started = restart.revive(self._prepared, one.processes, one.transport, one.environ, one.home)
        except StartFailed as again:
            return AccessFailed(twice(cause, left, again.message), log=again.log, tail=again.tail, runs=False)
        words = f"{cause}; {left}, and the server runs again as it was (pid {started.pid})"
        return AccessFailed(words, log=error.log, tail=error.tail)


def twice(cause: str, left: str, again: str) -> str:
    """What is said where the old server does not come back either: the same cause once, then how to start it."""
    second, by_hand, line = again.partition(_BY_HAND)
    return "; ".join((cause, left, *([] if second == cause else [second]))) + by_hand + line
