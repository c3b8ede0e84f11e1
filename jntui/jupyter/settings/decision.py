"""One setting before it is compared with the running server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jntui.jupyter.settings.catalogue import Held, Known
    from jntui.jupyter.settings.defaults import Found
    from jntui.model import Source


@dataclass(frozen=True, slots=True)
class Decided:
    """What decides one setting, and what that hides."""

    known: Known
    held: Held
    found: Found
    shadowed: tuple[Source, ...]
