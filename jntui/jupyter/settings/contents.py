"""What `c` holds while a config file runs, as far as reading the file tells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jntui.jupyter.settings.literals import is_section

if TYPE_CHECKING:
    from jntui.jupyter.settings.assignment import Assignment

Names = tuple[str, ...]


class Contents:
    """The assignments so far, each with the doubt that later code casts on it."""

    def __init__(self) -> None:
        self.plain: set[Names] = set()
        """Sections that are bare dicts: see `ReadFile.plain`."""
        self.escaped: set[Names] = set()
        """Sections that other code got hold of, and may change at any later call."""
        self.shared: set[Names] = set()
        """Sections that are one object under two names."""
        self._list: list[Assignment | None] = []
        self._of_trait: dict[Names, list[int]] = {}
        self._certain: dict[Names, set[int]] = {}
        """By section: which assignments are literals that nothing has cast doubt on."""
        self._doubted: set[Names] = set()

    def assignments(self) -> tuple[Assignment, ...]:
        """Those that stand, in the order in which they came to effect."""
        return tuple(one for one in self._list if one is not None)

    def current(self, names: Names) -> Assignment | None:
        """The last one of this trait; None if there is none."""
        places = self._of_trait.get(names)
        return self._list[places[-1]] if places else None

    def absent(self, names: Names) -> bool:
        """The trait, or a trait of the section, is certain to have no value."""
        if any(names[:count] in self._doubted for count in range(len(names) + 1)) or names in self._of_trait:
            return False
        return not (is_section(names[-1]) and any(known[: len(names)] == names for known in self._of_trait))

    def holds(self, names: Names) -> bool:
        """The trait, or a trait of the section, is certain to have a value."""
        found = [places for known, places in self._of_trait.items() if known[: len(names)] == names]
        last = [self._list[places[-1]] for places in found if places]
        return any(one is not None and not one.computed for one in last)

    def put(self, names: Names, assignment: Assignment) -> None:
        """The trait gets a value."""
        section = names[:-1]
        if self.current(names) == assignment:
            return
        place = len(self._list)
        self._list.append(assignment)
        self._of_trait.setdefault(names, []).append(place)
        if not assignment.computed:
            self._certain.setdefault(section, set()).add(place)

    def take(self, names: Names) -> None:
        """The trait has no value any more."""
        for place in self._of_trait.pop(names, []):
            self._list[place] = None
            self._certain.get(names[:-1], set()).discard(place)

    def clear(self, section: Names) -> None:
        """Nothing in the section has a value any more."""
        for names in [names for names in self._of_trait if names[: len(section)] == section]:
            self.take(names)
        self._forget_plain(section)

    def _forget_plain(self, section: Names) -> None:
        self.plain = {names for names in self.plain if names[: len(section)] != section}

    def doubt(self, section: Names) -> None:
        """Whatever the section holds may have another value from here on, or none."""
        self._doubted.add(section)
        self._forget_plain(section)
        for known, places in self._certain.items():
            if known[: len(section)] == section:
                for place in places:
                    self._cast_doubt(place)
                places.clear()

    def doubt_trait(self, names: Names) -> None:
        """The trait may have another value from here on, or none."""
        self._doubted.add(names)
        for place in self._of_trait.get(names, []):
            self._cast_doubt(place)
            self._certain.get(names[:-1], set()).discard(place)

    def _cast_doubt(self, place: int) -> None:
        found = self._list[place]
        if found is not None:
            self._list[place] = replace(found, computed=True, value=None)
