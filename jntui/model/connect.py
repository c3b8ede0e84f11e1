"""Ready strings with which other programs open an endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ConnectKind = Literal["browser", "vscode", "desktop", "curl", "ssh"]


@dataclass(frozen=True, slots=True)
class Connect:
    """One string to copy."""

    kind: ConnectKind
    label: str
    """For whom it is: `VS Code: Existing Jupyter Server`."""
    text: str = field(repr=False)
    """What goes to the clipboard; with the token only where tokens are shown."""
    proven: bool
    """The endpoint in it was checked from this machine and works; of other machines that proves nothing."""
    words: str
    """Why it is marked so, and what to know, in one sentence."""
