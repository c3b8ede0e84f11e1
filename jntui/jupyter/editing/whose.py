"""For whom a setting is changed: one start of Jupyter, its settings as they are, and who else reads its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from jntui.model import ChangeRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jntui.jupyter.settings.subject import Subject
    from jntui.model import Configuration
    from jntui.process import Processes


@dataclass(frozen=True, slots=True)
class Whose:
    """Everything that a change hangs on beside the file itself."""

    subject: Subject
    found: Configuration
    processes: Processes
    readers: Callable[[str, str], tuple[str, ...]]
    """Path and name of a setting (empty: any) -> ids of running servers that have it only after a restart."""
    home: str
    """Of the one who asks: what `~` means in a path that was typed."""
    state: Path = field(default=Path())
    """jntui's own directory."""
    started: Callable[[str], datetime | None] = field(default=lambda _id: None)
    """When a running server of this id started; None where that is not known."""

    def refuse_unreadable(self) -> None:
        """Raises ChangeRefused where no file that jntui can write is read there."""
        if (self.subject.environ or {}).get("JUPYTER_NO_CONFIG"):
            raise ChangeRefused("JUPYTER_NO_CONFIG is set there: this Jupyter reads no config file at all")
        if not self.subject.reaches_files:
            raise ChangeRefused(
                f"{self.found.server} runs in a container or another root directory: its config files are not those of "
                "this machine; change them there"
            )

    @property
    def option(self) -> str:
        """How a command names the server."""
        return f" --server {self.found.server}" if self.found.server else ""
