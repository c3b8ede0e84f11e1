"""How open a server is, in words for a badge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jntui.model.words import Auth, Scope, Tone


@dataclass(frozen=True, slots=True)
class Badge:
    """The widest scope of a server's listeners, what guards it, and whether others can read along."""

    words: str
    """`LAN, password, no TLS`; `this machine, token`; empty for what does not run."""
    tone: Tone
    """`alarm`: open beyond this machine with no authentication; meaning is in the words as well."""
    scope: Scope | None = None
    auth: Auth | None = None
    """None: not known."""
    tls: bool = False

    @property
    def open_to_others(self) -> bool:
        """Others than this machine and its containers reach it, as far as its listeners go."""
        return self.scope not in {None, "this-machine", "container"}

    @property
    def unguarded(self) -> bool:
        """Others reach it, and nothing asks for a login."""
        return self.open_to_others and self.auth == "none"
