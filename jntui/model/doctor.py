"""What is wrong with a configuration: one finding a place, with what it does and what to change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "note"]
"""`error`: it does not start, nobody can log in, or others get in; `warning`: a value does not do what it says."""


@dataclass(frozen=True, slots=True)
class ConfigFinding:
    """Something that is wrong, and where."""

    code: str
    """In a word or two: `syntax-error`, `wrong-type`, `shadowed`."""
    severity: Severity
    path: str | None
    """The file, or what else holds it: the name of a variable, None for the command line."""
    line: int | None
    """Counted from 1."""
    message: str
    """What stands there, in one line; no value of a secret in it."""
    effect: str
    """What Jupyter does because of it."""
    fix: str
    """What to do."""
    change: tuple[str, str | None, str | None] | None = field(default=None, repr=False)
    """The change that does it: the setting's name, its value (None unsets it), the file (None: where it wins)."""
