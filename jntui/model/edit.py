"""A change to a config file of Jupyter that is worked out and not written, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

EditKind = Literal["unchanged", "changed", "uncommented", "appended", "inserted", "removed", "commented out"]


@dataclass(frozen=True, slots=True)
class Edit:
    """The bytes of the whole file afterwards, and what was done in words."""

    raw: bytes = field(repr=False)
    kind: EditKind
    """What was done; of several places the last."""
    line: int | None
    """The line of the new file, counted from 1; of what was removed, the line where it stood."""
    did: str
    """`changed line 12`, `appended c.ServerApp.ip as line 40`: fit for a screen, no value in it."""
    warnings: tuple[str, ...] = ()
    """What a reader must know before it is written, one sentence each; no value of a secret in it."""


@dataclass(frozen=True, slots=True)
class EditRefused:
    """The file is left as it is."""

    reason: str
    """One sentence, fit for a screen; no value of a secret in it."""
    line: int | None = None
    """The line that is in the way, counted from 1."""
    caret: tuple[str, ...] = ()
    """That line and below it a caret; empty where there is no place to point at. Secrets in it are covered."""
    offer: Edit | None = None
    """What could be done instead if the user agrees: the line in the way stays, a line at the end decides."""
    broken: bool = False
    """Jupyter leaves the whole file out, or ends because of it: nothing in it counts until that is mended."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a preview."""

    sign: Literal[" ", "-", "+", "@", "\\"]
    """As in a unified diff; `@` begins a place, `\\` says that there is no line end behind the line above."""
    old: int | None
    """Its number in the old file, counted from 1; None for an added line."""
    new: int | None
    text: str
    """Fit for a screen: control characters made visible, secrets covered, long lines cut around the change."""
