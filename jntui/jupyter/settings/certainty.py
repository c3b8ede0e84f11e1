"""What is certain at one point of a config file: which names have a value, and of which kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jntui.jupyter.settings.names import PRESET

if TYPE_CHECKING:
    import ast

ANY = "any"
"""The kind of which nothing is known."""
_PRESET_KINDS = {"c": "config", "get_config": "call get_config", "load_subconfig": "call load_subconfig"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One place that may fail when it runs."""

    node: ast.expr | ast.stmt
    errors: tuple[str, ...] = ()
    """The exceptions that it may raise; empty: any."""
    certain: str = ""
    """Why it is certain to fail where it runs, in words; empty where it is not."""
    variable: str = ""
    """It fails where this variable is not set."""
    module: str = ""
    """It fails where this module, behind a colon with a name in it, is not there."""
    number: str = ""
    """It fails where this variable is set and is no number."""
    base: int = 10
    """Of that number."""
    asked: bool = False
    """An import: whether it goes well is asked of the server's Python."""


@dataclass(slots=True)
class State:
    """The names at one point of the file."""

    kinds: dict[str, str] = field(default_factory=lambda: {"__file__": "text", **_PRESET_KINDS})
    """Name -> kind of its value; those that may have none are here too."""
    sure: set[str] = field(default_factory=lambda: set(PRESET))
    """Names that are certain to have a value."""
    tables: dict[str, tuple[object, ...]] = field(default_factory=dict)
    """Names of dicts that stand in the file -> their keys."""

    def copy(self) -> State:
        """Another one that is the same."""
        return State(dict(self.kinds), set(self.sure), dict(self.tables))

    def join(self, other: State) -> None:
        """Becomes what is so on both ways to a point."""
        for name, kind in other.kinds.items():
            self.kinds[name] = kind if self.kinds.get(name, kind) == kind else ANY
        self.sure &= other.sure
        self.tables = {name: keys for name, keys in self.tables.items() if other.tables.get(name) == keys}

    def bind(self, name: str, kind: str) -> None:
        """The name has a value of this kind from here on."""
        self.kinds[name] = kind
        self.sure.add(name)
        self.tables.pop(name, None)

    def unbind(self, name: str) -> None:
        """The name has no value any more."""
        self.kinds.pop(name, None)
        self.sure.discard(name)
