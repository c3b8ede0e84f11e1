"""Whether another host on a link of ours answers, as the kernel's neighbour table says (ip-neighbour(8)): no root."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jntui.model import NeighbourState


def state_of(ip: str) -> NeighbourState | None:
    """What the table says of this literal, at most a second after it is asked; None where it cannot be read."""
    if not sys.platform.startswith("linux"):
        return None  # macOS and Windows have such tables, behind commands that nobody tried here
    from jntui.network import neighbours_linux

    return neighbours_linux.state_of(ip)
