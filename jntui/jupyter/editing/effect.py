"""What a config file says in the end: whether a change did what it was meant to do, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jntui.jupyter.settings.assignment import Assignment, ReadFile

    Names = tuple[str, ...]


def names_of(cls: str, trait: str) -> Names:
    """`ServerApp.IdentityProvider`, `token` as a path of keys."""
    return (*filter(None, cls.split(".")), trait)


def of_trait(file: ReadFile, names: Names) -> list[Assignment]:
    """The assignments of one trait, in the order in which they come to effect."""
    return [one for one in file.assignments if names_of(one.cls, one.trait) == names]


def effects(file: ReadFile) -> dict[Names, str]:
    """Every trait with what the file says of it in the end; what only running it tells stands as it is written."""
    return {names_of(one.cls, one.trait): _said(one) for one in file.assignments}


def _said(one: Assignment) -> str:
    if one.computed:
        return f"{one.conditional}:{one.path}:{one.text}"
    # `repr` tells 1 from True and from 1.0, and takes NaN to be the same as itself.
    return "=" + repr(one.value)


def is_set(before: ReadFile, after: ReadFile, names: Names, value: object) -> bool:
    """The file says this of the trait, and of all others what it said before."""
    if after.trouble or set(after.plain) != set(before.plain):
        return False
    said = of_trait(after, names)
    certain = [at for at, one in enumerate(said) if not one.computed and repr(one.value) == repr(value)]
    if not certain or not _are_late(said[certain[-1]], said[certain[-1] + 1 :]):
        return False
    return _without(effects(after), names) == _without(effects(before), names)


def under_condition(one: Assignment, trait: str) -> str:
    """Says where an assignment that may not run stands; the reader counts a lambda's body to a later statement."""
    where = "under a condition, in a loop, in a block or in a function"
    # `lambda: c.A.x.append(1)`: the value of the trait itself, handed on.
    verb = "uses its value, which may change there," if one.text.rstrip("]'\"").endswith(trait) else "sets it"
    return f"line {one.where.line} {verb} {where}"


def _are_late(one: Assignment, behind: list[Assignment]) -> bool:
    """The others stand in functions above it, which the reader takes last because anybody may call them."""
    return all(late.conditional and late.path == one.path and late.where.line < one.where.line for late in behind)


def is_unset(before: ReadFile, after: ReadFile, names: Names, left: int) -> bool:
    """One assignment of the trait is gone, `left` are left, and the file says of all others what it said before."""
    if after.trouble or set(after.plain) != set(before.plain) or len(of_trait(after, names)) > left:
        return False
    return _without(effects(after), names) == _without(effects(before), names)


def _without(said: dict[Names, str], names: Names) -> dict[Names, str]:
    return {known: what for known, what in said.items() if known != names}
