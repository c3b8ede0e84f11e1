"""What keeps a server alive when its owner logs out, and how it would be kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Survival:
    """Whether a server outlives the login in which it was started."""

    outlives: bool | None
    """None: it cannot be told."""
    words: str
    """Why, in one sentence."""
    keep: str = ""
    """How to keep it, where it will die."""
    sure: bool = True
    """False: whether it does hangs on how the login ends."""

    @property
    def mark(self) -> str:
        """What stands beside a server that does not outlive its login; empty for others."""
        if self.outlives is not False:
            return ""
        return "ends at logout" if self.sure else "may end at logout"


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """A server as a systemd user service: what would be written, and the commands that make it run."""

    path: str
    unit: str
    """The text of the unit file; it holds no secret."""
    commands: tuple[str, ...]
    """To type, in order."""
    linger: bool | None
    """The user's services run without a login; None where that cannot be told."""
    words: str
    """What linger means for this one, in one sentence."""


@dataclass(frozen=True, slots=True)
class Recent:
    """A server that was started before, with what starts it again."""

    app: Literal["lab", "notebook", "server"]
    python: str
    port: int
    root_dir: str
    options: tuple[str, ...]
    """As they were typed; a start lets no secret into them."""
    at: datetime
    """When it was started last, UTC."""
