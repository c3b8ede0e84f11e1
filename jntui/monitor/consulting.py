"""Questions of the screen that change nothing: a config file's lines, findings, every setting, what holds a port."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jntui.model import ConfigFinding, Load, Server, Setting
    from jntui.monitor.survey import Survey


class Consulting(ABC):
    """Each may block for seconds and is called aside."""

    _survey: Survey

    def doctor(self, server_id: str | None) -> tuple[ConfigFinding, ...]:
        """What is wrong with a server's configuration, or the caller's own; takes seconds. Raises ChangeRefused."""
        return self._survey.doctor(self._of_change(server_id))

    def every_setting(self, server_id: str | None) -> tuple[Setting, ...]:
        """Every setting of that Jupyter and of its classes; takes seconds. Raises ChangeRefused, TraitsUnknown."""
        return self._survey.every_setting(self._of_change(server_id))

    def concerned(self, server_id: str | None, name: str) -> tuple[str, ...]:
        """The running servers that a change of this setting is for. Raises ChangeRefused."""
        return self._survey.changes.concerned(self._of_change(server_id), name)

    def load_file(self, server_id: str | None, path: str) -> Load:
        """What Jupyter's own loader makes of a config file as it lies there; takes seconds. Raises ChangeRefused."""
        return self._survey.changes.load(self._of_change(server_id), path)

    def held_ports(self) -> dict[int, str]:
        """Each TCP port on which something listens on this machine, and what: `postgres, pid 812`."""
        from jntui.monitor import ports

        return ports.held(self._survey.processes)

    def certificate(self, certfile: str, keyfile: str) -> str:
        """What a certificate file is, in one line, and whether the key is its own; empty where it is none."""
        from jntui.network import certificate_files

        return certificate_files.told(certfile, keyfile)

    def file_lines(self, path: str) -> tuple[str, ...]:
        """A config file by lines, secrets masked. Raises OSError, or ValueError with one clear line."""
        return self._survey.file_lines(path)

    @abstractmethod
    def server(self, server_id: str) -> Server:
        """Raises StopFailed."""

    def _of_change(self, server_id: str | None) -> Server | None:
        """Raises ChangeRefused."""
        from jntui.model import ChangeRefused, StopFailed

        try:
            return None if server_id is None else self.server(server_id)
        except StopFailed as gone:
            raise ChangeRefused(gone.message) from gone
