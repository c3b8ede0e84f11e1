"""What jntui did on the user's behalf, as the commands and edits that a person would have typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """One action."""

    at: datetime
    """When it had been done, UTC."""
    what: str
    """In words: `stopped :8888`."""
    lines: tuple[str, ...]
    """What would have been typed, in order, or for a file its diff; secrets masked."""
    ok: bool = True
    """It did what it was to do."""
