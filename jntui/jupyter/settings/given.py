"""Values that somebody gave to traits, each with the place where it stands, merged as traitlets merges them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jntui.model import Source


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """One value and its place; two of them are the same only if they are one object."""

    cls: str
    trait: str
    value: object = field(repr=False)
    """A literal, or the text of a command line; None if `computed`. May be a secret."""
    source: Source = field(repr=False)
    """Where it stands; its `text` may still be a secret."""
    computed: bool = False
    """Only running the file would tell the value, or whether it is set at all."""
    typed: bool = False
    """It was typed on a command line: the trait reads the text itself (`traitlets.config.loader.DeferredConfig`)."""
    position: tuple[str, int] = ("", 0)
    """File and line, for the order of the tale; empty for what stands in no file."""


class Sections:
    """A config: section -> trait -> value, as `traitlets.config.loader.Config` with a place beside each value.

    A nested section is a section whose name has dots.
    """

    __slots__ = ("found", "plain", "voids")

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Given]] = {}
        self.plain: set[str] = set()
        """Sections that are a bare dict: they replace and are replaced, never merged."""
        self.voids: dict[str, Given] = {}
        """Sections that are no object at all, and where they stand."""

    @classmethod
    def of(cls, givens: Iterable[Given], plain: Iterable[str] = ()) -> Sections:
        """One that holds these values, a later one of a trait in the place of an earlier one."""
        new = cls()
        new.plain = {_top(name) for name in plain}
        for name in new.plain:
            new.found[name] = {}
        for given in givens:
            new.put(given)
        return new

    def put(self, given: Given, cls: str = "", trait: str = "") -> None:
        """Sets one value, under another name if one is given."""
        self.found.setdefault(cls or given.cls, {})[trait or given.trait] = given

    def get(self, cls: str, trait: str) -> Given | None:
        """The value, None if there is none."""
        return self.found.get(cls, {}).get(trait)

    def copy(self) -> Sections:
        """Another one with the same values."""
        new = Sections()
        new.found = {name: dict(section) for name, section in self.found.items()}
        new.plain = set(self.plain)
        new.voids = dict(self.voids)
        return new

    def merge(self, other: Sections) -> None:
        """Takes over the other's values (`Config.merge`): trait by trait, a bare dict as a whole."""
        for name in other.voids:
            self.take(name)
        for top in dict.fromkeys(map(_top, other.found)):
            self.voids.pop(top, None)
            if top in self.plain or top in other.plain:
                self.take(top)
            if top in other.plain:
                self.plain.add(top)
            for name in [name for name in other.found if _top(name) == top]:
                self.found.setdefault(name, {}).update(other.found[name])
        self.voids.update(other.voids)

    def take(self, top: str) -> dict[str, Given]:
        """Removes a section with all that is nested in it; its own values."""
        own = self.found.get(top, {})
        for name in [name for name in self.found if _top(name) == top]:
            del self.found[name]
        self.plain.discard(top)
        return own

    def clash(self, other: Sections) -> Given | None:
        """What makes Jupyter fail where it compares two files of a directory (`Config.collisions`); None: nothing."""
        tops = {*map(_top, self.found)}
        return next((given for name, given in other.voids.items() if given.computed and name in tops), None)

    def reaching(self, names: Iterable[str], parents: Iterable[str] = ()) -> dict[str, Given]:
        """What an object with these section names reads, the last name decides; below `parents` once more.

        Source: `traitlets.config.configurable.Configurable._find_my_config`.
        """
        read: dict[str, Given] = {}
        chain = tuple(names)
        for name in (*chain, *(f"{parent}.{name}" for parent in parents for name in chain)):
            read.update(self.found.get(name, {}))
        return read


def _top(name: str) -> str:
    return name.partition(".")[0]
