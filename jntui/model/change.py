"""Changing one setting in a config file: what would be written, what was, and why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from jntui.model.edit import DiffLine
    from jntui.model.stop import Restarted, RestartPlan

VerifiedBy = Literal["verified", "unverified"]
"""Whether Jupyter's own loader took the new file and had the new value; what it refuses is never planned."""


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """What a user asks for."""

    name: str
    """`port` or `ServerApp.port`."""
    value: str | None = field(repr=False)
    """As the trait reads its command line; None unsets it. A secret is allowed here, as it never leaves the process."""
    file: str | None = None
    """The file to write; None: the one that decides now, else the user's own."""
    generate: bool = False
    """Jupyter's own full default file first."""
    override: bool = False
    """Where only a line after a computed assignment can change it: append that line; or take such a line out again."""
    drop: str = ""
    """An older or misspelt name (`NotebookApp.port`) that goes out of the same file with it: a rename in one step.

    With `value` None its text becomes that of the new name.
    """
    private: bool = False
    """No setting changes: `file`, or a directory, becomes its owner's alone (mode 0600, 0700)."""
    trim: bool = False
    """No setting changes: the line end, and blanks, around the token in `file` go; to Jupyter they are a part of it."""
    restart_without_option: bool = False
    """An option of the running server decides over every file: once the file is written it restarts without that."""


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """What would be written, verified already."""

    request: ChangeRequest
    setting: str
    """The trait with its class: `ServerApp.port`."""
    path: str
    diff: tuple[DiffLine, ...]
    did: str
    """In words: `changed line 12`, `uncommented line 297`, `appended`."""
    creates: bool = False
    """The file is not there yet."""
    mode: int | None = None
    """The file's mode afterwards, where it changes."""
    mode_before: int | None = None
    """Its mode now; None for a file that is not there yet, and where that was not looked at."""
    notes: tuple[str, ...] = ()
    """What the user must know before: a hard link, a tightened mode, what else changes with it, a warning."""
    verified: VerifiedBy = "verified"
    reason: str = ""
    """Why it is unverified, in one line."""
    needs_restart: tuple[str, ...] = ()
    """Ids of the running servers that would have the new value only after a restart."""
    shadowed_by: str = ""
    """What would still decide after the change, in words, if something of higher order does; empty if nothing."""
    also: tuple[str, ...] = ()
    """Other files that are written with it (an old password line that would win)."""
    before: str = ""
    """Tells one content of the file from another: what it was when this was worked out."""
    dropped: tuple[str, ...] = ()
    """Words that leave the server's command line with it, secrets hidden: `--ip=0.0.0.0`."""
    restart: RestartPlan | None = None
    """The restart that comes with it, without those words."""
    offer: ChangeRequest | None = None
    """What could be asked for instead, so that the change has an effect: a restart without the option that decides."""
    command: str = ""
    """What to type for that."""

    @property
    def writes(self) -> bool:
        """Something would be different afterwards: bytes, or who may read them."""
        return bool(self.diff) or self.mode is not None

    @property
    def taken(self) -> bool | None:
        """Jupyter's own loader took what would be written; None where there is nothing to ask it about."""
        asked = self.writes and not self.request.private and not self.request.trim
        return self.verified == "verified" if asked else None


@dataclass(frozen=True, slots=True)
class Changed:
    """What was written."""

    path: str
    backup: str | None
    diff: tuple[DiffLine, ...]
    verified: VerifiedBy
    needs_restart: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    mode: int | None = None
    """The file's mode, where it changed."""
    restarted: Restarted | None = None
    """The server runs again, without the option that decided."""


@dataclass(frozen=True, slots=True)
class Load:
    """What Jupyter's own loader makes of a config file that lies there."""

    taken: bool | None
    """None: nobody could ask it."""
    words: str = ""
    """Why it is not taken, or not known, in one line."""


class ChangeRefused(Exception):
    """Nothing was written: one clear line (what, where, what to do), with line and caret where there is a place.

    `offer`: the request that could be made instead, if the user agrees (the file that decides, an override).
    """

    def __init__(
        self,
        message: str,
        *,
        line: int | None = None,
        caret: tuple[str, ...] = (),
        offer: ChangeRequest | None = None,
        command: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.caret = caret
        self.offer = offer
        self.command = command
        """What to type instead: what another user (root) would run, or the same with the offer."""


class ChangedElsewhere(ChangeRefused):
    """Another program changed the file after it was read: the change is to be worked out again."""
